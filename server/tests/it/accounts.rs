//! Accounts, sessions and what ends them.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::HeaderMap;
use sea_orm::{
    ConnectionTrait, Database, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Answer, PASSWORD, Person, Request, Storage, TestServer};

async fn refresh(address: &str, token: &str) -> Answer {
    Request::post("/auth/refresh", json!({"refresh_token": token})).of(address).await
}

fn refresh_token(body: &Value) -> String {
    body["refresh_token"].as_str().unwrap().to_owned()
}

async fn login(address: &str, username: &str, password: &str) -> Answer {
    let request = json!({"username": username, "password": password});
    Request::post("/auth/login", request).of(address).await
}

async fn register(address: &str, body: Value) -> Answer {
    Request::post("/auth/register", body).of(address).await
}

on_both_databases! {
    async fn each_refresh_token_leads_to_the_next(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let address = server.address.as_str();
        let mut token = mira.refresh_token.clone();
        let mut seen = BTreeSet::from([token.clone()]);
        for _ in 0..4 {
            let body = refresh(address, &token).await.expect(200);
            token = refresh_token(&body);
            assert!(seen.insert(token.clone()), "every generation has its own");
            assert_eq!(body["user"]["username"], "mira");
            let access = body["access_token"].as_str().unwrap();
            Request::get("/users/me").with_token(access).of(address).await.expect(200);
        }
        assert_eq!(mira.get("/auth/sessions").await.expect(200)["items"].as_array().unwrap().len(), 1);
    }
}

on_both_databases! {
    async fn a_refresh_token_used_once_more_at_once_answers_the_same_next(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let first = refresh(&server.address, &mira.refresh_token).await.expect(200);
        let again = refresh(&server.address, &mira.refresh_token).await.expect(200);
        assert_eq!(refresh_token(&again), refresh_token(&first));
        refresh(&server.address, &refresh_token(&first)).await.expect(200);
    }
}

on_both_databases! {
    async fn an_answer_that_a_crash_swallowed_is_no_sign_out(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let lost = refresh(&server.address, &mira.refresh_token).await.expect(200);
        server.kill().await;
        server.start_again().await;
        let again = refresh(&server.address, &mira.refresh_token).await.expect(200);
        assert_eq!(refresh_token(&again), refresh_token(&lost));

        // Killed in the middle of it, wherever that is.
        let token = refresh_token(&refresh(&server.address, &refresh_token(&again)).await.expect(200));
        let (under_way, ()) = tokio::join!(
            mira.tries(Method::POST, "/auth/refresh", Some(json!({"refresh_token": token}))),
            server.kill()
        );
        server.start_again().await;
        let next = refresh(&server.address, &token).await.expect(200);
        if let Ok(answer) = under_way {
            assert_eq!(refresh_token(&answer.expect(200)), refresh_token(&next));
        }
        let access = next["access_token"].as_str().unwrap();
        Request::get("/users/me").with_token(access).of(&server.address).await.expect(200);
    }
}

on_both_databases! {
    async fn three_tokens_in_a_row_that_were_each_used_twice_end_the_session(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let mut token = mira.refresh_token.clone();
        for _ in 0..2 {
            let next = refresh(&server.address, &token).await.expect(200);
            let again = refresh(&server.address, &token).await.expect(200);
            assert_eq!(refresh_token(&again), refresh_token(&next));
            token = refresh_token(&next);
        }
        let last = refresh(&server.address, &token).await.expect(200);
        let third = refresh(&server.address, &token).await;
        third.expect_problem(401, "invalid_refresh_token");
        assert_eq!(socket.hears_close().await, Some(4505));
        let current = refresh(&server.address, &refresh_token(&last)).await;
        current.expect_problem(401, "invalid_refresh_token");
        assert!(server.log().contains("used by two"), "it is a security event");
    }
}

on_both_databases! {
    async fn a_replayed_refresh_token_ends_the_session(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let other = mira.another_device().await;
        let (mut stolen, mut safe) = (mira.connects().await, other.connects().await);
        let second = refresh(&server.address, &mira.refresh_token).await.expect(200);
        let third = refresh(&server.address, &refresh_token(&second)).await.expect(200);

        let replayed = refresh(&server.address, &mira.refresh_token).await;
        replayed.expect_problem(401, "invalid_refresh_token");

        assert_eq!(stolen.hears_close().await, Some(4505));
        let current = refresh(&server.address, &refresh_token(&third)).await;
        current.expect_problem(401, "invalid_refresh_token");
        mira.get("/users/me").await.expect_problem(401, "unauthorized");
        // The other device is another session.
        safe.writes("general", "still here").await;
        refresh(&server.address, &other.refresh_token).await.expect(200);
    }
}

