//! Another password for an account: OPAQUE's registration anew, by whoever has just proved the one before.

use dialtone_protocol::AccountId;
use dialtone_protocol::http::{
    Bytes, PASSWORD_COPY_BYTES, PasswordFinish, PasswordStart, RegisterStarted,
};
use dialtone_protocol::opaque::Suite;
use opaque_ke::{RegistrationRequest, RegistrationUpload, ServerRegistration};

use super::error::SignInError;
use crate::state::AppState;
use crate::transaction::settle;

/// First half.
pub(super) async fn start(
    state: &AppState,
    account: &AccountId,
    request: &PasswordStart,
) -> Result<RegisterStarted, SignInError> {
    let mut tx = state.store.read().await?;
    let found = tx.accounts().find(account).await?;
    drop(tx);
    // It was removed since it proved its password.
    let username = found.ok_or(SignInError::Wrong)?.username;
    let request = RegistrationRequest::<Suite>::deserialize(&request.request.0)
        .map_err(|_| SignInError::Malformed("the OPAQUE request"))?;
    let started = ServerRegistration::start(state.secrets.opaque(), request, &username.0)
        .map_err(|_| SignInError::Malformed("the OPAQUE request"))?;
    Ok(RegisterStarted {
        response: Bytes(started.message.serialize().to_vec()),
    })
}

/// Second half: the password, and the copy of the recovery key that it opens, in one step. A copy that the password before opened is
/// of no use any more. The same again changes nothing.
pub(super) async fn finish(
    state: &AppState,
    account: AccountId,
    request: PasswordFinish,
) -> Result<(), SignInError> {
    let upload = RegistrationUpload::<Suite>::deserialize(&request.upload.0)
        .map_err(|_| SignInError::Malformed("the OPAQUE upload"))?;
    let file = ServerRegistration::finish(upload).serialize().to_vec();
    let copy = request.password_copy.map(|Bytes(copy)| copy);
    let is_copy = |copy: &Vec<u8>| copy.len() == PASSWORD_COPY_BYTES;
    if !copy.as_ref().is_none_or(is_copy) {
        return Err(SignInError::Malformed("the copy of the recovery key"));
    }
    let own = state.clone();
    let work = async move {
        let now = own.clock.now();
        settle(&*own.store, |tx| {
            let (file, copy) = (file.clone(), copy.clone());
            Box::pin(async move {
                if !tx.accounts().set_password_file(&account, &file).await? {
                    return Ok(false);
                }
                if let Some(files) = tx.recovery().find(&account).await? {
                    tx.recovery()
                        .put_account(&account, &files.account_file, copy.as_deref(), now)
                        .await?;
                }
                Ok(true)
            })
        })
        .await
        .result
    };
    let changed: Result<bool, dialtone_store::StoreError> = state.work.complete(work).await;
    if changed? {
        Ok(())
    } else {
        Err(SignInError::Wrong)
    }
}
