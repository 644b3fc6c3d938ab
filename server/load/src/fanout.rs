//! `fanout`: for some numbers of clients, a server with a community; connect everybody; steady runs, then saturated ones.
//!
//! ```text
//! server, community -> the server again (fresh memory) -> resident memory -> connect all -> resident memory
//!                   -> warm up -> steady runs -> saturated runs -> rows
//! ```

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dialtone_protocol::Hash;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;

use crate::accounting::{open_files_limit, resident_kb};
use crate::community::{Community, Sealed};
use crate::error::LoadError;
use crate::net::{Endpoint, connect};
use crate::report::{Report, Row, Setting};
use crate::run::{Connected, Connections, Measured, Pace, measure};
use crate::server::ServerProcess;

const MOST_CLIENTS: usize = 5_000;
const MOST_MESSAGES: usize = 20_000;
/// Messages that not everybody has yet, when saturated. The server queues 1,024 frames for one reader.
const WINDOW: usize = 64;
/// Deliveries a second of the steady runs,
const STEADY: f64 = 5_000.0;
/// but not more messages a second than this: each is stored for good before it is delivered.
const STEADY_MESSAGES: f64 = 50.0;
/// Messages before anything is measured.
const WARM_UP: usize = 64;
/// Clients that connect at the same time.
const TOGETHER: usize = 16;
/// What this process has open beside its clients' sockets.
const OTHER_FILES: usize = 64;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct FanoutOptions {
    /// The server's program.
    #[arg(long, value_name = "PATH")]
    server_bin: PathBuf,
    /// Only so many clients, instead of 100, then 500.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// So many messages in each run.
    #[arg(long, value_name = "M")]
    messages: Option<usize>,
    /// 50 clients, and few and short runs.
    #[arg(long)]
    quick: bool,
    /// Print nothing but the line of JSON.
    #[arg(long)]
    json: bool,
}

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Amounts {
    steady: usize,
    saturated: usize,
    runs: usize,
}

impl FanoutOptions {
    fn check(&self) -> Result<Vec<usize>, LoadError> {
        let clients = match (self.clients, self.quick) {
            (Some(clients), _) => vec![clients],
            (None, true) => vec![50],
            (None, false) => vec![100, 500],
        };
        let most = clients.iter().copied().max().unwrap_or(0);
        let messages = self.messages.unwrap_or(1);
        if most == 0 || most > MOST_CLIENTS || messages == 0 || messages > MOST_MESSAGES {
            let problem =
                format!("1 to {MOST_CLIENTS} clients and 1 to {MOST_MESSAGES} messages can be run");
            return Err(LoadError::Arguments(problem));
        }
        let limit = open_files_limit()?;
        if (most + OTHER_FILES) as u64 > limit {
            return Err(LoadError::OpenFiles {
                clients: most,
                limit,
            });
        }
        Ok(clients)
    }

    /// A steady run lasts about 10 s, a saturated one has about a million deliveries; quick ones less.
    fn amounts(&self, clients: usize) -> Amounts {
        let (steady_s, deliveries, runs) = if self.quick {
            (4.0, 100_000, 1)
        } else {
            (10.0, 1_000_000, 3)
        };
        let steady = (steady_per_s(clients) * steady_s).ceil() as usize;
        let bounded = |messages: usize| self.messages.unwrap_or(messages).clamp(1, MOST_MESSAGES);
        Amounts {
            steady: bounded(steady),
            saturated: bounded(deliveries / clients.max(1)),
            runs,
        }
    }

    fn say(&self, words: &str) {
        if !self.json {
            println!("{words}");
        }
    }
}

