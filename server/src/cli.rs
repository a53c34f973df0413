//! The command line: `adda` alone serves.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a terminal")]

mod demo;
mod terminal;
mod transfer;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use adda_protocol::{Password, Problem, Username};
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use self::terminal::{read_password, tell};
use crate::app;
use crate::config::Config;
use crate::confined;
use crate::db::Db;
use crate::features::media::{
    Checked, HEAR_SOUND, REMAKE_PICTURE, SQUARE_PICTURE, hear_here, remake_here, square_here,
};
use crate::private_files;
use crate::probe::{self, Question};
use crate::routes::{asyncapi_text, openapi_text};

/// A self-hosted chat engine in one binary.
#[derive(Debug, Parser)]
#[command(name = "adda", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default).
    Serve,
    /// Bring the database up to date and exit.
    Migrate,
    /// Move everything to another database, to which no server belongs yet. Broken off, it goes on where it stood.
    Transfer(transfer::Arguments),
    /// Fill the server with a world to look at: people with faces, rooms, and what is said in them.
    Demo(demo::Arguments),
    /// Ask the server that runs with this configuration whether it is ready. Ends with a failure if it is not: the
    /// health check of a container.
    Health {
        /// Ask only whether it is alive, also while its database is away.
        #[arg(long)]
        live: bool,
    },
    /// Print the OpenAPI document of the REST API.
    Openapi,
    /// Print the AsyncAPI document of the socket.
    Asyncapi,
    /// Look at the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Not for people: makes a small square of a picture, from standard input to standard output.
    #[command(hide = true, name = SQUARE_PICTURE)]
    SquarePicture,
    /// Not for people: makes a WAV file of a recording, from standard input to standard output.
    #[command(hide = true, name = HEAR_SOUND)]
    HearSound,
    /// Not for people: makes the versions of a picture, from standard input to standard output.
    #[command(hide = true, name = REMAKE_PICTURE)]
    RemakePicture,
    /// The files that messages carry, and people's pictures.
    Media {
        #[command(subcommand)]
        command: MediaCommand,
    },
    /// The index in which messages are searched.
    Search {
        #[command(subcommand)]
        command: SearchCommand,
    },
    /// Administrators.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check the configuration and print what is in effect, with secrets hidden.
    Check,
}

#[derive(Debug, Subcommand)]
enum MediaCommand {
    /// Compare the files with the database, also while the server runs. Ends with a failure if anything is
    /// wrong afterwards.
    Check {
        /// Remove files without a row, if they are older than an hour, and count all bytes anew.
        #[arg(long)]
        sweep: bool,
    },
}

#[derive(Debug, Subcommand)]
enum SearchCommand {
    /// Make the index anew from the messages, also while the server runs. Until it is done, the one that there is
    /// answers.
    Rebuild,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make an administrator; the password is asked for, or read from standard input.
    Create {
        /// The username.
        name: String,
    },
}

/// A sentence for the person at the terminal.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs a command to its end.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    private_files::create_private();
    let outcome = match arguments.command.unwrap_or(Command::Serve) {
        Command::SquarePicture => return confined::work_into(square_here),
        Command::HearSound => return confined::work_into(hear_here),
        Command::RemakePicture => return confined::work_into(remake_here),
        Command::Openapi => print(openapi_text()),
        Command::Asyncapi => print(asyncapi_text()),
        Command::Config { command: ConfigCommand::Check } => check(),
        Command::Serve => with_runtime(serve),
        Command::Migrate => with_runtime(migrate),
        Command::Transfer(arguments) => with_runtime(|config| transfer(config, arguments)),
        Command::Demo(arguments) => {
            with_runtime(|config| async move { arguments.run(&config).await })
        }
        Command::Health { live } => with_runtime(|config| health(config, live)),
        Command::Media { command: MediaCommand::Check { sweep } } => {
            with_runtime(|config| check_media(config, sweep))
        }
        Command::Search { command: SearchCommand::Rebuild } => with_runtime(rebuild_search),
        Command::Admin { command: AdminCommand::Create { name } } => {
            with_runtime(|config| create_admin(config, name))
        }
    };
    ended(outcome)
}

fn ended(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "adda: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Outcome {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

fn check() -> Outcome {
    print(&format!("{}\n", Config::load()?.describe()))
}

fn with_runtime<F: Future<Output = Outcome>>(command: impl FnOnce(Config) -> F) -> Outcome {
    let config = Config::load()?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // What cannot be written to the log cannot be told there either: it would be a panic, and the end.
        .log_internal_errors(false)
        .init();
    std::panic::set_hook(Box::new(log_panic));
    private_files::close_existing(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads())
        .enable_all()
        .build()?;
    runtime.block_on(command(config))
}

/// Logs a panic on one line, so that it stands beside what led to it; a backtrace where the
/// environment asks for one (`RUST_BACKTRACE`).
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("without a message");
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!(?message, location, %backtrace, "panicked"),
        _ => tracing::error!(?message, location, "panicked"),
    }
}

/// One for every two cores. The database's threads and the kernel's side of the sockets need the
/// other half, and workers that steal from each other cost more than they bring: on two cores, one
/// worker delivers more than two at the limit, and costs a fifth less far from it.
fn worker_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

