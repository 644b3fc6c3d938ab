//! `dialtone-server`: serves, or runs one of its commands.

mod commands;

use anyhow::Context as _;
use clap::Parser;
use dialtone_server::config::{Flags, Settings, unknown_variables};
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
    let command = arguments.command.unwrap_or(Command::Serve);
    let unknown = unknown_variables(std::env::vars_os())?;
    let environment = |name: &str| std::env::var_os(name);
    let logs = logs::start(&environment)?;
    // Once, and not by each command beside the server, such as one that asks for its health twice a minute.
    if !unknown.is_empty() && matches!(command, Command::Serve) {
        let names = unknown.join(", ");
        tracing::warn!("not settings of this server, though they are called like some: {names}");
    }
    let settings = Settings::resolve(&arguments.flags, &environment)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server's threads cannot be started")?;
    let done = runtime.block_on(commands::run(command, &settings));
    logs.finish();
    done
}
