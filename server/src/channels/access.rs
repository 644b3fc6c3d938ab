//! Who may see which channel and which group, and whose keys seal what: the one place that decides. The roster is the authority, and for
//! private groups what their own context says.
//!
//! Open channels and the directory belong to the lobby, which every member's device may be in. Channels with a group of
//! their own are for that group's accounts.

use std::collections::BTreeSet;
use std::sync::Arc;

use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, ChannelId, DeviceId, GroupId};

use crate::state::AppState;

/// Who gets what is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Every member.
    Members,
    /// Members who belong to one of these: a private group, and for a commit also what it was before.
    Private(Vec<Arc<PrivateGroup>>),
}

impl Readers {
    /// Whether a member's account is among them.
    pub(crate) fn has(&self, account: &AccountId) -> bool {
        match self {
            Self::Members => true,
            Self::Private(groups) => groups.iter().any(|group| group.accounts.contains(account)),
        }
    }

    /// Those, and these.
    pub(crate) fn and(self, others: Self) -> Self {
        match (self, others) {
            (Self::Private(mut groups), Self::Private(more)) => {
                groups.extend(more);
                Self::Private(groups)
            }
            _ => Self::Members,
        }
    }

    /// The accounts of private groups, in order; none where every member is meant.
    pub(crate) fn accounts(&self) -> Vec<AccountId> {
        match self {
            Self::Members => Vec::new(),
            Self::Private(groups) => {
                let all = groups.iter().flat_map(|group| &group.accounts);
                let all: BTreeSet<_> = all.copied().collect();
                all.into_iter().collect()
            }
        }
    }
}

/// Whether an active device of an active member.
pub(crate) fn is_member(state: &AppState, device: &DeviceId) -> bool {
    state
        .roster
        .current()
        .is_some_and(|roster| roster.view().rank_of(device).is_some())
}

/// Whether the device may read the channel, closed or not.
pub(crate) fn may_see(state: &AppState, device: &DeviceId, channel: &ChannelId) -> bool {
    let roster = state.roster.current();
    roster.is_some_and(|roster| visible(state, &roster, device, channel).is_some())
}

/// Whether the device may be in the group, or follow it.
pub(crate) fn may_see_group(state: &AppState, device: &DeviceId, group: &GroupId) -> bool {
    let Some(roster) = state.roster.current() else {
        return false;
    };
    member(&roster, device).is_some_and(|account| belongs(state, &roster, &account, group))
}

/// The group whose current epoch seals what is sent to the channel now; `None` when the device may not send there.
pub(crate) fn sending_group(
    state: &AppState,
    roster: &Roster,
    device: &DeviceId,
    channel: &ChannelId,
) -> Option<GroupId> {
    visible(state, roster, device, channel)
        .filter(|known| known.open)
        .map(|known| known.group)
}

/// Every open channel that the device sees, the directory among them.
pub(crate) fn open_channels(
    state: &AppState,
    roster: &Roster,
    device: &DeviceId,
) -> Vec<ChannelId> {
    let directory = [roster.community().directory()];
    let known = directory.iter().chain(roster.view().channels().keys());
    let open = |channel: &&ChannelId| {
        visible(state, roster, device, channel).is_some_and(|known| known.open)
    };
    known.filter(open).copied().collect()
}

/// What a private group is; of one that was started again and that nobody made yet, what it is to replace. None of the lobby.
pub(crate) fn nature(
    state: &AppState,
    roster: &Roster,
    group: &GroupId,
) -> Option<Arc<PrivateGroup>> {
    let mut ids = std::iter::once(*group).chain(roster.view().earlier_groups(group));
    ids.find_map(|id| state.groups.private(&id))
}

/// Who reads what is sealed in a group.
pub(crate) fn readers(state: &AppState, group: &GroupId) -> Readers {
    let roster = state.roster.current();
    match roster.and_then(|roster| nature(state, &roster, group)) {
        Some(private) => Readers::Private(vec![private]),
        None => Readers::Members,
    }
}

/// Who reads a channel.
pub(crate) fn channel_readers(state: &AppState, channel: &ChannelId) -> Readers {
    let roster = state.roster.current();
    let known = roster.and_then(|roster| find(&roster, channel));
    known.map_or(Readers::Members, |known| readers(state, &known.group))
}

struct Known {
    group: GroupId,
    open: bool,
}

/// The account of a member's active device.
fn member(roster: &Roster, device: &DeviceId) -> Option<AccountId> {
    let view = roster.view();
    view.rank_of(device)?;
    view.device(device).map(|device| device.account)
}

/// The lobby is everybody's; a private group those whom it names. One that nobody made yet is nobody's, unless it replaces another.
fn belongs(state: &AppState, roster: &Roster, account: &AccountId, group: &GroupId) -> bool {
    let private = || nature(state, roster, group);
    *group == roster.view().lobby()
        || private().is_some_and(|private| private.accounts.contains(account))
}

/// A channel that the device may see.
fn visible(
    state: &AppState,
    roster: &Roster,
    device: &DeviceId,
    channel: &ChannelId,
) -> Option<Known> {
    let account = member(roster, device)?;
    find(roster, channel).filter(|known| belongs(state, roster, &account, &known.group))
}

fn find(roster: &Roster, channel: &ChannelId) -> Option<Known> {
    let view = roster.view();
    if *channel == roster.community().directory() {
        return Some(Known {
            group: view.lobby(),
            open: true,
        });
    }
    let known = view.channels().get(channel)?;
    Some(Known {
        group: view.current_group(known.group),
        open: !known.closed,
    })
}