on_both_databases! {
    async fn a_forged_refresh_token_ends_nothing(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let bytes = URL_SAFE_NO_PAD.decode(&mira.refresh_token).unwrap();
        let mut later = bytes.clone();
        later[23] += 1;
        let mut broken = bytes.clone();
        *broken.last_mut().unwrap() ^= 1;
        let forged = [later, broken, bytes[..40].to_vec(), vec![0; 56]];
        for token in forged.iter().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)) {
            let answer = refresh(&server.address, &token).await;
            answer.expect_problem(401, "invalid_refresh_token");
        }
        let answer = refresh(&server.address, "").await;
        answer.expect_problem(401, "invalid_refresh_token");
        refresh(&server.address, &mira.refresh_token).await.expect(200);
    }
}

on_both_databases! {
    async fn tabs_that_refresh_at_the_same_moment_stay_signed_in(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        let mut token = mira.refresh_token.clone();
        for _ in 0..5 {
            let tabs = (0..4).map(|_| refresh(&server.address, &token));
            let answers = join_all(tabs).await;
            let next: BTreeSet<_> =
                answers.into_iter().map(|answer| refresh_token(&answer.expect(200))).collect();
            assert_eq!(next.len(), 1, "all tabs get the same token");
            token = next.into_iter().next().unwrap();
        }
        socket.writes("general", "still here").await;
    }
}

#[track_caller]
fn cookie(headers: &HeaderMap) -> String {
    let mut set = headers.get_all("set-cookie").iter().map(|set| set.to_str().unwrap());
    set.find(|set| set.contains("adda_refresh_")).expect("a refresh token").to_owned()
}

on_both_databases! {
    async fn a_browser_keeps_its_refresh_token_in_a_cookie(storage: Storage) {
        let server = TestServer::start(storage).await;
        server.person("mira").await;
        let address = server.address.as_str();
        let request = json!({"username": "mira", "password": PASSWORD, "cookie": true});
        let answer = Request::post("/auth/login", request).of(address).await;
        let set = cookie(&answer.headers);
        let body = answer.expect(200);
        assert!(body.get("refresh_token").is_none(), "a script never sees it");
        let (pair, attributes) = set.split_once(';').unwrap();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=2592000"] {
            assert!(attributes.split("; ").any(|a| a.trim() == attribute), "{attribute}: {set}");
        }
        assert!(!attributes.contains("Secure"), "over http a browser would not send it back");

        let by = |cookie: String, origin: Option<String>| async move {
            let mut headers = vec![("cookie", cookie.as_str())];
            headers.extend(origin.as_deref().map(|origin| ("origin", origin)));
            // The list lives as long as the request.
            Request::post("/auth/refresh", json!({})).with_headers(&headers).of(address).await
        };
        for foreign in ["https://evil.test", "null"] {
            let answer = by(pair.to_owned(), Some(foreign.to_owned())).await;
            answer.expect_problem(403, "origin_not_allowed");
        }
        let answer = by(pair.to_owned(), Some(format!("http://{address}"))).await;
        let next = cookie(&answer.headers).split(';').next().unwrap().to_owned();
        assert!(answer.expect(200).get("refresh_token").is_none());
        assert_ne!(next, pair);
        let third = by(next, None).await;
        let third = cookie(&third.headers);
        assert!(third.starts_with("adda_refresh_"), "{third}");

        // A replay ends the session and takes the cookie back.
        let replayed = by(pair.to_owned(), None).await;
        assert!(cookie(&replayed.headers).contains("Max-Age=0"));
        replayed.expect_problem(401, "invalid_refresh_token");
        let nothing = Request::post("/auth/refresh", json!({})).of(address).await;
        nothing.expect_problem(401, "invalid_refresh_token");
    }
}

