//! What the server remembers about files while it runs: where they are kept, what is allowed, and who is sending how many.

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_protocol::AccountId;
use dialtone_store::{Store, StoreError, UnixMillis};
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::BlobError;
use super::limits::sealed_size;
use super::shelf::Shelf;
use crate::config::Settings;
use crate::serve::StartError;
use crate::transaction::transact;

/// How many files an account may send at a time.
const AT_A_TIME: usize = 4;

/// How files are kept; cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    pub(super) shelf: Arc<Shelf>,
    /// How much an account may store.
    pub(super) quota: u64,
    /// How much everybody together may store.
    pub(super) total: u64,
    /// The longest content of a file.
    pub(super) largest_content: u64,
    /// Files that go in or out end when it is cancelled.
    pub(super) stop: CancellationToken,
    sending: Arc<Mutex<HashMap<AccountId, usize>>>,
    /// When it was last seen whether files can be written, and whether they could.
    checked: Arc<tokio::sync::Mutex<Option<(Instant, bool)>>>,
}

impl Blobs {
    /// Opens the place where files are kept, and gives the room back of what an earlier run of this server left unfinished there.
    ///
    /// # Errors
    /// When the place or the database cannot be used.
    pub async fn open(
        settings: &Settings,
        store: &dyn Store,
        now: UnixMillis,
    ) -> Result<Self, StartError> {
        let shelf = Shelf::open(settings).await?;
        let unfinished = shelf.drafts()?;
        for &object in &unfinished {
            transact::<_, StoreError, _>(store, |tx| {
                Box::pin(async move { tx.blobs().release(&object, now).await })
            })
            .await?;
            // Last: it is what shows that there is something to give back.
            shelf.remove_draft(object)?;
        }
        if !unfinished.is_empty() {
            tracing::info!(files = unfinished.len(), "removed what had not come whole");
        }
        Ok(Self {
            shelf: Arc::new(shelf),
            quota: settings.blobs.quota,
            total: settings.blobs.total,
            largest_content: settings.blobs.largest,
            stop: CancellationToken::new(),
            sending: Arc::default(),
            checked: Arc::default(),
        })
    }

    /// The longest sealed file.
    pub(super) fn largest(&self) -> u64 {
        sealed_size(self.largest_content)
    }

    /// Whether files can be written, as it was seen just now or a moment ago.
    pub(crate) async fn takes_files(&self) -> bool {
        let mut last = self.checked.lock().await;
        if let Some((at, well)) = *last
            && at.elapsed() < self.shelf.fresh()
        {
            return well;
        }
        let checked = self.shelf.check().await;
        if let Err(error) = &checked {
            tracing::error!(%error, "files cannot be written");
        }
        *last = Some((Instant::now(), checked.is_ok()));
        checked.is_ok()
    }

    /// Whether the server stops.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ends what is on its way.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// One of the account's places for sending, held until it is dropped.
    pub(super) fn sending(&self, account: AccountId) -> Result<Sending, BlobError> {
        let mut sending = self.sending.lock();
        let count = sending.entry(account).or_default();
        if *count >= AT_A_TIME {
            return Err(BlobError::TooMany(AT_A_TIME));
        }
        *count += 1;
        Ok(Sending {
            all: Arc::clone(&self.sending),
            account,
        })
    }
}

/// A file that an account is sending.
pub(super) struct Sending {
    all: Arc<Mutex<HashMap<AccountId, usize>>>,
    account: AccountId,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(count) = all.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.account);
            }
        }
    }
}
