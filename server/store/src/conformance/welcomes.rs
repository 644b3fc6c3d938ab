//! Welcomes.

use super::Harness;
use super::fixture::{NOW, add_device, begin, device, group, new_group};
use crate::{NewWelcome, StoredWelcome, Transaction};

fn welcome(epoch: u64, devices: &[u8]) -> NewWelcome {
    NewWelcome {
        group: group(1),
        epoch,
        welcome: vec![1, epoch as u8],
        tree: vec![2, epoch as u8],
        devices: devices.iter().map(|n| device(*n)).collect(),
    }
}

/// The epoch of the welcome that waits for a device.
async fn waiting(tx: &mut dyn Transaction, n: u8) -> Option<u64> {
    let found = tx.welcomes().find(&group(1), &device(n)).await.unwrap();
    let epoch = found.as_ref()?.epoch;
    let expected = StoredWelcome {
        epoch,
        welcome: vec![1, epoch as u8],
        tree: vec![2, epoch as u8],
    };
    assert_eq!(found, Some(expected));
    Some(epoch)
}

/// Each waits for its devices, a later one in place of an earlier one, and none for nobody.
pub async fn welcomes_wait_for_their_devices(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for n in [1, 2, 3] {
        add_device(&mut *tx, n).await;
    }
    assert!(tx.groups().create(&new_group(1), NOW).await.unwrap());
    tx.welcomes().put(&welcome(1, &[1, 2])).await.unwrap();
    assert_eq!(waiting(&mut *tx, 1).await, Some(1));
    assert_eq!(waiting(&mut *tx, 3).await, None);
    tx.welcomes().put(&welcome(4, &[2])).await.unwrap();
    assert_eq!(waiting(&mut *tx, 1).await, Some(1));
    assert_eq!(waiting(&mut *tx, 2).await, Some(4));
    tx.welcomes().take(&group(1), &device(1)).await.unwrap();
    assert_eq!(waiting(&mut *tx, 1).await, None);
    assert_eq!(waiting(&mut *tx, 2).await, Some(4));
    // The first one is gone, for it waited for nobody any more.
    tx.welcomes().put(&welcome(1, &[3])).await.unwrap();
    assert_eq!(waiting(&mut *tx, 3).await, Some(1));
    tx.welcomes().take(&group(2), &device(2)).await.unwrap();
    assert_eq!(waiting(&mut *tx, 2).await, Some(4));
    drop(tx);
    let mut tx = begin(&store).await;
    let unknown = tx.welcomes().put(&welcome(1, &[])).await;
    assert!(unknown.is_err(), "there is no such group");
}
