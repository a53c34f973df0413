//! The tasks that live as long as the server, all of them under one guard: a panic in one is logged with
//! its name, and either the task begins again or the server ends. None ever stops in silence.
//!
//! Promises: who waits for a task that panicked is told, since what it held is dropped; a task that
//! begins again has its queue still, and whatever it left in order in its own fields.

use std::any::Any;
use std::fmt::Display;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// So long a task that panicked waits before it begins again: one that panics each time shall not take
/// the processor from all others, nor fill the log.
const PAUSE: Duration = Duration::from_secs(1);

/// What a task does, from its beginning. What it must remember beyond a panic is in its fields.
pub(crate) trait Task: Send + 'static {
    /// Runs until there is nothing more to do.
    fn run(&mut self) -> impl Future<Output = ()> + Send;
}

impl<F, R> Task for F
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = ()> + Send,
{
    fn run(&mut self) -> impl Future<Output = ()> + Send {
        self()
    }
}

/// The tasks of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    stop: CancellationToken,
    /// The first one without which the server cannot go on.
    lost: Arc<watch::Sender<Option<&'static str>>>,
}

/// A task panicked that the server cannot be without.
#[derive(Debug, thiserror::Error)]
#[error("The task of {0} panicked, and nothing goes on without it: the server ends.")]
pub(crate) struct Lost(&'static str);

impl Tasks {
    /// Starts a task that begins again when it panics.
    pub(crate) fn spawn(&self, name: &'static str, task: impl Task) {
        tokio::spawn(self.clone().keep_running(name, task));
    }

    /// The same on a thread and a runtime of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn spawn_apart(&self, name: &'static str, task: impl Task) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let running = self.clone().keep_running(name, task);
        let thread = std::thread::Builder::new().name(name.to_owned());
        thread.spawn(move || runtime.block_on(running)).map(drop)
    }

    /// Starts a task that cannot begin again, and without which the server cannot go on: when it panics,
    /// [`Tasks::lost`] says so. It ends by itself and not with [`Tasks::stop`].
    pub(crate) fn spawn_vital(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> JoinHandle<()> {
        let lost = self.lost.clone();
        tokio::spawn(async move {
            if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
                let panic = panic_message(&*panic);
                tracing::error!(task = name, panic, "a task panicked: the server ends");
                lost.send_modify(|first| *first = first.or(Some(name)));
            }
        })
    }

    /// Waits until a task is lost without which the server cannot go on.
    pub(crate) async fn lost(&self) -> Lost {
        let mut lost = self.lost.subscribe();
        match lost.wait_for(Option::is_some).await.map(|name| *name) {
            Ok(Some(name)) => Lost(name),
            _ => std::future::pending().await,
        }
    }

    /// Ends all tasks that begin again, wherever they are.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    async fn keep_running(self, name: &'static str, mut task: impl Task) {
        let running = async {
            while let Err(panic) = AssertUnwindSafe(task.run()).catch_unwind().await {
                let panic = panic_message(&*panic);
                tracing::error!(task = name, panic, "a task panicked; it begins again");
                tokio::time::sleep(PAUSE).await;
            }
            tracing::debug!(task = name, "a task has nothing more to do");
        };
        self.stop.run_until_cancelled(running).await;
    }
}

/// Runs the work of one connection, so that a panic in it is logged with whose it is. What it held is
/// dropped on the way, and is counted no more.
///
/// A combinator, not an `async fn`: that would have room for the work twice, as its argument and as what it
/// waits for, and the work of an idle socket is most of what the socket costs.
pub(crate) fn log_panics(
    what: &'static str,
    peer: impl Display,
    work: impl Future<Output = ()>,
) -> impl Future<Output = ()> {
    AssertUnwindSafe(work).catch_unwind().map(move |ended| {
        if let Err(panic) = ended {
            let panic = panic_message(&*panic);
            tracing::error!(%peer, panic, "{what} panicked and ended");
        }
    })
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::testing::Log;

    /// Answers what it is sent, and panics at nothing.
    struct Echo {
        asked: mpsc::Receiver<&'static str>,
        answers: mpsc::Sender<&'static str>,
    }

    impl Task for Echo {
        async fn run(&mut self) {
            while let Some(word) = self.asked.recv().await {
                assert!(!word.is_empty(), "nothing was said");
                self.answers.send(word).await.unwrap();
            }
        }
    }

    fn echo() -> (Echo, mpsc::Sender<&'static str>, mpsc::Receiver<&'static str>) {
        let (asks, asked) = mpsc::channel(8);
        let (answers, answered) = mpsc::channel(8);
        (Echo { asked, answers }, asks, answered)
    }

    #[tokio::test]
    async fn a_task_that_panics_is_told_of_in_the_log_and_goes_on_with_its_queue() {
        let (log, _logging) = Log::begin();
        let (echo, asks, mut answered) = echo();
        let tasks = Tasks::default();
        tasks.spawn("echo", echo);
        for word in ["one", "", "two", "", "three"] {
            asks.send(word).await.unwrap();
        }
        for word in ["one", "two", "three"] {
            assert_eq!(answered.recv().await, Some(word));
        }
        let lines = log.text();
        let told = lines.matches("a task panicked; it begins again").count();
        assert_eq!(told, 2, "{lines}");
        assert!(lines.contains(r#"task="echo" panic="nothing was said""#), "{lines}");
        tasks.stop();
        assert_eq!(answered.recv().await, None, "it is gone with what it held");
    }

    #[test]
    fn a_task_on_a_thread_of_its_own_goes_on_as_well() {
        let (echo, asks, mut answered) = echo();
        Tasks::default().spawn_apart("echo", echo).unwrap();
        for word in ["", "still there"] {
            asks.blocking_send(word).unwrap();
        }
        assert_eq!(answered.blocking_recv(), Some("still there"));
        drop(asks);
        assert_eq!(answered.blocking_recv(), None, "it ends when there is nobody to ask it");
    }

    #[test]
    fn the_guard_of_a_connection_has_room_for_its_work_once() {
        let work = async {
            let held = [1_u8; 4_096];
            tokio::task::yield_now().await;
            std::hint::black_box(held);
        };
        let size = size_of_val(&work);
        let guarded = size_of_val(&log_panics("a socket", "192.0.2.1", work));
        assert!(guarded < size + 128, "{guarded} for {size}");
    }

    #[tokio::test]
    async fn the_server_hears_of_a_task_that_it_cannot_be_without() {
        let (log, _logging) = Log::begin();
        let tasks = Tasks::default();
        assert!(tasks.lost().now_or_never().is_none());
        tasks.spawn_vital("breath", async { panic!("choked") });
        let lost = tokio::time::timeout(Duration::from_secs(20), tasks.lost()).await;
        assert!(lost.expect("somebody is told").to_string().contains("breath"));
        assert!(log.text().contains(r#"task="breath" panic="choked""#), "{}", log.text());
    }
}
