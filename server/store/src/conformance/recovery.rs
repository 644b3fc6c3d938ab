//! Recovery files.

use super::Harness;
use super::fixture::{NOW, account, add_account, begin};
use crate::Recovery;

/// A history file follows an account file, and never goes back; both go with their account.
pub async fn recovery_files_are_kept_and_never_go_back(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_account(&mut *tx, 1).await;
    let one = account(1);
    assert_eq!(tx.recovery().find(&one).await.unwrap(), None);
    let early = tx.recovery().put_history(&one, 1, b"early", NOW).await;
    assert!(!early.unwrap(), "there is no account file yet");
    tx.recovery()
        .put_account(&one, b"account", None, NOW)
        .await
        .unwrap();
    let found = |history: Option<&[u8]>, counter| {
        Some(Recovery {
            account_file: b"account".to_vec(),
            history_file: history.map(<[u8]>::to_vec),
            counter,
            password_copy: None,
        })
    };
    assert_eq!(tx.recovery().find(&one).await.unwrap(), found(None, 0));
    for (counter, file, taken) in [
        (2, &b"two"[..], true),
        (2, b"other", false),
        (1, b"older", false),
        (9, b"nine", true),
    ] {
        let put = tx.recovery().put_history(&one, counter, file, NOW).await;
        assert_eq!(put.unwrap(), taken, "{counter}");
    }
    let now = tx.recovery().find(&one).await.unwrap();
    assert_eq!(now, found(Some(b"nine"), 9));
    tx.accounts().remove(&one).await.unwrap();
    assert_eq!(tx.recovery().find(&one).await.unwrap(), None);
    assert!(
        tx.recovery()
            .put_account(&account(9), b"nobody's", None, NOW)
            .await
            .is_err()
    );
}

/// What the password opens is there only if it was wanted, and goes alone.
pub async fn a_copy_for_the_password_is_kept_and_dropped(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for number in [1, 2] {
        add_account(&mut *tx, number).await;
    }
    let (one, two) = (account(1), account(2));
    tx.recovery()
        .put_account(&one, b"account", Some(b"copy"), NOW)
        .await
        .unwrap();
    tx.recovery()
        .put_account(&two, b"other", Some(b"other copy"), NOW)
        .await
        .unwrap();
    let mut found = tx.recovery().find(&one).await.unwrap().unwrap();
    assert_eq!(found.password_copy.as_deref(), Some(&b"copy"[..]));
    for _ in 0..2 {
        tx.recovery().drop_password_copy(&one, NOW).await.unwrap();
        found = tx.recovery().find(&one).await.unwrap().unwrap();
        assert_eq!(found.password_copy, None);
        assert_eq!(found.account_file, b"account");
    }
    let kept = tx.recovery().find(&two).await.unwrap().unwrap();
    assert!(kept.password_copy.is_some(), "another account's stays");
    tx.recovery()
        .put_account(&two, b"other", None, NOW)
        .await
        .unwrap();
    let replaced = tx.recovery().find(&two).await.unwrap().unwrap();
    assert_eq!(replaced.password_copy, None);
}
