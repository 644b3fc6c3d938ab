//! MLS groups.

use std::sync::Arc;

use super::Harness;
use super::fixture::{NOW, begin, group, new_group};
use crate::{
    CommitOutcome, Group, GroupStore, MAX_PAGE_BYTES, NewCommit, NewGroup, Store, transact,
};

fn commit_from(n: u8, expected_epoch: u64, mark: u8) -> NewCommit {
    NewCommit {
        group: group(n),
        expected_epoch,
        commit: vec![mark; 8],
        group_info: vec![mark, 1],
        public_state: vec![mark, 2],
        tree: vec![mark, 3],
        nature: Some(vec![mark, 4]),
    }
}

async fn with_group(store: &Arc<dyn Store>) {
    let mut tx = begin(store).await;
    assert!(tx.groups().create(&new_group(1), NOW).await.unwrap());
    tx.commit().await.unwrap();
}

/// A commit moves the epoch by one and replaces all of the public state.
pub async fn commits_move_the_epoch(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let mut tx = begin(&store).await;
    assert!(!tx.groups().create(&new_group(1), NOW).await.unwrap());
    let outcome = tx
        .groups()
        .commit(&commit_from(1, 0, 7), NOW.plus(1))
        .await
        .unwrap();
    assert_eq!(outcome, CommitOutcome::Committed { epoch: 1 });
    let expected = Group {
        group: group(1),
        epoch: 1,
        group_info: vec![7, 1],
        public_state: vec![7, 2],
        tree: vec![7, 3],
        nature: Some(vec![7, 4]),
        changed: NOW.plus(1),
    };
    assert_eq!(tx.groups().find(&group(1)).await.unwrap(), Some(expected));
    assert_eq!(tx.groups().epoch(&group(1)).await.unwrap(), Some(1));
    assert_eq!(tx.groups().lock_epoch(&group(1)).await.unwrap(), Some(1));
    assert!(tx.groups().create(&new_group(2), NOW).await.unwrap());
    let epochs = tx.groups().epochs().await.unwrap();
    assert_eq!(epochs, [(group(1), 1), (group(2), 0)]);
}

/// A commit of another epoch, or of no group, changes nothing.
pub async fn stale_and_unknown_commits_are_refused(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let mut tx = begin(&store).await;
    tx.groups()
        .commit(&commit_from(1, 0, 1), NOW)
        .await
        .unwrap();
    let before = tx.groups().find(&group(1)).await.unwrap();
    for wrong in [0, 2, u64::MAX] {
        let outcome = tx
            .groups()
            .commit(&commit_from(1, wrong, 9), NOW)
            .await
            .unwrap();
        assert_eq!(outcome, CommitOutcome::Stale { epoch: 1 });
    }
    assert_eq!(
        tx.groups()
            .commit(&commit_from(2, 0, 9), NOW)
            .await
            .unwrap(),
        CommitOutcome::UnknownGroup
    );
    assert_eq!(tx.groups().find(&group(1)).await.unwrap(), before);
    assert_eq!(tx.groups().find(&group(2)).await.unwrap(), None);
    assert_eq!(tx.groups().lock_epoch(&group(2)).await.unwrap(), None);
    assert_eq!(
        tx.groups().commits(&group(1), 0, 10).await.unwrap().len(),
        1
    );
}

/// What a private group is stays with it, and changes with its commits; others have none.
pub async fn natures_follow_commits(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let mut tx = begin(&store).await;
    let private = NewGroup {
        nature: Some(b"before".to_vec()),
        ..new_group(2)
    };
    tx.groups().create(&private, NOW).await.unwrap();
    let natures = tx.groups().natures().await.unwrap();
    assert_eq!(natures, [(group(2), b"before".to_vec())]);
    let found = tx.groups().find(&group(2)).await.unwrap().unwrap();
    assert_eq!(found.nature.as_deref(), Some(&b"before"[..]));
    tx.groups()
        .commit(&commit_from(2, 0, 7), NOW)
        .await
        .unwrap();
    let natures = tx.groups().natures().await.unwrap();
    assert_eq!(natures, [(group(2), vec![7, 4])]);
}

