//! A bucket of an S3-compatible server as a store.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::client::HttpError;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, Error, ObjectStore, RetryConfig};

use super::client::{Client, NO_BUCKET, NoAuthorities, NoBucket, code};
use crate::config::Bucket;

/// How often a request is repeated that was not answered, and for how long.
const REPEATED: usize = 2;
const REPEATED_WITHIN: Duration = Duration::from_secs(10);

/// Why a bucket cannot be used, a sentence for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BucketError {
    #[error(
        "The server of the bucket {bucket} answers {code}. Check ADDA_MEDIA_URL, ADDA_MEDIA_S3_REGION and the two \
         keys, and that these may list, read, write and remove what is in the bucket."
    )]
    Refused { bucket: String, code: String },
    #[error(transparent)]
    NoAuthorities(#[from] NoAuthorities),
    #[error("The bucket cannot be used: {0}.")]
    Unusable(Error),
}

/// The store that it is.
pub(super) fn open(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, BucketError> {
    let endpoint = bucket.endpoint.as_str();
    let address = match endpoint.split_once("://") {
        Some((scheme, host)) if !bucket.path_style => format!("{scheme}://{}.{host}", bucket.name),
        _ => endpoint.to_owned(),
    };
    let is_https = endpoint.starts_with("https://");
    let retry = RetryConfig {
        backoff: BackoffConfig { init_backoff: Duration::from_millis(100), ..Default::default() },
        max_retries: REPEATED,
        retry_timeout: REPEATED_WITHIN,
    };
    let store = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_endpoint(address)
        .with_virtual_hosted_style_request(!bucket.path_style)
        .with_access_key_id(bucket.access_key.expose())
        .with_secret_access_key(bucket.secret_key.expose())
        // A hash over each file would keep a worker from everybody else for as long; TLS sees to that.
        .with_unsigned_payload(true)
        // Several at once are removed by requests that not every server knows.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_http_connector(Client::new(is_https)?)
        .build()
        .map_err(BucketError::Unusable)?;
    Ok(if bucket.prefix.is_empty() {
        Arc::new(store)
    } else {
        Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
    })
}

/// Asks for it once, so that what is set wrong is told at the start. Whoever does not answer now may later.
pub(super) async fn try_out(
    store: &Arc<dyn ObjectStore>,
    bucket: &Bucket,
) -> Result<(), BucketError> {
    match store.list(None).next().await {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(error)) if is_for::<NoBucket>(&error) => {
            Err(BucketError::Refused { bucket: bucket.name.clone(), code: NO_BUCKET.to_owned() })
        }
        // Nothing was answered that says more of it.
        Some(Err(error)) if is_for::<HttpError>(&error) => {
            tracing::warn!(
                %error, bucket = bucket.name,
                "the bucket of files does not answer: until it does, none is stored or delivered"
            );
            Ok(())
        }
        Some(Err(error)) => Err(BucketError::Refused {
            bucket: bucket.name.clone(),
            code: code(&error.to_string()).unwrap_or("with an error").to_owned(),
        }),
    }
}

/// Whether this is behind an error.
fn is_for<E: std::error::Error + 'static>(error: &Error) -> bool {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |error| error.source()).any(|error| error.is::<E>())
}
