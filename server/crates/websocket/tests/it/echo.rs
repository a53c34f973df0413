//! Both ends of a connection that sends every message back: this crate, and a TCP stream.

use std::io::{Error, IoSlice, Result};

use adda_websocket::{Event, Head, Opcode, Reader, Role, accept_key, close, write_masked};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The largest message of the cases.
const LIMIT: usize = 16 * 1024 * 1024;
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// Serves everybody, until it is aborted.
pub(crate) async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async {
            // Many cases end with a connection that the other side breaks off.
            let _ = accept(stream).await;
        });
    }
}

async fn accept(mut stream: TcpStream) -> Result<()> {
    let (request, rest) = read_head(&mut stream).await?;
    let key = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim())
    });
    let accept = accept_key(key.ok_or_else(|| Error::other("no key"))?);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nServer: adda\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    Echo { stream, role: Role::Server }.run(rest).await
}

/// Opens `path`, and sends everything back until the connection ends.
pub(crate) async fn connect(address: &str, path: &str) -> Result<()> {
    let (stream, rest) = open(address, path).await?;
    Echo { stream, role: Role::Client }.run(rest).await
}

/// Opens `path`, and takes the first text that is said there.
pub(crate) async fn ask(address: &str, path: &str) -> Result<String> {
    let (mut stream, mut bytes) = open(address, path).await?;
    loop {
        if let Ok(Some(Event::Text(text))) = Reader::new(Role::Client, LIMIT).read(&mut &bytes[..])
        {
            return Ok(text.into_owned());
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(Error::other("nothing is said"));
        }
    }
}

async fn open(address: &str, path: &str) -> Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let (answer, rest) = read_head(&mut stream).await?;
    assert!(answer.contains(&accept_key(KEY)), "{answer}");
    Ok((stream, rest))
}

/// The head of a request or an answer, and what was read behind it.
async fn read_head(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(Error::other("no head"));
        }
    }
}

struct Echo {
    stream: TcpStream,
    role: Role,
}

impl Echo {
    async fn run(mut self, mut bytes: Vec<u8>) -> Result<()> {
        let mut reader = Reader::new(self.role, LIMIT);
        loop {
            let mut input = &bytes[..];
            loop {
                match reader.read(&mut input) {
                    Ok(Some(Event::Close(closed))) => return self.close(closed.code).await,
                    Ok(Some(event)) => self.answer(event).await?,
                    Ok(None) => break,
                    Err(fault) => return self.close(Some(fault.code())).await,
                }
            }
            bytes.clear();
            bytes.reserve(64 * 1024);
            if self.stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn answer(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Text(text) => self.write(Opcode::Text, text.as_bytes()).await,
            Event::Binary(bytes) => self.write(Opcode::Binary, &bytes).await,
            Event::Ping(payload) => self.write(Opcode::Pong, &payload).await,
            Event::Fragment | Event::Pong(_) | Event::Close(_) => Ok(()),
        }
    }

    /// Answers the end, and waits for that of the stream.
    async fn close(mut self, code: Option<u16>) -> Result<()> {
        let payload = code.map(|code| close(code, "").slice(2..)).unwrap_or_default();
        self.write(Opcode::Close, &payload).await?;
        if self.role == Role::Server {
            self.stream.shutdown().await?;
        }
        while self.stream.read(&mut [0; 1024]).await? > 0 {}
        Ok(())
    }

    /// A server writes the head before the payload, and copies nothing.
    async fn write(&mut self, opcode: Opcode, payload: &[u8]) -> Result<()> {
        if self.role == Role::Client {
            let mut frame = Vec::new();
            write_masked(opcode, payload, MASK, &mut frame);
            return self.stream.write_all(&frame).await;
        }
        let head = Head::new(opcode, payload.len());
        let slices = [IoSlice::new(&head), IoSlice::new(payload)];
        let written = self.stream.write_vectored(&slices).await?;
        let of_payload = written.saturating_sub(head.len());
        self.stream.write_all(&head[written.min(head.len())..]).await?;
        self.stream.write_all(&payload[of_payload..]).await
    }
}
