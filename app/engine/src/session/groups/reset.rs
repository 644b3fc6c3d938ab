//! A private group that was started again: whoever may makes the new one, the others enter it, and until then the old one says who is in it.
//!
//! ```text
//! entry of the member list -> the new one is asked for -> not there yet: made, by who may start it again; or asked for later
//!                                                      -> there: entered, and the old one is left behind
//! ```

use dialtone_crypto::group::Group;
use dialtone_protocol::GroupId;
use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_protocol::http::ChannelHeads;
use dialtone_protocol::roster::Roster;

use super::super::private::PrivateChange;
use super::super::run::{Ended, Session};
use super::super::state::{Job, State};
use super::rows;
use dialtone_words::say;

/// Of a group that is not what this device knew.
fn other() -> &'static str {
    say!("engine-other-people")
}

impl State {
    /// The ids that a group had before its resets, the latest first.
    fn earlier_ids(&self, id: &GroupId) -> Vec<GroupId> {
        let Some(roster) = &self.roster else {
            return Vec::new();
        };
        roster.view().earlier_groups(id).collect()
    }

    /// What a private group is, as this device knew it last, under this id or an earlier one.
    pub(in super::super) fn nature(&self, id: &GroupId) -> Option<&PrivateGroup> {
        let own = self.groups.get(id).and_then(|part| part.nature.as_ref());
        own.or_else(|| {
            let earlier = self.earlier_ids(id);
            let mut parts = earlier.iter().filter_map(|id| self.groups.get(id));
            parts.find_map(|part| part.nature.as_ref())
        })
    }

    /// The member list's length at the last commit that this device knew of a group that it was in and left, or of an earlier one that it
    /// replaces.
    pub(super) fn known_at(&self, id: &GroupId) -> u64 {
        let left = self.groups.get(id).map_or(0, |part| part.left_at);
        let earlier = self.earlier_ids(id);
        let earlier = earlier.iter().filter_map(|id| self.groups.get(id));
        let known = earlier.map(|part| {
            let held = part.group.as_ref().map(|held| held.position().length);
            part.left_at.max(held.unwrap_or(0))
        });
        known.max().unwrap_or(0).max(left)
    }

    /// Whether this account may start a private group again, as this device knows it.
    pub(in super::super) fn may_reset_private(&self, id: &GroupId) -> bool {
        let Some((nature, roster)) = self.nature(id).zip(self.roster.as_ref()) else {
            return false;
        };
        nature.may_reset(&self.me.account, roster, roster.position().length)
    }

    /// Why a private group is not followed to its new id: who started it again may not, as this device knows it.
    fn wrongly_reset(&self, id: &GroupId, roster: &Roster) -> Option<String> {
        let nature = self.nature(id)?;
        let mut ids = self.earlier_ids(id);
        ids.insert(0, *id);
        let resets = ids.iter().filter_map(|id| roster.view().replaced_by(id));
        let mut by = resets.map(|(_, reset)| reset);
        let wrong = by.find(|reset| !nature.may_reset(&reset.by, roster, reset.at))?;
        let name = self.directory.person(&wrong.by);
        Some(say!("engine-wrongly-reset", name = name))
    }
}

impl Session {
    /// Whether a group that this device is about to enter can be the one that it knew; if not, that is said.
    pub(in super::super) fn is_known_kind(
        &mut self,
        id: GroupId,
        now: Option<&PrivateGroup>,
    ) -> bool {
        let known = self.state.nature(&id);
        let is_same = known.zip(now).is_none_or(|(known, now)| known.is_same(now));
        if !is_same {
            self.state.group_part(id).problem = Some(other().into());
            self.state.dirty = true;
        }
        is_same
    }

    /// Says that a private group is not entered because of who started it again.
    pub(super) fn refuse_reset(&mut self, id: GroupId, roster: &Roster) -> bool {
        let words = self.state.wrongly_reset(&id, roster);
        let is_wrong = words.is_some();
        if is_wrong {
            let part = self.state.group_part(id);
            let is_other = part.problem != words;
            part.problem = words;
            self.state.dirty |= is_other;
        }
        is_wrong
    }

