//! A server's clocks, which a test moves while it runs (`tools/clock.c`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::process::Command;

use tempfile::TempDir;

/// A server's clocks, moved by the test.
pub(crate) struct Clocks {
    folder: TempDir,
    file: fs::File,
}

impl Clocks {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tools/clock.c");
        let library = folder.path().join("clock.so");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        assert!(made.unwrap().success());
        let mut file = fs::File::create(folder.path().join("ahead")).unwrap();
        file.write_all(&[0; 16]).unwrap();
        Self { folder, file }
    }

    /// The wall clock is so many seconds ahead, and the server thinks it has run so many longer.
    pub(crate) fn are_ahead(&self, wall: i64, running: i64) {
        let bytes = [wall.to_ne_bytes(), running.to_ne_bytes()].concat();
        self.file.write_all_at(&bytes, 0).unwrap();
    }

    /// The environment of a server whose clocks these are.
    pub(crate) fn settings(&self) -> [(&'static str, String); 2] {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        [("LD_PRELOAD", path("clock.so")), ("ADDA_TEST_CLOCK", path("ahead"))]
    }
}