on_both_databases! {
    async fn logging_out_ends_this_session_at_once_and_no_other(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let other = mira.another_device().await;
        let (mut this, mut that) = (mira.connects().await, other.connects().await);
        let mut in_room = mira.connects_to("general").await;

        mira.post("/auth/logout", Value::Null).await.expect(204);

        mira.get("/users/me").await.expect_problem(401, "unauthorized");
        assert_eq!(this.hears_close().await, Some(4505));
        assert_eq!(in_room.hears_close().await, Some(4505));
        let refreshed = refresh(&server.address, &mira.refresh_token).await;
        refreshed.expect_problem(401, "invalid_refresh_token");
        that.writes("general", "still here").await;
    }
}

on_both_databases! {
    async fn a_device_is_signed_out_from_another(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let lost = mira.another_device().await;
        let mut socket = lost.connects().await;
        let sessions = mira.get("/auth/sessions").await.expect(200);
        let sessions = sessions["items"].as_array().unwrap();
        assert_eq!(sessions.len(), 2);
        let session = sessions.iter().find(|session| session["current"] == false).unwrap();
        let path = format!("/auth/sessions/{}", session["id"].as_str().unwrap());

        // Not by somebody else, who is told what is told of a session that is not there.
        let by_ravi = ravi.delete(&path).await.expect_problem(404, "not_found");
        let of_nobody = ravi.delete(&format!("/auth/sessions/{}", Uuid::new_v4())).await;
        let of_nobody = of_nobody.expect_problem(404, "not_found");
        assert_eq!(by_ravi["detail"], of_nobody["detail"]);
        lost.get("/users/me").await.expect(200);

        mira.delete(&path).await.expect(204);
        lost.get("/users/me").await.expect_problem(401, "unauthorized");
        assert_eq!(socket.hears_close().await, Some(4505));
        mira.delete(&path).await.expect_problem(404, "not_found");
        mira.get("/users/me").await.expect(200);
    }
}

on_both_databases! {
    async fn a_new_password_ends_all_sessions_that_were_and_begins_one(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let other = mira.another_device().await;
        // Whoever copied the tokens of this very device has the same as it.
        let (mut this, mut thief) = (mira.connects().await, mira.connects().await);
        let mut that = other.connects().await;
        let change = |current: &str, new: &str| {
            let body = json!({"current_password": current, "new_password": new});
            let mira = mira.clone();
            async move { mira.post("/auth/password", body).await }
        };
        change("a wrong one", "three cups of tea").await.expect_problem(401, "invalid_credentials");
        change(PASSWORD, "Summer2026!").await.expect_problem(400, "invalid_input");
        change(PASSWORD, "short").await.expect_problem(400, "invalid_input");
        that.writes("general", "nothing happened").await;
        let mine = mira.get("/auth/sessions").await.expect(200);

        let answer = change(PASSWORD, "three cups of tea").await;
        assert!(!answer.headers.contains_key("set-cookie"));
        let new = answer.expect(200);
        for socket in [&mut this, &mut thief, &mut that] {
            assert_eq!(socket.hears_close().await, Some(4505));
        }
        for device in [&mira, &other] {
            device.get("/users/me").await.expect_problem(401, "unauthorized");
            let ended = refresh(&server.address, &device.refresh_token).await;
            ended.expect_problem(401, "invalid_refresh_token");
        }
        change("three cups of tea", PASSWORD).await.expect_problem(401, "unauthorized");

        assert_eq!((&new["user"]["id"], &new["expires_in"]), (&json!(mira.id), &json!(600)));
        let access = new["access_token"].as_str().unwrap();
        let sessions = Request::get("/auth/sessions").with_token(access).of(&server.address).await;
        let sessions = sessions.expect(200)["items"].as_array().unwrap().clone();
        assert_eq!((sessions.len(), &sessions[0]["current"]), (1, &json!(true)));
        let known = mine["items"].as_array().unwrap();
        assert!(known.iter().all(|old| old["id"] != sessions[0]["id"]), "a new session");
        mira.connects_with(json!({"type": "auth", "token": access})).await;
        refresh(&server.address, &refresh_token(&new)).await.expect(200);

        let old = login(&server.address, "mira", PASSWORD).await;
        old.expect_problem(401, "invalid_credentials");
        login(&server.address, "mira", "three cups of tea").await.expect(200);
    }
}

