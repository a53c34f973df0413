//! The opening handshake (RFC 6455): who may open a socket, and handing the connection over.

use std::sync::Arc;

use adda_protocol::{Code, Problem, RoomName};
use adda_websocket::accept_key;
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response, handler};

use super::connection::Connection;
use super::enter::{self, Scope, Start};
use super::{Gateway, MAX_AUTH_FRAME_BYTES};
use crate::features::accounts::Person;
use crate::http::{SocketUpgrade, problem_response};
use crate::peer::Peer;

/// What clients call a token in an address.
const TOKENS: [&str; 8] = [
    "token",
    "access_token",
    "refresh_token",
    "id_token",
    "jwt",
    "auth",
    "authorization",
    "bearer",
];

/// `GET /ws`: all of the person's rooms.
#[handler]
pub(crate) async fn every_room(request: &Request, gateway: Data<&Arc<Gateway>>) -> Response {
    open(request, &gateway, Scope::EveryRoom).await
}

/// `GET /ws/chat/{room}`: one room.
#[handler]
pub(crate) async fn one_room(request: &Request, gateway: Data<&Arc<Gateway>>) -> Response {
    // A name that no room can have is a room that nobody may see, and said to who is signed in alone.
    let name = request.raw_path_param("room").and_then(|name| RoomName::parse(name).ok());
    open(request, &gateway, Scope::OneRoom(name)).await
}

async fn open(request: &Request, gateway: &Arc<Gateway>, scope: Scope) -> Response {
    match prepare(request, gateway, scope).await {
        Ok(response) => response,
        Err(problem) => {
            let needs_upgrade = problem.code == Code::UpgradeRequired;
            let mut response = problem_response(*problem);
            if needs_upgrade {
                let headers = response.headers_mut();
                headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
                headers
                    .insert(header::SEC_WEBSOCKET_VERSION, header::HeaderValue::from_static("13"));
            }
            response
        }
    }
}

async fn prepare(
    request: &Request,
    gateway: &Arc<Gateway>,
    scope: Scope,
) -> Result<Response, Box<Problem>> {
    let refuse = |code, sentence: &str| Box::new(Problem::new(code, sentence));
    if has_token(request.uri().query().unwrap_or("")) {
        let rule =
            "must not stand in the address, where it would be logged: send it in the first frame";
        return Err(Box::new(Problem::invalid_field("token", rule)));
    }
    let key = websocket_key(request)?;
    let upgrade = request.data::<SocketUpgrade>();
    let taken = upgrade.and_then(|upgrade| Some((upgrade.take()?, upgrade.slot().clone())));
    let (upgrade, place_of_connection) = taken.ok_or_else(|| {
        refuse(Code::UpgradeRequired, "Only a GET over HTTP/1.1 becomes a WebSocket.")
    })?;
    let peer = Peer::of(request);
    let slot = gateway.slots.of_peer(peer).map_err(|_| Box::new(Problem::rate_limited(10_000)))?;
    let person = bearer(request.headers(), gateway).await?;
    place_of_connection.becomes_socket().map_err(|_| {
        let sentence = "The server has as many connections as it can hold; try again in a minute.";
        refuse(Code::Unavailable, sentence)
    })?;

    let (stall, its) = (gateway.timing.stall, gateway.clone());
    gateway.begin(peer, async move {
        let gateway = its;
        let Ok(upgraded) = upgrade.await else { return };
        let guest = gateway.budgets.guest(peer);
        let connection = Connection::new(upgraded, MAX_AUTH_FRAME_BYTES, stall, guest);
        let Some(connection) = connection else {
            tracing::error!(%peer, "an upgraded connection is not a TCP stream");
            return;
        };
        enter::run(Start { gateway, connection, scope, person, peer, slot }).await;
        drop(place_of_connection);
    });
    Ok(Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, accept_key(&key))
        .finish()
        .into_response())
}

/// Whether a query names a token, however that is written: in capitals, percent-encoded, as the entry
/// of a list, or after a semicolon, at which some cut as well.
fn has_token(query: &str) -> bool {
    let query = query.replace(';', "&");
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| {
        let name = name.split(['=', '[']).next().unwrap_or("").trim().to_ascii_lowercase();
        TOKENS.contains(&name.as_str())
    })
}

fn has_word(headers: &HeaderMap, name: header::HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
}

/// The only value of a header that stands in the request once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    values.next().is_none().then_some(value)
}

/// The key of an opening handshake without a body, in which nothing that matters is said twice.
fn websocket_key(request: &Request) -> Result<String, Box<Problem>> {
    let headers = request.headers();
    let is_upgrade = has_word(headers, header::CONNECTION, "upgrade")
        && has_word(headers, header::UPGRADE, "websocket")
        && only(headers, header::SEC_WEBSOCKET_VERSION) == Some("13");
    if !is_upgrade {
        return Err(Box::new(Problem::new(
            Code::UpgradeRequired,
            "This address is a WebSocket of version 13 over HTTP/1.1; connect with a client for it.",
        )));
    }
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get_all(header::CONTENT_LENGTH).iter().any(|length| length != "0");
    if has_body {
        let sentence = "A WebSocket begins without a body; its frames come after the answer.";
        return Err(Box::new(Problem::new(Code::InvalidInput, sentence)));
    }
    let key = only(headers, header::SEC_WEBSOCKET_KEY);
    let key = key.filter(|key| adda_websocket::is_key(key));
    key.map(str::to_owned).ok_or_else(|| {
        let rule = "must stand in the request exactly once, 16 bytes in base64";
        Box::new(Problem::invalid_field("Sec-WebSocket-Key", rule))
    })
}

/// Who a token in the handshake's own headers belongs to; nobody when there is none.
async fn bearer(headers: &HeaderMap, gateway: &Gateway) -> Result<Option<Person>, Box<Problem>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let permit = gateway.read_permits.take().await;
    let person = gateway.services.accounts.authenticate(token.unwrap_or("")).await;
    drop(permit);
    person.map(Some).map_err(|error| Box::new(Problem::from(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_the_address_is_seen() {
        assert!(has_token("token=abc"));
        assert!(has_token("x=1&access_token=abc"));
        for hidden in [
            "%74oken=abc",
            "%74%6F%6b%65n=abc",
            "Token=abc",
            "TOKEN",
            "+token+=abc",
            "x=1;token=abc",
            "token%3Dabc",
            "token[]=abc",
            "token%5B0%5D=abc",
            "a&%61ccess%5Ftoken=abc",
            "Authorization=Bearer+abc",
        ] {
            assert!(has_token(hidden), "{hidden}");
        }
        for other in
            ["", "x=token", "tokens=abc", "x=%26token", "my_token=abc", "%ff=token", "resume=1"]
        {
            assert!(!has_token(other), "{other}");
        }
    }
}
