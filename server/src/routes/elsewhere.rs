//! What is answered at an address that is not this server's, and to pages that may not use it: where
//! the right one is, and what the administrator can set. A browser that opens the app there gets a
//! page that says so, everybody else a problem.

use adda_protocol::{Code, Problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::http::{Method, StatusCode, header};
use poem::{Body, Request, Response};
use sha2::{Digest, Sha256};

use crate::http::{Foreign, Origins, Page, problem_response};
use crate::peer::Peer;

const PAGE: &str = include_str!("elsewhere.html");

/// The answer to a request that is not answered for what is foreign about it.
pub(super) fn refuse(origins: &Origins, request: &Request, foreign: &Foreign) -> Response {
    let right = origins.right_address(request);
    match foreign {
        Foreign::Host(host) if opens_a_page(request) => page(origins, request, host, &right),
        Foreign::Host(host) => problem(&format!(
            "{} is not an address of this server. Use {right}; or let the administrator name this \
             address in {}.",
            shown(host),
            origins.setting()
        )),
        Foreign::Origin(page) => problem(&format!(
            "A page at {} may not use this server. Open {right}; or let the administrator name that \
             address in {}.",
            shown(page),
            origins.setting()
        )),
    }
}

fn problem(sentence: &str) -> Response {
    problem_response(Problem::new(Code::OriginNotAllowed, sentence))
}

fn shown(address: &str) -> String {
    address.chars().take(200).filter(|c| !c.is_control()).collect()
}

/// Whether somebody looks at the answer, rather than a program.
fn opens_a_page(request: &Request) -> bool {
    let accepts = request.header(header::ACCEPT).unwrap_or_default();
    matches!(*request.method(), Method::GET | Method::HEAD) && accepts.contains("text/html")
}

fn page(origins: &Origins, request: &Request, host: &str, right: &str) -> Response {
    let scheme = if Peer::of(request).is_https { "https" } else { "http" };
    let html = PAGE
        .replace("{setting}", origins.setting())
        .replace("{right}", &escaped(right))
        .replace("{scheme}", scheme)
        .replace("{here}", &escaped(&shown(host)));
    Response::builder()
        .extension(Page)
        .status(StatusCode::FORBIDDEN)
        .content_type("text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_SECURITY_POLICY, policy())
        .body(Body::from_string(html))
}

/// Nothing but the page's own style.
fn policy() -> String {
    let style = PAGE.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = STANDARD.encode(Sha256::digest(style.map(|(style, _)| style).unwrap_or_default()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'none'"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
