//! Events of one device and channel depend on each other: each names the one before. What goes on from each other without a gap is stored
//! together all the same, as one run; anything else of that device waits for the next round.

use std::collections::{BTreeMap, BTreeSet};

use dialtone_protocol::{ChannelId, DeviceId, GroupId, Hash};

use super::batch::Outcome;
use super::heads::Heads;
use super::queue::{Job, Waiting};

/// Whose event it is, and where.
type Writer = (DeviceId, ChannelId);

fn writer(job: &Job) -> Writer {
    (job.message.device, job.message.channel)
}

/// How an event stands to what its device wrote there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It is known to be the next after what is stored.
    Next,
    /// It goes on from the one before it in the same round.
    GoesOn,
    /// The database has to be asked.
    Unknown,
}

/// What the next event of a run goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link {
    device_sequence: u64,
    hash: Hash,
    sealed_in: (GroupId, GroupId, u64),
}

impl Link {
    fn of(job: &Job) -> Self {
        Self {
            device_sequence: job.message.device_sequence,
            hash: job.message.event_hash,
            sealed_in: (job.group, job.header_group, job.epoch),
        }
    }

    fn leads_to(&self, job: &Job) -> bool {
        self.device_sequence.checked_add(1) == Some(job.message.device_sequence)
            && self.hash == job.previous
            && self.sealed_in == (job.group, job.header_group, job.epoch)
    }
}

/// What is stored in one round, and the rest for another: of each device and channel the first event, and those that go on from it.
pub(super) fn split(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    // None: something of theirs is left for later, and so is all that comes behind it.
    let mut last: BTreeMap<Writer, Option<Link>> = BTreeMap::new();
    waiting.into_iter().partition(|waiting| {
        let job = &waiting.job;
        let before = last.get(&writer(job));
        let taken = before.is_none_or(|before| before.is_some_and(|link| link.leads_to(job)));
        last.insert(writer(job), taken.then(|| Link::of(job)));
        taken
    })
}

/// The first event of each device and channel, and the rest for another round.
pub(super) fn first_of_each(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut seen = BTreeSet::new();
    let is_first = |waiting: &Waiting| seen.insert(writer(&waiting.job));
    waiting.into_iter().partition(is_first)
}

/// How each of the events of a round stands.
pub(super) fn stand(jobs: &[Job], heads: &Heads) -> Vec<Stand> {
    let mut last = BTreeMap::new();
    let each = jobs.iter().map(|job| {
        let before: Option<Link> = last.insert(writer(job), Link::of(job));
        match before {
            Some(link) if link.leads_to(job) => Stand::GoesOn,
            None if heads.follows(job) => Stand::Next,
            _ => Stand::Unknown,
        }
    });
    each.collect()
}

/// The runs of a round, as they are judged: who has one whose last event is to be stored.
#[derive(Default)]
pub(super) struct Runs(BTreeSet<Writer>);

impl Runs {
    /// Whether the event is the next, as far as is known without the database.
    pub(super) fn is_next(&self, job: &Job, stand: Stand) -> bool {
        match stand {
            Stand::Next => true,
            Stand::GoesOn => self.0.contains(&writer(job)),
            Stand::Unknown => false,
        }
    }

    /// The event is to be stored.
    pub(super) fn go_on(&mut self, job: &Job) {
        self.0.insert(writer(job));
    }

    /// The event is not to be stored.
    pub(super) fn end(&mut self, job: &Job) {
        self.0.remove(&writer(job));
    }
}

