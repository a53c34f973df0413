//! The server is killed again and again, under load and in the instant of an acknowledgement, and
//! keeps what it promised.
//!
//! The plan of a run follows from its seed, which is printed; `ADDA_TEST_SEED` repeats a plan.
//! `ADDA_TEST_LONG=1` makes many runs, each on a database of its own: hundreds of kills, and no
//! history that grows until reading it is all that a run does.
#![allow(clippy::print_stdout, reason = "a run that fails is repeated by its seed")]

mod at_its_word;
mod disk;

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ConnectionTrait, Database};

use crate::load::{Habits, Judge, Load, seeds, times};
use crate::on_both_databases;
use crate::support::{PASSWORD, Person, Storage, TestServer};

const ROOMS: [&str; 3] = ["tea", "rust", "night"];

/// One server, its people, and the judge.
struct Run {
    seed: u64,
    random: StdRng,
    server: TestServer,
    load: Load,
    judge: Judge,
}

/// A run that went well.
struct Ended {
    acknowledged: usize,
    refused: usize,
    server: TestServer,
}

impl Run {
    async fn start(storage: Storage, seed: u64) -> Self {
        println!("{storage:?}:");
        Self::on(TestServer::start(storage).await, seed).await
    }

    async fn on(server: TestServer, seed: u64) -> Self {
        println!("ADDA_TEST_SEED={seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let (person, mut judge) = (server.person("judge").await, Judge::default());
        for room in ROOMS {
            person.makes_room(room).await;
            judge.reads(room, &person);
        }
        let mut load = Load::new(Habits::HASTY, &[]);
        for name in ["sender-1", "sender-2", "sender-3"] {
            let person = member(&server, name, &ROOMS).await;
            load.on_a_socket(&person, &ROOMS, Some(random.random()));
        }
        load.by_rest(&member(&server, "sender-4", &ROOMS).await, &ROOMS, random.random());
        load.by_rest(&member(&server, "sender-5", &["tea"]).await, &["tea"], random.random());
        let receivers: [(&str, &[&str]); 4] = [
            ("receiver-all", &ROOMS),
            ("receiver-one", &["tea"]),
            ("receiver-two", &["rust", "night"]),
            ("stranger", &[]),
        ];
        for (name, rooms) in receivers {
            load.on_a_socket(&member(&server, name, rooms).await, rooms, None);
        }
        Self { seed, random, server, load, judge }
    }

    /// Lets everybody work until a random moment.
    async fn works(&mut self) {
        let more = self.random.random_range(1..150);
        self.load.acknowledges(more).await;
        // Right after an acknowledgement, or some time within the batches that follow.
        if self.random.random_bool(0.5) {
            let moment = Duration::from_millis(self.random.random_range(1..6));
            tokio::time::sleep(moment).await;
        }
    }

    /// The server is killed, something happens, and it starts again.
    async fn is_killed_while(&mut self, happens: impl FnOnce()) {
        self.server.kill().await;
        happens();
        self.server.start_again().await;
    }

    /// Everything that was acknowledged before this call stands in the history.
    async fn keeps_its_promises(&self) {
        let broken = self.judge.finds_broken(&self.load).await;
        assert!(broken.is_empty(), "seed {}: {broken:#?}", self.seed);
    }

    /// Ends the work and holds everything that anybody heard against the history.
    async fn ends(mut self) -> Ended {
        let broken = self.judge.ends(&mut self.load).await;
        assert!(broken.is_empty(), "seed {}: {broken:#?}", self.seed);
        let acknowledged = self.load.promises().acknowledged.len();
        Ended { acknowledged, refused: self.load.refused(), server: self.server }
    }
}

async fn member(server: &TestServer, name: &str, rooms: &[&str]) -> Person {
    let person = server.person(name).await;
    for room in rooms {
        person.joins(room).await;
    }
    person
}

on_both_databases! {
    async fn a_server_that_is_killed_under_load_keeps_its_promises(storage: Storage) {
        let begun = Instant::now();
        let (mut kills, mut acknowledged) = (0, 0);
        for seed in seeds(times(26)) {
            let mut run = Run::start(storage, seed).await;
            for _ in 0..8 {
                run.works().await;
                run.is_killed_while(|| ()).await;
                run.keeps_its_promises().await;
                kills += 1;
            }
            run.works().await;
            acknowledged += run.ends().await.acknowledged;
        }
        let time = begun.elapsed();
        println!("{storage:?}: {kills} kills, {acknowledged} acknowledgements, {time:?}");
    }
}

#[tokio::test]
async fn a_server_whose_database_connections_are_cut_recovers_by_itself() {
    for seed in seeds(times(12)) {
        let mut run = Run::start(Storage::Postgres, seed).await;
        let pid = run.server.pid();
        let database = Database::connect(run.server.installation.database_url()).await.unwrap();
        for _ in 0..8 {
            run.works().await;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            database.execute_unprepared(cut).await.unwrap();
        }
        run.works().await;
        database.close().await.unwrap();
        let ended = run.ends().await;
        assert_eq!(ended.server.pid(), pid, "the same process serves");
        println!("{} operations were refused for the moment", ended.refused);
    }
}

/// A backup, a look into the database, an administrator who is made beside the server: each is another
/// process that opens the database's files and closes them.
#[tokio::test]
async fn other_processes_at_the_database_of_a_busy_server_harm_nobody() {
    for seed in seeds(times(12)) {
        let mut run = Run::start(Storage::Sqlite, seed).await;
        let pid = run.server.pid();
        for number in 0..6 {
            run.works().await;
            let arguments = ["admin", "create", &format!("admin-{number}")];
            let made = run.server.installation.run(&arguments, PASSWORD).await;
            assert!(made.ended_well, "{}", made.stderr);
            run.keeps_its_promises().await;
        }
        assert_eq!(run.ends().await.server.pid(), pid, "the same process serves");
    }
}
