//! Sessions.

use super::Harness;
use super::fixture::{NOW, add_device, begin, device, token};
use crate::{NewSession, Session};

/// A session is open until it ends or is revoked; ended ones are deleted.
pub async fn sessions_open_and_end(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    let new = NewSession {
        token: token(1),
        device: device(1),
        expires: NOW.plus(10),
    };
    assert!(tx.sessions().add(&new, NOW).await.unwrap());
    assert!(!tx.sessions().add(&new, NOW).await.unwrap());
    let found = tx.sessions().find(&token(1)).await.unwrap().unwrap();
    let expected = Session {
        token: token(1),
        device: device(1),
        created: NOW,
        expires: NOW.plus(10),
        revoked: None,
    };
    assert_eq!(found, expected);
    assert!(found.is_open(NOW.plus(9)));
    assert!(!found.is_open(NOW.plus(10)));
    assert!(tx.sessions().extend(&token(1), NOW.plus(20)).await.unwrap());
    assert!(
        tx.sessions()
            .find(&token(1))
            .await
            .unwrap()
            .unwrap()
            .is_open(NOW.plus(19))
    );
    let early = tx.sessions().delete_ended(NOW.plus(19), NOW.plus(19)).await;
    assert_eq!(early.unwrap(), 0);
    let over = tx.sessions().delete_ended(NOW.plus(20), NOW).await;
    assert_eq!(over.unwrap(), 1);
    assert_eq!(tx.sessions().find(&token(1)).await.unwrap(), None);
    assert!(!tx.sessions().extend(&token(1), NOW.plus(30)).await.unwrap());
}

/// Sessions are revoked one by one, or all of a device; other devices' stay open.
pub async fn revoking_a_device_ends_its_sessions_only(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    add_device(&mut *tx, 2).await;
    for (n, of) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
        let new = NewSession {
            token: token(n),
            device: device(of),
            expires: NOW.plus(100),
        };
        tx.sessions().add(&new, NOW).await.unwrap();
    }
    assert_eq!(tx.sessions().list(&device(1)).await.unwrap().len(), 3);
    assert!(tx.sessions().revoke(&token(1), NOW.plus(1)).await.unwrap());
    assert!(!tx.sessions().revoke(&token(1), NOW.plus(2)).await.unwrap());
    assert!(
        !tx.sessions()
            .extend(&token(1), NOW.plus(500))
            .await
            .unwrap(),
        "revoked is for ever"
    );
    assert_eq!(
        tx.sessions()
            .revoke_device(&device(1), NOW.plus(3))
            .await
            .unwrap(),
        2
    );
    let sessions = tx.sessions().list(&device(1)).await.unwrap();
    assert!(sessions.iter().all(|session| !session.is_open(NOW.plus(4))));
    assert!(
        tx.sessions()
            .find(&token(4))
            .await
            .unwrap()
            .unwrap()
            .is_open(NOW.plus(4))
    );
    // Known for a while, and then deleted: the first was revoked at 1, the others at 3.
    let deleted = tx.sessions().delete_ended(NOW.plus(4), NOW.plus(1)).await;
    assert_eq!(deleted.unwrap(), 1);
    let deleted = tx.sessions().delete_ended(NOW.plus(4), NOW.plus(3)).await;
    assert_eq!(deleted.unwrap(), 2);
    assert!(tx.sessions().find(&token(4)).await.unwrap().is_some());
}

/// Those that are open come page by page; those that were ended lately by when that was.
pub async fn open_and_revoked_sessions_are_listed(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    add_device(&mut *tx, 1).await;
    for n in 1..=5 {
        let new = NewSession {
            token: token(n),
            device: device(1),
            expires: NOW.plus(i64::from(n) * 10),
        };
        assert!(tx.sessions().add(&new, NOW).await.unwrap());
    }
    for (n, later) in [(2, 3), (4, 7)] {
        let at = NOW.plus(later);
        assert!(tx.sessions().revoke(&token(n), at).await.unwrap());
    }
    let open = NOW.plus(10);
    for (after, limit, expected) in [
        (None, 10, &[token(3), token(5)][..]),
        (None, 1, &[token(3)]),
        (Some(token(3)), 10, &[token(5)]),
    ] {
        let page = tx.sessions().page(after.as_ref(), open, limit).await;
        let tokens: Vec<_> = page.unwrap().iter().map(|one| one.token).collect();
        assert_eq!(tokens, expected);
    }
    for (later, limit, expected) in [
        (3, 10, &[token(4), token(2)][..]),
        (3, 1, &[token(4)]),
        (4, 10, &[token(4)]),
        (8, 10, &[]),
    ] {
        let ended = tx.sessions().revoked_since(NOW.plus(later), limit).await;
        let tokens: Vec<_> = ended.unwrap().iter().map(|one| one.token).collect();
        assert_eq!(tokens, expected, "{later}");
    }
}