/// Whether an event is stored that goes on from one which is not.
pub(super) fn is_torn(jobs: &[Job], stand: &[Stand], outcomes: &[Outcome]) -> bool {
    let mut is_there = BTreeMap::new();
    let mut each = jobs.iter().zip(stand).zip(outcomes);
    each.any(|((job, stand), outcome)| {
        let before = is_there.insert(writer(job), outcome.is_there());
        let goes_on = *stand == Stand::GoesOn && matches!(outcome, Outcome::Stored { .. });
        goes_on && before == Some(false)
    })
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::ClientEventId;
    use dialtone_protocol::frame::RefusalCode;
    use dialtone_store::{NewGroup, NewMessage, Store, UnixMillis};

    use super::super::batch::{Unstored, store_in};
    use super::*;

    const CHANNEL: ChannelId = ChannelId([2; 16]);
    const NOW: UnixMillis = UnixMillis(1000);

    fn hash(n: u8) -> Hash {
        Hash([n; 32])
    }

    /// The `n`th of a device; its hash is `n`, and it names the one before.
    fn job(device: u8, n: u8) -> Job {
        let group = GroupId::new([1; 16]);
        Job {
            group,
            header_group: group,
            epoch: 1,
            previous: hash(n - 1),
            message: NewMessage {
                channel: CHANNEL,
                device: DeviceId([device; 32]),
                device_sequence: u64::from(n),
                client_event_id: ClientEventId([n; 16]),
                sealed: vec![device, n],
                event_hash: hash(n),
                expires: None,
            },
        }
    }

    fn waiting(jobs: &[(u8, u8)]) -> Vec<Waiting> {
        let each = jobs.iter().map(|(device, n)| Waiting {
            job: job(*device, *n),
            answer: None,
            doubt: false,
        });
        each.collect()
    }

    fn named(waiting: &[Waiting]) -> Vec<(u8, u8)> {
        let each = waiting.iter().map(|waiting| {
            let message = &waiting.job.message;
            (message.device.0[0], message.event_hash.0[0])
        });
        each.collect()
    }

    #[test]
    fn a_round_has_the_run_of_each_device_and_leaves_all_behind_a_gap() {
        let all = [(3, 1), (4, 7), (3, 2), (4, 9), (3, 3), (4, 8), (4, 10)];
        let (round, rest) = split(waiting(&all));
        assert_eq!(named(&round), [(3, 1), (4, 7), (3, 2), (3, 3)]);
        assert_eq!(named(&rest), [(4, 9), (4, 8), (4, 10)]);
        let (first, rest) = first_of_each(waiting(&all));
        assert_eq!(named(&first), [(3, 1), (4, 7)]);
        assert_eq!(rest.len(), 5);
    }

    #[test]
    fn a_run_is_of_one_channel_one_group_and_one_epoch() {
        let next = job(3, 2);
        let mut others = [next.clone(), next.clone(), next.clone(), next.clone()];
        others[0].message.channel = ChannelId([9; 16]);
        others[1].epoch = 2;
        others[2].header_group = GroupId::new([8; 16]);
        others[3].previous = hash(9);
        let heads = Heads::default();
        let stands = |second: &Job| stand(&[job(3, 1), second.clone()], &heads)[1];
        assert_eq!(stands(&next), Stand::GoesOn);
        for other in &others {
            assert_eq!(stands(other), Stand::Unknown);
        }
        let mut heads = Heads::default();
        heads.note(&job(3, 1).message);
        let stands = stand(&[next, job(3, 3), job(3, 5), job(3, 2)], &heads);
        let expected = [Stand::Next, Stand::GoesOn, Stand::Unknown, Stand::Unknown];
        assert_eq!(stands, expected);
    }

    async fn open(folder: &std::path::Path) -> std::sync::Arc<dyn Store> {
        let store = dialtone_store_sqlite::open(folder.join("server.db"))
            .await
            .unwrap();
        let mut tx = store.begin().await.unwrap();
        let group = NewGroup {
            group: GroupId::new([1; 16]),
            epoch: 1,
            group_info: vec![1],
            public_state: vec![1],
            tree: vec![1],
            nature: None,
        };
        assert!(tx.groups().create(&group, NOW).await.unwrap());
        assert!(
            tx.channels()
                .add(&CHANNEL, &group.group, NOW)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        store
    }

    async fn store_all(store: &dyn Store, jobs: &[Job]) -> Result<Vec<Outcome>, Unstored> {
        let stands = stand(jobs, &Heads::default());
        let mut tx = store.begin().await.unwrap();
        let outcomes = store_in(&mut *tx, jobs, &stands, NOW).await?;
        tx.commit().await.unwrap();
        Ok(outcomes)
    }

    #[tokio::test]
    async fn a_run_is_stored_whole_or_judged_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let run: Vec<_> = (1..=10).map(|n| job(3, n)).collect();
        let outcomes = store_all(&*store, &run).await.unwrap();
        let places = outcomes.iter().map(|outcome| match outcome {
            Outcome::Stored { sequence, .. } => *sequence,
            other => panic!("{other:?}"),
        });
        assert_eq!(places.collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
        // The first of these has the id of one that is there, so that it clashes, and the next would hang in the air.
        let mut clash = job(3, 11);
        clash.message.client_event_id = ClientEventId([5; 16]);
        let torn = store_all(&*store, &[clash.clone(), job(3, 12)]).await;
        assert!(matches!(torn, Err(Unstored::Torn)), "{torn:?}");
        for (alone, code) in [
            (clash, RefusalCode::Clash),
            (job(3, 12), RefusalCode::OutOfOrder),
        ] {
            let outcomes = store_all(&*store, &[alone]).await.unwrap();
            assert_eq!(outcomes, [Outcome::Refused(code)]);
        }
        // A run that is there already and goes on.
        let outcomes = store_all(&*store, &[job(3, 9), job(3, 10), job(3, 11)]).await;
        let outcomes = outcomes.unwrap();
        assert!(matches!(outcomes[0], Outcome::Before { sequence: 9, .. }));
        assert!(matches!(outcomes[1], Outcome::Before { sequence: 10, .. }));
        assert!(matches!(outcomes[2], Outcome::Stored { sequence: 11, .. }));
        // A run that begins behind a gap is not stored at all.
        let outcomes = store_all(&*store, &[job(3, 13), job(3, 14)]).await.unwrap();
        assert_eq!(outcomes, [Outcome::Refused(RefusalCode::OutOfOrder); 2]);
    }
}