on_both_databases! {
    async fn a_browser_that_changes_the_password_keeps_the_new_session_in_its_cookie(storage: Storage) {
        let server = TestServer::start(storage).await;
        server.person("mira").await;
        let address = server.address.as_str();
        let request = json!({"username": "mira", "password": PASSWORD, "cookie": true});
        let answer = Request::post("/auth/login", request).of(address).await;
        let old = cookie(&answer.headers).split(';').next().unwrap().to_owned();
        let access = answer.expect(200)["access_token"].as_str().unwrap().to_owned();

        let request = json!({"current_password": PASSWORD, "new_password": "three cups of tea",
            "cookie": true});
        let headers = [("cookie", old.as_str())];
        let request = Request::post("/auth/password", request).with_headers(&headers);
        let answer = request.with_token(&access).of(address).await;
        let set = cookie(&answer.headers);
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
        assert!(answer.expect(200).get("refresh_token").is_none(), "a script never sees it");
        let new = set.split(';').next().unwrap().to_owned();
        assert_ne!(new, old);

        // Another tab asks with the cookie of before: the one that was just set is not taken back.
        let by_old = Request::post("/auth/refresh", json!({})).with_headers(&headers);
        let by_old = by_old.of(address).await;
        assert!(!by_old.headers.contains_key("set-cookie"));
        by_old.expect_problem(401, "invalid_refresh_token");
        let headers = [("cookie", new.as_str())];
        let by_new = Request::post("/auth/refresh", json!({})).with_headers(&headers);
        by_new.of(address).await.expect(200);
    }
}

on_both_databases! {
    async fn of_two_who_change_a_password_at_once_one_does(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let other = mira.another_device().await;
        let change = |person: &Person, new: &str| {
            let body = json!({"current_password": PASSWORD, "new_password": new});
            let person = person.clone();
            async move { person.post("/auth/password", body).await }
        };
        let (one, two) = tokio::join!(change(&mira, "three cups of tea"), change(&other, "four cups of tea"));
        let (done, refused): (Vec<_>, Vec<_>) =
            [one, two].into_iter().partition(|answer| answer.status == 200);
        assert_eq!((done.len(), refused.len()), (1, 1));
        assert_eq!(refused[0].status, 401, "{:#}", refused[0].body);
        let access = done[0].body["access_token"].as_str().unwrap();
        let sessions = Request::get("/auth/sessions").with_token(access).of(&server.address).await;
        assert_eq!(sessions.expect(200)["items"].as_array().unwrap().len(), 1);
    }
}

on_both_databases! {
    async fn the_setup_token_makes_exactly_one_administrator(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let token = server.setup_token.clone().expect("it is printed");
        server.stop().await;
        server.start_again().await;
        assert_eq!(server.setup_token.as_ref(), Some(&token), "a link that was printed stays good");
        let address = server.address.clone();
        let with = |name: String, token: String| {
            let address = address.clone();
            async move {
                let body = json!({"username": name, "password": PASSWORD, "setup_token": token});
                register(&address, body).await
            }
        };
        assert!(server.person("mira").await.get("/users/me").await.expect(200)["is_admin"] == false);
        with("guess".into(), "0".repeat(32)).await.expect_problem(400, "invalid_input");
        // Refused for another reason, it is not used up; and of five at once one has it.
        with("mira".into(), token.clone()).await.expect_problem(409, "name_taken");
        let five = (0..5).map(|n| with(format!("admin-{n}"), token.clone()));
        let (made, refused): (Vec<_>, Vec<_>) =
            join_all(five).await.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((made.len(), refused.len()), (1, 4));
        assert_eq!(made[0].body["user"]["is_admin"], true);
        for answer in refused {
            let problem = answer.expect_problem(400, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], "setup_token");
        }
        server.stop().await;
        server.start_again().await;
        assert_eq!(server.setup_token, None, "printed only while there is no administrator");
    }
}

#[tokio::test]
async fn where_registration_is_not_open_only_the_setup_token_makes_an_account() {
    for registration in ["closed", "invite"] {
        let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_REGISTRATION", registration)];
        let server = TestServer::start_with(Storage::Sqlite, &settings).await;
        let body = json!({"username": "mira", "password": PASSWORD});
        let answer = register(&server.address, body).await;
        answer.expect_problem(403, "registration_closed");
        let body = json!({"username": "mira", "password": PASSWORD,
            "setup_token": server.setup_token.clone().unwrap()});
        assert_eq!(register(&server.address, body).await.expect(201)["user"]["is_admin"], true);
        login(&server.address, "mira", PASSWORD).await.expect(200);
    }
}

