//! Who may do what: every operation of the OpenAPI document, asked by everybody.

use reqwest::Method;
use serde_json::{Value, json};
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
        | "listPublicRooms" | "getRoom" | "listMembers" | "listMessages" | "getMessage"
        | "listChanges" | "listReceipts" | "removeAvatar" => [401, 200, 200, 200, 200],
        // Asked without a picture, so that nobody looks otherwise.
        "setAvatar" => [401, 415, 415, 415, 415],
        "createRoom" => [401, 201, 201, 201, 201],
        // With somebody who is new each time.
        "openPrivateRoom" => [401, 201, 201, 201, 201],
        "logout" | "joinRoom" | "leaveRoom" => [401, 204, 204, 204, 204],
        // Asked with a password that is too short, so that nobody's sessions end.
        "changePassword" => [401, 400, 400, 400, 400],
        // For members.
        "sendMessage" => [401, 403, 201, 403, 201],
        "markRead" => [401, 403, 200, 403, 200],
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
        "getRoom" | "listMembers" | "listMessages" | "getMessage" | "listChanges"
        | "listReceipts" | "markRead" => [401, 404, 200, 404, 200],
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
        _ => return None,
    })
}

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
