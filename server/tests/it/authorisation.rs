//! Who may do what: every operation of the OpenAPI document, asked by everybody.

use std::time::Duration;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{OPENAPI, PASSWORD, Person, Request, Storage, TestServer};

/// What is answered to nobody, to a stranger to the room, to a member of it, to an administrator
/// who is a stranger to it, and to Mira, whose room, message and session it is about.
///
/// An operation without an entry fails the test: say here who may do it.
fn expected(operation: &str) -> Option<[u16; 5]> {
    Some(match operation {
        // Open: these make somebody somebody.
        "register" => [201; 5],
        "login" | "refresh" => [200; 5],
        // About oneself, or about what everybody with an account may see.
        "listSessions" | "getMe" | "updateMe" | "listRooms" | "listUsers" | "getUser"
        | "listPublicRooms" | "listSharedRooms" | "getRoom" | "listMembers" | "listMessages"
        | "getMessage" | "listChanges" | "listReceipts" | "removeAvatar" | "markListened"
        | "getMedia" | "getMediaUsage" | "search" | "searchRoom" => [401, 200, 200, 200, 200],
        // Asked without a picture, so that nobody looks otherwise.
        "setAvatar" => [401, 415, 415, 415, 415],
        // Without a recording, so that nothing is kept.
        "uploadMedia" => [401, 415, 415, 415, 415],
        // Open: what the protocol of uploads can do.
        "describeUploads" => [204; 5],
        // Without a length, and without an offset.
        "beginUpload" | "continueUpload" => [401, 400, 400, 400, 400],
        "getUpload" => [401, 404, 404, 404, 200],
        "cancelUpload" => [401, 404, 404, 404, 204],
        "createRoom" => [401, 201, 201, 201, 201],
        // With somebody who is new each time.
        "openPrivateRoom" => [401, 201, 201, 201, 201],
        "logout" | "joinRoom" | "leaveRoom" => [401, 204, 204, 204, 204],
        // Asked with a password that is too short, so that nobody's sessions end.
        "changePassword" => [401, 400, 400, 400, 400],
        // For members.
        "sendMessage" => [401, 403, 201, 403, 201],
        "markRead" | "updateRoomPreferences" => [401, 403, 200, 403, 200],
        // For whose thing it is; for the room also administrators.
        "editMessage" | "deleteMessage" => [401, 403, 403, 403, 200],
        "updateRoom" => [401, 403, 403, 200, 200],
        "endSession" => [401, 404, 404, 404, 204],
        _ => return None,
    })
}

/// The same of the operations about a room, when it is Mira's private room with Ravi: what is answered
/// to nobody, to a third person, to Ravi, to an administrator, and to Mira. For others it is not there.
fn expected_in_private(operation: &str) -> Option<[u16; 5]> {
    Some(match operation {
        "getRoom"
        | "listMembers"
        | "listMessages"
        | "getMessage"
        | "listChanges"
        | "listReceipts"
        | "markRead"
        | "updateRoomPreferences"
        | "markListened"
        | "searchRoom" => [401, 404, 200, 404, 200],
        "sendMessage" => [401, 404, 201, 404, 201],
        "joinRoom" => [401, 404, 204, 404, 204],
        "leaveRoom" | "updateRoom" => [401, 404, 403, 404, 403],
        "editMessage" | "deleteMessage" => [401, 404, 403, 404, 200],
        _ => return None,
    })
}

/// The body with which an operation is asked; `None` where it takes none.
async fn body(operation: &str, mira: &Person) -> Option<Value> {
    let unique = Uuid::new_v4().simple().to_string();
    Some(match operation {
        "register" => json!({"username": &unique[..20], "password": PASSWORD}),
        "login" => json!({"username": "mira", "password": PASSWORD}),
        "refresh" => json!({"refresh_token": mira.another_device().await.refresh_token}),
        "changePassword" => json!({"current_password": PASSWORD, "new_password": "short"}),
        "updateMe" => json!({}),
        "createRoom" => json!({"name": unique}),
        "updateRoom" => json!({"title": unique}),
        "sendMessage" => json!({"client_id": Uuid::new_v4(), "text": "hello"}),
        "editMessage" => json!({"text": unique}),
        "markRead" => json!({"seq": 1}),
        "updateRoomPreferences" => json!({"pinned": true}),
        _ => return None,
    })
}

/// All of a file that is sent in parts.
const PART: &[u8] = b"two cups of tea";

