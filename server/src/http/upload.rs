//! Files that are sent: a form whose one file is streamed into the folder of uploads (`incoming.rs`).
//!
//! Nothing of a body is read before its operation has said whose it is and how long it may be, and
//! before that person has a permit: so no body waits in memory or on the disk for anything but its
//! own bytes. A sender who is too slow loses the permit.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use adda_protocol::{Problem, UserId};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http_body_util::BodyDataStream;
use http_body_util::combinators::BoxBody;
use multer::Multipart;
use poem::http::header::CONTENT_TYPE;
use poem::{Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};

use super::asker::Asker;
use super::problem::problem_error;
use crate::budget::{Payer, costs};
use crate::incoming::{IncomingError, ReceivedFile, Uploads};
use crate::peer::Peer;

/// What a form may be beside its file, and what may be read ahead of what was written.
const BESIDE_THE_FILE: u64 = 512 * 1024;
/// The longest time that a file may take to arrive, and how much longer for each MiB of it.
const DEADLINE: Duration = Duration::from_secs(120);
const DEADLINE_PER_MIB: Duration = Duration::from_secs(8);
/// How often it is looked at whether enough of it arrived.
pub(super) const PACE: Duration = Duration::from_secs(10);
/// The fewest bytes that arrive in each such time; whoever is slower is given up.
pub(super) const LEAST_IN_PACE: u64 = 32 * 1024;
/// What a file may be taken for.
pub(crate) const KINDS: [&str; 3] = ["audio", "image", "file"];

/// A form with the field `file`, of which nothing was read yet; `HAS_KIND` where a field `kind` may stand
/// before it.
#[derive(Debug)]
pub(crate) struct Upload<const HAS_KIND: bool = false> {
    uploads: Arc<Uploads>,
    asker: Asker,
    network: IpAddr,
    payer: Payer,
    boundary: Option<String>,
    announced: u64,
    body: BoxBody<Bytes, io::Error>,
}

/// Why no file was received.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// There is no such form, or it broke off.
    #[error("not a form with a file")]
    NoFile,
    /// It may not be of this kind or so large, or whoever sends it was signed out meanwhile.
    #[error("refused")]
    Refused(Box<Problem>),
    #[error(transparent)]
    Incoming(#[from] IncomingError),
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NoFile => Self::invalid_field(
                "file",
                "must be one file in a form of the type multipart/form-data",
            ),
            UploadError::Refused(problem) => *problem,
            UploadError::Incoming(error) => error.into(),
        }
    }
}

impl From<Problem> for UploadError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        IncomingError::from(error).into()
    }
}

impl From<multer::Error> for UploadError {
    fn from(_: multer::Error) -> Self {
        Self::NoFile
    }
}

impl<const HAS_KIND: bool> Upload<HAS_KIND> {
    /// How many bytes the form is said to have at least; 0 where nothing is said.
    pub(crate) fn announced(&self) -> u64 {
        self.announced
    }

    /// Receives the file for this person. `admit` says whether a file that is said to be of a kind may have
    /// at least so many bytes: as soon as either is known, and again with what arrives.
    ///
    /// # Errors
    /// [`UploadError`].
    pub(crate) async fn receive(
        self,
        person: UserId,
        admit: impl Fn(Option<&str>, u64) -> Result<(), Problem>,
    ) -> Result<ReceivedFile, UploadError> {
        let Self { uploads, asker, network, payer, boundary, announced, body } = self;
        let boundary = boundary.ok_or(UploadError::NoFile)?;
        let at_least = announced.saturating_sub(BESIDE_THE_FILE);
        admit(None, at_least)?;
        let permit = uploads.permit(person, network, announced).await?;
        let (file, mut received) = permit.begin().await?;
        let counts = Arc::new(Counts::default());
        let bytes = Counted { body: BodyDataStream::new(body), payer, counts: counts.clone() };
        let form = Multipart::new(bytes, boundary);
        let admit = |kind: Option<&str>, bytes: u64| admit(kind, bytes.max(at_least));
        let writing = write_file(form, file, admit, &counts, &mut received);
        at_pace(writing, deadline(announced), &counts).await?;
        asker.look_again().await?;
        Ok(received)
    }
}

