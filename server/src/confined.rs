//! Work on what strangers send, in a process of its own: whatever a decoder does with a hostile file,
//! it takes no more memory and time than the process is given, and takes nobody along when it ends.
//!
//! The process is this same program, with nothing of its environment. It reads the file as its
//! standard input and says by its exit code why it made nothing of it. What it made goes into a second file,
//! and what is known of it comes through a pipe.

mod meter;

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, nice, setrlimit};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub(crate) use self::meter::Meter;

/// What a process may allocate, in bytes. With its code, which it shares with this one, it takes
/// 64 MiB at most.
pub(crate) const MOST_MEMORY: u64 = 58 * 1024 * 1024;
/// What jemalloc reserves for its tables where its memory crosses a GiB, which chance decides; it touches
/// little of it.
const TABLES: u64 = 8 * 1024 * 1024;
/// The time of a processor, in seconds, after which it is ended: a quarter of an hour of sound takes two on
/// one core, and some have less.
const MOST_SECONDS: u64 = 10;
/// It gives way to whoever needs a processor: nobody's message waits for a stranger's picture.
const BEHIND_OTHERS: i32 = 10;
/// It is ended after this time also when it waits for a processor.
const DEADLINE: Duration = Duration::from_secs(60);
/// The most that it may answer.
const MOST_OUTPUT: u64 = 1024 * 1024;
/// The longest file that it may write: a quarter of an hour at 24,000 samples of two bytes a second, and
/// some.
const LONGEST_FILE: u64 = 44 * 1024 * 1024;
/// No memory is kept for later, so that what is given back can be taken again.
const ALLOCATOR: (&str, &str) =
    ("MALLOC_CONF", "retain:false,narenas:1,tcache:false,dirty_decay_ms:0,muzzy_decay_ms:0");

/// It cannot be read.
const UNREADABLE: u8 = 3;
/// Reading it takes more than is given.
const TOO_MUCH: u8 = 4;
/// Something else than the file is wrong.
const FAILED: u8 = 5;

/// Why nothing was made of a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not of a kind that can be read.
    #[error("unreadable")]
    Unreadable,
    /// It takes more memory or time than is given.
    #[error("takes too much memory or time")]
    TooMuch,
    /// The process or the file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs a command of this program on a file, which writes into another; answers what is known of it. The
/// meter tells how long a processor worked, also when this is dropped before its end.
///
/// # Errors
/// [`Refusal`].
pub(crate) async fn run_into(
    command: &str,
    file: File,
    into: File,
    meter: &Meter,
) -> Result<Vec<u8>, Refusal> {
    let mut child = process(command, file)?.stdout(into).stderr(Stdio::piped()).spawn()?;
    meter.watch(child.id());
    let answers = child.stderr.take();
    // Dropped before the child is, which is known to the system until then.
    let last_look = Look(meter);
    let answer = answer(&mut child, answers, || meter.look()).await;
    drop(last_look);
    answer
}

/// Looks at a meter when it is dropped.
struct Look<'a>(&'a Meter);

impl Drop for Look<'_> {
    fn drop(&mut self) {
        self.0.look();
    }
}

fn process(command: &str, file: File) -> io::Result<Command> {
    let mut process = Command::new(program()?);
    process.arg(command).env_clear().env(ALLOCATOR.0, ALLOCATOR.1).stdin(file).kill_on_drop(true);
    Ok(process)
}

/// What the process answers; `has_answered` is called when it has, before it is forgotten by the system.
async fn answer(
    child: &mut Child,
    answers: Option<impl AsyncRead + Unpin>,
    has_answered: impl FnOnce(),
) -> Result<Vec<u8>, Refusal> {
    let mut made = Vec::new();
    let work = async {
        if let Some(answers) = answers {
            answers.take(MOST_OUTPUT).read_to_end(&mut made).await?;
        }
        has_answered();
        child.wait().await
    };
    let Ok(status) = timeout(DEADLINE, work).await else { return Err(Refusal::TooMuch) };
    match status?.code() {
        Some(0) => Ok(made),
        Some(code) if code == i32::from(FAILED) => {
            Err(Refusal::Io(io::Error::other("the confined process could not do its work")))
        }
        // A process that the system ended has no code: it had no memory or no time left.
        Some(code) if code == i32::from(TOO_MUCH) => Err(Refusal::TooMuch),
        None => Err(Refusal::TooMuch),
        // It says so, or panicked over it.
        Some(_) => Err(Refusal::Unreadable),
    }
}

/// This program, also when its file was replaced meanwhile.
fn program() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// The other side: does the work within the bounds, and writes what was made.
#[must_use]
pub(crate) fn work_into(make: impl FnOnce(File, File) -> Result<Vec<u8>, Refusal>) -> ExitCode {
    // Nothing but the answer: a panic is told by its exit code.
    std::panic::set_hook(Box::new(|_| {}));
    let made = bind().map_err(Refusal::Io).and_then(|()| {
        let into = io::stdout().as_fd().try_clone_to_owned()?;
        make(standard_input()?, into.into())
    });
    ended(&made.and_then(|made| Ok(io::stderr().write_all(&made)?)))
}

fn ended(written: &Result<(), Refusal>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refusal::Unreadable) => UNREADABLE.into(),
        Err(Refusal::TooMuch) => TOO_MUCH.into(),
        Err(Refusal::Io(_)) => FAILED.into(),
    }
}

fn bind() -> io::Result<()> {
    let bounds = [
        (Resource::Data, MOST_MEMORY + TABLES),
        (Resource::Cpu, MOST_SECONDS),
        (Resource::Fsize, LONGEST_FILE),
        (Resource::Core, 0),
    ];
    for (resource, most) in bounds {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    // Where this is not allowed, it is done all the same.
    let _ = nice(BEHIND_OTHERS);
    Ok(())
}

fn standard_input() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}
