//! Finds the links in a message's text. The text is never changed: what is found is a place in it
//! and the address to go to, always `http` or `https`.
//!
//! What is a link:
//! - `http://` and `https://` with any host: a domain in any script, a lone name, an IP address.
//! - A domain alone, with or without `www.`, perhaps with a port and a path, if its last label is a
//!   top-level domain and people mean a host by it ([`hosts`]). Its address gets `https://`, which is what
//!   almost every site speaks.
//!
//! What is not: whatever is code; other schemes (`javascript:` and `data:` among them, together with all that is
//! attached to them), addresses with a user name or password, e-mail addresses, file names, sentences
//! without a blank between, version numbers and IP addresses without a scheme.
//!
//! A link ends before an emoji, before the punctuation of the sentence around it, in any script, and before
//! a closing bracket that it did not open; `Foo_(bar)` stays whole. A domain without a scheme does not
//! go on from ASCII letters into another script, because languages that are written without spaces,
//! or that put endings on words, continue their sentence there.
//!
//! What shows nothing is no boundary: no address begins right after it where something that is seen stands before
//! it, and what it ends where more follows is no host. `pay\u{200B}pal.com` is read as one word, and is no link.
//!
//! The time is linear in the length of the text, whatever it holds: each character is looked at a
//! bounded number of times.

mod characters;
mod hosts;
#[cfg(test)]
mod tests;

use std::net::Ipv6Addr;
use std::ops::Range;

use characters::{
    begins_name, is_hidden, is_joiner, is_name_character, is_never_last,
    is_of_script_without_blanks, is_other_script, is_stop, may_not_stand_before_a_domain,
};

use super::code;

/// The most links that are found in one message; after them, its text stays plain.
pub(crate) const MAX_LINKS: usize = 50;

/// The longest label of a domain and the longest domain, as the DNS has them.
const LONGEST_LABEL: usize = 63;
const LONGEST_DOMAIN: usize = 253;
/// The longest part of an e-mail address before its `@`.
const LONGEST_MAILBOX: usize = 64;
/// The longest way to write an IPv6 address.
const LONGEST_IPV6: usize = 45;

/// Schemes that need no `//` and whose rest must not be mistaken for a domain.
const OPAQUE_SCHEMES: [&str; 6] = ["javascript", "data", "vbscript", "blob", "file", "mailto"];

/// A link in a text. Offsets count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundLink {
    /// Where it begins.
    pub(crate) start: usize,
    /// Where it ends, exclusive.
    pub(crate) end: usize,
    /// The address as it is written, with `https://` before it if it has no scheme.
    pub(crate) url: String,
}

/// The links of a text, in their order, without overlaps; [`MAX_LINKS`] at most.
#[must_use]
pub(crate) fn find_links(text: &str) -> Vec<FoundLink> {
    if !text.contains('.') && !text.contains("://") {
        return Vec::new();
    }
    let chars = code::masked(text);
    let mut links = Vec::new();
    let mut at = 0;
    while at < chars.len() && links.len() < MAX_LINKS {
        if !begins_name(chars[at]) {
            at += 1;
            continue;
        }
        match look(&chars, at) {
            Look::Link { range, has_scheme } => {
                at = range.end;
                let scheme = if has_scheme { "" } else { "https://" };
                let url = scheme.chars().chain(chars[range.clone()].iter().copied()).collect();
                links.push(FoundLink { start: range.start, end: range.end, url });
            }
            Look::Nothing { resume } => at = resume,
        }
    }
    links
}

/// What begins at a letter or digit.
enum Look {
    /// A link, to its end.
    Link { range: Range<usize>, has_scheme: bool },
    /// None; the next can begin at `resume`, which is further on.
    Nothing { resume: usize },
}

