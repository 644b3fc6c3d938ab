//! The queue to the one writer, and the writer: it takes what waits, stores it together, hands it out, answers.

use std::panic::AssertUnwindSafe;
use std::sync::Weak;
use std::time::{Duration, Instant};

use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::{GroupId, Hash};
use dialtone_store::NewMessage;
use futures_util::FutureExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::batch::{self, Outcome, Unstored};
use super::heads::Heads;
use super::runs;
use crate::channels::access;
use crate::clock::wire_ms;
use crate::live::{Frame, Refusal};
use crate::state::{AppState, Inner};

/// Events that may wait to be stored; beyond it senders wait. In bytes they are bounded by who sends: each event is one of the few that a
/// connection may have unanswered (`live/reader`), and takes its memory there as well while it waits for a place here.
const QUEUE: usize = 4096;
/// Events stored in one transaction.
const BATCH: usize = 256;
/// Events of which it is not known whether they are stored that are remembered.
const MOST_DOUBTFUL: usize = 4 * BATCH;
/// How long the writer waits for events before it looks after the doubtful ones again.
const PAUSE: Duration = Duration::from_secs(1);

/// An event that may be stored.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// The channel's group now.
    pub(super) group: GroupId,
    /// The group that the header names.
    pub(super) header_group: GroupId,
    /// The epoch that the header names.
    pub(super) epoch: u64,
    /// The hash of the device's event before, by the header.
    pub(super) previous: Hash,
    /// What to store.
    pub(super) message: NewMessage,
}

type Answer = Result<ServerFrame, Refusal>;

/// A job and who waits for it, if anybody does.
pub(super) struct Waiting {
    pub(super) job: Job,
    pub(super) answer: Option<oneshot::Sender<Answer>>,
    /// A try before this may have stored it.
    pub(super) doubt: bool,
}

/// The way to the writer.
pub(crate) struct MessageQueue {
    jobs: mpsc::Sender<Waiting>,
}

/// The writer, before it runs.
pub(crate) struct MessageWriter {
    jobs: mpsc::Receiver<Waiting>,
}

impl MessageQueue {
    /// A queue and its writer.
    pub(crate) fn new() -> (Self, MessageWriter) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self { jobs: sender }, MessageWriter { jobs: receiver })
    }

    /// Events that wait to be stored.
    pub(crate) fn waiting(&self) -> usize {
        QUEUE.saturating_sub(self.jobs.capacity())
    }

    /// Waits until the job is stored for good, or refused.
    pub(super) async fn store(&self, job: Job) -> Answer {
        let (answer, outcome) = oneshot::channel();
        let stopped = || {
            let words = "the server could not store it: send the same again";
            Refusal::new(RefusalCode::Unavailable, words)
        };
        let waiting = Waiting {
            job,
            answer: Some(answer),
            doubt: false,
        };
        self.jobs.send(waiting).await.map_err(|_| stopped())?;
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The writer's work on what waits.
#[derive(Default)]
struct Rounds {
    /// Events of which it is not known whether they are stored: they are stored again, and handed out if they were.
    doubtful: Vec<Job>,
    heads: Heads,
}

impl MessageWriter {
    /// Runs until the server is gone.
    pub(crate) async fn run(mut self, server: Weak<Inner>) {
        let mut rounds = Rounds::default();
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            let received = self.jobs.recv_many(&mut waiting, BATCH);
            let received = if rounds.doubtful.is_empty() {
                Some(received.await)
            } else {
                timeout(PAUSE, received).await.ok()
            };
            let Some(inner) = server.upgrade() else {
                return;
            };
            if received == Some(0) {
                return;
            }
            let state = AppState::from_inner(inner);
            let work = AssertUnwindSafe(rounds.all(&state, std::mem::take(&mut waiting)));
            if work.catch_unwind().await.is_err() {
                // Whoever waited is told that it was not stored, and sends it again.
                tracing::error!("storing events failed by a bug of Dialtone: please report it");
            }
        }
    }
}

