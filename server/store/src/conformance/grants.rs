//! History grants.

use super::Harness;
use super::fixture::{NOW, add_device, begin, device};
use crate::{Grant, GrantId, NewGrant, PutGrant, transact};

fn grant(to: u8, from: u8, mark: u8) -> NewGrant {
    NewGrant {
        to: device(to),
        from: device(from),
        bytes: vec![mark; 16],
    }
}

/// Grants are listed in the order they came, for their device alone, and deleted by it alone.
pub async fn grants_wait_in_order(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    add_device(&mut *tx, 2).await;
    for mark in 1..=3 {
        let put = tx.grants().put(&grant(1, 2, mark), 10, NOW).await.unwrap();
        assert_eq!(put, PutGrant::Put(GrantId(u64::from(mark))));
    }
    assert_eq!(
        tx.grants().put(&grant(2, 1, 9), 10, NOW).await.unwrap(),
        PutGrant::Put(GrantId(1))
    );
    assert_eq!(
        tx.grants().put(&grant(7, 1, 9), 10, NOW).await.unwrap(),
        PutGrant::UnknownDevice
    );

    let all = tx.grants().list(&device(1), None, 10).await.unwrap();
    let expected = Grant {
        id: GrantId(1),
        from: device(2),
        bytes: vec![1; 16],
        created: NOW,
    };
    assert_eq!((all.len(), &all[0]), (3, &expected));
    let after = tx
        .grants()
        .list(&device(1), Some(GrantId(1)), 1)
        .await
        .unwrap();
    assert_eq!(
        after.iter().map(|grant| grant.id).collect::<Vec<_>>(),
        [GrantId(2)]
    );
    assert!(
        tx.grants()
            .list(&device(1), Some(GrantId(u64::MAX)), 9)
            .await
            .unwrap()
            .is_empty()
    );

    let ids = [GrantId(1), GrantId(3), GrantId(99)];
    assert_eq!(tx.grants().delete(&device(1), &ids).await.unwrap(), 2);
    assert_eq!(tx.grants().delete(&device(1), &[]).await.unwrap(), 0);
    assert_eq!(
        tx.grants().list(&device(1), None, 10).await.unwrap().len(),
        1
    );
    assert_eq!(
        tx.grants().list(&device(2), None, 10).await.unwrap().len(),
        1,
        "another device's stays"
    );
    let next = tx.grants().put(&grant(1, 2, 4), 10, NOW).await.unwrap();
    assert_eq!(next, PutGrant::Put(GrantId(4)), "no id is used twice");
}

/// A device for which as many wait as may gets no more until it takes some.
pub async fn full_boxes_take_no_more(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    for mark in 1..=2 {
        assert!(matches!(
            tx.grants().put(&grant(1, 1, mark), 2, NOW).await.unwrap(),
            PutGrant::Put(_)
        ));
    }
    assert_eq!(
        tx.grants().put(&grant(1, 1, 3), 2, NOW).await.unwrap(),
        PutGrant::Full
    );
    assert_eq!(
        tx.grants().delete(&device(1), &[GrantId(1)]).await.unwrap(),
        1
    );
    assert!(matches!(
        tx.grants().put(&grant(1, 1, 3), 2, NOW).await.unwrap(),
        PutGrant::Put(_)
    ));
    assert_eq!(
        tx.grants().list(&device(1), None, 10).await.unwrap().len(),
        2
    );
}

/// Sixteen who put at once into a box for five fill it, and no more.
pub async fn parallel_grants_stay_within_capacity(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|mark| {
            let store = store.clone();
            tokio::spawn(async move {
                let new = &grant(1, 1, mark);
                transact(&*store, |tx| {
                    Box::pin(async move { tx.grants().put(new, 5, NOW).await })
                })
                .await
                .unwrap()
            })
        })
        .collect();
    let mut put = 0;
    for task in tasks {
        put += u32::from(matches!(task.await.unwrap(), PutGrant::Put(_)));
    }
    assert_eq!(put, 5);
    let mut tx = store.read().await.unwrap();
    assert_eq!(
        tx.grants().list(&device(1), None, 10).await.unwrap().len(),
        5
    );
}
