//! Sealed files.

use std::sync::Arc;

use dialtone_protocol::{AccountId, BlobId, Hash};

use super::Harness;
use super::fixture::{NOW, account, add_account, begin};
use crate::{Blob, NewBlob, ObjectId, ReservedBlob, Room, Store, Transaction, transact};

const QUOTA: u64 = 100;
const ROOM: Room = Room {
    account: QUOTA,
    total: u64::MAX,
};

/// Of the bytes of all files.
const HASH: Hash = Hash([8; 32]);

fn blob(n: u8) -> BlobId {
    BlobId([n; 16])
}

fn object(n: u8) -> ObjectId {
    ObjectId([n; 16])
}

/// File `n` in object `n`, of account 1.
fn new(n: u8, size: u64) -> NewBlob {
    NewBlob {
        blob: blob(n),
        account: account(1),
        size,
        object: object(n),
        expires: None,
    }
}

fn of(who: AccountId, new: NewBlob) -> NewBlob {
    NewBlob {
        account: who,
        ..new
    }
}

/// A transaction in which accounts 1 to `count` were made.
async fn with_accounts(store: &Arc<dyn Store>, count: u8) -> Box<dyn Transaction> {
    let mut tx = begin(store).await;
    for n in 1..=count {
        add_account(&mut *tx, n).await;
    }
    tx
}

/// Reserves all that is `wanted` at once: how many were; the others were told `refusal`.
async fn reserved_at_once(
    store: &Arc<dyn Store>,
    wanted: impl Iterator<Item = NewBlob>,
    refusal: ReservedBlob,
) -> u32 {
    reserved_in(store, wanted, ROOM, refusal).await
}

/// The same in another room.
async fn reserved_in(
    store: &Arc<dyn Store>,
    wanted: impl Iterator<Item = NewBlob>,
    room: Room,
    refusal: ReservedBlob,
) -> u32 {
    let tasks: Vec<_> = wanted
        .map(|wanted| {
            let store = store.clone();
            tokio::spawn(async move {
                transact(&*store, |tx| {
                    Box::pin(async move { tx.blobs().reserve(&wanted, room, NOW).await })
                })
                .await
            })
        })
        .collect();
    let mut reserved = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            ReservedBlob::Reserved => reserved += 1,
            other => assert_eq!(other, refusal),
        }
    }
    reserved
}

/// A file is reserved, stored, found and deleted; its object waits among the leftovers until it is forgotten.
pub async fn files_are_kept_found_and_deleted(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    assert_eq!(tx.blobs().find(&blob(1)).await.unwrap(), None);
    let reserved = tx.blobs().reserve(&new(1, 40), ROOM, NOW).await.unwrap();
    assert_eq!(reserved, ReservedBlob::Reserved);
    let found = |stored, changed| Blob {
        blob: blob(1),
        account: account(1),
        size: 40,
        object: object(1),
        stored,
        changed,
        expires: None,
        hash: stored.then_some(HASH),
    };
    let now = tx.blobs().find(&blob(1)).await.unwrap();
    assert_eq!(now, Some(found(false, NOW)));
    // Asked again after a lost answer.
    let again = tx.blobs().reserve(&new(1, 40), ROOM, NOW).await.unwrap();
    assert_eq!(again, ReservedBlob::Reserved);
    for later in [5, 6] {
        assert!(
            tx.blobs()
                .keep(&object(1), &HASH, NOW.plus(later))
                .await
                .unwrap()
        );
    }
    let now = tx.blobs().find(&blob(1)).await.unwrap();
    assert_eq!(now, Some(found(true, NOW.plus(6))));
    assert_eq!(tx.blobs().used(&account(1)).await.unwrap(), 40);
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), []);
    assert!(tx.blobs().delete(&blob(1), NOW).await.unwrap());
    assert!(!tx.blobs().delete(&blob(1), NOW).await.unwrap());
    assert_eq!(tx.blobs().find(&blob(1)).await.unwrap(), None);
    assert_eq!(tx.blobs().used(&account(1)).await.unwrap(), 0);
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), [object(1)]);
    assert!(tx.blobs().forget(&object(1)).await.unwrap());
    assert!(!tx.blobs().forget(&object(1)).await.unwrap());
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), []);
}

