//! `idle`: as many connections as there may be, plain and over TLS, that do nothing: the server's memory for each; and what it takes at rest.

use std::time::Duration;

use serde_json::json;

use crate::accounting::{cpu_time, open_files_limit};
use crate::error::LoadError;
use crate::server::{Kind, ServerProcess};
use crate::stage::{Common, OTHER_FILES, Stage, check_open_files, settled_kb};
use crate::statistics::{median, rounded};

/// Beyond these the fixed cost of a server is lost in them.
const MOST_CLIENTS: usize = 19_500;
const STARTS: usize = 5;
const TOGETHER: usize = 32;
/// How long a server that nobody uses is watched: what it does by itself it does every few seconds, and some of it every minute.
const WATCHED: Duration = Duration::from_mins(2);
const WATCHED_QUICK: Duration = Duration::from_secs(10);

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct IdleOptions {
    #[command(flatten)]
    common: Common,
    /// Only so many connections, instead of as many as files may be open, less 500.
    #[arg(long, value_name = "N")]
    connections: Option<usize>,
}

impl IdleOptions {
    fn connections(&self) -> Result<usize, LoadError> {
        let limit = usize::try_from(open_files_limit()?).unwrap_or(usize::MAX);
        let most = limit.saturating_sub(OTHER_FILES).min(MOST_CLIENTS);
        let quick = self.common.quick.then_some(500);
        let connections = self.connections.or(quick).unwrap_or(most);
        if connections == 0 || connections > MOST_CLIENTS {
            let problem = format!("1 to {MOST_CLIENTS} connections can be made");
            return Err(LoadError::Arguments(problem));
        }
        check_open_files(connections)?;
        Ok(connections)
    }
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run, or the system does not tell what is to be reported.
pub(crate) async fn run(options: &IdleOptions) -> Result<String, LoadError> {
    let connections = options.connections()?;
    let common = &options.common;
    let mut starts = Vec::with_capacity(STARTS);
    let (mut at_rest_kb, mut at_rest_cpu_ms) = (0, 0.0);
    for number in 0..STARTS {
        let server = ServerProcess::start(&common.server_bin, &Kind::default()).await?;
        // The second start of the same folder: without making keys, as every day.
        let server = server.again(&Kind::default()).await?;
        starts.push(server.started_in.as_secs_f64() * 1_000.0);
        if number == 0 {
            at_rest_kb = settled_kb(server.pid()).await?;
            at_rest_cpu_ms = cpu_ms_a_minute(server.pid(), common.quick).await?;
        }
        server.stop().await;
    }
    let start_ms = rounded(median(starts), 1);
    common.say(&format!(
        "serving {start_ms} ms after the start; at rest {at_rest_kb} KB, and {at_rest_cpu_ms:.0} ms of processor time a minute; \
         {connections} clients: setting up"
    ));
    let plain = Kind {
        plain: true,
        ..Kind::default()
    };
    let mut stage = Stage::build(common, &plain, connections).await?;
    let mut kb = Vec::new();
    for (kind, way) in [(plain, "plain"), (Kind::default(), "over TLS")] {
        stage = stage.again(&kind).await?;
        let before = stage.settled_kb().await?;
        let open = stage.connect_all(TOGETHER).await?;
        let after = stage.settled_kb().await?;
        let each = (after as f64 - before as f64) / connections as f64;
        common.say(&format!(
            "{connections} connections, {way}: {before} KB before, {after} KB after, {each:.1} for each"
        ));
        kb.push(rounded(each, 1));
        drop(open);
    }
    stage.server.stop().await;
    let line = json!({
        "connections": connections,
        "kb_per_connection_plain": kb.first(),
        "kb_per_connection_tls": kb.get(1),
        "cpu_ms_per_minute_at_rest": rounded(at_rest_cpu_ms, 0),
        "server_rss_mb_at_rest": rounded(at_rest_kb as f64 / 1024.0, 1),
        "start_ms": start_ms,
    });
    Ok(line.to_string())
}

/// What a process uses of a processor while nobody asks it for anything: in ms a minute.
async fn cpu_ms_a_minute(pid: u32, quick: bool) -> Result<f64, LoadError> {
    let watched = if quick { WATCHED_QUICK } else { WATCHED };
    let before = cpu_time(pid)?;
    tokio::time::sleep(watched).await;
    let used = cpu_time(pid)?.saturating_sub(before);
    Ok(used.as_secs_f64() * 1_000.0 * 60.0 / watched.as_secs_f64())
}
