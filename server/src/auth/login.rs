//! Proving the password: OPAQUE, the same to see for names that exist and names that do not.

use dialtone_protocol::AccountId;
use dialtone_protocol::http::{Bytes, LoggedIn, LoginFinish, LoginStart, LoginStarted};
use dialtone_protocol::opaque::Suite;
use dialtone_protocol::username::Username;
use dialtone_store::UsernameHash;
use opaque_ke::{
    CredentialFinalization, CredentialRequest, ServerLogin, ServerLoginParameters,
    ServerRegistration,
};

use super::enrolment;
use super::error::SignInError;
use crate::bus::Tag;
use crate::instances::{self, Question};
use crate::limits::Network;
use crate::state::AppState;

/// A login between its two requests.
pub(super) struct Attempt {
    login: ServerLogin<Suite>,
    account: Option<AccountId>,
    from: Network,
}

/// The stored name of what was typed. A name that cannot exist is answered like one that does not.
pub(super) fn name(state: &AppState, typed: &str) -> UsernameHash {
    Username::parse(typed).map_or_else(
        |_| UsernameHash(dialtone_protocol::Hash::of(typed.as_bytes()).0),
        |name| state.secrets.username(&name),
    )
}

/// First half.
pub(super) async fn start(
    state: &AppState,
    (name, from): (UsernameHash, Network),
    request: &LoginStart,
) -> Result<LoginStarted, SignInError> {
    let mut tx = state.store.read().await?;
    let account = tx.accounts().find_by_username(&name).await?;
    drop(tx);
    let record = account
        .as_ref()
        .and_then(|account| ServerRegistration::deserialize(&account.password_file).ok());
    let request = CredentialRequest::deserialize(&request.request.0)
        .map_err(|_| SignInError::Malformed("the OPAQUE request"))?;
    let started = ServerLogin::start(
        &mut rand_core::OsRng,
        state.secrets.opaque(),
        record,
        request,
        &name.0,
        ServerLoginParameters::default(),
    )
    .map_err(|_| SignInError::Malformed("the OPAQUE request"))?;
    let attempt = state.bus.tag.name();
    let waiting = Attempt {
        login: started.state,
        account: account.map(|account| account.account),
        from,
    };
    let now = state.clock.now();
    state.auth.attempts.put(attempt, waiting, from, now);
    Ok(LoginStarted {
        attempt,
        response: Bytes(started.message.serialize().to_vec()),
    })
}

/// Second half; the first may have been at another instance.
pub(super) async fn finish(
    state: &AppState,
    request: LoginFinish,
) -> Result<LoggedIn, SignInError> {
    CredentialFinalization::<Suite>::deserialize(&request.finalization.0)
        .map_err(|_| SignInError::Malformed("the OPAQUE finalization"))?;
    let whose = Tag::of(&request.attempt);
    let mut proved = finish_here(state, &request);
    if proved.is_none() {
        let question = Question::FinishLogin(request);
        proved = instances::ask(state, whose, &question).await.flatten();
    }
    proved.ok_or(SignInError::Wrong)
}

/// The same where the first half was at this instance.
pub(crate) fn finish_here(state: &AppState, request: &LoginFinish) -> Option<LoggedIn> {
    let now = state.clock.now();
    let attempt = state.auth.attempts.take(&request.attempt, now)?;
    let finalization = CredentialFinalization::deserialize(&request.finalization.0).ok()?;
    let finished = attempt
        .login
        .finish(finalization, ServerLoginParameters::default());
    finished.ok()?;
    let account = attempt.account?;
    Some(LoggedIn {
        account,
        enrolment: enrolment::begin(state, account, attempt.from),
    })
}
