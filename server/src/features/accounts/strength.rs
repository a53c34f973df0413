//! Whether a password is among those that a guesser tries first. There is no other rule for a
//! password than its length: what is refused here is refused because it is guessed, not because of
//! its characters.
//!
//! The estimate is zxcvbn's: known words, names, keyboards, dates, repetitions and the usual tricks.
//! Around it stands what a server needs that takes passwords of every script: a bound on the time,
//! and care for what zxcvbn knows nothing of.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::Match;
use zxcvbn::matching::patterns::MatchPattern;

/// So many guesses, as a power of ten, are enough: thirty years at one a second, which is what the
/// throttles let through. zxcvbn never counts less than 10^8 for three parts, so that its own line,
/// which is there, lets a word with a year and a sign pass (`Monday2026!`).
const ENOUGH: f64 = 9.0;
/// What zxcvbn takes each character for that is in no pattern, as a power of ten, is one. Of scripts
/// whose characters stand for syllables or words, and of pictures, there are thousands.
const MORE_OF_THOUSANDS: f64 = 2.0;

/// Judging takes time with the square of the length, and doubles with each sign that may stand for
/// a letter: so much of a password is looked at, which takes no longer than hashing it. The
/// beginning alone being hard to guess makes the whole so.
const MOST_CHARS: usize = 40;
const MOST_SIGNS: usize = 8;

/// Words of this place that no dictionary of zxcvbn's has.
const OWN_WORDS: [&str; 2] = ["adda", "আড্ডা"];
/// The most words, and characters of each, that are compared.
const MOST_WORDS: usize = 32;

/// Whether a password is easily guessed, by somebody who knows the person and the server. `names` are
/// theirs: each counts as a whole, in its parts, and without what stands between these.
pub(super) fn is_easily_guessed(password: &str, names: &[&str]) -> bool {
    let words: Vec<String> = names
        .iter()
        .flat_map(|name| words_of(name))
        .take(MOST_WORDS)
        .chain(OWN_WORDS.map(folded))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let folded = folded(password);
    let estimate = zxcvbn::zxcvbn(beginning(&folded), &words);
    let parts = estimate.sequence();
    // zxcvbn takes a character without a pattern for one of ten, since beside a word it is mostly a
    // digit or a sign of habit. Where there is no pattern at all, there is nothing to begin from.
    if parts.iter().all(is_without_pattern) {
        return false;
    }
    let unknown = parts.iter().filter(|part| is_without_pattern(part));
    let of_thousands = unknown.flat_map(|part| part.token.chars()).filter(|c| is_of_thousands(*c));
    #[allow(clippy::cast_precision_loss, reason = "forty characters at most")]
    let more = of_thousands.count() as f64 * MORE_OF_THOUSANDS;
    estimate.guesses_log10() + more < ENOUGH
}

/// Wide and other letters of the same sense are guessed as the plain ones.
fn folded(text: &str) -> String {
    text.nfkc().collect()
}

fn is_without_pattern(part: &Match) -> bool {
    matches!(part.pattern, MatchPattern::BruteForce)
}

/// Whether a character is Chinese, a Hangul syllable, or a picture.
fn is_of_thousands(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{1f000}'..)
}

/// As much of a password as can be judged in bounded time.
fn beginning(password: &str) -> &str {
    let mut signs = Vec::with_capacity(MOST_SIGNS);
    let end = password.char_indices().enumerate().find_map(|(count, (at, c))| {
        if (c.is_ascii_digit() || c.is_ascii_punctuation()) && !signs.contains(&c) {
            signs.push(c);
        }
        (count == MOST_CHARS || signs.len() > MOST_SIGNS).then_some(at)
    });
    &password[..end.unwrap_or(password.len())]
}

