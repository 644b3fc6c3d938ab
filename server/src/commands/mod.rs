//! What the program does, one file a command.

mod invite;
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
}

/// Runs it to its end.
pub(crate) async fn run(command: Command, settings: &Settings) -> anyhow::Result<()> {
    match command {
        Command::Serve => serve::run(settings).await,
        Command::Invite(command) => command.run(settings).await,
    }
}

/// One line to standard output, at once, whoever reads it.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("standard output is closed")?;
    out.flush().context("standard output is closed")
}
