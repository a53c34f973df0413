//! Tables of cases: on each line a text, and after ` ⇒ ` what is found in it, apart by blanks.

/// Holds what is found in each text of a table to what the table says; all that differ are named at once.
/// Lines that begin with `##` are comments, `⏎` in a text is a line break, and `\u{200b}` that character.
#[track_caller]
pub(crate) fn each_case_holds(table: &str, least: usize, find: impl Fn(&str) -> Vec<String>) {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with("##"));
    let (mut count, mut wrong) = (0, String::new());
    for line in lines {
        let (text, expected) = line.split_once(" ⇒").unwrap_or_else(|| panic!("no ⇒ in {line:?}"));
        let found = find(&unescaped(text).replace('⏎', "\n"));
        if found != unescaped(expected).split_whitespace().collect::<Vec<_>>() {
            wrong.push_str(&format!("\n{line}\n    found {found:?}"));
        }
        count += 1;
    }
    assert!(count >= least, "{count} cases");
    assert!(wrong.is_empty(), "{wrong}");
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').unwrap_or_else(|| panic!("no }} in {text:?}"));
        let number = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        whole.push(number.unwrap_or_else(|| panic!("no character {digits} in {text:?}")));
        whole.push_str(rest);
    }
    whole
}
