//! One task: what comes over the bus, in order, and once a second a sign of life. It waits for nothing else: what is heard is done by another
//! task (`take`), so that an instance whose database does not answer still says that it lives, and hears that the others do.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use dialtone_protocol::Hash;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::inbox::{Inbox, inbox};
use super::peers::Heard;
use super::{questions, take};
use crate::bus::{Asked, BusError, BusStart, Envelope, Incoming, News, Tag};
use crate::secrets::Secrets;
use crate::state::{AppState, Inner};

const BEAT: Duration = Duration::from_secs(1);
/// So long it is waited for the others' signs of life at the start.
const FIRST: Duration = Duration::from_millis(1500);
/// Questions that are answered at a time.
const QUESTIONS: usize = 256;

/// Whether the others on the bus are of the same server: waits for a first sign of life, if there are others.
///
/// # Errors
/// [`BusError::OtherSecrets`]
pub(crate) async fn check_secrets(start: &mut BusStart, secrets: &Secrets) -> Result<(), BusError> {
    let Some(incoming) = &mut start.incoming else {
        return Ok(());
    };
    let own = secrets.fingerprint();
    let first = async {
        while let Some(asked) = incoming.next().await {
            if let Asked::News(Envelope {
                news: News::Beat { secrets },
                ..
            }) = asked
            {
                return Some(secrets);
            }
        }
        None
    };
    match timeout(FIRST, first).await {
        Ok(Some(secrets)) if secrets != own => Err(BusError::OtherSecrets),
        _ => Ok(()),
    }
}

/// Runs until the server is gone; its sign of life says what was made from its `secrets`.
pub(crate) async fn listen(server: Weak<Inner>, mut incoming: Incoming, secrets: Hash) {
    let (mut inbox, arrivals) = inbox();
    tokio::spawn(take::run(Weak::clone(&server), arrivals));
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let places = Arc::new(Semaphore::new(QUESTIONS));
    let mut strangers = HashSet::new();
    loop {
        let asked = tokio::select! {
            asked = incoming.next() => match asked {
                Some(asked) => Some(asked),
                None => return,
            },
            _ = beat.tick() => None,
        };
        let Some(inner) = server.upgrade() else {
            return;
        };
        let state = AppState::from_inner(inner);
        match asked {
            None => beat_once(&state, secrets, &mut inbox),
            Some(Asked::Unreadable) => {
                tracing::debug!("news of another version were skipped");
            }
            Some(Asked::News(envelope)) => {
                warn_of_stranger(secrets, &envelope, &mut strangers);
                hear(&state, envelope, &mut inbox);
            }
            Some(Asked::Question(question)) => {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                    return;
                };
                tokio::spawn(async move {
                    let answer = questions::answer(&state, &question.payload);
                    state.bus.answer(&question, answer).await;
                    drop(place);
                });
            }
        }
    }
}

/// Notes that it was said, and leaves it to be done.
fn hear(state: &AppState, envelope: Envelope, inbox: &mut Inbox) {
    let Envelope { from, count, news } = envelope;
    match state.peers.hear(from, count, Instant::now()) {
        Heard::Next => {}
        Heard::Again => return,
        heard @ (Heard::New | Heard::Gap) => {
            tracing::info!(instance = %from, ?heard, "another instance");
            ask_anew(state);
        }
    }
    match news {
        News::Beat { .. } => {}
        News::Bye => {
            state.peers.forget(from);
            inbox.gone(from);
        }
        news => inbox.put(from, news),
    }
}

/// Who is connected to the others is asked for; what they stored is in the database.
fn ask_anew(state: &AppState) {
    state.bus.tell(|| News::Tell);
    state.bus.miss();
}

fn beat_once(state: &AppState, secrets: Hash, inbox: &mut Inbox) {
    state.bus.tell(|| News::Beat { secrets });
    let now = Instant::now();
    if !state.bus.is_connected() {
        state.peers.excuse(now);
        return;
    }
    for gone in state.peers.take_silent(now) {
        tracing::warn!(instance = %gone, "another instance is silent: whoever was connected to it is offline");
        inbox.gone(gone);
    }
    if inbox.has_recovered() {
        tracing::warn!("more was heard than could be done: what is missing is asked for");
        ask_anew(state);
    }
}

fn warn_of_stranger(own: Hash, envelope: &Envelope, known: &mut HashSet<Tag>) {
    if let News::Beat { secrets } = &envelope.news
        && *secrets != own
        && known.insert(envelope.from)
    {
        tracing::error!(instance = %envelope.from, "{}", BusError::OtherSecrets);
    }
}