/// Writes the field `file` into a file, and notes what else is said of it.
async fn write_file(
    mut form: Multipart<'static>,
    mut file: File,
    admit: impl Fn(Option<&str>, u64) -> Result<(), Problem>,
    counts: &Counts,
    received: &mut ReceivedFile,
) -> Result<(), UploadError> {
    let mut has_file = false;
    // What else is in it is read as well, so that the connection may go on.
    while let Some(mut field) = form.next_field().await? {
        match field.name() {
            Some("kind") => received.kind = Some(field.text().await?),
            // None may be left out without a word.
            Some("file") if has_file => return Err(UploadError::NoFile),
            Some("file") => {
                has_file = true;
                received.name = field.file_name().map(as_called);
                let mut written = 0;
                admit(received.kind.as_deref(), written)?;
                while let Some(bytes) = field.chunk().await? {
                    written += bytes.len() as u64;
                    admit(received.kind.as_deref(), written)?;
                    counts.written.store(written, Ordering::Relaxed);
                    file.write_all(&bytes).await?;
                }
                file.flush().await?;
            }
            _ => {}
        }
    }
    if has_file { Ok(()) } else { Err(UploadError::NoFile) }
}

/// The name in a form: browsers write a quotation mark and the ends of lines in it like this, and nothing
/// else.
fn as_called(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// The longest time that so many bytes may take to arrive.
pub(super) fn deadline(bytes: u64) -> Duration {
    DEADLINE + DEADLINE_PER_MIB * u32::try_from(bytes >> 20).unwrap_or(0)
}

/// Lets this go on as long as enough arrives.
async fn at_pace(
    writing: impl Future<Output = Result<(), UploadError>>,
    deadline: Duration,
    counts: &Counts,
) -> Result<(), UploadError> {
    let mut writing = std::pin::pin!(writing);
    let (begun, mut before) = (Instant::now(), 0);
    loop {
        if let Ok(ended) = timeout(PACE, writing.as_mut()).await {
            return ended;
        }
        let arrived = counts.arrived.load(Ordering::Relaxed);
        if arrived - before < LEAST_IN_PACE || begun.elapsed() >= deadline {
            return Err(IncomingError::TooSlow.into());
        }
        before = arrived;
    }
}

#[derive(Debug, Default)]
struct Counts {
    arrived: AtomicU64,
    written: AtomicU64,
}

/// The bytes of a body, counted. A form that goes on and on around its file is cut off, because
/// whoever parses it keeps that in memory.
struct Counted {
    body: BodyDataStream<BoxBody<Bytes, io::Error>>,
    payer: Payer,
    counts: Arc<Counts>,
}

impl Stream for Counted {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.body.try_poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            let more = bytes.len() as u64;
            // How fast it comes is held back by the turns of those who send.
            self.payer.charge(costs::file_bytes_in(bytes.len()));
            let arrived = self.counts.arrived.fetch_add(more, Ordering::Relaxed) + more;
            if arrived - self.counts.written.load(Ordering::Relaxed) > BESIDE_THE_FILE {
                return Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into())));
            }
        }
        polled
    }
}

impl<const HAS_KIND: bool> Payload for Upload<HAS_KIND> {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
        let kind = MetaSchema {
            description: Some("What it shall be; without it, what it is decides."),
            enum_items: KINDS.iter().map(|kind| (*kind).into()).collect(),
            ..MetaSchema::new("string")
        };
        let kind = HAS_KIND.then(|| ("kind", inline(kind)));
        let file = ("file", inline(MetaSchema::new_with_format("string", "binary")));
        inline(MetaSchema {
            required: vec!["file"],
            properties: kind.into_iter().chain([file]).collect(),
            ..MetaSchema::new("object")
        })
    }

    fn register(_: &mut Registry) {}
}

impl<const HAS_KIND: bool> ParsePayload for Upload<HAS_KIND> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let uploads: &Arc<Uploads> = request.data().ok_or_else(|| {
            tracing::error!("the uploads are not wired");
            problem_error(Problem::internal())
        })?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok());
        let (asker, network) = (Asker::of(request), Peer::of(request).network());
        let body: BoxBody<Bytes, io::Error> = body.take()?.into();
        let announced = hyper::body::Body::size_hint(&body).lower();
        let payer = request.data::<Payer>().cloned().unwrap_or(Payer::nobody());
        Ok(Self { uploads: uploads.clone(), asker, network, payer, boundary, announced, body })
    }
}

impl_apirequest_for_payload!(Upload<HAS_KIND>, const HAS_KIND: bool);
