//! The binary: arguments, configuration, run.

use std::process::ExitCode;

use clap::Parser;

/// Takes least memory for thousands of idle sockets, and gives it back.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Before anything opens a TLS connection; the only failure is that it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    adda::cli::run(adda::cli::Arguments::parse())
}
