//! `dialtone-load`: many clients on one server, measured. The last line of its output is one line of JSON.
//!
//! ```text
//! fanout, steady, burst, slow_readers, join_storm, big_history, idle, resume, storm, store: what is measured; faults: what the server is to withstand
//!         server   a server process of its own, in a temporary folder, on this machine's loopback
//!         stage    that server with a community on it, to be started again and connected to
//!         community   founds, registers, adds devices, opens sessions: a client for each device
//!         net      TLS pinned to the server's identity, requests, sockets
//!         run      messages sealed beforehand, sent at a pace, counted and timed at every client
//!         accounting   what the operating system says of the server: processor time, memory
//!         verdict  what is stored beside what was acknowledged
//!         statistics, report   medians, percentiles, the table, the JSON
//! ```

mod accounting;
mod big_history;
mod burst;
mod community;
mod error;
mod fanout;
mod faults;
mod idle;
mod join_storm;
mod net;
mod report;
mod resume;
mod run;
mod sending;
mod server;
mod slow_readers;
mod slow_requests;
mod stage;
mod statistics;
mod steady;
mod store;
mod storm;
mod verdict;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::big_history::HistoryOptions;
use crate::burst::BurstOptions;
use crate::error::LoadError;
use crate::fanout::FanoutOptions;
use crate::faults::FaultOptions;
use crate::idle::IdleOptions;
use crate::join_storm::JoinOptions;
use crate::resume::ResumeOptions;
use crate::slow_readers::SlowOptions;
use crate::steady::SteadyOptions;
use crate::store::StoreOptions;
use crate::storm::StormOptions;

/// No measurement takes longer.
const LONGEST: Duration = Duration::from_mins(40);

/// Load for the Dialtone server.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Many clients in one channel: deliveries a second, processor time for each, delay, what was lost.
    Fanout(FanoutOptions),
    /// Messages at an even pace: how long each takes.
    Steady(SteadyOptions),
    /// Everybody writes at the same time, again and again.
    Burst(BurstOptions),
    /// Some stop reading while the others talk on.
    SlowReaders(SlowOptions),
    /// Many come in by an invite at the same time.
    JoinStorm(JoinOptions),
    /// A long channel is read from its end to its beginning.
    BigHistory(HistoryOptions),
    /// Many connections that do nothing: the server's memory for each, and at rest; how long a start takes.
    Idle(IdleOptions),
    /// One client comes back after many messages.
    Resume(ResumeOptions),
    /// All clients come back at the same time.
    ReconnectStorm(StormOptions),
    /// Messages stored for good a second, on each database.
    Store(StoreOptions),
    /// Clients write while something goes wrong; every acknowledged message has to be there once, in order.
    Faults(FaultOptions),
}

fn main() -> ExitCode {
    match start(&Arguments::parse().command) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{}", serde_json::json!({ "error": error.to_string() }));
            ExitCode::FAILURE
        }
    }
}

/// Runs it; whatever ends it, the server goes with it.
fn start(command: &Command) -> Result<String, LoadError> {
    // Half of the machine: the other half is the server's.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads((cores / 2).max(1))
        .enable_all()
        .build()
        .map_err(|error| LoadError::system("its threads", error))?;
    runtime.block_on(async {
        tokio::select! {
            report = measure(command) => report,
            () = interrupted() => Err(LoadError::Interrupted),
            () = tokio::time::sleep(LONGEST) => Err(LoadError::TooLong(LONGEST.as_secs())),
        }
    })
}

async fn measure(command: &Command) -> Result<String, LoadError> {
    match command {
        Command::Fanout(options) => fanout::run(options).await,
        Command::Steady(options) => steady::run(options).await,
        Command::Burst(options) => burst::run(options).await,
        Command::SlowReaders(options) => slow_readers::run(options).await,
        Command::JoinStorm(options) => join_storm::run(options).await,
        Command::BigHistory(options) => big_history::run(options).await,
        Command::Idle(options) => idle::run(options).await,
        Command::Resume(options) => resume::run(options).await,
        Command::ReconnectStorm(options) => storm::run(options).await,
        Command::Store(options) => store::run(options).await,
        Command::Faults(options) => faults::run(options).await,
    }
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
