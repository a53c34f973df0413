//! The few REST calls that the benchmarks make.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde_json::Value;

use crate::failure::{Context, Result, fail};

/// A client of one running server.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    base: String,
}

impl Api {
    /// A client of the server at `address`.
    pub(crate) fn new(address: SocketAddr) -> Result<Self> {
        let client = Client::builder().no_proxy().tcp_nodelay(true).build()?;
        Ok(Self { client, base: format!("http://{address}/api/v1") })
    }

    /// The bytes of a successful answer; anything else is an error with the server's words.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Vec<u8>> {
        let what = format!("{method} {path}");
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.context(&what)?;
        let status = answer.status();
        let bytes = answer.bytes().await.context(&what)?;
        if status.is_success() {
            return Ok(bytes.into());
        }
        let text: String = String::from_utf8_lossy(&bytes).chars().take(500).collect();
        fail(format!("{what}: {status}: {text}"))
    }

    pub(crate) async fn get_bytes(&self, path: &str, token: &str) -> Result<Vec<u8>> {
        self.call(Method::GET, path, Some(token), None).await
    }

    /// The JSON of what is at `path`.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Result<Value> {
        let bytes = self.get_bytes(path, token).await?;
        serde_json::from_slice(&bytes).context(path)
    }

    /// Posts a body and reads the JSON answer.
    pub(crate) async fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Value> {
        let bytes = self.call(Method::POST, path, token, Some(body)).await?;
        serde_json::from_slice(&bytes).context(path)
    }

    /// Removes a resource.
    pub(crate) async fn delete(&self, path: &str, token: &str) -> Result<()> {
        self.call(Method::DELETE, path, Some(token), None).await.map(drop)
    }

    /// Puts an empty resource.
    pub(crate) async fn put(&self, path: &str, token: &str) -> Result<()> {
        self.call(Method::PUT, path, Some(token), None).await.map(drop)
    }
}
