//! Passwords that are tried first by whoever guesses: the ones that very many people choose, and
//! what is made from them by the usual tricks. There are no other rules for a password than its
//! length: what is refused here is refused because it is guessed, not because of its characters.
//!
//! Everything here ignores case and is quick, so that it can run before the costly hashing.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The well-known ones of eight characters or more: one a line, in lower case, sorted.
const LIST: &str = include_str!("common_passwords.txt");

/// Words too short to be a password that very many lengthen with a few digits or signs.
const SHORT_WORDS: [&str; 32] = [
    "abc", "admin", "adda", "angel", "asdf", "baby", "batman", "charlie", "chat", "dragon",
    "flower", "freedom", "guest", "hello", "jesus", "letmein", "login", "love", "master", "monkey",
    "mypass", "naruto", "pass", "qwert", "qwerty", "root", "secret", "shadow", "soccer", "summer",
    "test", "welcome",
];

/// The orders in which a finger or a child goes through the signs; each is also followed backwards.
const ORDERS: [&str; 6] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789012345678901234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
];

/// The fewest signs in one of the orders, or the same sign again, that count as a run.
const SHORTEST_RUN: usize = 3;
/// The longest unit that is recognised when a password only repeats it.
const LONGEST_UNIT: usize = 4;
/// How many digits and signs after a word are a trick; with more of them they may be the password.
const LONGEST_TAIL: usize = 4;
/// The same after a username: as long as a date.
const LONGEST_TAIL_OF_NAME: usize = 8;

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether a password is among those that are guessed first: a well-known one, a well-known word
/// with a few digits or signs after it or in place of letters (`P@ssw0rd!`), runs such as
/// `qwertyui` and `abc12345`, or a few characters again and again.
///
/// Length is not looked at: passwords that are too short are the caller's to refuse.
#[must_use]
pub(crate) fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    let chars: Vec<char> = password.chars().collect();
    let word = without_tail(&password);
    is_listed(&password)
        || is_listed(&with_letters(&password))
        || is_well_known_word(word)
        || is_well_known_word(&with_letters(word))
        || is_repetition(&chars)
        || is_all_runs(&chars)
}

/// Whether a password is bad for the person with this username: a common one, or the username
/// itself, perhaps backwards or twice, perhaps with digits or signs around it.
#[must_use]
pub(crate) fn is_weak_for(password: &str, username: &str) -> bool {
    if is_common(password) {
        return true;
    }
    let (password, name) = (password.to_lowercase(), username.to_lowercase());
    let backwards: String = name.chars().rev().collect();
    let is_decoration = |rest: &str| {
        rest.chars().count() <= LONGEST_TAIL_OF_NAME && !rest.contains(char::is_alphabetic)
    };
    let is_made_from = |name: &str| {
        !name.is_empty()
            && password.match_indices(name).any(|(at, _)| {
                is_decoration(&password[..at]) && is_decoration(&password[at + name.len()..])
            })
    };
    is_made_from(&name) || is_made_from(&backwards) || is_made_from(&name.repeat(2))
}

fn is_listed(password: &str) -> bool {
    COMMON.contains(password)
}

fn is_well_known_word(word: &str) -> bool {
    is_listed(word) || SHORT_WORDS.contains(&word)
}

/// A password without the digits and signs at its end, if there are not many.
fn without_tail(password: &str) -> &str {
    let word = password.trim_end_matches(|c: char| !c.is_alphabetic());
    if password[word.len()..].chars().count() <= LONGEST_TAIL { word } else { password }
}

/// A password with letters where digits and signs stand for them.
fn with_letters(password: &str) -> String {
    let letter = |c| match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    };
    password.chars().map(letter).collect()
}

fn is_repetition(chars: &[char]) -> bool {
    (1..=LONGEST_UNIT)
        .any(|unit| chars.len() >= 2 * unit && chars[unit..] == chars[..chars.len() - unit])
}

