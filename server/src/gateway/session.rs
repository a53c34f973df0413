//! One socket's task: signs in, then one loop that writes what waits, answers commands and reads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;

use adda_protocol::command::{Auth, ClientFrame, Resume};
use adda_protocol::event::{Draining, Ready, Refused, RoomAdded, RoomRemoved, ServerFrame, Sync};
use adda_protocol::frame::{self, Opcode};
use adda_protocol::rooms::RoomSummary;
use adda_protocol::{Code, Problem, RoomName, Timestamp, UserId, input};
use adda_realtime::{CloseReason, Item, Outbox, Signal, Subscribe, Topic};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::close::End;
use super::connection::{Connection, Message};
use super::places::Place;
use super::rate::{FrameRate, Verdict};
use super::subscriptions::{Subscription, Subscriptions};
use super::{AUTH_WITHIN, Gateway, MAX_FRAME_BYTES, MAX_IN_FLIGHT, PING_EVERY, SILENCE, STALL};
use crate::db::Family;
use crate::features::accounts::{AccountError, Person};
use crate::features::messages::Answer;
use crate::features::receipts::MyRoom;
use crate::features::rooms::RoomError;

/// Which rooms a socket is about.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// All of the person's.
    EveryRoom,
    /// One; `None` for a name that no room can have.
    OneRoom(Option<RoomName>),
}

/// What a socket begins with.
pub(super) struct Start {
    pub(super) gateway: Arc<Gateway>,
    pub(super) connection: Connection,
    pub(super) scope: Scope,
    /// Who, when the handshake carried a token.
    pub(super) person: Option<Person>,
    pub(super) place: Place,
}

/// Runs a socket to its end.
pub(super) async fn run(start: Start) {
    let Start { gateway, mut connection, scope, person, place } = start;
    // The way in is boxed: its future is large and short-lived, the loop's small and long-lived.
    let entered = Box::pin(enter(&gateway, &mut connection, scope, person)).await;
    let end = match entered {
        Ok((mut session, place_of_user)) => {
            let end = session.live(&mut connection).await;
            session.leave();
            drop(place_of_user);
            end
        }
        Err(end) => end,
    };
    if end == End::Draining {
        connection.queue_text(&draining());
    }
    Box::pin(connection.close(end)).await;
    drop(place);
}

/// Says when to come back: each socket at another time, so that not all come at once.
fn draining() -> String {
    let retry_after_ms = rand::random_range(500..5_000);
    ServerFrame::Draining(Draining { retry_after_ms }).encode()
}

/// Signs in and subscribes. Answers the running session, or why there is none.
async fn enter(
    gateway: &Arc<Gateway>,
    connection: &mut Connection,
    scope: Scope,
    person: Option<Person>,
) -> Result<(Session, Place), End> {
    let (person, resume) = match person {
        Some(person) => (person, None),
        None => {
            let auth = match timeout(AUTH_WITHIN, first_frame(connection)).await {
                Ok(auth) => auth?,
                Err(_) => return Err(End::AuthTimeout),
            };
            let person = gateway.accounts.authenticate(&auth.token).await;
            (person.map_err(|error| sign_in_failed(&error))?, auth.resume)
        }
    };
    let Ok(place) = gateway.places.of_user(person.id) else { return Err(End::RateLimited) };
    connection.set_limit(MAX_FRAME_BYTES);

    let only_room = match scope {
        Scope::EveryRoom => None,
        Scope::OneRoom(name) => Some(one_room(gateway, &person, name).await?),
    };
    let mut session = Session::new(gateway, &person, only_room);
    if gateway.is_draining() {
        // The order to close went to the sockets that were known by then; this one was not.
        session.outbox.close(CloseReason::Draining);
    }
    let entered = session.begin(connection, &person, resume).await;
    if let Err(end) = entered {
        session.leave();
        return Err(end);
    }
    Ok((session, place))
}

fn sign_in_failed(error: &AccountError) -> End {
    match error {
        AccountError::Disabled => End::AccountDisabled,
        AccountError::Database(_) => End::Internal,
        _ => End::AuthFailed,
    }
}

