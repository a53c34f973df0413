//! A crowd of sockets: opened a hundred at a time, and read until they end.

use std::net::SocketAddr;

use tokio::task::JoinSet;

use crate::failure::{Failure, Result};
use crate::ws::Connection;

/// How many connections are opened at the same time.
const OPENING: usize = 100;

/// Opens a socket for each token, at the addresses in turn. As soon as one is ready, `seat` gets it with its place among the
/// tokens and its `ready` frame.
pub(crate) async fn open(
    addresses: &[SocketAddr],
    tokens: impl IntoIterator<Item = String>,
    mut seat: impl FnMut(usize, Connection, Vec<u8>) -> Result<()>,
) -> Result<()> {
    let mut opening = JoinSet::new();
    for (place, token) in tokens.into_iter().enumerate() {
        if opening.len() >= OPENING
            && let Some(open) = opening.join_next().await
        {
            let (place, connection, ready) = open??;
            seat(place, connection, ready)?;
        }
        let address = addresses[place % addresses.len()];
        opening.spawn(async move {
            let mut connection = Connection::open(address, "/ws").await?;
            let ready = connection.authenticate(&token).await?;
            Ok::<_, Failure>((place, connection, ready))
        });
    }
    while let Some(open) = opening.join_next().await {
        let (place, connection, ready) = open??;
        seat(place, connection, ready)?;
    }
    Ok(())
}

/// Hands on all that arrives, and answers pings; ends only with the connection, and answers why.
pub(crate) async fn listen(mut connection: Connection, mut take: impl FnMut(&[u8])) -> Failure {
    loop {
        if let Err(reason) =
            connection.receive(|frames| frames.for_each(|frame| take(frame.as_bytes()))).await
        {
            return reason;
        }
    }
}
