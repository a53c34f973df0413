//! What a supervisor asks: is the process alive, is it ready to serve.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adda_protocol::{Code, Problem};
use poem::web::Data;
use poem::{IntoResponse, Response, handler};

use adda_realtime::Broker;

use crate::db::Db;
use crate::http::problem_response;

/// Whether the server is ready.
#[derive(Debug)]
pub(crate) struct Health {
    db: Db,
    broker: Arc<dyn Broker>,
    draining: AtomicBool,
}

impl Health {
    /// Ready as long as the database answers. Without other nodes it is still of use.
    #[must_use]
    pub(crate) fn new(db: Db, broker: Arc<dyn Broker>) -> Self {
        Self { db, broker, draining: AtomicBool::new(false) }
    }

    /// From now on not ready: the server is about to stop.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }
}

/// The process is alive.
#[handler]
pub(super) fn livez() -> &'static str {
    "ok"
}

/// The server can serve.
#[handler]
pub(super) async fn readyz(health: Data<&Arc<Health>>) -> Response {
    let unavailable = |sentence| problem_response(Problem::new(Code::Unavailable, sentence));
    if health.draining.load(Ordering::Relaxed) {
        return unavailable("The server is about to stop.");
    }
    match tokio::time::timeout(Duration::from_secs(2), health.db.ping()).await {
        Ok(Ok(())) => match health.broker.remark() {
            None => "ok".into_response(),
            Some(remark) => format!("ok, though {remark}").into_response(),
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            unavailable("The database does not answer.")
        }
        Err(_) => unavailable("The database does not answer in time."),
    }
}
