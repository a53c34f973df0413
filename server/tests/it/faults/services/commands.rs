//! A connection to Redis on which a test says what it likes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::faults::proxy::resp;

/// Speaks RESP2. A value is answered in Redis's own bytes.
#[derive(Debug)]
pub(crate) struct Commands {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Commands {
    pub(crate) async fn to(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        Some(Self { stream, read: Vec::new() })
    }

    /// Says a command of texts and answers what is answered, if anything is.
    pub(crate) async fn says(&mut self, command: &[&str]) -> Option<Vec<u8>> {
        let command: Vec<_> = command.iter().map(|word| word.as_bytes()).collect();
        self.says_bytes(&command).await
    }

    /// Says a command of any bytes.
    pub(crate) async fn says_bytes(&mut self, command: &[&[u8]]) -> Option<Vec<u8>> {
        let mut out = format!("*{}\r\n", command.len()).into_bytes();
        for word in command {
            out.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            out.extend_from_slice(word);
            out.extend_from_slice(b"\r\n");
        }
        self.stream.write_all(&out).await.ok()?;
        self.hears().await
    }

    /// The next value that comes.
    pub(crate) async fn hears(&mut self) -> Option<Vec<u8>> {
        loop {
            if !self.read.is_empty()
                && let Some(length) = resp::length(&self.read)
            {
                return Some(self.read.drain(..length).collect());
            }
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }
}

/// The texts in a value, however deep.
pub(crate) fn texts(value: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut rest = value;
    while let Some(line) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let (head, after) = (&rest[..line], &rest[line + 2..]);
        let length = std::str::from_utf8(&head[1..]).ok().and_then(|text| text.parse().ok());
        rest = match length {
            Some(length) if head[0] == b'$' => {
                let text: &[u8] = &after[..length];
                texts.push(text.to_vec());
                &after[length + 2..]
            }
            _ => after,
        };
    }
    texts
}
