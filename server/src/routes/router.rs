//! The router, and what every answer gets: a request id, headers, CORS, problems and a log line.

use std::sync::Arc;
use std::time::Instant;

use adda_protocol::Problem;
use bytes::Bytes;
use http_body_util::combinators;
use hyper::body::Body as _;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, StatusCode, Version, header};
use poem::middleware::CookieJarManager;
use poem::{Endpoint, EndpointExt, Request, Response, Route, get};
use tracing::Instrument;
use uuid::Uuid;

use super::docs;
use super::elsewhere;
use super::frontend::Frontend;
use super::health::{Health, livez, readyz};
use super::spec::{self, Allowed};
use super::tolls::{Paid, Tolls};
use crate::budget::Budgets;
use crate::features::Services;
use crate::features::media;
use crate::gateway::{self, Gateway};
use crate::http::{
    Answers, Asker, CookieOwner, Foreign, InFlight, Origins, finish, is_preflight,
    problem_response, put_in_order,
};
use crate::peer::Peer;

type BoxBody = combinators::BoxBody<Bytes, std::io::Error>;

/// What the routes are made of.
pub(crate) struct Parts {
    pub services: Services,
    pub gateway: Arc<Gateway>,
    pub budgets: Arc<Budgets>,
    pub health: Arc<Health>,
    /// The origins that may come from a browser.
    pub origins: Origins,
    /// Whether what waits to be read is limited.
    pub rate_limits: bool,
    pub cookie_owner: CookieOwner,
}

/// The whole server as one endpoint.
#[must_use]
pub(crate) fn routes(parts: Parts) -> BoxEndpoint<'static, Response> {
    let Parts { services, gateway, budgets, .. } = parts;
    let Parts { health, origins, rate_limits, cookie_owner, .. } = parts;
    let tolls = Tolls { accounts: services.accounts.clone(), budgets };
    let allowed = Allowed::of(&spec::openapi_document());
    let route = Route::new()
        .at("/livez", get(livez))
        .at("/readyz", get(readyz))
        .at("/docs", get(docs::rest_docs))
        .at("/docs/socket", get(docs::socket_docs))
        .at("/api/v1/openapi.json", get(docs::openapi_json))
        .at("/api/v1/asyncapi.json", get(docs::asyncapi_json))
        .at("/ws", get(gateway::every_room))
        .at("/ws/chat/:room", get(gateway::one_room))
        .at("/media/avatars/:name", get(media::serve_avatar))
        .at("/media/:folder/:name", get(media::serve))
        .at("/media/*path", get(media::serve_nothing))
        .nest("/api/v1", spec::service())
        .at("/*path", Frontend::embedded(origins.configured().as_deref()))
        .data(services.accounts)
        .data(services.media.incoming().clone())
        .data(Arc::new(InFlight::default()))
        .data(services.rooms)
        .data(services.media)
        .data(services.messages)
        .data(services.inbox)
        .data(services.search)
        .data(cookie_owner)
        .data(gateway)
        .data(health);
    // Failures become responses first: the manager writes cookies into responses alone.
    let route = route
        .catch_all_error(|error| async move { error.into_response() })
        .with(CookieJarManager::new());
    Outer {
        inner: Arc::new(route.map_to_response().boxed()),
        tolls,
        origins,
        allowed,
        answers: Answers::new(rate_limits),
    }
    .boxed()
}

struct Outer {
    inner: Arc<BoxEndpoint<'static, Response>>,
    tolls: Tolls,
    origins: Origins,
    allowed: Allowed,
    answers: Arc<Answers>,
}

impl Endpoint for Outer {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let begun = Instant::now();
        let request_id = Uuid::new_v4().simple().to_string();
        let peer = Peer::of(&request);
        // As an error, so that it stands around whatever the filter lets through.
        let span = tracing::error_span!("request", id = request_id, %peer);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let foreign = self.foreign(&request);
        let cors = self.origins.headers(request.headers()).filter(|_| foreign.is_none());

