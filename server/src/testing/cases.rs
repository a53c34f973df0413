//! Tables of cases: on each line a text, and after ` ⇒ ` what is found in it, apart by blanks.

/// Holds what is found in each text of a table to what the table says; all that differ are named at once.
/// Lines that begin with `##` are comments, and `⏎` in a text is a line break.
#[track_caller]
pub(crate) fn each_case_holds(table: &str, least: usize, find: impl Fn(&str) -> Vec<String>) {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with("##"));
    let (mut count, mut wrong) = (0, String::new());
    for line in lines {
        let (text, expected) = line.split_once(" ⇒").unwrap_or_else(|| panic!("no ⇒ in {line:?}"));
        let found = find(&text.replace('⏎', "\n"));
        if found != expected.split_whitespace().collect::<Vec<_>>() {
            wrong.push_str(&format!("\n{line}\n    found {found:?}"));
        }
        count += 1;
    }
    assert!(count >= least, "{count} cases");
    assert!(wrong.is_empty(), "{wrong}");
}