on_both_databases! {
    async fn a_user_name_is_one_persons_in_any_case(storage: Storage) {
        let server = TestServer::start(storage).await;
        let body = |name: &str| json!({"username": name, "password": PASSWORD, "is_admin": true});
        let made = register(&server.address, body("Mira.K")).await.expect(201);
        assert_eq!(made["user"]["username"], "mira.k");
        assert_eq!(made["user"]["is_admin"], false, "nobody makes themselves one");
        for name in ["mira.k", "MIRA.K", "Mira.k"] {
            let answer = register(&server.address, body(name)).await;
            answer.expect_problem(409, "name_taken");
        }
        register(&server.address, body("adda")).await.expect_problem(409, "name_taken");
        login(&server.address, "MIRA.k", PASSWORD).await.expect(200);
        // Of two at the same moment one gets it.
        let both = join_all((0..4).map(|_| register(&server.address, body("ravi")))).await;
        assert_eq!(both.iter().filter(|answer| answer.status == 201).count(), 1);
        assert_eq!(both.iter().filter(|answer| answer.status == 409).count(), 3);
    }
}

on_both_databases! {
    async fn nobody_is_called_what_means_the_server_or_several_people(storage: Storage) {
        let server = TestServer::start(storage).await;
        let body = |name: &str| json!({"username": name, "password": PASSWORD});
        for name in ["room", "Everyone", "admin", "ad.min", "s-y_stem", "here"] {
            let refused = register(&server.address, body(name)).await.expect_problem(409, "name_taken");
            assert_eq!(refused["detail"], "This username is reserved; choose another.", "{name}");
        }
        // Nor is the first administrator.
        let token = server.setup_token.as_deref().unwrap();
        let first = json!({"username": "admin", "password": PASSWORD, "setup_token": token});
        register(&server.address, first).await.expect_problem(409, "name_taken");
        for name in [".mira", "mira-", "_mira_"] {
            let refused = register(&server.address, body(name)).await;
            let refused = refused.expect_problem(400, "invalid_input");
            let says = "must begin and end with a letter or digit";
            assert_eq!(refused["errors"], json!([{"field": "username", "detail": says}]), "{name}");
        }
    }

    async fn nobody_is_called_adda_nor_something_that_cannot_be_seen(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for name in ["Adda", "\u{410}dda", "A d d a", "আড্ডা", "\u{3164}", "\u{200b}\u{2800}", "\u{301}"] {
            let refused = mira.patch("/users/me", json!({"display_name": name})).await;
            let refused = refused.expect_problem(400, "invalid_input");
            assert_eq!(refused["errors"][0]["field"], "display_name", "{name:?}");
            let body = json!({"username": "ravi", "password": PASSWORD, "display_name": name});
            register(&server.address, body).await.expect_problem(400, "invalid_input");
        }
        let me = mira.patch("/users/me", json!({"display_name": "\u{202e}ariM"})).await.expect(200);
        assert_eq!(me["display_name"], "ariM", "what turns a text is taken out");
    }
}