fn look(chars: &[char], start: usize) -> Look {
    if is_within_a_word(chars, start) {
        return Look::Nothing { resume: end_of_token(chars, start) };
    }
    let name_end = end_of_name(chars, start, true);
    let letters = chars[start..name_end].iter().rev().take_while(|c| c.is_ascii_alphabetic());
    let scheme = name_end - letters.count()..name_end;
    if begins_with(chars, name_end, "://") {
        look_for_address(chars, scheme)
    } else if chars.get(name_end) == Some(&':')
        && OPAQUE_SCHEMES.iter().any(|opaque| is_word(&chars[scheme.clone()], opaque))
    {
        Look::Nothing { resume: end_of_token(chars, name_end) }
    } else {
        look_for_domain(chars, start..name_end)
    }
}

/// An address that begins with `scheme`, which `://` follows.
fn look_for_address(chars: &[char], scheme: Range<usize>) -> Look {
    // `git+https` and `2http` are other schemes.
    let is_whole = !before(chars, scheme.start).is_some_and(|c| c == '+' || c.is_ascii_digit());
    let is_web = ["http", "https"].iter().any(|web| is_word(&chars[scheme.clone()], web));
    let host = scheme.end + "://".len();
    if !is_whole || !is_web {
        return Look::Nothing { resume: end_of_token(chars, host) };
    }
    let authority = host..end_of_authority(chars, host);
    if chars[authority].contains(&'@') {
        // A name or password before the host is how an address pretends to be another.
        return Look::Nothing { resume: end_of_token(chars, host) };
    }
    match end_of_host(chars, host) {
        Some(end) if !begins_with(chars, end, "://") => {
            let port_end = end_of_port(chars, end);
            if is_cut(chars, host, end, port_end) {
                return Look::Nothing { resume: end_of_token(chars, host) };
            }
            let end = end_of_address(chars, scheme.start, port_end);
            Look::Link { range: scheme.start..end, has_scheme: true }
        }
        // Perhaps the true address follows, as in `http://https://example.org`.
        _ => Look::Nothing { resume: host },
    }
}

/// A domain without a scheme, at the start of `name`.
fn look_for_domain(chars: &[char], name: Range<usize>) -> Look {
    let start = name.start;
    let nothing = Look::Nothing { resume: name.end };
    // A single full stop right before it is that of `.env.dev` or `*.example.org`.
    let is_rest = before(chars, start) == Some('.') && before(chars, start - 1) != Some('.');
    if is_rest
        || before(chars, start).is_some_and(may_not_stand_before_a_domain)
        || is_server_of_a_name(chars, start)
    {
        return nothing;
    }
    let Some(host_end) = end_of_domain(chars, name) else { return nothing };
    if is_mailbox(chars, host_end) {
        return nothing;
    }
    let port_end = end_of_port(chars, host_end);
    // `name(` is a function in a piece of code, `name:80@` the password of some other host.
    if matches!(chars.get(port_end), Some('(' | '@'))
        || is_cut(chars, start, host_end, port_end)
        || !hosts::is_meant(chars, start..host_end, port_end)
    {
        return nothing;
    }
    let end = end_of_address(chars, start, port_end);
    Look::Link { range: start..end, has_scheme: false }
}

/// Whether only what shows nothing keeps `start` from something before it.
fn is_within_a_word(chars: &[char], start: usize) -> bool {
    if !before(chars, start).is_some_and(is_hidden) {
        return false;
    }
    let seen = chars[..start].iter().rev().find(|c| !is_hidden(**c));
    let is_word = |c: char| is_of_script_without_blanks(c) && chars[start].is_ascii_alphanumeric();
    seen.is_some_and(|c| !is_stop(*c) && !is_word(*c))
}

/// Whether what shows nothing ends a host, or its port, where more follows; or stands in a host that the DNS
/// cannot have with it.
fn is_cut(chars: &[char], start: usize, host_end: usize, port_end: usize) -> bool {
    let host = &chars[start..host_end];
    if host.iter().any(|c| is_joiner(*c)) && !is_joined_well(host) {
        return true;
    }
    if !chars.get(port_end).is_some_and(|c| is_hidden(*c)) {
        return false;
    }
    let rest = || chars[port_end..].iter().copied();
    let is_word = rest().find(|c| !is_hidden(*c)).is_some_and(is_of_script_without_blanks)
        && host.contains(&'.')
        && host.last().is_some_and(char::is_ascii_alphabetic)
        && is_top_level(&host[host.len() - label_length(host)..]);
    let is_edge =
        |c: &char| is_hidden(*c) || is_never_last(*c) || matches!(c, ')' | ']' | '}' | '_');
    !is_word && rest().find(|c| !is_edge(c)).is_some_and(|c| !is_stop(c))
}

