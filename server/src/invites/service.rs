//! Invites by their tokens, which are stored as hashes.

use dialtone_protocol::http::{InviteFound, KnockInfo, KnockList};
use dialtone_store::{Invite, InviteKind, StoreError};

use super::InviteError;
use crate::clock::wire_s;
use crate::limits::Network;
use crate::state::AppState;
use crate::token::Shown;

/// The most knocks that are listed.
const MOST_KNOCKS: u32 = 200;

/// The invite of a token, if it can be used now.
pub(crate) async fn find_by_token(state: &AppState, token: Shown) -> Result<Invite, InviteError> {
    let invite = find(state, token).await?;
    check_usable(state, &invite)?;
    Ok(invite)
}

/// The invite of a token, usable or not.
pub(crate) async fn find(state: &AppState, token: Shown) -> Result<Invite, InviteError> {
    let mut tx = state.store.read().await?;
    let invite = tx.invites().find(&token.hash()).await?;
    invite.ok_or(InviteError::Unknown)
}

/// Whether an invite can be used now.
pub(crate) fn check_usable(state: &AppState, invite: &Invite) -> Result<(), InviteError> {
    if invite.revoked.is_some() {
        return Err(InviteError::Unknown);
    }
    if invite
        .expires
        .is_some_and(|expires| expires <= state.clock.now())
    {
        return Err(InviteError::Expired);
    }
    let roster = state.roster.current();
    if invite.uses_left == 0 || (invite.kind == InviteKind::Founding && roster.is_some()) {
        return Err(InviteError::Used);
    }
    if let (Some(id), Some(roster)) = (&invite.invite, roster) {
        let known = roster.view().invites().get(id);
        if known.is_none_or(|known| known.void) {
            return Err(InviteError::Unknown);
        }
    }
    Ok(())
}

/// The same for an address that may try so often.
pub(crate) async fn find_usable(
    state: &AppState,
    address: Network,
    token: Shown,
) -> Result<Invite, InviteError> {
    if !state.auth.throttles.admit(address) {
        return Err(InviteError::TooMany);
    }
    find_by_token(state, token).await
}

/// What the holder of a link learns before coming in.
pub(super) fn found(state: &AppState, invite: Invite) -> InviteFound {
    InviteFound {
        community: state.roster.current().map(|roster| roster.community()),
        position: state.roster.position(),
        pack: invite.pack.map(Into::into),
        expires_s: invite.expires.map_or(u64::MAX >> 11, wire_s),
    }
}

/// Who waits to be let in.
pub(super) async fn knocks(state: &AppState) -> Result<KnockList, StoreError> {
    let mut tx = state.store.read().await?;
    let knocks = tx.knocks().list(MOST_KNOCKS).await?;
    Ok(KnockList {
        knocks: knocks
            .into_iter()
            .map(|knock| KnockInfo {
                account: knock.account,
                knock: knock.bytes.into(),
            })
            .collect(),
    })
}