/// A name, its parts, and these in one.
fn words_of(name: &str) -> Vec<String> {
    let name = folded(name).to_lowercase();
    let is_between = |c: char| c.is_whitespace() || c.is_ascii_punctuation();
    let parts: Vec<&str> = name.split(is_between).filter(|part| !part.is_empty()).collect();
    let mut words = vec![name.clone(), parts.concat()];
    words.extend(parts.iter().filter(|part| part.chars().count() > 2).map(ToString::to_string));
    let first = |word: String| word.chars().take(MOST_CHARS).collect();
    let mut words: Vec<String> = words.into_iter().map(first).collect();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 3] = ["mira.rahman", "Mira Rahman", "chat.example.org"];

    #[track_caller]
    fn are_refused(passwords: &[&str]) {
        for password in passwords {
            assert!(is_easily_guessed(password, &NAMES), "{password}");
        }
    }

    #[track_caller]
    fn are_taken(passwords: &[&str]) {
        for password in passwords {
            assert!(!is_easily_guessed(password, &NAMES), "{password}");
        }
    }

    #[test]
    fn a_known_word_stays_easy_with_the_usual_tricks() {
        are_refused(&[
            "Summer2026!",
            "Adda2024!",
            "Winter2025!",
            "Monday2026!",
            "Dhaka2026!",
            "Kolkata2024!",
            "Sommer2026!",
            "London2026!",
            "Company123!",
            "Admin@123",
            "password",
            "PASSWORD1",
            "P@ssw0rd!",
            "p4$$w0rd",
            "trustno1",
            "1q2w3e4r",
            "sunshine!!",
            "iloveyou2026",
            "drowssap1",
            "আড্ডা২০২৬",
            "Ｓｕｍｍｅｒ２０２６！",
            "𝐒𝐮𝐦𝐦𝐞𝐫𝟐𝟎𝟐𝟔!",
        ]);
    }

    #[test]
    fn repetitions_runs_and_dates_are_easy() {
        are_refused(&[
            "xxxxxxxx",
            "        ",
            "ааааааааа",
            "আআআআআআআআ",
            "密码密码密码密码",
            "k7pk7pk7p",
            "zw8qzw8q",
            "12345678",
            "১২৩৪৫৬৭৮",
            "87654321",
            "abcdefgh",
            "qwertyuiop",
            "qweasd123",
            "4rfv5tgb",
            "1234567890!@#$%^&*()",
            "19900131",
            "31.01.1990",
        ]);
    }

    #[test]
    fn ones_own_names_and_the_servers_are_easy() {
        are_refused(&[
            "mira.rahman",
            "Mira Rahman",
            "MiraRahman",
            "mirarahman1",
            "rahman1990!",
            "mira.rahman19900131",
            "1990-mira.rahman!",
            "namhar.arim7",
            "mira.rahmanmira.rahman",
            "example2026!",
            "chat.example.org",
        ]);
        assert!(!is_easily_guessed("mira.rahman-7", &["jonas"]));
        assert!(is_easily_guessed("মীরা২০২৬", &["মীরা"]));
        assert!(is_easily_guessed("মীরা রহমান১", &["মীরা রহমান"]));
    }

    #[test]
    fn what_nobody_guesses_is_taken_in_any_script() {
        are_taken(&[
            "correct horse battery staple",
            "two cups of tea",
            "kestrel-umbra-92",
            "Tr0ub4dor&3",
            "vD8#mQz1",
            "kq7xw2vp",
            "love me tender",
            "12345 steps east",
            "mira counts 7 herons",
            "green-mango-tree",
            "পাসওয়ার্ড নয়",
            "পাখিরা উড়ে যায়",
            "আমার সোনার বাংলা",
            "আমিভাতখাই",
            "ধীরে ধীরে",
            "আম জাম কলা",
            "我的密码很长很长",
            "春眠不觉晓处处闻啼鸟",
            "开开心心每一天哦",
            "ひらがなのことば",
            "김치찌개맛있어요",
            "очень длинный",
            "كلمة السر طويلة",
            "🐘🦒🦓🐆🐅🐘🐃🐂",
            "👨‍👩‍👧 at home ❤️",
        ]);
    }

    #[test]
    fn only_so_much_is_judged_as_takes_bounded_time() {
        let every_trick = "4@8({[<369&1!|0$5+7%2".repeat(7);
        assert_eq!(beginning(&every_trick), "4@8({[<3");
        assert_eq!(beginning(&"ab".repeat(64)).len(), MOST_CHARS);
        assert_eq!(beginning(&"আ".repeat(128)).chars().count(), MOST_CHARS);
        assert_eq!(beginning("two cups"), "two cups");
        // Judged as a whole this takes minutes.
        let began = Instant::now();
        is_easily_guessed(&every_trick[..128], &NAMES);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_text_is_judged(password in "\\PC{8,128}", name in "\\PC{1,64}") {
            is_easily_guessed(&password, &[&name]);
        }
    }
}