async fn serve(config: Config) -> Outcome {
    let server = app::Server::start(&config).await?;
    // Before anybody is told that it is ready: from then on it may be asked to stop.
    let stop = stop_signal();
    tell(greeting(server.url(), server.setup_token()));
    Ok(server.run_until(stop).await?)
}

/// What is said of a server that is ready; what there is to do stands last, where the eye is.
fn greeting(url: &str, setup_token: Option<&str>) -> String {
    let ready = format!("Adda is ready at {url}");
    match setup_token {
        None => ready,
        // In the fragment, which browsers send to nobody: it stands in no log on the way.
        Some(token) => format!(
            "The one-time set-up token, for whoever has no browser:\n    {token}\n{ready}\n\
             Open {url}/setup#{token} to create the administrator's account."
        ),
    }
}

/// Listens for the signals that ask the server to stop, from this call on.
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        let listening = signal(kind).inspect_err(|error| {
            tracing::error!(%error, "a signal cannot be listened for");
        });
        async move {
            match listening {
                Ok(mut signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (terminate, interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    async {
        tokio::select! {
            _ = terminate => {}
            _ = interrupt => {}
        }
    }
}

async fn health(config: Config, live: bool) -> Outcome {
    Ok(probe::ask(&config, if live { Question::Alive } else { Question::Ready }).await?)
}

async fn migrate(config: Config) -> Outcome {
    let db = Db::open_alone(config.database_url.expose()).await?;
    let migrated = db.migrate().await;
    db.close().await;
    migrated?;
    tell("The database is up to date.");
    Ok(())
}

async fn transfer(config: Config, arguments: transfer::Arguments) -> Outcome {
    Ok(arguments.run(&config).await?)
}

async fn check_media(config: Config, sweep: bool) -> Outcome {
    let Checked { files, bytes, wrong, mended, .. } = app::check_media(&config, sweep).await??;
    let mib = bytes.div_ceil(1 << 20);
    for sentence in mended.iter().chain(&wrong) {
        tell(sentence);
    }
    tell(format_args!("There are {files} files of {mib} MiB."));
    if wrong.is_empty() {
        tell("Each file has a row, and each row its files.");
        return Ok(());
    }
    Err(format!("{} things are not as they should be.", wrong.len()).into())
}

async fn rebuild_search(config: Config) -> Outcome {
    let told = std::cell::Cell::new(0);
    let rebuilt = app::rebuild_search(&config, |messages| {
        if messages / 100_000 > told.replace(messages) / 100_000 {
            tell(format_args!("{messages} messages are in the index."));
        }
    });
    rebuilt.await?.map_err(|error| Problem::from(error).detail)?;
    tell(format_args!("All {} messages are in the index.", told.get()));
    Ok(())
}

async fn create_admin(config: Config, name: String) -> Outcome {
    let username = Username::parse(&name).map_err(|rule| format!("The username {rule}."))?;
    let password = Password::parse(&read_password()?);
    let password = password.map_err(|rule| format!("The password {rule}."))?;
    let created = app::create_admin(&config, username.clone(), password).await?;
    match created {
        Ok(id) => tell(format_args!("{username} is an administrator now (user {id}).")),
        Err(error) => return Err(Problem::from(error).detail.into()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::testing::Log;

    #[test]
    fn a_panic_is_one_line_of_the_log() {
        let (log, _logging) = Log::begin();
        let usual: Arc<dyn Fn(&PanicHookInfo<'_>) + Send + Sync> = std::panic::take_hook().into();
        // Other tests run beside this one: their panics are told as ever.
        let (this, others) = (std::thread::current().id(), usual.clone());
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == this { log_panic(panic) } else { others(panic) }
        }));
        let panicked = std::panic::catch_unwind(|| panic!("the first line\nand the second"));
        std::panic::set_hook(Box::new(move |panic| usual(panic)));

        assert!(panicked.is_err());
        let text = log.text();
        let line = text.lines().next().unwrap();
        assert!(line.contains(r#"panicked "the first line\nand the second""#), "{text}");
        assert!(line.contains("cli.rs:"), "{text}");
    }

    /// Where this is set, a process of the test below serves.
    const SERVES: &str = "SERVES_WITH_A_DEFECT";

    #[test]
    fn serves_with_a_defect() -> ExitCode {
        if std::env::var_os(SERVES).is_none() {
            return ExitCode::SUCCESS;
        }
        ended(with_runtime(|config| async move {
            let server = app::Server::start(&config).await?;
            server.tasks().spawn_vital("a test", async { panic!("a defect") });
            // Were nobody told of it, the server would be stopped in time, and end well.
            Ok(server.run_until(tokio::time::sleep(Duration::from_secs(20))).await?)
        }))
    }

    #[test]
    fn a_server_without_a_task_that_it_needs_says_so_and_ends_with_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let process = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "cli::tests::serves_with_a_defect"])
            .env_clear()
            .envs([(SERVES, "1"), ("PORT", "0"), ("ADDA_BIND", "127.0.0.1")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&process.stderr);
        assert!(!process.status.success(), "{log}");
        for line in [
            r#"a task panicked: the server ends task="a test" panic="a defect""#,
            "stopped",
            "adda: The task of a test panicked, and nothing goes on without it: the server ends.",
        ] {
            assert!(log.contains(line), "{line}: {log}");
        }
    }
}
