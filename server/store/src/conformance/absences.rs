//! Recorded absences.

use std::sync::Arc;

use super::Harness;
use super::fixture::{NOW, append, assert_gapless, begin, event, sealed_anew, with_channels};
use crate::{Absence, Appended, NewMessage, RecordedAbsence, Store, transact};

pub(super) fn absence(event: &NewMessage) -> Absence {
    Absence {
        channel: event.channel,
        device: event.device,
        client_event_id: event.client_event_id,
        event_hash: event.event_hash,
    }
}

async fn record(store: &Arc<dyn Store>, event: &NewMessage) -> RecordedAbsence {
    let absence = &absence(event);
    transact(&**store, |tx| {
        Box::pin(async move { tx.absences().record(absence, NOW).await })
    })
    .await
    .unwrap()
}

/// Bytes that were answered as absent are never stored; sealed anew under the same id and count, they are.
pub async fn absent_bytes_are_refused_for_ever(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let stale = event(1, 1, 1);
    assert_eq!(record(&store, &stale).await, RecordedAbsence::Recorded);
    assert_eq!(record(&store, &stale).await, RecordedAbsence::Recorded);
    assert_eq!(
        record(&store, &event(9, 1, 1)).await,
        RecordedAbsence::UnknownChannel
    );
    assert_eq!(append(&store, &stale).await, Appended::Absent);
    let anew = sealed_anew(&stale);
    assert!(matches!(
        append(&store, &anew).await,
        Appended::Stored { sequence: 1, .. }
    ));
    assert!(
        matches!(
            append(&store, &stale).await,
            Appended::Clash { sequence: 1, .. }
        ),
        "still not stored"
    );
    assert_eq!(assert_gapless(&store, 1).await, 1);

    let mut tx = begin(&store).await;
    assert!(tx.absences().is_absent(&absence(&stale)).await.unwrap());
    assert!(!tx.absences().is_absent(&absence(&anew)).await.unwrap());
    assert!(
        tx.absences()
            .has_absent(&stale.channel, &stale.device, &stale.client_event_id)
            .await
            .unwrap()
    );
    let other = event(1, 1, 2);
    assert!(
        !tx.absences()
            .has_absent(&other.channel, &other.device, &other.client_event_id)
            .await
            .unwrap()
    );
}

/// What is stored is answered with its place instead.
pub async fn stored_events_cannot_be_absent(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let Appended::Stored {
        sequence,
        stream_hash,
    } = append(&store, &event(1, 1, 1)).await
    else {
        panic!("the first is stored");
    };
    let outcome = record(&store, &event(1, 1, 1)).await;
    assert_eq!(
        outcome,
        RecordedAbsence::Stored {
            sequence,
            stream_hash,
            stored: NOW
        }
    );
    assert!(matches!(
        append(&store, &event(1, 1, 1)).await,
        Appended::Duplicate { sequence: 1, .. }
    ));
}

/// When storing and recording meet, one of them wins, and both hear the same.
pub async fn an_event_is_stored_or_absent(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    for count in 1..=20 {
        let storing = tokio::spawn({
            let store = store.clone();
            async move { append(&store, &event(1, 1, count)).await }
        });
        let recording = tokio::spawn({
            let store = store.clone();
            async move { record(&store, &event(1, 1, count)).await }
        });
        match (storing.await.unwrap(), recording.await.unwrap()) {
            (Appended::Stored { sequence, .. }, RecordedAbsence::Stored { sequence: told, .. }) => {
                assert_eq!(sequence, told);
            }
            (Appended::Absent, RecordedAbsence::Recorded) => {}
            both => panic!("event {count} is both: {both:?}"),
        }
    }
    assert_gapless(&store, 1).await;
}
