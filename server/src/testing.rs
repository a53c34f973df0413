//! What the tests of stores and services stand on: a fresh database of each kind, everything built
//! on it, and people and rooms made without passwords and endpoints.

mod cases;
#[path = "../tests/it/support/database.rs"]
mod database;
mod log;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use adda_entities::{private_room, private_room_member, session, user};
use adda_fold::folded;
use adda_protocol::rooms::CreateRoomRequest;
use adda_protocol::{MessageText, RoomName};
use adda_realtime::{
    Broker, CloseReason, Envelope, Hub, Item, LocalBroker, Outbox, Signal, Subscribe, Topic,
};
use async_trait::async_trait;
use futures_util::FutureExt;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseBackend, EntityTrait, IntoActiveModel};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) use self::cases::each_case_holds;
use self::database::PostgresDatabase;
pub(crate) use self::database::{Storage, on_both_databases};
pub(crate) use self::log::Log;
use crate::clock::Clock;
use crate::config::Registration;
use crate::db::{self, Db, Family, Transaction};
use crate::features::accounts::{Accounts, Admit, Online, Person, Privacy, Settings, Tokens};
use crate::features::inbox::Inbox;
use crate::features::media::Addresses;
use crate::features::messages::{
    Accepted, Actor, MessageEncoder, MessageError, Messages, Operation, Pending, Writer,
};
use crate::features::rooms::{RoomRef, Rooms};
use crate::reconcile::Reconciler;
use crate::tasks::Tasks;

/// A fresh, empty database, which is removed with this.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    _folder: Option<TempDir>,
    _postgres: Option<PostgresDatabase>,
}

impl TestDatabase {
    pub(crate) async fn new(storage: Storage) -> Self {
        if storage == Storage::Sqlite {
            let folder = TempDir::new().unwrap();
            let url = format!("sqlite://{}", folder.path().join("adda.db").display());
            return Self { url, _folder: Some(folder), _postgres: None };
        }
        let postgres = PostgresDatabase::create().await;
        Self { url: postgres.url.clone(), _folder: None, _postgres: Some(postgres) }
    }
}

/// Every service on a fresh, migrated database, with a clock that the test sets.
pub(crate) struct World {
    pub(crate) db: Db,
    /// Milliseconds since the epoch.
    pub(crate) now: Arc<AtomicI64>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) online: Arc<Online>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) writer: Writer,
    pub(crate) messages: Arc<Messages>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) broker: Arc<dyn Broker>,
    database: TestDatabase,
}

pub(crate) type MakeBroker = fn(Arc<Hub>) -> Arc<dyn Broker>;

/// A broker that loses nothing but does not promise that.
#[derive(Debug)]
pub(crate) struct LosingBroker {
    local: LocalBroker,
    pub(crate) knows_who_is_online: AtomicBool,
}

impl LosingBroker {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { local: LocalBroker::new(hub), knows_who_is_online: AtomicBool::new(true) }
    }
}

#[async_trait]
impl Broker for LosingBroker {
    fn publish(&self, envelope: Envelope) {
        self.local.publish(envelope);
    }

    async fn subscribe(&self, topics: &[Topic]) {
        self.local.subscribe(topics).await;
    }

    fn unsubscribe(&self, topic: Topic) {
        self.local.unsubscribe(topic);
    }

    fn is_here(&self, user_id: i64, is_here: bool) {
        self.local.is_here(user_id, is_here);
    }

    fn leaves(&self) {}

    fn may_lose(&self) -> bool {
        true
    }

    fn carries(&self) -> bool {
        true
    }

    fn knows_who_is_online(&self) -> bool {
        self.knows_who_is_online.load(Ordering::Relaxed)
    }

    fn remark(&self) -> Option<&'static str> {
        None
    }

    fn hears_all(&self) -> bool {
        false
    }
}

const SECRET: &str = "a secret for tests that is long enough";

/// A text that the encoder fails at while it tells of a message, as a defect would make it.
pub(crate) const DEFECT: &str = "a text that cannot be told";

/// The moment at which every test begins.
pub(crate) const BEGIN: i64 = 1_795_341_600_000;

impl World {
    pub(crate) async fn new(storage: Storage) -> Self {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        Self::on(database, db).await
    }

    /// The same on PostgreSQL, where texts are nothing but their bytes.
    pub(crate) async fn in_the_c_locale() -> Self {
        let options = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
        let postgres = PostgresDatabase::create_as(options).await;
        let url = postgres.url.clone();
        let database = TestDatabase { url, _folder: None, _postgres: Some(postgres) };
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        Self::on(database, db).await
    }

