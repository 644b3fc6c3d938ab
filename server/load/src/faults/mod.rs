//! `faults`: clients write while something goes wrong again and again; afterwards every acknowledged message is there once, in order.
//!
//! ```text
//! for each fault:   crew (every writer: send -> wait for Stored -> next, by one session, connecting again by itself)
//!                     <- the fault, at a random point of their work: kill, restart, cut, disk, clock
//!                   -> until all of it is acknowledged -> the server's memory
//! at the end:       verdict (what is stored beside what was acknowledged), every session once more, the server's log
//! instances         the same with several of them, between which clients go by themselves; after each fault everybody is online at each of them,
//!                   and a call is at one
//! vanish            is of connections instead: they stand still or end without a word, and the server is rid of them
//! ```

mod bucket;
mod clock;
mod crew;
mod disk;
mod home;
mod instances;
mod kill;
mod memory;
mod nats;
mod postgres;
mod run;
mod vanish;
mod watch;
mod writer;

use std::path::PathBuf;

use clap::ValueEnum;

use crate::error::LoadError;
use crate::stage::Common;

/// Clients that write.
const WRITERS: usize = 12;
/// Clients that vanish.
const VANISHING: usize = 200;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The server is killed.
    Kill,
    /// Postgres is ended at once and started again.
    Restart,
    /// Nothing gets through to Postgres for some seconds, and nobody is told.
    Cut,
    /// The disk of the server's data is full.
    Disk,
    /// The server's clock is set.
    Clock,
    /// Clients stand still, or end without a word.
    Vanish,
    /// One of three instances is killed, stands still, or is cut from NATS or from Postgres alone, or NATS between them is gone.
    Instances,
}

/// What is to go wrong, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct FaultOptions {
    #[command(flatten)]
    common: Common,
    /// What goes wrong.
    #[arg(value_enum)]
    what: What,
    /// So many times.
    #[arg(long, value_name = "N", default_value_t = 3)]
    times: usize,
    /// Decides when; printed, and drawn where it is not given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Clients that write.
    #[arg(long, value_name = "N", default_value_t = WRITERS)]
    writers: usize,
    /// Clients that vanish.
    #[arg(long, value_name = "N", default_value_t = VANISHING)]
    clients: usize,
    /// The variable of the environment that names a Postgres that is empty; without it the server has its `SQLite`.
    #[arg(long, value_name = "NAME")]
    postgres_from: Option<String>,
    /// The variable of the environment that names the program which restarts that Postgres.
    #[arg(long, value_name = "NAME")]
    restart_from: Option<String>,
    /// A folder for the server's data on a small disk of its own, which is filled up.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// libfaketime, by which the server's clock is set; of several instances that of one, to an hour off.
    #[arg(long, value_name = "PATH")]
    clock_library: Option<PathBuf>,
}

impl FaultOptions {
    /// The Postgres, where one is named.
    fn postgres(&self) -> Result<Option<String>, LoadError> {
        self.postgres_from.as_deref().map(variable).transpose()
    }
}

/// A variable of the environment that has to be there.
fn variable(name: &str) -> Result<String, LoadError> {
    std::env::var(name).map_err(|_| LoadError::Arguments(format!("{name} is not set")))
}

/// Does it; gives the line of JSON.
///
/// # Errors
/// When a server cannot be run, or does not hold what it acknowledged.
pub(crate) async fn run(options: &FaultOptions) -> Result<String, LoadError> {
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    options.common.say(&format!("seed {seed}"));
    match options.what {
        What::Vanish => vanish::run(options, seed).await,
        What::Instances => Box::pin(instances::run(options, seed)).await,
        _ => Box::pin(run::run(options, seed)).await,
    }
}
