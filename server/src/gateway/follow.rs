//! How a socket follows its rooms: where it begins, how it catches up, and how it learns that the
//! person came to a room or left one.

use std::collections::HashSet;

use adda_protocol::command::Resume;
use adda_protocol::event::{PersonPresence, Ready, RoomAdded, RoomRemoved, ServerFrame, Sync};
use adda_protocol::rooms::{RoomKind, RoomSummary};
use adda_protocol::{RoomName, Timestamp, UserId};
use adda_realtime::{Signal, Subscribe, Topic};
use tokio::time::Instant;

use super::close::End;
use super::connection::Connection;
use super::read_permits::ReadPermit;
use super::session::Session;
use super::subscriptions::Subscription;
use crate::budget::costs;
use crate::db::Family;
use crate::features::accounts::Person;
use crate::features::inbox::MyRoom;
use crate::features::rooms::RoomError;

/// Where a client goes on in a room.
#[derive(Clone, Copy, Debug)]
struct ResumePoint {
    /// Everything up to here was told.
    cursor: i64,
    /// Whether that is a number of this server's epoch.
    same_epoch: bool,
}

impl Session {
    /// Subscribes to the rooms and says `ready`. The permit is given back before anything is written.
    pub(super) async fn begin(
        &mut self,
        connection: &mut Connection,
        person: &Person,
        resume: Option<Resume>,
        permit: ReadPermit,
    ) -> Result<(), End> {
        let unheard = self.gateway.hub.unheard();
        let rooms = match self.outbox.only {
            None => self.gateway.services.inbox.my_rooms(self.user_id).await,
            Some(topic) => {
                let family = Family::of_topic(topic);
                let room =
                    self.gateway.services.inbox.my_room(self.user_id, family, topic.id).await;
                room.map(|room| room.into_iter().collect())
            }
        };
        let rooms: Vec<MyRoom> = rooms.map_err(|error| {
            tracing::warn!(%error, "a socket's rooms could not be read");
            End::Internal
        })?;
        connection.rest(self.payer.charge(costs::subscriptions(rooms.len())));
        let mut summaries = Vec::with_capacity(rooms.len());
        let mut resume = resume;
        for my in rooms {
            let from = resume.as_mut().and_then(|resume| self.cursor_of(resume, &my.room.name));
            summaries.extend(self.subscribe_at_last(my, from).await?);
        }
        self.compare_with_heads(unheard).await?;
        drop(permit);
        // Who is in was here, whatever happens to the server next.
        self.gateway.services.presence.written_down(self.user_id).await;
        self.subscriptions.shrink();
        let ready = Ready {
            user: person.me(),
            session_id: person.session_id,
            epoch: self.gateway.epoch.clone(),
            token_expires_at: Timestamp(self.gateway.clock.shown(person.token_expires_at)),
            limits: self.gateway.limits(),
            rooms: summaries,
        };
        let ready = ServerFrame::Ready(ready).encode();
        let here = self.watch_peers(&self.peers());
        // What is left of the cursors is of rooms that are not this person's.
        let removed = resume.map(|resume| self.resume(resume)).unwrap_or_default();
        std::iter::once(ready)
            .chain(here)
            .chain(removed)
            .for_each(|json| connection.queue_text(&json));
        self.write(connection).await
    }

    /// The other people of this socket's private rooms.
    pub(super) fn peers(&self) -> Vec<UserId> {
        let names = self.subscriptions.all().map(|subscription| &*subscription.room.name);
        names.filter_map(|name| RoomName::peer_of(name, self.user_id)).collect()
    }

    /// Watches other people of private rooms; answers who of them is online.
    fn watch_peers(&self, peers: &[UserId]) -> Vec<String> {
        let states = self.gateway.services.presence.watch(peers, &self.outbox);
        let online = states.into_iter().filter(|(_, online)| *online);
        let frame = |(user_id, online)| PersonPresence { user_id, online, last_seen_at: None };
        online.map(|state| ServerFrame::Presence(frame(state)).encode()).collect()
    }

