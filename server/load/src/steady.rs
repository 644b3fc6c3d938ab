//! `steady`: messages at an even pace by turns of all clients, each of whom reads them all: how long they take from sending to reading.

use serde_json::json;

use crate::error::LoadError;
use crate::run::{Pace, measure};
use crate::server::Kind;
use crate::stage::{Common, OPENING, Stage, check_clients};
use crate::statistics::rounded;

const CLIENTS: usize = 500;
const MOST_CLIENTS: usize = 5_000;
/// Deliveries a second, about what a large community has in its busiest minute.
const DELIVERIES_PER_S: f64 = 10_000.0;
const SECONDS: f64 = 60.0;
const TOGETHER: usize = 16;
/// Messages before anything is measured.
const WARM_UP: usize = 16;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct SteadyOptions {
    #[command(flatten)]
    common: Common,
    /// So many clients.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// So many messages a second, by all together.
    #[arg(long, value_name = "RATE")]
    per_s: Option<f64>,
    /// For so long.
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,
    /// One in so many opens what it gets, when all has come, and compares it with what was written; 0: nobody.
    #[arg(long, value_name = "N", default_value_t = OPENING)]
    opening: usize,
    /// Without TLS.
    #[arg(long)]
    plain: bool,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run.
pub(crate) async fn run(options: &SteadyOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let (usual, usual_s) = if common.quick {
        (100, 10.0)
    } else {
        (CLIENTS, SECONDS)
    };
    let clients = check_clients(options.clients.unwrap_or(usual), 1, MOST_CLIENTS)?;
    let per_s = options.per_s.unwrap_or(DELIVERIES_PER_S / clients as f64);
    let messages = (per_s * options.seconds.unwrap_or(usual_s)).ceil() as usize;
    if !(1..=1_000_000).contains(&messages) {
        let problem = "1 to 1000000 messages can be sent".to_owned();
        return Err(LoadError::Arguments(problem));
    }
    let kind = Kind::of(options.plain);
    common.say(&format!("{clients} clients: setting up"));
    let mut stage = Stage::build(common, &kind, clients).await?;
    let mut connections = stage.connect_all(TOGETHER).await?;
    stage.let_open(&mut connections, options.opening);
    let server = stage.server.pid();
    let warm_up = stage.community.seal(WARM_UP, clients)?;
    let (_, connections) = measure(server, connections, &warm_up, Pace::Steady { per_s }).await?;
    let sealed = stage.community.seal(messages, clients)?;
    let (run, _) = measure(server, connections, &sealed, Pace::Steady { per_s }).await?;
    stage.server.stop().await;
    let cpu_us = run.server_cpu.as_secs_f64() * 1e6 / run.deliveries.max(1) as f64;
    common.say(&format!(
        "{clients} clients, {per_s:.1} messages/s: {} deliveries, p50 {:.2} ms, p99 {:.2} ms, at most {:.2} ms, {cpu_us:.2} us of the server each, \
         {} lost, {} twice, {} out of order; {} opened, {} unreadable",
        run.deliveries,
        run.p50_ms,
        run.p99_ms,
        run.worst_ms,
        run.lost,
        run.twice,
        run.out_of_order,
        run.opened.readable,
        run.opened.unreadable
    ));
    let line = json!({
        "clients": clients,
        "messages": messages,
        "messages_per_s": rounded(per_s, 1),
        "deliveries": run.deliveries,
        "p50_ms": rounded(run.p50_ms, 2),
        "p99_ms": rounded(run.p99_ms, 2),
        "worst_ms": rounded(run.worst_ms, 2),
        "cpu_us_per_delivery": rounded(cpu_us, 2),
        "lost": run.lost,
        "twice": run.twice,
        "out_of_order": run.out_of_order,
        "ended": run.ended.len(),
        "opened": run.opened.readable,
        "unreadable": run.opened.unreadable,
        "tls": !options.plain,
    });
    Ok(line.to_string())
}