    /// The same, with every statement on the reading connections counted.
    pub(crate) async fn counting(storage: Storage) -> (Self, Arc<std::sync::atomic::AtomicUsize>) {
        let database = TestDatabase::new(storage).await;
        let mut db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        let count = db.count_reads();
        (Self::on(database, db).await, count)
    }

    /// The same, by a broker that may lose something without anybody noticing.
    pub(crate) async fn losing(storage: Storage) -> Self {
        let database = TestDatabase::new(storage).await;
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        Self::with(database, db, |hub| Arc::new(LosingBroker::new(hub))).await
    }

    /// Another node on this database.
    pub(crate) async fn on_the_same_database(&self, broker: MakeBroker) -> Self {
        let url = self.database.url.clone();
        let db = Db::open(&url).await.unwrap();
        let database = TestDatabase { url, _folder: None, _postgres: None };
        Self::with(database, db, broker).await
    }

    async fn on(database: TestDatabase, db: Db) -> Self {
        Self::with(database, db, |hub| Arc::new(LocalBroker::new(hub))).await
    }

    async fn with(database: TestDatabase, db: Db, broker: MakeBroker) -> Self {
        let now = Arc::new(AtomicI64::new(BEGIN));
        let clock = Clock::Manual(now.clone());
        crate::app::prepare(&db, &clock).await.unwrap();
        let privacy = Arc::new(Privacy::load(&db).await.unwrap());
        let (hub, stale) = Hub::new(privacy.clone());
        let hub = Arc::new(hub);
        let broker = broker(hub.clone());
        let tasks = Tasks::default();
        let log = db.clone();
        tasks.spawn("the database's log", move || log.clone().write_back());
        let tokens = Tokens::new(SECRET, None);
        let settings = Settings {
            registration: Registration::Open,
            rate_limits: false,
            server_name: String::new(),
        };
        let admit: Admit =
            Arc::new(|transaction, user_id| Rooms::admit(transaction, user_id, BEGIN).boxed());
        let (of_online, elsewhere) = (broker.clone(), Arc::default());
        let online = Online::new(hub.clone(), privacy.clone(), of_online, elsewhere);
        let online = Arc::new(online);
        let accounts = Accounts::new(
            db.clone(),
            clock.clone(),
            tokens,
            settings,
            admit,
            online.clone(),
            broker.clone(),
            None,
        );
        let rooms = Rooms::new(
            db.clone(),
            clock.clone(),
            hub.clone(),
            online.clone(),
            broker.clone(),
            false,
        );
        let (rooms, accounts) = (Arc::new(rooms), Arc::new(accounts));
        let (of_rooms, of_accounts) = (rooms.clone(), accounts.clone());
        let reconciler = Reconciler::new(hub.clone(), broker.clone(), of_rooms, of_accounts, stale);
        tasks.spawn("reconciling", reconciler);
        let encoder = MessageEncoder::new(addresses(&clock));
        let writer = Writer::start(&db, &clock, &encoder, &broker, &tasks).unwrap();
        let messages = Messages::new(
            db.clone(),
            rooms.clone(),
            writer.clone(),
            encoder.clone(),
            privacy.clone(),
        );
        let inbox = Inbox::new(db.clone(), rooms.clone(), privacy, broker.clone(), encoder, &tasks);
        Self {
            db,
            now,
            hub,
            online,
            accounts,
            rooms,
            writer,
            messages: Arc::new(messages),
            inbox: Arc::new(inbox),
            broker,
            database,
        }
    }

    /// Sets the clock to so many milliseconds after the beginning.
    pub(crate) fn is_at(&self, after_begin: i64) {
        self.now.store(BEGIN + after_begin, Ordering::Relaxed);
    }

    /// Somebody with an account and a session, made without hashing a password.
    pub(crate) async fn person(&self, username: &str) -> Person {
        self.person_called(username, username).await
    }

    pub(crate) async fn person_called(&self, username: &str, display_name: &str) -> Person {
        let transaction = self.db.begin().await.unwrap();
        let row = user::ActiveModel {
            username: Set(username.to_owned()),
            display_name: Set(display_name.to_owned()),
            name_key: Set(folded(display_name)),
            password_hash: Set(Some("no password has this hash".to_owned())),
            is_admin: Set(false),
            created_at: Set(BEGIN),
            ..Default::default()
        };
        let user = row.insert(&transaction).await.unwrap();
        let session = session::Model {
            id: Uuid::new_v4(),
            user_id: user.id,
            salt: vec![7; 32],
            generation: 0,
            user_agent: None,
            created_at: BEGIN,
            rotated_at: BEGIN,
            used_generation: 0,
            repeats: 0,
            repeated_generation: 0,
            expires_at: BEGIN + 1_000_000,
            revoked_at: None,
        };
        let row = session.clone().into_active_model();
        session::Entity::insert(row).exec_without_returning(&transaction).await.unwrap();
        transaction.commit().await.unwrap();
        Person {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            avatar: None,
            hidden: Default::default(),
            is_admin: false,
            created_at: BEGIN,
            session_id: session.id,
            token_expires_at: BEGIN + 600_000,
        }
    }