impl Rounds {
    async fn all(&mut self, state: &AppState, waiting: Vec<Waiting>) {
        if !self.doubtful.is_empty() {
            let jobs = std::mem::take(&mut self.doubtful);
            let jobs = jobs.into_iter().map(|job| Waiting {
                job,
                answer: None,
                doubt: true,
            });
            self.rounds(state, jobs.collect()).await;
        }
        self.rounds(state, waiting).await;
    }

    async fn rounds(&mut self, state: &AppState, mut waiting: Vec<Waiting>) {
        while !waiting.is_empty() {
            let (round, rest) = runs::split(waiting);
            waiting = rest;
            let mut torn = self.round(state, round).await;
            while !torn.is_empty() {
                let (round, rest) = runs::first_of_each(torn);
                torn = rest;
                self.round(state, round).await;
            }
        }
    }

    /// Gives back what was torn, of which nothing is stored: never where each is the first of its device and channel.
    async fn round(&mut self, state: &AppState, round: Vec<Waiting>) -> Vec<Waiting> {
        let begun_before = round.iter().any(|waiting| waiting.doubt);
        let (jobs, answers): (Vec<_>, Vec<_>) = round
            .into_iter()
            .map(|waiting| (waiting.job, waiting.answer))
            .unzip();
        let now = state.clock.now();
        let stand = runs::stand(&jobs, &self.heads);
        let began = Instant::now();
        let settled = batch::store(state, &jobs, stand, now).await;
        let doubt = settled.doubt || begun_before;
        match settled.result {
            Ok(outcomes) => {
                let taken = outcomes.iter().filter(|outcome| outcome.is_there()).count();
                state.metrics.stored(jobs.len(), taken, began.elapsed());
                for (job, outcome) in jobs.iter().zip(&outcomes) {
                    if matches!(outcome, Outcome::Stored { .. }) {
                        self.heads.note(&job.message);
                    }
                }
                hand_out(state, jobs, &outcomes, doubt, wire_ms(now));
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    reply(answer, outcome.into_answer(wire_ms(now)));
                }
            }
            Err(Unstored::Torn) => {
                let torn = jobs.into_iter().zip(answers);
                let waiting = |(job, answer)| Waiting { job, answer, doubt };
                return torn.map(waiting).collect();
            }
            Err(Unstored::Store(error)) => {
                if doubt {
                    self.remember(jobs);
                }
                let refusal = Refusal::from(error);
                for answer in answers {
                    let refusal = Refusal::new(refusal.code, refusal.message.clone());
                    reply(answer, Err(refusal));
                }
            }
        }
        Vec::new()
    }

    fn remember(&mut self, jobs: Vec<Job>) {
        let room = MOST_DOUBTFUL.saturating_sub(self.doubtful.len());
        if jobs.len() > room {
            // Readers find it when the next event of its channel comes, or when they resume.
            tracing::warn!("events that may be stored are not handed out now");
        }
        self.doubtful.extend(jobs.into_iter().take(room));
    }
}

/// Answers whoever waits.
fn reply(to: Option<oneshot::Sender<Answer>>, answer: Answer) {
    if let Some(to) = to {
        // Who asked may be gone.
        let _: Result<(), _> = to.send(answer);
    }
}

/// Hands out what was stored now, in the order of its channels; after a doubt what was stored before, too: readers who have
/// it pass over it.
fn hand_out(state: &AppState, jobs: Vec<Job>, outcomes: &[Outcome], doubt: bool, now_ms: u64) {
    let frames: Vec<_> = jobs
        .into_iter()
        .zip(outcomes)
        .filter_map(|(job, outcome)| {
            let (sequence, time_ms) = match *outcome {
                Outcome::Stored { sequence, .. } => (sequence, now_ms),
                Outcome::Before {
                    sequence, stored, ..
                } if doubt => (sequence, wire_ms(stored)),
                _ => return None,
            };
            let message = job.message;
            let frame = Frame::event(message.channel, sequence, time_ms, message.sealed);
            Some((frame, access::readers(state, &job.group)))
        })
        .collect();
    state.hub.publish(&frames);
}
