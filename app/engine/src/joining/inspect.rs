//! Looking at a link before anything is done with it.

use std::sync::Arc;

use dialtone_crypto::invite::{self, InviteError};
use dialtone_protocol::http::{InviteFound, InviteLookup};
use dialtone_protocol::link::{Entrance, Link, LinkError};
use dialtone_protocol::roster::{EntryError, Roster};
use dialtone_protocol::strict::StrictError;
use dialtone_protocol::{CommunityId, Hash};
use dialtone_words::say;
use parking_lot::Mutex;

use super::register::Unfinished;
use crate::clock;
use crate::net::{self, Api, NetError};
use crate::snapshot::InvitationKind;

/// A link cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum InspectError {
    /// Not a link.
    #[error("{}.", crate::said::link(_0))]
    Link(#[from] LinkError),
    /// The server cannot be reached, is another one, or does not know the invite.
    #[error("{0}")]
    Net(#[from] NetError),
    /// The member list is not the one that the link names.
    #[error("{}", crate::said::invite(_0))]
    Invite(#[from] InviteError),
    /// The member list is broken.
    #[error(
        "{}", say!("error-list-broken", cause = _0.to_string())
    )]
    Roster(EntryError),
    /// A founding link, but somebody founded already.
    #[error("{}", say!("error-founded-already"))]
    Founded,
    /// A knock link of another community.
    #[error(
        "{}", say!("error-other-community")
    )]
    OtherCommunity,
}

/// A link that can be used.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    /// The link.
    pub link: Link,
    /// The server, met and pinned.
    pub api: Api,
    /// The verified member list; none before a founding.
    pub roster: Option<Roster>,
    /// The sealed pack of the invite.
    pub pack: Option<Vec<u8>>,
    /// The last step of a registration that was not answered: sent again, as it was, before anything new is made.
    pub unfinished: Arc<Mutex<Option<Unfinished>>>,
}

impl Inspected {
    /// What it opens.
    pub(crate) fn kind(&self) -> InvitationKind {
        kind(&self.link)
    }
}

/// What a link opens.
pub(crate) fn kind(link: &Link) -> InvitationKind {
    match link.data.entrance {
        Entrance::Founding => InvitationKind::Founding,
        Entrance::Member { .. } => InvitationKind::Member,
        Entrance::Knock { .. } => InvitationKind::Knock,
    }
}

/// The community that a link leads into; none before a founding.
pub(crate) fn community(link: &Link) -> Option<CommunityId> {
    match link.data.entrance {
        Entrance::Founding => None,
        Entrance::Member { community, .. } | Entrance::Knock { community } => Some(community),
    }
}

/// Checks a link against the server that it names.
///
/// # Errors
/// [`InspectError`]: why it cannot, or should not, be used.
pub(crate) fn inspect(link: Link) -> Result<Inspected, InspectError> {
    let nonce = dialtone_protocol::Hash(clock::random());
    let api = net::meet(
        &link.server,
        &link.data.server_key,
        nonce,
        clock::now_ms() / 1000,
    )?;
    let lookup = InviteLookup {
        token: link.data.token,
    };
    let found: InviteFound = api.post("/invites/lookup", &lookup)?;
    let roster = match (&link.data.entrance, found.community) {
        (Entrance::Founding, None) => None,
        (Entrance::Founding, Some(_)) => return Err(InspectError::Founded),
        _ => Some(fetch_roster(&api, &link)?),
    };
    match (&link.data.entrance, &roster) {
        (Entrance::Member { .. }, Some(roster)) => invite::check(&link, roster)?,
        (Entrance::Knock { community }, Some(roster)) if roster.community() != *community => {
            return Err(InspectError::OtherCommunity);
        }
        _ => {}
    }
    let pack = found.pack.map(|pack| pack.0);
    Ok(Inspected {
        link,
        api,
        roster,
        pack,
        unfinished: Arc::default(),
    })
}

/// The whole member list, by the link's token. Each entry is verified as it comes, so that a server cannot go on for ever with what
/// is none.
pub(super) fn fetch_roster(api: &Api, link: &Link) -> Result<Roster, InspectError> {
    fetch_roster_by(api, Some(&link.data.token))
}

/// The same by a link's token, or by what `api` carries.
pub(super) fn fetch_roster_by(api: &Api, invite: Option<&Hash>) -> Result<Roster, InspectError> {
    let length =
        |roster: &Option<Roster>| roster.as_ref().map_or(0, |roster| roster.position().length);
    let mut roster = None;
    loop {
        let known = length(&roster);
        let page = api.roster(known, invite)?;
        for entry in page.entries {
            take_in(&mut roster, entry.0).map_err(InspectError::Roster)?;
        }
        if length(&roster) == known || length(&roster) >= page.position.length {
            break;
        }
    }
    let empty = StrictError::Malformed(say!("engine-empty-list").into());
    roster.ok_or(InspectError::Roster(EntryError::Format(empty)))
}

fn take_in(roster: &mut Option<Roster>, entry: Vec<u8>) -> Result<(), EntryError> {
    match roster {
        Some(roster) => roster.append(entry).map(|_| ()),
        none => {
            *none = Some(Roster::found(entry)?);
            Ok(())
        }
    }
}
