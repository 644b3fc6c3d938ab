//! `dialtone-server`: serves, or runs one of its commands.

mod commands;

use std::io::IsTerminal as _;

use anyhow::Context as _;
use clap::Parser;
use dialtone_server::config::{Flags, Settings};
use tracing_subscriber::EnvFilter;

use crate::commands::Command;

/// The Dialtone server.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    start_logs();
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        anyhow::bail!("another TLS provider is in place already: this is a bug of Dialtone");
    }
    let settings = Settings::resolve(&arguments.flags, &|name| std::env::var(name).ok())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server's threads cannot be started")?;
    let command = arguments.command.unwrap_or(Command::Serve);
    runtime.block_on(commands::run(command, &settings))
}

/// Logs go to standard error, at the level of `DIALTONE_LOG` (`info` if it is not set).
fn start_logs() {
    let filter = EnvFilter::try_from_env("DIALTONE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
