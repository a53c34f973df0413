//! People: an account, its tokens and what it asks of the server.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::socket::Socket;
use super::specification;

/// Everybody's password in these tests.
pub(crate) const PASSWORD: &str = "two cups of tea";

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// The username.
    pub(crate) username: String,
    /// The user's number.
    pub(crate) id: i64,
    /// The access token.
    pub(crate) access_token: String,
    /// The refresh token.
    pub(crate) refresh_token: String,
    client: Client,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// Expects a problem of this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Value {
        let content_type = self.headers["content-type"].to_str().unwrap().to_owned();
        let body = self.expect(status);
        assert_eq!(content_type, "application/problem+json");
        assert_eq!(body["code"], code, "{body:#}");
        assert_eq!(body["status"], status);
        assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body:#}");
        body
    }
}

/// A request of anybody: with a token or none, with headers of its own.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    /// Below `/api/v1`.
    pub(crate) path: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) body: Option<Value>,
    pub(crate) headers: &'a [(&'static str, &'a str)],
}

impl<'a> Request<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, token: None, body: None, headers: &[] }
    }

    pub(crate) fn post(path: &'a str, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path) }
    }

    pub(crate) fn with_token(self, token: &'a str) -> Self {
        Self { token: Some(token), ..self }
    }

    pub(crate) fn with_headers(self, headers: &'a [(&'static str, &'a str)]) -> Self {
        Self { headers, ..self }
    }

    /// Asks a server at an address.
    pub(crate) async fn of(self, address: &str) -> Answer {
        self.send(&Client::new(), address).await
    }

    /// Asks, and holds the answer against the OpenAPI document: an operation answers with nothing
    /// that it does not declare.
    pub(crate) async fn send(self, client: &Client, address: &str) -> Answer {
        self.try_to_send(client, address).await.unwrap()
    }

    /// The same of a server that may be gone: the error is that no whole answer came.
    async fn try_to_send(self, client: &Client, address: &str) -> Result<Answer, reqwest::Error> {
        let url = format!("http://{address}/api/v1{}", self.path);
        let mut request = client.request(self.method.clone(), url).timeout(Duration::from_secs(30));
        if let Some(token) = self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        specification::check(&self.method, self.path, status.as_u16(), &headers, &body);
        Ok(Answer { status, body, headers })
    }
}

impl Person {
    /// Registers somebody new.
    pub(crate) async fn register(address: &str, username: &str) -> Self {
        let request = json!({"username": username, "password": PASSWORD});
        Self::sign_in(address, "/auth/register", request).await
    }

    /// Registers or signs in by a request of one's own.
    pub(crate) async fn sign_in(address: &str, path: &str, request: Value) -> Self {
        let client = Client::new();
        let answer = Request::post(path, request).send(&client, address).await;
        assert!(answer.status.is_success(), "{:#}", answer.body);
        Self::from_tokens(address, client, &answer.body)
    }

    /// The same person, who asks the server at another address.
    pub(crate) fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Signs an existing person in on another device.
    pub(crate) async fn another_device(&self) -> Self {
        let request = json!({"username": self.username, "password": PASSWORD});
        Self::sign_in(&self.address, "/auth/login", request).await
    }

    fn from_tokens(address: &str, client: Client, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            address: address.to_owned(),
            username: text(&body["user"]["username"]),
            id: body["user"]["id"].as_i64().unwrap(),
            access_token: text(&body["access_token"]),
            refresh_token: text(&body["refresh_token"]),
            client,
        }
    }

    /// Asks for anything in this person's name.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = Some(self.access_token.as_str());
        let request = Request { method, path, token, body, headers: &[] };
        request.send(&self.client, &self.address).await
    }

    /// Asks a server that may be gone.
    pub(crate) async fn tries(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let token = Some(self.access_token.as_str());
        let request = Request { method, path, token, body, headers: &[] };
        request.try_to_send(&self.client, &self.address).await
    }

    /// Takes the session's next tokens of a server that may be gone; answers whether they came.
    pub(crate) async fn tries_to_renew(&mut self) -> bool {
        let body = json!({"refresh_token": self.refresh_token});
        let request = Request::post("/auth/refresh", body);
        let Ok(answer) = request.try_to_send(&self.client, &self.address).await else {
            return false;
        };
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            return false;
        }
        let client = self.client.clone();
        *self = Self::from_tokens(&self.address, client, &answer.expect(200));
        true
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Makes a public room.
    pub(crate) async fn makes_room(&self, name: &str) {
        self.post("/rooms", json!({"name": name})).await.expect(201);
    }

    /// Joins a public room.
    pub(crate) async fn joins(&self, room: &str) {
        self.put(&format!("/rooms/{room}/membership"), Value::Null).await.expect(204);
    }

    /// Leaves a public room.
    pub(crate) async fn leaves(&self, room: &str) {
        self.delete(&format!("/rooms/{room}/membership")).await.expect(204);
    }

    /// Writes a message by REST; answers it.
    pub(crate) async fn writes(&self, room: &str, text: &str) -> Value {
        let request = json!({"client_id": Uuid::new_v4(), "text": text});
        self.post(&format!("/rooms/{room}/messages"), request).await.expect(201)
    }

    /// Opens a socket for all rooms and waits until it is ready.
    pub(crate) async fn connects(&self) -> Socket {
        self.connects_with(json!({"type": "auth", "token": self.access_token})).await
    }

    /// Opens a socket that goes on after these numbers.
    pub(crate) async fn resumes(&self, rooms: Value) -> Socket {
        let resume = json!({"rooms": rooms});
        self.connects_with(json!({"type": "auth", "token": self.access_token, "resume": resume}))
            .await
    }

    /// Opens a socket with this first frame and waits until it is ready.
    pub(crate) async fn connects_with(&self, auth: Value) -> Socket {
        let mut socket = Socket::open(&self.address, "/ws").await;
        socket.say(auth).await;
        socket.hears("ready").await;
        socket
    }

    /// Opens a socket for one room alone and waits until it is ready.
    pub(crate) async fn connects_to(&self, room: &str) -> Socket {
        let mut socket = Socket::open(&self.address, &format!("/ws/chat/{room}")).await;
        socket.say(json!({"type": "auth", "token": self.access_token})).await;
        socket.hears("ready").await;
        socket
    }

    /// The whole history of a room, page by page from its end.
    pub(crate) async fn reads_all(&self, room: &str) -> Vec<Value> {
        let mut messages: Vec<Value> = Vec::new();
        loop {
            let before = messages.first().map_or(i64::MAX, |first| first["seq"].as_i64().unwrap());
            let path = format!("/rooms/{room}/messages?limit=100&before={before}");
            let page = self.get(&path).await.expect(200);
            let mut items = page["items"].as_array().unwrap().clone();
            items.append(&mut messages);
            messages = items;
            if page["has_before"] == false {
                return messages;
            }
        }
    }
}
