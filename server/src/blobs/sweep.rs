//! What nobody does otherwise: giving up reservations whose server died, and deleting again what could not be deleted.

use dialtone_store::{ObjectId, StoreError, UnixMillis};

use super::service::remove;
use crate::state::AppState;
use crate::transaction::transact;

/// How long a file may be on its way: a day, in milliseconds. Where the bytes come into the data folder, the next start knows better.
const ON_ITS_WAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How many are looked at in one go.
const PAGE: u32 = 100;

/// Does all that is to be done. The first thing that fails ends it, since the others would fail too, and is left for the next time.
pub(crate) async fn sweep(state: &AppState, now: UnixMillis) {
    loop {
        let left = match give_up(state, now).await {
            Ok(left) => left,
            Err(error) => {
                tracing::warn!(%error, "cleaning up files waits: the database cannot be used");
                return;
            }
        };
        if left.is_empty() {
            return;
        }
        for object in left {
            if !remove(state, object).await {
                return;
            }
        }
    }
}

/// Deletes the files of messages that have vanished.
pub(crate) async fn sweep_ended(state: &AppState, now: UnixMillis) {
    loop {
        let deleted = match delete_ended(state, now).await {
            Ok(deleted) => deleted,
            Err(error) => {
                tracing::warn!(%error, "deleting files of what has vanished waits: the database cannot be used");
                return;
            }
        };
        for object in &deleted {
            if !remove(state, *object).await {
                return;
            }
        }
        if deleted.len() < PAGE as usize {
            return;
        }
    }
}

/// Takes the names of such files away, and tells the objects that no file needs now.
async fn delete_ended(state: &AppState, now: UnixMillis) -> Result<Vec<ObjectId>, StoreError> {
    transact(&*state.store, |tx| {
        Box::pin(async move {
            let mut objects = Vec::new();
            for ended in tx.blobs().expired(now, PAGE).await? {
                if tx.blobs().delete(&ended.blob, now).await? {
                    objects.push(ended.object);
                }
            }
            Ok(objects)
        })
    })
    .await
}

/// Gives the room of old reservations back, and tells the objects that no file needs.
async fn give_up(state: &AppState, now: UnixMillis) -> Result<Vec<ObjectId>, StoreError> {
    transact(&*state.store, |tx| {
        Box::pin(async move {
            let before = now.plus(-ON_ITS_WAY_MS);
            for old in tx.blobs().pending(before, PAGE).await? {
                tx.blobs().release(&old.object, now).await?;
            }
            tx.blobs().leftovers(PAGE).await
        })
    })
    .await
}
