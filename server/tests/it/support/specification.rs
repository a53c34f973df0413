//! Holds every answer of the suite against the OpenAPI document.

use std::sync::LazyLock;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// The committed document.
pub(crate) static OPENAPI: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../openapi/openapi.json")).unwrap()
});

/// The operation of a path and method, if it is documented.
pub(crate) fn operation<'a>(method: &Method, path: &str) -> Option<&'a Value> {
    let path = path.split('?').next().unwrap();
    let segments: Vec<_> = path.split('/').collect();
    let matches = |template: &str| {
        let template: Vec<_> = template.split('/').collect();
        template.len() == segments.len()
            && template.iter().zip(&segments).all(|(t, s)| t.starts_with('{') || t == s)
    };
    let paths = OPENAPI["paths"].as_object().unwrap();
    // A fixed segment is more precise than a parameter.
    let of_path = paths.iter().filter(|(template, _)| matches(template));
    let (_, operations) = of_path.min_by_key(|(template, _)| template.matches('{').count())?;
    operations.get(method.as_str().to_lowercase())
}

/// An answer that the document does not declare fails the test.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, status: u16, headers: &HeaderMap, body: &Value) {
    assert!(status < 500 || status == 503, "{method} {path} answered {status}: {body:#}");
    let Some(operation) = operation(method, path) else { return };
    let declared = &operation["responses"][status.to_string()];
    assert!(declared.is_object(), "{method} {path} does not declare {status}: {body:#}");
    let content_type = headers.get("content-type").map(|value| value.to_str().unwrap());
    let Some(content) = declared["content"].as_object() else {
        assert_eq!(*body, Value::Null, "{method} {path} {status} has no content");
        return;
    };
    let content_type = content_type.expect("a content type");
    let bare = content_type.split(';').next().unwrap();
    assert!(
        content.keys().any(|key| key.split(';').next() == Some(bare)),
        "{method} {path} {status} does not declare {content_type}"
    );
}
