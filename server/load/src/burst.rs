//! `burst`: it is quiet, then everybody writes at the same time; again and again. How long a message takes, and until everybody has all of them.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::error::LoadError;
use crate::run::{Measured, Pace, measure};
use crate::server::Kind;
use crate::stage::{Common, OPENING, Stage, check_clients};
use crate::statistics::{median, rounded};

const CLIENTS: usize = 500;
/// The server queues 1,024 frames for one reader: a burst of more may cut who reads, which `slow-readers` is about.
const MOST_CLIENTS: usize = 1_000;
const ROUNDS: usize = 10;
/// How long it is quiet before each burst.
const QUIET: Duration = Duration::from_secs(1);
const TOGETHER: usize = 16;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct BurstOptions {
    #[command(flatten)]
    common: Common,
    /// So many clients.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// So many bursts.
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
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
pub(crate) async fn run(options: &BurstOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let (usual, usual_rounds) = if common.quick {
        (100, 3)
    } else {
        (CLIENTS, ROUNDS)
    };
    let clients = check_clients(options.clients.unwrap_or(usual), 1, MOST_CLIENTS)?;
    let rounds = options.rounds.unwrap_or(usual_rounds).max(1);
    common.say(&format!("{clients} clients: setting up"));
    let mut stage = Stage::build(common, &Kind::of(options.plain), clients).await?;
    let mut connections = stage.connect_all(TOGETHER).await?;
    stage.let_open(&mut connections, options.opening);
    let server = stage.server.pid();
    // The first burst finds everything cold, and is not counted.
    let mut runs: Vec<Measured> = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        sleep(QUIET).await;
        let sealed = stage.community.seal(clients, clients)?;
        let at_once = Pace::Steady {
            per_s: f64::INFINITY,
        };
        let run;
        (run, connections) = measure(server, connections, &sealed, at_once).await?;
        if round > 0 {
            runs.push(run);
        }
    }
    stage.server.stop().await;
    let report = Report::of(&runs);
    common.say(&format!(
        "{clients} clients write at once, {rounds} times: p50 {:.1} ms, p99 {:.1} ms, everybody has all after {:.1} ms (at worst {:.1} ms), \
         {} lost, {} twice, {} out of order; {} opened, {} unreadable",
        report.p50_ms,
        report.p99_ms,
        report.all_ms,
        report.all_worst_ms,
        report.lost,
        report.twice,
        report.out_of_order,
        report.opened,
        report.unreadable
    ));
    let line = json!({
        "clients": clients,
        "rounds": rounds,
        "deliveries_each": clients * clients,
        "p50_ms": report.p50_ms,
        "p99_ms": report.p99_ms,
        "worst_ms": report.worst_ms,
        "all_delivered_ms": report.all_ms,
        "all_delivered_worst_ms": report.all_worst_ms,
        "lost": report.lost,
        "twice": report.twice,
        "out_of_order": report.out_of_order,
        "ended": report.ended,
        "opened": report.opened,
        "unreadable": report.unreadable,
        "tls": !options.plain,
    });
    Ok(line.to_string())
}

/// Medians of the bursts, the worst of all, and sums.
#[derive(Debug, PartialEq)]
struct Report {
    p50_ms: f64,
    p99_ms: f64,
    worst_ms: f64,
    all_ms: f64,
    all_worst_ms: f64,
    lost: u64,
    twice: u64,
    out_of_order: u64,
    ended: usize,
    opened: u64,
    unreadable: u64,
}

impl Report {
    fn of(runs: &[Measured]) -> Self {
        let middle =
            |figure: &dyn Fn(&Measured) -> f64| rounded(median(runs.iter().map(figure)), 2);
        let worst = |figure: &dyn Fn(&Measured) -> f64| {
            rounded(runs.iter().map(figure).fold(0.0, f64::max), 2)
        };
        let span_ms = |run: &Measured| run.span.as_secs_f64() * 1_000.0;
        Self {
            p50_ms: middle(&|run| run.p50_ms),
            p99_ms: middle(&|run| run.p99_ms),
            worst_ms: worst(&|run| run.worst_ms),
            all_ms: middle(&span_ms),
            all_worst_ms: worst(&span_ms),
            lost: runs.iter().map(|run| run.lost).sum(),
            twice: runs.iter().map(|run| run.twice).sum(),
            out_of_order: runs.iter().map(|run| run.out_of_order).sum(),
            ended: runs.iter().map(|run| run.ended.len()).sum(),
            opened: runs.iter().map(|run| run.opened.readable).sum(),
            unreadable: runs.iter().map(|run| run.opened.unreadable).sum(),
        }
    }
}
