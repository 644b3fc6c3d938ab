//! Transactions: all or nothing, snapshots, and what survives a restart.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Harness;
use super::fixture::{
    NOW, add_channel, add_device, append, begin, channel, device, event, new_group, new_invite,
    token,
};
use crate::{RosterHead, StoreError, transact};
use dialtone_protocol::Hash;

/// What a dropped transaction wrote is not there.
pub async fn dropped_transactions_leave_nothing(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.meta().put("key", b"value").await.unwrap();
    add_channel(&mut *tx, 1).await;
    assert_eq!(
        tx.meta().get("key").await.unwrap().as_deref(),
        Some(&b"value"[..]),
        "it is there inside"
    );
    drop(tx);
    let mut tx = begin(&store).await;
    assert_eq!(tx.meta().get("key").await.unwrap(), None);
    assert_eq!(tx.channels().find(&channel(1)).await.unwrap(), None);
}

/// A sign of life proves that the database takes writes.
pub async fn a_sign_of_life_is_written(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.meta().get("store/ping").await.unwrap(), None);
    drop(tx);
    store.ping().await.unwrap();
    store.ping().await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert!(tx.meta().get("store/ping").await.unwrap().is_some());
}

/// A reading transaction does not write, and says that this is a bug.
pub async fn reads_refuse_to_write(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = store.read().await.unwrap();
    let refused = tx.meta().put("key", b"value").await;
    assert!(
        matches!(refused, Err(StoreError::Internal { .. })),
        "{refused:?}"
    );
    drop(tx);
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.meta().get("key").await.unwrap(), None);
}

/// A reading transaction goes on seeing what it first saw, while others write.
pub async fn reads_see_one_moment(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.meta().get("key").await.unwrap(), None);
    let mut tx = begin(&store).await;
    tx.meta().put("key", b"value").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reading.meta().get("key").await.unwrap(), None);
    drop(reading);
    let mut reading = store.read().await.unwrap();
    assert_eq!(
        reading.meta().get("key").await.unwrap().as_deref(),
        Some(&b"value"[..])
    );
}

/// Closing and opening again runs the migrations again and loses nothing.
pub async fn reopening_keeps_everything(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.meta().put("key", b"value").await.unwrap();
    add_device(&mut *tx, 1).await;
    add_channel(&mut *tx, 1).await;
    tx.groups().create(&new_group(1), NOW).await.unwrap();
    tx.invites().add(&new_invite(1, 3), NOW).await.unwrap();
    tx.roster()
        .append(
            RosterHead {
                length: 0,
                head: Hash::ZERO,
            },
            b"entry",
            Hash::of(b"entry"),
            NOW,
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    append(&store, &event(1, 1, 1)).await;
    drop(store);

    harness.reopen().await;
    let store = harness.store();
    let mut tx = store.read().await.unwrap();
    assert_eq!(
        tx.meta().get("key").await.unwrap().as_deref(),
        Some(&b"value"[..])
    );
    assert!(tx.devices().find(&device(1)).await.unwrap().is_some());
    assert_eq!(
        tx.groups().epoch(&new_group(1).group).await.unwrap(),
        Some(0)
    );
    assert_eq!(
        tx.invites()
            .find(&token(1))
            .await
            .unwrap()
            .unwrap()
            .uses_left,
        3
    );
    assert_eq!(
        tx.roster().head().await.unwrap(),
        RosterHead {
            length: 1,
            head: Hash::of(b"entry")
        }
    );
    assert_eq!(
        tx.messages().after(&channel(1), 0, 10).await.unwrap().len(),
        1
    );
}

/// After closing, everything is [`StoreError::Unavailable`], and nothing hangs.
pub async fn closed_stores_are_unavailable(harness: &mut dyn Harness) {
    let store = harness.store();
    store.ping().await.unwrap();
    store.close().await;
    assert!(store.ping().await.unwrap_err().is_unavailable());
    assert!(store.begin().await.err().unwrap().is_unavailable());
    assert!(store.read().await.err().unwrap().is_unavailable());
    harness.reopen().await;
    harness.store().ping().await.unwrap();
}

/// [`transact`] starts over after a conflict, without what the lost attempt wrote, and gives up in the end.
pub async fn conflicts_are_run_again(harness: &mut dyn Harness) {
    let store = harness.store();
    let attempts = AtomicU32::new(0);
    let met = || StoreError::Conflict {
        detail: "made up by the test".to_owned(),
    };
    let done = transact(&*store, |tx| {
        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let before = tx.meta().get("attempt").await?;
            tx.meta().put("attempt", &[1]).await?;
            if attempt < 2 { Err(met()) } else { Ok(before) }
        })
    });
    assert_eq!(
        done.await.unwrap(),
        None,
        "the lost attempts left something behind"
    );
    assert_eq!(attempts.load(Ordering::SeqCst), 3);

    let hopeless = transact::<(), _>(&*store, |_| Box::pin(async move { Err(met()) })).await;
    assert!(hopeless.unwrap_err().is_conflict());
}
