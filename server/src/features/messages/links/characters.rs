//! What a character can be to a link.

use adda_protocol::is_ignorable;

/// Never a part of a link: white space, control characters, what shows nothing, what RFC 3986 and 3987
/// leave out, quotation marks, emoji, and the punctuation of scripts whose addresses do not use it.
pub(super) fn is_stop(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_emoji(c)
        || (is_hidden(c) && !is_joiner(c))
        || matches!(c,
            '<' | '>' | '"' | '`' | '|' | '\\'
            | '«' | '»' | '‹' | '›' | '“' | '”' | '„' | '‟'
            // Arabic, Devanagari and its neighbours, Myanmar, Ethiopic, Khmer.
            | '،' | '؛' | '؟' | '۔' | '।' | '॥' | '၊' | '။' | '\u{1361}'..='\u{1368}' | '។' | '៕'
            // What stands for what is not text.
            | '\u{FFFC}' | '\u{FFFD}'
            // Chinese, Japanese and Korean, and the wide forms of ASCII punctuation.
            | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}'
            | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}'
            | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
}

/// What is drawn as nothing: what Unicode calls default ignorable, and what encloses annotations. Whoever reads
/// what stands on both sides of it reads one word.
pub(super) const fn is_hidden(c: char) -> bool {
    is_ignorable(c) || matches!(c, '\u{FFF9}'..='\u{FFFB}')
}

/// What is drawn as nothing, but says how the letters beside it are: a part of words, and so of links.
pub(super) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// A letter of a script without blanks between words, whose keyboards write U+200B there: Thai, Lao, Burmese and Khmer.
pub(super) const fn is_of_script_without_blanks(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// Emoji, the signs that are shown as such, and what changes how they are shown.
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{20E3}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2900}'..='\u{2BFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}'
        | '\u{E0000}'..='\u{E01EF}')
}

/// A part of links, but at the end it belongs to the sentence: `https://example.org/a, and …`.
pub(super) fn is_never_last(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ':'
            | ';'
            | '!'
            | '?'
            | '\''
            | '*'
            | '~'
            | '('
            | '['
            | '{'
            | '‘'
            | '’'
            | '…'
            | '–'
            | '—'
            | '\u{200C}'
            | '\u{200D}'
    )
}

/// What a domain's label begins with.
pub(super) fn begins_name(c: char) -> bool {
    c.is_alphanumeric() && !is_stop(c)
}

/// A part of a domain's label.
pub(super) fn is_name_character(c: char) -> bool {
    c == '-' || c == '_' || ((c.is_alphanumeric() || is_mark(c)) && !is_stop(c))
}

/// What shows that the domain after it is a part of something else: an e-mail address, a path, a
/// query, a piece of code, a word.
pub(super) fn may_not_stand_before_a_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '\\' | '#' | '&' | '%' | '$' | '+' | '=')
}

/// A letter or mark of a script other than Latin.
pub(super) fn is_other_script(c: char) -> bool {
    c >= '\u{370}' && !('\u{1E00}'..='\u{1EFF}').contains(&c) && is_name_character(c)
}

/// Signs that are written on or between letters, and so belong to words, but are no letters to the
/// standard library: accents set apart, viramas, nuktas, tones, voicing marks, joiners.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{DFF}'
        | '\u{E31}'..='\u{E4E}' | '\u{EB1}'..='\u{ECE}' | '\u{F71}'..='\u{F84}'
        | '\u{1037}'..='\u{103E}' | '\u{17B4}'..='\u{17D3}'
        | '\u{200C}' | '\u{200D}' | '\u{3099}' | '\u{309A}')
}
