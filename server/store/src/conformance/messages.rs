//! Streams of sealed events, one writer at a time.

use dialtone_protocol::{ClientEventId, Hash};

use super::Harness;
use super::absences::absence;
use super::fixture::{
    NOW, append, assert_gapless, begin, channel, device, event, sealed_anew, with_channels,
};
use crate::{
    Appended, DeviceHead, MAX_BATCH, MAX_PAGE, MAX_PAGE_BYTES, NewMessage, StoreError,
    StoredMessage,
};

/// Places count from 1 in each channel, and the hash over the order is as the protocol says.
pub async fn events_get_gapless_places_and_hashes(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 2).await;
    let mut hash = Hash::ZERO;
    for count in 1..=3 {
        hash = hash.chain(&event(1, 1, count).event_hash);
        let outcome = append(&store, &event(1, 1, count)).await;
        assert_eq!(
            outcome,
            Appended::Stored {
                sequence: count,
                stream_hash: hash
            }
        );
    }
    let first = Hash::ZERO.chain(&event(2, 1, 1).event_hash);
    assert_eq!(
        append(&store, &event(2, 1, 1)).await,
        Appended::Stored {
            sequence: 1,
            stream_hash: first
        }
    );
    assert_eq!(
        (
            assert_gapless(&store, 1).await,
            assert_gapless(&store, 2).await
        ),
        (3, 1)
    );

    let mut tx = store.read().await.unwrap();
    let heads = tx.messages().heads().await.unwrap();
    assert_eq!(heads, [(channel(1), 3), (channel(2), 1)]);
    let new = event(2, 1, 1);
    let expected = StoredMessage {
        sequence: 1,
        device: device(1),
        device_sequence: 1,
        client_event_id: new.client_event_id,
        sealed: new.sealed,
        event_hash: new.event_hash,
        stream_hash: first,
        stored: NOW,
        gone: false,
    };
    assert_eq!(
        tx.messages().after(&channel(2), 0, 10).await.unwrap(),
        std::slice::from_ref(&expected)
    );
    assert_eq!(
        tx.messages()
            .find(&channel(2), &device(1), &new.client_event_id)
            .await
            .unwrap(),
        Some(expected)
    );
    assert_eq!(
        tx.messages()
            .find(&channel(2), &device(2), &new.client_event_id)
            .await
            .unwrap(),
        None
    );
}

/// The same event again changes nothing and is answered with its place, however often and late.
pub async fn same_event_again_is_a_duplicate(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let Appended::Stored {
        sequence,
        stream_hash,
    } = append(&store, &event(1, 1, 1)).await
    else {
        panic!("the first is stored");
    };
    append(&store, &event(1, 1, 2)).await;
    for _ in 0..2 {
        let again = append(&store, &event(1, 1, 1)).await;
        assert_eq!(
            again,
            Appended::Duplicate {
                sequence,
                stream_hash,
                stored: NOW
            }
        );
    }
    assert_eq!(assert_gapless(&store, 1).await, 2);
}

/// Other bytes under a client event id or a device sequence that the device has used are refused; other devices and
/// channels may use the same.
pub async fn other_bytes_clash(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 2).await;
    let first = event(1, 1, 1);
    append(&store, &first).await;
    let clash = Appended::Clash {
        sequence: 1,
        event_hash: first.event_hash,
    };

    let same_id = NewMessage {
        client_event_id: first.client_event_id,
        ..event(1, 1, 2)
    };
    assert_eq!(append(&store, &same_id).await, clash);
    let same_sequence = NewMessage {
        device_sequence: 1,
        ..event(1, 1, 3)
    };
    assert_eq!(append(&store, &same_sequence).await, clash);
    assert_eq!(append(&store, &sealed_anew(&first)).await, clash);
    assert_eq!(assert_gapless(&store, 1).await, 1);

    let other_device = NewMessage {
        client_event_id: first.client_event_id,
        ..event(1, 2, 1)
    };
    assert!(matches!(
        append(&store, &other_device).await,
        Appended::Stored { sequence: 2, .. }
    ));
    let other_channel = NewMessage {
        client_event_id: first.client_event_id,
        ..event(2, 1, 1)
    };
    assert!(matches!(
        append(&store, &other_channel).await,
        Appended::Stored { sequence: 1, .. }
    ));
}

