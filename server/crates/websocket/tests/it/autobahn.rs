//! The cases of the Autobahn test suite (`kosoku` in scripts/requirements.txt), against this crate and a TCP
//! stream alone, as a server and as a client.
//!
//! Cases 12 and 13 are about compression, which is not offered.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

use crate::echo;

/// All cases but those of compression.
const CASES: usize = 301;
/// What the RFC leaves open, so that nothing is expected: what is done with a message that is followed by a
/// close frame and a ping at once, and with the close codes 5000 and 65535, which we refuse.
const INFORMATIONAL: [&str; 3] = ["7.1.6", "7.13.1", "7.13.2"];
/// Where a case waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(90);

/// The suite in one of its modes, which leaves its reports in this folder.
fn suite(mode: &str, address: &str, reports: &Path) -> Command {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap().into();
    let program = root.join(".venv/bin/kosoku");
    assert!(program.exists(), ".venv/bin/kosoku is missing: run the tests with `make test`");
    let mut command = Command::new(program);
    command.args(["--mode", mode, "--exclude", "12.*", "--exclude", "13.*", "--outdir"]);
    command.arg(reports).arg(address).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Holds the reports against what is expected of every case.
fn judge(reports: &Path) {
    let index = std::fs::read(reports.join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let cases = index["adda"].as_object().unwrap();
    assert_eq!(cases.len(), CASES);
    for (case, report) in cases {
        let is_open = INFORMATIONAL.contains(&case.as_str());
        let expected = if is_open { "INFORMATIONAL" } else { "OK" };
        for part in ["behavior", "behaviorClose"] {
            assert_eq!(report[part], expected, "{part} of case {case}: {report}");
        }
    }
}

#[tokio::test]
async fn a_server_passes_every_case() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = tokio::spawn(echo::serve(listener));
    let reports = TempDir::new().unwrap();
    let mut suite = suite("fuzzingclient", &address, reports.path());
    let output = timeout(PATIENCE, suite.output()).await.expect("the cases end").unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    judge(reports.path());
    serving.abort();
}

#[tokio::test]
async fn a_client_passes_every_case() {
    let reports = TempDir::new().unwrap();
    let mut suite = suite("fuzzingserver", "127.0.0.1:0", reports.path());
    let mut running = suite.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
    let first = said.next_line().await.unwrap().unwrap();
    let (_, address) = first.split_once("ws://").unwrap();
    let cases = async {
        let count = echo::ask(address, "/getCaseCount").await.unwrap();
        for case in 1..=count.parse::<usize>().unwrap() {
            // Many end with a connection that the other side breaks off; what that was worth is reported.
            let _ = echo::connect(address, &format!("/runCase?case={case}&agent=adda")).await;
        }
        let _ = echo::connect(address, "/updateReports?agent=adda").await;
        running.wait().await.unwrap()
    };
    let status = timeout(PATIENCE, cases).await.expect("the cases end");
    let mut failures = String::new();
    while let Some(line) = said.next_line().await.unwrap() {
        failures += &line;
    }
    assert!(status.success(), "{failures}");
    judge(reports.path());
}
