//! `join-storm`: an invite is opened by many at the same time. Each has done its part, stretching a password, before; then all of them want to be the
//! next entry of the member list, of which one at a time can be: who comes second signs anew.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::accounting::cpu_time;
use crate::community::{CameIn, Coming};
use crate::error::LoadError;
use crate::net::connect;
use crate::server::Kind;
use crate::stage::{Common, Stage, check_clients};
use crate::statistics::{percentile, rounded};

const NEWCOMERS: usize = 100;
const MOST: usize = 1_000;
/// Who is there already.
const MEMBERS: usize = 16;
/// Passwords that are stretched at the same time; each takes 64 MiB.
const STRETCHING: usize = 4;
/// So often a client tries before it says that too many come at the moment.
const A_CLIENTS_TRIES: u32 = 16;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct JoinOptions {
    #[command(flatten)]
    common: Common,
    /// So many newcomers.
    #[arg(long, value_name = "N")]
    newcomers: Option<usize>,
    /// Without TLS.
    #[arg(long)]
    plain: bool,
}

/// Somebody who is in and connected, and how long that took.
struct Joined {
    came: CameIn,
    in_us: u32,
    connected_us: u32,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run, or lets somebody not in.
pub(crate) async fn run(options: &JoinOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let usual = if common.quick { 16 } else { NEWCOMERS };
    let newcomers = check_clients(options.newcomers.unwrap_or(usual), 1, MOST)?;
    common.say(&format!("{MEMBERS} members: setting up"));
    let mut stage = Stage::build(common, &Kind::of(options.plain), MEMBERS).await?;
    let members = stage.connect_all(MEMBERS).await?;
    let began = Instant::now();
    let coming: Vec<Coming> = stream::iter(0..newcomers)
        .map(|number| stage.community.coming(MEMBERS + number))
        .buffer_unordered(STRETCHING)
        .try_collect()
        .await?;
    let stretch_ms = began.elapsed().as_secs_f64() * 1_000.0 / newcomers as f64;
    common.say(&format!(
        "{newcomers} stand before the door, {stretch_ms:.0} ms for each password on this machine's cores"
    ));
    let before = cpu_time(stage.server.pid())?;
    let began = Instant::now();
    let joined = storm(&stage, coming, began).await?;
    let took_s = began.elapsed().as_secs_f64();
    let cpu_s = cpu_time(stage.server.pid())?
        .saturating_sub(before)
        .as_secs_f64();
    drop(members);
    let figures = Figures::of(&joined);
    let entries_before = stage.community.entries();
    let roster = stage.community.fetch_roster().await?;
    let there = |one: &&Joined| roster.view().account(&one.came.account).is_some();
    let accounts: BTreeSet<_> = joined
        .iter()
        .filter(there)
        .map(|one| one.came.account)
        .collect();
    let lost = newcomers - accounts.len();
    // The chain of hashes holds one entry at each place; were somebody in at two of them, there would be more than came.
    let places = roster.position().length - entries_before;
    let twice = places.saturating_sub(accounts.len() as u64);
    stage.server.stop().await;
    let rate = newcomers as f64 / figures.all_in_s.max(1e-9);
    common.say(&format!(
        "all in after {:.2} s: {rate:.1} joins/s, p50 {:.0} ms, p99 {:.0} ms, {:.1} tries each, at most {}; all connected after {took_s:.2} s; \
         {cpu_s:.2} s of the server's processor time; {lost} lost, {twice} twice",
        figures.all_in_s, figures.p50_ms, figures.p99_ms, figures.tries_each, figures.most_tries
    ));
    let line = json!({
        "newcomers": newcomers,
        "joins_per_s": rounded(rate, 1),
        "p50_ms": rounded(figures.p50_ms, 1),
        "p99_ms": rounded(figures.p99_ms, 1),
        "all_in_s": rounded(figures.all_in_s, 2),
        "connected_p99_ms": rounded(figures.connected_p99_ms, 1),
        "tries_each": rounded(figures.tries_each, 1),
        "most_tries": figures.most_tries,
        "beyond_a_clients_tries": figures.beyond,
        "stretch_ms": rounded(stretch_ms, 1),
        "server_cpu_s": rounded(cpu_s, 2),
        "lost": lost,
        "twice": twice,
        "tls": !options.plain,
    });
    Ok(line.to_string())
}

async fn storm(
    stage: &Stage,
    coming: Vec<Coming>,
    began: Instant,
) -> Result<Vec<Joined>, LoadError> {
    let stand = stage.community.stand(0);
    let mut entering = JoinSet::new();
    for one in coming {
        let endpoint = stage.community.endpoint.clone();
        entering.spawn(async move {
            let micros = || u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
            let came = one.come_in().await?;
            let in_us = micros();
            let connected = connect(&endpoint, &came.client, stand).await?;
            let connected_us = micros();
            // The others are told of each who comes, as long as one is connected.
            Ok::<_, LoadError>((
                Joined {
                    came,
                    in_us,
                    connected_us,
                },
                connected,
            ))
        });
    }
    let (mut joined, mut connections) = (Vec::with_capacity(entering.len()), Vec::new());
    while let Some(one) = entering.join_next().await {
        let (one, connection) = one??;
        joined.push(one);
        connections.push(connection);
    }
    Ok(joined)
}

struct Figures {
    all_in_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    connected_p99_ms: f64,
    tries_each: f64,
    most_tries: u32,
    /// Who would have been told to come back later.
    beyond: usize,
}

impl Figures {
    fn of(joined: &[Joined]) -> Self {
        let sorted = |figure: &dyn Fn(&Joined) -> u32| {
            let mut sorted: Vec<u32> = joined.iter().map(figure).collect();
            sorted.sort_unstable();
            sorted
        };
        let (entered, connected) = (sorted(&|one| one.in_us), sorted(&|one| one.connected_us));
        let tries = || joined.iter().map(|one| one.came.tries);
        let ms = |sorted: &[u32], share| f64::from(percentile(sorted, share).unwrap_or(0)) / 1e3;
        Self {
            all_in_s: ms(&entered, 1.0) / 1e3,
            p50_ms: ms(&entered, 0.5),
            p99_ms: ms(&entered, 0.99),
            connected_p99_ms: ms(&connected, 0.99),
            tries_each: f64::from(tries().sum::<u32>()) / joined.len().max(1) as f64,
            most_tries: tries().max().unwrap_or(0),
            beyond: tries().filter(|tries| *tries > A_CLIENTS_TRIES).count(),
        }
    }
}
