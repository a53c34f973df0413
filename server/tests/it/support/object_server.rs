//! A server that speaks S3, within the process of the test: it can be away, and hold a request for ever.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reqwest::{Method, StatusCode};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

const ACCESS_KEY: &str = "GK31c2f218a2e44f485b94239e";
const SECRET_KEY: &str = "b892c0665f0ada8a4755dae98baa3b13";
/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(40);

/// When a request is held, or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nothing was done yet.
    Before,
    /// All was done, and nobody is told.
    After,
}

/// Which requests are held or refused, and when; and how many are held.
#[derive(Clone, Debug, Default)]
struct Gate {
    refused: Option<Refused>,
    /// The method, when, and how many of them pass before.
    held: Option<(Method, Moment, usize)>,
    holding: usize,
}

#[derive(Clone, Debug)]
struct Refused {
    /// Those of this method, or all.
    method: Option<Method>,
    moment: Moment,
    status: StatusCode,
    code: &'static str,
}

/// A server of buckets, with one that is called `adda`.
pub(crate) struct ObjectServer {
    folder: TempDir,
    address: String,
    service: S3Service,
    gate: Arc<watch::Sender<Gate>>,
    serving: Option<JoinHandle<()>>,
}

impl ObjectServer {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("adda")).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let mut server = Self {
            folder,
            address: "127.0.0.1:0".to_owned(),
            service: service.build(),
            gate: Arc::default(),
            serving: None,
        };
        server.is_back().await;
        server
    }

    /// The settings of a server whose files are in the bucket, in a folder of it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ADDA_RATE_LIMITS", "off".to_owned()),
            ("ADDA_MEDIA_URL", "s3://adda/chat/media".to_owned()),
            ("ADDA_MEDIA_S3_ENDPOINT", format!("http://{}", self.address)),
            ("ADDA_MEDIA_S3_ACCESS_KEY", ACCESS_KEY.to_owned()),
            ("ADDA_MEDIA_S3_SECRET_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// The folder that the bucket is kept in.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.folder.path().join("adda/chat/media")
    }

    /// The names of all files in the bucket.
    pub(crate) fn lying(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in std::fs::read_dir(self.bucket()).into_iter().flatten() {
            let folder = folder.unwrap();
            for file in std::fs::read_dir(folder.path()).into_iter().flatten() {
                let (folder, file) = (folder.file_name(), file.unwrap().file_name());
                names.push(format!("{}/{}", folder.display(), file.display()));
            }
        }
        names.sort();
        names
    }

    /// Nobody answers any more, and whoever waits for an answer is cut off.
    pub(crate) async fn is_away(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        let _ = serving.await;
    }

    /// It answers again, at the same address.
    pub(crate) async fn is_back(&mut self) {
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.address = listener.local_addr().unwrap().to_string();
        let (service, gate) = (self.service.clone(), self.gate.clone());
        self.serving = Some(tokio::spawn(serve(listener, service, gate)));
    }

    /// From now on requests of a method are held for ever, after so many have passed.
    pub(crate) fn holds(&self, method: Method, moment: Moment, after: usize) {
        self.gate.send_replace(Gate { held: Some((method, moment, after)), ..Gate::default() });
    }

    /// From now on the requests of a method, or all, are refused with this code.
    pub(crate) fn refuses(
        &self,
        method: Option<Method>,
        moment: Moment,
        status: StatusCode,
        code: &'static str,
    ) {
        let refused = Some(Refused { method, moment, status, code });
        self.gate.send_replace(Gate { refused, ..Gate::default() });
    }

    /// Nothing is held or refused any more that comes from now on.
    pub(crate) fn holds_nothing(&self) {
        self.gate.send_replace(Gate::default());
    }

    /// Waits until a request is held; `false` when `other` happens before.
    pub(crate) async fn is_holding(&self, other: impl Future<Output = ()>) -> bool {
        let mut gate = self.gate.subscribe();
        let holding = tokio::time::timeout(PATIENCE, async {
            tokio::select! {
                held = gate.wait_for(|gate| gate.holding > 0) => held.is_ok(),
                () = other => false,
            }
        });
        holding.await.expect("a request is held in time")
    }
}

async fn serve(listener: TcpListener, service: S3Service, gate: Arc<watch::Sender<Gate>>) {
    // They end with this.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (service, gate) = (service.clone(), gate.clone());
        let answers = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let (service, gate) = (service.clone(), gate.clone());
            async move {
                let method = request.method().clone();
                pass(&gate, &method, Moment::Before).await;
                if let Some(refusal) = refusal(&gate, &method, Moment::Before) {
                    // Whoever sends something is answered when all of it is here.
                    drop(request.into_body().collect().await);
                    return Ok(refusal);
                }
                let answer = hyper::service::Service::call(&service, request).await.unwrap();
                pass(&gate, &method, Moment::After).await;
                Ok::<_, Infallible>(refusal(&gate, &method, Moment::After).unwrap_or(answer))
            }
        });
        connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answers));
    }
}

/// The answer to a request that is refused.
fn refusal(
    gate: &watch::Sender<Gate>,
    method: &Method,
    now: Moment,
) -> Option<http::Response<s3s::Body>> {
    let Refused { method: of, moment, status, code } = gate.borrow().refused.clone()?;
    if moment != now || of.is_some_and(|of| of != method) {
        return None;
    }
    let body = s3s::Body::from(format!("<Error><Code>{code}</Code></Error>"));
    Some(http::Response::builder().status(status).body(body).unwrap())
}

/// Passes the gate, or stands before it for ever.
async fn pass(gate: &watch::Sender<Gate>, method: &Method, moment: Moment) {
    let mut is_held = false;
    gate.send_modify(|gate| match &mut gate.held {
        Some((held, when, after)) if held == method && *when == moment => match after {
            0 => {
                is_held = true;
                gate.holding += 1;
            }
            _ => *after -= 1,
        },
        _ => {}
    });
    if is_held {
        std::future::pending::<()>().await;
    }
}
