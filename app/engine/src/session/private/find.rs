//! Private groups of this account that this device is not in: another device is, or somebody put the account in while it was away.

use std::collections::BTreeSet;

use dialtone_protocol::GroupId;
use dialtone_protocol::http::ChannelHeads;

use super::super::run::{Ended, Session};
use super::super::state::Job;
use dialtone_words::say;

/// Why a private channel is gone that the server shows no more: what took the account out is not shown to it.
fn hidden() -> &'static str {
    say!("engine-why-hidden")
}

impl Session {
    /// Wants to know which private groups there are for this account: where the member list has any that this device is not in, and while it
    /// is in any, which the server follows up no more for who was taken out meanwhile.
    pub(in super::super) fn look_for_groups(&mut self) {
        if self.unknown_groups().next().is_some() || self.known_groups().next().is_some() {
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

    /// Private groups that this device is in, or comes back to, by their present ids.
    fn known_groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        let roster = self.state.roster.iter();
        let parts =
            roster.flat_map(|roster| self.state.groups.iter().map(move |part| (roster, part)));
        parts.filter_map(|(roster, (id, part))| {
            let current = roster.view().current_group(*id);
            part.nature.is_some().then_some(current)
        })
    }

    /// Asks the server which channels this account sees. Whether it belongs to them shows in their groups; those that are not among them are
    /// left: what took the account out is not shown to it. If the server lies, this device enters again once it does not any more.
    pub(in super::super) async fn find_groups(&mut self) -> Result<(), Ended> {
        let heads: ChannelHeads = self.line()?.get("/channels").await?;
        let mine = heads.channels.iter();
        let mine = mine.filter_map(|head| self.state.group_of(&head.channel));
        self.compare_groups(&mine.collect())
    }

    /// Enters the groups that are this account's and leaves the others.
    pub(in super::super) fn compare_groups(
        &mut self,
        mine: &BTreeSet<GroupId>,
    ) -> Result<(), Ended> {
        let unknown = self.unknown_groups();
        let unknown: Vec<GroupId> = unknown.filter(|group| mine.contains(group)).collect();
        for group in unknown {
            self.state.want(Job::EnterGroup(group));
        }
        let known = self.known_groups();
        let others: BTreeSet<GroupId> = known.filter(|group| !mine.contains(group)).collect();
        for group in others {
            self.is_out(group, hidden())?;
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
        let planned = self.state.plans.keys().copied();
        let known = self.known_groups().chain(planned);
        let closed: BTreeSet<GroupId> = known.filter(is_closed).collect();
        for id in closed {
            self.drop_group(id)?;
        }
        Ok(())
    }
}
