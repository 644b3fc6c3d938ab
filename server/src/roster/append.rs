//! Appending one entry: verified on a copy, stored together with all that belongs to it, then told to everybody.

use std::sync::Arc;

use dialtone_protocol::Hash;
use dialtone_protocol::roster::{Change, EntryError, Roster, RosterPosition, SignedEntry};
use dialtone_store::{
    InviteKind, NewInvite, RosterAppended, RosterHead, StoreError, TokenHash, Transaction,
    UnixMillis,
};

use super::state::read_on;
use super::{RosterError, bounds, mirror};
use crate::auth::{self, Newcomer};
use crate::bus::News;
use crate::channels::access;
use crate::state::AppState;
use crate::transaction::settle;

/// What is stored in the same step as an entry.
#[derive(Clone)]
pub(crate) enum Company {
    /// Nothing.
    Alone,
    /// The server's side of an invite.
    Invite {
        /// Of the link's token.
        token: TokenHash,
        /// Keys for the newcomer, sealed.
        pack: Option<Vec<u8>>,
    },
    /// A new account.
    Newcomer(Newcomer),
}

/// An entry that follows the log, verified.
struct Step {
    bytes: Vec<u8>,
    expected: RosterPosition,
    change: Change,
    next: Arc<Roster>,
    company: Company,
    now: UnixMillis,
}

/// Appends an entry.
///
/// # Errors
/// [`RosterError`]: nothing was changed, unless the database's answer got lost; then the entry shows up or it does not.
pub(crate) async fn append(
    state: &AppState,
    bytes: Vec<u8>,
    company: Company,
) -> Result<RosterPosition, RosterError> {
    let own = state.clone();
    let work = async move { append_now(&own, bytes, company).await };
    state.work.complete(work).await
}

async fn append_now(
    state: &AppState,
    bytes: Vec<u8>,
    company: Company,
) -> Result<RosterPosition, RosterError> {
    let _writer = state.roster.writer.lock().await;
    if state.roster.is_behind() || has_more(state).await? {
        catch_up(state).await?;
    }
    let step = Arc::new(verify(state, bytes, company)?);
    let settled = settle(&*state.store, |tx| {
        let step = Arc::clone(&step);
        Box::pin(async move { write(tx, &step).await })
    })
    .await;
    let error = match settled.result {
        Ok(()) => {
            publish(state, &step.next, step.expected.length, &step.change);
            tell_others(state);
            return Ok(step.next.position());
        }
        Err(error) => error,
    };
    let moved = matches!(error, RosterError::Moved(_));
    if !moved && !settled.doubt {
        return Err(error);
    }
    // The store has more than memory, or may have.
    state.roster.set_behind(true);
    if catch_up(state).await.is_err() {
        return Err(error);
    }
    if settled.doubt && is_there(state, &step) {
        tell_others(state);
        return Ok(step.next.position());
    }
    if moved {
        return Err(RosterError::Moved(state.roster.position()));
    }
    Err(error)
}

/// Whether the entry is in the log, at its place.
fn is_there(state: &AppState, step: &Step) -> bool {
    state.roster.current().is_some_and(|roster| {
        let after = roster.entries_from(step.expected.length);
        after.first() == Some(&step.bytes)
    })
}

/// Takes in what a lost answer hid, if there may be something; where the database is still gone, another time.
pub(crate) async fn catch_up_if_behind(state: &AppState) {
    if !state.roster.is_behind() {
        return;
    }
    let _writer = state.roster.writer.lock().await;
    if let Err(error) = catch_up(state).await {
        tracing::warn!(%error, "the member list cannot be read now");
    }
}

/// Whether another instance has appended what is not in memory yet.
async fn has_more(state: &AppState) -> Result<bool, StoreError> {
    if !state.bus.is_on() {
        return Ok(false);
    }
    let mut tx = state.store.read().await?;
    let head = tx.roster().head().await?;
    Ok(head.length > state.roster.position().length)
}

fn tell_others(state: &AppState) {
    let length = state.roster.position().length;
    state.bus.tell(|| News::Roster { length });
}

/// Takes in what another instance says that it has appended, if it is not here yet.
pub(crate) async fn catch_up_to(state: &AppState, length: u64) {
    if state.roster.position().length < length {
        state.roster.set_behind(true);
        catch_up_if_behind(state).await;
    }
}

/// Takes in what the other instances have appended.
pub(crate) async fn catch_up_with_store(state: &AppState) {
    match has_more(state).await {
        Ok(true) => state.roster.set_behind(true),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "the member list cannot be read now"),
    }
    catch_up_if_behind(state).await;
}

fn verify(state: &AppState, bytes: Vec<u8>, company: Company) -> Result<Step, RosterError> {
    let (_, entry) = SignedEntry::read(&bytes).map_err(EntryError::from)?;
    check_company(&entry.change, &company)?;
    let current = state.roster.current();
    let expected = state.roster.position();
    if entry.previous != expected.head {
        return Err(RosterError::Moved(expected));
    }
    let next = match current {
        None => {
            if let Change::Founded { server_key, .. } = &entry.change
                && *server_key != state.secrets.identity_key()
            {
                return Err(RosterError::WrongWay("the entry founds on another server"));
            }
            Roster::found(bytes.clone())?
        }
        Some(roster) => {
            bounds::check(&entry.change, &roster)?;
            let mut next = Roster::clone(&roster);
            next.append(bytes.clone())?;
            check_reset(state, &entry.change, &next)?;
            next
        }
    };
    Ok(Step {
        bytes,
        expected,
        change: entry.change,
        next: Arc::new(next),
        company,
        now: state.clock.now(),
    })
}

