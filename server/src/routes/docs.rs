//! The pages for people who write clients: both specifications, browsable without any request to
//! somebody else.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use poem::http::header;
use poem::{Response, handler};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::spec;

/// A page with the policy that lets its own scripts run and nothing else.
struct Page {
    /// Shared by all who read it.
    html: Bytes,
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
        Self { html: html.into(), policy }
    }

    fn response(&self) -> Response {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, &self.policy)
            .body(self.html.clone())
    }
}

/// The scripts in a page. A script may itself speak of `<script`: it ends at the first end tag.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, tag) = rest.split_once("<script")?;
        let (_, content) = tag.split_once('>')?;
        let (script, after) = content.split_once("</script>")?;
        rest = after;
        Some(script)
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
pub(crate) fn openapi_text() -> &'static str {
    &OPENAPI
}

/// The AsyncAPI document, as committed.
#[must_use]
pub(crate) fn asyncapi_text() -> &'static str {
    &ASYNCAPI
}

static REST_PAGE: LazyLock<Page> = LazyLock::new(|| {
    let service = spec::service();
    // The page is the framework's; the document in it is ours, which lists every operation.
    let html = service.swagger_ui_html().replacen(&service.spec(), openapi_text(), 1);
    let head = format!("<head>{HEAD}<style>{NAVIGATION_STYLE}{REST_STYLE}</style>");
    let body = format!("{}<div id=\"ui\"></div>", navigation(DocsPage::Rest));
    let html = html
        .replacen("<html charset=\"UTF-8\">", "<html lang=\"en\">", 1)
        .replacen("<head>", &head, 1)
        .replacen("<title>Swagger UI</title>", "<title>Adda, the REST API</title>", 1)
        .replacen("<div id=\"ui\"></div>", &body, 1);
    Page::new(format!("<!doctype html>{}", html.trim_start()))
});

/// Where in the documentation a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DocsPage {
    Rest,
    Socket,
}

fn navigation(page: DocsPage) -> String {
    let entry = |at: DocsPage, address: &str, name: &str| {
        let current = if at == page { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{address}\"{current}>{name}</a>")
    };
    let document = match page {
        DocsPage::Rest => "<a href=\"/api/v1/openapi.json\">openapi.json</a>",
        DocsPage::Socket => "<a href=\"/api/v1/asyncapi.json\">asyncapi.json</a>",
    };
    let (rest, socket) = (
        entry(DocsPage::Rest, "/docs", "REST"),
        entry(DocsPage::Socket, "/docs/socket", "WebSocket"),
    );
    format!("<nav class=\"adda\"><b>Adda</b>{rest}{socket}{document}</nav>")
}

/// What both pages share: how they fit on a phone, and the app's icon.
const HEAD: &str = "<meta name=\"viewport\" content=\"width=device-width\">\
    <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">";

/// What both pages share: the line at the top.
const NAVIGATION_STYLE: &str = "nav.adda{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;\
    font:15px/1.6 system-ui,sans-serif}nav.adda a{color:light-dark(#0b57d0,#8ab4f8)}\
    nav.adda a[aria-current]{color:inherit;font-weight:600;text-decoration:none}";

/// Swagger UI is drawn for light pages; in the dark the page's colours are turned round. (On `html`,
/// because elsewhere a filter would pull the dialogs out of the window.)
const REST_STYLE: &str = ":root{color-scheme:light;background:#fff}body{margin:0;color:#1f2328}\
    nav.adda{max-width:1460px;box-sizing:border-box;margin:0 auto;padding:.8rem 20px}\
    @media(prefers-color-scheme:dark){html{filter:invert(.91) hue-rotate(180deg)}\
    body .swagger-ui .dialog-ux .backdrop-ux{background:#fffc}}\
    body .swagger-ui .info{margin:20px 0 0}body .swagger-ui .scheme-container{margin:0}\
    @media(max-width:40rem){body .swagger-ui .response-col_links{display:none}\
    .swagger-ui .opblock .opblock-summary-path{max-width:100%}\
    .swagger-ui .opblock-summary-control{flex-wrap:wrap}\
    .swagger-ui table.model tbody tr td,.swagger-ui .parameters-col_name{width:auto}}";

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

const SOCKET_STYLE: &str = ":root{color-scheme:light dark}\
    body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:.8rem 20px 4rem;\
    background:light-dark(#fff,#16181c);color:light-dark(#1f2328,#e6e8eb)}\
    h1{font-size:1.7rem;margin:1.4rem 0 .4rem}h2{font-size:1.25rem;margin:2.4rem 0 .4rem}\
    code,h3{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}\
    section{border:1px solid light-dark(#d5d9e0,#343941);border-radius:8px;\
    padding:.7rem 1rem;margin:.8rem 0}h3{margin:0;font-size:1rem}p{margin:.2rem 0 .6rem}\
    table{border-collapse:collapse;width:100%}\
    td{padding:.3rem .8rem .3rem 0;vertical-align:top;\
    border-top:1px solid light-dark(#e6e9ee,#2a2f37)}\
    td:first-child{width:11rem}td:nth-child(2){width:8rem;color:light-dark(#59636e,#9aa4b0)}\
    @media(max-width:40rem){tr{display:block;padding:.4rem 0;\
    border-top:1px solid light-dark(#e6e9ee,#2a2f37)}td{display:inline;border:0}\
    td:last-child{display:block}}";

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
         {HEAD}<style>{NAVIGATION_STYLE}{SOCKET_STYLE}</style></head><body>{}<h1>The socket</h1>\
         <p><code>/ws</code> carries all of a person's rooms, <code>/ws/chat/{{room}}</code> one of \
         them.</p><p>{}</p>{}{}</body></html>",
        navigation(DocsPage::Socket),
        prose(about),
        section("What a client may say", "client."),
        section("What the server says", "server."),
    )
}

/// Text of the specification, whose words in backquotes are code.
fn prose(text: &str) -> String {
    let parts = escape(text);
    let parts = parts.split('`').enumerate();
    parts
        .map(
            |(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() },
        )
        .collect()
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
            let named = schema["$ref"]
                .as_str()
                .or(schema["items"]["$ref"].as_str())
                .or(schema["allOf"][0]["$ref"].as_str());
            let kind = named.and_then(|path| path.rsplit('/').next());
            let kind = kind.or(schema["type"].as_str()).unwrap_or("object");
            let list = if schema["type"] == "array" { " list" } else { "" };
            let optional = if required.contains(&name.as_str()) { "" } else { "?" };
            let about = schema["description"]
                .as_str()
                .or_else(|| resolve(document, schema)["description"].as_str());
            format!(
                "<tr><td><code>{name}{optional}</code></td><td>{kind}{list}</td><td>{}</td></tr>",
                prose(about.unwrap_or(""))
            )
        })
        .collect();
    format!(
        "<section><h3>{}</h3><p>{}</p><table>{rows}</table></section>",
        message["name"].as_str().unwrap_or(""),
        prose(message["summary"].as_str().unwrap_or("")),
    )
}
