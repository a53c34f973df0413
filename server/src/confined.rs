//! Work on what strangers send, in a process of its own: whatever a decoder does with a hostile file,
//! it takes no more memory and time than the process is given, and takes nobody along when it ends.
//!
//! The process is this same program, with nothing of its environment. It reads the file as its
//! standard input and says by its exit code why it made nothing of it. What it made goes into a second file,
//! and what is known of it comes through a pipe.

mod meter;

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, nice, setrlimit};
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
    work(process(command, file)?.stdout(into), meter).await
}

fn process(command: &str, file: File) -> io::Result<Command> {
    let mut process = Command::new(program()?);
    process.arg(command).env_clear().env(ALLOCATOR.0, ALLOCATOR.1).stdin(file);
    // What ends the server from its terminal lets it answer first.
    process.process_group(0);
    Ok(process)
}

async fn work(process: &mut Command, meter: &Meter) -> Result<Vec<u8>, Refusal> {
    let mut child = process.stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
    meter.watch(child.id());
    let answers = child.stderr.take();
    // Dropped before the child is, which is known to the system until then.
    let _stop = Stop(meter);
    let Ok(answer) = timeout(DEADLINE, answer(&mut child, answers, meter)).await else {
        return Err(broken(ErrorKind::TimedOut, "waited too long for a processor"));
    };
    answer
}

/// Stops a meter when it is dropped.
struct Stop<'a>(&'a Meter);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

async fn answer(
    child: &mut Child,
    answers: Option<impl AsyncRead + Unpin>,
    meter: &Meter,
) -> Result<Vec<u8>, Refusal> {
    let mut made = Vec::new();
    if let Some(answers) = answers {
        answers.take(MOST_OUTPUT).read_to_end(&mut made).await?;
    }
    // It is forgotten by the system once it was waited for.
    meter.stop();
    let status = child.wait().await?;
    match status.code() {
        Some(0) => Ok(made),
        Some(code) if code == i32::from(FAILED) => {
            Err(broken(ErrorKind::Other, "could not do its work"))
        }
        Some(code) if code == i32::from(TOO_MUCH) => Err(Refusal::TooMuch),
        // It says so, or panicked over it.
        Some(_) => Err(Refusal::Unreadable),
        None if status.signal().is_some_and(is_of_the_work) => Err(Refusal::TooMuch),
        // Whoever ends the server, or who gives its memory to somebody else: another time it may do.
        None => Err(broken(ErrorKind::Interrupted, "was ended by somebody else")),
    }
}

/// Whether a process is ended so when it had no memory, no time or no room left, or did what it may not.
fn is_of_the_work(signal: i32) -> bool {
    [Signal::XCPU, Signal::XFSZ, Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::ILL]
        .iter()
        .any(|of_work| of_work.as_raw() == signal)
}

fn broken(kind: ErrorKind, what: &str) -> Refusal {
    Refusal::Io(io::Error::new(kind, format!("the confined process {what}")))
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
        (Resource::Data, MOST_MEMORY + TABLES, 0),
        // It is told before it is killed, as others may kill it.
        (Resource::Cpu, MOST_SECONDS, 1),
        (Resource::Fsize, LONGEST_FILE, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, most, more) in bounds {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most + more) })?;
    }
    // Where this is not allowed, it is done all the same.
    let _ = nice(BEHIND_OTHERS);
    Ok(())
}

fn standard_input() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    async fn ends(script: &str, meter: &Meter) -> Result<Vec<u8>, Refusal> {
        work(Command::new("sh").args(["-c", script]), meter).await
    }

    #[tokio::test]
    async fn a_file_is_refused_for_what_it_does_and_not_for_what_others_do_to_the_process() {
        let said = ends("echo heard >&2", &Meter::new()).await.unwrap();
        assert_eq!(said, b"heard\n");
        for signal in ["XCPU", "XFSZ", "ABRT", "SEGV"] {
            let ended = ends(&format!("kill -{signal} $$"), &Meter::new()).await;
            assert!(matches!(ended, Err(Refusal::TooMuch)), "{signal}: {ended:?}");
        }
        for signal in ["KILL", "TERM", "INT", "HUP"] {
            let ended = ends(&format!("kill -{signal} $$"), &Meter::new()).await;
            assert!(matches!(ended, Err(Refusal::Io(_))), "{signal}: {ended:?}");
        }
        for (code, is_of_the_file) in [(UNREADABLE, true), (101, true), (FAILED, false)] {
            let ended = ends(&format!("exit {code}"), &Meter::new()).await;
            assert_eq!(matches!(ended, Err(Refusal::Unreadable)), is_of_the_file, "{code}");
        }
    }

    #[tokio::test]
    async fn who_waits_is_not_charged_for_it() {
        if cfg!(target_os = "linux") {
            let meter = Meter::of_long_ago();
            ends("exit 0", &meter).await.unwrap();
            assert!(meter.spent() < Duration::from_secs(60), "{:?}", meter.spent());
        }
    }

    #[tokio::test]
    async fn what_was_worked_is_charged_also_to_who_goes_away() {
        if cfg!(target_os = "linux") {
            let meter = Meter::new();
            let mut working = Box::pin(ends("while :; do :; done", &meter));
            assert!(working.as_mut().now_or_never().is_none());
            while !meter.is_running() {
                tokio::task::yield_now().await;
            }
            drop(working);
            assert!(meter.spent() > Duration::ZERO);
        }
    }
}
