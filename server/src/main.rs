//! `dialtone-server`: serves, or prints a link.

use std::io::{IsTerminal as _, Write as _};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use dialtone_server::config::{Flags, Settings};
use dialtone_server::{Server, make_link};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// The Dialtone server.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (also without a command).
    Serve,
    /// Print a link: to found while nobody founded, else to knock. The server may be running.
    Invite {
        /// How many may use it.
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// How long it opens, in hours.
        #[arg(long, default_value_t = 7 * 24)]
        hours: u64,
    },
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
    runtime.block_on(async {
        match arguments.command {
            None | Some(Command::Serve) => serve(&settings).await,
            Some(Command::Invite { uses, hours }) => invite(&settings, uses, hours).await,
        }
    })
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

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let server = Server::start(settings).await?;
    if let Some(link) = server.founding_link().await? {
        say("Nobody founded a community here yet. Whoever opens this link does:")?;
        say(&link.to_string())?;
    }
    say(&format!("Listening at {}", server.address()))?;
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        stop.cancel();
    });
    server.serve(shutdown).await;
    tracing::info!("stopped");
    Ok(())
}

async fn invite(settings: &Settings, uses: u32, hours: u64) -> anyhow::Result<()> {
    let seconds = hours.saturating_mul(60 * 60);
    let link = make_link(settings, uses, seconds).await?;
    say(&link.to_string())
}

/// One line to standard output, at once, whoever reads it.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("standard output is closed")?;
    out.flush().context("standard output is closed")
}

#[cfg(unix)]
async fn wait_for_signal() {
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
async fn wait_for_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
