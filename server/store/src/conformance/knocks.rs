//! Knocks.

use super::Harness;
use super::fixture::{NOW, account, add_account, begin};

/// One request an account, the longest waiting first; gone when removed.
pub async fn knocks_are_put_listed_and_removed(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for n in [1, 2, 3] {
        add_account(&mut *tx, n).await;
        tx.knocks()
            .put(&account(n), &[n], NOW.plus(-i64::from(n)))
            .await
            .unwrap();
    }
    tx.knocks().put(&account(3), b"again", NOW).await.unwrap();
    assert_eq!(tx.knocks().count().await.unwrap(), 3);
    let listed: Vec<_> = tx
        .knocks()
        .list(2)
        .await
        .unwrap()
        .iter()
        .map(|knock| knock.account)
        .collect();
    assert_eq!(listed, [account(2), account(1)]);
    let again = tx.knocks().find(&account(3)).await.unwrap().unwrap();
    assert_eq!((&again.bytes[..], again.created), (&b"again"[..], NOW));
    assert!(tx.knocks().remove(&account(3)).await.unwrap());
    assert!(!tx.knocks().remove(&account(3)).await.unwrap());
    assert_eq!(tx.knocks().find(&account(3)).await.unwrap(), None);
    assert!(
        tx.knocks().put(&account(9), b"nobody", NOW).await.is_err(),
        "a knock of nobody"
    );
}
