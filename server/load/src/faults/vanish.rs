//! Clients that vanish: half of them end without a word, half stand still with their connections open. The server is to be rid of all of them
//! within its time, to say so to those who stay, and to have its memory and files back.

use std::collections::HashSet;
use std::time::Duration;

use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::ServerFrame;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::FaultOptions;
use super::memory::Memory;
use crate::accounting::open_files;
use crate::error::LoadError;
use crate::net::{Reader, Writer, connect};
use crate::server::Kind;
use crate::stage::{Stage, check_open_files};
use crate::statistics::rounded;

/// Connections that are on their way at a time.
const TOGETHER: usize = 32;
/// The server asks for a sign of life every 30 s, and lets nobody stay who was silent for 90 s.
const RID_WITHIN: Duration = Duration::from_secs(90);
/// For a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(30);
/// How often it is looked for files.
const LOOK: Duration = Duration::from_millis(100);
/// Files that the server may have open at the end more than at the beginning: those of its database.
const OTHER_FILES: usize = 16;

/// Does it; gives the line of JSON.
///
/// # Errors
/// When the server keeps one of them, or what it took.
pub(super) async fn run(options: &FaultOptions, seed: u64) -> Result<String, LoadError> {
    let common = &options.common;
    let mut chance = StdRng::seed_from_u64(seed);
    let clients = options.clients.max(2);
    check_open_files(clients)?;
    let kind = Kind {
        database: options.postgres()?,
        ..Kind::default()
    };
    let stage = Stage::build(common, &kind, clients).await?;
    let server = stage.server.pid();
    let stand = stage.community.stand(0);
    let endpoint = &stage.community.endpoint;
    let (watcher, others) = stage
        .community
        .clients
        .split_first()
        .ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
    let (mut memory, mut longest) = (Memory::default(), Duration::ZERO);
    let files = open_files(server)?;
    for round in 1..=options.times {
        // Who stays: their reader answers what the server asks.
        let (mut reader, _writer, _) = connect(endpoint, watcher, stand).await?;
        let coming = others.iter().map(|client| connect(endpoint, client, stand));
        let here: Vec<(Reader, Writer, u64)> = stream::iter(coming)
            .buffer_unordered(TOGETHER)
            .try_collect()
            .await?;
        let count = here.len();
        see(&mut reader, count, true, SLACK).await?;
        let began = Instant::now();
        // What stands still is held; the rest is dropped, and its sockets say nothing but that they are closed.
        let still: Vec<_> = here.into_iter().filter(|_| chance.random()).collect();
        see(&mut reader, count, false, RID_WITHIN + SLACK).await?;
        let took = began.elapsed();
        longest = longest.max(took);
        let kb = stage.settled_kb().await?;
        memory.note(server, kb);
        common.say(&format!(
            "{round}: {count} vanished, {} of them standing still; the server was rid of all of them after {:.1} s, and takes {kb} KiB",
            still.len(),
            took.as_secs_f64()
        ));
    }
    let left = closed(server, files).await?;
    let judged = memory.judge()?;
    stage.server.stop().await;
    let mb = |kb: f64| rounded(kb / 1024.0, 1);
    let line = json!({
        "fault": "vanish",
        "times": options.times,
        "seed": seed,
        "clients": clients,
        "rid_of_all_after_s": rounded(longest.as_secs_f64(), 1),
        "files_first": files,
        "files_last": left,
        "rss_first_mb": mb(memory.first_kb()),
        "rss_last_mb": mb(memory.last_kb()),
        "memory": judged,
    });
    Ok(line.to_string())
}

/// Waits until the server has hardly more files open than at the beginning; how many it has. It says that somebody is gone before it has closed
/// their connection.
async fn closed(server: u32, files: usize) -> Result<usize, LoadError> {
    let began = Instant::now();
    loop {
        let left = open_files(server)?;
        if left <= files + OTHER_FILES {
            return Ok(left);
        }
        if began.elapsed() > SLACK {
            return Err(LoadError::Unsound(format!(
                "the server has {left} files open, {files} at the beginning"
            )));
        }
        sleep(LOOK).await;
    }
}

/// Reads until so many others were said to have come, or to have gone.
async fn see(
    reader: &mut Reader,
    count: usize,
    come: bool,
    within: Duration,
) -> Result<(), LoadError> {
    let mut seen: HashSet<DeviceId> = HashSet::new();
    let seeing = async {
        while seen.len() < count {
            match reader.next().await?.frame {
                ServerFrame::Presence { device, online } if online == come => {
                    seen.insert(device);
                }
                ServerFrame::Presences { online, offline } => {
                    seen.extend(if come { online } else { offline });
                }
                _ => {}
            }
        }
        Ok(())
    };
    let in_time = timeout(within, seeing).await;
    in_time.unwrap_or_else(|_| {
        let what = if come { "come" } else { "gone" };
        Err(LoadError::Unsound(format!(
            "after {} s {} of {count} were said to have {what}",
            within.as_secs(),
            seen.len()
        )))
    })
}