/// What is on its way counts; a file that fits exactly is taken; each account has a quota of its own.
pub async fn files_stay_within_the_quota(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 2).await;
    tx.blobs().reserve(&new(1, 60), ROOM, NOW).await.unwrap();
    let beyond = tx.blobs().reserve(&new(2, 41), ROOM, NOW).await.unwrap();
    assert_eq!(beyond, ReservedBlob::Full { used: 60 });
    let exact = tx.blobs().reserve(&new(2, 40), ROOM, NOW).await.unwrap();
    assert_eq!(exact, ReservedBlob::Reserved);
    let endless = new(3, u64::MAX);
    let endless = tx.blobs().reserve(&endless, ROOM, NOW).await.unwrap();
    assert_eq!(endless, ReservedBlob::Full { used: 100 });
    let other = of(account(2), new(4, 100));
    let other = tx.blobs().reserve(&other, ROOM, NOW).await.unwrap();
    assert_eq!(other, ReservedBlob::Reserved);
    // Room comes back with what is given up.
    assert!(tx.blobs().release(&object(1), NOW).await.unwrap());
    assert!(!tx.blobs().release(&object(1), NOW).await.unwrap());
    assert_eq!(tx.blobs().used(&account(1)).await.unwrap(), 40);
    let fits = tx.blobs().reserve(&new(5, 60), ROOM, NOW).await.unwrap();
    assert_eq!(fits, ReservedBlob::Reserved);
    let nobody = of(account(9), new(6, 1));
    let nobody = tx.blobs().reserve(&nobody, ROOM, NOW).await.unwrap();
    assert_eq!(nobody, ReservedBlob::NoAccount);
}

/// Of 12 uploads at once of which 5 fit, 5 get room.
pub async fn parallel_reservations_stay_within_the_quota(harness: &mut dyn Harness) {
    let store = harness.store();
    let tx = with_accounts(&store, 1).await;
    tx.commit().await.unwrap();
    let wanted = (0..12).map(|n| new(n, 20));
    let reserved = reserved_at_once(&store, wanted, ReservedBlob::Full { used: QUOTA }).await;
    assert_eq!(reserved, 5);
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.blobs().used(&account(1)).await.unwrap(), QUOTA);
}

/// The same id is nobody else's, nor of another file; who stored it is told so again, whether there is room or not.
pub async fn an_id_belongs_to_who_came_first(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 2).await;
    tx.blobs().reserve(&new(1, 100), ROOM, NOW).await.unwrap();
    let again = |object_number, size| NewBlob {
        object: object(object_number),
        ..new(1, size)
    };
    for stored in [false, true] {
        let theirs = of(account(2), again(2, 100));
        let theirs = tx.blobs().reserve(&theirs, ROOM, NOW).await.unwrap();
        assert_eq!(theirs, ReservedBlob::Taken, "{stored}");
        assert!(tx.blobs().keep(&object(1), &HASH, NOW).await.unwrap());
    }
    let same = tx.blobs().reserve(&again(3, 100), ROOM, NOW).await.unwrap();
    assert_eq!(same, ReservedBlob::Stored);
    let longer = tx.blobs().reserve(&again(4, 99), ROOM, NOW).await.unwrap();
    assert_eq!(longer, ReservedBlob::Taken);
    let now = tx.blobs().find(&blob(1)).await.unwrap().unwrap();
    assert_eq!((now.account, now.object), (account(1), object(1)));
}

/// Who sends a file anew whose first upload is not at its end takes its place: the room counts once, and the first one keeps nothing.
pub async fn a_file_that_is_sent_anew_replaces_what_never_came(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    tx.blobs().reserve(&new(1, 60), ROOM, NOW).await.unwrap();
    let anew = NewBlob {
        object: object(2),
        ..new(1, 70)
    };
    let taken = tx.blobs().reserve(&anew, ROOM, NOW).await.unwrap();
    assert_eq!(taken, ReservedBlob::Reserved);
    assert_eq!(tx.blobs().used(&account(1)).await.unwrap(), 70);
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), [object(1)]);
    assert!(tx.blobs().forget(&object(1)).await.unwrap());
    // The first one comes to its end after all.
    assert!(!tx.blobs().keep(&object(1), &HASH, NOW).await.unwrap());
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), [object(1)]);
    assert!(!tx.blobs().release(&object(1), NOW).await.unwrap());
    assert!(tx.blobs().keep(&object(2), &HASH, NOW).await.unwrap());
    let now = tx.blobs().find(&blob(1)).await.unwrap().unwrap();
    assert_eq!((now.size, now.object, now.stored), (70, object(2), true));
    // One too long for what is left changes nothing.
    tx.blobs().reserve(&new(3, 10), ROOM, NOW).await.unwrap();
    let longer = NewBlob {
        object: object(4),
        ..new(3, 31)
    };
    let longer = tx.blobs().reserve(&longer, ROOM, NOW).await.unwrap();
    assert_eq!(longer, ReservedBlob::Full { used: 70 });
    assert!(tx.blobs().keep(&object(3), &HASH, NOW).await.unwrap());
}

/// Of eight accounts that name the same id at once, one gets it.
pub async fn an_id_that_two_want_at_once_goes_to_one(harness: &mut dyn Harness) {
    let store = harness.store();
    let tx = with_accounts(&store, 8).await;
    tx.commit().await.unwrap();
    let wanted = (1..=8).map(|n| NewBlob {
        blob: blob(1),
        ..of(account(n), new(n, 20))
    });
    let reserved = reserved_at_once(&store, wanted, ReservedBlob::Taken).await;
    assert_eq!(reserved, 1);
}

