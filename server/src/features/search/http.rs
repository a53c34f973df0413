//! The REST operations of the search.

use std::sync::Arc;

use adda_protocol::search::SearchPage;
use adda_protocol::{RoomName, SearchText};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, Tags};

use super::error::SearchError;
use super::service::{Search, SearchRequest};
use crate::features::accounts::Bearer;
use crate::http::{BASE, FORBIDDEN, Fails, NOT_FOUND, SIGNED_IN};

#[derive(Tags)]
enum Tag {
    /// Finding messages.
    #[oai(rename = "search")]
    Search,
}

impl<const GROUPS: u32> From<SearchError> for Fails<GROUPS> {
    fn from(error: SearchError) -> Self {
        Self::with(error)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct SearchApi;

#[OpenApi(tag = "Tag::Search")]
impl SearchApi {
    /// Search one's own rooms.
    ///
    /// The messages of all rooms that one is a member of, the newest first. Each word must stand somewhere in the
    /// text or in the name of a picture or file, as a part of a word too; case, width and accents make no
    /// difference. `"A phrase"` stays whole. `from:username` (`from:me`), `in:room`,
    /// `has:image|audio|file|link`, `before:` and `after:` a day as `2026-11-01` (the day itself belongs to
    /// `after:`) and `mentions:me` choose among them; what is none of these is text, and nothing is an error.
    /// An empty query finds nothing.
    #[oai(path = "/search", method = "get", operation_id = "search")]
    async fn everywhere(
        &self,
        search: Data<&Arc<Search>>,
        bearer: Bearer,
        /// What was typed so far; nothing where absent.
        q: Query<Option<SearchText>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 400))]
        cursor: Query<Option<String>>,
        /// The most hits of the page; 20 where absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "50")))]
        limit: Query<Option<u16>>,
        /// How many minutes one's clock is ahead of UTC, for the days of `before:` and `after:`.
        #[oai(validator(minimum(value = "-1080"), maximum(value = "1080")))]
        utc_offset: Query<Option<i32>>,
    ) -> Result<Json<SearchPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        let request = SearchRequest {
            text: q.0.map(SearchText::into_string).unwrap_or_default(),
            cursor: cursor.0,
            limit: limit.0,
            utc_offset: utc_offset.0.unwrap_or(0),
        };
        Ok(Json(search.everywhere(&bearer.0, request).await?))
    }

    /// Search a room.
    ///
    /// As everywhere, in one room that one may read.
    #[oai(path = "/rooms/:room/search", method = "get", operation_id = "searchRoom")]
    async fn in_room(
        &self,
        search: Data<&Arc<Search>>,
        bearer: Bearer,
        /// The room's name.
        room: Path<RoomName>,
        /// What was typed so far; nothing where absent.
        q: Query<Option<SearchText>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(max_length = 400))]
        cursor: Query<Option<String>>,
        /// The most hits of the page; 20 where absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "50")))]
        limit: Query<Option<u16>>,
        /// How many minutes one's clock is ahead of UTC, for the days of `before:` and `after:`.
        #[oai(validator(minimum(value = "-1080"), maximum(value = "1080")))]
        utc_offset: Query<Option<i32>>,
    ) -> Result<Json<SearchPage>, Fails<{ BASE | SIGNED_IN | FORBIDDEN | NOT_FOUND }>> {
        let request = SearchRequest {
            text: q.0.map(SearchText::into_string).unwrap_or_default(),
            cursor: cursor.0,
            limit: limit.0,
            utc_offset: utc_offset.0.unwrap_or(0),
        };
        Ok(Json(search.in_room(&bearer.0, &room.0, request).await?))
    }
}
