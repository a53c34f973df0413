//! Answers: what an operation can fail with, and the one place that turns every failure, ours or the
//! framework's, into a problem object.

use adda_protocol::{Code, Problem, input};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Error, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{ToJSON, Type};

/// Every operation: invalid input, timeouts, throttles, a database that is away.
pub(crate) const BASE: u32 = 1 << 0;
/// Operations of people who are signed in.
pub(crate) const SIGNED_IN: u32 = 1 << 1;
/// Operations that may be refused though the thing may be seen.
pub(crate) const FORBIDDEN: u32 = 1 << 2;
/// Operations on a thing that may not be there.
pub(crate) const NOT_FOUND: u32 = 1 << 3;
/// Operations that may collide with what is there.
pub(crate) const CONFLICT: u32 = 1 << 4;
/// Operations with a body.
pub(crate) const WITH_BODY: u32 = 1 << 5;

/// Operations of a protocol that has versions.
pub(crate) const OTHER_VERSION: u32 = 1 << 6;

/// The failure of an operation that declares the given groups of statuses in the specification.
#[derive(Debug)]
pub(crate) struct Fails<const GROUPS: u32>(Problem);

impl<const GROUPS: u32> Fails<GROUPS> {
    /// Fails with this problem.
    #[must_use]
    pub(crate) fn with(problem: impl Into<Problem>) -> Self {
        Self(problem.into())
    }
}

impl<const GROUPS: u32> From<Problem> for Fails<GROUPS> {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl<const GROUPS: u32> From<Fails<GROUPS>> for Error {
    fn from(Fails(problem): Fails<GROUPS>) -> Self {
        problem_error(problem)
    }
}

impl<const GROUPS: u32> ApiResponse for Fails<GROUPS> {
    fn meta() -> MetaResponses {
        let mut statuses = Vec::new();
        let mut declare = |group: u32, of_group: &[(u16, &'static str)]| {
            if GROUPS & group != 0 {
                statuses.extend_from_slice(of_group);
            }
        };
        declare(
            BASE,
            &[
                (400, "The input is not as described here; `errors` names the fields."),
                (429, "Too often; wait `retry_after_ms`."),
                (503, "The database is away or the server is stopping; the same may be repeated."),
            ],
        );
        declare(SIGNED_IN, &[(401, "Not signed in, or not any longer.")]);
        declare(FORBIDDEN, &[(403, "This may be seen but not done by this person.")]);
        declare(NOT_FOUND, &[(404, "There is no such thing, or this person may not see it.")]);
        declare(CONFLICT, &[(409, "It collides with what is there; `code` says how.")]);
        declare(OTHER_VERSION, &[(412, "This version of the protocol is not spoken here.")]);
        declare(
            WITH_BODY,
            &[
                (408, "The body did not arrive in time."),
                (413, "The body is larger than the limit."),
                (415, "The body is not of the type that is described here."),
            ],
        );
        statuses.sort_unstable();
        MetaResponses { responses: statuses.into_iter().map(declared).collect() }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

fn declared((status, description): (u16, &'static str)) -> MetaResponse {
    let retry_after = MetaHeader {
        name: "Retry-After".to_owned(),
        description: Some("Seconds to wait before the same is tried again.".to_owned()),
        required: false,
        deprecated: false,
        schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("integer"))),
    };
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: "application/problem+json",
            schema: Problem::schema_ref(),
        }],
        headers: if matches!(status, 429 | 503) { vec![retry_after] } else { vec![] },
    }
}

fn made<T: ToJSON>(status: u16, description: &'static str) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: Json::<T>::CONTENT_TYPE,
            schema: T::schema_ref(),
        }],
        headers: vec![],
    }
}

/// 201: the answer of an operation that made something, each time anew.
#[derive(Debug)]
pub(crate) struct Made<T>(pub T);

impl<T: ToJSON> poem::IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        Created::New(self.0).into_response()
    }
}

