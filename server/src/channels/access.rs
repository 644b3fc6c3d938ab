//! Who may see which channel, and whose keys seal it: the one place that decides. The roster is the authority.
//!
//! Open channels and the directory belong to the lobby, which every member's device may be in. Channels with a group of
//! their own are for that group's members; until private groups are served here, nobody sees them.

use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, DeviceId, GroupId};

use crate::state::AppState;

/// Whether an active device of an active member.
pub(crate) fn is_member(state: &AppState, device: &DeviceId) -> bool {
    state
        .roster
        .current()
        .is_some_and(|roster| roster.view().rank_of(device).is_some())
}

/// Whether the device may read the channel, closed or not.
pub(crate) fn may_see(state: &AppState, device: &DeviceId, channel: &ChannelId) -> bool {
    state.roster.current().is_some_and(|roster| {
        roster.view().rank_of(device).is_some() && lobby_channel(&roster, channel).is_some()
    })
}

/// The group whose current epoch seals what is sent to the channel now; `None` when the device may not send there.
pub(crate) fn sending_group(
    roster: &Roster,
    device: &DeviceId,
    channel: &ChannelId,
) -> Option<GroupId> {
    roster.view().rank_of(device)?;
    lobby_channel(roster, channel)
        .filter(|known| known.open)
        .map(|known| known.group)
}

/// Every open channel that a member's devices see, the directory among them.
pub(crate) fn open_channels(roster: &Roster) -> Vec<ChannelId> {
    let mut channels = vec![roster.community().directory()];
    let known = roster.view().channels().keys();
    let open =
        |channel: &&ChannelId| lobby_channel(roster, channel).is_some_and(|known| known.open);
    channels.extend(known.filter(open).copied());
    channels
}

struct Known {
    group: GroupId,
    open: bool,
}

/// A channel of the lobby.
fn lobby_channel(roster: &Roster, channel: &ChannelId) -> Option<Known> {
    let view = roster.view();
    let lobby = view.lobby();
    if *channel == roster.community().directory() {
        return Some(Known {
            group: lobby,
            open: true,
        });
    }
    let known = view.channels().get(channel)?;
    let group = view.current_group(known.group);
    (group == lobby).then_some(Known {
        group,
        open: !known.closed,
    })
}