async fn first_frame(connection: &mut Connection) -> Result<Auth, End> {
    let problem = loop {
        let text = match connection.next().await? {
            Message::Text(text) => text,
            Message::Binary => break text_frames_only(),
            Message::Heartbeat => {
                connection.flush().await?;
                continue;
            }
        };
        match input::parse::<ClientFrame>(&text) {
            Ok(ClientFrame::Auth(auth)) => return Ok(auth),
            Err(problem) => break problem,
            Ok(_) => {
                let sentence = "The first frame must be `auth` with an access token.";
                break Problem::new(Code::Unauthorized, sentence);
            }
        }
    };
    let refused = ServerFrame::Error(Refused { reference: None, error: problem });
    connection.queue_text(&refused.encode());
    connection.flush().await?;
    Err(End::ProtocolError)
}

fn text_frames_only() -> Problem {
    Problem::new(Code::InvalidInput, "Send JSON in text frames; binary frames mean nothing here.")
}

/// Opening a public room joins it; a room that may not be seen is refused.
async fn one_room(
    gateway: &Gateway,
    person: &Person,
    name: Option<RoomName>,
) -> Result<Topic, End> {
    let name = name.ok_or(End::RoomForbidden)?;
    match gateway.rooms.join(person, &name).await {
        Ok(access) => Ok(access.room.topic()),
        Err(RoomError::NotFound) => Err(End::RoomForbidden),
        Err(RoomError::TooOften(_)) => Err(End::RateLimited),
        Err(error) => {
            tracing::warn!(%error, "a socket's room could not be opened");
            Err(End::Internal)
        }
    }
}

/// Where a client goes on in a room.
#[derive(Clone, Copy, Debug)]
struct GoesOn {
    /// Everything up to here was told.
    cursor: i64,
    /// Whether that is a number of this server's epoch.
    same_epoch: bool,
}

/// Commands that wait for their answers, encoded; absent in an idle socket.
type InFlight = Option<Box<FuturesUnordered<BoxFuture<'static, String>>>>;

/// A signed-in socket.
pub(super) struct Session {
    pub(super) gateway: Arc<Gateway>,
    pub(super) user_id: UserId,
    pub(super) outbox: Arc<Outbox>,
    pub(super) subscriptions: Subscriptions,
    /// Rooms to read from the database, in turn.
    behind: VecDeque<Topic>,
    /// Commands that wait for their answer; made when there is the first.
    in_flight: InFlight,
    rate: FrameRate,
    last_heard: Instant,
    last_pinged: Instant,
    token_expires: Instant,
}

impl Session {
    fn new(gateway: &Arc<Gateway>, person: &Person, only_room: Option<Topic>) -> Self {
        let now = Instant::now();
        let outbox = Arc::new(Outbox::new(person.id, person.session_id, only_room));
        gateway.open.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        gateway.hub.connect(&outbox);
        gateway.presence.connected(person.id);
        Self {
            gateway: gateway.clone(),
            user_id: person.id,
            outbox,
            subscriptions: Subscriptions::default(),
            behind: VecDeque::new(),
            in_flight: None,
            rate: FrameRate::new(now),
            last_heard: now,
            last_pinged: now,
            token_expires: expiry(gateway, person.token_expires_at),
        }
    }

    /// Takes the socket out of everything that knows it.
    fn leave(&mut self) {
        for subscription in self.subscriptions.all() {
            let topic = subscription.room.topic();
            if subscription.is_open {
                self.gateway.presence.close(topic, &self.outbox);
            }
            self.gateway.hub.unsubscribe(topic, subscription.key, &self.outbox);
        }
        if self.gateway.hub.disconnect(&self.outbox) {
            self.gateway.presence.disconnected(self.user_id);
        }
        self.gateway.open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }

    /// Subscribes to the rooms and says `ready`.
    async fn begin(
        &mut self,
        connection: &mut Connection,
        person: &Person,
        resume: Option<Resume>,
    ) -> Result<(), End> {
        let rooms = match self.outbox.only {
            None => self.gateway.receipts.my_rooms(self.user_id).await,
            Some(topic) => {
                let family = Family::of_topic(topic);
                let room = self.gateway.receipts.my_room(self.user_id, family, topic.id).await;
                room.map(|room| room.into_iter().collect())
            }
        };
        let rooms: Vec<MyRoom> = rooms.map_err(|error| {
            tracing::warn!(%error, "a socket's rooms could not be read");
            End::Internal
        })?;
        let mut summaries = Vec::with_capacity(rooms.len());
        let mut resume = resume;
        for my in rooms {
            let from = resume.as_mut().and_then(|resume| self.cursor_of(resume, &my.room.name));
            summaries.extend(self.subscribe_at_last(my, from).await?);
        }
        self.subscriptions.shrink();
        summaries.sort_by(|a, b| a.name.cmp(&b.name));
        let ready = Ready {
            user: person.me(),
            session_id: person.session_id,
            epoch: self.gateway.epoch.clone(),
            token_expires_at: Timestamp(person.token_expires_at),
            limits: Gateway::limits(),
            rooms: summaries,
        };
        let ready = ServerFrame::Ready(ready).encode();
        // What is left of the cursors is of rooms that are not this person's.
        let removed = resume.map(|resume| self.resume(resume)).unwrap_or_default();
        std::iter::once(ready).chain(removed).for_each(|json| connection.queue_text(&json));
        self.write(connection).await
    }

