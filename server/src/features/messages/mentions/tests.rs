//! What mentions somebody, by a table of cases, and what a mention is stored as.
#![allow(clippy::unwrap_used, reason = "a failure of a test's own set-up ends the test")]

use std::time::{Duration, Instant};

use super::*;
use crate::testing::each_case_holds;

fn people() -> HashMap<String, UserId> {
    let handles = ["mira", "ravi", "ravi.k", "types", "room-mate", "t-", "mira_"];
    handles.iter().zip(1..).map(|(handle, id)| ((*handle).to_owned(), id)).collect()
}

/// The mentions of a text as they are written there.
fn written(text: &str, may_call_everybody: bool) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let found = find(text, &people(), may_call_everybody);
    found.iter().map(|m| chars[m.start as usize..m.end as usize].iter().collect()).collect()
}

#[test]
fn each_case_of_the_table_mentions_whom_it_says() {
    each_case_holds(include_str!("cases.txt"), 80, |text| written(text, true));
}

#[test]
fn a_mention_says_where_it_stands_and_who_is_meant() {
    let mention =
        |start, end, user_id| Mention { start, end, user_id: Some(user_id), everybody: None };
    let found = find("👩‍👧 @mira_, @Ravi.K", &people(), true);
    assert_eq!(found, [mention(4, 10, 7), mention(12, 19, 3)]);
}

#[test]
fn everybody_is_meant_only_where_everybody_may_be_called() {
    let everybody = Mention { start: 0, end: 5, user_id: None, everybody: Some(true) };
    assert_eq!(find("@ROOM", &people(), true), [everybody]);
    assert_eq!(find("@room", &people(), false), []);
    // Somebody may have had the handle before it was reserved.
    let old = HashMap::from([("room".to_owned(), 9)]);
    assert_eq!(find("@room", &old, true), [everybody]);
    assert_eq!(find("@room", &old, false)[0].user_id, Some(9));
}

#[test]
fn a_text_full_of_mentions_has_so_many() {
    assert_eq!(written(&"@mira ".repeat(1_000), true).len(), MAX_MENTIONS);
    assert_eq!(written(&"@mira/".repeat(1_000), true).len(), MAX_MENTIONS);
}

#[test]
fn no_text_takes_long() {
    let units = [
        "@", "@.", "@_", "_@", "*_", "@a-", "@a.", "@a:", "@mira/", "a@", "@ab--", "@ab..", "`@",
        "@ab:a.", "@~",
    ];
    let repeated = |unit: &str| unit.chars().cycle().take(80_000).collect::<String>();
    let marks = [".", "-", "_"].map(|mark| format!("@mira{}", repeated(mark)));
    for text in units.map(repeated).into_iter().chain(marks) {
        let begin = Instant::now();
        assert!(find(&text, &people(), true).len() <= MAX_MENTIONS);
        let unit: String = text.chars().take(8).collect();
        assert!(begin.elapsed() < Duration::from_secs(3), "{unit} took {:?}", begin.elapsed());
    }
}

#[test]
fn what_is_stored_is_read_back() {
    let mentions = find("@mira @ravi.k @room", &people(), true);
    assert_eq!(mentions.len(), 3);
    assert_eq!(decode(encode(&mentions).as_deref()), mentions);
    assert_eq!(encode(&[]), None);
    assert_eq!(decode(None), []);
    // As it was stored before everybody could be meant.
    let before = decode(Some(r#"[{"start":0,"end":5,"user_id":7}]"#));
    assert_eq!(before, [Mention { start: 0, end: 5, user_id: Some(7), everybody: None }]);
}
