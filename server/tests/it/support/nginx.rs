//! A real nginx of a test's own.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// An nginx. Dropped, it is stopped.
pub(crate) struct Nginx {
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    _child: Child,
    _folder: TempDir,
}

impl Nginx {
    /// Starts one. `configuration` is told the address to listen on and the folder for whatever nginx writes,
    /// and answers all of nginx.conf but who runs it.
    pub(crate) async fn start(configuration: impl Fn(&str, &Path) -> String) -> Self {
        // nginx takes no port 0: one that was free a moment ago may be taken by now.
        for _ in 0..10 {
            let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
            if let Some(nginx) = Self::try_on(&free.to_string(), &configuration).await {
                return nginx;
            }
        }
        panic!("nginx found no free port");
    }

    /// What names a folder for each thing that nginx would otherwise write where only root may.
    pub(crate) fn folders(folder: &Path) -> String {
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let path = folder.display();
        kinds.map(|kind| format!("{kind}_temp_path {path}/{kind};\n")).concat()
    }

    async fn try_on(address: &str, configuration: impl Fn(&str, &Path) -> String) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().display();
        let text = configuration(address, folder.path());
        let text = format!("daemon off;\nmaster_process off;\n{text}");
        std::fs::write(folder.path().join("nginx.conf"), text).unwrap();
        // Where only administrators look for programs, too.
        let start = format!(
            "PATH=$PATH:/usr/sbin:/usr/local/sbin; exec nginx -e {path}/errors -c {path}/nginx.conf"
        );
        let mut child = Command::new("sh")
            .args(["-c", &start])
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        loop {
            if child.try_wait().unwrap().is_some() {
                let errors = std::fs::read_to_string(folder.path().join("errors"));
                let errors = errors.expect("nginx is installed: scripts/setup sees to it");
                assert!(errors.contains("Address already in use"), "{errors}");
                return None;
            }
            if TcpStream::connect(address).await.is_ok() {
                return Some(Self { address: address.to_owned(), _child: child, _folder: folder });
            }
            tokio::task::yield_now().await;
        }
    }
}
