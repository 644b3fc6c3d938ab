//! Events that need be kept no longer: found once their time is over, erased in their place.

use super::Harness;
use super::fixture::{NOW, append, assert_gapless, begin, channel, event, with_channels};
use crate::{Appended, NewMessage};

/// What is erased keeps its place, its hashes, and what tells it from another.
pub async fn expired_events_are_found_and_erased_in_their_place(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 1).await;
    let lasting = |count, expires| NewMessage {
        expires,
        ..event(1, 1, count)
    };
    let later = NOW.plus(1000);
    for new in [
        lasting(1, None),
        lasting(2, Some(later.plus(1))),
        lasting(3, Some(later)),
    ] {
        append(&store, &new).await;
    }
    let mut tx = begin(&store).await;
    let places = |found: Vec<crate::ExpiredMessage>| -> Vec<u64> {
        found.iter().map(|message| message.sequence).collect()
    };
    let before = tx.messages().expired(later.plus(-1), 10).await.unwrap();
    assert_eq!(places(before), [0; 0]);
    let found = tx.messages().expired(later, 10).await.unwrap();
    assert_eq!(found[0].channel, channel(1));
    assert_eq!(found[0].sealed, event(1, 1, 3).sealed);
    assert_eq!(places(found), [3]);
    let all = tx.messages().expired(later.plus(1), 10).await.unwrap();
    assert_eq!(places(all), [3, 2]);
    tx.messages().erase(&channel(1), 3, b"left").await.unwrap();
    let left = tx.messages().expired(later.plus(1), 10).await.unwrap();
    assert_eq!(places(left), [2], "once");
    tx.commit().await.unwrap();

    let mut tx = store.read().await.unwrap();
    let page = tx.messages().after(&channel(1), 0, 10).await.unwrap();
    let gone: Vec<_> = page.iter().map(|one| one.gone).collect();
    assert_eq!(gone, [false, false, true]);
    assert_eq!(page[2].sealed, b"left");
    assert_eq!(page[2].event_hash, event(1, 1, 3).event_hash);
    drop(tx);
    assert_eq!(assert_gapless(&store, 1).await, 3);
    let again = append(&store, &lasting(3, Some(later))).await;
    assert!(matches!(again, Appended::Duplicate { sequence: 3, .. }));
}

/// What is there already gets an end, unless it has an earlier one or was erased.
pub async fn what_is_there_is_kept_for_a_while_only(harness: &mut dyn Harness) {
    let store = harness.store();
    with_channels(&store, 2).await;
    for (count, ends) in [(1, None), (2, Some(5)), (3, Some(50)), (4, None), (5, None)] {
        let mut new = event(1, 1, count);
        new.expires = ends.map(|later| NOW.plus(later));
        append(&store, &new).await;
    }
    append(&store, &event(2, 1, 1)).await;
    let mut tx = store.begin().await.unwrap();
    tx.messages().erase(&channel(1), 4, b"left").await.unwrap();
    for expected in [2, 0] {
        let changed = tx.messages().keep_at_most(&channel(1), 1..=4, 20).await;
        assert_eq!(changed.unwrap(), expected);
    }
    for (later, expected) in [
        (4, &[][..]),
        (5, &[2]),
        (19, &[2]),
        (20, &[2, 1, 3]),
        (99, &[2, 1, 3]),
    ] {
        let found = tx.messages().expired(NOW.plus(later), 10).await.unwrap();
        let mut places: Vec<_> = found.iter().map(|one| one.sequence).collect();
        places.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(places, expected, "{later}");
        assert!(found.iter().all(|one| one.channel == channel(1)));
    }
}
