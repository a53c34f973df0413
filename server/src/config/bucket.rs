//! Where files are kept instead of in a folder: a bucket of an S3-compatible server.

use figment::value::Value;

use super::error::ConfigError;
use super::keys::{self, Key};
use super::secrets::Secret;
use super::sources::Settings;
use super::values::{self, Origin};

/// Where a request for a bucket goes when nothing else is said: Amazon's own.
const AMAZON: &str = "https://s3.{region}.amazonaws.com";
const USUAL_REGION: &str = "us-east-1";
/// What says more of a bucket, and nothing without one.
const OF_A_BUCKET: [&Key; 5] = [
    &keys::MEDIA_S3_ENDPOINT,
    &keys::MEDIA_S3_REGION,
    &keys::MEDIA_S3_ACCESS_KEY,
    &keys::MEDIA_S3_SECRET_KEY,
    &keys::MEDIA_S3_PATH_STYLE,
];

/// A bucket, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    /// What it is called.
    pub name: String,
    /// What the names of the files in it begin with, without a slash at either end; it may be empty.
    pub prefix: String,
    /// The server.
    pub endpoint: Origin,
    /// The region that requests are signed for.
    pub region: String,
    pub access_key: Secret,
    pub secret_key: Secret,
    /// Whether its name stands in the path of a request, not before the host.
    pub path_style: bool,
}

impl Bucket {
    /// Another bucket of the same server, which the same keys open.
    ///
    /// # Errors
    /// What is wrong with its address, in words that continue the option's name.
    pub(crate) fn beside(&self, url: &str) -> Result<Self, String> {
        let (name, prefix) = name_and_prefix(&Value::from(url))?;
        Ok(Self { name, prefix, ..self.clone() })
    }

    /// As it is written in the settings.
    pub(crate) fn url(&self) -> String {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}{slash}{}", self.name, self.prefix)
    }
}

/// The bucket, if one is set.
pub(super) fn find(settings: &mut Settings) -> Result<Option<Bucket>, ConfigError> {
    let url = settings.optional(&keys::MEDIA_URL, name_and_prefix)?;
    let endpoint = settings.optional(&keys::MEDIA_S3_ENDPOINT, values::public_url)?;
    let region = settings.optional(&keys::MEDIA_S3_REGION, region)?;
    let access_key = settings.optional(&keys::MEDIA_S3_ACCESS_KEY, secret)?;
    let secret_key = settings.optional(&keys::MEDIA_S3_SECRET_KEY, secret)?;
    let path_style = settings.optional(&keys::MEDIA_S3_PATH_STYLE, values::on_or_off)?;

    let Some((name, prefix)) = url else {
        // They would be passed over, and the files kept on a disk that is not meant for them.
        let idle = OF_A_BUCKET.iter().find_map(|key| settings.origin_of(key));
        return idle.map_or(Ok(None), |origin| {
            let advice = "set that as in s3://bucket or s3://bucket/folder, or remove this one";
            Err(ConfigError::Needs { origin, missing: keys::MEDIA_URL.env, advice })
        });
    };
    let needs = |key: &Key| ConfigError::Needs {
        origin: settings.origin_of(&keys::MEDIA_URL).unwrap_or_default(),
        missing: key.env,
        advice: "set it, or name the file that holds it, as the bucket's server gave it to you",
    };
    let access_key = access_key.ok_or_else(|| needs(&keys::MEDIA_S3_ACCESS_KEY))?;
    let secret_key = secret_key.ok_or_else(|| needs(&keys::MEDIA_S3_SECRET_KEY))?;
    let region = region.unwrap_or_else(|| USUAL_REGION.to_owned());
    // Servers of one's own rarely have a host for each bucket; Amazon wants one.
    let path_style = path_style.unwrap_or(endpoint.is_some());
    let endpoint = match endpoint {
        Some(endpoint) => endpoint,
        None => AMAZON.replace("{region}", &region).parse().map_err(|problem| {
            ConfigError::Invalid { origin: keys::MEDIA_S3_REGION.env.to_owned(), problem }
        })?,
    };
    Ok(Some(Bucket { name, prefix, endpoint, region, access_key, secret_key, path_style }))
}

fn is_plain(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.bytes().all(is_known)
}

fn name_and_prefix(value: &Value) -> Result<(String, String), String> {
    let url = values::text(value)?;
    let refuse = |wrong: &str| {
        format!("is {url:?}, {wrong}, but must be as in s3://bucket or s3://bucket/folder")
    };
    if url.contains('@') {
        // Perhaps a key.
        return Err(
            "holds a user name or key, but must be as in s3://bucket or s3://bucket/folder; \
             the keys have settings of their own"
                .to_owned(),
        );
    }
    let rest =
        url.strip_prefix("s3://").ok_or_else(|| refuse("which is no address of a bucket"))?;
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let is_part = |part: &str| is_plain(part) && !part.trim_matches('.').is_empty();
    if !is_plain(name) || !(prefix.is_empty() || prefix.split('/').all(is_part)) {
        return Err(refuse("which has other signs than letters, digits, '-', '_' and '.'"));
    }
    Ok((name.to_owned(), prefix.to_owned()))
}

fn region(value: &Value) -> Result<String, String> {
    let region = values::text(value)?;
    if is_plain(region) {
        Ok(region.to_owned())
    } else {
        Err(format!("is {region:?}, but must be the name of a region such as {USUAL_REGION}"))
    }
}

fn secret(value: &Value) -> Result<Secret, String> {
    let key = values::text(value)?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key {
        Ok(Secret::new(key))
    } else {
        Err("is no key: it is empty or has spaces".to_owned())
    }
}
