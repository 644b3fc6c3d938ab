//! Storing, finding and deleting files.

use bytes::Bytes;
use dialtone_protocol::http::BlobRoom;
use dialtone_protocol::roster::Role;
use dialtone_protocol::{AccountId, BlobId, Hash};
use dialtone_store::{Blob, NewBlob, ObjectId, ReservedBlob, Room, StoreError, UnixMillis};
use futures_util::Stream;
use sha2::{Digest as _, Sha256};

use super::error::BlobError;
use super::incoming::Incoming;
use super::limits::LEAST;
use super::shelf::Reading;
use crate::auth::Session;
use crate::random;
use crate::state::AppState;
use crate::transaction::settle;

/// What the account may still store.
pub(super) async fn room(state: &AppState, account: &AccountId) -> Result<BlobRoom, BlobError> {
    let mut tx = state.store.read().await?;
    Ok(BlobRoom {
        used: tx.blobs().used(account).await?,
        quota: state.blobs.quota,
        largest: state.blobs.largest(),
    })
}

/// Takes a file of `size` bytes. It is done to its end, or undone, whoever is still there.
pub(super) async fn store<S, E>(
    state: &AppState,
    session: &Session,
    (blob, size, expires): (BlobId, u64, Option<UnixMillis>),
    stream: S,
) -> Result<(), BlobError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Send + 'static,
{
    if size < LEAST {
        return Err(BlobError::TooShort);
    }
    if size > state.blobs.largest() {
        return Err(BlobError::TooLarge(state.blobs.largest_content));
    }
    let sending = state.blobs.sending(session.account)?;
    let incoming = Incoming::new(stream, size, state.blobs.stop.clone());
    let own = state.clone();
    let new = NewBlob {
        blob,
        account: session.account,
        size,
        object: ObjectId(random::bytes()),
        expires,
    };
    let work = async move {
        let stored = take(&own, new, incoming).await;
        drop(sending);
        stored
    };
    state.work.complete(work).await
}

async fn take<S, E>(state: &AppState, new: NewBlob, incoming: Incoming<S>) -> Result<(), BlobError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Send,
{
    let room = Room {
        account: state.blobs.quota,
        total: state.blobs.total,
    };
    let now = state.clock.now();
    let reserved = settle::<_, StoreError, _>(&*state.store, |tx| {
        Box::pin(async move { tx.blobs().reserve(&new, room, now).await })
    })
    .await;
    match reserved.result {
        Ok(ReservedBlob::Reserved) => {}
        Ok(ReservedBlob::Stored) => return Ok(()),
        Ok(ReservedBlob::Taken) => return Err(BlobError::Taken),
        Ok(ReservedBlob::Full { used }) => {
            let (quota, size) = (room.account, new.size);
            return Err(BlobError::Full { used, quota, size });
        }
        Ok(ReservedBlob::ServerFull { used }) => {
            let (total, size) = (room.total, new.size);
            return Err(BlobError::ServerFull { used, total, size });
        }
        Ok(ReservedBlob::NoAccount) => return Err(BlobError::NoAccount),
        Err(error) => {
            if reserved.doubt {
                give_back(state, new.object).await;
            }
            return Err(error.into());
        }
    }
    let kept = match receive(state, &new, incoming).await {
        Ok(hash) => keep(state, new.object, hash).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(true) => Ok(()),
        Ok(false) => {
            remove(state, new.object).await;
            Err(BlobError::Overtaken)
        }
        Err(error) => {
            give_back(state, new.object).await;
            Err(error)
        }
    }
}

/// Brings the bytes to the shelf, chunk by chunk; gives their hash, by which a check finds out later whether they are still the same.
async fn receive<S, E>(
    state: &AppState,
    new: &NewBlob,
    mut incoming: Incoming<S>,
) -> Result<Hash, BlobError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Send,
{
    let mut hash = Sha256::new();
    state.blobs.shelf.check_space(new.size).await?;
    let mut draft = state.blobs.shelf.begin(new.object, new.size).await?;
    loop {
        let written = match incoming.next().await {
            Ok(Some(bytes)) => {
                state.metrics.blobs_in.inc_by(bytes.len() as u64);
                hash.update(&bytes);
                draft.write(bytes).await.map_err(BlobError::from)
            }
            Ok(None) => {
                draft.finish().await?;
                return Ok(Hash(hash.finalize().into()));
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = written {
            draft.abandon().await;
            return Err(error);
        }
    }
}

async fn keep(state: &AppState, object: ObjectId, hash: Hash) -> Result<bool, BlobError> {
    let now = state.clock.now();
    let kept = settle(&*state.store, |tx| {
        Box::pin(async move { tx.blobs().keep(&object, &hash, now).await })
    });
    Ok(kept.await.result?)
}

/// Gives the room of a file back that did not come. Where the database cannot be used, [`sweep`](super::sweep) does it in time.
///
/// Nothing is deleted unless the database says that no file has it: the answer to a commit that stored it may have got lost.
async fn give_back(state: &AppState, object: ObjectId) {
    let now = state.clock.now();
    let released = settle::<_, StoreError, _>(&*state.store, |tx| {
        Box::pin(async move { tx.blobs().release(&object, now).await })
    });
    match released.await.result {
        Ok(true) => {
            remove(state, object).await;
        }
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "the room of an unfinished file is given back later"),
    }
}

/// Deletes an object that is among the leftovers; `false` when that has to be tried again.
pub(super) async fn remove(state: &AppState, object: ObjectId) -> bool {
    if let Err(error) = state.blobs.shelf.delete(object).await {
        tracing::warn!(%error, "a deleted file takes up space until it can be removed");
        return false;
    }
    let forgotten = settle::<_, StoreError, _>(&*state.store, |tx| {
        Box::pin(async move { tx.blobs().forget(&object).await })
    });
    match forgotten.await.result {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "a file is deleted once more later");
            false
        }
    }
}

/// A stored file.
pub(super) async fn find(state: &AppState, blob: &BlobId) -> Result<Blob, BlobError> {
    let mut tx = state.store.read().await?;
    let found = tx.blobs().find(blob).await?;
    found
        .filter(|found| found.stored)
        .ok_or(BlobError::NotFound)
}

/// Its bytes from `from` on.
pub(super) async fn read(state: &AppState, blob: &Blob, from: u64) -> Result<Reading, BlobError> {
    let shelf = &state.blobs.shelf;
    Ok(shelf.read(blob.object, blob.size, from).await?)
}

/// Deletes a file of one's own, or as an admin any. One that is not there is deleted already.
pub(super) async fn delete(
    state: &AppState,
    session: &Session,
    blob: BlobId,
) -> Result<(), BlobError> {
    let (own, session) = (state.clone(), *session);
    let work = async move {
        let now = own.clock.now();
        let deleted = settle::<_, BlobError, _>(&*own.store, |tx| {
            Box::pin(async move {
                let Some(found) = tx.blobs().find(&blob).await? else {
                    return Ok(None);
                };
                if found.account != session.account && session.role < Some(Role::Admin) {
                    return Err(BlobError::NotTheirs);
                }
                let deleted = tx.blobs().delete(&blob, now).await?;
                Ok(deleted.then_some(found.object))
            })
        });
        if let Some(object) = deleted.await.result? {
            // The file is gone with its row; a bucket that does not answer is no reason to wait.
            let removing = own.clone();
            own.work.begin(async move {
                remove(&removing, object).await;
            });
        }
        Ok(())
    };
    state.work.complete(work).await
}
