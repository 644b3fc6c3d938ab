//! What a proved password gives: for ten minutes one may fetch the account's recovery files, read the member list, ask to be approved,
//! and add a device.
//!
//! The password alone adds nothing: the entry that adds the device is signed by the account's key, which the recovery key opens, or by
//! another device of the account, which somebody has told to do so.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use dialtone_protocol::http::ENROLMENT_TOKEN_HEADER;
use dialtone_protocol::roster::{Change, EntryError, RosterPosition, SignedEntry};
use dialtone_protocol::{AccountId, Hash};

use super::Bounded;
use crate::error::ApiError;
use crate::http::token;
use crate::instances::{self, Question};
use crate::limits::Network;
use crate::roster::{Company, RosterError, append};
use crate::state::AppState;
use crate::token::Shown;

/// How long it holds, in milliseconds.
const LIFETIME_MS: i64 = 10 * 60 * 1000;

/// Accounts whose password was proved, by what was given for it.
pub(crate) struct Enrolments(Bounded<AccountId>);

impl Default for Enrolments {
    fn default() -> Self {
        Self(Bounded::lasting(LIFETIME_MS))
    }
}

/// Begins one, for who proved the password from there.
pub(super) fn begin(state: &AppState, account: AccountId, from: Network) -> Hash {
    let token = state.bus.tag.name();
    let now = state.clock.now();
    state
        .auth
        .enrolments
        .0
        .put(token.into(), account, from, now);
    token
}

/// Whose password was proved at this instance, by what was given for it.
pub(crate) fn enrolled_here(state: &AppState, token: Shown) -> Option<AccountId> {
    state.auth.enrolments.0.get(token, state.clock.now())
}

/// Somebody who has proved an account's password, and what was given for it.
pub(crate) struct Enrolled(pub(crate) AccountId, pub(crate) Shown);

impl Enrolled {
    /// By a request's headers; the password may have been proved at another instance.
    pub(crate) async fn of(state: &AppState, headers: &HeaderMap) -> Option<Self> {
        let token = token(headers, ENROLMENT_TOKEN_HEADER)?;
        if let Some(account) = enrolled_here(state, token) {
            return Some(Self(account, token));
        }
        let question = Question::Enrolled(token);
        let asked = instances::ask(state, token.whose(), &question).await;
        let account: AccountId = asked.flatten()?;
        Some(Self(account, token))
    }
}

impl FromRequestParts<AppState> for Enrolled {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let enrolled = Self::of(state, &parts.headers).await;
        enrolled.ok_or_else(ApiError::not_signed_in)
    }
}

/// Adds a device to the account whose password was proved.
pub(super) async fn add_device(
    state: &AppState,
    account: AccountId,
    entry: Vec<u8>,
) -> Result<RosterPosition, RosterError> {
    let (_, read) = SignedEntry::read(&entry).map_err(EntryError::from)?;
    let own = matches!(&read.change, Change::DeviceAdded { account: of, .. } if *of == account);
    if !own {
        return Err(RosterError::WrongWay(
            "a password adds a device to its own account, and nothing else",
        ));
    }
    append(state, entry, Company::Alone).await
}
