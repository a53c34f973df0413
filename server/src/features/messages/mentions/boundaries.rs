//! Where a mention may begin and end: what stands around it shows whether it stands by itself.

/// Whether a mention may begin at an `@`, by what stands before it. `before` is where the candidate before it
/// ends, perhaps with a mark that joins the two (`@mira/@ravi`).
pub(super) fn may_begin(chars: &[char], at: usize, before: Option<usize>) -> bool {
    let begin = before_emphasis(chars, at);
    let Some(index) = begin.checked_sub(1) else { return true };
    match chars[index] {
        // An e-mail address, a placeholder, a query, a variable, a network's own kind of name.
        '@' | '%' | '=' | '#' | '$' | '\\' | '}' => false,
        '/' => before == Some(index),
        '+' | '&' => before == Some(index) || is_blank_before(chars, index),
        // Between words a single hyphen joins, several are a dash.
        '-' => {
            before == Some(begin)
                || index.checked_sub(1).is_none_or(|i| chars[i] == '-' || !is_of_word(chars[i]))
        }
        c => !is_of_word(c),
    }
}

/// Whether a mention may end with the word that ends at `end`, by what follows it.
pub(super) fn may_end(chars: &[char], end: usize) -> bool {
    match chars.get(end) {
        None => true,
        // The name of somebody on another server, unless a mark joins two mentions: `@mira-@ravi`.
        Some('@') => !chars[end - 1].is_alphanumeric(),
        // An attribute.
        Some('=') => false,
        // A path or a package, unless another mention or nothing follows.
        Some('/' | '\\' | '+') => chars
            .get(end + 1)
            .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '_' | '-')),
        Some(':') => !is_host(&chars[end + 1..]),
        // The word goes on with a letter that no handle has.
        Some(c) => !is_accent(*c) && (c.is_ascii() || !is_latin(*c)),
    }
}

/// Where the emphasis begins that opens right before `at`: an underscore is that only where no word stands
/// before it. The other marks of emphasis join no words.
fn before_emphasis(chars: &[char], at: usize) -> usize {
    match at.checked_sub(1).map(|index| chars[index]) {
        Some('_') => {
            let marks = chars[..at].iter().rev().take_while(|c| matches!(c, '_' | '*' | '~'));
            at - marks.count()
        }
        _ => at,
    }
}

fn is_blank_before(chars: &[char], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|index| chars[index].is_whitespace())
}

/// A letter of a script with capitals, whose words are set apart by blanks, or a digit: an address or a
/// name that goes on with `@`.
fn is_of_word(c: char) -> bool {
    c.is_numeric() || c.is_lowercase() || c.is_uppercase() || is_accent(c)
}

const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A Latin letter with an accent or a form of its own.
const fn is_latin(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && !matches!(c, '×' | '÷')
}

/// Whether what follows a colon is a host, as in `@mira:example.org`.
fn is_host(rest: &[char]) -> bool {
    let is_of_host = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let length = rest.iter().take_while(is_of_host).count();
    let mut labels = rest[..length].split(|c| *c == '.');
    labels.next().is_some_and(|label| !label.is_empty())
        && labels.next().is_some_and(|label| !label.is_empty())
}
