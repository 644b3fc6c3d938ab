//! Server-wide values.

use dialtone_protocol::CommunityId;

use super::Harness;
use super::fixture::begin;
use crate::{CommunitySet, transact};

/// A value is there once put, replaced when put again, and may be empty.
pub async fn values_are_kept_and_replaced(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    assert_eq!(tx.meta().get("setup").await.unwrap(), None);
    tx.meta().put("setup", &[0, 255, 0]).await.unwrap();
    assert_eq!(tx.meta().get("setup").await.unwrap(), Some(vec![0, 255, 0]));
    tx.meta().put("setup", &[]).await.unwrap();
    assert_eq!(tx.meta().get("setup").await.unwrap(), Some(vec![]));
    assert_eq!(tx.meta().get("other").await.unwrap(), None);
}

/// Of several who draw a secret at once all end with the same one.
pub async fn first_value_wins(harness: &mut dyn Harness) {
    let store = harness.store();
    let tasks: Vec<_> = (0..8u8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                transact(&*store, |tx| {
                    Box::pin(async move { tx.meta().put_if_absent("secret", &[n; 32]).await })
                })
                .await
                .unwrap()
            })
        })
        .collect();
    let mut agreed = Vec::new();
    for task in tasks {
        agreed.push(task.await.unwrap());
    }
    agreed.dedup();
    assert_eq!(agreed.len(), 1, "they disagree");
}

/// Only who knows what is there changes it: of several at once one does.
pub async fn a_value_is_swapped_once(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    assert!(tx.meta().swap("home", None, None).await.unwrap());
    assert!(
        !tx.meta()
            .swap("home", Some(b"a"), Some(b"b"))
            .await
            .unwrap()
    );
    assert!(tx.meta().swap("home", None, Some(b"a")).await.unwrap());
    assert!(!tx.meta().swap("home", None, Some(b"b")).await.unwrap());
    assert!(!tx.meta().swap("home", None, None).await.unwrap());
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..8u8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                transact(&*store, |tx| {
                    Box::pin(async move { tx.meta().swap("home", Some(b"a"), Some(&[n])).await })
                })
                .await
                .unwrap()
            })
        })
        .collect();
    let mut swapped = 0;
    for task in tasks {
        swapped += usize::from(task.await.unwrap());
    }
    assert_eq!(swapped, 1);
    let mut tx = begin(&store).await;
    let there = tx.meta().get("home").await.unwrap().unwrap();
    assert!(!tx.meta().swap("home", Some(b"a"), None).await.unwrap());
    assert!(tx.meta().swap("home", Some(&there), None).await.unwrap());
    assert_eq!(tx.meta().get("home").await.unwrap(), None);
}

/// A server serves one community for ever.
pub async fn community_is_named_once(harness: &mut dyn Harness) {
    let (first, second) = (CommunityId([1; 32]), CommunityId([2; 32]));
    let store = harness.store();
    let mut tx = begin(&store).await;
    assert_eq!(tx.meta().community().await.unwrap(), None);
    assert_eq!(
        tx.meta().set_community(first).await.unwrap(),
        CommunitySet::Set
    );
    assert_eq!(
        tx.meta().set_community(first).await.unwrap(),
        CommunitySet::Set
    );
    assert_eq!(
        tx.meta().set_community(second).await.unwrap(),
        CommunitySet::Other(first)
    );
    assert_eq!(tx.meta().community().await.unwrap(), Some(first));
}

/// The schema's number is that of the newest migration.
pub async fn schema_has_a_version(harness: &mut dyn Harness) {
    let mut tx = harness.store().read().await.unwrap();
    assert!(tx.meta().schema_version().await.unwrap() >= 1);
}
