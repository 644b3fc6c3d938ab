//! `dialtone-server`: serves, or runs one of its commands.

mod commands;

use anyhow::Context as _;
use clap::Parser;
use dialtone_server::config::{Flags, Settings};
use dialtone_server::logs;

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
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        anyhow::bail!("another TLS provider is in place already: this is a bug of Dialtone");
    }
    let environment = |name: &str| std::env::var(name).ok();
    let logs = logs::start(&environment)?;
    let settings = Settings::resolve(&arguments.flags, &environment)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server's threads cannot be started")?;
    let command = arguments.command.unwrap_or(Command::Serve);
    let done = runtime.block_on(commands::run(command, &settings));
    logs.finish();
    done
}
