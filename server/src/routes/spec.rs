//! The two specifications, made from the types that the server itself reads and writes.

use std::collections::BTreeMap;

use adda_protocol::command::ClientFrame;
use adda_protocol::event::ServerFrame;
use poem_openapi::registry::Registry;
use poem_openapi::types::Type;
use poem_openapi::{ExternalDocumentObject, LicenseObject, OpenApiService, ServerObject};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::features::accounts::AccountsApi;
use crate::features::inbox::InboxApi;
use crate::features::media::{AvatarsApi, MediaApi, UploadsApi};
use crate::features::messages::MessagesApi;
use crate::features::rooms::RoomsApi;
use crate::features::search::SearchApi;

/// The REST API's parts.
pub(super) type Api =
    (AccountsApi, AvatarsApi, RoomsApi, MediaApi, UploadsApi, MessagesApi, InboxApi, SearchApi);

const ABOUT: &str = "Adda is a self-hosted chat engine. Sign in with `POST /auth/login`, send the \
    access token as `Authorization: Bearer`, and listen on the WebSocket `/ws` (see the AsyncAPI \
    document, `/api/v1/asyncapi.json`). Times are RFC 3339 in UTC. Optional fields are absent when \
    there is nothing to say. Every failure is a problem object (RFC 9457) whose `code` is stable. All \
    requests and sockets of a person share one budget: whoever asks for one thing after the other is at \
    most slowed, whoever asks for too much at once is answered 429 with `Retry-After`.";

const LICENSE: &str = "MIT OR Apache-2.0";
const LICENSE_URL: &str = "https://spdx.org/licenses/MIT.html";

/// The REST API as an endpoint that also knows its own specification.
pub(super) fn service() -> OpenApiService<Api, ()> {
    let api =
        (AccountsApi, AvatarsApi, RoomsApi, MediaApi, UploadsApi, MessagesApi, InboxApi, SearchApi);
    OpenApiService::new(api, "Adda", env!("CARGO_PKG_VERSION"))
        .description(ABOUT)
        .license(LicenseObject::new(LICENSE).url(LICENSE_URL))
        .external_document(
            ExternalDocumentObject::new("/docs/socket").description("The WebSocket's frames"),
        )
        .server(ServerObject::new("/api/v1").description("This server"))
}

pub(super) fn openapi_document() -> Value {
    let Ok(Generated { paths, rest }) = serde_json::from_str(&service().spec()) else {
        return Value::Null;
    };
    let mut document = Value::Object(rest);
    document["paths"] = Value::Object(paths.0);
    tidy(&mut document);
    document
}

/// The generator's document. It lists a path once for each feature that has operations there.
#[derive(Deserialize)]
struct Generated {
    paths: Paths,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The paths, each with the operations of all the features.
struct Paths(Map<String, Value>);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Merge;
        impl<'de> Visitor<'de> for Merge {
            type Value = Paths;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("paths with their operations")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Paths, A::Error> {
                let mut paths = Map::new();
                while let Some((path, operations)) =
                    access.next_entry::<String, Map<String, Value>>()?
                {
                    match paths.entry(path).or_insert_with(|| json!({})) {
                        Value::Object(known) => known.extend(operations),
                        _ => return Err(serde::de::Error::custom("a path is an object")),
                    }
                }
                Ok(Paths(paths))
            }
        }
        deserializer.deserialize_map(Merge)
    }
}

/// What the generator cannot say of an object. A reference with a description of its own is one
/// schema that is described, not two that both hold; and what the server reads may say `null` for a
/// field that may be absent.
fn describe(schema: &mut Value, is_input: bool) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        describe(part, is_input);
    }
    let Some(schema) = schema.as_object_mut() else { return };
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        required.as_array().is_some_and(|names| names.iter().any(|required| required == name))
    };
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let described = match property["allOf"].as_array().map(Vec::as_slice) {
            Some([reference, about]) if reference["$ref"].is_string() => {
                let mut described = about.as_object().cloned().unwrap_or_default();
                described.insert("allOf".to_owned(), json!([reference]));
                Some(described)
            }
            _ => None,
        };
        if let Some(described) = described {
            *property = Value::Object(described);
        }
        if is_input && !is_required(name) && property["type"].is_string() {
            property["nullable"] = json!(true);
        }
    }
}

