//! Every request is paid for before it is looked at any closer, by the person whose token it carries or
//! else by its address; and its answer, once it is known how long that is.

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::Problem;
use http_body_util::combinators::BoxBody;
use hyper::body::Body as _;
use poem::http::Method;
use poem::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, TRANSFER_ENCODING};
use poem::{Body, Request, Response};
use tokio::time::sleep;

use crate::budget::costs::{self, Toll};
use crate::budget::{Asks, Budgets, Payer, Permit};
use crate::features::accounts::Accounts;
use crate::http::CONTINUATION;
use crate::peer::Peer;

/// Whoever has used up their savings and asks for one thing after the other is only slowed.
const PATIENCE: Duration = Duration::from_millis(100);
/// A refusal is told after so long at most: who does not wait as told is made to.
const REFUSED_PAUSE: Duration = Duration::from_secs(1);
/// Whether the process lives is told to everybody, always, if a little later to whoever asks all the time.
const LIVEZ_PAUSE: Duration = Duration::from_millis(250);
/// The longest body that is read before its operation; one that does not say how long it is counts as that.
const LONGEST_BODY: usize = 128 * 1024;

/// Who pays how much.
pub(super) struct Tolls {
    pub(super) accounts: Arc<Accounts>,
    pub(super) budgets: Arc<Budgets>,
}

/// A request that was let in.
pub(super) struct Paid {
    payer: Payer,
    toll: Toll,
    _permit: Option<Permit>,
}

impl Tolls {
    /// Lets a request in when it is paid for, and tells it who pays for what it does.
    pub(super) async fn pay(&self, peer: Peer, request: &mut Request) -> Result<Paid, Problem> {
        let payer = self.payer(peer, request);
        let toll = costs::request(request.method(), request.uri().path());
        if request.uri().path() == "/livez" {
            sleep(payer.charge(toll.guess).min(LIVEZ_PAUSE)).await;
            return Ok(Paid { payer: Payer::nobody(), toll, _permit: None });
        }
        let announced = body_bytes(request);
        let read = announced.min(LONGEST_BODY);
        let cost = toll.guess + costs::bytes_in(read);
        let admitted = if announced == read || is_file(request) {
            // A file pays for its bytes as they come.
            payer.admit(cost, Asks::InTurn(PATIENCE))
        } else {
            // Who says that more comes than is read pays for it without those who share the address.
            let cost = cost + costs::bytes_in(announced - read);
            payer.own().admit(cost, Asks::InTurn(PATIENCE))
        };
        match admitted {
            Ok(pause) if pause.is_zero() => {}
            Ok(pause) => sleep(pause).await,
            Err(too_often) => {
                sleep(too_often.0.min(REFUSED_PAUSE)).await;
                return Err(Problem::rate_limited(too_often.retry_after_ms()));
            }
        }
        request.extensions_mut().insert(payer.clone());
        // Whatever has a body takes its turn when that is there, and files have turns of their own.
        let has_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        let permit = if has_body { None } else { payer.permit().await };
        Ok(Paid { payer, toll, _permit: permit })
    }

    fn payer(&self, peer: Peer, request: &Request) -> Payer {
        if !self.budgets.is_enabled() {
            return Payer::nobody();
        }
        let token = bearer(request);
        // Whoever has a copy of a token shall not keep its owner from ending the session, by spending
        // what the owner has; nor shall strangers at its address, by spending what they have.
        if request.uri().path().starts_with("/api/v1/auth/") {
            let session = self.accounts.session_seen(token, cookies(request));
            return match session {
                Some(session) => self.budgets.session(session, peer),
                None => self.budgets.guest(peer),
            };
        }
        let holder = token.and_then(|token| self.accounts.holder(token));
        holder.map_or_else(|| self.budgets.guest(peer), |user| self.budgets.person(user, peer))
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The values of its cookies, whatever they are.
fn cookies(request: &Request) -> impl Iterator<Item = &str> {
    let headers = request.headers().get_all(COOKIE).iter();
    let pairs = headers.filter_map(|header| header.to_str().ok()).flat_map(|text| text.split(';'));
    pairs.filter_map(|pair| Some(pair.split_once('=')?.1.trim()))
}

/// Whether a file may come.
fn is_file(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().trim_start().to_ascii_lowercase();
    kind.starts_with("multipart/") || kind.starts_with(CONTINUATION)
}

/// How long the request's body is, or may be.
fn body_bytes(request: &Request) -> usize {
    let headers = request.headers();
    match headers.get(CONTENT_LENGTH) {
        Some(length) => {
            let length = length.to_str().ok().and_then(|text| text.parse().ok());
            length.unwrap_or(LONGEST_BODY)
        }
        None if headers.contains_key(TRANSFER_ENCODING) => LONGEST_BODY,
        None => 0,
    }
}

impl Paid {
    /// Pays for the answer.
    pub(super) fn settle(self, response: Response) -> Response {
        let (response, bytes) = measured(response);
        self.payer.settle(self.toll.guess, self.toll.least + costs::bytes_out(bytes));
        response
    }
}

/// A response and the bytes of its body, as far as it knows them. A file that is streamed says them in its
/// head.
fn measured(mut response: Response) -> (Response, usize) {
    let said = response.header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let body: BoxBody<_, _> = response.take_body().into();
    let bytes = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let bytes = bytes.max(said.unwrap_or(0));
    response.set_body(Body::from(body));
    (response, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_cost() {
        let document = crate::routes::spec::openapi_document();
        let mut operations = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let path = path.trim_start_matches('/').replace(['{', '}'], "");
                let toll = costs::operation(&method, &path);
                let toll = toll.unwrap_or_else(|| {
                    panic!(
                        "{method} {path} has no cost: name it in budget/costs.rs, in `operation`"
                    )
                });
                assert!(toll.guess >= toll.least && toll.least >= Duration::from_micros(300));
                operations += 1;
            }
        }
        assert!(operations > 20, "{operations}");
    }

    #[test]
    fn a_body_counts_by_its_length_and_one_without_as_a_large_one() {
        let request = |header: &str, value: &str| Request::builder().header(header, value).finish();
        assert_eq!(body_bytes(&request("content-length", "70")), 70);
        assert_eq!(body_bytes(&request("transfer-encoding", "chunked")), LONGEST_BODY);
        assert_eq!(body_bytes(&request("accept", "*/*")), 0);
        assert_eq!(bearer(&request("authorization", "bearer  abc")), Some("abc"));
        assert_eq!(bearer(&request("authorization", "Basic abc")), None);
    }

    #[tokio::test]
    async fn the_length_of_an_answer_is_known_and_the_answer_is_whole() {
        let response = Response::builder().body("x".repeat(1_000));
        let (mut response, bytes) = measured(response);
        assert_eq!(bytes, 1_000);
        assert_eq!(response.take_body().into_string().await.unwrap().len(), 1_000);
    }
}
