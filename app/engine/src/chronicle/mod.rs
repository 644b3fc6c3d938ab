//! The member list for people: what each entry says, and which invites there are. Pure.
//!
//! ```text
//! travelled bytes -> facts (who, about whom, what) -> a sentence
//! ```

mod invites;
mod words;

use dialtone_protocol::roster::{Change, Entry, Roster, RosterView, SignedEntry, Signer};
use dialtone_protocol::{AccountId, ChannelId};

use crate::chat::directory::Directory;
use crate::snapshot::{Chronicle, ChronicleEntry, ChronicleFilter};

pub(crate) use invites::invites;

/// The most that is shown.
const MOST: usize = 2_000;

/// Where names come from.
pub(crate) struct Names<'a> {
    /// People's, and why somebody was removed.
    pub directory: &'a Directory,
    /// The member list as it is now.
    pub view: &'a RosterView,
    /// A channel's, also one of a private channel that one may read.
    pub channel: &'a dyn Fn(&ChannelId) -> Option<String>,
}

/// The latest entries that `filter` lets through.
pub(crate) fn chronicle(roster: &Roster, names: &Names<'_>, filter: &ChronicleFilter) -> Chronicle {
    let most = filter.most.clamp(1, MOST);
    let wanted = filter.text.trim().to_lowercase();
    let mut entries = Vec::new();
    let mut more = false;
    for (number, bytes) in (1..)
        .zip(roster.entries_from(0))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
    {
        let Ok((signed, entry)) = SignedEntry::read(bytes) else {
            continue;
        };
        let told = tell(number, &signed, &entry, names);
        let is_wanted = filter.kind.is_none_or(|kind| kind == told.kind)
            && filter
                .account
                .is_none_or(|one| told.by == Some(one) || told.about == Some(one))
            && has_words(&told, &wanted);
        if !is_wanted {
            continue;
        }
        if entries.len() == most {
            more = true;
            break;
        }
        entries.push(told);
    }
    Chronicle {
        filter: filter.clone(),
        entries,
        length: roster.position().length,
        more,
    }
}

fn has_words(entry: &ChronicleEntry, wanted: &str) -> bool {
    let reason = entry.reason.as_deref().unwrap_or_default();
    let text = format!("{} {} {reason}", entry.number, entry.sentence).to_lowercase();
    wanted.split_whitespace().all(|word| text.contains(word))
}

/// One entry in words.
pub(crate) fn tell(
    number: u64,
    signed: &SignedEntry,
    entry: &Entry,
    names: &Names<'_>,
) -> ChronicleEntry {
    let by = actor(signed, &entry.change, names.view);
    let about = subject(&entry.change, names.view).filter(|about| Some(*about) != by);
    let reason = match &entry.change {
        Change::MemberRemoved { account, .. } => {
            let by = by.filter(|by| by != account);
            by.and_then(|by| names.directory.reason(account, &by, number))
        }
        _ => None,
    };
    ChronicleEntry {
        number,
        kind: words::kind(&entry.change),
        by,
        about,
        sentence: words::sentence(&entry.change, signed, by, names),
        reason: reason.map(ToOwned::to_owned),
    }
}

/// Who made an entry: of one that a key signs which is nobody's yet, whoever came by it.
fn actor(signed: &SignedEntry, change: &Change, view: &RosterView) -> Option<AccountId> {
    match change {
        Change::Founded { account_key, .. } | Change::Joined { account_key, .. } => {
            return Some(AccountId::of(account_key));
        }
        _ => {}
    }
    signed.signatures.iter().find_map(|one| match &one.signer {
        Signer::Device(device) => Some(view.device(device)?.account),
        Signer::Account(account) => Some(*account),
        Signer::Invite(_) => None,
    })
}

/// Whom an entry is about.
fn subject(change: &Change, view: &RosterView) -> Option<AccountId> {
    match change {
        Change::Founded { account_key, .. } | Change::Joined { account_key, .. } => {
            Some(AccountId::of(account_key))
        }
        Change::InviteIssued { issuer, .. } => Some(*issuer),
        Change::InviteRevoked { id } => Some(view.invites().get(id)?.issuer),
        Change::Admitted { knock } => words::knocker(knock),
        Change::DeviceRevoked { device } => Some(view.device(device)?.account),
        Change::DeviceAdded { account, .. }
        | Change::AccountKeyRotated { account, .. }
        | Change::RoleChanged { account, .. }
        | Change::MemberRemoved { account, .. }
        | Change::VoiceStandingChanged { account, .. } => Some(*account),
        Change::ChannelCreated { .. }
        | Change::ChannelPolicy { .. }
        | Change::ChannelSet { .. }
        | Change::ChannelClosed { .. }
        | Change::GroupReset { .. }
        | Change::ServerKeyChanged { .. } => None,
    }
}

#[cfg(test)]
mod tests;
