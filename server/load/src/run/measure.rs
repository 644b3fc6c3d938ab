//! A run from its first message to its last delivery, and the accounting around it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::readers::{Read, Reading};
use super::senders::{Sending, Sent};
use super::{Connected, Connections, Ledger, Pace, acknowledgements};
use crate::accounting::cpu_time;
use crate::community::{Opened, Sealed};
use crate::error::LoadError;
use crate::net::Writer;
use crate::statistics::percentile;

/// How long nothing may be delivered before a run counts as over.
const STALL: Duration = Duration::from_secs(10);
/// How long the last answers may take after the last delivery.
const ANSWERS: Duration = Duration::from_secs(5);

/// What a run measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    /// Events that clients got, each at most once.
    pub(crate) deliveries: u64,
    /// Deliveries of acknowledged messages that never came.
    pub(crate) lost: u64,
    /// Events that were beyond the next of the channel at their client.
    pub(crate) out_of_order: u64,
    /// Events that a client had before.
    pub(crate) twice: u64,
    /// First sending to last delivery.
    pub(crate) span: Duration,
    /// The server's processor time over the run.
    pub(crate) server_cpu: Duration,
    /// This process's own.
    pub(crate) load_cpu: Duration,
    /// Send to receive.
    pub(crate) p50_ms: f64,
    /// Send to receive.
    pub(crate) p99_ms: f64,
    /// Send to receive, the longest.
    pub(crate) worst_ms: f64,
    /// The longest that a message went after its time, by a steady pace.
    pub(crate) behind: Duration,
    /// Why connections ended during the run.
    pub(crate) ended: Vec<String>,
    /// What those found who open what they get.
    pub(crate) opened: Opened,
}

impl Measured {
    /// Everything came: there can be another run.
    pub(crate) fn is_whole(&self) -> bool {
        self.lost == 0 && self.ended.is_empty() && self.opened.unreadable == 0
    }
}

type Readers = Vec<AbortOnDropHandle<Read>>;
type Senders = JoinSet<(usize, Result<Sent, LoadError>)>;

/// Sends `messages` at `pace` over the connections, which come back for another run.
///
/// # Errors
/// When the server refuses a message, or is gone.
pub(crate) async fn measure(
    server: u32,
    connections: Connections,
    messages: &[Sealed],
    pace: Pace,
) -> Result<(Measured, Connections), LoadError> {
    let (own, clients) = (std::process::id(), connections.clients.len());
    let channel = connections.channel;
    let stop = CancellationToken::new();
    let (server_before, own_before) = (cpu_time(server)?, cpu_time(own)?);
    let ledger = Arc::new(Ledger::new(messages, clients, pace, Instant::now()));
    let (readers, mut senders, mut idle) = start(connections, &ledger, messages, &stop);
    wait(&ledger).await;
    let server_cpu = cpu_time(server)?.saturating_sub(server_before);
    let load_cpu = cpu_time(own)?.saturating_sub(own_before);
    let sent = finish(&mut senders, &stop).await?;
    stop.cancel();
    let mut measured = Measured {
        deliveries: ledger.deliveries(),
        lost: 0,
        out_of_order: 0,
        twice: 0,
        span: ledger.span(),
        server_cpu,
        load_cpu,
        p50_ms: 0.0,
        p99_ms: 0.0,
        worst_ms: 0.0,
        behind: Duration::ZERO,
        ended: Vec::new(),
        opened: Opened::default(),
    };
    let mut writers = Vec::with_capacity(clients);
    let mut acknowledged = 0;
    for sent in sent {
        acknowledged += sent.acknowledged;
        measured.behind = measured.behind.max(sent.behind);
        writers.push(sent.writer);
    }
    let awaited = acknowledged * clients as u64;
    measured.lost = awaited.saturating_sub(measured.deliveries);
    writers.append(&mut idle);
    let written = messages.iter().map(|one| (one.mark, one)).collect();
    let clients = collect(readers, writers, &written, &mut measured).await?;
    Ok((measured, Connections { clients, channel }))
}

