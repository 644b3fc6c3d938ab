//! One unit of work that a refusal undoes: like [`dialtone_store::transact`], but `Err` of a domain rolls back.

use dialtone_store::{Store, StoreError, Transaction};
use futures_util::future::BoxFuture;

/// How often work that met other work is run again.
const ATTEMPTS: u32 = 8;

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
