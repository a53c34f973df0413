//! Keeps what this node has in memory as the database has it, whatever was lost on the way here.
//!
//! Three ways lead here. The hub asks for the members of a topic whose changes it did not all hear, and
//! for an account that changed. A broker that noticed a loss says so: then everything is looked at, and
//! the sockets begin anew, one after the other, for what was lost may be a title, a mark or a name, and
//! nobody knows whose. And where a broker may lose something unseen, the heads of
//! all topics that are read here, the sessions of all sockets and what people hide are compared with the
//! database every few seconds, and new private conversations are looked for, so that a lost last event of a
//! quiet room, the end of a session or a first private message is noticed.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Arc, Weak};
use std::time::Duration;

use adda_protocol::UserId;
use adda_realtime::{Broker, CloseReason, Hub, Outbox, Stale, StaleParts, Topic};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::failures::LogThrottle;
use crate::features::accounts::{AccountError, Accounts};
use crate::features::rooms::{RoomError, Rooms};
use crate::tasks::Task;

/// How often heads and sessions are compared, and how many times as long as the last look took at least.
const LOOK_EVERY: Duration = Duration::from_secs(3);
const REST: u32 = 50;
/// The same while other nodes are not heard and nothing else tells of what they do.
const LOOK_ALONE_EVERY: Duration = Duration::from_millis(750);
const REST_ALONE: u32 = 2;
/// So many people's rooms are looked for at once.
const PEOPLE_AT_ONCE: usize = 256;
/// How often it is seen whether a look is due.
const TICK: Duration = Duration::from_millis(250);
/// How soon what could not be read is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Sockets that begin anew do so within about ten seconds: in so many steps, so far apart.
const CLOSE_EVERY: Duration = Duration::from_millis(10);
const CLOSE_IN: usize = 1_000;

static UNREAD: LogThrottle = LogThrottle::new();

