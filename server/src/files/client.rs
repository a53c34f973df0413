//! The HTTP client of the store, with a bound for whatever it waits for: a server that does not answer is one
//! that is away, and nobody's upload hangs on it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Collected, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use rustls::RootCertStore;
use rustls::crypto::ring;
use tokio::time::{error::Elapsed, timeout};

const CONNECTED_WITHIN: Duration = Duration::from_secs(3);
/// How long an answer takes that has nothing to read before.
const ANSWERED_WITHIN: Duration = Duration::from_secs(15);
/// What is sent may take a second more for each so many bytes.
const SLOWEST: u64 = 512 << 10;
/// From one piece of an answer to the next.
const NEXT_WITHIN: Duration = Duration::from_secs(15);
/// More than a refusal says.
const MOST_SAID: usize = 64 << 10;
/// Sooner than servers close what is idle.
const KEPT_FOR: Duration = Duration::from_secs(20);

/// The system knows no authority whose certificates could be believed.
#[derive(Debug, thiserror::Error)]
#[error(
    "The bucket's server is asked by https, and the certificates of authorities cannot be read here: {0}. Install \
     ca-certificates, or name their file by SSL_CERT_FILE."
)]
pub(crate) struct NoAuthorities(std::io::Error);

/// The server answers that it cannot.
#[derive(Debug, thiserror::Error)]
#[error("the server answers {0}")]
struct CannotNow(http::StatusCode);

/// The server answers that it has no such bucket: not one of the files in it is known to be gone.
#[derive(Debug, thiserror::Error)]
#[error("the server answers {NO_BUCKET}")]
pub(super) struct NoBucket;

pub(super) const NO_BUCKET: &str = "NoSuchBucket";

/// The client.
#[derive(Clone)]
pub(super) struct Client(HyperClient<HttpsConnector<TcpConnector>, HttpRequestBody>);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// One that can be asked by https, or by http alone.
    ///
    /// # Errors
    /// [`NoAuthorities`], only for https.
    pub(super) fn new(is_https: bool) -> Result<Self, NoAuthorities> {
        let provider = std::sync::Arc::new(ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| NoAuthorities(std::io::Error::other(error)))?;
        let tls = if is_https {
            tls.with_native_roots().map_err(NoAuthorities)?
        } else {
            tls.with_root_certificates(RootCertStore::empty())
        };
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECTED_WITHIN));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = HyperClient::builder(TokioExecutor::new())
            .pool_idle_timeout(KEPT_FOR)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self(client))
    }
}

impl HttpConnector for Client {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let seconds = request.body().content_length() as u64 / SLOWEST;
        let within = ANSWERED_WITHIN + Duration::from_secs(seconds);
        let answer = timeout(within, self.0.request(request)).await.map_err(late)?;
        let answer = answer.map_err(|error| {
            let kind = if error.is_connect() {
                HttpErrorKind::Connect
            } else {
                HttpErrorKind::Interrupted
            };
            HttpError::new(kind, error)
        })?;
        if answer.status().is_server_error() {
            // The same to whoever asks as no answer, and as worth a repetition.
            return Err(HttpError::new(HttpErrorKind::Interrupted, CannotNow(answer.status())));
        }
        if answer.status().is_client_error() {
            let (head, body) = answer.into_parts();
            let said = said(body).await;
            let why = code(&said).unwrap_or_default();
            if why == NO_BUCKET {
                return Err(HttpError::new(HttpErrorKind::Unknown, NoBucket));
            }
            // The rest of it is for whoever has the keys: it names one of them, and what was signed.
            let refusal = format!("<Error><Code>{why}</Code></Error>");
            return Ok(HttpResponse::from_parts(head, refusal.into()));
        }
        Ok(answer
            .map(|body| HttpResponseBody::new(StreamBody::new(stream::try_unfold(body, next)))))
    }
}

async fn said(body: Incoming) -> String {
    let said = timeout(NEXT_WITHIN, Limited::new(body, MOST_SAID).collect()).await;
    let said = said.ok().and_then(Result::ok).map(Collected::to_bytes).unwrap_or_default();
    String::from_utf8_lossy(&said).into_owned()
}

/// The word for what is wrong in a refusal.
pub(super) fn code(refusal: &str) -> Option<&str> {
    let (_, rest) = refusal.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0)
}

async fn next(mut body: Incoming) -> Result<Option<(Frame<Bytes>, Incoming)>, HttpError> {
    match timeout(NEXT_WITHIN, body.frame()).await.map_err(late)? {
        None => Ok(None),
        Some(Ok(frame)) => Ok(Some((frame, body))),
        Some(Err(error)) => Err(HttpError::new(HttpErrorKind::Interrupted, error)),
    }
}

fn late(late: Elapsed) -> HttpError {
    HttpError::new(HttpErrorKind::Timeout, late)
}
