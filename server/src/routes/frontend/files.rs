//! The files of the built web app as the binary has them: each in every coding that the build made,
//! with its entity tag. Without a build there is one page, which says how to make one.

use std::borrow::Cow;
use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use poem::http::HeaderValue;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The page that answers every address of the app.
pub(super) const PAGE: &str = "index.html";

/// What the build makes of a file beside it: the best coding first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
struct Dist;

/// All files by their path, which has no slash at its beginning.
pub(super) struct Files(HashMap<String, File>);

pub(super) struct File {
    /// The value of `Content-Type`.
    pub(super) content_type: HeaderValue,
    /// The file's name holds its hash: what is there never changes.
    pub(super) is_immutable: bool,
    /// The file as it is.
    pub(super) plain: Variant,
    /// In the codings that the build made, the best one first.
    pub(super) coded: Vec<Variant>,
}

/// The bytes of a file in one coding.
pub(super) struct Variant {
    /// The value of `Content-Encoding`.
    pub(super) coding: Option<&'static str>,
    /// The value of `ETag`.
    pub(super) tag: HeaderValue,
    /// The body.
    pub(super) bytes: Bytes,
}

impl Files {
    /// What was built, or the page that says how to build it.
    pub(super) fn embedded() -> Self {
        let dist = Dist::iter().filter_map(|name| {
            let bytes = match Dist::get(&name)?.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((name.into_owned(), bytes))
        });
        let dist: HashMap<_, _> = dist.collect();
        if dist.contains_key(PAGE) {
            return Self::of(&dist);
        }
        let not_built = Bytes::from_static(include_bytes!("not_built.html"));
        Self::of(&HashMap::from([(PAGE.to_owned(), not_built)]))
    }

    /// These, where `x.br` and `x.gz` are codings of `x`.
    pub(super) fn of(dist: &HashMap<String, Bytes>) -> Self {
        let is_coding = |name: &str| {
            let of = CODINGS.iter().find_map(|(_, suffix)| name.strip_suffix(suffix));
            of.is_some_and(|of| dist.contains_key(of))
        };
        let files = dist.iter().filter(|(name, _)| !is_coding(name)).map(|(name, bytes)| {
            let coded = CODINGS.iter().filter_map(|(coding, suffix)| {
                let bytes = dist.get(&format!("{name}{suffix}"))?;
                Some(Variant::new(Some(coding), bytes))
            });
            let file = File {
                content_type: HeaderValue::from_static(content_type(name)),
                is_immutable: name.starts_with("assets/"),
                plain: Variant::new(None, bytes),
                coded: coded.collect(),
            };
            (name.clone(), file)
        });
        Self(files.collect())
    }

    /// Puts another content in the place of a file that is there.
    pub(super) fn replace(&mut self, name: &str, bytes: &Bytes) {
        if let Some(file) = self.0.get_mut(name) {
            file.plain = Variant::new(None, bytes);
            file.coded.clear();
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&File> {
        self.0.get(name)
    }
}

impl Variant {
    fn new(coding: Option<&'static str>, bytes: &Bytes) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..18]);
        let tag = HeaderValue::try_from(format!("\"{hash}\""));
        let tag = tag.unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { coding, tag, bytes: bytes.clone() }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("mp3") => "audio/mpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_built_has_a_type_that_browsers_know() {
        for (name, file) in Files::embedded().0 {
            assert_ne!(file.content_type, "application/octet-stream", "{name}");
        }
    }
}
