//! The load generator and the benchmarks of Adda.
//!
//! It starts the real server on a fresh SQLite file or PostgreSQL cluster, puts load on it
//! through the public protocol, judges every run by an oracle, and prints what it cost beside
//! what it should cost. `README.md` explains the rows.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its report goes to the terminal"
)]

mod aftermath;
mod api;
mod args;
mod audience;
mod bare;
mod ceiling;
mod clock;
mod corpus;
mod cpu;
mod crowd;
mod database;
mod failure;
mod flood;
mod histogram;
mod layouts;
mod load;
mod noise;
mod oracle;
mod people;
mod postgres;
mod process;
mod redis;
mod report;
mod rows;
mod scan;
mod schedule;
mod server;
mod share;
mod site;
mod sizing;
mod stamp;
#[cfg(test)]
mod testing;
mod uploads;
mod ws;

use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Args, Row};
use crate::failure::{Context, Result, fail};
use crate::report::Measure;
use crate::site::Site;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match (arguments.next().as_deref(), arguments.next()) {
        (Some(flood::ARGUMENT), Some(order)) => flood::run(&order).map(|()| true),
        (Some(sizing::ARGUMENT), None) => {
            print!("{}", sizing::table());
            Ok(true)
        }
        (Some(bare::ARGUMENT), Some(order)) => bare::run(&order).map(|()| true),
        _ => run(&Args::parse()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("adda-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<bool> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut terminated = signal(SignalKind::terminate())?;
        // Dropping the measurement ends the server and the cluster it has started.
        tokio::select! {
            done = measure(args) => done,
            _ = tokio::signal::ctrl_c() => fail("interrupted"),
            _ = terminated.recv() => fail("terminated"),
        }
    })
}

/// Measures all that was asked for and reports it; `false` when a row failed.
async fn measure(args: &Args) -> Result<bool> {
    let mut measures: Vec<Measure> = Vec::new();
    let mut tables: Vec<String> = Vec::new();
    for &database in args.database.each() {
        let mut site = Site::new(database, args).await?;
        for row in Row::chosen(&args.rows) {
            eprintln!("{}: {}", database.name(), row.name());
            match rows::run(row, &mut site).await {
                Ok(more) => measures.extend(more),
                Err(failure) => {
                    eprintln!(
                        "  failed: {failure}\n  the server's last words:\n{}",
                        site.log_tail()
                    );
                    measures.push(rows::failed(row, database, failure));
                }
            }
        }
        tables.append(&mut site.tables);
    }
    println!("{}", report::markdown(&measures));
    tables.iter().for_each(|table| println!("{table}"));
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&report::machine_readable(&measures))?;
        std::fs::write(path, text + "\n").context(path.display())?;
    }
    Ok(measures.iter().all(|measure| measure.value.is_ok()))
}
