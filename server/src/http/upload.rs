//! Files that are sent: a form whose one file is streamed into the folder of uploads.
//!
//! Nothing of a body is read before its operation has said whose it is and how long it may be, and
//! before that person has a permit: so no body waits in memory or on the disk for anything but its
//! own bytes. A sender who is too slow loses the permit.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use adda_protocol::{Code, Problem, UserId};
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
use uuid::Uuid;

use super::asker::Asker;
use super::keyed_permits::{KeyedPermit, KeyedPermits};
use super::problem::problem_error;
use crate::failures::storage_problem;
use crate::peer::Peer;

/// What a form may be beside its file, and what may be read ahead of what was written.
const BESIDE_THE_FILE: u64 = 512 * 1024;
/// The longest time that a file may take to arrive.
const DEADLINE: Duration = Duration::from_secs(120);
/// How often it is looked at whether enough of it arrived.
const PACE: Duration = Duration::from_secs(10);
/// The fewest bytes that arrive in each such time; whoever is slower is given up.
const LEAST_IN_PACE: u64 = 32 * 1024;
/// The longest time that somebody waits for a permit.
const PATIENCE: Duration = Duration::from_secs(15);

/// Files at once of one person, and how many more wait.
const OF_PERSON: (usize, usize) = (2, 10);
/// The same of one address: an office, or somebody with many accounts.
const OF_ADDRESS: (usize, usize) = (8, 40);
/// The same on the whole server.
const OF_ALL: (usize, usize) = (16, 200);

/// The folder in which files lie while they are received and looked at, and who may send.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    by_person: KeyedPermits<UserId>,
    by_address: KeyedPermits<IpAddr>,
    by_all: KeyedPermits<()>,
}

impl Uploads {
    /// Makes the folder, and removes from it what a server that ended left there.
    ///
    /// # Errors
    /// The folder cannot be made or emptied.
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // What has another kind of name is not ours.
            let is_ours =
                entry.file_name().to_str().is_some_and(|name| Uuid::try_parse(name).is_ok());
            if is_ours {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(Self {
            folder,
            by_person: KeyedPermits::new(OF_PERSON.0, OF_PERSON.1),
            by_address: KeyedPermits::new(OF_ADDRESS.0, OF_ADDRESS.1),
            by_all: KeyedPermits::new(OF_ALL.0, OF_ALL.1),
        })
    }

    async fn permit(&self, person: UserId, network: IpAddr) -> Option<UploadPermit> {
        let permit = async {
            let of_person = self.by_person.take(person).await?;
            let of_address = self.by_address.take(network).await?;
            Some((of_person, of_address, self.by_all.take(()).await?))
        };
        timeout(PATIENCE, permit).await.ok().flatten()
    }
}

type UploadPermit = (KeyedPermit<UserId>, KeyedPermit<IpAddr>, KeyedPermit<()>);

/// A form with the field `file`, of which nothing was read yet.
#[derive(Debug)]
pub(crate) struct Upload {
    uploads: Arc<Uploads>,
    asker: Asker,
    network: IpAddr,
    boundary: Option<String>,
    body: poem::Body,
}

/// A file that was received. It is removed, and its permit is given back, when this is dropped.
#[derive(Debug)]
pub(crate) struct ReceivedFile {
    path: PathBuf,
    _permit: UploadPermit,
}

impl ReceivedFile {
    /// Where it lies.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ReceivedFile {
    fn drop(&mut self) {
        // Just made by us: it is in no folder to be looked up on a disk.
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an upload is left until the next start");
        }
    }
}

/// Why no file was received.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// There is no such form, or it broke off.
    #[error("not a form with a file")]
    NoFile,
    /// More bytes than may be.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// It did not go on fast enough.
    #[error("too slow")]
    TooSlow,
    /// Too many others are sending.
    #[error("no permit")]
    NoTurn,
    /// Who sends it was signed out meanwhile, or more.
    #[error("whoever sent it may do so no longer")]
    NoLonger(Box<Problem>),
    #[error("an upload could not be kept: {0}")]
    Folder(#[from] io::Error),
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NoFile => Self::invalid_field(
                "file",
                "must be one file in a form of the type multipart/form-data",
            ),
            UploadError::TooLarge(most) => Self::new(
                Code::TooLarge,
                format!("The file is larger than {} MiB; send a smaller one.", most >> 20),
            ),
            UploadError::TooSlow => Self::new(
                Code::RequestTimeout,
                "The file came too slowly, or stopped; send it again, over a better line.",
            ),
            UploadError::NoTurn => Self {
                retry_after_ms: Some(5_000),
                ..Self::new(
                    Code::RateLimited,
                    "Too many files are being sent at the moment; send it again in a few seconds.",
                )
            },
            UploadError::NoLonger(problem) => *problem,
            UploadError::Folder(error) => storage_problem(&error),
        }
    }
}

