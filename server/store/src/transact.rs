//! Running one unit of work until it does not meet another.

use futures_util::future::BoxFuture;

use crate::{Store, StoreError, Transaction};

/// How often a transaction that met another is run again.
const ATTEMPTS: u32 = 8;

/// Runs `work` in a transaction and commits it; after [`StoreError::Conflict`] runs it again, at most 8 times in all.
/// `work` may borrow from its caller (that is `'w`) and must change nothing outside the transaction. An answer that should undo the work belongs into the error
/// path or into a transaction of the caller's own.
///
/// ```text
/// let outcome = transact(&*store, |tx| Box::pin(async move { tx.invites().consume(&token, now).await })).await?;
/// ```
///
/// # Errors
/// What `work` or the commit answered last.
pub async fn transact<'w, T, W>(store: &dyn Store, work: W) -> Result<T, StoreError>
where
    T: Send,
    W: for<'t> Fn(&'t mut (dyn Transaction + 'w)) -> BoxFuture<'t, Result<T, StoreError>>
        + Send
        + Sync,
{
    let mut attempt = 1;
    loop {
        match once(store, &work).await {
            Err(conflict) if conflict.is_conflict() && attempt < ATTEMPTS => {
                tracing::debug!(attempt, %conflict, "running a transaction again");
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn once<'w, T, W>(store: &dyn Store, work: &W) -> Result<T, StoreError>
where
    T: Send,
    W: for<'t> Fn(&'t mut (dyn Transaction + 'w)) -> BoxFuture<'t, Result<T, StoreError>>
        + Send
        + Sync,
{
    let mut tx = store.begin().await?;
    let value = work(&mut *tx).await?;
    tx.commit().await?;
    Ok(value)
}