    /// Takes a room's cursor out of where the client resumes.
    fn cursor_of(&self, resume: &mut Resume, room: &str) -> Option<ResumePoint> {
        let same_epoch = self.is_epoch(resume);
        resume.rooms.remove(room).map(|cursor| ResumePoint { cursor, same_epoch })
    }

    fn is_epoch(&self, resume: &Resume) -> bool {
        resume.epoch.as_ref().is_none_or(|epoch| *epoch == self.gateway.epoch)
    }

    /// Subscribes to a room, looking again for as long as its members change meanwhile. Answers the
    /// room as of the subscription; nothing when the person is no longer in it.
    async fn subscribe_at_last(
        &mut self,
        my: MyRoom,
        from: Option<ResumePoint>,
    ) -> Result<Option<RoomSummary>, End> {
        let topic = my.room.topic();
        let mut seen = Some(my);
        while let Some(my) = seen {
            if self.subscribe(&my, from) {
                return Ok(Some(my.summary));
            }
            let family = Family::of_topic(topic);
            let again = self.gateway.services.inbox.my_room(self.user_id, family, topic.id).await;
            seen = again.map_err(|error| {
                tracing::warn!(%error, "a socket's room could not be read again");
                End::Internal
            })?;
        }
        Ok(None)
    }

    /// Subscribes to a room: behind, where the client resumes, else at its head as of `my`. `false`
    /// when the members changed since `my` was read: it must be read again.
    fn subscribe(&mut self, my: &MyRoom, from: Option<ResumePoint>) -> bool {
        let topic = my.room.topic();
        let (head, members_version) = (my.summary.last_seq, my.members_version);
        let key = match self.gateway.hub.subscribe(topic, &self.outbox, head, members_version) {
            Subscribe::Behind(key) => key,
            Subscribe::Stale => return false,
        };
        self.subscriptions.insert(Subscription {
            room: my.room.clone(),
            key,
            cursor: from.map_or(head, |from| from.cursor),
            members_version,
            owed: from.is_some(),
            same_epoch: from.is_none_or(|from| from.same_epoch),
            typed_at: None,
            is_open: false,
        });
        // Who resumes goes live only after the pages: nothing live may overtake them.
        let hub = &self.gateway.hub;
        if from.is_some() || !hub.go_live_at_known_head(topic, key, &self.outbox, head) {
            self.behind.push_back(topic);
        }
        true
    }

    /// Makes the rooms live of which the hub knows no head yet: something may have been said between the
    /// reading of a room and the subscription to it. Where the hub hears everything, and heard nothing
    /// since for nobody (`unheard`, before the reading), there was nothing. Else they are compared, all of
    /// them in one look, with what the database has. Those that have nothing new need no page then.
    async fn compare_with_heads(&mut self, unheard: u64) -> Result<(), End> {
        let hub = self.gateway.hub.clone();
        let is_unknown = |room: &&Subscription| !room.owed && hub.head(room.room.topic()).is_none();
        let unknown: Vec<_> = self.subscriptions.all().filter(is_unknown).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let topics: Vec<Topic> = unknown.iter().map(|room| room.room.topic()).collect();
        // What is committed after this is sure to arrive, and what was before is read now.
        self.gateway.broker.subscribe(&topics).await;
        if self.gateway.broker.may_lose() || hub.unheard() != unheard {
            let heads = self.gateway.services.rooms.heads(&topics).await.map_err(|error| {
                tracing::warn!(%error, "the heads of a socket's rooms could not be read");
                End::Internal
            })?;
            for (topic, head) in heads {
                hub.note_head(topic, head.last_seq, head.members_version);
            }
        } else {
            for room in &unknown {
                hub.note_head(room.room.topic(), room.cursor, room.members_version);
            }
        }
        let went_live: HashSet<Topic> = unknown
            .into_iter()
            .filter(|room| {
                let topic = room.room.topic();
                hub.go_live_at_known_head(topic, room.key, &self.outbox, room.cursor)
            })
            .map(|room| room.room.topic())
            .collect();
        self.behind.retain(|topic| !went_live.contains(topic));
        Ok(())
    }

