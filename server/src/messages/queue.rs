//! The queue to the one writer, and the writer: it takes what waits, stores it together, hands it out, answers.

use std::sync::Weak;

use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::{GroupId, Hash};
use dialtone_store::NewMessage;
use tokio::sync::{mpsc, oneshot};

use super::batch::{self, Outcome};
use crate::clock::wire_ms;
use crate::live::{Frame, Refusal};
use crate::state::{AppState, Inner};

/// Events that may wait to be stored; beyond it senders wait.
const QUEUE: usize = 4096;
/// Events stored in one transaction.
const BATCH: usize = 256;

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

/// A job and who waits for it.
pub(super) struct Waiting {
    pub(super) job: Job,
    pub(super) answer: oneshot::Sender<Answer>,
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

    /// Waits until the job is stored for good, or refused.
    pub(super) async fn store(&self, job: Job) -> Answer {
        let (answer, outcome) = oneshot::channel();
        let stopped = || Refusal::new(RefusalCode::Unavailable, "the server stops");
        let waiting = Waiting { job, answer };
        self.jobs.send(waiting).await.map_err(|_| stopped())?;
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl MessageWriter {
    /// Runs until the server is gone.
    pub(crate) async fn run(mut self, server: Weak<Inner>) {
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            if self.jobs.recv_many(&mut waiting, BATCH).await == 0 {
                return;
            }
            let Some(inner) = server.upgrade() else {
                return;
            };
            let state = AppState::from_inner(inner);
            while !waiting.is_empty() {
                // Events of one device and channel depend on each other: one of them a round.
                let (round, rest) = batch::split(std::mem::take(&mut waiting));
                store_round(&state, round).await;
                waiting = rest;
            }
        }
    }
}

async fn store_round(state: &AppState, round: Vec<Waiting>) {
    let (jobs, answers): (Vec<_>, Vec<_>) = round
        .into_iter()
        .map(|waiting| (waiting.job, waiting.answer))
        .unzip();
    let now = state.clock.now();
    match batch::store(state, &jobs, now).await {
        Ok(outcomes) => {
            hand_out(state, jobs, &outcomes, wire_ms(now));
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Who asked may be gone.
                let _: Result<(), _> = answer.send(outcome.into_answer(wire_ms(now)));
            }
        }
        Err(error) => {
            let refusal = Refusal::from(error);
            for answer in answers {
                let refusal = Refusal::new(refusal.code, refusal.message.clone());
                let _: Result<(), _> = answer.send(Err(refusal));
            }
        }
    }
}

/// Hands out what was stored now, in the order of its channels.
fn hand_out(state: &AppState, jobs: Vec<Job>, outcomes: &[Outcome], time_ms: u64) {
    let frames: Vec<_> = jobs
        .into_iter()
        .zip(outcomes)
        .filter_map(|(job, outcome)| match outcome {
            Outcome::Stored { sequence, .. } => Some(Frame::event(
                job.message.channel,
                *sequence,
                time_ms,
                job.message.sealed,
            )),
            _ => None,
        })
        .collect();
    state.hub.publish(&frames);
}
