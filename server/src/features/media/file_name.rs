//! What files are called when they are downloaded.

use std::fmt::Write;
use std::ops::RangeInclusive;

/// The longest name, in bytes: what file systems take.
const LONGEST: usize = 200;
/// The type as which a browser saves a file, whatever it says that it is.
pub(super) const DELIVERED_AS: &str = "application/octet-stream";
/// What a file without a name is called.
const UNNAMED: &str = "file";

/// The name under which a file may be shown and saved: its last part, without what steers a terminal, a
/// folder or the direction of writing.
pub(super) fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = last.chars().filter(|char| !is_odd(*char)).collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    if kept.is_empty() { UNNAMED.to_owned() } else { shortened(kept) }
}

/// Control characters, those that nobody sees, and those that turn the direction of writing: with these
/// `photo\u{202e}gnp.exe` reads as a picture.
fn is_odd(char: char) -> bool {
    char.is_control()
        || matches!(char, '"' | '<' | '>' | ':' | '|' | '?' | '*')
        || UNSEEN.iter().any(|unseen| unseen.contains(&char))
}

/// What is not seen, or turns what is.
const UNSEEN: [RangeInclusive<char>; 14] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff9}'..='\u{fffb}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Cut before its ending, which says what it is.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let end = stem.floor_char_boundary(LONGEST - ending.len());
    format!("{}{ending}", &stem[..end])
}

/// The header that makes a browser save a file under this name (RFC 6266, RFC 8187), whatever is in it.
pub(super) fn content_disposition(name: &str) -> String {
    let plain = |char: char| if char.is_ascii_graphic() || char == ' ' { char } else { '_' };
    let plain: String =
        name.chars().map(plain).filter(|char| !matches!(char, '"' | '\\')).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        // What may stand as it is, `attr-char`.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_without_folders_and_without_what_nobody_sees() {
        for (name, tidied) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\mira\\tea.txt", "tea.txt"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("চায়ের দোকান.pdf", "চায়ের দোকান.pdf"),
            ("a\r\nSet-Cookie: x\".txt", "aSet-Cookie x.txt"),
            (".bashrc", "bashrc"),
            ("con. ", "con"),
            ("...", "file"),
            ("\u{3164}\u{e0041}", "file"),
            ("", "file"),
        ] {
            assert_eq!(tidy(name), tidied, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = tidy(&format!("{}.pdf", "আ".repeat(500)));
        assert!(long.len() <= LONGEST && long.ends_with("আ.pdf"), "{long}");
        assert!(tidy(&"x".repeat(500)).len() <= LONGEST);
        assert!(tidy(&format!("x.{}", "y".repeat(500))).len() <= LONGEST);
    }

    #[test]
    fn a_browser_saves_it_under_its_name() {
        assert_eq!(
            content_disposition("a b.pdf"),
            "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"
        );
        assert_eq!(
            content_disposition("চা.pdf"),
            "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E0%A6%9A%E0%A6%BE.pdf"
        );
    }
}
