//! People who send photographs and recordings, one after the other, each from an address of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::failure::{Context, Failure, Result, fail};
use crate::noise;

const BOUNDARY: &str = "adda-bench-form";
/// What a telephone takes.
const PHOTO: (u32, u32) = (4_000, 3_000);
const RECORDED_HZ: u32 = 48_000;
const RECORDED_SECONDS: u32 = 10;

/// Forms to send, made once.
#[derive(Clone)]
pub(crate) struct Forms {
    photo: Bytes,
    recording: Bytes,
}

/// What became of the uploads.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) taken: AtomicU64,
    /// How often somebody was told to come back later.
    pub(crate) later: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

impl Forms {
    pub(crate) fn make() -> Result<Self> {
        Ok(Self { photo: form("image", &photo()?), recording: form("audio", &recording()) })
    }

    /// The length of a photograph and of a recording, with their forms.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        (self.photo.len(), self.recording.len())
    }
}

/// People who upload without end. They stop when this is dropped.
pub(crate) struct Crowd(JoinSet<Failure>);

impl Crowd {
    /// Each of these tokens' people sends photographs and recordings in turn.
    pub(crate) fn start(
        address: SocketAddr,
        tokens: Vec<String>,
        forms: &Forms,
        told: &Arc<Told>,
    ) -> Result<Self> {
        let mut tasks = JoinSet::new();
        for (place, token) in (1..=u8::MAX).zip(tokens) {
            let own = Ipv4Addr::new(127, 0, 2, place);
            let client = Client::builder().no_proxy().local_address(IpAddr::V4(own)).build()?;
            let url = format!("http://{address}/api/v1/media");
            let sender = Sender { client, url, token, told: told.clone() };
            tasks.spawn(sender.send_without_end(forms.clone()));
        }
        Ok(Self(tasks))
    }

    /// Ends it; an error when one of them could not go on.
    pub(crate) async fn end(mut self) -> Result<()> {
        let failed = self.0.try_join_next();
        self.0.shutdown().await;
        match failed {
            Some(Ok(failure)) => Err(failure),
            _ => Ok(()),
        }
    }
}

struct Sender {
    client: Client,
    url: String,
    token: String,
    told: Arc<Told>,
}

impl Sender {
    async fn send_without_end(self, forms: Forms) -> Failure {
        loop {
            for form in [&forms.photo, &forms.recording] {
                if let Err(failure) = self.send(form).await {
                    return failure;
                }
            }
        }
    }

    /// Sends a form until it is taken.
    async fn send(&self, form: &Bytes) -> Result<()> {
        loop {
            let request = self
                .client
                .post(&self.url)
                .bearer_auth(&self.token)
                .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
                .body(form.clone());
            let answer = request.send().await.context("uploading")?;
            let status = answer.status();
            let text = answer.text().await.context("uploading")?;
            match status {
                StatusCode::OK => {
                    self.told.taken.fetch_add(1, Ordering::Relaxed);
                    self.told.bytes.fetch_add(form.len() as u64, Ordering::Relaxed);
                    return Ok(());
                }
                StatusCode::TOO_MANY_REQUESTS => self.told.later.fetch_add(1, Ordering::Relaxed),
                _ => return fail(format!("uploading: {status}: {text}")),
            };
            let problem: Value = serde_json::from_str(&text)?;
            let pause = problem["retry_after_ms"].as_u64().unwrap_or(1_000);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }
}

fn form(kind: &str, file: &[u8]) -> Bytes {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"it\"\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(file);
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    form.into()
}

/// A picture with as much in it as a photograph: slopes, edges and grain.
fn photo() -> Result<Vec<u8>> {
    let (width, height) = PHOTO;
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let grain = (noise::next() % 24) as u32;
            let edge = if (x / 97 + y / 61) % 5 == 0 { 60 } else { 0 };
            let slopes = [x * 180 / width, y * 180 / height, (x + y) * 180 / (width + height)];
            pixels.extend(
                slopes.map(|slope| u8::try_from(slope + edge.min(50) + grain).unwrap_or(255)),
            );
        }
    }
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 88)
        .encode(&pixels, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| Failure::new(format!("a photograph: {error}")))?;
    Ok(file)
}

/// Ten seconds of a falling tone, as WAV.
fn recording() -> Vec<u8> {
    let count = RECORDED_HZ * RECORDED_SECONDS;
    let bytes = count * 2;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&[1, 0, 1, 0]);
    file.extend_from_slice(&RECORDED_HZ.to_le_bytes());
    file.extend_from_slice(&(RECORDED_HZ * 2).to_le_bytes());
    file.extend_from_slice(&[2, 0, 16, 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    for place in 0..count {
        let time = f64::from(place) / f64::from(RECORDED_HZ);
        let value = (time * (880.0 - 40.0 * time) * std::f64::consts::TAU).sin() * 12_000.0;
        file.extend_from_slice(&(value as i16).to_le_bytes());
    }
    file
}
