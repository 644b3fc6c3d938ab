//! `fanout`: for some numbers of clients, a server with a community; plain and over TLS, one who sends and all who send, steady runs and
//! saturated ones.
//!
//! ```text
//! stage -> the server again (fresh memory) -> resident memory -> connect all -> resident memory
//!       -> warm up -> steady runs -> saturated runs -> rows
//! ```

use crate::community::Sealed;
use crate::error::LoadError;
use crate::report::{Report, Row, Setting};
use crate::run::{Connections, Measured, Pace, measure};
use crate::server::Kind;
use crate::stage::{Common, Stage, check_open_files};

const MOST_CLIENTS: usize = 5_000;
const MOST_MESSAGES: usize = 20_000;
/// Messages that not everybody has yet, when saturated. The server queues 1,024 frames for one reader.
const WINDOW: usize = 64;
/// Deliveries a second of the steady runs.
const STEADY: f64 = 20_000.0;
/// Messages before anything is measured.
const WARM_UP: usize = 64;
/// Clients that connect at the same time.
const TOGETHER: usize = 16;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct FanoutOptions {
    #[command(flatten)]
    common: Common,
    /// Only so many clients, instead of 100, 500, then 2,000.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// So many messages in each run.
    #[arg(long, value_name = "M")]
    messages: Option<usize>,
    /// Over TLS alone, or plain alone.
    #[arg(long, value_name = "tls|plain")]
    only: Option<String>,
    /// One in so many opens what it gets, after each run, and compares it with what was written; 0: nobody.
    #[arg(long, value_name = "N", default_value_t = 0)]
    opening: usize,
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
        let clients = match (self.clients, self.common.quick) {
            (Some(clients), _) => vec![clients],
            (None, true) => vec![100],
            (None, false) => vec![100, 500, 2_000],
        };
        let most = clients.iter().copied().max().unwrap_or(0);
        let messages = self.messages.unwrap_or(1);
        if most == 0 || most > MOST_CLIENTS || messages == 0 || messages > MOST_MESSAGES {
            let problem =
                format!("1 to {MOST_CLIENTS} clients and 1 to {MOST_MESSAGES} messages can be run");
            return Err(LoadError::Arguments(problem));
        }
        check_open_files(most)?;
        Ok(clients)
    }

    /// A steady run lasts about 10 s, a saturated one has about a million deliveries; quick ones less.
    fn amounts(&self, clients: usize) -> Amounts {
        let (steady_s, deliveries, runs) = if self.common.quick {
            (3.0, 100_000, 1)
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

    fn ways(&self) -> Vec<Kind> {
        let kind = |plain| Kind {
            plain,
            ..Kind::default()
        };
        match self.only.as_deref() {
            Some("tls") => vec![kind(false)],
            Some("plain") => vec![kind(true)],
            _ => vec![kind(true), kind(false)],
        }
    }
}

/// Messages a second of a steady run.
fn steady_per_s(clients: usize) -> f64 {
    STEADY / clients.max(1) as f64
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run, or the system does not tell what is to be reported.
pub(crate) async fn run(options: &FanoutOptions) -> Result<String, LoadError> {
    let mut rows = Vec::new();
    for clients in options.check()? {
        options
            .common
            .say(&format!("{clients} clients: setting up"));
        rows.extend(measure_clients(options, clients).await?);
    }
    let report = Report::of(rows)?;
    serde_json::to_string(&report).map_err(LoadError::client)
}

async fn measure_clients(options: &FanoutOptions, clients: usize) -> Result<Vec<Row>, LoadError> {
    let mut rows = Vec::new();
    let ways = options.ways();
    let first = ways.first().cloned().unwrap_or_default();
    let mut stage = Stage::build(&options.common, &first, clients).await?;
    for (number, kind) in ways.iter().enumerate() {
        if number > 0 {
            stage = stage.again(kind).await?;
        }
        rows.extend(measure_way(options, &mut stage, !kind.plain).await?);
    }
    stage.server.stop().await;
    Ok(rows)
}

/// Over TLS, or plain.
async fn measure_way(
    options: &FanoutOptions,
    stage: &mut Stage,
    tls: bool,
) -> Result<Vec<Row>, LoadError> {
    let clients = stage.community.clients.len();
    let server = stage.server.pid();
    let before = stage.settled_kb().await?;
    let mut connections = stage.connect_all(TOGETHER).await?;
    let after = stage.settled_kb().await?;
    let kb_per_idle_connection = (after as f64 - before as f64) / clients as f64;
    let way = if tls { "over TLS" } else { "plain" };
    options.common.say(&format!(
        "{clients} clients, {way}: connected; the server's memory grew from {before} to {after} KB, \
         {kb_per_idle_connection:.1} for each"
    ));
    stage.let_open(&mut connections, options.opening);
    let warm_up = stage.community.seal(WARM_UP, clients)?;
    let saturated = Pace::Saturated { window: WINDOW };
    (_, connections) = measure(server, connections, &warm_up, saturated).await?;
    let amounts = options.amounts(clients);
    let steady = Pace::Steady {
        per_s: steady_per_s(clients),
    };
    let mut rows = Vec::new();
    for (shape, senders) in [("one to all", 1), ("all to all", clients)] {
        for (mode, pace, messages) in [
            ("steady", steady, amounts.steady),
            ("saturated", saturated, amounts.saturated),
        ] {
            // Whoever sends alone waits for each answer, so that it cannot send faster than messages are stored.
            let setting = Setting {
                clients,
                shape,
                tls,
                mode,
                senders: senders.min(messages),
                messages,
                event_bytes: 0,
                kb_per_idle_connection,
            };
            let runs = Runs {
                server,
                pace,
                count: amounts.runs,
            };
            let row;
            (row, connections) = runs.measure(setting, stage, connections).await?;
            options.common.say(&row.to_string());
            rows.push(row);
        }
    }
    stage.last = connections
        .clients
        .iter()
        .map(|one| one.last)
        .min()
        .unwrap_or(0);
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
        stage: &mut Stage,
        mut connections: Connections,
    ) -> Result<(Row, Connections), LoadError> {
        let mut runs: Vec<Measured> = Vec::with_capacity(self.count);
        while runs.len() < self.count && runs.iter().all(Measured::is_whole) {
            let messages: Vec<Sealed> = stage.community.seal(setting.messages, setting.senders)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn options(quick: bool, messages: Option<usize>) -> FanoutOptions {
        FanoutOptions {
            common: Common {
                server_bin: "/nonexistent".into(),
                quick,
                json: true,
            },
            clients: None,
            messages,
            only: None,
            opening: 0,
        }
    }

    #[test]
    fn runs_are_bounded_and_what_is_asked_for_counts() {
        let amounts = options(false, None).amounts(500);
        assert_eq!(
            (amounts.steady, amounts.saturated, amounts.runs),
            (400, 2000, 3)
        );
        let amounts = options(true, None).amounts(50);
        assert_eq!(
            (amounts.steady, amounts.saturated, amounts.runs),
            (1200, 2000, 1)
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
