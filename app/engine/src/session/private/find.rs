//! Private groups of this account that this device is not in: another device is, or somebody put the account in while it was away.

use std::collections::BTreeSet;

use dialtone_protocol::GroupId;
use dialtone_protocol::http::ChannelHeads;

use super::super::run::{Ended, Session};
use super::super::state::Job;

impl Session {
    /// Wants to know which private groups there are for this account, where the member list has any that this device is not in; and leaves
    /// those whose channel was closed.
    pub(in super::super) fn look_for_groups(&mut self) {
        if self.unknown_groups().next().is_some() {
            self.state.want(Job::FindGroups);
        }
        if let Err(error) = self.look_at_package() {
            tracing::warn!("the key package cannot be read: {error}");
        }
    }

    fn unknown_groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        let roster = self.state.roster.iter();
        let channels = roster.flat_map(|roster| roster.view().channels());
        let lobby = self.state.lobby_id();
        channels.filter_map(move |(id, channel)| {
            let group = self.state.group_of(id)?;
            let unknown = Some(group) != lobby && self.state.held(&group).is_none();
            (unknown && !channel.closed).then_some(group)
        })
    }

    /// Asks the server which channels this account sees. Whether it belongs to them shows in their groups.
    pub(in super::super) async fn find_groups(&mut self) -> Result<(), Ended> {
        let heads = match self.line()?.get::<ChannelHeads>("/channels").await {
            Ok(heads) => heads,
            Err(error) if error.code().is_some() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let unknown: Vec<GroupId> = self.unknown_groups().collect();
        for head in heads.channels {
            let group = self.state.group_of(&head.channel);
            if let Some(group) = group.filter(|group| unknown.contains(group)) {
                self.state.want(Job::EnterGroup(group));
            }
        }
        Ok(())
    }

    /// Leaves the groups of private channels that were closed, and makes none for them.
    pub(in super::super) fn leave_closed(&mut self) -> Result<(), Ended> {
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let is_closed = |id: &GroupId| {
            let channel = roster.view().private_channel(id);
            channel.is_some_and(|(_, channel)| channel.closed)
        };
        let known = self.state.groups.iter();
        let known = known.filter(|(_, part)| part.nature.is_some());
        let planned = self.state.plans.keys().copied();
        let known = known.map(|(id, _)| *id).chain(planned);
        let closed: BTreeSet<GroupId> = known.filter(is_closed).collect();
        for id in closed {
            self.drop_group(id)?;
        }
        Ok(())
    }
}
