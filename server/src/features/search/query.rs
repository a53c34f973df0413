//! What was typed into the search field, taken apart. Nothing in it is ever an error: what is no operator is
//! text.

use std::borrow::Cow;

use chrono::NaiveDate;

/// What a message must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    Image,
    Audio,
    File,
    Link,
}

/// A part of a query. What was typed is kept beside an operator whose name may turn out to be nobody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// A word, or a phrase.
    Text(String),
    From {
        name: String,
        typed: String,
    },
    In {
        name: String,
        typed: String,
    },
    Has(Carries),
    /// Written before this time, in milliseconds since the epoch.
    Before(i64),
    /// Written at this time or later.
    After(i64),
    MentionsMe,
}

/// Takes a query apart. Words end with blanks; what begins with a quotation mark ends with the next one, or with
/// the query; the days of `before:` and `after:` are those of a clock so many minutes ahead of UTC.
pub(super) fn parse(query: &str, utc_offset: i32) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let (token, after) = next_token(rest);
        terms.extend(term(token, utc_offset));
        rest = after.trim_start();
    }
    terms
}

/// A part of the query as it was typed, and where a quoted value or phrase begins and ends in it.
#[derive(Clone, Copy)]
struct Token<'a> {
    typed: &'a str,
    /// Before the quotation mark; all of it where there is none.
    head: &'a str,
    quoted: Option<&'a str>,
}

const fn is_quote(c: char) -> bool {
    // As keyboards of telephones make them.
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// The next token of a text that begins with one, and what follows it.
fn next_token(text: &str) -> (Token<'_>, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let quote = text[..end].char_indices().find(|(_, c)| is_quote(*c));
    // A quotation mark within a word is a part of it, but for the value of an operator.
    if let Some((at, mark)) = quote
        && (at == 0 || text[..at].ends_with(':'))
    {
        let inside = at + mark.len_utf8();
        let close = text[inside..].char_indices().find(|(_, c)| is_quote(*c));
        let (close, end) = match close {
            Some((close, mark)) => (inside + close, inside + close + mark.len_utf8()),
            None => (text.len(), text.len()),
        };
        let (typed, after) = text.split_at(end);
        let quoted = &text[inside..close];
        if !quoted.trim().is_empty() {
            return (Token { typed, head: &text[..at], quoted: Some(quoted) }, after);
        }
    }
    let (typed, after) = text.split_at(end);
    (Token { typed, head: typed, quoted: None }, after)
}

fn term(token: Token<'_>, utc_offset: i32) -> Option<Term> {
    let Token { typed, head, quoted } = token;
    let operator = match quoted {
        Some(quoted) => head.strip_suffix(':').map(|key| (key, quoted)),
        None => head.split_once(':'),
    };
    if let Some((key, value)) = operator
        && let Some(term) = operator_term(key, value, typed, utc_offset)
    {
        return Some(term);
    }
    let text = match quoted {
        Some(phrase) if head.is_empty() => Cow::from(phrase),
        _ => Cow::from(typed),
    };
    (!text.is_empty()).then(|| Term::Text(text.into_owned()))
}

fn operator_term(key: &str, value: &str, typed: &str, utc_offset: i32) -> Option<Term> {
    let (name, typed) = (value.trim().to_owned(), typed.to_owned());
    if name.chars().all(is_quote) {
        return None;
    }
    let midnight = || {
        let day = NaiveDate::parse_from_str(&name, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
        Some(day.and_utc().timestamp_millis() - i64::from(utc_offset) * 60_000)
    };
    Some(match key.to_ascii_lowercase().as_str() {
        "from" => Term::From { name, typed },
        "in" => Term::In { name, typed },
        "has" => Term::Has(match name.to_ascii_lowercase().as_str() {
            "image" => Carries::Image,
            "audio" => Carries::Audio,
            "file" => Carries::File,
            "link" => Carries::Link,
            _ => return None,
        }),
        "before" => Term::Before(midnight()?),
        "after" => Term::After(midnight()?),
        "mentions" if name.eq_ignore_ascii_case("me") => Term::MentionsMe,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Term {
        Term::Text(text.to_owned())
    }

    fn of(query: &str) -> Vec<Term> {
        parse(query, 0)
    }

    #[test]
    fn words_end_with_blanks_and_phrases_with_quotation_marks() {
        assert_eq!(of("  tea \u{3000}আড্ডা\n你好 "), [text("tea"), text("আড্ডা"), text("你好")]);
        assert_eq!(of("\"tea  at five\" please"), [text("tea  at five"), text("please")]);
        assert_eq!(of("“tea at five”"), [text("tea at five")]);
        assert_eq!(of("\"tea at"), [text("tea at")], "as it is typed");
        assert_eq!(of("\"a\"\"b c\"d"), [text("a"), text("b c"), text("d")]);
        assert_eq!(of(""), []);
        assert_eq!(of(" \t "), []);
    }

    #[test]
    fn operators_say_whose_where_what_and_when() {
        let from = |name: &str, typed: &str| Term::From { name: name.into(), typed: typed.into() };
        assert_eq!(of("from:mira tea"), [from("mira", "from:mira"), text("tea")]);
        assert_eq!(of("From:\"Mira Sen\""), [from("Mira Sen", "From:\"Mira Sen\"")]);
        let room = Term::In { name: "tea".into(), typed: "in:tea".into() };
        assert_eq!(of("in:tea has:LINK"), [room, Term::Has(Carries::Link)]);
        assert_eq!(of("mentions:me"), [Term::MentionsMe]);
        let day = 1_793_491_200_000;
        assert_eq!(of("after:2026-11-01 before:2026-11-01"), [Term::After(day), Term::Before(day)]);
        // In Dhaka it begins six hours before.
        assert_eq!(parse("after:2026-11-01", 360), [Term::After(day - 6 * 3_600_000)]);
    }

    #[test]
    fn what_is_no_operator_is_text() {
        for query in [
            "from:",
            "has:teeth",
            "before:tomorrow",
            "after:2026-13-01",
            "after:2026-02-30",
            "mentions:mira",
            "https://example.org",
            "std::fmt",
            ":",
            "5\"",
            "\"",
            "\"\"",
            "from:\"",
            "from:\"\"",
            "say\"hi\"",
        ] {
            assert_eq!(of(query), [text(query)], "{query}");
        }
        assert_eq!(of("to:\"Mira Sen\" x"), [text("to:\"Mira Sen\""), text("x")]);
    }

    proptest! {
        #[test]
        fn anything_is_a_query_and_nothing_of_it_is_lost(query in "[\\PC\\s]{0,40}") {
            for term in parse(&query, -840) {
                if let Term::Text(text) = term {
                    prop_assert!(!text.is_empty() && query.contains(&text));
                }
            }
            let plain: String = query.chars().filter(|c| !is_quote(*c) && *c != ':').collect();
            let words: Vec<_> = plain.split_whitespace().map(text).collect();
            prop_assert_eq!(parse(&plain, 0), words);
        }
    }
}