on_both_databases! {
    async fn an_unknown_name_and_a_wrong_password_get_the_same_answer(storage: Storage) {
        let server = TestServer::start(storage).await;
        server.person("mira").await;
        let mut answers = Vec::new();
        // `adda` is there but has no password; the last is a name that nobody can have.
        for name in ["mira", "nobody", "adda", "no such name!"] {
            let answer = login(&server.address, name, "not the password").await;
            let mut problem = answer.expect_problem(401, "invalid_credentials");
            problem.as_object_mut().unwrap().remove("request_id");
            answers.push(problem);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

#[tokio::test]
async fn passwords_that_are_easily_guessed_are_refused() {
    let server = TestServer::start(Storage::Sqlite).await;
    for password in [
        "password",
        "12345678",
        "qwertyuiop",
        "Summer2026!",
        "Adda2024!",
        "Monday2026!",
        "miramira",
        "Mira Rahman 1990",
        "        ",
        "two cups\u{7}of tea",
        "seven77",
        "e\u{301}e\u{301}e\u{301}e\u{301}",
        "",
    ] {
        let body = json!({"username": "mira", "display_name": "Mira Rahman", "password": password});
        let problem = register(&server.address, body).await.expect_problem(400, "invalid_input");
        assert_eq!(problem["errors"][0]["field"], "password", "{password}");
    }
    let body = json!({"username": "mira", "password": "পাসওয়ার্ড নয়"});
    register(&server.address, body).await.expect(201);
    login(&server.address, "mira", "পাসওয়ার্ড নয়").await.expect(200);
}

on_both_databases! {
    async fn a_password_is_the_same_however_a_keyboard_writes_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let spellings = [
            ["caf\u{e9} au lait", "cafe\u{301} au lait"],
            ["পা\u{9df}ের তলার মাটি", "পা\u{9af}\u{9bc}ের তলার মাটি"],
            ["three cups of tea", "three\u{a0}cups\u{3000}of tea"],
        ];
        for (number, [one, other]) in spellings.into_iter().enumerate() {
            let name = format!("mira{number}");
            register(&server.address, json!({"username": name, "password": one})).await.expect(201);
            login(&server.address, &name, one).await.expect(200);
            let body = login(&server.address, &name, other).await.expect(200);
            let token = body["access_token"].as_str().unwrap();
            let change = json!({"current_password": other, "new_password": format!("{other}, {number}")});
            let answer = Request::post("/auth/password", change).with_token(token);
            assert!(answer.of(&server.address).await.status.is_success());
            login(&server.address, &name, &format!("{one}, {number}")).await.expect(200);
            let answer = login(&server.address, &name, one).await;
            answer.expect_problem(401, "invalid_credentials");
        }
    }
}

#[tokio::test]
async fn forged_access_tokens_open_nothing() {
    let settings =
        [("ADDA_RATE_LIMITS", "off"), ("SECRET_KEY", "c1f7b2d94e6a80355d2e9c7f1a4b6d08")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let mira = server.person("mira").await;
    let parts: Vec<_> = mira.access_token.split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let sign = |claims: &Value, key: &[u8]| {
        let key = jsonwebtoken::EncodingKey::from_secret(key);
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).unwrap()
    };
    let none = json!({"alg": "none", "typ": "JWT"});
    let forged = [
        format!("{}.{}.", encode(&none), parts[1]),
        format!("{}.{}.{}", encode(&none), parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        // The claims of somebody else under this signature.
        format!("{}.{}.{}", parts[0], encode(&with("sub", json!("2"))), parts[2]),
        format!("{}.{}.{}", parts[0], encode(&with("exp", json!(9_999_999_999_i64))), parts[2]),
        // Signed, but not with the server's key; nor with its secret itself.
        sign(&claims, b"another key of the same kind and length"),
        sign(&claims, b"c1f7b2d94e6a80355d2e9c7f1a4b6d08"),
        sign(&claims, b""),
        mira.refresh_token.clone(),
    ];
    for token in forged {
        let answer = Request::get("/users/me").with_token(&token).of(&server.address).await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        answer.expect_problem(401, "unauthorized");
    }
    mira.get("/users/me").await.expect(200);
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 600);
}

on_both_databases! {
    async fn a_new_name_is_seen_by_everybody_at_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        mira.writes("general", "hello").await;
        let mut his = ravi.connects().await;
        let body = json!({"display_name": " মীরা ☕ ", "is_admin": true, "username": "root"});
        let me = mira.patch("/users/me", body).await.expect(200);
        assert_eq!((&me["display_name"], &me["username"]), (&json!("মীরা ☕"), &json!("mira")));
        assert_eq!(me["is_admin"], false);
        let heard = his.hears("user.updated").await;
        assert_eq!(heard["user"],
            json!({"id": mira.id, "username": "mira", "display_name": "মীরা ☕"}));
        let message = ravi.reads_all("general").await.pop().unwrap();
        assert_eq!(message["sender"], heard["user"]);
        for wrong in ["", "   ", "a\nb", &"x".repeat(65)] {
            let answer = mira.patch("/users/me", json!({"display_name": wrong})).await;
            answer.expect_problem(400, "invalid_input");
        }
    }
}

on_both_databases! {
    async fn people_are_found_by_either_name(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        for name in ["ravi", "r_vi", "tara"] {
            server.person(name).await;
        }
        mira.patch("/users/me", json!({"display_name": "Mirabel 100%"})).await.expect(200);
        for (q, found) in [("rav", vec!["ravi"]), ("BEL", vec!["mira"]), ("r_", vec!["r_vi"]),
            ("0%25", vec!["mira"]), ("a", vec!["mira", "ravi", "tara"]), ("adda", vec![])]
        {
            let page = mira.get(&format!("/users?q={q}")).await.expect(200);
            let names: Vec<_> = page["items"].as_array().unwrap().iter()
                .map(|user| user["username"].as_str().unwrap()).collect();
            assert_eq!(names, found, "{q}");
        }
        let me = mira.get(&format!("/users/{}", mira.id)).await.expect(200);
        assert_eq!(me["display_name"], "Mirabel 100%");
        for nobody in ["0", "99", "-1"] {
            mira.get(&format!("/users/{nobody}")).await.expect_problem(404, "not_found");
        }
        mira.get("/users/mira").await.expect_problem(400, "invalid_input");
    }
}

on_both_databases! {
    async fn people_are_listed_by_their_names_in_any_script(storage: Storage) {
        let server = TestServer::start(storage).await;
        let called = [("zed", "anna"), ("bob", "Anna"), ("ann", "Émile"), ("cat", "ｆreya"), ("dan", "সময়")];
        let mut people = Vec::new();
        for (username, display_name) in called {
            let person = server.person(username).await;
            person.patch("/users/me", json!({"display_name": display_name})).await.expect(200);
            people.push(person);
        }
        let usernames = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap().iter();
            items.map(|user| user["username"].as_str().unwrap().to_owned()).collect()
        };
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        while listed.len() < called.len() {
            let page = people[0].get(&format!("/users?limit=1{cursor}")).await.expect(200);
            listed.extend(usernames(&page));
            cursor = page["next_cursor"].as_str().map_or(String::new(), |it| format!("&cursor={it}"));
        }
        assert_eq!(listed, ["bob", "zed", "ann", "cat", "dan"]);
        assert_eq!(cursor, "", "nobody comes after the last");
        for (q, found) in [("ÉMI", "ann"), ("emi", "ann"), ("FREY", "cat"), ("সময়", "dan"), ("য়", "dan")] {
            let page = people[0].get(&format!("/users?q={q}")).await.expect(200);
            assert_eq!(usernames(&page), [found], "{q}");
        }
        let foreign = people[0].get("/users?cursor=bm9ib2R5").await;
        foreign.expect_problem(400, "invalid_input");
    }
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let server = TestServer::start_with(Storage::Sqlite, &[]).await;
    let mira = server.person("mira").await;
    for _ in 0..10 {
        login(&server.address, "mira", "a guess").await.expect(401);
    }
    let answer = login(&server.address, "MIRA", PASSWORD).await;
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    let problem = answer.expect_problem(429, "rate_limited");
    let wait_ms = problem["retry_after_ms"].as_u64().unwrap();
    assert!((1..=6_000).contains(&wait_ms), "{wait_ms}");
    // Somebody else signs in, and who is signed in is not affected.
    login(&server.address, "ravi", "a guess").await.expect(401);
    mira.get("/users/me").await.expect(200);
}

