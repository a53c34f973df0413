//! A signed-in socket: one loop that writes what waits, answers commands and reads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::event::{Refused, ServerFrame};
use adda_protocol::{Code, Problem, UserId};
use adda_realtime::{Item, Outbox, Topic};
use adda_websocket::{Opcode, frame};
use futures_util::FutureExt;
use tokio::time::{Instant, sleep, sleep_until};

use super::Gateway;
use super::close::End;
use super::connection::{Connection, Message};
use super::in_flight::InFlight;
use super::read_permits::ReadPermit;
use super::subscriptions::Subscriptions;
use crate::budget::{self, Asks, Payer, costs};
use crate::features::accounts::{AccountError, Person};
use crate::features::messages::Answer;

/// After so many rounds of the loop everything else has its turn before more is delivered. Until
/// then, delivering goes first: who writes into a room waits while the room cannot keep up.
const MOST_IN_A_ROW: u32 = 64;

/// Whoever has used up their savings and says one thing after the other is only slowed.
const PATIENCE: Duration = Duration::from_millis(100);

/// A node that does not know for so long whose sockets may stay lets go of those that have something to say.
const CURRENT_WITHIN: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A signed-in socket.
pub(super) struct Session {
    pub(super) gateway: Arc<Gateway>,
    pub(super) user_id: UserId,
    pub(super) outbox: Arc<Outbox>,
    pub(super) subscriptions: Subscriptions,
    /// The people whom the client watches, beside the other people of its private rooms.
    pub(super) watched: Box<[UserId]>,
    /// Rooms that are behind, in the order in which they are read.
    pub(super) behind: VecDeque<Topic>,
    in_flight: InFlight,
    /// Who pays for what this socket asks for.
    pub(super) payer: Payer,
    /// Nothing is read from the database for this socket before this.
    pub(super) rests_until: Option<Instant>,
    last_heard: Instant,
    last_pinged: Instant,
    token_expires: Instant,
}