        let refuse = |foreign: Foreign| {
            span.in_scope(|| self.origins.tell_once(&foreign));
            elsewhere::refuse(&self.origins, &request, &foreign)
        };
        let refused = not_one_host(&request).or_else(|| foreign.map(refuse));
        let refused = refused.or_else(|| self.origins.preflight(&request));
        let mut response = match (self.tolls.pay(peer, &mut request).await, refused) {
            (Err(problem), _) => problem_response(problem),
            (Ok(paid), Some(response)) => paid.settle(response),
            (Ok(paid), None) if has_answers_of_its_own(&path) => {
                self.answer_if_read(request, peer, paid).instrument(span.clone()).await
            }
            (Ok(paid), None) => self.answer(request, paid).instrument(span.clone()).await,
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED
            && let Some(methods) = self.allowed.methods(&path)
            && let Ok(methods) = HeaderValue::from_str(&methods)
        {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        let mut response = finish(response, &request_id).await;
        if let Some(cors) = cors {
            response.headers_mut().extend(cors.map(|(name, value)| (Some(name), value)));
        }
        put_in_order(response.headers_mut());
        add_headers(&mut response, &path, peer);
        let _of_request = span.enter();
        tracing::debug!(
            %method, path, status = response.status().as_u16(), ms = begun.elapsed().as_millis(),
            "answered"
        );
        Ok(response)
    }
}

/// The refusal of a request that does not name one host: whoever stands in between might have read
/// another than we do (RFC 9112, section 3.2).
fn not_one_host(request: &Request) -> Option<Response> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_one = hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11);
    let rule = "must stand in the request exactly once";
    (!is_one).then(|| problem_response(Problem::invalid_field("Host", rule)))
}

/// Whether what is answered here takes memory for each who asks; the app and the documents are
/// shared by all.
fn has_answers_of_its_own(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/media/")
}

impl Outer {
    /// What forbids to answer a request. Everything but what supervisors ask needs a name of ours;
    /// whatever somebody can do or be told here, an origin that is allowed as well.
    fn foreign(&self, request: &Request) -> Option<Foreign> {
        let path = request.uri().path();
        if matches!(path, "/livez" | "/readyz") {
            return None;
        }
        let is_used = path.starts_with("/api/") || path == "/ws" || path.starts_with("/ws/");
        match self.origins.foreign(request.uri(), request.headers())? {
            // What a browser only asks is answered by what is left out.
            Foreign::Origin(_) if !is_used || is_preflight(request) => None,
            foreign => Some(foreign),
        }
    }

    /// Answers, unless too much waits to be read already.
    async fn answer_if_read(&self, mut request: Request, peer: Peer, paid: Paid) -> Response {
        let answering = match self.answers.begin(peer) {
            Ok(answering) => answering,
            Err(problem) => return problem_response(problem),
        };
        // Whoever has a copy of a token shall not keep its owner from ending the session.
        if !request.uri().path().starts_with("/api/v1/auth/") {
            request.extensions_mut().insert(answering.clone());
        }
        // What was done is said to have been done.
        let may_be_refused = request.method().is_safe();
        let mut response = self.answer(request, paid).await;
        let body = BoxBody::from(response.take_body());
        let bytes = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        response.set_body(body);
        if let Err(problem) = answering.has_made(bytes)
            && may_be_refused
        {
            response = problem_response(problem);
        }
        response.extensions_mut().insert(answering);
        response
    }

    async fn answer(&self, mut request: Request, paid: Paid) -> Response {
        request.extensions_mut().insert(Asker::default());
        // In a task of its own: the connection drops what it waits for when its client goes away, and
        // what was begun is to be brought to its end, such as closing the sockets of a session that
        // is over by then, or telling a room who has joined.
        let inner = self.inner.clone();
        let answering = async move { inner.call(request).await.map(|answer| paid.settle(answer)) };
        match tokio::spawn(answering.in_current_span()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => error.into_response(),
            Err(_) => {
                tracing::error!("a request panicked");
                problem_response(Problem::internal())
            }
        }
    }
}

fn add_headers(response: &mut Response, path: &str, peer: Peer) {
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::VARY, "origin");
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    let caching = if path.starts_with("/api/") { "no-store" } else { "no-cache" };
    set(header::CACHE_CONTROL, caching);
    if peer.is_https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
