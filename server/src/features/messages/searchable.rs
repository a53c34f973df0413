//! What of a message people look for.

use adda_protocol::UserId;

use super::row::MessageRow;
use super::{links, mentions};
use crate::features::media::Description;

/// A message as the search sees it.
#[derive(Debug)]
pub(crate) struct Searchable<'a> {
    row: &'a MessageRow,
    carried: Vec<Description>,
}

impl<'a> Searchable<'a> {
    #[must_use]
    pub(crate) fn of(row: &'a MessageRow) -> Self {
        let carried = row.media.as_deref().map(Description::list_from_json).unwrap_or_default();
        Self { row, carried }
    }

    /// Its text, and the names of what it carries.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let names = self.carried.iter().filter_map(Description::name);
        self.row.text.as_deref().into_iter().chain(names)
    }

    #[must_use]
    pub(crate) fn has_audio(&self) -> bool {
        self.carried.iter().any(|carried| matches!(carried, Description::Audio(_)))
    }

    #[must_use]
    pub(crate) fn has_image(&self) -> bool {
        self.carried.iter().any(|carried| matches!(carried, Description::Image(_)))
    }

    #[must_use]
    pub(crate) fn has_file(&self) -> bool {
        self.carried.iter().any(|carried| matches!(carried, Description::File(_)))
    }

    #[must_use]
    pub(crate) fn has_link(&self) -> bool {
        self.row.text.as_deref().is_some_and(|text| !links::find_links(text).is_empty())
    }

    /// Who is mentioned in it; absent where everybody in the room is.
    #[must_use]
    pub(crate) fn mentioned(&self) -> Vec<Option<UserId>> {
        let mentions = mentions::decode(self.row.mentions.as_deref());
        mentions.into_iter().map(|mention| mention.user_id).collect()
    }

    /// Whether it mentions somebody, alone or with everybody in the room.
    #[must_use]
    pub(crate) fn mentions(&self, user_id: UserId) -> bool {
        let is_meant = |mentioned: Option<UserId>| match mentioned {
            Some(id) => id == user_id,
            None => self.row.sender_id != user_id,
        };
        self.mentioned().into_iter().any(is_meant)
    }
}