/// `UPLOAD-OFFSET`, as the generator has it, as people write it.
fn header_name(name: &str) -> String {
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + &rest.to_lowercase()
    };
    name.split('-').map(capitalised).collect::<Vec<_>>().join("-")
}

/// What the generator cannot say: that an operation is open to everybody, what the tags are, and how headers
/// are written.
fn tidy(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.filter_map(|(_, operations)| operations.as_object_mut()).flatten();
    for operation in operations.filter_map(|(_, operation)| operation.as_object_mut()) {
        operation.entry("security").or_insert_with(|| json!([]));
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (_, answer) in answers.into_iter().flatten() {
            if let Some(headers) = answer.get_mut("headers").and_then(Value::as_object_mut) {
                let named = std::mem::take(headers).into_iter();
                headers.extend(named.map(|(name, about)| (header_name(&name), about)));
            }
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas {
            describe(schema, name.ends_with("Request"));
        }
    }
    document["tags"] = json!([
        {"name": "accounts", "description": "Signing in, devices, profiles and the directory of people."},
        {"name": "messages", "description": "Writing, changing and reading messages."},
        {"name": "rooms", "description": "Rooms and their members."},
    ]);
}

/// The AsyncAPI document. Payloads are OpenAPI schemas, the same that the REST API uses.
pub(super) fn asyncapi_document() -> Value {
    let mut registry = Registry::new();
    ClientFrame::register(&mut registry);
    ServerFrame::register(&mut registry);
    let mut schemas: Map<String, Value> = registry
        .schemas
        .iter()
        .filter_map(|(name, schema)| {
            let mut schema = serde_json::to_value(schema).ok()?;
            // These are JSON Schema, where `null` would be a type of its own.
            describe(&mut schema, false);
            Some((name.clone(), schema))
        })
        .collect();

    let client = messages(&schemas, "ClientFrame");
    let server = messages(&schemas, "ServerFrame");
    // OpenAPI's way to tell the frames apart; here the one value of each `type` does.
    for union in ["ClientFrame", "ServerFrame"] {
        if let Some(union) = schemas.get_mut(union).and_then(Value::as_object_mut) {
            union.remove("discriminator");
        }
    }
    let references = |messages: &BTreeMap<String, Value>, from: &str| -> Vec<Value> {
        messages.keys().map(|key| json!({"$ref": format!("{from}/messages/{key}")})).collect()
    };
    let all: BTreeMap<_, _> = client.iter().chain(&server).collect();
    let in_channel: BTreeMap<_, _> = all
        .keys()
        .map(|key| (*key, json!({"$ref": format!("#/components/messages/{key}")})))
        .collect();
    let channel = |address: &str, about: &str, parameters: Value| json!({"address": address, "description": about, "parameters": parameters, "messages": in_channel});
    let operation =
        |action: &str, channel: &str, summary: &str, messages: &BTreeMap<String, Value>| {
            let path = format!("#/channels/{channel}");
            json!({
                "action": action,
                "summary": summary,
                "channel": {"$ref": path},
                "security": [{"$ref": "#/components/securitySchemes/bearer"}],
                "messages": references(messages, &path),
            })
        };
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Adda, the socket",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One JSON object per text frame, named by its `type`. The first frame is \
                `auth`, within five seconds, unless the handshake carried `Authorization: Bearer`. \
                Clients ignore types and fields that they do not know. A client that has a refresh \
                token uses it once before it believes 4500 or 4505. All sockets and requests of a \
                person share one budget; whoever has used it up is answered `error` with the code \
                `rate_limited` and `retry_after_ms`, stays connected, and is not read for up to a \
                second: wait as told and send it again. Close codes from 4000 to \
                4499 mean reconnect (4000 internal, 4001 heartbeat, 4002 draining, 4003 slow \
                consumer, 4004 token expired: with the next one, 4006 rate limited), from 4500 to 4999 stop (4500 auth \
                failed, 4501 auth timeout, 4502 protocol error, 4504 room forbidden, 4505 session \
                revoked, 4506 account disabled, 4508 frame too large).",
            "license": {"name": LICENSE, "url": LICENSE_URL},
        },
        "servers": {"this": {"host": "localhost:8000", "protocol": "ws", "description": "This server"}},
        "defaultContentType": "application/json",
        "channels": {
            "everyRoom": channel("/ws", "All of the person's rooms on one socket.", json!({})),
            "oneRoom": channel(
                "/ws/chat/{room}",
                "The same frames for one room alone; opening a public room joins it.",
                json!({"room": {"description": "The room's name."}}),
            ),
        },
        "operations": {
            "say": operation("receive", "everyRoom", "What a client may say.", &client),
            "hear": operation("send", "everyRoom", "What the server says.", &server),
            "sayInRoom": operation("receive", "oneRoom", "What a client may say.", &client),
            "hearInRoom": operation("send", "oneRoom", "What the server says.", &server),
        },
        "components": {
            "messages": all,
            "schemas": schemas,
            "securitySchemes": {"bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token, in the first frame (`auth`) or, where the client \
                    can set headers, as `Authorization: Bearer` on the handshake.",
            }},
        },
    })
}