/// Large commits make short pages, which lose nothing.
pub async fn commit_pages_are_bounded_by_bytes(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let mut tx = begin(&store).await;
    for epoch in 0..15 {
        let new = NewCommit {
            commit: vec![7; MAX_PAGE_BYTES / 10],
            ..commit_from(1, epoch, 7)
        };
        tx.groups().commit(&new, NOW).await.unwrap();
    }
    let first = tx.groups().commits(&group(1), 0, 100).await.unwrap();
    assert_eq!(first.len(), 11);
    let rest = tx.groups().commits(&group(1), 11, 100).await.unwrap();
    let epochs: Vec<_> = rest.iter().map(|commit| commit.epoch).collect();
    assert_eq!(epochs, [11, 12, 13, 14]);
}

/// The commit log begins at the epoch asked and ends at the limit; groups are listed page by page.
pub async fn commit_log_is_paged(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.groups()
        .create(
            &NewGroup {
                epoch: 4,
                ..new_group(1)
            },
            NOW,
        )
        .await
        .unwrap();
    for epoch in 4..10 {
        tx.groups()
            .commit(&commit_from(1, epoch, epoch as u8), NOW)
            .await
            .unwrap();
    }
    let page = tx.groups().commits(&group(1), 6, 3).await.unwrap();
    let page: Vec<_> = page
        .into_iter()
        .map(|commit| (commit.epoch, commit.commit))
        .collect();
    assert_eq!(page, [(6, vec![6; 8]), (7, vec![7; 8]), (8, vec![8; 8])]);
    assert!(
        tx.groups()
            .commits(&group(1), u64::MAX, 3)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        tx.groups()
            .commits(&group(1), 0, 0)
            .await
            .unwrap()
            .is_empty()
    );
    for n in [2, 3] {
        tx.groups().create(&new_group(n), NOW).await.unwrap();
    }
    assert_eq!(
        tx.groups().list(None, 2).await.unwrap(),
        [group(1), group(2)]
    );
    assert_eq!(
        tx.groups().list(Some(group(2)), 2).await.unwrap(),
        [group(3)]
    );
}

/// Of eight commits for the same epoch one wins; the others hear the epoch that it led to.
pub async fn parallel_commits_have_one_winner(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let tasks: Vec<_> = (1..=8)
        .map(|mark| {
            let store = store.clone();
            tokio::spawn(async move {
                let new = &commit_from(1, 0, mark);
                (
                    mark,
                    transact(&*store, |tx| {
                        Box::pin(async move { tx.groups().commit(new, NOW).await })
                    })
                    .await,
                )
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (mark, Ok(CommitOutcome::Committed { epoch: 1 })) => winners.push(mark),
            (_, other) => assert_eq!(other.unwrap(), CommitOutcome::Stale { epoch: 1 }),
        }
    }
    assert_eq!(winners.len(), 1);
    let mut tx = store.read().await.unwrap();
    assert_eq!(
        tx.groups().commits(&group(1), 0, 10).await.unwrap()[0].commit,
        vec![winners[0]; 8]
    );
    assert_eq!(
        tx.groups()
            .find(&group(1))
            .await
            .unwrap()
            .unwrap()
            .group_info,
        vec![winners[0], 1]
    );
}

/// While a transaction has the epoch locked, commits wait, and go through afterwards.
pub async fn locked_epochs_stay(harness: &mut dyn Harness) {
    let store = harness.store();
    with_group(&store).await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.groups().lock_epoch(&group(1)).await.unwrap(), Some(0));
    let committing = tokio::spawn({
        let store = store.clone();
        async move {
            let new = &commit_from(1, 0, 1);
            transact(&*store, |tx| {
                Box::pin(async move { tx.groups().commit(new, NOW).await })
            })
            .await
        }
    });
    assert_stays(tx.groups(), 0).await;
    tx.commit().await.unwrap();
    assert_eq!(
        committing.await.unwrap().unwrap(),
        CommitOutcome::Committed { epoch: 1 }
    );
}

/// Many looks, so that a commit that does not wait is seen.
async fn assert_stays(groups: &mut dyn GroupStore, epoch: u64) {
    for _ in 0..200 {
        assert_eq!(groups.epoch(&group(1)).await.unwrap(), Some(epoch));
    }
}
