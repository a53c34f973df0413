//! The pages for people who write clients: both specifications, browsable without any request to
//! somebody else.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::http::header;
use poem::{Response, handler};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::spec;

/// A page with the policy that lets its own scripts run and nothing else.
struct Page {
    html: String,
    policy: String,
}

impl Page {
    fn new(html: String) -> Self {
        // Swagger UI writes style attributes at run time; scripts are named by their hashes.
        let scripts: Vec<_> = inline_scripts(&html)
            .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
            .collect();
        let policy = format!(
            "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src 'self' data:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            if scripts.is_empty() { "'none'".to_owned() } else { scripts.join(" ") }
        );
        Self { html, policy }
    }

    fn response(&self) -> Response {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, &self.policy)
            .body(self.html.clone())
    }
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once('>')?;
        rest.split_once("</script>").map(|(script, _)| script)
    })
}

static OPENAPI: LazyLock<String> = LazyLock::new(|| pretty(&spec::openapi_document()));
static ASYNCAPI: LazyLock<String> = LazyLock::new(|| pretty(&spec::asyncapi_document()));

/// JSON as it is committed: indented, with a line end.
fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
}

/// The OpenAPI document, as committed.
#[must_use]
pub fn openapi_text() -> &'static str {
    &OPENAPI
}

/// The AsyncAPI document, as committed.
#[must_use]
pub fn asyncapi_text() -> &'static str {
    &ASYNCAPI
}

static REST_PAGE: LazyLock<Page> = LazyLock::new(|| {
    let html = spec::service().swagger_ui_html();
    let bar = "<body><nav style=\"font:15px/1.5 system-ui,sans-serif;padding:.6rem 1.2rem\">\
        <b>Adda</b> &middot; REST &middot; <a href=\"/docs/socket\">WebSocket</a> &middot; \
        <a href=\"/api/v1/openapi.json\">openapi.json</a></nav>";
    Page::new(html.replacen("<body>", bar, 1))
});

static SOCKET_PAGE: LazyLock<Page> =
    LazyLock::new(|| Page::new(socket_page(&spec::asyncapi_document())));

#[handler]
pub(super) fn rest_docs() -> Response {
    REST_PAGE.response()
}

#[handler]
pub(super) fn socket_docs() -> Response {
    SOCKET_PAGE.response()
}

fn json(text: &'static str) -> Response {
    Response::builder().content_type("application/json").body(text)
}

#[handler]
pub(super) fn openapi_json() -> Response {
    json(openapi_text())
}

#[handler]
pub(super) fn asyncapi_json() -> Response {
    json(asyncapi_text())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn socket_page(document: &Value) -> String {
    let about = document["info"]["description"].as_str().unwrap_or("");
    let section = |title: &str, prefix: &str| {
        let messages = document["components"]["messages"].as_object().into_iter().flatten();
        let frames: String = messages
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(_, message)| frame(document, message))
            .collect();
        format!("<h2>{title}</h2>{frames}")
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Adda, the socket</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>\
         :root{{color-scheme:light dark}}\
         body{{font:16px/1.6 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1.2rem}}\
         code,h3{{font-family:ui-monospace,monospace;font-size:.95em}}\
         h3{{margin:1.6rem 0 .2rem}}table{{border-collapse:collapse;width:100%}}\
         td{{padding:.2rem .8rem .2rem 0;vertical-align:top;border-top:1px solid #8884}}\
         td:first-child{{width:12rem}}td:nth-child(2){{width:9rem;opacity:.75}}p{{margin:.2rem 0}}\
         </style></head><body><nav><b>Adda</b> &middot; <a href=\"/docs\">REST</a> &middot; WebSocket \
         &middot; <a href=\"/api/v1/asyncapi.json\">asyncapi.json</a></nav><h1>The socket</h1>\
         <p><code>/ws</code> carries all of a person's rooms, <code>/ws/chat/{{room}}</code> one of \
         them.</p><p>{}</p>{}{}</body></html>",
        escape(about),
        section("What a client may say", "client."),
        section("What the server says", "server."),
    )
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap_or(schema),
        None => schema,
    }
}

fn frame(document: &Value, message: &Value) -> String {
    let variant = resolve(document, &message["payload"]["schema"]);
    let object = resolve(document, &variant["allOf"][1]);
    let required: Vec<_> =
        object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: String = object["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let named = schema["$ref"].as_str().or(schema["items"]["$ref"].as_str());
            let kind = named.and_then(|path| path.rsplit('/').next());
            let kind = kind.or(schema["type"].as_str()).unwrap_or("object");
            let list = if schema["type"] == "array" { " list" } else { "" };
            let optional = if required.contains(&name.as_str()) { "" } else { "?" };
            let about = schema["description"]
                .as_str()
                .or_else(|| resolve(document, schema)["description"].as_str());
            format!(
                "<tr><td><code>{name}{optional}</code></td><td>{kind}{list}</td><td>{}</td></tr>",
                escape(about.unwrap_or(""))
            )
        })
        .collect();
    format!(
        "<h3>{}</h3><p>{}</p><table>{rows}</table>",
        message["name"].as_str().unwrap_or(""),
        escape(message["summary"].as_str().unwrap_or("")),
    )
}