/// Starts a reader at every client, and a sender at those that have messages; gives the other writers too.
fn start(
    connections: Connections,
    ledger: &Arc<Ledger>,
    messages: &[Sealed],
    stop: &CancellationToken,
) -> (Readers, Senders, Vec<Writer>) {
    let senders = messages.iter().map(|one| one.sender + 1).max().unwrap_or(0);
    let mut own: Vec<Vec<_>> = vec![Vec::new(); senders];
    for (number, message) in messages.iter().enumerate() {
        own[message.sender].push((number, message.frame.clone()));
    }
    let mut own = own.into_iter().enumerate();
    let (mut readers, mut sending, mut idle) = (Vec::new(), JoinSet::new(), Vec::new());
    for client in connections.clients {
        let mut answers = None;
        if let Some((sender, messages)) = own.next() {
            let (answer, answered) = acknowledgements();
            answers = Some(answer);
            let task = Sending {
                ledger: Arc::clone(ledger),
                writer: client.writer,
                answers: answered,
                messages,
            };
            let stop = stop.clone();
            sending.spawn(async move { (sender, task.run(stop).await) });
        } else {
            idle.push(client.writer);
        }
        let reading = Reading {
            ledger: Arc::clone(ledger),
            reader: client.reader,
            channel: connections.channel,
            last: client.last,
            answers,
            messages: messages.len(),
            opener: client.opener,
        };
        let reading = tokio::spawn(reading.run(stop.clone()));
        readers.push(AbortOnDropHandle::new(reading));
    }
    (readers, sending, idle)
}

/// Until everything is delivered, or nothing is any more.
async fn wait(ledger: &Ledger) {
    let mut before = None;
    while timeout(STALL, ledger.complete()).await.is_err() {
        let now = Some(ledger.deliveries());
        if now == before {
            return;
        }
        before = now;
    }
}

/// What the senders did, in their order.
async fn finish(senders: &mut Senders, stop: &CancellationToken) -> Result<Vec<Sent>, LoadError> {
    let mut finished = Vec::with_capacity(senders.len());
    let patience = sleep(ANSWERS);
    tokio::pin!(patience);
    loop {
        tokio::select! {
            next = senders.join_next() => match next {
                Some(next) => {
                    let (number, sent) = next?;
                    finished.push((number, sent?));
                }
                None => break,
            },
            () = &mut patience, if !stop.is_cancelled() => stop.cancel(),
        }
    }
    finished.sort_by_key(|(number, _)| *number);
    Ok(finished.into_iter().map(|(_, sent)| sent).collect())
}

/// Takes the readers back, and adds what they counted; those who open what they got do it now.
async fn collect(
    readers: Readers,
    writers: Vec<Writer>,
    written: &HashMap<u64, &Sealed>,
    measured: &mut Measured,
) -> Result<Vec<Connected>, LoadError> {
    let mut clients = Vec::with_capacity(writers.len());
    let mut delays = Vec::new();
    for (reader, writer) in readers.into_iter().zip(writers) {
        let Read {
            reader,
            last,
            mut tally,
            mut opener,
        } = reader.await?;
        delays.append(&mut tally.delays_us);
        measured.out_of_order += tally.out_of_order;
        measured.twice += tally.twice;
        measured.ended.extend(tally.ended);
        if let Some(opener) = &mut opener {
            measured.opened.add(opener.open(written));
        }
        clients.push(Connected {
            reader,
            writer,
            last,
            opener,
        });
    }
    // One reason says enough.
    if let Some(why) = &measured.opened.why {
        eprintln!("{} are unreadable; {why}", measured.opened.unreadable);
    }
    delays.sort_unstable();
    let ms = |share| f64::from(percentile(&delays, share).unwrap_or(0)) / 1000.0;
    (measured.p50_ms, measured.p99_ms, measured.worst_ms) = (ms(0.5), ms(0.99), ms(1.0));
    Ok(clients)
}