/// The path of an operation about Mira's things.
async fn path(template: &str, room: &str, mira: &Person) -> String {
    if template == "/users/{user_id}/private-room" {
        let somebody = &Uuid::new_v4().simple().to_string()[..20];
        let somebody = Person::register(&mira.address, somebody).await;
        return template.replace("{user_id}", &somebody.id.to_string());
    }
    let mut path = template.replace("{room}", room).replace("{user_id}", &mira.id.to_string());
    if path.contains("{message_id}") {
        let message = mira.writes(room, "hers").await;
        path = path.replace("{message_id}", message["id"].as_str().unwrap());
    }
    if path.contains("{media_id}") {
        let media = crate::media::uploads(mira, "mono-8k-mulaw.wav").await;
        let message = json!({"client_id": Uuid::new_v4(), "media": [media["id"]]});
        mira.post(&format!("/rooms/{room}/messages"), message).await.expect(201);
        path = path.replace("{media_id}", media["id"].as_str().unwrap());
    }
    if path.contains("{upload_id}") {
        let length = PART.len().to_string();
        let request = Request {
            body: None,
            headers: &[("upload-length", &length)],
            ..Request::post("/media/uploads", Value::Null).with_token(&mira.access_token)
        };
        let begun = request.of(&mira.address).await;
        let location = begun.headers["location"].to_str().unwrap();
        path = location.strip_prefix("/api/v1").unwrap().to_owned();
    }
    if path.contains("{session_id}") {
        let device = mira.another_device().await;
        let sessions = device.get("/auth/sessions").await.expect(200);
        let session = sessions["items"].as_array().unwrap().iter().find(|s| s["current"] == true);
        path = path.replace("{session_id}", session.unwrap()["id"].as_str().unwrap());
    }
    assert!(!path.contains('{'), "{template} has a parameter that this test does not know");
    path
}

/// An operation of the document.
struct Operation {
    template: String,
    method: Method,
    description: Value,
}

impl Operation {
    fn every() -> Vec<Self> {
        let paths = OPENAPI["paths"].as_object().unwrap();
        let of_path = |(path, methods): (&String, &Value)| {
            let methods = methods.as_object().unwrap().clone();
            let path = path.clone();
            methods.into_iter().map(move |(method, description)| Self {
                template: path.clone(),
                method: method.to_uppercase().parse().unwrap(),
                description,
            })
        };
        paths.iter().flat_map(of_path).collect()
    }

    fn name(&self) -> &str {
        self.description["operationId"].as_str().unwrap()
    }

    /// What its row in a table says.
    fn row(&self, table: fn(&str) -> Option<[u16; 5]>) -> [u16; 5] {
        let name = self.name();
        table(name).unwrap_or_else(|| panic!("{name} is new: say in this test who may do it"))
    }

    /// Asks for it about Mira's things in a room; says what is wrong where the answer is another.
    async fn check(
        &self,
        mira: &Person,
        room: &str,
        (who, person): (&str, Option<&Person>),
        expected: u16,
    ) -> Option<String> {
        let request = Request {
            method: self.method.clone(),
            path: &path(&self.template, room, mira).await,
            token: person.map(|person| person.access_token.as_str()),
            body: body(self.name(), mira).await,
            headers: &[],
        };
        let answer = request.of(&mira.address).await;
        let code = &answer.body["code"];
        (answer.status.as_u16() != expected)
            .then(|| format!("{} by {who}: {} {code}", self.name(), answer.status))
    }
}