/// A channel that is not there or closed takes nothing; what it already has is still a duplicate.
pub async fn unknown_and_closed_channels_take_nothing(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    assert_eq!(
        append(&store, &event(9, 1, 1)).await,
        Appended::UnknownChannel
    );
    append(&store, &event(1, 1, 1)).await;
    let mut tx = begin(&store).await;
    tx.channels().close(&channel(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(append(&store, &event(1, 1, 2)).await, Appended::Closed);
    assert!(matches!(
        append(&store, &event(1, 1, 1)).await,
        Appended::Duplicate { sequence: 1, .. }
    ));
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.messages().head(&channel(9)).await.unwrap(), None);
    assert!(
        tx.messages()
            .page(&channel(9), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// A batch answers in the order asked, keeps each channel's order, and one refused event does not hold up the rest.
pub async fn batches_keep_order_across_channels(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 2).await;
    let clash = NewMessage {
        device_sequence: 1,
        ..event(1, 1, 8)
    };
    let batch = [
        event(2, 1, 1),
        event(1, 1, 1),
        event(9, 1, 1),
        event(2, 2, 1),
        event(1, 1, 1),
        clash,
        event(1, 1, 2),
    ];
    let mut tx = begin(&store).await;
    let outcomes = tx.messages().append_batch(&batch, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let places: Vec<_> = outcomes
        .iter()
        .map(|outcome| match *outcome {
            Appended::Stored { sequence, .. } => ("stored", sequence),
            Appended::Duplicate { sequence, .. } => ("duplicate", sequence),
            Appended::Clash { sequence, .. } => ("clash", sequence),
            _ => ("refused", 0),
        })
        .collect();
    let expected = [
        ("stored", 1),
        ("stored", 1),
        ("refused", 0),
        ("stored", 2),
        ("duplicate", 1),
        ("clash", 1),
        ("stored", 2),
    ];
    assert_eq!(places, expected);
    assert_eq!(
        (
            assert_gapless(&store, 1).await,
            assert_gapless(&store, 2).await
        ),
        (2, 2)
    );
    let mut tx = begin(&store).await;
    assert!(
        tx.messages()
            .append_batch(&[], NOW)
            .await
            .unwrap()
            .is_empty()
    );
}

/// However many are stored together: what may not be stored is left out, with its reason, and the rest has no gap.
pub async fn long_batches_stand_as_if_each_came_alone(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    append(&store, &event(1, 70, 1)).await;
    let never = absence(&event(1, 170, 1));
    let mut tx = begin(&store).await;
    tx.absences().record(&never, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let batch: Vec<_> = (1..=250).map(|device| event(1, device, 1)).collect();
    let mut tx = begin(&store).await;
    let outcomes = tx.messages().append_batch(&batch, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let mut next = 2;
    for (number, outcome) in (1..).zip(&outcomes) {
        match (number, *outcome) {
            (70, Appended::Duplicate { sequence: 1, .. }) | (170, Appended::Absent) => {}
            (_, Appended::Stored { sequence, .. }) => {
                assert_eq!(sequence, next, "{number}");
                next += 1;
            }
            (_, other) => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(assert_gapless(&store, 1).await, 249);
    let mut tx = store.read().await.unwrap();
    let page = tx.messages().after(&channel(1), 1, MAX_PAGE).await.unwrap();
    assert_eq!(page.len(), MAX_PAGE.min(248) as usize);
    let devices = page.iter().map(|message| message.device);
    let expected = (1..=250).filter(|device| ![70, 170].contains(device));
    assert!(
        devices.eq(expected.map(device).take(page.len())),
        "in the order asked"
    );
}

/// Pages stand in order of place, end where they should, and are never longer than the most.
pub async fn pages_are_bounded(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let count = u64::from(MAX_PAGE) + 10;
    let events: Vec<_> = (1..=count).map(|n| event(1, 1, n)).collect();
    let mut tx = begin(&store).await;
    tx.messages().append_batch(&events, NOW).await.unwrap();
    let places = |page: Vec<StoredMessage>| {
        page.iter()
            .map(|message| message.sequence)
            .collect::<Vec<_>>()
    };
    let id = channel(1);
    assert_eq!(
        places(tx.messages().page(&id, None, 3).await.unwrap()),
        [count - 2, count - 1, count]
    );
    assert_eq!(
        places(tx.messages().page(&id, Some(u64::MAX), 1).await.unwrap()),
        [count]
    );
    assert_eq!(
        places(tx.messages().page(&id, Some(4), 2).await.unwrap()),
        [2, 3]
    );
    assert_eq!(
        places(tx.messages().page(&id, Some(2), 9).await.unwrap()),
        [1]
    );
    assert!(
        tx.messages()
            .page(&id, Some(1), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        tx.messages()
            .page(&id, Some(0), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(tx.messages().page(&id, None, 0).await.unwrap().is_empty());
    assert_eq!(
        tx.messages().page(&id, None, u32::MAX).await.unwrap().len(),
        MAX_PAGE as usize
    );
    assert_eq!(
        places(tx.messages().after(&id, 0, 2).await.unwrap()),
        [1, 2]
    );
    assert_eq!(
        places(tx.messages().after(&id, count - 1, 9).await.unwrap()),
        [count]
    );
    assert!(tx.messages().after(&id, count, 9).await.unwrap().is_empty());
    assert!(
        tx.messages()
            .after(&id, u64::MAX, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        tx.messages().after(&id, 0, u32::MAX).await.unwrap().len(),
        MAX_PAGE as usize
    );
}

/// Large events make short pages, which lose nothing.
pub async fn pages_are_bounded_by_bytes(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let each = MAX_PAGE_BYTES / 10;
    let mut tx = begin(&store).await;
    for n in 1..=25 {
        let mut new = event(1, 1, n);
        new.sealed.resize(each, 0);
        new.event_hash = Hash::of(&new.sealed);
        tx.messages().append(&new, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    let places = |page: &[StoredMessage]| -> Vec<u64> {
        page.iter().map(|message| message.sequence).collect()
    };
    let mut pages = Vec::new();
    let mut after = 0;
    loop {
        let page = tx
            .messages()
            .after(&channel(1), after, MAX_PAGE)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = last.sequence;
        pages.push(places(&page));
    }
    assert_eq!(
        pages,
        [
            (1..=11).collect::<Vec<_>>(),
            (12..=22).collect(),
            (23..=25).collect()
        ]
    );
    let latest = tx.messages().page(&channel(1), None, MAX_PAGE).await;
    assert_eq!(places(&latest.unwrap()), (15..=25).collect::<Vec<_>>());
    drop(tx);
    assert_gapless(&store, 1).await;
}

/// The last event of a device is that with its highest count, whatever came after it from others.
pub async fn last_of_a_device_is_known(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    for new in [event(1, 1, 1), event(1, 1, 2), event(1, 2, 7)] {
        append(&store, &new).await;
    }
    let mut tx = store.read().await.unwrap();
    let last = tx
        .messages()
        .last_by_device(&channel(1), &device(1))
        .await
        .unwrap();
    let expected = DeviceHead {
        device_sequence: 2,
        event_hash: event(1, 1, 2).event_hash,
        sequence: 2,
    };
    assert_eq!(last, Some(expected));
    assert_eq!(
        tx.messages()
            .last_by_device(&channel(1), &device(3))
            .await
            .unwrap(),
        None
    );
}

/// What no database can hold is an error and not a wrong row.
pub async fn oversized_batches_and_counts_are_refused(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let mut tx = begin(&store).await;
    let batch = vec![event(1, 1, 1); MAX_BATCH + 1];
    assert!(matches!(
        tx.messages().append_batch(&batch, NOW).await,
        Err(StoreError::Internal { .. })
    ));
    drop(tx);
    let mut tx = begin(&store).await;
    let endless = NewMessage {
        device_sequence: u64::MAX,
        client_event_id: ClientEventId([1; 16]),
        ..event(1, 1, 1)
    };
    assert!(matches!(
        tx.messages().append(&endless, NOW).await,
        Err(StoreError::Internal { .. })
    ));
    drop(tx);
    assert_eq!(assert_gapless(&store, 1).await, 0);
}