/// Whether each joiner in a host stands between letters that it changes.
fn is_joined_well(host: &[char]) -> bool {
    let text: String = host.iter().collect();
    host.len() <= LONGEST_DOMAIN && idna::domain_to_ascii(&text).is_ok()
}

/// Whether what begins at `start` is the server of somebody or something, as in `@mira:example.org`.
fn is_server_of_a_name(chars: &[char], start: usize) -> bool {
    if before(chars, start) != Some(':') {
        return false;
    }
    let mut name = chars[..start - 1].iter().rev().take(LONGEST_MAILBOX);
    let sign = name.find(|c| !is_name_character(**c) && **c != '.');
    matches!(sign, Some('@' | '#'))
}

/// Where the labels that begin at `start`, joined by single dots, end. In `one_script`, ASCII
/// letters and letters of another script do not stand side by side.
fn end_of_name(chars: &[char], start: usize, one_script: bool) -> usize {
    let mut at = start;
    while let Some(&c) = chars.get(at) {
        let goes_on = if c == '.' {
            chars.get(at + 1).is_some_and(|next| begins_name(*next))
        } else {
            is_name_character(c)
        };
        if !goes_on || (one_script && at > start && changes_script(chars[at - 1], c)) {
            break;
        }
        at += 1;
    }
    at
}

fn changes_script(one: char, next: char) -> bool {
    (one.is_ascii_alphabetic() && is_other_script(next))
        || (is_other_script(one) && next.is_ascii_alphabetic())
}

/// Where the domain in `name` ends, if it is one.
fn end_of_domain(chars: &[char], name: Range<usize>) -> Option<usize> {
    let mut end = without_joiners(chars, name.clone());
    let last = end - label_length(&chars[name.start..end]);
    if !is_top_level(&chars[last..end]) {
        // An ending put on the domain with a hyphen, as in `example.org-এ`.
        end = last + chars[last..end].iter().position(|c| *c == '-')?;
        if !is_top_level(&chars[last..end]) {
            return None;
        }
    }
    let labels = || chars[name.start..end].split(|c| *c == '.');
    let is_label = |label: &[char]| {
        label.len() <= LONGEST_LABEL && !label.contains(&'_') && label.last() != Some(&'-')
    };
    let is_domain = labels().count() > 1 && labels().all(is_label);
    (is_domain && end - name.start <= LONGEST_DOMAIN).then_some(end)
}

fn is_top_level(label: &[char]) -> bool {
    if label.is_empty() || label.len() > LONGEST_LABEL {
        return false;
    }
    let label: String = label.iter().collect();
    idna::domain_to_ascii(&label).is_ok_and(|label| tld::exist(&label))
}

/// Where the host after a scheme ends, if there is one.
fn end_of_host(chars: &[char], start: usize) -> Option<usize> {
    if chars.get(start) == Some(&'[') {
        let inside = &chars[start + 1..chars.len().min(start + 2 + LONGEST_IPV6)];
        let length = inside.iter().position(|c| *c == ']')?;
        let address: String = inside[..length].iter().collect();
        return address.parse::<Ipv6Addr>().is_ok().then_some(start + length + 2);
    }
    if !begins_name(*chars.get(start)?) {
        return None;
    }
    let end = without_joiners(chars, start..end_of_name(chars, start, false));
    Some(before_a_sentence(chars, start..end).unwrap_or(end))
}

/// Where a host ends that goes over into a sentence of another script after a top-level domain, as
/// in `https://example.org谢谢`.
fn before_a_sentence(chars: &[char], host: Range<usize>) -> Option<usize> {
    let mut label_start = host.start;
    for (number, label) in chars[host].split(|c| *c == '.').enumerate() {
        let head = label.iter().take_while(|c| c.is_ascii_alphabetic()).count();
        let mut rest = label[head..].iter().skip_while(|c| **c == '-');
        if number > 0
            && rest.next().is_some_and(|c| is_other_script(*c))
            && is_top_level(&label[..head])
        {
            return Some(label_start + head);
        }
        label_start += label.len() + 1;
    }
    None
}

