//! `slow-readers`: some clients stop reading, and some read slowly, while the others talk on. The server lets go of them; they come back from where they
//! were, and have everything once and in order. The others are not to notice: the same messages are sent once without slow ones and once with them.
//!
//! ```text
//! quick clients   the run as ever
//! slow ones       small receive buffers; read nothing, or a frame now and then -> when the run is over: what still comes, to the end of the
//!                 connection -> resume -> is all there?
//! of HTTP         see slow_requests: beside the slow ones, and until the server has let go of them
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::ServerFrame;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::accounting::resident_kb;
use crate::community::Community;
use crate::error::LoadError;
use crate::net::{Reader, Stand, Writer, connect};
use crate::run::{Connections, Measured, Pace, measure};
use crate::server::Kind;
use crate::slow_requests::Requests;
use crate::stage::{Common, Stage, check_clients};
use crate::statistics::rounded;

const CLIENTS: usize = 200;
const MOST_CLIENTS: usize = 2_000;
/// One in so many is slow.
const SLOW: usize = 10;
/// More than the system's buffers and a reader's queue hold: the system keeps some megabytes for one who reads nothing.
const MESSAGES: usize = 12_000;
const PER_S: f64 = 250.0;
const QUICK_MESSAGES: usize = 12_000;
const QUICK_PER_S: f64 = 1_000.0;
/// What the system keeps for a slow one; it doubles that.
const RECEIVE_BUFFER: u32 = 4 * 1024;
/// How long one that reads slowly rests after each frame.
const REST: Duration = Duration::from_millis(50);
/// How long what was on its way to one that was let go may take.
const LEFT: Duration = Duration::from_secs(5);
const TOGETHER: usize = 16;
/// How often the server's memory is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct SlowOptions {
    #[command(flatten)]
    common: Common,
    /// So many clients, one in ten of whom is slow.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// So many messages.
    #[arg(long, value_name = "M")]
    messages: Option<usize>,
    /// So many messages a second.
    #[arg(long, value_name = "RATE")]
    per_s: Option<f64>,
    /// Without TLS.
    #[arg(long)]
    plain: bool,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run.
pub(crate) async fn run(options: &SlowOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let (usual, (usual_messages, usual_per_s)) = if common.quick {
        (50, (QUICK_MESSAGES, QUICK_PER_S))
    } else {
        (CLIENTS, (MESSAGES, PER_S))
    };
    let clients = check_clients(options.clients.unwrap_or(usual), 2, MOST_CLIENTS)?;
    let messages = options.messages.unwrap_or(usual_messages).max(1);
    let slow = (clients / SLOW).max(2).min(clients - 1);
    let quick = clients - slow;
    let per_s = options.per_s.unwrap_or(usual_per_s).max(1.0);
    let pace = Pace::Steady { per_s };
    common.say(&format!(
        "{clients} clients, {slow} of them slow: setting up"
    ));
    let mut stage = Stage::build(common, &Kind::of(options.plain), clients).await?;
    let (without, without_kb) = part(&mut stage, (quick, messages), pace, false).await?;
    let requests = begin_requests(&stage).await?;
    let (with, with_kb) = part(&mut stage, (quick, messages), pace, true).await?;
    let seen = requests.finish().await?;
    stage.server.stop().await;
    let grew = [with_kb, without_kb].map(|kb| rounded(kb as f64 / 1024.0, 1));
    let counted = report(common, quick, (&without, &with), grew);
    common.say(&seen.to_string());
    let line = json!({
        "clients": clients,
        "slow": slow,
        "messages": messages,
        "messages_per_s": per_s,
        "tls": !options.plain,
        "http_slow": seen.slow,
        "http_cut": seen.cut,
        "http_cut_after_s": [rounded(seen.soonest.as_secs_f64(), 1), rounded(seen.latest.as_secs_f64(), 1)],
        "http_served": seen.served,
        "http_longest_ms": rounded(seen.longest.as_secs_f64() * 1_000.0, 1),
    });
    Ok(merged(line, counted).to_string())
}

/// What both runs counted.
fn report(common: &Common, quick: usize, (without, with): (&Part, &Part), grew: [f64; 2]) -> Value {
    let (alone, run, ends) = (&without.run, &with.run, &with.slow);
    let slow = ends.len();
    let [grew, grew_without] = grew;
    let cut = ends.iter().filter(|end| end.cut).count();
    let sum = |figure: &dyn Fn(&End) -> u64| ends.iter().map(figure).sum::<u64>();
    let (lost, twice) = (sum(&|end| end.lost), sum(&|end| end.twice));
    let resumed = sum(&|end| end.resumed);
    let out_of_order = run.out_of_order + sum(&|end| end.out_of_order);
    common.say(&format!(
        "{quick} quick readers: p99 {:.2} ms beside {slow} slow ones, {:.2} ms without them; the server's memory grew by {grew:.1} and {grew_without:.1} MB",
        run.p99_ms, alone.p99_ms,
    ));
    common.say(&format!(
        "{cut} of {slow} were let go and came back for {resumed} events; {} lost, {} twice, {out_of_order} out of order",
        run.lost + lost,
        run.twice + twice
    ));
    json!({
        "p50_ms": rounded(run.p50_ms, 2),
        "p99_ms": rounded(run.p99_ms, 2),
        "p50_ms_without_slow": rounded(alone.p50_ms, 2),
        "p99_ms_without_slow": rounded(alone.p99_ms, 2),
        "cut": cut,
        "resumed_events": resumed,
        "lost": alone.lost + run.lost + lost,
        "twice": alone.twice + run.twice + twice,
        "out_of_order": alone.out_of_order + out_of_order,
        "ended_quick": alone.ended.len() + run.ended.len(),
        "server_grew_mb": grew,
        "server_grew_mb_without_slow": grew_without,
    })
}