/// What was stored in the meantime is not given up as if it had never come.
pub async fn what_is_stored_is_not_released(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    tx.blobs().reserve(&new(1, 60), ROOM, NOW).await.unwrap();
    assert!(tx.blobs().keep(&object(1), &HASH, NOW).await.unwrap());
    assert!(!tx.blobs().release(&object(1), NOW).await.unwrap());
    assert!(tx.blobs().find(&blob(1)).await.unwrap().is_some());
    assert_eq!(tx.blobs().leftovers(10).await.unwrap(), []);
}

/// Reservations that nobody used are found by their age, oldest first; stored files are not among them.
pub async fn old_reservations_are_listed(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    for (n, later) in [(1, 3), (2, 1), (3, 2), (4, 9)] {
        let at = NOW.plus(later);
        tx.blobs().reserve(&new(n, 10), ROOM, at).await.unwrap();
    }
    assert!(
        tx.blobs()
            .keep(&object(3), &HASH, NOW.plus(2))
            .await
            .unwrap()
    );
    for (limit, expected) in [(1, &[blob(2)][..]), (10, &[blob(2), blob(1)])] {
        let found = tx.blobs().pending(NOW.plus(9), limit).await.unwrap();
        let ids: Vec<_> = found.iter().map(|found| found.blob).collect();
        assert_eq!(ids, expected);
    }
}

/// Files stay when their account is removed, as its messages do.
pub async fn files_outlast_their_account(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    tx.blobs().reserve(&new(1, 60), ROOM, NOW).await.unwrap();
    assert!(tx.blobs().keep(&object(1), &HASH, NOW).await.unwrap());
    tx.accounts().remove(&account(1)).await.unwrap();
    let left = tx.blobs().find(&blob(1)).await.unwrap();
    assert!(left.is_some_and(|left| left.stored));
    assert!(tx.blobs().delete(&blob(1), NOW).await.unwrap());
}

/// All files of everybody stay within what the server keeps, also when twelve accounts come at once.
pub async fn files_stay_within_what_the_server_keeps(harness: &mut dyn Harness) {
    let store = harness.store();
    let tx = with_accounts(&store, 12).await;
    tx.commit().await.unwrap();
    let room = Room {
        account: QUOTA,
        total: 120,
    };
    let wanted = (1..=12).map(|n| of(account(n), new(n, 25)));
    let full = ReservedBlob::ServerFull { used: 100 };
    assert_eq!(reserved_in(&store, wanted, room, full).await, 4);
    let mut tx = begin(&store).await;
    assert_eq!(tx.blobs().total().await.unwrap(), 100);
    // What takes the place of the same file counts once.
    let mine = tx.blobs().pending(NOW.plus(1), 1).await.unwrap()[0];
    let anew = NewBlob {
        blob: mine.blob,
        object: object(90),
        ..of(mine.account, new(90, 45))
    };
    let taken = tx.blobs().reserve(&anew, room, NOW).await.unwrap();
    assert_eq!(taken, ReservedBlob::Reserved);
    assert_eq!(tx.blobs().total().await.unwrap(), 120);
}

/// A stored file whose time is over is found, the oldest first; one without an end, or on its way, is not.
pub async fn files_that_end_are_found(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = with_accounts(&store, 1).await;
    for (n, ends) in [
        (1, Some(9)),
        (2, Some(5)),
        (3, None),
        (4, Some(5)),
        (5, Some(4)),
    ] {
        let new = NewBlob {
            expires: ends.map(|later| NOW.plus(later)),
            ..new(n, 10)
        };
        tx.blobs().reserve(&new, ROOM, NOW).await.unwrap();
        if n != 4 {
            assert!(tx.blobs().keep(&object(n), &HASH, NOW).await.unwrap());
        }
    }
    for (later, limit, expected) in [
        (3, 10, &[][..]),
        (8, 10, &[blob(5), blob(2)]),
        (8, 1, &[blob(5)]),
        (9, 10, &[blob(5), blob(2), blob(1)]),
    ] {
        let found = tx.blobs().expired(NOW.plus(later), limit).await.unwrap();
        let ids: Vec<_> = found.iter().map(|found| found.blob).collect();
        assert_eq!(ids, expected, "{later}");
    }
    let by_object = tx.blobs().by_object(&object(2)).await.unwrap().unwrap();
    assert_eq!(by_object.blob, blob(2));
    assert_eq!(by_object.expires, Some(NOW.plus(5)));
    assert_eq!(tx.blobs().by_object(&object(9)).await.unwrap(), None);
}