    /// Goes back to the client's cursors. Answers what the client must forget.
    pub(super) fn resume(&mut self, resume: Resume) -> Vec<String> {
        let same_epoch = self.is_epoch(&resume);
        let mut gone = Vec::new();
        for (name, cursor) in resume.rooms {
            let Some(subscription) = self.subscriptions.by_name(&name) else {
                gone.push(ServerFrame::RoomRemoved(RoomRemoved { room: name }).encode());
                continue;
            };
            let topic = subscription.room.topic();
            self.gateway.hub.fall_behind(topic, subscription.key, &self.outbox);
            subscription.cursor = cursor;
            subscription.owed = true;
            subscription.same_epoch = same_epoch;
            self.fell_behind(topic);
        }
        gone
    }

    /// Does what the hub asks for; answers what the client is to be told.
    pub(super) async fn handle(&mut self, signal: Signal) -> Result<Vec<String>, End> {
        match signal {
            Signal::Behind(topic) => {
                let outbox = &self.outbox;
                if let Some(subscription) = self.subscriptions.by_topic(topic)
                    && let Some(cursor) = self.gateway.hub.cursor(topic, subscription.key, outbox)
                    && !self.behind.contains(&topic)
                {
                    subscription.cursor = cursor;
                    self.fell_behind(topic);
                }
                Ok(Vec::new())
            }
            // A subscription that stands is newer than the removal that is told here.
            Signal::Removed(topic) if self.is_subscribed(topic) => Ok(Vec::new()),
            Signal::Removed(topic) => Ok(self.forget(topic)?.into_iter().collect()),
            Signal::Added(topic) => self.added(topic).await,
        }
    }

    fn is_subscribed(&mut self, topic: Topic) -> bool {
        let subscription = self.subscriptions.by_topic(topic);
        subscription.is_some_and(|subscription| {
            self.gateway.hub.cursor(topic, subscription.key, &self.outbox).is_some()
        })
    }

    /// The person is no longer in a room.
    fn forget(&mut self, topic: Topic) -> Result<Option<String>, End> {
        self.behind.retain(|other| *other != topic);
        let Some(subscription) = self.subscriptions.remove(topic) else { return Ok(None) };
        self.unsubscribe(&subscription);
        if subscription.is_open {
            self.gateway.services.presence.close(topic, &self.outbox);
        }
        if self.outbox.only.is_some() {
            return Err(End::RoomForbidden);
        }
        let removed = RoomRemoved { room: subscription.name().to_string() };
        Ok(Some(ServerFrame::RoomRemoved(removed).encode()))
    }

    /// The person came to a room, perhaps: the database says.
    async fn added(&mut self, topic: Topic) -> Result<Vec<String>, End> {
        let is_other = self.outbox.only.is_some_and(|only| only != topic);
        if is_other || self.subscriptions.by_topic(topic).is_some() {
            return Ok(Vec::new());
        }
        let family = Family::of_topic(topic);
        let my = self.gateway.services.inbox.my_room(self.user_id, family, topic.id).await;
        match my {
            Ok(Some(my)) => {
                let my = from_the_beginning(my);
                let frame =
                    ServerFrame::RoomAdded(RoomAdded { room: Box::new(my.summary.clone()) })
                        .encode();
                let peer = my.summary.peer.as_ref().map(|peer| peer.id);
                if !self.subscribe(&my, None) {
                    // The members changed meanwhile: look again.
                    self.outbox.signal(Signal::Added(topic));
                    return Ok(Vec::new());
                }
                let here = self.watch_peers(peer.as_slice());
                Ok(std::iter::once(frame).chain(here).collect())
            }
            Ok(None) => Ok(Vec::new()),
            Err(error) => {
                tracing::warn!(%error, "a new room could not be read");
                Err(End::Internal)
            }
        }
    }

    /// Ends a subscription, and with the last one of a room here the node's interest in it.
    pub(super) fn unsubscribe(&self, subscription: &Subscription) {
        let topic = subscription.room.topic();
        if self.gateway.hub.unsubscribe(topic, subscription.key, &self.outbox) {
            self.gateway.broker.unsubscribe(topic);
        }
    }

