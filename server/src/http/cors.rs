//! Which web origins may use the API and the socket: the public one and an exact allow-list, never
//! what the request itself claims.

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

/// The allowed origins.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The origin of `public_url`, where it is configured; else that of the request's `Host`.
    public: Option<String>,
    others: Vec<String>,
}

impl Origins {
    /// The configured public origin, if any, and the allow-list.
    #[must_use]
    pub fn new(public: Option<String>, others: Vec<String>) -> Self {
        Self { public, others }
    }

    /// Whether a request may come from a page of this origin, `null` never.
    #[must_use]
    pub fn allows(&self, origin: &str, host: Option<&str>) -> bool {
        let is_own = match &self.public {
            Some(public) => origin == public,
            None => host.is_some_and(|host| {
                let bare = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
                bare.is_some_and(|bare| bare.eq_ignore_ascii_case(host))
            }),
        };
        is_own || self.others.iter().any(|allowed| allowed == origin)
    }

    /// Whether the request's `Origin`, where it has one, is allowed.
    #[must_use]
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        match headers.get(header::ORIGIN) {
            None => true,
            Some(origin) => origin.to_str().is_ok_and(|origin| {
                self.allows(origin, headers.get(header::HOST).and_then(|host| host.to_str().ok()))
            }),
        }
    }

    /// The answer to a preflight request from an allowed origin.
    pub(super) fn preflight(&self, request: &Request) -> Option<Response> {
        let is_preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight || !self.allows_request(request.headers()) {
            return None;
        }
        let response = Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type")
            .header(header::ACCESS_CONTROL_MAX_AGE, "7200");
        Some(response.finish())
    }

    /// The headers that let an allowed origin read the answer.
    pub(super) fn headers(
        &self,
        request: &HeaderMap,
    ) -> Option<[(header::HeaderName, HeaderValue); 3]> {
        let origin = request.get(header::ORIGIN)?;
        self.allows_request(request).then(|| {
            [
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
                (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
                (
                    header::ACCESS_CONTROL_EXPOSE_HEADERS,
                    HeaderValue::from_static("retry-after, x-request-id"),
                ),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_origin_and_the_list_are_allowed() {
        let origins = Origins::new(
            Some("https://chat.example.org".into()),
            vec!["https://app.example.org".into()],
        );
        assert!(origins.allows("https://chat.example.org", None));
        assert!(origins.allows("https://app.example.org", None));
        for refused in [
            "null",
            "http://chat.example.org",
            "https://chat.example.org.evil.test",
            "https://evil.test",
            "https://chat.example.org:8443",
        ] {
            assert!(!origins.allows(refused, Some("evil.test")), "{refused}");
        }
    }

    #[test]
    fn without_a_public_url_the_host_of_the_request_is_the_own_origin() {
        let origins = Origins::new(None, vec![]);
        assert!(origins.allows("http://localhost:8000", Some("localhost:8000")));
        assert!(!origins.allows("http://localhost:8001", Some("localhost:8000")));
        assert!(!origins.allows("null", Some("localhost:8000")));
        assert!(!origins.allows("localhost:8000", Some("localhost:8000")));
    }
}