on_both_databases! {
    async fn what_was_asked_for_is_done_also_when_whoever_asked_has_gone(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let mut socket = mira.connects().await;
        // Somebody else holds the database, so that the answer is not there yet.
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let held = match storage {
            Storage::Sqlite => {
                let immediate = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                database.begin_with_options(immediate).await.unwrap()
            }
            Storage::Postgres => {
                let held = database.begin().await.unwrap();
                held.execute_unprepared("SELECT id FROM sessions FOR UPDATE").await.unwrap();
                held
            }
        };
        let mut connection = TcpStream::connect(&server.address).await.unwrap();
        let request = format!(
            "POST /api/v1/auth/logout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\
             Authorization: Bearer {}\r\n\r\n",
            mira.access_token
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        was_read(&connection).await;
        drop(connection);
        Request::get("/users/me").with_token(&mira.access_token).of(&server.address).await;
        held.rollback().await.unwrap();
        assert_eq!(socket.hears_close().await, Some(4505));
    }
}

/// Waits until the other end, on this machine, has read what was written: the system tells of each
/// connection what lies there unread.
async fn was_read(connection: &TcpStream) {
    let ends = [connection.peer_addr().unwrap(), connection.local_addr().unwrap()];
    let ends = ends.map(|end| format!(":{:04X}", end.port()));
    loop {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let columns = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let is_read = columns
            .filter(|columns| columns[1].ends_with(&ends[0]) && columns[2].ends_with(&ends[1]))
            .map(|columns| columns[4].ends_with(":00000000"))
            .next();
        if is_read.expect("it is connected") {
            return;
        }
        tokio::task::yield_now().await;
    }
}
