//! Keeping the files.

use dialtone_protocol::AccountId;
use dialtone_protocol::http::{ErrorCode, HISTORY_FILE_LIMIT, HistoryPut, RecoveryFiles};

use crate::error::ApiError;
use crate::state::AppState;
use crate::transaction::settle;

/// The account's files.
pub(super) async fn files(
    state: &AppState,
    account: &AccountId,
) -> Result<RecoveryFiles, ApiError> {
    let mut tx = state.store.read().await?;
    let found = tx.recovery().find(account).await?;
    let found = found.ok_or_else(|| {
        let words = "this account was made without a recovery key";
        ApiError::new(ErrorCode::NotFound, words)
    })?;
    Ok(RecoveryFiles {
        account: found.account_file.into(),
        history: found.history_file.map(Into::into),
        password_copy: found.password_copy.map(Into::into),
    })
}

/// Takes a newer history file.
pub(super) async fn put_history(
    state: &AppState,
    account: &AccountId,
    body: HistoryPut,
) -> Result<(), ApiError> {
    if body.file.0.len() > HISTORY_FILE_LIMIT {
        let words = "a history file has at most 4 MiB";
        return Err(ApiError::new(ErrorCode::TooLarge, words));
    }
    let (own, account) = (state.clone(), *account);
    let work = async move {
        let now = own.clock.now();
        settle(&*own.store, |tx| {
            let (counter, file) = (body.counter, body.file.0.clone());
            Box::pin(async move {
                tx.recovery()
                    .put_history(&account, counter, &file, now)
                    .await
            })
        })
        .await
        .result
    };
    if state.work.complete(work).await? {
        Ok(())
    } else {
        let words =
            "another device has sent a newer history file, or the account has no recovery key";
        Err(ApiError::new(ErrorCode::Exists, words))
    }
}

/// Takes the copy of the recovery key that the password opens away.
pub(super) async fn drop_password_copy(
    state: &AppState,
    account: &AccountId,
) -> Result<(), ApiError> {
    let (own, account) = (state.clone(), *account);
    let work = async move {
        let now = own.clock.now();
        settle(&*own.store, |tx| {
            Box::pin(async move { tx.recovery().drop_password_copy(&account, now).await })
        })
        .await
        .result
    };
    Ok(state.work.complete(work).await?)
}
