//! Cookies as browsers keep them: by host, whatever the port.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Answer, PASSWORD, Request, Storage, TestServer};

const OLD_NAME: &str = "adda_refresh";

/// The cookies of one browser for one host.
#[derive(Clone, Debug, Default, PartialEq)]
struct Jar(BTreeMap<String, String>);

impl Jar {
    fn hear(&mut self, headers: &HeaderMap) {
        for set in headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (pair, attributes) = set.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn header(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The name and value of the refresh token that is not under the old name.
    fn refresh(&self) -> (String, String) {
        let is_refresh = |(name, _): &(&String, &String)| name.contains("adda_refresh_");
        let (name, value) = self.0.iter().find(is_refresh).expect("a refresh token");
        (name.clone(), value.clone())
    }

    /// Asks with the cookies, and keeps what the answer says of them.
    async fn asks(&mut self, address: &str, path: &str, body: Value) -> Answer {
        let cookies = self.header();
        let headers = [("cookie", cookies.as_str())];
        let answer = Request::post(path, body).with_headers(&headers).of(address).await;
        self.hear(&answer.headers);
        answer
    }

    async fn refreshes(&mut self, address: &str) -> Answer {
        self.asks(address, "/auth/refresh", json!({})).await
    }

    async fn signs_in(&mut self, address: &str, username: &str) -> String {
        let body = json!({"username": username, "password": PASSWORD, "cookie": true});
        let body = self.asks(address, "/auth/login", body).await.expect(200);
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn signs_out(&mut self, address: &str, token: &str) {
        let cookies = self.header();
        let headers = [("cookie", cookies.as_str())];
        let request = Request::post("/auth/logout", Value::Null).with_token(token);
        let answer = request.with_headers(&headers).of(address).await;
        self.hear(&answer.headers);
        answer.expect(204);
    }
}

on_both_databases! {
    async fn two_servers_on_one_host_leave_each_others_people_signed_in(storage: Storage) {
        let servers = [TestServer::start(storage).await, TestServer::start(storage).await];
        let [one, other] = servers.each_ref().map(|server| server.address.as_str());
        servers[0].person("mira").await;
        servers[1].person("ravi").await;
        let mut jar = Jar::default();
        let token = jar.signs_in(one, "mira").await;
        jar.signs_in(other, "ravi").await;
        for _ in 0..3 {
            for (address, name) in [(one, "mira"), (other, "ravi")] {
                let body = jar.refreshes(address).await.expect(200);
                assert_eq!(body["user"]["username"], name);
            }
        }
        jar.signs_out(one, &token).await;
        jar.refreshes(one).await.expect_problem(401, "invalid_refresh_token");
        assert_eq!(jar.refreshes(other).await.expect(200)["user"]["username"], "ravi");
    }

    async fn a_server_keeps_its_id_when_it_is_started_again(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        server.person("mira").await;
        let mut jar = Jar::default();
        jar.signs_in(&server.address, "mira").await;
        assert!(server.stop().await);
        server.start_again().await;
        jar.refreshes(&server.address).await.expect(200);
        assert_eq!(jar.0.keys().filter(|name| name.contains("refresh")).count(), 1, "{jar:?}");
    }

    async fn a_cookie_of_before_there_were_ids_is_taken_once(storage: Storage) {
        let server = TestServer::start(storage).await;
        server.person("mira").await;
        let mut jar = Jar::default();
        jar.signs_in(&server.address, "mira").await;
        let (name, value) = jar.refresh();
        let under_the_old_name = || Jar(BTreeMap::from([(OLD_NAME.to_owned(), value.clone())]));

        // Of a session that began since, it is as if it were not there.
        let mut fresh = under_the_old_name();
        fresh.refreshes(&server.address).await.expect_problem(401, "invalid_refresh_token");
        assert_eq!(fresh, under_the_old_name(), "and not this server's to clear");

        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let later = "UPDATE server_state SET named_at = 9999999999999";
        database.execute_unprepared(later).await.unwrap();
        database.close().await.unwrap();
        let mut old = under_the_old_name();
        old.refreshes(&server.address).await.expect(200);
        assert_eq!(old.refresh().0, name);
        assert!(!old.0.contains_key(OLD_NAME), "{old:?}");
        old.refreshes(&server.address).await.expect(200);

        // Another server's stays untouched, whatever is asked with it.
        let foreign = "Zm9yZWlnbg".repeat(7) + "Zm9yZQ";
        let mut both = old.clone();
        both.0.insert(OLD_NAME.to_owned(), foreign.clone());
        let body = both.refreshes(&server.address).await.expect(200);
        both.signs_out(&server.address, body["access_token"].as_str().unwrap()).await;
        assert_eq!(both.0.get(OLD_NAME), Some(&foreign));
        assert!(!both.0.contains_key(&name));
    }
}

#[tokio::test]
async fn a_browser_that_was_signed_in_before_is_not_kept_out() {
    let server = TestServer::start_with(Storage::Sqlite, &[]).await;
    let address = server.address.as_str();
    server.person("mira").await;
    server.person("ravi").await;
    let mut jar = Jar::default();
    let token = jar.signs_in(address, "mira").await;
    jar.signs_out(address, &token).await;
    // Somebody else signs in here in between: both are known.
    let token = jar.signs_in(address, "ravi").await;
    jar.signs_out(address, &token).await;
    assert!(!jar.0.keys().any(|name| name.contains("refresh")), "{jar:?}");
    let device = jar.0.iter().find(|(name, _)| name.starts_with("adda_device_"));
    let device = device.expect("what outlives the session").1.clone();
    let opened = jar.refreshes(address).await;
    opened.expect_problem(401, "invalid_refresh_token");

    loop {
        let guess = json!({"username": "mira", "password": "a guess"});
        if Request::post("/auth/login", guess).of(address).await.status == 429 {
            break;
        }
    }
    let right = json!({"username": "mira", "password": PASSWORD});
    let stranger = Request::post("/auth/login", right).of(address).await;
    stranger.expect_problem(429, "rate_limited");
    jar.signs_in(address, "mira").await;
    jar.signs_in(address, "ravi").await;
    let kept = jar.0.iter().find(|(name, _)| name.starts_with("adda_device_")).unwrap().1;
    assert_eq!(kept.len(), device.len(), "nobody is known twice");
}

#[tokio::test]
async fn a_browser_that_is_signed_in_becomes_known_when_it_next_refreshes() {
    let server = TestServer::start(Storage::Sqlite).await;
    server.person("mira").await;
    let mut jar = Jar::default();
    jar.signs_in(&server.address, "mira").await;
    jar.0.retain(|name, _| !name.contains("device"));
    jar.refreshes(&server.address).await.expect(200);
    assert!(jar.0.keys().any(|name| name.contains("device")), "{jar:?}");
}

#[tokio::test]
async fn over_tls_the_name_says_that_no_page_without_it_could_have_set_it() {
    let settings = [("ADDA_RATE_LIMITS", "off"), ("ADDA_TRUSTED_PROXIES", "127.0.0.1")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    server.person("mira").await;
    let body = json!({"username": "mira", "password": PASSWORD, "cookie": true});
    let headers = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
    let answer = Request::post("/auth/login", body).with_headers(&headers).of(&server.address);
    let answer = answer.await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(!set.is_empty());
    assert!(set[0].to_str().unwrap().contains("adda_refresh_"), "{set:?}");
    for set in set {
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Secure-adda_") && set.contains("; Secure"), "{set}");
    }
}