/// A private group is started again by whom it allows that, which the rules of the log cannot see.
fn check_reset(state: &AppState, change: &Change, next: &Roster) -> Result<(), RosterError> {
    let Change::GroupReset { group, new_group } = change else {
        return Ok(());
    };
    let Some((_, reset)) = next.view().replaced_by(new_group) else {
        return Ok(());
    };
    if *new_group == next.view().lobby() {
        return Ok(());
    }
    let nature = access::nature(state, next, group);
    if nature.is_some_and(|nature| nature.may_reset(&reset.by, next, reset.at)) {
        Ok(())
    } else {
        Err(EntryError::NotAllowed.into())
    }
}

/// Some entries come in only with what belongs to them.
fn check_company(change: &Change, company: &Company) -> Result<(), RosterError> {
    match (change, company) {
        (Change::Founded { .. } | Change::Joined { .. }, Company::Newcomer(_))
        | (Change::InviteIssued { .. }, Company::Invite { .. }) => Ok(()),
        (Change::Founded { .. } | Change::Joined { .. }, _) | (_, Company::Newcomer(_)) => Err(
            RosterError::WrongWay("such an entry comes in with its registration"),
        ),
        (Change::InviteIssued { .. }, _) | (_, Company::Invite { .. }) => Err(
            RosterError::WrongWay("such an entry comes in through POST /invites"),
        ),
        (_, Company::Alone) => Ok(()),
    }
}

async fn write(tx: &mut dyn Transaction, step: &Step) -> Result<(), RosterError> {
    if let Company::Newcomer(newcomer) = &step.company {
        auth::take_invite(tx, newcomer, step.now).await?;
    }
    let expected = RosterHead {
        length: step.expected.length,
        head: step.expected.head,
    };
    let hash = Hash::of(&step.bytes);
    let outcome = tx
        .roster()
        .append(expected, &step.bytes, hash, step.now)
        .await?;
    if let RosterAppended::Conflict(head) = outcome {
        return Err(RosterError::Moved(RosterPosition {
            length: head.length,
            head: head.head,
        }));
    }
    match &step.company {
        Company::Alone => {}
        Company::Newcomer(newcomer) => auth::add_account(tx, newcomer, step.now).await?,
        Company::Invite { token, pack } => {
            let invite = new_invite(&step.change, *token, pack.clone())?;
            if !tx.invites().add(&invite, step.now).await? {
                return Err(RosterError::InviteExists);
            }
        }
    }
    mirror::mirror(tx, &step.change, &step.next, step.now).await?;
    Ok(())
}

fn new_invite(
    change: &Change,
    token: TokenHash,
    pack: Option<Vec<u8>>,
) -> Result<NewInvite, StoreError> {
    let Change::InviteIssued {
        id,
        uses,
        expires_s,
        ..
    } = change
    else {
        return Err(StoreError::internal("an invite without its entry"));
    };
    let expires = i64::try_from(expires_s.saturating_mul(1000)).unwrap_or(i64::MAX);
    Ok(NewInvite {
        token,
        kind: InviteKind::Member,
        invite: Some(*id),
        uses: *uses,
        expires: Some(UnixMillis(expires)),
        pack,
        issuer: None,
    })
}

/// Takes in what the store has more than memory, and tells everybody.
async fn catch_up(state: &AppState) -> Result<(), RosterError> {
    let from = state.roster.position().length;
    if let Some(roster) = read_on(&*state.store, state.roster.current()).await? {
        let roster = Arc::new(roster);
        for (offset, bytes) in roster.entries_from(from).iter().enumerate() {
            let (_, entry) = SignedEntry::read(bytes).map_err(EntryError::from)?;
            publish(state, &roster, from + offset as u64, &entry.change);
        }
    }
    state.roster.set_behind(false);
    Ok(())
}

/// In memory, then to everybody.
fn publish(state: &AppState, roster: &Arc<Roster>, index: u64, change: &Change) {
    state.roster.replace(Arc::clone(roster));
    tracing::info!(index, kind = kind(change), "member list");
    let offset = usize::try_from(index).unwrap_or(usize::MAX);
    if let Some(bytes) = roster.entries_from(0).get(offset) {
        state.hub.publish_entry(index, bytes, roster);
    }
}

/// The kind of a change, for logs: no ids.
fn kind(change: &Change) -> &'static str {
    match change {
        Change::Founded { .. } => "founded",
        Change::InviteIssued { .. } => "invite issued",
        Change::InviteRevoked { .. } => "invite revoked",
        Change::Joined { .. } => "joined",
        Change::Admitted { .. } => "admitted",
        Change::DeviceAdded { .. } => "device added",
        Change::DeviceRevoked { .. } => "device revoked",
        Change::AccountKeyRotated { .. } => "account key rotated",
        Change::RoleChanged { .. } => "role changed",
        Change::MemberRemoved { .. } => "member removed",
        Change::ChannelCreated { .. } => "channel created",
        Change::ChannelPolicy { .. } => "channel policy",
        Change::ChannelClosed { .. } => "channel closed",
        Change::GroupReset { .. } => "group reset",
        Change::ServerKeyChanged { .. } => "server key changed",
        Change::VoiceStandingChanged { .. } => "voice standing changed",
        Change::ChannelSet { .. } => "channel set",
    }
}
