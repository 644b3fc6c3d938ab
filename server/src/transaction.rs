//! One unit of work that a refusal undoes: like [`dialtone_store::transact`], but `Err` of a domain rolls back.

use std::time::Duration;

use dialtone_store::{Store, StoreError, Transaction};
use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep};

/// How often work that met other work is run again.
const ATTEMPTS: u32 = 8;
/// How long it is tried to find out what became of a commit whose answer got lost.
const SETTLE_TIME: Duration = Duration::from_secs(10);
/// The pause between two tries.
const SETTLE_PAUSE: Duration = Duration::from_millis(200);

/// An error of a domain that may come from the database.
pub(crate) trait FromStore: From<StoreError> + Send {
    /// The database's error, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl FromStore for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Runs `work` and commits it; on `Err` nothing of it stays. When it met another transaction it is run again.
pub(crate) async fn transact<T, E, W>(store: &dyn Store, work: W) -> Result<T, E>
where
    T: Send,
    E: FromStore,
    W: for<'t> Fn(&'t mut dyn Transaction) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
{
    let mut attempt = 1;
    loop {
        let result = once(store, &work).await;
        let conflict = result
            .as_ref()
            .err()
            .and_then(E::store_error)
            .is_some_and(StoreError::is_conflict);
        if !conflict || attempt == ATTEMPTS {
            return result;
        }
        attempt += 1;
    }
}

/// What became of work whose commit may have got no answer.
pub(crate) struct Settled<T, E> {
    /// Of the last run.
    pub(crate) result: Result<T, E>,
    /// A run before got no answer to its commit: what it was to write may be there, and then the last run has met it.
    pub(crate) doubt: bool,
}

/// Like [`transact`]; where a commit's answer gets lost the work is run again, for some seconds, until there is an answer. It
/// meets what it wrote itself then. A transaction that the database is still at is waited for by its locks.
pub(crate) async fn settle<T, E, W>(store: &dyn Store, work: W) -> Settled<T, E>
where
    T: Send,
    E: FromStore,
    W: for<'t> Fn(&'t mut dyn Transaction) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
{
    let mut began = None;
    loop {
        let result = transact(store, &work).await;
        let error = result.as_ref().err().and_then(E::store_error);
        let uncertain = error.is_some_and(StoreError::is_uncertain);
        let gone = error.is_some_and(StoreError::is_unavailable);
        if uncertain && began.is_none() {
            tracing::warn!("the database went away in the middle of a commit");
            began = Some(Instant::now());
        }
        let again = began.is_some_and(|began| gone && began.elapsed() < SETTLE_TIME);
        if !again {
            return Settled {
                result,
                doubt: began.is_some(),
            };
        }
        sleep(SETTLE_PAUSE).await;
    }
}

async fn once<T, E, W>(store: &dyn Store, work: &W) -> Result<T, E>
where
    T: Send,
    E: FromStore,
    W: for<'t> Fn(&'t mut dyn Transaction) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
{
    let mut tx = store.begin().await?;
    let value = work(&mut *tx).await?;
    tx.commit().await?;
    Ok(value)
}