on_both_databases! {
    async fn everybody_may_do_what_the_table_says_and_nothing_else(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let token = server.setup_token.clone().unwrap();
        let admin = server.administrator("asha", &token).await;
        mira.makes_room("rust").await;
        mira.writes("rust", "first").await;

        let everybody = [
            ("nobody", None),
            ("a stranger", Some(&tara)),
            ("a member", Some(&ravi)),
            ("an administrator", Some(&admin)),
            ("Mira", Some(&mira)),
        ];
        let mut wrong = Vec::new();
        for operation in Operation::every() {
            let expected = operation.row(expected);
            let security = &operation.description["security"];
            let is_open = security.as_array().is_some_and(Vec::is_empty);
            let name = operation.name();
            assert_eq!(expected[0] == 401, !is_open, "{name} and its `security` disagree");
            for ((who, person), expected) in everybody.iter().zip(expected) {
                mira.joins("rust").await;
                ravi.joins("rust").await;
                tara.leaves("rust").await;
                admin.leaves("rust").await;
                // On a device of its own, which may be signed out.
                let device = match person {
                    Some(person) => Some(person.another_device().await),
                    None => None,
                };
                wrong.extend(operation.check(&mira, "rust", (who, device.as_ref()), expected).await);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn a_private_room_is_there_for_its_two_people_and_for_nobody_else(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let tara = server.person("tara").await;
        let token = server.setup_token.clone().unwrap();
        let admin = server.administrator("asha", &token).await;
        let opened = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let room = opened.expect(201)["name"].as_str().unwrap().to_owned();
        mira.writes(&room, "first").await;

        let everybody = [
            ("nobody", None),
            ("a third person", Some(&tara)),
            ("the other person of the pair", Some(&ravi)),
            ("an administrator", Some(&admin)),
            ("Mira", Some(&mira)),
        ];
        let mut wrong = Vec::new();
        let of_rooms = |operation: &Operation| operation.template.contains("{room}");
        for operation in Operation::every().into_iter().filter(of_rooms) {
            let expected = operation.row(expected_in_private);
            for ((who, person), expected) in everybody.iter().zip(expected) {
                wrong.extend(operation.check(&mira, &room, (who, *person), expected).await);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// The bytes of a body, and their type, with which an operation is asked.
async fn bytes(operation: &Operation, mira: &Person) -> (&'static str, Vec<u8>) {
    let content = operation.description["requestBody"]["content"].as_object().unwrap();
    if content.contains_key("multipart/form-data") {
        let form = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\
                    Content-Type: image/png\r\n\r\nnot a picture\r\n--cut--";
        return ("multipart/form-data; boundary=cut", form.into());
    }
    if content.contains_key("application/offset+octet-stream") {
        return ("application/offset+octet-stream", PART.into());
    }
    let mut body = body(operation.name(), mira).await.expect("a body");
    if operation.name() == "changePassword" {
        body["new_password"] = json!("three cups of tea");
    }
    ("application/json", body.to_string().into())
}

/// Reads until there is what is waited for.
async fn reads_until(stream: &mut TcpStream, is_there: impl Fn(&str) -> bool) -> String {
    let mut read = Vec::new();
    let reading = async {
        while !is_there(&String::from_utf8_lossy(&read)) {
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the connection ended");
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("something comes");
    String::from_utf8(read).unwrap()
}

/// Asks for every operation that takes a body on a device of its own, whose session or account ends
/// while the body is on its way; answers what was answered otherwise than it should.
async fn ended_meanwhile(
    server: &TestServer,
    end: impl AsyncFn(&Person),
    begin_again: impl AsyncFn(),
    code: &str,
) -> Vec<String> {
    let mira = server.person("mira").await;
    mira.makes_room("rust").await;
    let mut wrong = Vec::new();
    let takes_a_body = |operation: &Operation| {
        operation.description["requestBody"].is_object()
            && operation.description["security"] != json!([])
    };
    for operation in Operation::every().into_iter().filter(takes_a_body) {
        let path = path(&operation.template, "rust", &mira).await;
        let (kind, body) = bytes(&operation, &mira).await;
        let device = mira.another_device().await;
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let head = format!(
            "{} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\nUpload-Offset: 0\r\n\
             Expect: 100-continue\r\n\r\n",
            operation.method,
            server.address,
            device.access_token,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // Whoever is asked for the body was recognised.
        let asked = reads_until(&mut stream, |text| text.ends_with("\r\n\r\n")).await;
        assert!(asked.starts_with("HTTP/1.1 100"), "{}: {asked}", operation.name());
        let (first, last) = body.split_at(body.len() - 1);
        stream.write_all(first).await.unwrap();
        end(&device).await;
        stream.write_all(last).await.unwrap();
        let answer = reads_until(&mut stream, |text| text.contains("}")).await;
        if !answer.contains(&format!("\"code\":\"{code}\"")) {
            wrong.push(format!("{}: {answer}", operation.name()));
        }
        begin_again().await;
    }
    wrong
}

on_both_databases! {
    async fn who_is_signed_out_while_a_body_arrives_does_nothing_with_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let sign_out = async |device: &Person| {
            device.post("/auth/logout", Value::Null).await.expect(204);
        };
        let wrong = ended_meanwhile(&server, sign_out, async || {}, "unauthorized").await;
        assert_eq!(wrong, Vec::<String>::new());
        let ravi = server.person("ravi").await;
        let said = ravi.reads_all("rust").await;
        assert!(said.iter().all(|message| message["text"] != "hello"), "{said:#?}");
    }

    async fn who_is_disabled_while_a_body_arrives_does_nothing_with_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let disable = async |device: &Person| {
            let sql = format!("UPDATE users SET disabled_at = 1 WHERE id = {}", device.id);
            database.execute_unprepared(&sql).await.unwrap();
            // Seen by the server as by everybody.
            device.get("/users/me").await.expect_problem(403, "account_disabled");
        };
        let enable = async || {
            database.execute_unprepared("UPDATE users SET disabled_at = NULL").await.unwrap();
        };
        let wrong = ended_meanwhile(&server, disable, enable, "account_disabled").await;
        assert_eq!(wrong, Vec::<String>::new());
        database.close().await.unwrap();
    }
}
