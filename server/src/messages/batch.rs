//! Storing many events in one transaction, each judged by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::{GroupId, Hash};
use dialtone_store::{
    Absence, Appended, NewMessage, RecordedAbsence, StoreError, Transaction, UnixMillis,
};

use super::queue::Job;
use super::runs::{Runs, Stand, is_torn};
use crate::clock::wire_ms;
use crate::live::Refusal;
use crate::state::AppState;
use crate::transaction::{FromStore, Settled, settle};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is stored now.
    Stored { sequence: u64, stream: Hash },
    /// It was stored before.
    Before {
        sequence: u64,
        stream: Hash,
        stored: UnixMillis,
    },
    /// It is not stored.
    Refused(RefusalCode),
}

impl Outcome {
    /// Whether it is stored, now or before.
    pub(super) fn is_there(self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    pub(super) fn into_answer(self, now_ms: u64) -> Result<ServerFrame, Refusal> {
        match self {
            Self::Stored { sequence, stream } => Ok(ServerFrame::Stored {
                sequence,
                stream,
                time_ms: now_ms,
            }),
            Self::Before {
                sequence,
                stream,
                stored,
            } => Ok(ServerFrame::Stored {
                sequence,
                stream,
                time_ms: wire_ms(stored),
            }),
            Self::Refused(code) => Err(Refusal::new(code, words(code))),
        }
    }
}

fn words(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::StaleEpoch => "the event is sealed in an epoch that is over: seal it anew",
        RefusalCode::Clash => "another event of this device is stored under this sequence or id",
        RefusalCode::OutOfOrder => "not the next event of this device in this channel",
        _ => "there is no such open channel",
    }
}

/// Why nothing of a batch is stored.
#[derive(Debug)]
pub(super) enum Unstored {
    /// Something would have been stored that goes on from what cannot be: each has to be judged when the one before it is settled.
    Torn,
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for Unstored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl FromStore for Unstored {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Torn => None,
            Self::Store(error) => Some(error),
        }
    }
}

/// Stores `jobs`, each of which stands to its device's last one as `stand` says; the outcomes stand in their order. After a doubt, what was
/// stored before may not have been handed out.
pub(super) async fn store(
    state: &AppState,
    jobs: &[Job],
    stand: Vec<Stand>,
    now: UnixMillis,
) -> Settled<Vec<Outcome>, Unstored> {
    let jobs: Arc<[Job]> = jobs.into();
    let stand: Arc<[Stand]> = stand.into();
    settle(&*state.store, |tx| {
        let (jobs, stand) = (Arc::clone(&jobs), Arc::clone(&stand));
        Box::pin(async move { store_in(tx, &jobs, &stand, now).await })
    })
    .await
}

pub(super) async fn store_in(
    tx: &mut dyn Transaction,
    jobs: &[Job],
    stand: &[Stand],
    now: UnixMillis,
) -> Result<Vec<Outcome>, Unstored> {
    let epochs = hold_epochs(tx, jobs).await?;
    let mut outcomes = vec![Outcome::Refused(RefusalCode::Unknown); jobs.len()];
    let mut appended: Vec<NewMessage> = Vec::new();
    let mut places = Vec::new();
    let mut runs = Runs::default();
    for (place, (job, stand)) in jobs.iter().zip(stand).enumerate() {
        let current = epochs.get(&job.group).copied();
        if job.group != job.header_group || current != Some(job.epoch) {
            outcomes[place] = judge_stale(tx, job, current, now).await?;
            runs.end(job);
        } else if runs.is_next(job, *stand) || follows(tx, job).await? {
            appended.push(job.message.clone());
            places.push(place);
            runs.go_on(job);
        } else {
            outcomes[place] = Outcome::Refused(RefusalCode::OutOfOrder);
            runs.end(job);
        }
    }
    let results = tx.messages().append_batch(&appended, now).await?;
    for (place, result) in places.into_iter().zip(results) {
        outcomes[place] = outcome(&result);
    }
    if is_torn(jobs, stand, &outcomes) {
        return Err(Unstored::Torn);
    }
    Ok(outcomes)
}

/// The epoch of each group, held until the transaction ends; always in the same order, so that no two wait for each other.
async fn hold_epochs(
    tx: &mut dyn Transaction,
    jobs: &[Job],
) -> Result<BTreeMap<GroupId, u64>, StoreError> {
    let groups: BTreeSet<_> = jobs.iter().map(|job| job.group).collect();
    let mut epochs = BTreeMap::new();
    for group in groups {
        if let Some(epoch) = tx.groups().lock_epoch(&group).await? {
            epochs.insert(group, epoch);
        }
    }
    Ok(epochs)
}

/// An epoch that is over: stored before, or recorded that it never will be. An epoch to come, or no group: unknown.
async fn judge_stale(
    tx: &mut dyn Transaction,
    job: &Job,
    current: Option<u64>,
    now: UnixMillis,
) -> Result<Outcome, StoreError> {
    let ahead = job.group == job.header_group && current.is_none_or(|current| job.epoch > current);
    if ahead {
        return Ok(Outcome::Refused(RefusalCode::Unknown));
    }
    let absence = Absence {
        channel: job.message.channel,
        device: job.message.device,
        client_event_id: job.message.client_event_id,
        event_hash: job.message.event_hash,
    };
    Ok(match tx.absences().record(&absence, now).await? {
        RecordedAbsence::Recorded => Outcome::Refused(RefusalCode::StaleEpoch),
        RecordedAbsence::Stored {
            sequence,
            stream_hash,
            stored,
        } => Outcome::Before {
            sequence,
            stream: stream_hash,
            stored,
        },
        RecordedAbsence::UnknownChannel => Outcome::Refused(RefusalCode::Unknown),
    })
}

/// Whether the event is the device's next in the channel, or one that the store will recognise or call a clash.
async fn follows(tx: &mut dyn Transaction, job: &Job) -> Result<bool, StoreError> {
    let message = &job.message;
    let last = tx
        .messages()
        .last_by_device(&message.channel, &message.device)
        .await?;
    Ok(match last {
        None => message.device_sequence == 1 && job.previous == Hash::ZERO,
        Some(last) if message.device_sequence == last.device_sequence + 1 => {
            job.previous == last.event_hash
        }
        Some(last) => message.device_sequence <= last.device_sequence,
    })
}

fn outcome(appended: &Appended) -> Outcome {
    match *appended {
        Appended::Stored {
            sequence,
            stream_hash,
        } => Outcome::Stored {
            sequence,
            stream: stream_hash,
        },
        Appended::Duplicate {
            sequence,
            stream_hash,
            stored,
        } => Outcome::Before {
            sequence,
            stream: stream_hash,
            stored,
        },
        Appended::Clash { .. } => Outcome::Refused(RefusalCode::Clash),
        Appended::Absent => Outcome::Refused(RefusalCode::StaleEpoch),
        Appended::UnknownChannel | Appended::Closed => Outcome::Refused(RefusalCode::Unknown),
    }
}