/// The fields of both.
fn merged(mut line: Value, more: Value) -> Value {
    if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    line
}

/// Two of the slow clients ask for what they do not take; the first quick one asks, too.
async fn begin_requests(stage: &Stage) -> Result<Requests, LoadError> {
    let clients = &stage.community.clients;
    let (Some(first), [.., one, other]) = (clients.first(), clients.as_slice()) else {
        return Err(LoadError::Broken("nobody is there".into()));
    };
    Requests::begin(&stage.community, first, [one, other], RECEIVE_BUFFER).await
}

/// One of the two runs.
struct Part {
    run: Measured,
    slow: Vec<End>,
}

/// How it ended for a slow one.
#[derive(Debug, Default, PartialEq, Eq)]
struct End {
    /// The server let go of it.
    cut: bool,
    /// Events that it had to come back for.
    resumed: u64,
    lost: u64,
    twice: u64,
    out_of_order: u64,
}

/// Runs the messages; with the server's memory at its greatest, in KB more than before.
async fn part(
    stage: &mut Stage,
    (quick, messages): (usize, usize),
    pace: Pace,
    with_slow: bool,
) -> Result<(Part, u64), LoadError> {
    let server = stage.server.pid();
    let stand = stage.community.stand(stage.last);
    let connections = stage.connect_some(..quick, TOGETHER).await?;
    let stop = CancellationToken::new();
    let mut slow = Vec::new();
    if with_slow {
        let narrow = stage.community.endpoint.narrow(RECEIVE_BUFFER);
        for (number, client) in stage.community.clients.iter().skip(quick).enumerate() {
            let (reader, writer, last) = connect(&narrow, client, stand).await?;
            let reading = Slow {
                reader,
                _writer: writer,
                channel: stand.channel,
                last,
                end: End::default(),
            };
            let rest = (number % 2 == 1).then_some(REST);
            slow.push(AbortOnDropHandle::new(tokio::spawn(
                reading.run(rest, stop.clone()),
            )));
        }
    }
    let before = stage.settled_kb().await?;
    let most = Watch::begin(server);
    let sealed = stage.community.seal(messages, quick)?;
    let (run, connections) = measure(server, connections, &sealed, pace).await?;
    stop.cancel();
    let grew = most.greatest().saturating_sub(before);
    stage.last = last(&connections);
    let mut ends = Vec::with_capacity(slow.len());
    for (number, one) in slow.into_iter().enumerate() {
        let slow = one.await?;
        ends.push(come_back(&stage.community, quick + number, slow, stage.last).await?);
    }
    Ok((Part { run, slow: ends }, grew))
}

fn last(connections: &Connections) -> u64 {
    let last = connections.clients.iter().map(|client| client.last);
    last.max().unwrap_or(0)
}

/// A slow client, as long as its connection lasts.
struct Slow {
    reader: Reader,
    _writer: Writer,
    channel: ChannelId,
    last: u64,
    end: End,
}

impl Slow {
    /// Reads a frame after each rest, or none, until `stop`; then what still comes.
    async fn run(mut self, rest: Option<Duration>, stop: CancellationToken) -> Self {
        let reading = async {
            loop {
                match rest {
                    Some(rest) => sleep(rest).await,
                    None => std::future::pending().await,
                }
                if !self.read().await {
                    return;
                }
            }
        };
        tokio::select! {
            () = reading => {}
            () = stop.cancelled() => {}
        }
        // It is over when the server had let go of it, or nothing comes any more.
        while let Ok(true) = timeout(LEFT, self.read()).await {}
        self
    }

    /// `false`: the connection is over.
    async fn read(&mut self) -> bool {
        let Ok(framed) = self.reader.next().await else {
            self.end.cut = true;
            return false;
        };
        if let ServerFrame::Event {
            channel, sequence, ..
        } = framed.frame
            && channel == self.channel
        {
            self.end.take(&mut self.last, sequence);
        }
        true
    }
}

impl End {
    fn take(&mut self, last: &mut u64, sequence: u64) {
        if sequence <= *last {
            self.twice += 1;
        } else {
            self.out_of_order += u64::from(sequence > *last + 1);
            *last = sequence;
        }
    }
}

/// Connects again from where it was; after that it has to have everything. What comes is one after the other, or it is an error.
async fn come_back(
    community: &Community,
    number: usize,
    slow: Slow,
    head: u64,
) -> Result<End, LoadError> {
    let mut end = slow.end;
    let stand = Stand {
        after: slow.last,
        ..community.stand(0)
    };
    let client = &community.clients[number];
    let (_, _, last) = connect(&community.endpoint, client, stand).await?;
    end.resumed = last - slow.last;
    end.lost = head.saturating_sub(last);
    Ok(end)
}

/// Looks at a process's memory until it is dropped.
struct Watch {
    greatest: Arc<AtomicU64>,
    _looking: AbortOnDropHandle<()>,
}

impl Watch {
    fn begin(process: u32) -> Self {
        let greatest = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&greatest);
        let looking = tokio::spawn(async move {
            while let Ok(kb) = resident_kb(process) {
                seen.fetch_max(kb, Ordering::Relaxed);
                sleep(LOOK).await;
            }
        });
        Self {
            greatest,
            _looking: AbortOnDropHandle::new(looking),
        }
    }

    /// In KiB, so far.
    fn greatest(&self) -> u64 {
        self.greatest.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_and_what_is_left_out_is_counted() {
        let (mut end, mut last) = (End::default(), 10);
        for sequence in [11, 12, 12, 11, 14, 15] {
            end.take(&mut last, sequence);
        }
        assert_eq!((end.twice, end.out_of_order, last), (2, 1, 15));
    }
}