    fn fell_behind(&mut self, topic: Topic) {
        if !self.behind.contains(&topic) {
            self.behind.push_back(topic);
        }
    }

    /// Lets the hub serve a room that is only a little behind. Who resumes is owed a `sync`.
    fn is_served_from_memory(&mut self, topic: Topic) -> bool {
        let subscription = self.subscriptions.by_topic(topic).filter(|room| !room.owed);
        subscription.is_some_and(|room| {
            self.gateway.hub.hand_over(topic, room.key, &self.outbox, room.cursor)
        })
    }

    /// Catches up with one room that is behind: from memory, else by one page of the database,
    /// looking anew whether the person may.
    pub(super) async fn catch_up(&mut self, connection: &mut Connection) -> Result<(), End> {
        let Some(topic) = self.behind.pop_front() else { return Ok(()) };
        if self.is_served_from_memory(topic) {
            return Ok(());
        }
        let permit = self.permit().await?;
        let (user_id, gateway) = (self.user_id, self.gateway.clone());
        gateway.broker.subscribe(&[topic]).await;
        let published = gateway.hub.head(topic);
        let Some(subscription) = self.subscriptions.by_topic(topic) else { return Ok(()) };
        let Ok(name) = RoomName::parse(&subscription.room.name) else { return Err(End::Internal) };

        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "a room could not be caught up with");
            End::Internal
        };
        let access = match gateway.services.rooms.find(user_id, &name).await {
            Ok(access) if access.is_member => access,
            Ok(_) | Err(RoomError::NotFound) => {
                drop(permit);
                if let Some(json) = self.forget(topic)? {
                    connection.queue_text(&json);
                }
                return self.write(connection).await;
            }
            Err(error) => return Err(failed(&error)),
        };
        let page = gateway.services.messages.sync_page(
            &access,
            subscription.cursor,
            subscription.same_epoch,
        );
        let page = page.await.map_err(|error| failed(&error))?;
        let receipts = match page.more {
            true => None,
            false => {
                let marks = gateway.services.inbox.marks(user_id, &access).await;
                marks.map_err(|error| failed(&error))?
            }
        };
        drop(permit);

        // Whatever was published before the page was read is stored, or something is very wrong: then
        // the database is right, and waiting for what it does not have would never end.
        if let Some(published) = published.filter(|published| *published > page.last_seq) {
            tracing::error!(
                room = name.as_str(),
                published,
                stored = page.last_seq,
                "messages were published that the database does not have"
            );
            gateway.hub.rewind(topic, page.last_seq);
        }
        let is_due = subscription.owed || !page.messages.is_empty() || page.reset;
        subscription.cursor = page.cursor;
        subscription.owed = false;
        subscription.same_epoch = true;
        subscription.members_version = access.members_version;
        let key = subscription.key;
        if is_due {
            let sync = Sync {
                room: name.into_string(),
                messages: page.messages,
                last_seq: page.last_seq,
                more: page.more,
                reset: page.reset,
                receipts,
            };
            let json = ServerFrame::Sync(sync).encode();
            let pause = self.payer.charge(costs::SYNC_PAGE + costs::bytes_out(json.len()));
            self.rests_until = (!pause.is_zero()).then(|| Instant::now() + pause);
            connection.queue_text(&json);
            self.write(connection).await?;
        }
        let version = access.members_version;
        if page.more || !gateway.hub.go_live(topic, key, &self.outbox, page.cursor, version) {
            self.fell_behind(topic);
        }
        Ok(())
    }
}

/// A private room comes to its other person with its first message: what is in it follows the frame
/// that tells of the room. Of a public room one has what came after one joined.
fn from_the_beginning(mut my: MyRoom) -> MyRoom {
    if my.summary.kind == RoomKind::Private && my.summary.read_seq == 0 {
        my.summary.last_seq = 0;
        my.summary.unread = 0;
    }
    my
}
