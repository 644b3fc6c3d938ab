//! What the program does, one file a command.

mod admin;
mod backup;
mod check;
mod healthy;
mod invite;
mod migrate;
mod progress;
mod restore;
mod serve;

use std::io::Write as _;

use anyhow::Context as _;
use clap::Subcommand;
use dialtone_server::config::Settings;

/// A command, with what it is told.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve (also without a command).
    Serve,
    /// Print a link: to found while nobody founded, else to knock. The server may be running.
    Invite(invite::Invite),
    /// See what there is on the server, and end sessions. The server may be running.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Take a backup into one file. The server may be running.
    Backup(backup::Backup),
    /// Put a backup back, into an empty data folder and database.
    Restore(restore::Restore),
    /// See whether everything is there and fits. The server may be running.
    Check(check::Check),
    /// Ask the server that runs on this machine whether it can do its work; ends with an error if it cannot.
    Healthy,
    /// Bring the database's schema up to date, as a start of the server does.
    Migrate(migrate::Migrate),
}

/// Runs it to its end.
pub(crate) async fn run(command: Command, settings: &Settings) -> anyhow::Result<()> {
    match command {
        Command::Serve => serve::run(settings).await,
        Command::Invite(command) => command.run(settings).await,
        Command::Admin(command) => command.run(settings).await,
        Command::Backup(command) => command.run(settings).await,
        Command::Restore(command) => command.run(settings).await,
        Command::Check(command) => command.run(settings).await,
        Command::Healthy => healthy::run(settings).await,
        Command::Migrate(command) => command.run(settings).await,
    }
}

/// One line to standard output, at once, whoever reads it.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("standard output is closed")?;
    out.flush().context("standard output is closed")
}
