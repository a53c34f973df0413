//! People behind a proxy, each at an address of their own.

use std::net::IpAddr;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use super::people::{Answer, PASSWORD, Request};
use super::socket::Socket;

/// Somebody at an address of their own: on this host, whoever is at 127.0.0.7 connects from there.
pub(crate) struct Guest {
    address: IpAddr,
    pub(crate) client: Client,
}

impl Guest {
    pub(crate) fn at(address: &str) -> Self {
        let address: IpAddr = address.parse().unwrap();
        Self { address, client: Client::builder().local_address(address).build().unwrap() }
    }

    pub(crate) async fn registers(
        &self,
        through: &str,
        name: &str,
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let request = json!({"username": name, "password": PASSWORD, "cookie": true});
        let request = Request::post("/auth/register", request).with_headers(headers);
        request.send(&self.client, through).await
    }

    pub(crate) async fn connects(&self, through: &str, token: &Value) -> Socket {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.bind((self.address, 0).into()).unwrap();
        let tcp = tcp.connect(through.parse().unwrap()).await.unwrap();
        let mut socket = Socket::open_on(tcp, "/ws").await;
        socket.say(json!({"type": "auth", "token": token})).await;
        socket.hears("ready").await;
        socket
    }
}