/// The messages of a union of frames, by a key made of direction and type.
fn messages(schemas: &Map<String, Value>, union: &str) -> BTreeMap<String, Value> {
    let mapping = schemas[union]["discriminator"]["mapping"].as_object();
    let message = |(kind, reference): (&String, &Value)| {
        let variant = reference.as_str().and_then(|path| path.rsplit('/').next()).unwrap_or("");
        let object = variant.rsplit('_').next().unwrap_or("");
        let about = schemas.get(object).and_then(|schema| schema["description"].as_str());
        let payload = json!({
            "schemaFormat": "application/vnd.oai.openapi;version=3.0.0",
            "schema": {"$ref": reference},
        });
        let key = format!("{}.{kind}", union.trim_end_matches("Frame").to_lowercase());
        (
            key,
            json!({"name": kind, "title": kind, "summary": about.unwrap_or(""), "payload": payload}),
        )
    };
    mapping.into_iter().flatten().map(message).collect()
}

/// Which methods each address of the API has, for the `Allow` header.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    paths: Vec<(Vec<String>, String)>,
}

impl Allowed {
    pub(super) fn of(openapi: &Value) -> Self {
        let paths = openapi["paths"].as_object().into_iter().flatten().map(|(path, operations)| {
            let methods = operations.as_object().into_iter().flatten();
            let methods: Vec<_> = methods.map(|(method, _)| method.to_uppercase()).collect();
            let full = format!("/api/v1{path}");
            (full.split('/').map(str::to_owned).collect(), methods.join(", "))
        });
        Self { paths: paths.collect() }
    }

    pub(super) fn methods(&self, path: &str) -> Option<String> {
        let segments: Vec<_> = path.split('/').collect();
        let matches = |template: &[String]| {
            template.len() == segments.len()
                && template.iter().zip(&segments).all(|(t, s)| t.starts_with('{') || t == s)
        };
        let of_api = self.paths.iter().filter(|(template, _)| matches(template));
        // A fixed segment is more precise than a parameter: `/users/me` before `/users/{user_id}`.
        let fixed = |template: &[String]| template.iter().filter(|t| !t.starts_with('{')).count();
        of_api
            .max_by_key(|(template, _)| fixed(template))
            .map(|(_, methods)| methods.clone())
            .or_else(|| (!path.starts_with("/api/")).then(|| "GET, HEAD".to_owned()))
    }
}
