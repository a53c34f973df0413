//! What the features do, for whoever lets people ask for it.

use std::sync::Arc;

use super::accounts::Accounts;
use super::inbox::Inbox;
use super::media::Media;
use super::messages::Messages;
use super::presence::Presence;
use super::rooms::Rooms;
use super::search::Search;

#[derive(Clone)]
pub(crate) struct Services {
    pub accounts: Arc<Accounts>,
    pub rooms: Arc<Rooms>,
    pub presence: Arc<Presence>,
    pub media: Arc<Media>,
    pub messages: Arc<Messages>,
    pub inbox: Arc<Inbox>,
    pub search: Arc<Search>,
}
