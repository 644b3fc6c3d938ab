//! One task: what comes over the bus, in order, and once a second a sign of life. It waits for nothing else: what is heard is done by another
//! task (`take`), so that an instance whose database does not answer still says that it lives, and hears that the others do.

use std::collections::{HashMap, HashSet};
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
/// So many signs of life another instance may show another certificate than this one: until its files are the same, and read.
const RENEWED_WITHIN: u32 = 60;
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
                news: News::Beat { secrets, .. },
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
    let mut strangers = Strangers::default();
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
                strangers.warn(secrets, &state, &envelope);
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
    let tls_key = state.tls_key();
    state.bus.tell(|| News::Beat { secrets, tls_key });
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

/// Instances that do not fit this one, each told of once.
#[derive(Default)]
struct Strangers {
    by_secrets: HashSet<Tag>,
    /// Of those that show another certificate, how many signs of life in a row have said so.
    by_key: HashMap<Tag, u32>,
}

/// What does not fit.
#[derive(Debug, PartialEq, Eq)]
enum Stranger {
    Secrets,
    Key,
}

impl Strangers {
    fn warn(&mut self, own: Hash, state: &AppState, envelope: &Envelope) {
        // While a certificate is renewed, some have the next one already.
        let is_ours = |key: &Hash| state.is_tls_key(Some(key));
        match self.note(own, is_ours, envelope) {
            None => {}
            Some(Stranger::Secrets) => {
                tracing::error!(instance = %envelope.from, "{}", BusError::OtherSecrets);
            }
            Some(Stranger::Key) => tracing::error!(
                instance = %envelope.from,
                "another instance shows another certificate: a client that has met this one does not connect to it; give all of them the same \
                 tls-cert.pem and tls-key.pem"
            ),
        }
    }

    fn note(
        &mut self,
        own: Hash,
        is_ours: impl Fn(&Hash) -> bool,
        envelope: &Envelope,
    ) -> Option<Stranger> {
        let News::Beat { secrets, tls_key } = &envelope.news else {
            return None;
        };
        if *secrets != own {
            let is_new = self.by_secrets.insert(envelope.from);
            return is_new.then_some(Stranger::Secrets);
        }
        if tls_key.as_ref().is_none_or(is_ours) {
            self.by_key.remove(&envelope.from);
            return None;
        }
        let times = self.by_key.entry(envelope.from).or_default();
        *times = times.saturating_add(1);
        (*times == RENEWED_WITHIN).then_some(Stranger::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(from: u8, secrets: u8, tls_key: Option<u8>) -> Envelope {
        Envelope {
            from: Tag::of(&Hash([from; 32])),
            count: 1,
            news: News::Beat {
                secrets: Hash([secrets; 32]),
                tls_key: tls_key.map(|byte| Hash([byte; 32])),
            },
        }
    }

    #[test]
    fn one_that_does_not_fit_is_told_of_once() {
        let mut strangers = Strangers::default();
        let mut note = |beat: &Envelope| {
            let is_ours = |key: &Hash| *key == Hash([7; 32]);
            strangers.note(Hash([1; 32]), is_ours, beat)
        };
        let other = beat(2, 9, Some(7));
        assert_eq!(note(&other), Some(Stranger::Secrets));
        assert_eq!(note(&other), None);
        for fits in [beat(3, 1, Some(7)), beat(3, 1, None)] {
            assert_eq!(note(&fits), None);
        }
        let other = beat(4, 1, Some(8));
        let told: Vec<_> = (0..2 * RENEWED_WITHIN).map(|_| note(&other)).collect();
        assert_eq!(told.iter().flatten().count(), 1);
        assert_eq!(told[RENEWED_WITHIN as usize - 1], Some(Stranger::Key));
        assert_eq!(note(&beat(4, 1, Some(7))), None);
        assert_eq!(note(&other), None, "it may be renewed just now");
    }
}
