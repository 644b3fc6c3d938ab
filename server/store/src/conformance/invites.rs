//! Invites.

use dialtone_protocol::InviteId;

use super::Harness;
use super::fixture::{NOW, begin, device, new_invite, token};
use crate::{ConsumedInvite, Invite, InviteKind, NewInvite, transact};

/// Everything about an invite comes back; its token and its id in the roster are unique.
pub async fn invites_are_kept_whole(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    let new = NewInvite {
        invite: Some(InviteId([7; 16])),
        expires: Some(NOW.plus(5)),
        pack: Some(vec![1, 2, 3]),
        issuer: Some(device(4)),
        ..new_invite(1, 3)
    };
    assert!(tx.invites().add(&new, NOW).await.unwrap());
    assert!(
        !tx.invites()
            .add(
                &NewInvite {
                    invite: None,
                    ..new.clone()
                },
                NOW
            )
            .await
            .unwrap(),
        "the same token"
    );
    assert!(
        !tx.invites()
            .add(
                &NewInvite {
                    token: token(2),
                    ..new.clone()
                },
                NOW
            )
            .await
            .unwrap(),
        "the same id"
    );
    let expected = Invite {
        token: token(1),
        kind: InviteKind::Member,
        invite: new.invite,
        uses: 3,
        uses_left: 3,
        expires: new.expires,
        pack: new.pack.clone(),
        issuer: new.issuer,
        created: NOW,
        revoked: None,
    };
    assert_eq!(
        tx.invites().find(&token(1)).await.unwrap().as_ref(),
        Some(&expected)
    );
    assert_eq!(
        tx.invites().find_by_id(&InviteId([7; 16])).await.unwrap(),
        Some(expected)
    );
    assert_eq!(tx.invites().find(&token(2)).await.unwrap(), None);
    for (n, kind) in [(3, InviteKind::Founding), (4, InviteKind::Knock)] {
        assert!(
            tx.invites()
                .add(
                    &NewInvite {
                        kind,
                        ..new_invite(n, 1)
                    },
                    NOW
                )
                .await
                .unwrap()
        );
        assert_eq!(
            tx.invites().find(&token(n)).await.unwrap().unwrap().kind,
            kind
        );
    }
}

/// Each use is taken once; what is released can be taken again, and never more than there were.
pub async fn uses_run_out_and_come_back(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.invites().add(&new_invite(1, 2), NOW).await.unwrap();
    for left in [1, 0] {
        let ConsumedInvite::Taken(invite) = tx.invites().consume(&token(1), NOW).await.unwrap()
        else {
            panic!("it has uses left");
        };
        assert_eq!((invite.uses, invite.uses_left), (2, left));
    }
    assert_eq!(
        tx.invites().consume(&token(1), NOW).await.unwrap(),
        ConsumedInvite::UsedUp
    );
    assert!(tx.invites().release(&token(1)).await.unwrap());
    assert!(matches!(
        tx.invites().consume(&token(1), NOW).await.unwrap(),
        ConsumedInvite::Taken(_)
    ));
    assert!(tx.invites().release(&token(1)).await.unwrap());
    assert!(tx.invites().release(&token(1)).await.unwrap());
    assert!(
        !tx.invites().release(&token(1)).await.unwrap(),
        "more than there were"
    );
    assert!(!tx.invites().release(&token(9)).await.unwrap());
}

/// An invite that has ended, was revoked or never was is refused with the reason, and keeps its uses.
pub async fn ended_and_revoked_invites_are_refused(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.invites()
        .add(
            &NewInvite {
                expires: Some(NOW.plus(5)),
                ..new_invite(1, 2)
            },
            NOW,
        )
        .await
        .unwrap();
    assert!(matches!(
        tx.invites().consume(&token(1), NOW.plus(4)).await.unwrap(),
        ConsumedInvite::Taken(_)
    ));
    assert_eq!(
        tx.invites().consume(&token(1), NOW.plus(5)).await.unwrap(),
        ConsumedInvite::Expired
    );
    assert!(tx.invites().revoke(&token(1), NOW).await.unwrap());
    assert!(!tx.invites().revoke(&token(1), NOW).await.unwrap());
    assert_eq!(
        tx.invites().consume(&token(1), NOW).await.unwrap(),
        ConsumedInvite::Revoked
    );
    assert_eq!(
        tx.invites().consume(&token(9), NOW).await.unwrap(),
        ConsumedInvite::Unknown
    );
    assert_eq!(
        tx.invites()
            .find(&token(1))
            .await
            .unwrap()
            .unwrap()
            .uses_left,
        1
    );
}

/// Of 16 who try a 5-use invite at once, 5 get it.
pub async fn parallel_consumers_take_each_use_once(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    tx.invites().add(&new_invite(1, 5), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                transact(&*store, |tx| {
                    Box::pin(async move { tx.invites().consume(&token(1), NOW).await })
                })
                .await
            })
        })
        .collect();
    let mut left = Vec::new();
    for task in tasks {
        match task.await.unwrap().unwrap() {
            ConsumedInvite::Taken(invite) => left.push(invite.uses_left),
            other => assert_eq!(other, ConsumedInvite::UsedUp),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
}

/// Invites are listed newest first; those that ended before a moment are deleted, the endless stay.
pub async fn invites_are_listed_and_deleted(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    for (n, expires) in [(1, Some(10)), (2, None), (3, Some(20))] {
        let new = NewInvite {
            expires: expires.map(|at| NOW.plus(at)),
            ..new_invite(n, 1)
        };
        tx.invites()
            .add(&new, NOW.plus(i64::from(n)))
            .await
            .unwrap();
    }
    let tokens = |invites: Vec<Invite>| {
        invites
            .iter()
            .map(|invite| invite.token)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        tokens(tx.invites().list(2).await.unwrap()),
        [token(3), token(2)]
    );
    assert_eq!(tx.invites().delete_expired(NOW.plus(20)).await.unwrap(), 1);
    assert_eq!(
        tokens(tx.invites().list(10).await.unwrap()),
        [token(3), token(2)]
    );
}