/// Whether the whole is made of runs, as `12345678`, `qweasd123` and `aaabbb`.
fn is_all_runs(chars: &[char]) -> bool {
    let mut rest = chars;
    while !rest.is_empty() {
        let run = longest_run(rest);
        if run < SHORTEST_RUN {
            return false;
        }
        rest = &rest[run..];
    }
    true
}

/// How many of the first characters follow one order, forwards or backwards, or are the same.
fn longest_run(chars: &[char]) -> usize {
    let same = chars.iter().take_while(|c| **c == chars[0]).count();
    let in_order = ORDERS.iter().map(|order| {
        let forwards: Vec<char> = order.chars().collect();
        let backwards: Vec<char> = order.chars().rev().collect();
        common_run(chars, &forwards).max(common_run(chars, &backwards))
    });
    in_order.max().unwrap_or(0).max(same)
}

/// The longest beginning of `chars` that stands somewhere in `order`.
fn common_run(chars: &[char], order: &[char]) -> usize {
    let from = |start: usize| chars.iter().zip(&order[start..]).take_while(|(a, b)| a == b).count();
    (0..order.len()).map(from).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_lower_case_and_without_repeats_or_short_entries() {
        let entries: Vec<&str> = LIST.lines().collect();
        assert!(entries.len() > 1_000);
        for pair in entries.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for entry in entries {
            assert!(entry.chars().count() >= 8 && entry == entry.to_lowercase().trim(), "{entry}");
        }
    }

    #[test]
    fn well_known_passwords_are_common_in_any_case() {
        for password in
            ["password1", "PASSWORD1", "Iloveyou", "trustno1", "TrustNo1", "1q2w3e4r", "football"]
        {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn a_well_known_word_stays_common_with_the_usual_tricks() {
        for password in [
            "P@ssw0rd!",
            "p4$$w0rd",
            "Password2026",
            "sunshine!!",
            "Welcome2026",
            "adm1n123",
            "Qwerty!1",
            "l0ve2026",
            "Adda2026",
            "Charlie7777",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn repetitions_and_runs_are_common() {
        for password in [
            "xxxxxxxx",
            "!!!!!!!!",
            "ааааааааа",
            "xyxyxyxyx",
            "k7pk7pk7p",
            "zw8qzw8q",
            "12345678",
            "87654321",
            "34567890123456",
            "abcdefgh",
            "STUVWXYZ",
            "zyxwvuts",
            "qwertyui",
            "poiuytre",
            "asdfghjkl",
            "tyuiopas",
            "qweasd123",
            "abc123xyz",
            "aaabbbccc",
            "4rfv5tgb",
            "111222333444",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn other_passwords_are_not_common() {
        for password in [
            "correct horse battery staple",
            "kestrel-umbra-92",
            "Tr0ub4dor&3",
            "vD8#mQz1",
            "পাখিরা উড়ে যায়",
            "我的密码很长很长",
            "passwort-im-garten",
            "hello8315629471",
            "love me tender",
            "12345 steps east",
            "ab12cd34ef",
        ] {
            assert!(!is_common(password), "{password}");
            assert!(!is_weak_for(password, "mira"), "{password}");
        }
    }

    #[test]
    fn a_username_with_digits_or_signs_around_it_is_weak_for_its_owner() {
        for password in [
            "mira.rahman",
            "Mira.Rahman",
            "mira.rahman1990",
            "mira.rahman19900131",
            "1990-mira.rahman!",
            "namhar.arim7",
            "mira.rahmanmira.rahman",
        ] {
            assert!(!is_common(password), "{password}");
            assert!(is_weak_for(password, "mira.rahman"), "{password}");
            assert!(!is_weak_for(password, "jonas"), "{password}");
        }
    }

    #[test]
    fn a_username_within_a_longer_password_does_no_harm() {
        assert!(!is_weak_for("mira counts 7 herons", "mira"));
        assert!(!is_weak_for("admiration-of-kestrels", "mira"));
        assert!(!is_weak_for("mira8315629471", "mira"));
        assert!(!is_weak_for("kestrel-umbra-92", ""));
    }

    #[test]
    fn a_common_password_is_weak_for_everybody() {
        assert!(is_weak_for("password1", "mira"));
    }
}