    /// The server has no group of this id for this device. One that was started again is made by who may; else it is asked for later, as
    /// long as this account belongs to it.
    pub(super) async fn not_there(&mut self, id: GroupId, roster: &Roster) -> Result<(), Ended> {
        let is_reset = roster.view().replaced_by(&id).is_some();
        let Some(nature) = self.state.nature(&id).filter(|_| is_reset).cloned() else {
            return self.drop_group(id);
        };
        if self.state.may_reset_private(&id) && self.make_again(id, &nature, roster).await? {
            return Ok(());
        }
        let heads: ChannelHeads = self.line()?.get("/channels").await?;
        if heads
            .channels
            .iter()
            .any(|head| head.channel == nature.channel)
        {
            self.try_later(id);
            return Ok(());
        }
        let why = say!("engine-why-left-out");
        self.is_out(id, why)
    }

    /// False: somebody was faster, or it could not be made.
    async fn make_again(
        &mut self,
        id: GroupId,
        nature: &PrivateGroup,
        roster: &Roster,
    ) -> Result<bool, Ended> {
        let me = self.state.me.clone();
        let nature = nature.with_active(roster);
        let made = Group::create_private(id, &me.device, me.account, roster, &nature);
        let (group, public, secret) = match made {
            Ok(made) => made,
            Err(error) => {
                self.group_broke(id, "again", &error);
                return Ok(false);
            }
        };
        if !self.publish_group(group, public, secret).await? {
            return Ok(false);
        }
        // Its first commit tells the others that it is there.
        self.set_changes(id, |changes| changes.push_front(PrivateChange::Welcome))?;
        self.state.want(Job::ChangePrivate(id));
        Ok(true)
    }

    /// A private group that replaces others takes over what is known of them.
    pub(super) fn take_over(&self, group: &mut Group) {
        for id in self.state.earlier_ids(&group.id()) {
            if let Some(old) = self.state.held(&id) {
                group.replaces(old);
            }
        }
    }

    /// Who belongs to a private group that did not when this device knew it last: it was away, and saw nobody put them in.
    pub(in super::super) fn tell_who_came(&mut self, id: GroupId, now: Option<&PrivateGroup>) {
        let Some((before, now)) = self.state.nature(&id).zip(now) else {
            return;
        };
        let came = now.accounts.difference(&before.accounts);
        let names: Vec<String> = came
            .map(|account| self.state.directory.person(account))
            .collect();
        let Some(channel) = self.state.private_name(&id).filter(|_| !names.is_empty()) else {
            return;
        };
        let names = names.join(", ");
        self.later(say!("engine-who-came", channel = channel, names = names));
    }

    /// A group was started again, and this device is in the new one or gives it up: the old ones are left behind, their keys stay for what was
    /// written under them. Whether there was any.
    pub(super) fn leave_replaced(&mut self, id: GroupId) -> Result<bool, Ended> {
        let mut replaces = false;
        for old in self.state.earlier_ids(&id) {
            if !self.state.groups.contains_key(&old) {
                continue;
            }
            replaces = true;
            self.forget_group(old)?;
            let left = self.state.groups.remove(&old);
            let (left_at, nature, changes) = left.map_or_else(Default::default, |part| {
                (part.left_at, part.nature, part.changes)
            });
            let part = self.state.group_part(id);
            part.left_at = part.left_at.max(left_at);
            part.nature = part.nature.take().or(nature);
            part.changes.extend(changes);
            let transaction = self.database.begin()?;
            part.put(&transaction, &id)?;
            part.put_nature(&transaction, &id)?;
            part.put_wishes(&transaction, &id)?;
            rows::forget(&transaction, &old)?;
            transaction.commit()?;
        }
        Ok(replaces)
    }
}
