//! A way to Redis that counts what comes from there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::failure::Result;

/// How a message on a channel begins: sharded or not.
const MESSAGE: &[u8] = b"message\r\n";

/// A way to Redis, open for as long as it is held.
pub(super) struct Counted {
    pub(super) address: SocketAddr,
    messages: Arc<AtomicU64>,
    _open: JoinSet<()>,
}

impl Counted {
    pub(super) async fn to(redis: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let messages = Arc::new(AtomicU64::new(0));
        let mut open = JoinSet::new();
        let counter = Arc::clone(&messages);
        open.spawn(async move {
            let mut ways = JoinSet::new();
            while let Ok((node, _)) = listener.accept().await {
                ways.spawn(carry(node, redis, Arc::clone(&counter)));
            }
        });
        Ok(Self { address, messages, _open: open })
    }

    /// How many messages came.
    pub(super) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }
}

async fn carry(node: TcpStream, redis: SocketAddr, messages: Arc<AtomicU64>) {
    let Ok(redis) = TcpStream::connect(redis).await else { return };
    let ((mut from_node, mut to_node), (mut from_redis, mut to_redis)) =
        (node.into_split(), redis.into_split());
    let there = async {
        let _ = tokio::io::copy(&mut from_node, &mut to_redis).await;
    };
    let back = async {
        let (mut bytes, mut kept) = (vec![0; 64 * 1024], 0);
        // What was read stays for as long as the beginning of a message may be cut off at its end.
        while let Ok(count @ 1..) = from_redis.read(&mut bytes[kept..]).await {
            let end = kept + count;
            if to_node.write_all(&bytes[kept..end]).await.is_err() {
                break;
            }
            let found = memchr::memmem::find_iter(&bytes[..end], MESSAGE).count();
            messages.fetch_add(found as u64, Ordering::Relaxed);
            let rest = end.saturating_sub(MESSAGE.len() - 1);
            bytes.copy_within(rest..end, 0);
            kept = end - rest;
        }
    };
    tokio::select! { () = there => {}, () = back => {} }
}