    /// Takes a room's cursor out of where the client resumes.
    fn cursor_of(&self, resume: &mut Resume, room: &str) -> Option<GoesOn> {
        let same_epoch = self.is_epoch(resume);
        resume.rooms.remove(room).map(|cursor| GoesOn { cursor, same_epoch })
    }

    fn is_epoch(&self, resume: &Resume) -> bool {
        resume.epoch.as_ref().is_none_or(|epoch| *epoch == self.gateway.epoch)
    }

    /// Subscribes to a room, looking again for as long as its members change meanwhile. Answers the
    /// room as of the subscription; nothing when the person is no longer in it.
    async fn subscribe_at_last(
        &mut self,
        my: MyRoom,
        from: Option<GoesOn>,
    ) -> Result<Option<RoomSummary>, End> {
        let topic = my.room.topic();
        let mut seen = Some(my);
        while let Some(my) = seen {
            let summary = my.summary.clone();
            if self.subscribe(my, from) {
                return Ok(Some(summary));
            }
            let family = Family::of_topic(topic);
            let again = self.gateway.receipts.my_room(self.user_id, family, topic.id).await;
            seen = again.map_err(|error| {
                tracing::warn!(%error, "a socket's room could not be read again");
                End::Internal
            })?;
        }
        Ok(None)
    }

