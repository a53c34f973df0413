//! Whether a message is what was looked for, and what of it that is.

use adda_fold::folded;
use adda_protocol::UserId;
use adda_protocol::messages::Message;
use adda_protocol::search::{FileMatch, TextMatch};

use super::query::Carries;
use super::spans::Folded;
use crate::features::messages::{MessageRow, Searchable};

/// What a message must be, all of it, to be found.
#[derive(Clone, Debug, Default)]
pub(super) struct Criteria {
    /// Folded; each stands in the text or in the name of something that it carries.
    pub(super) words: Vec<String>,
    /// One of them wrote it; anybody where there is none.
    pub(super) senders: Vec<UserId>,
    pub(super) carries: Vec<Carries>,
    /// Somebody who is mentioned.
    pub(super) mentions: Option<UserId>,
    /// In milliseconds since the epoch, from the first to before the last.
    pub(super) after: Option<i64>,
    pub(super) before: Option<i64>,
}

impl Criteria {
    /// Adds a word or phrase; one that folds to nothing or to blanks says nothing, as an accent alone does.
    pub(super) fn add_text(&mut self, text: &str) {
        let word = folded(text);
        if !word.trim().is_empty() && !self.words.contains(&word) {
            self.words.push(word);
        }
    }

    /// Whether nothing is looked for.
    pub(super) fn is_empty(&self) -> bool {
        let Self { words, senders, carries, mentions, after, before } = self;
        words.is_empty()
            && senders.is_empty()
            && carries.is_empty()
            && mentions.is_none()
            && after.is_none()
            && before.is_none()
    }

    /// Whether it may have been written then.
    pub(super) fn includes_time(&self, at: i64) -> bool {
        self.after.is_none_or(|after| at >= after) && self.before.is_none_or(|before| at < before)
    }

    /// Whether anything between these times may have been.
    pub(super) fn overlaps(&self, oldest_at: i64, newest_at: i64) -> bool {
        self.after.is_none_or(|after| newest_at >= after)
            && self.before.is_none_or(|before| oldest_at < before)
    }

    /// Whether a stored message is meant.
    pub(super) fn accept(&self, row: &MessageRow) -> bool {
        if row.deleted_at.is_some()
            || !self.includes_time(row.created_at)
            || !(self.senders.is_empty() || self.senders.contains(&row.sender_id))
        {
            return false;
        }
        let of = Searchable::of(row);
        let carries = |what: &Carries| match what {
            Carries::Image => of.has_image(),
            Carries::Audio => of.has_audio(),
            Carries::File => of.has_file(),
            Carries::Link => of.has_link(),
        };
        if !self.carries.iter().all(carries) || self.mentions.is_some_and(|me| !of.mentions(me)) {
            return false;
        }
        let texts: Vec<String> = of.texts().map(folded).collect();
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }

    /// What of its text was looked for.
    pub(super) fn matches(&self, message: &Message) -> Vec<TextMatch> {
        let spans = message.text.as_deref().map(|text| Folded::new(text).spans(&self.words));
        spans.into_iter().flatten().map(|(start, end)| TextMatch { start, end }).collect()
    }

    /// The same of the names of what it carries.
    pub(super) fn file_matches(&self, message: &Message) -> Vec<FileMatch> {
        let images =
            message.images.iter().filter_map(|image| Some((image.id, image.name.as_ref()?)));
        let files = message.files.iter().map(|file| (file.id, &file.name));
        let spans = images.chain(files).flat_map(|(media_id, name)| {
            let spans = Folded::new(name).spans(&self.words);
            spans.into_iter().map(move |(start, end)| FileMatch { media_id, start, end })
        });
        spans.collect()
    }
}
