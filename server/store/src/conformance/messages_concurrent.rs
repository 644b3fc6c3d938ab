//! Streams of sealed events, many writers at a time.

use std::collections::BTreeMap;

use super::Harness;
use super::fixture::{NOW, append, assert_gapless, begin, event, with_channels};
use crate::{Appended, transact};

/// Eight tasks append to one channel, each event sent by two of them: every event has one place, and there is no gap.
pub async fn parallel_appends_stay_gapless_and_idempotent(harness: &mut dyn Harness) {
    const PER_DEVICE: u64 = 20;
    let store = harness.store();
    with_channels(&store, 1).await;
    let tasks: Vec<_> = (0..8u8)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                for count in 1..=PER_DEVICE {
                    outcomes.push((
                        (task / 2, count),
                        append(&store, &event(1, task / 2, count)).await,
                    ));
                }
                outcomes
            })
        })
        .collect();
    let mut places: BTreeMap<(u8, u64), Vec<(bool, u64)>> = BTreeMap::new();
    for task in tasks {
        for (which, outcome) in task.await.unwrap() {
            let place = match outcome {
                Appended::Stored { sequence, .. } => (true, sequence),
                Appended::Duplicate { sequence, .. } => (false, sequence),
                other => panic!("{other:?}"),
            };
            places.entry(which).or_default().push(place);
        }
    }
    for (which, answers) in places {
        assert_eq!(
            answers.iter().filter(|(stored, _)| *stored).count(),
            1,
            "{which:?} was stored once"
        );
        assert_eq!(answers[0].1, answers[1].1, "{which:?} has one place");
    }
    assert_eq!(assert_gapless(&store, 1).await, 4 * PER_DEVICE);
}

/// A transaction that is dropped after it appended leaves its place to the next one.
pub async fn dropped_appends_leave_no_gap(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    append(&store, &event(1, 1, 1)).await;
    let mut tx = begin(&store).await;
    let lost = tx.messages().append(&event(1, 1, 2), NOW).await.unwrap();
    assert!(matches!(lost, Appended::Stored { sequence: 2, .. }));
    drop(tx);
    assert!(matches!(
        append(&store, &event(1, 2, 1)).await,
        Appended::Stored { sequence: 2, .. }
    ));
    assert!(matches!(
        append(&store, &event(1, 1, 2)).await,
        Appended::Stored { sequence: 3, .. }
    ));
    assert_eq!(assert_gapless(&store, 1).await, 3);
}

/// Batches that name the same channels in opposite orders do not wait for each other for ever, and lose nothing.
pub async fn crossing_batches_all_end(harness: &mut dyn Harness) {
    const CHANNELS: u8 = 6;
    let store = harness.store();
    with_channels(&store, CHANNELS).await;
    let tasks: Vec<_> = (1..=6u8)
        .map(|device| {
            let store = store.clone();
            tokio::spawn(async move {
                for count in 1..=5 {
                    let mut batch: Vec<_> = (1..=CHANNELS)
                        .map(|channel| event(channel, device, count))
                        .collect();
                    if device % 2 == 0 {
                        batch.reverse();
                    }
                    let batch = &batch;
                    let outcomes = transact(&*store, |tx| {
                        Box::pin(async move { tx.messages().append_batch(batch, NOW).await })
                    })
                    .await
                    .unwrap();
                    assert!(
                        outcomes
                            .iter()
                            .all(|outcome| matches!(outcome, Appended::Stored { .. }))
                    );
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for channel in 1..=CHANNELS {
        assert_eq!(assert_gapless(&store, channel).await, 30);
    }
}
