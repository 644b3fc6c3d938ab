//! Proving the password: OPAQUE, the same to see for names that exist and names that do not, and the same work, so that the time it takes
//! does not tell them apart either.

use dialtone_protocol::AccountId;
use dialtone_protocol::http::{Bytes, LoggedIn, LoginFinish, LoginStart, LoginStarted};
use dialtone_protocol::opaque::Suite;
use dialtone_protocol::username::Username;
use dialtone_store::UsernameHash;
use opaque_ke::{
    CredentialFinalization, CredentialRequest, ServerLogin, ServerLoginParameters,
    ServerRegistration, ServerSetup,
};

use super::enrolment;
use super::error::SignInError;
use crate::instances::{self, Question};
use crate::limits::Network;
use crate::random;
use crate::state::AppState;
use crate::token::Shown;

/// A login between its two requests.
pub(super) struct Attempt {
    login: ServerLogin<Suite>,
    account: Option<AccountId>,
    from: Network,
}

/// A password's file as one is stored, which no password opens: what stands in for it where nobody has the name.
pub(super) struct StandIn(Vec<u8>);

impl Default for StandIn {
    fn default() -> Self {
        let somebody = ServerSetup::<Suite>::new(&mut rand_core::OsRng);
        let mut file = somebody.keypair().public().serialize().to_vec();
        // The masking key and the envelope.
        file.extend_from_slice(&random::bytes::<{ 64 + 96 }>());
        Self(file)
    }
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
    who: (UsernameHash, Network),
    request: &LoginStart,
) -> Result<LoginStarted, SignInError> {
    start_by(state, who, request, |file| {
        ServerRegistration::deserialize(file).ok()
    })
    .await
}

/// The same by another way to read a password's file.
async fn start_by(
    state: &AppState,
    (name, from): (UsernameHash, Network),
    request: &LoginStart,
    mut read: impl FnMut(&[u8]) -> Option<ServerRegistration<Suite>>,
) -> Result<LoginStarted, SignInError> {
    let mut tx = state.store.read().await?;
    let account = tx.accounts().find_by_username(&name).await?;
    drop(tx);
    let stored = account.as_ref().map(|account| &account.password_file);
    let record = read(stored.unwrap_or(&state.auth.stand_in.0));
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
    state.auth.attempts.put(attempt.into(), waiting, from, now);
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
    let whose = Shown::from(request.attempt).whose();
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
    let attempt = state.auth.attempts.take(request.attempt.into(), now)?;
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

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use dialtone_store::{AccountState, NewAccount};
    use opaque_ke::ClientLogin;

    use super::*;
    use crate::auth::tests::server;

    fn request() -> LoginStart {
        let started = ClientLogin::<Suite>::start(&mut rand_core::OsRng, b"guess").unwrap();
        LoginStart {
            username: "anybody".into(),
            request: Bytes(started.message.serialize().to_vec()),
        }
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_the_same_work_as_one_that_somebody_has() {
        let server = server().await;
        let state = server.state();
        let anna = NewAccount {
            username: UsernameHash([1; 32]),
            account: AccountId([2; 32]),
            password_file: StandIn::default().0,
            state: AccountState::Active,
        };
        let mut tx = state.store.begin().await.unwrap();
        tx.accounts()
            .create(&anna, state.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let from = Network::from(IpAddr::from([192, 0, 2, 1]));
        let mut work = Vec::new();
        let request = request();
        for name in [anna.username, UsernameHash([3; 32])] {
            let mut read = Vec::new();
            let started = start_by(state, (name, from), &request, |file| {
                let record = ServerRegistration::deserialize(file).ok();
                read.push((file.len(), record.is_some()));
                record
            });
            let length = started.await.unwrap().response.0.len();
            work.push((read, length));
        }
        assert_eq!(work[0].0, [(192, true)]);
        assert_eq!(work[0], work[1]);
    }
}
