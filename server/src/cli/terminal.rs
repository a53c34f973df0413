//! The person at the terminal: what they are told, and asked for.

use std::io::{BufRead, IsTerminal, Write};

/// Tells whoever looks. Where it cannot be told, on a full disk or a pipe that nobody reads, what was done is
/// done, and what is being done goes on.
pub(super) fn tell(sentence: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{sentence}");
}

/// A password: asked for twice, or read from standard input.
pub(super) fn read_password() -> Result<String, Box<dyn std::error::Error>> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("Again: ")? != password {
        return Err("The two passwords are not the same; nothing was changed.".into());
    }
    Ok(password)
}
