//! Reading what is said in the files of rooms and of private conversations.

use super::{Attention, Broken, Later};
use crate::draw::{Look, Wears};

/// A room or a conversation.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// What stands after its `#`.
    pub(super) head: &'a str,
    pub(super) attention: Attention,
    lines: Vec<&'a str>,
}

/// What is said at one time.
#[derive(Debug)]
pub(super) struct Talk {
    /// How long ago it began, in milliseconds.
    pub(super) ago: i64,
    pub(super) lines: Vec<Line>,
}

/// A message.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) by: String,
    pub(super) text: String,
    pub(super) carries: Vec<String>,
    pub(super) later: Later,
}

pub(super) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# ") {
            sections.push(Section {
                head: head.trim(),
                attention: Attention::default(),
                lines: Vec::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            let unread = line.strip_prefix("unread ").and_then(|count| count.parse().ok());
            match (unread, line) {
                (Some(unread), _) => section.attention.unread = unread,
                (None, "pinned") => section.attention.is_pinned = true,
                (None, "muted") => section.attention.is_muted = true,
                (None, line) => section.lines.push(line),
            }
        }
    }
    sections
}

/// The rooms of several files; each begins once, and may go on in others.
pub(super) fn together<'a>(texts: &[&'a str]) -> Result<Vec<Section<'a>>, Broken> {
    let mut all: Vec<Section<'a>> = Vec::new();
    let name = |head: &'a str| head.split('|').next().unwrap_or_default().trim();
    for section in texts.iter().flat_map(|text| sections(text)) {
        let before = all.iter_mut().find(|before| name(before.head) == name(section.head));
        match (before, section.head.contains('|')) {
            (None, true) => all.push(section),
            (Some(before), false) => before.lines.extend(section.lines),
            _ => {
                let line = section.head.to_owned();
                return Err(Broken { line, why: "a room begins once, before it goes on" });
            }
        }
    }
    Ok(all)
}

pub(super) fn talks(section: &Section<'_>) -> Result<Vec<Talk>, Broken> {
    let mut talks: Vec<Talk> = Vec::new();
    for line in &section.lines {
        let broken = |why| Broken { line: (*line).to_owned(), why };
        if let Some(ago) = line.strip_prefix("== ") {
            let ago = parse_ago(ago).ok_or(broken("no time is said"))?;
            talks.push(Talk { ago, lines: Vec::new() });
            continue;
        }
        // An empty line within a message has its tab, too.
        if line.is_empty() {
            continue;
        }
        let talk = talks.last_mut().ok_or(broken("a time comes first"))?;
        if let Some(text) = line.strip_prefix('\t') {
            let message = talk.lines.last_mut().ok_or(broken("a message comes first"))?;
            let text_of = match &mut message.later {
                Later::Edited(edited) => edited,
                _ => &mut message.text,
            };
            text_of.push('\n');
            text_of.push_str(text);
        } else if let Some(text) = line.strip_prefix("~ ") {
            let message = talk.lines.last_mut().ok_or(broken("a message comes first"))?;
            message.later = Later::Edited(text.to_owned());
        } else if *line == "x" {
            let message = talk.lines.last_mut().ok_or(broken("a message comes first"))?;
            message.later = Later::Deleted;
        } else {
            let (by, text) = line.split_once(": ").ok_or(broken("nobody says it"))?;
            let (carries, text) = carried(text);
            let (by, text) = (by.to_owned(), text.to_owned());
            talk.lines.push(Line { by, text, carries, later: Later::Stays });
        }
    }
    talks.sort_by_key(|talk| -talk.ago);
    Ok(talks)
}

/// What stands in brackets at the beginning, and the rest.
fn carried(text: &str) -> (Vec<String>, &str) {
    let within = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match within {
        Some((words, rest)) => {
            (words.split(',').map(|word| word.trim().to_owned()).collect(), rest.trim_start())
        }
        None => (Vec::new(), text),
    }
}

fn parse_ago(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "d" => 24 * 60,
        "h" => 60,
        "m" => 1,
        _ => return None,
    };
    Some(number.parse::<i64>().ok()? * minutes * 60_000)
}

/// Somebody, as they are written down.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) look: Look,
    pub(super) may_have_picture: bool,
}

pub(super) fn sections_of_people(text: &str) -> Result<Vec<Entry>, Broken> {
    let mut entries = Vec::new();
    let mut of =
        Look { is_woman: false, is_old: false, skin: (0, 0), hair: 1, wears: Wears::Anything };
    for line in text.lines().filter(|line| !line.is_empty()) {
        let broken = |why| Broken { line: line.to_owned(), why };
        if let Some(head) = line.strip_prefix('[') {
            (of.skin, of.hair) =
                parse_look(head.trim_end_matches(']')).ok_or(broken("no look is said"))?;
            continue;
        }
        let (kind, people) = line.split_once(": ").ok_or(broken("nobody is named"))?;
        for person in people.split(';').map(str::trim).filter(|person| !person.is_empty()) {
            let (handle, name) = person.split_once(' ').ok_or(broken("a name is missing"))?;
            let wears = match handle.chars().next() {
                Some('.') => Wears::Bindi,
                Some('^') if kind == "f" => Wears::Scarf,
                Some('^') => Wears::Turban,
                _ => Wears::Anything,
            };
            entries.push(Entry {
                may_have_picture: !handle.starts_with('-'),
                handle: handle.trim_start_matches(['.', '^', '*', '-']).to_owned(),
                name: name.to_owned(),
                look: Look { is_woman: kind == "f", is_old: handle.contains('*'), wears, ..of },
            });
        }
    }
    Ok(entries)
}

/// As in `bn 3-6 2`.
fn parse_look(text: &str) -> Option<((usize, usize), usize)> {
    let mut words = text.split(' ').skip(1);
    let (from, to) = words.next()?.split_once('-')?;
    Some(((from.parse().ok()?, to.parse().ok()?), words.next()?.parse().ok()?))
}