    /// An access token of the person's session, made now.
    pub(crate) fn access_token(&self, person: &Person) -> String {
        let now = self.now.load(Ordering::Relaxed);
        let tokens = Tokens::new(SECRET, None);
        tokens.access(person.id, person.session_id, 0, now, Uuid::new_v4()).unwrap()
    }

    /// A public room of these people.
    pub(crate) async fn room(&self, name: &str, members: &[&Person]) -> RoomRef {
        let name = RoomName::parse(name).unwrap();
        let (first, others) = members.split_first().expect("somebody makes the room");
        let request =
            CreateRoomRequest { name: name.clone(), title: None, topic: None, emoji: None };
        self.rooms.create(first, request).await.unwrap();
        for person in others {
            self.rooms.join(person, &name).await.unwrap();
        }
        self.rooms.find(first.id, &name).await.unwrap().room
    }

    /// The private room of two people.
    pub(crate) async fn private_room(&self, one: &Person, other: &Person) -> RoomRef {
        let (lo, hi) = (one.id.min(other.id), one.id.max(other.id));
        let transaction = self.db.begin().await.unwrap();
        let row = private_room::ActiveModel {
            name: Set(format!("private_{lo}_{hi}")),
            lo_user_id: Set(lo),
            hi_user_id: Set(hi),
            created_at: Set(BEGIN),
            last_seq: Set(0),
            floor_seq: Set(0),
            members_version: Set(0),
            ..Default::default()
        };
        let room = row.insert(&transaction).await.unwrap();
        for user_id in [lo, hi] {
            let member = private_room_member::ActiveModel {
                room_id: Set(room.id),
                user_id: Set(user_id),
                joined_at: Set(BEGIN),
                read_seq: Set(0),
                delivered_seq: Set(0),
                ..Default::default()
            };
            let inserted = private_room_member::Entity::insert(member);
            inserted.exec_without_returning(&transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        RoomRef { family: Family::Private, id: room.id, name: room.name.as_str().into() }
    }

    /// A room of two people in either family.
    pub(crate) async fn room_of(&self, family: Family, one: &Person, other: &Person) -> RoomRef {
        match family {
            Family::Public => self.room("tea", &[one, other]).await,
            Family::Private => self.private_room(one, other).await,
        }
    }

    /// Queues an operation and does not wait for it.
    pub(crate) async fn submits(
        &self,
        person: &Person,
        room: &RoomRef,
        operation: Operation,
    ) -> Pending {
        self.writer.submit(room, Actor::author(person.id), operation).await.unwrap()
    }

    /// Keeps the writer from writing: what is queued while this is held is one batch after it.
    pub(crate) async fn holds_the_writer(&self) -> Transaction {
        // On SQLite this is the only connection that writes. On PostgreSQL the writers run on the
        // runtime of the test, which lets none of them run while it queues.
        let held = self.db.begin().await.unwrap();
        let nowhere = RoomRef { family: Family::Public, id: 0, name: "nowhere".into() };
        let nothing = Operation::Delete { message_id: Uuid::nil() };
        drop(self.writer.submit(&nowhere, Actor::author(0), nothing).await.unwrap());
        while self.writer.queued() > 0 {
            tokio::task::yield_now().await;
        }
        held
    }

    /// Does an operation.
    pub(crate) async fn does(
        &self,
        person: &Person,
        room: &RoomRef,
        operation: Operation,
    ) -> Result<Accepted, MessageError> {
        self.submits(person, room, operation).await.await.unwrap()
    }

    /// Writes so many messages, many at once; answers them.
    pub(crate) async fn writes_many(
        &self,
        person: &Person,
        room: &RoomRef,
        texts: impl IntoIterator<Item = String>,
    ) -> Vec<Accepted> {
        let mut pending = Vec::new();
        for text in texts {
            pending.push(self.submits(person, room, create(&text)).await);
        }
        let mut accepted = Vec::new();
        for answer in pending {
            accepted.push(answer.await.unwrap().unwrap());
        }
        accepted
    }

    /// A live listener to a room from its present head on.
    pub(crate) async fn listens(&self, person: &Person, room: &RoomRef) -> Arc<Outbox> {
        let name = RoomName::parse(&room.name).unwrap();
        let seen = self.rooms.find(person.id, &name).await.unwrap();
        let outbox = Arc::new(Outbox::new(person.id, person.session_id, None));
        self.hub.connect(&outbox);
        let (head, version) = (seen.last_seq, seen.members_version);
        let Subscribe::Behind(key) = self.hub.subscribe(room.topic(), &outbox, head, version)
        else {
            panic!("nobody came or went meanwhile");
        };
        assert!(self.hub.go_live(room.topic(), key, &outbox, head, version));
        outbox
    }

    /// Runs a statement that a test needs and the server never makes.
    pub(crate) async fn run(&self, sql: &str) -> u64 {
        let transaction = self.db.begin().await.unwrap();
        let rows = db::run(&transaction, sql, vec![]).await.unwrap();
        transaction.commit().await.unwrap();
        rows
    }

    /// How much a database does for a statement: the rows that PostgreSQL passes from step to step, the
    /// instructions of SQLite's machine.
    pub(crate) async fn steps(&self, sql: &str, values: &[i64]) -> u64 {
        if self.db.backend() == DatabaseBackend::Sqlite {
            let run = |connection: &db::Direct| {
                let mut statement = connection.prepare(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                while rows.next()?.is_some() {}
                drop(rows);
                Ok(Some(statement.get_status(rusqlite::StatementStatus::VmStep)))
            };
            return self.db.commit_directly(run).await.unwrap().unwrap().try_into().unwrap();
        }
        let explain = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}");
        let values = values.iter().map(|value| (*value).into()).collect();
        let rows = db::query(self.db.read(), explain, values).await.unwrap();
        let plan: serde_json::Value = rows[0].try_get_by_index(0).unwrap();
        rows_of(&plan[0]["Plan"])
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let rows = db::query(self.db.read(), sql, vec![]).await.unwrap();
        rows[0].try_get("", "n").unwrap()
    }
}

/// The rows that a step of a plan of PostgreSQL answered or threw away, and those of the steps below it.
fn rows_of(step: &serde_json::Value) -> u64 {
    let number = |name: &str| step[name].as_f64().unwrap_or(0.0);
    let of_a_loop = number("Actual Rows")
        + number("Rows Removed by Filter")
        + number("Rows Removed by Join Filter");
    let below = step["Plans"].as_array().into_iter().flatten().map(rows_of);
    (of_a_loop * number("Actual Loops")) as u64 + below.sum::<u64>()
}

/// A new message.
pub(crate) fn create(text: &str) -> Operation {
    create_as(Uuid::new_v4(), text)
}

/// A message under a `client_id`.
pub(crate) fn create_as(client_id: Uuid, text: &str) -> Operation {
    Operation::Create { client_id, content: MessageText::parse(text).unwrap().into() }
}

pub(crate) fn edit(message_id: Uuid, text: &str) -> Operation {
    Operation::Edit { message_id, content: MessageText::parse(text).unwrap().into() }
}

/// What a text frame of the server says.
pub(crate) fn read(frame: &[u8]) -> serde_json::Value {
    let header = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    serde_json::from_slice(&frame[header..]).unwrap()
}

/// What becomes of a socket next, within twenty seconds.
pub(crate) async fn next(outbox: &Outbox) -> Result<Vec<Signal>, CloseReason> {
    let drained = std::future::poll_fn(|context| {
        let mut items = VecDeque::new();
        outbox.poll_drain(context, &mut items).map_ok(|()| items)
    });
    let signal = |item| match item {
        Item::Signal(signal) => Some(signal),
        _ => None,
    };
    let drained = tokio::time::timeout(Duration::from_secs(20), drained).await;
    Ok(drained.expect("something becomes of it")?.into_iter().filter_map(signal).collect())
}

/// Everything that a queue holds: for each envelope its frames.
pub(crate) fn drain(outbox: &Outbox) -> Vec<Vec<serde_json::Value>> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut items = VecDeque::new();
    if outbox.poll_drain(&mut context, &mut items).is_pending() {
        return vec![];
    }
    let parse = |frame: &bytes::Bytes| read(frame);
    items
        .into_iter()
        .map(|item| match item {
            Item::Frame(frame) => vec![parse(&frame)],
            Item::Frames(frames, from) => frames[from..].iter().map(parse).collect(),
            Item::Signal(signal) => panic!("{signal:?}"),
        })
        .collect()
}

/// The addresses of media at a server of the tests.
pub(crate) fn addresses(clock: &Clock) -> Addresses {
    Addresses::new("http://adda.test", SECRET, None, clock.clone())
}
