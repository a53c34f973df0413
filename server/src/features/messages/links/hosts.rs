//! Which domains without a scheme are meant as hosts. Many endings are words (`home.it`, `ok.so`) or name
//! kinds of files (`main.rs`, `setup.py`), and what is joined by dots in a program often ends like a domain.

use std::ops::Range;

/// Endings that people write alone, beside those of countries.
const GENERIC: [&str; 21] = [
    "app", "asia", "biz", "blog", "cloud", "com", "coop", "dev", "edu", "eu", "gov", "info", "int",
    "mil", "net", "online", "org", "shop", "tech", "tel", "xyz",
];
/// More of them, which are words that no sentence begins with.
const GENERIC_WORDS: [&str; 4] = ["agency", "social", "website", "wiki"];

/// Endings of countries that are also words.
const WORDS: [&str; 22] = [
    "ad", "al", "am", "as", "at", "be", "by", "do", "et", "id", "im", "in", "is", "it", "la", "ma",
    "me", "my", "no", "so", "to", "us",
];
/// Endings of countries that also name kinds of files, or hours.
const FILES: [&str; 9] = ["ac", "cc", "ml", "pm", "ps", "rs", "sh", "tf", "ye"];
/// Endings that are nearly always those of files, even where something like a path follows.
const FILES_ALONE: [&str; 4] = ["md", "mov", "py", "zip"];

/// What stands before the ending of a country that gives out no names right below it.
const SECOND_LEVEL: [&str; 18] = [
    "ac", "co", "com", "edu", "gen", "go", "gob", "gov", "ltd", "mil", "ne", "net", "nhs", "nic",
    "or", "org", "res", "sch",
];

/// What the names of packages of programs begin with.
const PACKAGES: [&str; 3] = ["com", "net", "org"];
const JAVA: [&str; 2] = ["java", "javax"];

/// Whether people mean a host by a domain, of which what ends it is a top-level domain, by itself and by
/// what follows at `end`, after its port.
pub(super) fn is_meant(chars: &[char], domain: Range<usize>, end: usize) -> bool {
    let labels: Vec<&[char]> = chars[domain].split(|c| *c == '.').collect();
    let words: Vec<String> = labels.iter().map(|label| lower_case(label)).collect();
    let (Some(last), Some(first)) = (words.last(), words.first()) else { return false };
    if first == "www" && words.len() > 2 {
        return true;
    }
    let is_package = PACKAGES.contains(&first.as_str()) && words.len() > 2;
    if is_package || JAVA.contains(&first.as_str()) {
        return false;
    }
    let is_common = is_common(&words);
    let has_path = chars.get(end) == Some(&'/');
    if is_capitalised(labels[labels.len() - 1]) {
        // A new sentence, unless the host is written like a title.
        let is_title = labels.iter().all(|label| label[0].is_uppercase());
        return (is_title && matches!(last.as_str(), "com" | "org")) || (is_common && has_path);
    }
    // `ASP.NET` and its kin are programs.
    if is_common {
        return has_path || labels[labels.len() - 1] != ['N', 'E', 'T'];
    }
    !FILES_ALONE.contains(&last.as_str()) && has_path && is_segment(&chars[end + 1..])
}

/// Whether a domain is a host wherever it stands.
fn is_common(labels: &[String]) -> bool {
    let [.., before, last] = labels else { return false };
    let is_of_country = last.len() == 2;
    if last.starts_with("xn--") || !last.is_ascii() {
        return true;
    }
    let last = last.as_str();
    let is_second_level =
        is_of_country && labels.len() > 2 && SECOND_LEVEL.contains(&before.as_str());
    let is_other = WORDS.contains(&last) || FILES.contains(&last) || FILES_ALONE.contains(&last);
    is_second_level
        || GENERIC.contains(&last)
        || GENERIC_WORDS.contains(&last)
        || (is_of_country && !is_other)
}

/// The label as it is compared; wide letters are the same as others.
fn lower_case(label: &[char]) -> String {
    let label: String = label.iter().collect();
    idna::domain_to_ascii(&label).unwrap_or_else(|_| label.to_lowercase())
}

fn is_capitalised(label: &[char]) -> bool {
    label[0].is_uppercase() && label.get(1).is_some_and(|c| c.is_lowercase())
}

/// Whether a path begins with something that is no file's name.
fn is_segment(path: &[char]) -> bool {
    let is_of_segment =
        |c: &&char| c.is_alphanumeric() || matches!(c, '-' | '_' | '~' | '%' | '@' | '+' | '=');
    let length = path.iter().take_while(is_of_segment).count();
    matches!(path.first(), Some('#' | '?')) || length > 0 && path.get(length) != Some(&'.')
}
