//! Devices.

use super::Harness;
use super::fixture::{NOW, account, add_account, add_device, begin, device, new_device, token};
use crate::{Device, NewSession};

/// Devices are found by id, listed by account in the order they came, and belong to an account that exists.
pub async fn devices_are_kept_by_account(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_account(&mut *tx, 1).await;
    add_account(&mut *tx, 2).await;
    let new = new_device(9, 1);
    assert!(tx.devices().add(&new, NOW).await.unwrap());
    assert!(!tx.devices().add(&new, NOW).await.unwrap());
    assert!(
        tx.devices()
            .add(&new_device(3, 1), NOW.plus(1))
            .await
            .unwrap()
    );
    assert!(tx.devices().add(&new_device(4, 2), NOW).await.unwrap());
    let expected = Device {
        device: device(9),
        account: account(1),
        device_key: new.device_key,
        box_key: new.box_key,
        created: NOW,
        last_seen: NOW,
        revoked: None,
    };
    assert_eq!(tx.devices().find(&device(9)).await.unwrap(), Some(expected));
    let listed: Vec<_> = tx
        .devices()
        .list(&account(1))
        .await
        .unwrap()
        .iter()
        .map(|device| device.device)
        .collect();
    assert_eq!(listed, [device(9), device(3)]);
    assert_eq!(tx.devices().find(&device(8)).await.unwrap(), None);
    assert!(
        tx.devices().add(&new_device(5, 7), NOW).await.is_err(),
        "a device of nobody"
    );
}

/// `last_seen` moves forward alone.
pub async fn sightings_never_move_back(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    for (seen, expected) in [(5, 5), (3, 5), (8, 8)] {
        assert!(
            tx.devices()
                .touch(&device(1), NOW.plus(seen))
                .await
                .unwrap()
        );
        assert_eq!(
            tx.devices()
                .find(&device(1))
                .await
                .unwrap()
                .unwrap()
                .last_seen,
            NOW.plus(expected)
        );
    }
    assert!(!tx.devices().touch(&device(2), NOW).await.unwrap());
}

/// A revoked device stays listed as revoked, and its sessions are over.
pub async fn revoking_ends_sessions(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    let session = NewSession {
        token: token(1),
        device: device(1),
        expires: NOW.plus(1000),
    };
    tx.sessions().add(&session, NOW).await.unwrap();
    assert!(tx.devices().revoke(&device(1), NOW.plus(1)).await.unwrap());
    assert!(!tx.devices().revoke(&device(1), NOW.plus(2)).await.unwrap());
    assert!(!tx.devices().revoke(&device(2), NOW).await.unwrap());
    assert_eq!(
        tx.devices()
            .find(&device(1))
            .await
            .unwrap()
            .unwrap()
            .revoked,
        Some(NOW.plus(1))
    );
    assert!(
        !tx.sessions()
            .find(&token(1))
            .await
            .unwrap()
            .unwrap()
            .is_open(NOW.plus(1))
    );
}
