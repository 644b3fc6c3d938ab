//! Key packages.

use super::Harness;
use super::fixture::{NOW, account, add_device, begin, device};

/// A device has one package, the latest, and it goes with the device.
pub async fn packages_are_replaced(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for n in [1, 2] {
        add_device(&mut *tx, n).await;
    }
    assert_eq!(tx.packages().find(&device(1)).await.unwrap(), None);
    for package in [&b"first"[..], b"second"] {
        tx.packages().put(&device(1), package, NOW).await.unwrap();
        let found = tx.packages().find(&device(1)).await.unwrap();
        assert_eq!(found.as_deref(), Some(package));
    }
    assert_eq!(tx.packages().find(&device(2)).await.unwrap(), None);
    tx.accounts().remove(&account(1)).await.unwrap();
    assert_eq!(tx.packages().find(&device(1)).await.unwrap(), None);
    let unknown = tx.packages().put(&device(9), b"nobody's", NOW).await;
    assert!(unknown.is_err());
}
