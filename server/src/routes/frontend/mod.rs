//! The web app, out of the binary: which addresses it has, and with which headers it is answered.
//!
//! Files whose names hold their hash are kept by browsers for good; everything else is asked for
//! again each time, which costs a 304. An address of the app (`/rooms/general`) is answered with the
//! one page, which reads the address itself.

mod files;
mod negotiation;

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, Request, Response};

use self::files::{File, Files, PAGE, Variant};

/// Where the app's own code runs and nothing else does: no inline script or style, nothing from
/// elsewhere, and no text becomes markup other than by the framework's templates.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; \
    font-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html app-sw";

/// What the app reads first: where its API is.
const SITE: &str = "site.json";

/// What is below these is never a view of the app: an address that is wrong there shall say so.
const NO_VIEWS: [&str; 6] = ["api", "assets", "docs", "livez", "readyz", "ws"];

/// Answers every address that nobody else has.
pub(super) struct Frontend {
    files: Files,
}

impl Frontend {
    /// The app as it was built into this binary. Where it may be opened, when that was configured,
    /// is told to it, so that it can say when it is opened elsewhere: through a proxy the server cannot see that.
    pub(super) fn embedded(origins: Option<&[&str]>) -> Self {
        let mut files = Files::embedded();
        if let Some(origins) = origins {
            let site = serde_json::json!({ "api": "", "origins": origins }).to_string();
            files.replace(SITE, &site.into());
        }
        Self { files }
    }

    fn find(&self, path: &str) -> Option<&File> {
        let name = path.strip_prefix('/')?;
        self.files.get(name).or_else(|| self.files.get(PAGE).filter(|_| is_view(name)))
    }
}

/// Whether an address without the slash at its beginning may be one of the app's views.
fn is_view(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    let is_elsewhere = NO_VIEWS.contains(&first) || first.starts_with('.');
    // A view with a slash too many (`//ws`) is somebody's mistake.
    !is_elsewhere && !name.starts_with('/') && !last.contains('.')
}

impl Endpoint for Frontend {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let file = self.find(request.uri().path()).ok_or(NotFoundError)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(MethodNotAllowedError.into());
        }
        Ok(answer(file, request.headers()))
    }
}

fn answer(file: &File, request: &HeaderMap) -> Response {
    let is_read = |variant: &&Variant| {
        variant.coding.is_some_and(|coding| negotiation::accepts(request, coding))
    };
    let variant = file.coded.iter().find(is_read).unwrap_or(&file.plain);
    let caching =
        if file.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::builder()
        .header(header::CACHE_CONTROL, caching)
        .header(header::ETAG, &variant.tag)
        .header(header::VARY, "accept-encoding, origin")
        // On every file: a worker has the policy of its own script.
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .finish();
    if negotiation::has(request, &variant.tag) {
        response.set_status(StatusCode::NOT_MODIFIED);
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, file.content_type.clone());
    if let Some(coding) = variant.coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    // The server itself leaves the body out where the method is HEAD.
    response.set_body(Body::from_bytes(variant.bytes.clone()));
    response
}