impl<T: ToJSON> ApiResponse for Made<T> {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![made::<T>(201, "It was made.")] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// The answer of an operation that makes something once.
#[derive(Debug)]
pub(crate) enum Created<T> {
    /// 201: it was made.
    New(T),
    /// 200: it had been made before.
    Known(T),
}

impl<T: ToJSON> poem::IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let (status, value) = match self {
            Self::New(value) => (StatusCode::CREATED, value),
            Self::Known(value) => (StatusCode::OK, value),
        };
        let mut response = Json(value).into_response();
        response.set_status(status);
        response
    }
}

impl<T: ToJSON> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let responses =
            vec![made::<T>(200, "It had been made before."), made::<T>(201, "It was made.")];
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// 204: done, and there is nothing to say.
#[derive(Debug)]
pub(crate) struct NoContent;

impl poem::IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        let done = MetaResponse {
            description: "Done.",
            status: Some(204),
            status_range: None,
            content: vec![],
            headers: vec![],
        };
        MetaResponses { responses: vec![done] }
    }

    fn register(_: &mut Registry) {}
}

/// A response that [`finish`] will write the problem into, once it knows the request's id.
#[must_use]
pub(crate) fn problem_response(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).finish();
    response.extensions_mut().insert(problem);
    response
}

/// Marks a failure's answer that is a page for people already, and stays one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page;

/// Gives every answer its request id, and every failure, whoever made it, the shape of a problem.
pub(crate) async fn finish(mut response: Response, request_id: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status();
    if response.extensions().get::<Page>().is_some() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if status.is_client_error() || status.is_server_error() => {
            let prose = response.take_body().into_string().await.unwrap_or_default();
            foreign_problem(status, &prose)
        }
        None => return response,
    };
    write_problem(&mut response, problem, request_id);
    response
}

fn write_problem(response: &mut Response, problem: Problem, request_id: &str) {
    let retry_after = problem.retry_after_ms.map(|ms| ms.div_ceil(1_000).max(1));
    let problem = Problem { request_id: Some(request_id.to_owned()), ..problem };
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response.set_body(Body::from_string(problem.to_json_string()));
}

/// A failure that the framework answered with prose.
fn foreign_problem(status: StatusCode, prose: &str) -> Problem {
    match status.as_u16() {
        400 => parameter_problem(prose),
        401 => Problem::unauthorized(),
        404 => Problem::new(
            Code::NotFound,
            "There is nothing at this address; `/docs` lists what there is.",
        ),
        405 => Problem::new(
            Code::MethodNotAllowed,
            "This address exists, but not with this method; the `Allow` header lists its methods.",
        ),
        408 => {
            Problem::new(Code::RequestTimeout, "The request did not arrive in time; send it again.")
        }
        413 => Problem::new(Code::TooLarge, "The request's body is larger than is allowed here."),
        415 => Problem::new(
            Code::UnsupportedMediaType,
            "The body is not of a type that is taken here; `/docs` says which, mostly JSON with \
             `Content-Type: application/json`.",
        ),
        _ if status.is_client_error() => {
            Problem::new(Code::InvalidInput, "The request cannot be read.")
        }
        _ => {
            tracing::error!(%status, prose, "an answer of the framework");
            Problem::internal()
        }
    }
}

/// The framework names a parameter as: failed to parse parameter `limit`: reason. One of the path it calls
/// `param` and its place, which says nothing to who asked: this is the path's.
fn parameter_problem(prose: &str) -> Problem {
    let name = prose.split('`').nth(1).filter(|_| prose.contains("failed to parse")).unwrap_or("");
    let is_of_path = name.strip_prefix("param").is_some_and(|place| place.parse::<usize>().is_ok());
    let name = if is_of_path { "path" } else { name };
    let reason = prose.split_once("`: ").map_or(prose, |(_, reason)| reason);
    Problem::invalid_field(name, input::reason(reason))
}

/// A problem as an error of the framework, which keeps of an error's response everything but its
/// extensions: so the problem is the error's own data.
pub(crate) fn problem_error(problem: Problem) -> Error {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut error = Error::from_status(status);
    error.set_data(problem);
    error
}