/// Messages a second of a steady run.
fn steady_per_s(clients: usize) -> f64 {
    (STEADY / clients.max(1) as f64).min(STEADY_MESSAGES)
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run, or the system does not tell what is to be reported.
pub(crate) async fn run(options: &FanoutOptions) -> Result<String, LoadError> {
    let mut rows = Vec::new();
    for clients in options.check()? {
        options.say(&format!("{clients} clients: setting up"));
        rows.extend(measure_clients(options, clients).await?);
    }
    let report = Report::of(rows)?;
    serde_json::to_string(&report).map_err(LoadError::client)
}

async fn measure_clients(options: &FanoutOptions, clients: usize) -> Result<Vec<Row>, LoadError> {
    let server = ServerProcess::start(&options.server_bin).await?;
    let mut community = set_up(&server, clients).await?;
    let server = server.again().await?;
    community.endpoint = community.endpoint.moved(server.address());
    let before = settled_kb(server.pid()).await?;
    let mut connections = connect_all(&community).await?;
    let after = settled_kb(server.pid()).await?;
    let kb_per_idle_connection = (after as f64 - before as f64) / clients as f64;
    options.say(&format!(
        "{clients} clients: connected; the server's memory grew from {before} to {after} KB, \
         {kb_per_idle_connection:.1} for each"
    ));
    let warm_up = community.seal(WARM_UP)?;
    let pace = Pace::Saturated { window: WINDOW };
    (_, connections) = measure(server.pid(), connections, &warm_up, pace).await?;
    let amounts = options.amounts(clients);
    let steady = Pace::Steady {
        per_s: steady_per_s(clients),
    };
    let saturated = Pace::Saturated { window: WINDOW };
    let mut rows = Vec::new();
    for (mode, pace, messages) in [
        ("steady", steady, amounts.steady),
        ("saturated", saturated, amounts.saturated),
    ] {
        let setting = Setting {
            clients,
            mode,
            senders: community.senders().min(messages),
            messages,
            event_bytes: 0,
            kb_per_idle_connection,
        };
        let runs = Runs {
            server: server.pid(),
            pace,
            count: amounts.runs,
        };
        let row;
        (row, connections) = runs.measure(setting, &mut community, connections).await?;
        options.say(&row.to_string());
        rows.push(row);
    }
    drop(connections);
    server.stop().await;
    Ok(rows)
}

/// Some runs alike.
struct Runs {
    server: u32,
    pace: Pace,
    count: usize,
}

impl Runs {
    async fn measure(
        &self,
        mut setting: Setting,
        community: &mut Community,
        mut connections: Connections,
    ) -> Result<(Row, Connections), LoadError> {
        let mut runs: Vec<Measured> = Vec::with_capacity(self.count);
        while runs.len() < self.count && runs.iter().all(Measured::is_whole) {
            let messages: Vec<Sealed> = community.seal(setting.messages)?;
            setting.event_bytes = messages.first().map_or(0, |one| one.event_bytes);
            let run;
            (run, connections) = measure(self.server, connections, &messages, self.pace).await?;
            runs.push(run);
        }
        // One reason says enough: what ends one connection mostly ends many.
        if let Some(reason) = runs.iter().find_map(|run| run.ended.first()) {
            eprintln!("{} clients: {reason}", setting.clients);
        }
        Ok((Row::of(setting, &runs), connections))
    }
}

async fn set_up(server: &ServerProcess, clients: usize) -> Result<Community, LoadError> {
    let founding = server
        .founding()
        .ok_or_else(|| LoadError::ServerStart("it printed no founding link".into()))?;
    let nonce = Hash(rand::random());
    let now_s = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let endpoint = Endpoint::meet(server.address(), founding.data.server_key, nonce, now_s).await?;
    Community::found(endpoint, founding, clients, now_s).await
}

async fn connect_all(community: &Community) -> Result<Connections, LoadError> {
    let (length, channel) = (community.roster_length(), community.channel);
    let connecting = community.clients.iter().map(|client| async move {
        let (reader, writer) = connect(&community.endpoint, client, length, channel).await?;
        Ok::<_, LoadError>(Connected {
            reader,
            writer,
            last: 0,
        })
    });
    let clients = stream::iter(connecting)
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    Ok(Connections { clients, channel })
}

/// Resident memory once it does not change any more, within a few seconds.
async fn settled_kb(server: u32) -> Result<u64, LoadError> {
    let mut last = resident_kb(server)?;
    let mut same = 0;
    for _ in 0..20 {
        sleep(Duration::from_millis(250)).await;
        let now = resident_kb(server)?;
        same = if now.abs_diff(last) <= last / 200 {
            same + 1
        } else {
            0
        };
        last = now;
        if same == 4 {
            break;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(quick: bool, messages: Option<usize>) -> FanoutOptions {
        FanoutOptions {
            server_bin: PathBuf::new(),
            clients: None,
            messages,
            quick,
            json: true,
        }
    }

    #[test]
    fn runs_are_bounded_and_what_is_asked_for_counts() {
        let amounts = options(false, None).amounts(500);
        assert_eq!(
            (amounts.steady, amounts.saturated, amounts.runs),
            (100, 2000, 3)
        );
        let amounts = options(true, None).amounts(50);
        assert_eq!(
            (amounts.steady, amounts.saturated, amounts.runs),
            (200, 2000, 1)
        );
        assert_eq!(options(false, None).amounts(1).saturated, MOST_MESSAGES);
        let amounts = options(false, Some(7)).amounts(500);
        assert_eq!((amounts.steady, amounts.saturated), (7, 7));
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_in_words() {
        let mut asked = options(false, Some(0));
        assert!(asked.check().is_err());
        asked.messages = None;
        asked.clients = Some(MOST_CLIENTS + 1);
        assert!(asked.check().unwrap_err().to_string().contains("clients"));
        asked.clients = Some(1);
        assert_eq!(asked.check().unwrap(), [1]);
    }
}
