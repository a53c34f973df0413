//! Finds the stretches of a text that are code. Within them is neither a link nor a mention, and the app
//! shows them as they stand.
//!
//! The grammar, which the app's parser shares (`code.json` holds both to it): a run of one or more backticks
//! opens, and the next run of exactly as many closes. One or two close in their own line, three or more may
//! close lines later. What nothing closes is plain text, and the search goes on behind it. Nothing escapes.

use std::collections::HashMap;
use std::ops::Range;

/// So many backticks, or more, may be closed in a later line.
const FENCE: usize = 3;

/// Backticks that stand side by side, as many as there are.
#[derive(Debug)]
struct Run {
    /// Counted in Unicode scalar values.
    at: Range<usize>,
    line: usize,
}

/// The stretches of code, with the backticks around them, in their order. Offsets count Unicode scalar
/// values. The time is linear in the length of the text: each run is looked at twice.
pub(super) fn stretches(text: &str) -> Vec<Range<usize>> {
    if !text.contains('`') {
        return Vec::new();
    }
    let runs = runs(text);
    let closing = next_of_same_length(&runs);
    let mut found = Vec::new();
    let mut index = 0;
    while index < runs.len() {
        let open = &runs[index];
        let close = closing[index].filter(|close| may_close(open, &runs[*close]));
        if let Some(close) = close {
            found.push(open.at.start..runs[close].at.end);
        }
        index = close.unwrap_or(index) + 1;
    }
    found
}

/// The characters of a text, with a backtick for each that is code: what looks for something in the text
/// finds nothing there, and every offset stays.
pub(super) fn masked(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    for stretch in stretches(text) {
        chars[stretch].fill('`');
    }
    chars
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut line = 0;
    for (at, c) in text.chars().enumerate() {
        match c {
            '`' => match runs.last_mut().filter(|run| run.at.end == at) {
                Some(run) => run.at.end += 1,
                None => runs.push(Run { at: at..at + 1, line }),
            },
            '\n' => line += 1,
            _ => {}
        }
    }
    runs
}

/// For each run, which one behind it is the next of its length.
fn next_of_same_length(runs: &[Run]) -> Vec<Option<usize>> {
    let mut nearest = HashMap::new();
    let mut next: Vec<_> = runs
        .iter()
        .enumerate()
        .rev()
        .map(|(index, run)| nearest.insert(run.at.len(), index))
        .collect();
    next.reverse();
    next
}

fn may_close(open: &Run, close: &Run) -> bool {
    open.at.len() >= FENCE || open.line == close.line
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::Value;

    use super::*;

    fn spans(value: &Value) -> Vec<Range<usize>> {
        let number =
            |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("short");
        let span = |value: &Value| number(&value[0])..number(&value[1]);
        value.as_array().expect("spans").iter().map(span).collect()
    }

    #[test]
    fn each_case_of_the_table_has_the_code_that_it_says() {
        let table: Value = serde_json::from_str(include_str!("code.json")).expect("JSON");
        let cases = table.as_array().expect("cases");
        assert!(cases.len() >= 30);
        for case in cases {
            let text = case["text"].as_str().expect("a text");
            assert_eq!(stretches(text), spans(&case["code"]), "{text:?}: {}", case["why"]);
        }
    }

    #[test]
    fn what_is_code_is_hidden_and_keeps_its_place() {
        assert_eq!(masked("é `@x` 👩 y").iter().collect::<String>(), "é ```` 👩 y");
        assert_eq!(masked("no `code").iter().collect::<String>(), "no `code");
    }

    #[test]
    fn no_text_takes_long() {
        // Runs of every length, none of which closes another, and what is nearest to it.
        let lengths: String = (1..400).map(|length| format!("{} ", "`".repeat(length))).collect();
        let units =
            ["`", "` \n", "`\n", "`a``b", "`` `\n", "```a````b`````", &lengths, "`a` ", "``` `\n"];
        for unit in units {
            for length in [8_000, 80_000] {
                let text: String = unit.chars().cycle().take(length).collect();
                let begin = Instant::now();
                let found = stretches(&text);
                assert!(begin.elapsed() < Duration::from_secs(3), "{unit:?} of {length}");
                assert!(found.windows(2).all(|two| two[0].end <= two[1].start));
            }
        }
    }
}
