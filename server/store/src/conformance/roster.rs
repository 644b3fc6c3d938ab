//! The roster log.

use std::sync::Arc;

use dialtone_protocol::Hash;

use super::Harness;
use super::fixture::{NOW, begin};
use crate::{MAX_ROSTER_RANGE, RosterAppended, RosterHead, Store, transact};

const EMPTY: RosterHead = RosterHead {
    length: 0,
    head: Hash::ZERO,
};

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

async fn fill(store: &Arc<dyn Store>, count: u64) -> RosterHead {
    let mut tx = begin(store).await;
    let mut head = EMPTY;
    for n in 0..count {
        let hash = Hash::of(&entry(n));
        let appended = tx
            .roster()
            .append(head, &entry(n), hash, NOW)
            .await
            .unwrap();
        assert_eq!(appended, RosterAppended::Appended { position: n });
        head = RosterHead {
            length: n + 1,
            head: hash,
        };
    }
    tx.commit().await.unwrap();
    head
}

/// Entries keep their bytes and order; length and head follow.
pub async fn entries_are_appended_in_order(harness: &mut dyn Harness) {
    let store = harness.store();
    assert_eq!(begin(&store).await.roster().head().await.unwrap(), EMPTY);
    let head = fill(&store, 3).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.roster().head().await.unwrap(), head);
    for (n, stored) in (0..3).zip(tx.roster().range(0, 10).await.unwrap()) {
        assert_eq!(
            (stored.position, stored.bytes, stored.hash),
            (n, entry(n), Hash::of(&entry(n)))
        );
    }
}

/// An append at another length or another head changes nothing and says where the log is.
pub async fn other_heads_are_refused(harness: &mut dyn Harness) {
    let store = harness.store();
    let head = fill(&store, 2).await;
    let mut tx = begin(&store).await;
    let wrong = [
        EMPTY,
        RosterHead { length: 1, ..head },
        RosterHead { length: 3, ..head },
        RosterHead {
            length: u64::MAX,
            ..head
        },
        RosterHead {
            head: Hash::ZERO,
            ..head
        },
    ];
    for expected in wrong {
        let outcome = tx
            .roster()
            .append(expected, b"late", Hash::of(b"late"), NOW)
            .await
            .unwrap();
        assert_eq!(outcome, RosterAppended::Conflict(head));
    }
    assert_eq!(tx.roster().range(0, 10).await.unwrap().len(), 2);
}

/// Ranges begin anywhere, end at the limit, and are never longer than the most.
pub async fn ranges_are_bounded(harness: &mut dyn Harness) {
    let store = harness.store();
    fill(&store, u64::from(MAX_ROSTER_RANGE) + 1).await;
    let mut tx = store.read().await.unwrap();
    let middle = tx.roster().range(5, 2).await.unwrap();
    assert_eq!(
        middle
            .iter()
            .map(|entry| entry.position)
            .collect::<Vec<_>>(),
        [5, 6]
    );
    assert_eq!(
        tx.roster().range(0, u32::MAX).await.unwrap().len(),
        MAX_ROSTER_RANGE as usize
    );
    assert!(tx.roster().range(0, 0).await.unwrap().is_empty());
    assert!(tx.roster().range(u64::MAX, 10).await.unwrap().is_empty());
}

/// Eight appenders who each take the head that they are told add one entry each, in one chain.
pub async fn parallel_appenders_take_turns(harness: &mut dyn Harness) {
    let store = harness.store();
    let tasks: Vec<_> = (0..8)
        .map(|n| tokio::spawn(append_at_last(store.clone(), n)))
        .collect();
    let mut positions = Vec::new();
    for task in tasks {
        positions.push(task.await.unwrap());
    }
    positions.sort_unstable();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6, 7]);
    let mut tx = store.read().await.unwrap();
    let entries = tx.roster().range(0, 100).await.unwrap();
    assert_eq!(entries.len(), 8);
    assert_eq!(
        tx.roster().head().await.unwrap(),
        RosterHead {
            length: 8,
            head: entries[7].hash
        }
    );
}

async fn append_at_last(store: Arc<dyn Store>, n: u64) -> u64 {
    let mut expected = EMPTY;
    loop {
        let outcome = transact(&*store, |tx| {
            Box::pin(async move {
                tx.roster()
                    .append(expected, &entry(n), Hash::of(&entry(n)), NOW)
                    .await
            })
        });
        match outcome.await.unwrap() {
            RosterAppended::Appended { position } => return position,
            RosterAppended::Conflict(head) => expected = head,
        }
    }
}
