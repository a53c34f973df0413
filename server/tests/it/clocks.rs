//! The real server, with a clock that is put right, or wrong, while it runs.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Clocks, Request, Storage, TestServer};

async fn server_with(clocks: &Clocks, storage: Storage) -> TestServer {
    let [library, file] = clocks.settings();
    let settings =
        [("ADDA_RATE_LIMITS", "off"), (library.0, library.1.as_str()), (file.0, file.1.as_str())];
    TestServer::start_with(storage, &settings).await
}

const HOUR: i64 = 3_600;

fn moment(value: &Value) -> DateTime<chrono::FixedOffset> {
    DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap()
}

on_both_databases! {
    async fn a_clock_that_is_set_back_ends_no_token_and_lengthens_none(storage: Storage) {
        let clocks = Clocks::new();
        let server = server_with(&clocks, storage).await;
        let mira = server.person("mira").await;
        // Each on a connection of its own: one that was idle for so long is given up.
        let me = || Request::get("/users/me").with_token(&mira.access_token).of(&server.address);
        clocks.are_ahead(-HOUR, 0);
        me().await.expect(200);
        clocks.are_ahead(-HOUR + 590, 590);
        me().await.expect(200);
        // Ten minutes after it was made it is over, whatever the clock on the wall says.
        clocks.are_ahead(-HOUR + 601, 601);
        me().await.expect_problem(401, "token_expired");
        // One that is made now lasts as long, and is shown as what it is on that wall.
        let again = server.signs_in("mira").await;
        let message = again.writes("general", "now").await;
        let socket = again.connects().await;
        let shown = moment(&socket.heard_of("ready")[0]["token_expires_at"]);
        let left = shown - moment(&message["created_at"]);
        assert!(left > TimeDelta::minutes(9) && left < TimeDelta::minutes(11), "{left}");
    }

    async fn a_clock_that_is_set_back_lengthens_no_grace(storage: Storage) {
        let clocks = Clocks::new();
        let server = server_with(&clocks, storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (mut hers, his) = (mira.connects().await, ravi.connects().await);
        let watch = json!({"type": "presence.watch", "ref": "1", "user_ids": [ravi.id]});
        assert_eq!(hers.asks(watch).await["type"], "ok");
        clocks.are_ahead(-HOUR, 0);
        drop(his);
        // The first round after it knows that he went; he is away once its grace is over.
        mira.writes("general", "he went").await;
        clocks.are_ahead(-HOUR, 12);
        let went = loop {
            let told = hers.hears("presence").await;
            if told["user_id"] == ravi.id && told["online"] == false {
                break told;
            }
        };
        // What is shown is the time of the wall, and never later than now.
        let now = moment(&mira.writes("general", "now").await["created_at"]);
        assert!(moment(&went["last_seen_at"]) <= now, "{went} {now}");
        let user = mira.get(&format!("/users/{}", ravi.id)).await.expect(200);
        assert!(moment(&user["last_seen_at"]) <= now, "{user} {now}");
    }

    async fn who_came_just_before_a_crash_was_seen(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let path = format!("/users/{}", ravi.id);
        assert_eq!(mira.get(&path).await.expect(200).get("last_seen_at"), None, "never here");
        let before = mira.writes("general", "before").await;
        let _his = ravi.connects().await;
        server.kill().await;
        server.start_again().await;
        let seen = moment(&mira.get(&path).await.expect(200)["last_seen_at"]);
        assert!(seen >= moment(&before["created_at"]), "{seen} {before}");
        assert!(seen - moment(&before["created_at"]) < TimeDelta::seconds(20), "{seen} {before}");
    }

    async fn who_was_here_at_a_crash_was_seen_half_a_minute_before_it_at_most(storage: Storage) {
        let clocks = Clocks::new();
        let mut server = server_with(&clocks, storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let (mut hers, _his) = (mira.connects().await, ravi.connects().await);
        let watch = json!({"type": "presence.watch", "ref": "1", "user_ids": [tara.id]});
        assert_eq!(hers.asks(watch).await["type"], "ok");
        let came = moment(&mira.writes("general", "he came").await["created_at"]);
        clocks.are_ahead(26, 26);
        // Who comes is told at the end of a round, which has written by then what was due.
        let _theirs = tara.connects().await;
        loop {
            let told = hers.hears("presence").await;
            if told["user_id"] == tara.id && told["online"] == true {
                break;
            }
        }
        server.kill().await;
        server.start_again().await;
        let user = mira.get(&format!("/users/{}", ravi.id)).await.expect(200);
        let seen = moment(&user["last_seen_at"]);
        assert!(seen >= came + TimeDelta::seconds(24), "{user}, came at {came}");
    }
}
