//! `store`: messages that are stored for good, acknowledged, a second; on `SQLite` and on Postgres, beside what the disk can do. Afterwards all is
//! read back: what was acknowledged has to be there once, in order.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use serde_json::{Map, json};

use crate::accounting::cpu_time;
use crate::error::LoadError;
use crate::sending;
use crate::server::Kind;
use crate::stage::{Common, Stage};
use crate::statistics::{median, rounded};
use crate::verdict::{Acknowledged, Verdict, stored};

const SENDERS: usize = 512;
const MESSAGES: usize = 40_000;
const RUNS: usize = 3;
/// How long the disk is asked.
const DISK: Duration = Duration::from_secs(2);

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreOptions {
    #[command(flatten)]
    common: Common,
    /// The variable of the environment that names a Postgres that is empty; without it only `SQLite` is measured.
    #[arg(long, value_name = "NAME")]
    postgres_from: Option<String>,
    /// Clients that send at the same time.
    #[arg(long, value_name = "N", default_value_t = SENDERS)]
    senders: usize,
    /// So many messages in each run.
    #[arg(long, value_name = "M")]
    messages: Option<usize>,
}

/// What was measured on one database.
struct Measured {
    per_s: f64,
    cpu_us: f64,
    verdict: Verdict,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When a server cannot be run, or does not hold what it acknowledged.
pub(crate) async fn run(options: &StoreOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let mut line = Map::new();
    let disk = disk_fdatasync_per_s()?;
    common.say(&format!("the disk: {disk:.0} fdatasync/s of 4 KiB each"));
    line.insert("disk_fdatasync_per_s".into(), json!(rounded(disk, 0)));
    let mut databases = vec![("sqlite", None)];
    if let Some(name) = &options.postgres_from {
        let address = std::env::var(name)
            .map_err(|_| LoadError::Arguments(format!("{name} is not set: it names a Postgres")))?;
        databases.push(("postgres", Some(address)));
    }
    let (mut lost, mut twice, mut out_of_order) = (0, 0, 0);
    for (name, database) in databases {
        // The load is not to take its time for TLS.
        let kind = Kind {
            plain: true,
            database,
            ..Kind::default()
        };
        let Measured {
            per_s,
            cpu_us,
            verdict,
        } = measure(options, &kind).await?;
        common.say(&format!(
            "{name}: {per_s:.0} messages/s stored and acknowledged, {cpu_us:.1} us of the server's processor time each; of {} read back \
             {} lost, {} twice, {} out of order",
            verdict.stored, verdict.lost, verdict.twice, verdict.out_of_order()
        ));
        if !verdict.is_sound() {
            return Err(LoadError::Unsound(format!("{name}: {verdict:?}")));
        }
        line.insert(format!("{name}_msgs_per_s"), json!(rounded(per_s, 0)));
        line.insert(format!("{name}_cpu_us_per_msg"), json!(rounded(cpu_us, 1)));
        line.insert(format!("{name}_read_back"), json!(verdict.stored));
        lost += verdict.lost;
        twice += verdict.twice;
        out_of_order += verdict.out_of_order();
    }
    line.insert("lost".into(), json!(lost));
    line.insert("twice".into(), json!(twice));
    line.insert("out_of_order".into(), json!(out_of_order));
    line.insert("senders".into(), json!(options.senders));
    Ok(serde_json::Value::Object(line).to_string())
}

async fn measure(options: &StoreOptions, kind: &Kind) -> Result<Measured, LoadError> {
    let (usual, runs) = if options.common.quick {
        (MESSAGES / 8, 1)
    } else {
        (MESSAGES, RUNS)
    };
    let messages = options.messages.unwrap_or(usual).max(1);
    let mut stage = Stage::build(&options.common, kind, options.senders).await?;
    let server = stage.server.pid();
    // Tables and caches are warm then.
    let mut acknowledged = sending::store(&mut stage, messages / 10, options.senders)
        .await?
        .acknowledged;
    let (mut rates, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let before = cpu_time(server)?;
        let sent = sending::store(&mut stage, messages, options.senders).await?;
        let used = cpu_time(server)?.saturating_sub(before);
        rates.push(messages as f64 / sent.seconds.max(1e-9));
        cpu.push(used.as_secs_f64() * 1e6 / messages as f64);
        for (all, more) in acknowledged.iter_mut().zip(sent.acknowledged) {
            all.extend(more);
        }
    }
    let verdict = read_back(&stage, &acknowledged).await?;
    stage.server.stop().await;
    Ok(Measured {
        per_s: median(rates),
        cpu_us: median(cpu),
        verdict,
    })
}

/// Reads all of it, page by page and by a socket that has nothing yet.
async fn read_back(
    stage: &Stage,
    acknowledged: &[Vec<Acknowledged>],
) -> Result<Verdict, LoadError> {
    let community = &stage.community;
    let reader = community.clients.first();
    let reader = reader.ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
    let paged = stored(&community.endpoint, reader, community.channel).await?;
    let verdict = Verdict::of(&paged, acknowledged);
    let stand = community.stand(0);
    verdict.is_given(&community.endpoint, reader, stand).await?;
    Ok(verdict)
}

/// How often a second the disk of temporary files takes 4 KiB for good, one after the other.
fn disk_fdatasync_per_s() -> Result<f64, LoadError> {
    let failed = |error| LoadError::system("a file to sync", error);
    let mut file = tempfile::tempfile().map_err(failed)?;
    let block = [7; 4096];
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < DISK {
        if count.is_multiple_of(256) {
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
        }
        file.write_all(&block).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