/// Reads anew what is stale.
#[derive(Debug)]
pub(crate) struct Reconciler {
    hub: Arc<Hub>,
    broker: Arc<dyn Broker>,
    rooms: Arc<Rooms>,
    accounts: Arc<Accounts>,
    stale: StaleParts,
    /// When that ended, and how long it took.
    looked_for_memberships: Option<(Instant, Duration)>,
    /// The newest private conversation that is known here.
    newest_conversation: Option<i64>,
    /// What is read just now: the hub asks once.
    under_way: Option<Stale>,
    /// What the hub asked for meanwhile.
    waiting: VecDeque<Stale>,
    /// Sockets that are to begin anew.
    outdated: VecDeque<Weak<Outbox>>,
    /// So many of them at once.
    closed_at_once: usize,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Rooms(#[from] RoomError),
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

impl Reconciler {
    pub(crate) fn new(
        hub: Arc<Hub>,
        broker: Arc<dyn Broker>,
        rooms: Arc<Rooms>,
        accounts: Arc<Accounts>,
        stale: StaleParts,
    ) -> Self {
        Self {
            hub,
            broker,
            rooms,
            accounts,
            stale,
            looked_for_memberships: None,
            newest_conversation: None,
            under_way: None,
            waiting: VecDeque::new(),
            outdated: VecDeque::new(),
            closed_at_once: 0,
        }
    }

    /// Until what is stale is known, nothing of the room is delivered, and an ended session's sockets stay:
    /// so this goes on until it is.
    async fn read_at_last(&mut self) {
        while let Some(part) = self.under_way {
            match self.read(part).await {
                Ok(()) => self.under_way = None,
                Err(error) => {
                    if let Some(suppressed) = UNREAD.is_due() {
                        tracing::warn!(
                            %error, ?part, suppressed, "what is stale could not be read; trying again"
                        );
                    }
                    sleep(AGAIN_AFTER).await;
                }
            }
        }
    }

    async fn read(&mut self, part: Stale) -> Result<(), ReadError> {
        match part {
            Stale::Members(topic) => self.read_members(topic).await?,
            Stale::User(user_id) => self.read_users(Some(user_id)).await?,
            Stale::Anything => {
                self.hub.reads_anything();
                self.look_at_what_is_open().await?;
                self.read_members_that_changed().await?;
                // From here on sockets are told and asked again: what is still to be found gives rights, and takes
                // none.
                self.hub.has_read_anything();
                self.look_for_memberships_now_and_then().await?;
                self.outdated = self.hub.outboxes().iter().map(Arc::downgrade).collect();
                self.closed_at_once = self.outdated.len().div_ceil(CLOSE_IN);
            }
        }
        Ok(())
    }

    async fn read_users(&self, user_id: Option<UserId>) -> Result<(), AccountError> {
        let begun = Instant::now();
        self.accounts.read_anew(&self.hub, user_id).await?;
        self.hub.has_read_users(user_id, begun.into_std());
        Ok(())
    }

    /// The members of the topics in which a look found that they changed.
    async fn read_members_that_changed(&mut self) -> Result<(), RoomError> {
        while let Ok(part) = self.stale.try_recv() {
            self.waiting.push_back(part);
        }
        for part in &self.waiting {
            if let Stale::Members(topic) = part {
                self.read_members(*topic).await?;
            }
        }
        self.waiting.retain(|part| !matches!(part, Stale::Members(_)));
        Ok(())
    }

    /// What the hub asks for next; `None` when it is gone.
    async fn next_part(&mut self) -> Option<Stale> {
        match self.waiting.pop_front() {
            Some(part) => Some(part),
            None => self.stale.recv().await,
        }
    }

    async fn read_members(&self, topic: Topic) -> Result<(), RoomError> {
        if let Some((version, members)) = self.rooms.members_of(topic).await? {
            self.hub.set_members(topic, version, &members);
        }
        Ok(())
    }

    /// Where nobody on this node reads a room, nothing tells it of who comes there by another one.
    async fn look_for_memberships(&self) -> Result<(), ReadError> {
        for people in self.hub.connected().chunks(PEOPLE_AT_ONCE) {
            for (topic, members) in self.rooms.memberships_of(people).await? {
                let reading = self.hub.subscribed_users(topic);
                for user_id in members.difference(&reading) {
                    self.hub.may_read(*user_id, topic);
                }
            }
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<(), ReadError> {
        self.look_at_what_is_open().await?;
        self.look_for_memberships_now_and_then().await
    }

    async fn look_at_what_is_open(&mut self) -> Result<(), ReadError> {
        // Whose session ended is shown nothing more of what is found.
        self.read_users(None).await?;
        for (topic, people) in self.rooms.new_conversations(&mut self.newest_conversation).await? {
            for user_id in people {
                self.hub.may_read(user_id, topic);
            }
        }
        for (topic, head) in self.rooms.heads(&self.hub.topics()).await? {
            self.hub.note_head(topic, head.last_seq, head.members_version);
        }
        Ok(())
    }

    async fn look_for_memberships_now_and_then(&mut self) -> Result<(), ReadError> {
        if !self.broker.hears_all() && self.memberships_are_due() {
            let began = Instant::now();
            self.look_for_memberships().await?;
            self.looked_for_memberships = Some((Instant::now(), began.elapsed()));
        }
        Ok(())
    }

    /// There may be very many: they are looked at for a tenth of the time.
    fn memberships_are_due(&self) -> bool {
        let rested = |(at, took): (Instant, Duration)| at.elapsed() >= took * 10;
        self.looked_for_memberships.is_none_or(rested)
    }

    fn close_some(&mut self) {
        let some = self.closed_at_once.min(self.outdated.len());
        for outbox in self.outdated.drain(..some) {
            if let Some(outbox) = outbox.upgrade() {
                outbox.close(CloseReason::MissedState);
            }
        }
    }
}

/// Answers the hub, until it is gone.
impl Task for Reconciler {
    async fn run(&mut self) {
        let mut looks = interval(TICK);
        let (mut looked_at, mut took) = (Instant::now(), Duration::ZERO);
        let mut closing = interval(CLOSE_EVERY);
        for ticks in [&mut looks, &mut closing] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            tokio::select! {
                part = self.next_part(), if self.under_way.is_none() => match part {
                    Some(part) => self.under_way = Some(part),
                    None => return,
                },
                () = ready(()), if self.under_way.is_some() => self.read_at_last().await,
                _ = looks.tick(), if self.broker.may_lose() => {
                    let (every, rest) = match self.broker.hears_all() {
                        true => (LOOK_EVERY, REST),
                        false => (LOOK_ALONE_EVERY, REST_ALONE),
                    };
                    if looked_at.elapsed() < every.max(took * rest) {
                        continue;
                    }
                    let began = Instant::now();
                    if let Err(error) = self.look().await
                        && let Some(suppressed) = UNREAD.is_due()
                    {
                        tracing::warn!(
                            %error, suppressed, "this node could not be compared with the database"
                        );
                    }
                    (looked_at, took) = (Instant::now(), began.elapsed());
                }
                _ = closing.tick(), if !self.outdated.is_empty() => self.close_some(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use adda_realtime::{Envelope, LocalBroker, Signal};
    use async_trait::async_trait;

    use super::*;
    use crate::db::Family;
    use crate::features::accounts::Person;
    use crate::testing::{Storage, World, create, next, on_both_databases};

    /// The broker of a node to which nothing comes.
    #[derive(Debug)]
    struct Deaf;

    #[async_trait]
    impl Broker for Deaf {
        fn publish(&self, _envelope: Envelope) {}
        async fn subscribe(&self, _topics: &[Topic]) {}
        fn unsubscribe(&self, _topic: Topic) {}
        fn is_here(&self, _user_id: i64, _is_here: bool) {}
        fn leaves(&self) {}
        fn may_lose(&self) -> bool {
            true
        }
        fn carries(&self) -> bool {
            false
        }
        fn knows_who_is_online(&self) -> bool {
            true
        }
        fn remark(&self) -> Option<&'static str> {
            None
        }
        fn hears_all(&self) -> bool {
            false
        }
    }

    /// Another node on the same database, of which this one hears nothing.
    async fn of_elsewhere(world: &World) -> World {
        world.on_the_same_database(|_| Arc::new(Deaf)).await
    }

    /// A socket that is in no room.
    fn connects(world: &World, person: &Person) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(person.id, person.session_id, None));
        world.hub.connect(&outbox);
        outbox
    }

    on_both_databases! {
        async fn a_last_message_that_another_node_stored_is_noticed_within_seconds(storage: Storage) {
            let world = World::losing(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let room = world.room_of(Family::Public, &mira, &ravi).await;
            let his = world.listens(&ravi, &room).await;
            let elsewhere = of_elsewhere(&world).await;
            elsewhere.does(&mira, &room, create("is anybody here?")).await.unwrap();
            assert_eq!(next(&his).await, Ok(vec![Signal::Behind(room.topic())]));
        }

        async fn a_first_private_message_of_another_node_is_noticed_within_seconds(storage: Storage) {
            let world = World::losing(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let his = connects(&world, &ravi);
            let elsewhere = of_elsewhere(&world).await;
            // The first look only notes what there is.
            let zoe = world.person("zoe").await;
            let session = zoe.session_id;
            let hers = connects(&world, &zoe);
            elsewhere.accounts.end_session(zoe.id, session).await.unwrap();
            assert_eq!(next(&hers).await, Err(CloseReason::SessionRevoked));
            let room = elsewhere.private_room(&mira, &ravi).await;
            assert_eq!(next(&his).await, Ok(vec![Signal::Added(room.topic())]));
        }

        async fn who_joins_by_a_node_that_is_not_heard_is_told_within_seconds(storage: Storage) {
            let world = World::losing(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let room = world.room("rust", &[&mira]).await;
            let his = connects(&world, &ravi);
            let elsewhere = of_elsewhere(&world).await;
            let name = adda_protocol::RoomName::parse(&room.name).unwrap();
            elsewhere.rooms.join(&ravi, &name).await.unwrap();
            assert_eq!(next(&his).await, Ok(vec![Signal::Added(room.topic())]));
        }

        async fn who_was_taken_out_on_another_node_is_noticed_within_seconds(storage: Storage) {
            let world = World::losing(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let room = world.room_of(Family::Public, &mira, &ravi).await;
            let his = world.listens(&ravi, &room).await;
            let elsewhere = of_elsewhere(&world).await;
            let name = adda_protocol::RoomName::parse(&room.name).unwrap();
            elsewhere.rooms.leave(&ravi, &name).await.unwrap();
            assert_eq!(next(&his).await, Ok(vec![Signal::Removed(room.topic())]));
        }

        async fn a_session_that_ended_on_another_node_is_noticed_within_seconds(storage: Storage) {
            let world = World::losing(storage).await;
            let mira = world.person("mira").await;
            let hers = connects(&world, &mira);
            let elsewhere = of_elsewhere(&world).await;
            elsewhere.accounts.end_session(mira.id, mira.session_id).await.unwrap();
            assert_eq!(next(&hers).await, Err(CloseReason::SessionRevoked));
        }

        async fn an_account_that_changed_elsewhere_is_read_anew(storage: Storage) {
            let world = World::new(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let (hers, his) = (connects(&world, &mira), connects(&world, &ravi));
            let elsewhere = of_elsewhere(&world).await;
            let hide = adda_protocol::accounts::UpdateMeRequest {
                display_name: None,
                hide_last_seen: Some(true),
                hide_receipts: Some(true),
            };
            elsewhere.accounts.update_me(&mira, hide).await.unwrap();
            elsewhere.accounts.end_session(ravi.id, ravi.session_id).await.unwrap();
            assert!(!world.online.privacy().hides_receipts(mira.id), "not known here yet");
            for user_id in [mira.id, ravi.id] {
                world.broker.publish(Envelope::UserChanged { user_id });
            }
            assert_eq!(next(&his).await, Err(CloseReason::SessionRevoked));
            assert!(world.online.privacy().hides_receipts(mira.id));
            assert!(world.online.privacy().hides_last_seen(mira.id));
            assert_eq!(hers.closing(), None, "her session stands");
        }

        async fn sockets_of_a_disabled_account_are_told_that(storage: Storage) {
            let world = World::new(storage).await;
            let mira = world.person("mira").await;
            let hers = connects(&world, &mira);
            world.run(&format!("UPDATE users SET disabled_at = 1 WHERE id = {}", mira.id)).await;
            world.broker.publish(Envelope::UserChanged { user_id: mira.id });
            assert_eq!(next(&hers).await, Err(CloseReason::AccountDisabled));
        }

        async fn after_a_loss_that_was_noticed_everything_is_read_and_sockets_begin_anew(
            storage: Storage
        ) {
            let world = World::new(storage).await;
            let (mira, ravi) = (world.person("mira").await, world.person("ravi").await);
            let (hers, his) = (connects(&world, &mira), connects(&world, &ravi));
            of_elsewhere(&world).await.accounts.end_session(ravi.id, ravi.session_id).await.unwrap();
            world.hub.may_have_missed();
            assert_eq!(next(&his).await, Err(CloseReason::SessionRevoked));
            assert_eq!(next(&hers).await, Err(CloseReason::MissedState));
        }
    }

    #[test]
    fn the_broker_of_one_process_needs_no_look_at_the_heads() {
        let hub = Arc::new(Hub::new(Arc::new(adda_realtime::NothingHidden)).0);
        assert!(!LocalBroker::new(hub).may_lose());
    }
}
