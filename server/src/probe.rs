//! Asks the server that runs with the same settings how it is, for the health check of a container: an image
//! has no program that could.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use crate::config::Config;

/// The server itself gives the database two seconds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Whether the process does anything at all.
    Alive,
    /// Whether it can serve.
    Ready,
}

/// The server is not well, or not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwell {
    /// The port is known to the process alone.
    #[error("PORT is 0, so that the server listens where nobody can know; set a port to ask it.")]
    NoPort,
    /// Nobody answers.
    #[error("The server does not answer at {0}.")]
    Silent(SocketAddr),
    /// It answers that it is not.
    #[error("The server at {0} answers {1}.")]
    Refused(SocketAddr, http::StatusCode),
}

/// Asks once.
///
/// # Errors
/// [`Unwell`], a sentence for whoever looks at the container.
pub(crate) async fn ask(config: &Config, question: Question) -> Result<(), Unwell> {
    let address = address(config.listen_address());
    if address.port() == 0 {
        return Err(Unwell::NoPort);
    }
    let path = match question {
        Question::Alive => "/livez",
        Question::Ready => "/readyz",
    };
    let uri = Uri::builder().scheme("http").authority(address.to_string()).path_and_query(path);
    let uri = uri.build().map_err(|_| Unwell::Silent(address))?;
    let asking = async {
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let answer = client.get(uri).await.ok()?;
        let status = answer.status();
        answer.into_body().collect().await.ok()?;
        Some(status)
    };
    match timeout(ANSWERED_WITHIN, asking).await {
        Ok(Some(status)) if status.is_success() => Ok(()),
        Ok(Some(status)) => Err(Unwell::Refused(address, status)),
        Ok(None) | Err(_) => Err(Unwell::Silent(address)),
    }
}

/// Where a server that listens on this address is reached from its own host.
fn address(listened: SocketAddr) -> SocketAddr {
    let host = match listened.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(host, listened.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_at_home() {
        for (listened, asked) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(address(listened.parse().unwrap()).to_string(), asked);
        }
    }
}
