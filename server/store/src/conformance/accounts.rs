//! Accounts.

use super::Harness;
use super::fixture::{NOW, account, add_device, begin, device, new_account, token};
use crate::{Account, AccountState, CreatedAccount, NewAccount, NewSession, UsernameHash};

/// A username belongs to one account and an id to one username; the account is found by both, whole.
pub async fn usernames_and_ids_are_unique(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    let new = NewAccount {
        state: AccountState::Pending,
        ..new_account(1)
    };
    assert_eq!(
        tx.accounts().create(&new, NOW).await.unwrap(),
        CreatedAccount::Created
    );
    let same_name = NewAccount {
        username: new.username,
        ..new_account(2)
    };
    assert_eq!(
        tx.accounts().create(&same_name, NOW).await.unwrap(),
        CreatedAccount::UsernameTaken
    );
    let same_id = NewAccount {
        account: new.account,
        ..new_account(2)
    };
    assert_eq!(
        tx.accounts().create(&same_id, NOW).await.unwrap(),
        CreatedAccount::AccountExists
    );

    let expected = Account {
        username: new.username,
        account: new.account,
        password_file: new.password_file.clone(),
        state: AccountState::Pending,
        created: NOW,
    };
    assert_eq!(
        tx.accounts().find(&account(1)).await.unwrap().as_ref(),
        Some(&expected)
    );
    assert_eq!(
        tx.accounts().find_by_username(&new.username).await.unwrap(),
        Some(expected)
    );
    assert_eq!(tx.accounts().find(&account(2)).await.unwrap(), None);
    assert_eq!(
        tx.accounts()
            .find_by_username(&UsernameHash([2; 32]))
            .await
            .unwrap(),
        None
    );
    assert_eq!(tx.accounts().count().await.unwrap(), 1);
}

/// State and password file change for the account that is named, and for no other.
pub async fn state_and_password_change(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for n in [1, 2] {
        let new = NewAccount {
            state: AccountState::Pending,
            ..new_account(n)
        };
        tx.accounts().create(&new, NOW).await.unwrap();
    }
    assert!(
        tx.accounts()
            .set_state(&account(1), AccountState::Active)
            .await
            .unwrap()
    );
    assert!(
        tx.accounts()
            .set_password_file(&account(1), b"new")
            .await
            .unwrap()
    );
    let changed = tx.accounts().find(&account(1)).await.unwrap().unwrap();
    assert_eq!(
        (changed.state, &changed.password_file[..]),
        (AccountState::Active, &b"new"[..])
    );
    assert_eq!(
        tx.accounts()
            .find(&account(2))
            .await
            .unwrap()
            .unwrap()
            .state,
        AccountState::Pending
    );
    assert!(
        !tx.accounts()
            .set_state(&account(9), AccountState::Active)
            .await
            .unwrap()
    );
    assert!(
        !tx.accounts()
            .set_password_file(&account(9), b"new")
            .await
            .unwrap()
    );
}

/// With an account go its devices, sessions and knock, and its username is free again.
pub async fn removal_takes_what_hangs_on_it(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    add_device(&mut *tx, 2).await;
    for n in [1, 2] {
        let session = NewSession {
            token: token(n),
            device: device(n),
            expires: NOW.plus(1),
        };
        tx.sessions().add(&session, NOW).await.unwrap();
        tx.knocks().put(&account(n), b"please", NOW).await.unwrap();
    }
    assert!(tx.accounts().remove(&account(1)).await.unwrap());
    assert!(!tx.accounts().remove(&account(1)).await.unwrap());
    assert_eq!(tx.devices().find(&device(1)).await.unwrap(), None);
    assert_eq!(tx.sessions().find(&token(1)).await.unwrap(), None);
    assert_eq!(tx.knocks().find(&account(1)).await.unwrap(), None);
    assert!(tx.devices().find(&device(2)).await.unwrap().is_some());
    assert!(tx.sessions().find(&token(2)).await.unwrap().is_some());
    assert!(tx.knocks().find(&account(2)).await.unwrap().is_some());
    assert_eq!(
        tx.accounts().create(&new_account(1), NOW).await.unwrap(),
        CreatedAccount::Created
    );
}

/// Accounts come page by page in the order of their ids.
pub async fn accounts_are_paged(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for n in [3, 1, 2, 255] {
        add_device(&mut *tx, n).await;
    }
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = tx.accounts().page(after.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.account);
        found.extend(page.iter().map(|one| one.account.0[0]));
    }
    assert_eq!(found, [1, 2, 3, 255]);
}
