//! `adda demo`: a world to look at, and its end.

use adda_protocol::Password;
use clap::Args;

use super::terminal::{read_password, tell};
use crate::app::demo::{self, Filled, Removed, Wish};
use crate::config::Config;

/// Letters and digits that nobody takes for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Take the demo world away: its people, their rooms, messages and files.
    #[arg(long, conflicts_with_all = ["password", "seed"])]
    remove: bool,
    /// Take it away together with what others wrote in its rooms and to its people.
    #[arg(long, requires = "remove")]
    force: bool,
    /// Ask for the password of all people in it, or read it from standard input; else one is made and printed.
    #[arg(long)]
    password: bool,
    /// Another number makes another world of the same people: other faces, other members of rooms.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Arguments {
    pub(super) async fn run(self, config: &Config) -> Result<(), Box<dyn std::error::Error>> {
        if self.remove {
            let Removed { people, rooms, conversations, messages } =
                demo::remove(config, self.force).await?;
            tell(format_args!(
                "The demo world is gone: {people} people, {rooms} rooms, {conversations} conversations, {messages} \
                 messages."
            ));
            return Ok(());
        }
        let chosen = if self.password { read_password()? } else { made_password() };
        let password = Password::parse(&chosen);
        let password = password.map_err(|rule| format!("The password {rule}."))?;
        let wish = Wish { password, seed: self.seed };
        let filled = demo::fill(config, wish, |sentence| tell(sentence)).await?;
        summarise(&filled);
        let shown = if self.password { "the one that you gave" } else { chosen.as_str() };
        tell(format_args!("    Username  {}", filled.sign_in_as));
        tell(format_args!("    Password  {shown}"));
        tell(
            "Everybody in it has that password, and nobody is an administrator. `adda demo --remove` takes all of it \
             away.",
        );
        Ok(())
    }
}

fn summarise(filled: &Filled) {
    let Filled { people, pictures_of_people, rooms, conversations, messages, files, .. } = filled;
    tell(format_args!(
        "The demo world is there: {people} people ({pictures_of_people} with a face), {rooms} rooms, {conversations} \
         conversations, {messages} messages with {files} pictures, recordings and files. It took {:.1} s.",
        filled.took.as_secs_f32()
    ));
    tell(format_args!("Start the server, open {} and sign in:", filled.url));
}

/// Eighty bits.
fn made_password() -> String {
    let random: [u8; 16] = rand::random();
    let letters: Vec<char> =
        random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_long_and_another_each_time() {
        let (one, other) = (made_password(), made_password());
        assert_ne!(one, other);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [4; 4]);
        assert!(Password::parse(&one).is_ok());
    }
}