/// The end of a name without the hyphens, underscores and joiners that it ends with.
fn without_joiners(chars: &[char], name: Range<usize>) -> usize {
    let joins = |c: &&char| matches!(c, '-' | '_') || is_joiner(**c);
    name.end - chars[name].iter().rev().take_while(joins).count()
}

/// The length of the last label.
fn label_length(name: &[char]) -> usize {
    name.iter().rev().take_while(|c| **c != '.').count()
}

/// Whether what ends at `end` is the beginning of an e-mail address.
fn is_mailbox(chars: &[char], end: usize) -> bool {
    let of_mailbox = |c: &&char| {
        is_name_character(**c) || matches!(c, '.' | '+' | '%' | '\'' | '=' | '&' | '~' | '*' | '!')
    };
    let rest = chars[end..].iter().take(LONGEST_MAILBOX);
    let length = rest.take_while(of_mailbox).count();
    chars.get(end + length) == Some(&'@')
}

/// Where the port after a host ends, or the host itself if there is no port.
fn end_of_port(chars: &[char], host_end: usize) -> usize {
    if chars.get(host_end) != Some(&':') {
        return host_end;
    }
    let digits: String =
        chars[host_end + 1..].iter().take(6).take_while(|c| c.is_ascii_digit()).collect();
    let end = host_end + 1 + digits.len();
    let is_cut_off = chars.get(end).is_some_and(|c| is_name_character(*c));
    match digits.parse::<u16>() {
        Ok(port) if port > 0 && !is_cut_off => end,
        _ => host_end,
    }
}

/// Where an address ends of which scheme, host and port end at `at`: there, or after its path,
/// query and fragment.
fn end_of_address(chars: &[char], start: usize, at: usize) -> usize {
    if !matches!(chars.get(at), Some('/' | '?' | '#')) {
        return at;
    }
    let wrapper = before(chars, start);
    let mut open = Brackets::default();
    let mut end = at;
    for (index, &c) in chars.iter().enumerate().skip(at) {
        if is_stop(c) || (c == '\'' && wrapper == Some('\'')) || !open.take(c) {
            break;
        }
        // `_` often ends an address, but `_https://example.org/_` is emphasis.
        let is_emphasis = c == '_' && wrapper == Some('_');
        if !is_emphasis && !is_never_last(c) {
            end = index + 1;
        }
    }
    end
}

/// How many brackets of each kind stand open.
#[derive(Default)]
struct Brackets {
    round: usize,
    square: usize,
    curly: usize,
}

impl Brackets {
    /// Counts `c`; false if it closes what is not open.
    fn take(&mut self, c: char) -> bool {
        let (open, opens) = match c {
            '(' | ')' => (&mut self.round, c == '('),
            '[' | ']' => (&mut self.square, c == '['),
            '{' | '}' => (&mut self.curly, c == '{'),
            _ => return true,
        };
        match if opens { open.checked_add(1) } else { open.checked_sub(1) } {
            Some(count) => *open = count,
            None => return false,
        }
        true
    }
}

/// Where everything that hangs together with `start` ends.
fn end_of_token(chars: &[char], start: usize) -> usize {
    chars[start..].iter().position(|c| is_stop(*c)).map_or(chars.len(), |length| start + length)
}

/// Where user name, host and port, which begin at `start`, end.
fn end_of_authority(chars: &[char], start: usize) -> usize {
    let ends = |c: &char| is_stop(*c) || matches!(c, '/' | '?' | '#');
    chars[start..].iter().position(ends).map_or(chars.len(), |length| start + length)
}

/// The character before an index.
fn before(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).map(|index| chars[index])
}

fn begins_with(chars: &[char], at: usize, word: &str) -> bool {
    let mut rest = chars[at..].iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

fn is_word(chars: &[char], word: &str) -> bool {
    chars.len() == word.len()
        && chars.iter().zip(word.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b))
}
