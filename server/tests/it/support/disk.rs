//! Disks that fail: a library that is preloaded into a server and refuses to write, to flush or to
//! truncate when it is told to (`tools/faulty_disk.c`), and a file system that is small.

use std::fs::File;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no room left.
    Full,
    /// Writing fails.
    Write,
    /// Flushing fails.
    Flush,
    /// Truncating fails.
    Truncate,
    /// Half of what was to be written is, and then there is no room.
    Short,
    /// The file system became read-only.
    ReadOnly,
}

const WRITES: u32 = 1;
const FLUSHES: u32 = 2;
const TRUNCATES: u32 = 4;
const SHORT_WRITES: u32 = 8;
const KILLS: u32 = 16;
const EIO: u32 = 5;
const ENOSPC: u32 = 28;
const EROFS: u32 = 30;

impl Fault {
    pub(crate) const ALL: [Self; 6] =
        [Self::Full, Self::Write, Self::Flush, Self::Truncate, Self::Short, Self::ReadOnly];

    fn orders(self) -> (u32, u32) {
        match self {
            Self::Full => (WRITES, ENOSPC),
            Self::Write => (WRITES, EIO),
            Self::Flush => (FLUSHES, EIO),
            Self::Truncate => (TRUNCATES, EIO),
            Self::Short => (SHORT_WRITES | TRUNCATES, ENOSPC),
            Self::ReadOnly => (WRITES | TRUNCATES, EROFS),
        }
    }
}

/// A disk that fails when it is told to. The server whose disk it is gets [`FaultyDisk::settings`].
pub(crate) struct FaultyDisk {
    folder: TempDir,
    orders: File,
}

impl FaultyDisk {
    /// A disk that works, for what is below its folder.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        // A database server runs as somebody else.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tools/faulty_disk.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("faulty_disk.so"))
            .arg(source)
            .arg("-ldl")
            .status();
        assert!(compiled.expect("a C compiler").success(), "the library compiles");
        std::fs::create_dir(folder.path().join("files")).unwrap();
        let file = folder.path().join("orders");
        let orders = File::options().create_new(true).read(true).write(true).open(&file).unwrap();
        orders.set_len(16).unwrap();
        for (path, mode) in [(file, 0o666), (folder.path().join("files"), 0o777)] {
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }
        Self { folder, orders }
    }

    /// The folder that lies on this disk.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// The environment of a process whose disk this is.
    pub(crate) fn settings(&self) -> [(&'static str, String); 3] {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        [
            ("LD_PRELOAD", path("faulty_disk.so")),
            ("FAULTY_DISK_FOLDER", path("files")),
            ("FAULTY_DISK_ORDERS", path("orders")),
        ]
    }

    fn order(&self, (operations, error): (u32, u32), count: u32) {
        let numbers = [error, count].map(u32::to_ne_bytes).concat();
        self.orders.write_all_at(&numbers, 4).unwrap();
        // Last, for from here on it holds.
        self.orders.write_all_at(&operations.to_ne_bytes(), 0).unwrap();
    }

    /// From now on this goes wrong, each time.
    pub(crate) fn fails(&self, fault: Fault) {
        self.order(fault.orders(), 0);
    }

    /// This goes wrong so many times.
    pub(crate) fn fails_times(&self, fault: Fault, count: u32) {
        self.order(fault.orders(), count);
    }

    /// The process is killed (`kill -9`) before the next operation but so many.
    pub(crate) fn kills_after(&self, operations: u32) {
        self.order((KILLS, 0), operations + 1);
    }

    /// From now on the disk works.
    pub(crate) fn works(&self) {
        self.order((0, 0), 0);
    }

    /// How many operations have failed so far.
    pub(crate) fn failures(&self) -> u32 {
        let mut bytes = [0; 4];
        self.orders.read_exact_at(&mut bytes, 12).unwrap();
        u32::from_ne_bytes(bytes)
    }
}