impl Session {
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        person: &Person,
        payer: Payer,
        only_room: Option<Topic>,
    ) -> Self {
        let now = Instant::now();
        let outbox = Arc::new(Outbox::new(person.id, person.session_id, only_room));
        gateway.hub.connect(&outbox);
        gateway.services.presence.connected(person.id);
        Self {
            gateway: gateway.clone(),
            user_id: person.id,
            outbox,
            subscriptions: Subscriptions::default(),
            watched: Box::default(),
            behind: VecDeque::new(),
            in_flight: InFlight::default(),
            payer,
            rests_until: None,
            last_heard: now,
            last_pinged: now,
            token_expires: expiry(gateway, person.token_expires_at),
        }
    }

    /// The loop.
    pub(super) async fn live(&mut self, connection: &mut Connection) -> End {
        let mut items = VecDeque::new();
        let timer = sleep_until(self.next_deadline());
        tokio::pin!(timer);
        let mut in_a_row = 0;
        loop {
            // Whoever hears without a pause is still heard.
            let gives_way = in_a_row >= MOST_IN_A_ROW;
            in_a_row = if gives_way { 0 } else { in_a_row + 1 };
            let wants_more = self.in_flight.has_room();
            let step = tokio::select! {
                biased;
                drained = poll_fn(|cx| self.outbox.poll_drain(cx, &mut items)), if !gives_way => {
                    match drained {
                        Ok(()) => self.deliver(connection, &mut items).await,
                        Err(reason) => Err(reason.into()),
                    }
                }
                answer = self.in_flight.next() => {
                    self.answer(connection, answer).await
                }
                // Ready at once when a room is behind, unless this socket has been given too much: one
                // page, then whatever else waits. The queue is empty here, so that it can take what
                // memory has.
                () = over(self.rests_until), if !self.behind.is_empty() => {
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
                () = std::future::ready(()), if gives_way => Ok(()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits while this node may have missed that the socket has no right to be here, as after it stood still;
    /// not for long, for elsewhere its client is answered.
    async fn wait_until_current(&mut self) -> Result<(), End> {
        let until = Instant::now() + CURRENT_WITHIN;
        while !self.gateway.hub.is_current() {
            tokio::select! {
                biased;
                reason = poll_fn(|cx| self.outbox.poll_close(cx)) => return Err(reason.into()),
                () = sleep_until(until) => return Err(End::Internal),
                () = sleep(LOOK_AGAIN) => {}
            }
        }
        // What was found out meanwhile.
        self.outbox.closing().map_or(Ok(()), |reason| Err(reason.into()))
    }

    /// Writes all that is queued; an order to close ends it.
    pub(super) async fn write(&mut self, connection: &mut Connection) -> Result<(), End> {
        if !self.gateway.hub.is_current() {
            Box::pin(self.wait_until_current()).await?;
        }
        tokio::select! {
            biased;
            flushed = connection.flush() => flushed,
            reason = poll_fn(|cx| self.outbox.poll_close(cx)) => Err(reason.into()),
        }
    }

    /// A permit of this person's, and then one to read from the database; an order to close ends the wait.
    pub(super) async fn permit(&mut self) -> Result<(Option<budget::Permit>, ReadPermit), End> {
        let permits = async {
            let of_person = self.payer.permit().await;
            (of_person, self.gateway.read_permits.take().await)
        };
        tokio::select! {
            biased;
            reason = poll_fn(|cx| self.outbox.poll_close(cx)) => Err(reason.into()),
            permits = permits => Ok(permits),
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
                    for json in Box::pin(self.handle(signal)).await? {
                        connection.queue_text(&json);
                    }
                }
            }
        }
        // Whoever wrote hears of their message and the answer to it in one write.
        self.queue_answers(connection);
        self.write(connection).await
    }

    /// Does what a message asks for.
    async fn hear(&mut self, connection: &mut Connection, message: Message) -> Result<(), End> {
        if !self.gateway.hub.is_current() {
            Box::pin(self.wait_until_current()).await?;
        }
        if let Some(reason) = self.outbox.closing() {
            // What it said may have come before the order, but nothing is done after it.
            return Err(reason.into());
        }
        self.last_heard = Instant::now();
        match message {
            // The pong is queued; nothing is read before it is gone.
            Message::Heartbeat => self.write(connection).await,
            Message::Binary => {
                let problem = self.may(connection, costs::COMMAND).err();
                let problem = problem.unwrap_or_else(text_frames_only);
                self.refuse(connection, None, problem).await
            }
            Message::Text(json) => {
                let done = Box::pin(self.dispatch(connection, json)).await;
                connection.done();
                done
            }
        }
    }

    /// Asks to do something of this cost. Whoever waits for each answer before saying more is only
    /// slowed; whoever does not is told what is not done.
    pub(super) fn may(
        &mut self,
        connection: &mut Connection,
        cost: Duration,
    ) -> Result<(), Problem> {
        let waits_for_answers = self.in_flight.is_empty() && !connection.has_more();
        let asks = if waits_for_answers { Asks::InTurn(PATIENCE) } else { Asks::AtOnce };
        match self.payer.admit(cost, asks) {
            Ok(pause) => {
                connection.rest(pause);
                Ok(())
            }
            Err(wait) => {
                // Not read before the refusal is paid for: who does not wait as told is made to.
                connection.rest(self.payer.charge(Duration::ZERO));
                Err(Problem::rate_limited(wait.retry_after_ms()))
            }
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

    /// Keeps the answer of a command of so many bytes until it is there.
    pub(super) fn keep(&mut self, bytes: usize, reference: Option<String>, answer: Answer) {
        let answer = answer.map(|answer| {
            answer.unwrap_or_else(|error| ServerFrame::Error(Refused { reference, error }).encode())
        });
        self.in_flight.push(bytes, answer);
    }

    /// Writes an answer and all others that are there by now.
    async fn answer(&mut self, connection: &mut Connection, first: String) -> Result<(), End> {
        connection.queue_text(&first);
        self.queue_answers(connection);
        self.write(connection).await
    }

    /// Queues the answers that are there by now.
    fn queue_answers(&mut self, connection: &mut Connection) {
        while let Some(answer) = self.in_flight.next().now_or_never() {
            connection.queue_text(&answer);
        }
    }

    /// A new token without reconnecting.
    pub(super) async fn renew(&mut self, token: &str) -> Result<Result<(), Problem>, End> {
        let permit = self.payer.permit().await;
        let person = self.gateway.services.accounts.authenticate(token).await;
        drop(permit);
        match person {
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
        let ping = self.last_heard.max(self.last_pinged) + self.gateway.timing.ping_every;
        ping.min(self.last_heard + self.gateway.timing.silence).min(self.token_expires)
    }

    async fn tick(&mut self, connection: &mut Connection) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.token_expires {
            return Err(End::TokenExpired);
        }
        if connection.has_large_frame() {
            // The peer cannot say anything else before its end, which has a deadline of its own.
            self.last_heard = now;
        }
        if now >= self.last_heard + self.gateway.timing.silence {
            return Err(End::Heartbeat);
        }
        if now >= self.last_heard.max(self.last_pinged) + self.gateway.timing.ping_every {
            self.last_pinged = now;
            connection.queue(frame(Opcode::Ping, &[]));
            self.write(connection).await?;
        }
        Ok(())
    }
}

/// Takes the socket out of everything that knows it, however it ended.
impl Drop for Session {
    fn drop(&mut self) {
        for subscription in self.subscriptions.all() {
            let topic = subscription.room.topic();
            if subscription.is_open {
                self.gateway.services.presence.close(topic, &self.outbox);
            }
            self.unsubscribe(subscription);
        }
        self.gateway.services.presence.unwatch(&self.peers(), &self.outbox);
        self.gateway.services.presence.unwatch(&self.watched, &self.outbox);
        if self.gateway.hub.disconnect(&self.outbox) {
            self.gateway.broker.unsubscribe(Topic::of_user(self.user_id));
            self.gateway.services.presence.disconnected(self.user_id);
        }
    }
}

pub(super) fn text_frames_only() -> Problem {
    Problem::new(Code::InvalidInput, "Send JSON in text frames; binary frames mean nothing here.")
}

fn expiry(gateway: &Gateway, at_ms: i64) -> Instant {
    let left = u64::try_from(at_ms - gateway.clock.steady_ms()).unwrap_or(0);
    Instant::now() + Duration::from_millis(left)
}

/// Waits until a moment, if there is one.
async fn over(until: Option<Instant>) {
    if let Some(until) = until {
        sleep_until(until).await;
    }
}
