//! How late everything is on this machine just now: whoever shares it with others is late with what is
//! promised as well.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;
use tokio::time::sleep;

const EVERY: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(5);
/// From an acknowledgement to a delivery by way of the database there are so many steps, each as late as the
/// one question that is measured: a look asks for heads, sessions and privacy and rests for five times as
/// long as that took, then pages are read.
const STEPS: u32 = 30;

/// Asks a node that nothing ails the simplest question, again and again. Dropped, it stops.
#[derive(Debug)]
pub(crate) struct Lag {
    most: Arc<Mutex<Duration>>,
    task: AbortHandle,
}

impl Lag {
    pub(crate) fn of(address: &str) -> Self {
        let most = Arc::new(Mutex::new(Duration::ZERO));
        let task = tokio::spawn(measure(format!("http://{address}/livez"), most.clone()));
        Self { most, task: task.abort_handle() }
    }

    /// What is to come within a time comes within this one here.
    pub(crate) fn allows(&self, within: Duration) -> Duration {
        within + *self.most.lock().unwrap() * STEPS
    }
}

impl Drop for Lag {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn measure(url: String, most: Arc<Mutex<Duration>>) {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    loop {
        let asked = Instant::now();
        // An answer that does not come at all says nothing about the machine.
        if client.get(&url).send().await.is_ok() {
            let mut most = most.lock().unwrap();
            *most = asked.elapsed().max(*most);
        }
        sleep(EVERY).await;
    }
}