    /// Subscribes to a room: behind, where the client resumes, else at its head as of `my`. `false`
    /// when the members changed since `my` was read: it must be read again.
    fn subscribe(&mut self, my: MyRoom, from: Option<GoesOn>) -> bool {
        let topic = my.room.topic();
        let (head, members_version) = (my.summary.last_seq, my.members_version);
        let key = match self.gateway.hub.subscribe(topic, &self.outbox, head, members_version) {
            Subscribe::Behind(key) => key,
            Subscribe::Stale => return false,
        };
        self.subscriptions.insert(Subscription {
            room: my.room,
            key,
            cursor: from.map_or(head, |from| from.cursor),
            members_version,
            owed: from.is_some(),
            same_epoch: from.is_none_or(|from| from.same_epoch),
            typed_at: None,
            is_open: false,
        });
        // Who resumes goes live only after the pages: nothing live may overtake them.
        if from.is_some() || !self.gateway.hub.go_live(topic, key, &self.outbox, head) {
            self.behind.push_back(topic);
        }
        // Also on a first connection: who joined without a device is not known there yet.
        self.gateway.presence.joined(topic, self.user_id);
        true
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
            if !self.behind.contains(&topic) {
                self.behind.push_back(topic);
            }
        }
        gone
    }

    /// The loop.
    async fn live(&mut self, connection: &mut Connection) -> End {
        let mut items = VecDeque::new();
        let timer = sleep_until(self.next_deadline());
        tokio::pin!(timer);
        loop {
            let wants_more =
                self.in_flight.as_ref().is_none_or(|waiting| waiting.len() < MAX_IN_FLIGHT);
            let step = tokio::select! {
                biased;
                drained = poll_fn(|cx| self.outbox.poll_drain(cx, &mut items)) => match drained {
                    Ok(()) => self.deliver(connection, &mut items).await,
                    Err(reason) => Err(reason.into()),
                },
                Some(answer) = next_answer(&mut self.in_flight) => {
                    self.answer(connection, answer).await
                }
                // Ready at once when a room is behind: one page, then whatever else waits.
                () = std::future::ready(()), if !self.behind.is_empty() => {
                    Box::pin(self.catch_up(connection)).await
                }
                message = connection.next(), if wants_more => match message {
                    Ok(message) => self.hear(connection, message).await,
                    Err(end) => Err(end),
                },
                () = &mut timer => {
                    let result = self.tick(connection).await;
                    timer.as_mut().reset(self.next_deadline());
                    result
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Writes all that is queued. A peer that takes nothing for half a minute is given up, and the
    /// order to close is obeyed meanwhile.
    pub(super) async fn write(&mut self, connection: &mut Connection) -> Result<(), End> {
        loop {
            let written = connection.written;
            tokio::select! {
                biased;
                flushed = connection.flush() => return flushed,
                reason = poll_fn(|cx| self.outbox.poll_close(cx)) => return Err(reason.into()),
                () = tokio::time::sleep(STALL) => {}
            }
            if connection.written == written {
                return Err(End::SlowConsumer);
            }
        }
    }

    /// Writes what the hub queued and does what it asks for, in order.
    async fn deliver(
        &mut self,
        connection: &mut Connection,
        items: &mut VecDeque<Item>,
    ) -> Result<(), End> {
        for item in items.drain(..) {
            match item {
                Item::Frame(frame) => connection.queue(frame),
                Item::Frames(frames, from) => {
                    frames[from..].iter().for_each(|frame| connection.queue(frame.clone()));
                }
                Item::Signal(signal) => {
                    if let Some(json) = Box::pin(self.obey(signal)).await? {
                        connection.queue_text(&json);
                    }
                }
            }
        }
        self.write(connection).await
    }

    async fn obey(&mut self, signal: Signal) -> Result<Option<String>, End> {
        match signal {
            Signal::Behind(topic) => {
                let outbox = &self.outbox;
                if let Some(subscription) = self.subscriptions.by_topic(topic)
                    && let Some(cursor) = self.gateway.hub.cursor(topic, subscription.key, outbox)
                    && !self.behind.contains(&topic)
                {
                    subscription.cursor = cursor;
                    self.behind.push_back(topic);
                }
                Ok(None)
            }
            // A subscription that stands is newer than the removal that is told here.
            Signal::Removed(topic) if self.is_subscribed(topic) => Ok(None),
            Signal::Removed(topic) => self.forget(topic),
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
        self.gateway.hub.unsubscribe(topic, subscription.key, &self.outbox);
        if subscription.is_open {
            self.gateway.presence.close(topic, &self.outbox);
        }
        self.gateway.presence.left(topic, self.user_id);
        if self.outbox.only.is_some() {
            return Err(End::RoomForbidden);
        }
        let removed = RoomRemoved { room: subscription.name().to_string() };
        Ok(Some(ServerFrame::RoomRemoved(removed).encode()))
    }

    /// The person came to a room, perhaps: the database says.
    async fn added(&mut self, topic: Topic) -> Result<Option<String>, End> {
        let is_other = self.outbox.only.is_some_and(|only| only != topic);
        if is_other || self.subscriptions.by_topic(topic).is_some() {
            return Ok(None);
        }
        let family = Family::of_topic(topic);
        let my = self.gateway.receipts.my_room(self.user_id, family, topic.id).await;
        match my {
            Ok(Some(my)) => {
                let frame = ServerFrame::RoomAdded(RoomAdded { room: my.summary.clone() }).encode();
                if !self.subscribe(my, None) {
                    // The members changed meanwhile: look again.
                    self.outbox.signal(Signal::Added(topic));
                    return Ok(None);
                }
                Ok(Some(frame))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "a new room could not be read");
                Err(End::Internal)
            }
        }
    }

    /// Reads one page of one room that is behind, looking anew whether the person may.
    async fn catch_up(&mut self, connection: &mut Connection) -> Result<(), End> {
        let Some(topic) = self.behind.pop_front() else { return Ok(()) };
        let (user_id, gateway) = (self.user_id, self.gateway.clone());
        let Some(subscription) = self.subscriptions.by_topic(topic) else { return Ok(()) };
        let Ok(name) = RoomName::parse(&subscription.room.name) else { return Err(End::Internal) };

        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "a room could not be caught up with");
            End::Internal
        };
        let access = match gateway.rooms.find(user_id, &name).await {
            Ok(access) if access.is_member => access,
            Ok(_) | Err(RoomError::NotFound) => {
                if let Some(json) = self.forget(topic)? {
                    connection.queue_text(&json);
                }
                return self.write(connection).await;
            }
            Err(error) => return Err(failed(&error)),
        };
        let page =
            gateway.messages.sync_page(&access, subscription.cursor, subscription.same_epoch);
        let page = page.await.map_err(|error| failed(&error))?;

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
            };
            connection.queue_text(&ServerFrame::Sync(sync).encode());
            self.write(connection).await?;
        }
        if page.more || !gateway.hub.go_live(topic, key, &self.outbox, page.cursor) {
            self.behind.push_back(topic);
        }
        Ok(())
    }

    /// Does what a message asks for.
    async fn hear(&mut self, connection: &mut Connection, message: Message) -> Result<(), End> {
        let now = Instant::now();
        self.last_heard = now;
        if self.gateway.rate_limits {
            match self.rate.check(now) {
                Verdict::Allowed => {}
                Verdict::Disconnect => return Err(End::RateLimited),
                Verdict::Refused(wait) => {
                    let problem = Problem::rate_limited(wait);
                    return self.refuse(connection, reference_of(&message), problem).await;
                }
            }
        }
        match message {
            // The pong is queued; nothing is read before it is gone.
            Message::Heartbeat => self.write(connection).await,
            Message::Binary => self.refuse(connection, None, text_frames_only()).await,
            Message::Text(json) => Box::pin(self.dispatch(connection, &json)).await,
        }
    }

    pub(super) async fn refuse(
        &mut self,
        connection: &mut Connection,
        reference: Option<String>,
        error: Problem,
    ) -> Result<(), End> {
        connection.queue_text(&ServerFrame::Error(Refused { reference, error }).encode());
        self.write(connection).await
    }

    /// Keeps an answer until it is there.
    pub(super) fn keep(&mut self, reference: Option<String>, answer: Answer) {
        let answer = answer.map(|answer| {
            answer.unwrap_or_else(|error| ServerFrame::Error(Refused { reference, error }).encode())
        });
        self.in_flight.get_or_insert_default().push(answer.boxed());
    }

    /// Writes an answer and all others that are there by now.
    async fn answer(&mut self, connection: &mut Connection, first: String) -> Result<(), End> {
        connection.queue_text(&first);
        while let Some(Some(answer)) = next_answer(&mut self.in_flight).now_or_never() {
            connection.queue_text(&answer);
        }
        if self.in_flight.as_ref().is_some_and(|waiting| waiting.is_empty()) {
            self.in_flight = None;
        }
        self.write(connection).await
    }

    /// A new token without reconnecting.
    pub(super) async fn renew(&mut self, token: &str) -> Result<Result<(), Problem>, End> {
        match self.gateway.accounts.authenticate(token).await {
            Ok(person)
                if person.id == self.user_id && person.session_id == self.outbox.session_id =>
            {
                self.token_expires = expiry(&self.gateway, person.token_expires_at);
                Ok(Ok(()))
            }
            Ok(_) => Ok(Err(Problem::new(
                Code::Forbidden,
                "The token is of another session; open another connection for it.",
            ))),
            Err(AccountError::Disabled) => Err(End::AccountDisabled),
            Err(error) => Ok(Err(error.into())),
        }
    }

    fn next_deadline(&self) -> Instant {
        let ping = self.last_heard.max(self.last_pinged) + PING_EVERY;
        ping.min(self.last_heard + SILENCE).min(self.token_expires)
    }

    async fn tick(&mut self, connection: &mut Connection) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.token_expires {
            return Err(End::TokenExpired);
        }
        if now >= self.last_heard + SILENCE {
            return Err(End::Heartbeat);
        }
        if now >= self.last_heard.max(self.last_pinged) + PING_EVERY {
            self.last_pinged = now;
            connection.queue(frame::frame(Opcode::Ping, &[]));
            self.write(connection).await?;
        }
        Ok(())
    }
}

fn expiry(gateway: &Gateway, at_ms: i64) -> Instant {
    let left = u64::try_from(at_ms - gateway.clock.now_ms()).unwrap_or(0);
    Instant::now() + std::time::Duration::from_millis(left)
}

/// The next answer that is there; never, when none is awaited.
async fn next_answer(in_flight: &mut InFlight) -> Option<String> {
    match in_flight {
        Some(waiting) => waiting.next().await,
        None => std::future::pending().await,
    }
}

fn reference_of(message: &Message) -> Option<String> {
    match message {
        Message::Text(json) => super::dispatch::reference(&input::value(json).ok()?),
        Message::Binary | Message::Heartbeat => None,
    }
}
