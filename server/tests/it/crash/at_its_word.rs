//! The server is held to its word in the instant of each acknowledgement, and then killed.
//!
//! One person is there alone, so the acknowledgement is heard at once. Whether it came too early is
//! asked of the database itself: a commit that a killed server had already handed to PostgreSQL or
//! to the operating system still comes true, so that kills alone find it only now and then.

use adda_entities::room;
use sea_orm::{ColumnTrait, Database, DatabaseConnection, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::load::oracle::{Promises, judge_history};
use crate::load::{history, times};
use crate::on_both_databases;
use crate::support::{Person, Socket, Storage, TestServer};

struct Run {
    server: TestServer,
    person: Person,
    database: DatabaseConnection,
    promises: Promises,
}

impl Run {
    async fn start(storage: Storage) -> Self {
        let server = TestServer::start(storage).await;
        let person = server.person("mira").await;
        person.makes_room("tea").await;
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        Self { server, person, database, promises: Promises::default() }
    }

    /// Says something of which the acknowledgement must come after the commit; answers the message.
    async fn says(&mut self, socket: &mut Socket, command: Value) -> Value {
        let answer = socket.asks(command).await;
        let room = room::Entity::find().filter(room::Column::Name.eq("tea"));
        let room = room.one(&self.database).await.unwrap().expect("the room");
        assert_eq!(answer["type"], "ok", "{answer:#}");
        let message = answer["message"].clone();
        assert_eq!(message["changed_seq"], room.last_seq, "acknowledged, but not committed");
        self.promises.acknowledged.push(message.clone());
        message
    }

    async fn writes(&mut self, socket: &mut Socket) -> Value {
        let client_id = Uuid::new_v4();
        self.promises.attempted.insert(client_id.to_string());
        let send = json!({"type": "message.send", "room": "tea", "client_id": client_id,
            "text": "as written"});
        self.says(socket, send).await
    }

    /// Kills the server and starts it again: every promise so far is kept.
    async fn is_killed(&mut self) {
        self.server.kill().await;
        self.server.start_again().await;
        let broken = judge_history(&self.promises, &[history(&self.person, "tea").await]);
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

on_both_databases! {
    async fn a_server_that_is_killed_at_its_word_keeps_it(storage: Storage) {
        for _ in 0..times(35) {
            let mut run = Run::start(storage).await;
            for change in ["message.edit", "message.delete"].repeat(3) {
                let mut socket = run.person.connects().await;
                for _ in 0..10 {
                    run.writes(&mut socket).await;
                }
                let id = run.writes(&mut socket).await["id"].clone();
                let change = json!({"type": change, "room": "tea", "message_id": id,
                    "text": "as edited"});
                run.says(&mut socket, change).await;
                run.is_killed().await;
            }
        }
    }
}
