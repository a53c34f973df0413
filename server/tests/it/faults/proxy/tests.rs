//! The proxy does to a connection what it is told, and to no other.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Conditions, Proxy, Reach};
use crate::faults::port::Port;

/// Nothing here is waited for as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// What does not come within this time does not come.
const LONG_ENOUGH: Duration = Duration::from_millis(150);

/// Something that says everything back, and a link to it.
fn echo() -> (Port, Proxy) {
    let port = Port::reserve();
    let listener = port.listen();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    let proxy = Proxy::to(port.address());
    (port, proxy)
}

async fn connect(proxy: &Proxy) -> std::io::Result<TcpStream> {
    timeout(PATIENCE, TcpStream::connect(proxy.address())).await.unwrap()
}

/// Says something and answers what comes back.
async fn says(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(text).await?;
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back).await?;
    Ok(back)
}

async fn is_heard(stream: &mut TcpStream) {
    assert_eq!(timeout(PATIENCE, says(stream, b"tea?")).await.unwrap().unwrap(), b"tea?");
}

async fn is_not_heard(stream: &mut TcpStream) {
    assert!(timeout(LONG_ENOUGH, says(stream, b"tea?")).await.is_err(), "nothing passes");
}

#[tokio::test]
async fn a_link_that_is_cut_resets_and_refuses_until_it_is_whole() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    is_heard(&mut stream).await;
    proxy.has_reach(Reach::Cut);
    let error = stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    // The listener goes a moment after the order.
    timeout(PATIENCE, async { while connect(&proxy).await.is_ok() {} }).await.unwrap();
    proxy.is_whole();
    timeout(PATIENCE, async { while connect(&proxy).await.is_err() {} }).await.unwrap();
    is_heard(&mut connect(&proxy).await.unwrap()).await;
}

#[tokio::test]
async fn a_half_open_link_takes_everything_and_answers_nothing_and_what_was_on_it_stays_dead() {
    let (_port, proxy) = echo();
    let mut before = connect(&proxy).await.unwrap();
    is_heard(&mut before).await;
    proxy.has_reach(Reach::HalfOpen);
    is_not_heard(&mut before).await;
    let mut during = connect(&proxy).await.expect("it is accepted");
    is_not_heard(&mut during).await;
    proxy.is_whole();
    is_heard(&mut connect(&proxy).await.unwrap()).await;
    is_not_heard(&mut before).await;
    is_not_heard(&mut during).await;
}

#[tokio::test]
async fn a_stalled_link_delivers_later_what_it_held() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    is_heard(&mut stream).await;
    proxy.has_reach(Reach::Stalled);
    stream.write_all(b"tea?").await.unwrap();
    let mut back = [0; 4];
    assert!(timeout(LONG_ENOUGH, stream.read_exact(&mut back)).await.is_err());
    proxy.is_whole();
    timeout(PATIENCE, stream.read_exact(&mut back)).await.unwrap().unwrap();
    assert_eq!(&back, b"tea?");
}

#[tokio::test]
async fn a_slow_link_is_late_in_both_directions_and_keeps_the_order() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    let late = Duration::from_millis(60);
    proxy.is(Conditions { delay: Some((late, late * 2)), ..Conditions::default() });
    let begun = Instant::now();
    let text: Vec<u8> = (0..200).collect();
    for piece in text.chunks(10) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut back = vec![0; text.len()];
    timeout(PATIENCE, stream.read_exact(&mut back)).await.unwrap().unwrap();
    assert_eq!(back, text);
    assert!(begun.elapsed() >= late * 2, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_narrow_link_takes_its_time() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    proxy.is(Conditions { bytes_per_second: Some(20_000), ..Conditions::default() });
    let begun = Instant::now();
    says(&mut stream, &[7; 4_000]).await.unwrap();
    says(&mut stream, &[7; 4_000]).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(400), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_end_that_closes_is_told_to_the_other_after_all_that_it_said() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    stream.write_all(&[7; 100_000]).await.unwrap();
    let mut back = vec![0; 100_000];
    timeout(PATIENCE, stream.read_exact(&mut back)).await.unwrap().unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(timeout(PATIENCE, stream.read(&mut back)).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn connections_are_reset_and_new_ones_are_welcome() {
    let (_port, proxy) = echo();
    let mut stream = connect(&proxy).await.unwrap();
    is_heard(&mut stream).await;
    proxy.resets();
    assert!(stream.read_u8().await.is_err());
    is_heard(&mut connect(&proxy).await.unwrap()).await;
}
