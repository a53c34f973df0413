//! One search over REST.

use serde_json::Value;
use uuid::Uuid;

use super::fill;
use crate::api::Api;
use crate::clock;
use crate::failure::{Context, Failure, Result, fail};

/// How many hits a page has.
pub(super) const PAGE: usize = 20;
/// A room with less than a thousandth of the messages.
const SMALL_ROOM: usize = 500;

/// Where something is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Everywhere,
    LargeRoom,
    SmallRoom,
}

impl Scope {
    pub(super) const ALL: [Self; 3] = [Self::Everywhere, Self::LargeRoom, Self::SmallRoom];

    /// Its name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::LargeRoom => "room of 30 %",
            Self::SmallRoom => "small room",
        }
    }

    /// The room's place in the corpus.
    pub(super) fn room(self) -> Option<usize> {
        match self {
            Self::Everywhere => None,
            Self::LargeRoom => Some(0),
            Self::SmallRoom => Some(SMALL_ROOM),
        }
    }
}

/// What a search answered.
pub(super) struct Answer {
    /// In nanoseconds.
    pub(super) took: u64,
    pub(super) hits: Vec<Uuid>,
    pub(super) has_more: bool,
    pub(super) is_partial: bool,
    pub(super) is_indexing: bool,
}

/// Searches once.
pub(super) async fn ask(api: &Api, token: &str, query: &str, scope: Scope) -> Result<Answer> {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let path = match scope.room() {
        Some(room) => format!("/rooms/{}/search?limit={PAGE}&q={query}", fill::name(room)),
        None => format!("/search?limit={PAGE}&q={query}"),
    };
    let began = clock::now();
    let bytes = api.get_bytes(&path, token).await?;
    let took = clock::now() - began;
    let page: Value = serde_json::from_slice(&bytes).context(&path)?;
    let id = |hit: &Value| hit["message"]["id"].as_str().and_then(|id| id.parse().ok());
    let items = page["items"].as_array();
    let Some(hits) = items.and_then(|items| items.iter().map(id).collect()) else {
        return fail(format!("{path} answered {page}"));
    };
    let flag =
        |name: &str| page[name].as_bool().ok_or_else(|| Failure::new(format!("{path}: no {name}")));
    Ok(Answer {
        took,
        hits,
        has_more: page["next_cursor"].is_string(),
        is_partial: flag("partial")?,
        is_indexing: flag("indexing")?,
    })
}