impl From<multer::Error> for UploadError {
    fn from(_: multer::Error) -> Self {
        Self::NoFile
    }
}

impl Upload {
    /// Receives the file for this person.
    ///
    /// # Errors
    /// [`UploadError`].
    pub(crate) async fn receive(
        self,
        person: UserId,
        most: u64,
    ) -> Result<ReceivedFile, UploadError> {
        let Self { uploads, asker, network, boundary, body } = self;
        let boundary = boundary.ok_or(UploadError::NoFile)?;
        let body: BoxBody<Bytes, io::Error> = body.into();
        let announced = hyper::body::Body::size_hint(&body).lower();
        if announced > most + BESIDE_THE_FILE {
            return Err(UploadError::TooLarge(most));
        }
        let permit = uploads.permit(person, network).await.ok_or(UploadError::NoTurn)?;

        let path = uploads.folder.join(Uuid::new_v4().to_string());
        let file = File::create_new(&path).await?;
        // From here on it is removed whatever happens.
        let received = ReceivedFile { path, _permit: permit };
        let counts = Arc::new(Counts::default());
        let bytes = Counted { body: BodyDataStream::new(body), counts: counts.clone() };
        let writing = write_file(Multipart::new(bytes, boundary), file, most, &counts);
        at_pace(writing, &counts).await?;
        asker.look_again().await.map_err(|problem| UploadError::NoLonger(Box::new(problem)))?;
        Ok(received)
    }
}

/// Writes the field `file` into a file.
async fn write_file(
    mut form: Multipart<'static>,
    mut file: File,
    most: u64,
    counts: &Counts,
) -> Result<(), UploadError> {
    while let Some(mut field) = form.next_field().await? {
        if field.name() != Some("file") {
            continue;
        }
        let mut written = 0;
        while let Some(bytes) = field.chunk().await? {
            written += bytes.len() as u64;
            if written > most {
                return Err(UploadError::TooLarge(most));
            }
            counts.written.store(written, Ordering::Relaxed);
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        drop(field);
        // What comes after it is of no interest, but is read, so that the connection may go on.
        while form.next_field().await?.is_some() {}
        return Ok(());
    }
    Err(UploadError::NoFile)
}

/// Lets this go on as long as enough arrives.
async fn at_pace(
    writing: impl Future<Output = Result<(), UploadError>>,
    counts: &Counts,
) -> Result<(), UploadError> {
    let mut writing = std::pin::pin!(writing);
    let (begun, mut before) = (Instant::now(), 0);
    loop {
        if let Ok(ended) = timeout(PACE, writing.as_mut()).await {
            return ended;
        }
        let arrived = counts.arrived.load(Ordering::Relaxed);
        if arrived - before < LEAST_IN_PACE || begun.elapsed() >= DEADLINE {
            return Err(UploadError::TooSlow);
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
    counts: Arc<Counts>,
}

impl Stream for Counted {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.body.try_poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            let more = bytes.len() as u64;
            let arrived = self.counts.arrived.fetch_add(more, Ordering::Relaxed) + more;
            if arrived - self.counts.written.load(Ordering::Relaxed) > BESIDE_THE_FILE {
                return Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into())));
            }
        }
        polled
    }
}

impl Payload for Upload {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        content_type.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let file = MetaSchema::new_with_format("string", "binary");
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec!["file"],
            properties: vec![("file", MetaSchemaRef::Inline(Box::new(file)))],
            ..MetaSchema::new("object")
        }))
    }

    fn register(_: &mut Registry) {}
}

impl ParsePayload for Upload {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let uploads: &Arc<Uploads> = request.data().ok_or_else(|| {
            tracing::error!("the uploads are not wired");
            problem_error(Problem::internal())
        })?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok());
        let (asker, network) = (Asker::of(request), Peer::of(request).network());
        Ok(Self { uploads: uploads.clone(), asker, network, boundary, body: body.take()? })
    }
}

impl_apirequest_for_payload!(Upload);
