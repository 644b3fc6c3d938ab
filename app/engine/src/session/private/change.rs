//! Changing a private group by a commit of one's own: who belongs to it, its policy; leaving it.

use std::collections::BTreeSet;

use dialtone_crypto::group::{DevicePackage, Group, GroupError};
use dialtone_protocol::group_rules::{MOST_ACCOUNTS, PrivateGroup, PrivateKind};
use dialtone_protocol::http::PackageList;
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::{AccountId, ChannelId, DeviceId, GroupId};
use dialtone_words::say;
use minicbor::{Decode, Encode};

use super::super::run::{Ended, Session};
use super::super::state::{Job, State};
use crate::core::sentence;
use crate::snapshot::{Role, Severity};

/// A change is made anew so often when others are faster.
const TRIES: u32 = 8;
/// So many devices are put in by one commit: each is several KB of it, and it must fit a frame.
const MOST_ADDED: usize = 48;

/// What is to become of a private group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(in super::super) enum PrivateChange {
    /// These belong to it as well.
    #[n(0)]
    Add(#[n(0)] BTreeSet<AccountId>),
    /// The devices of those who belong to it are put in, and told.
    #[n(1)]
    Welcome,
    /// This account does not belong to it any more.
    #[n(2)]
    TakeOut(#[n(0)] AccountId),
    /// One's own does not.
    #[n(3)]
    Leave,
    /// Which of its events somebody who comes later may read.
    #[n(4)]
    History(#[n(0)] HistoryPolicy),
}

impl PrivateChange {
    /// What the group is after it.
    fn apply(&self, before: &PrivateGroup, me: &AccountId) -> PrivateGroup {
        let mut after = before.clone();
        match self {
            Self::Add(accounts) => after.accounts.extend(accounts),
            Self::Welcome => {}
            Self::TakeOut(account) => after = before.without(account),
            Self::Leave => after = before.without(me),
            Self::History(history) => after.history = *history,
        }
        after
    }
}

impl Session {
    /// Puts people into a private channel.
    pub(in super::super) async fn add_to_channel(
        &mut self,
        channel: ChannelId,
        accounts: BTreeSet<AccountId>,
    ) -> Result<(), Ended> {
        let refused = self.refuse_accounts(&accounts, MOST_ACCOUNTS);
        self.want_change(channel, refused, PrivateChange::Add(accounts))
            .await
    }

    /// Takes somebody out of a private channel.
    pub(super) async fn take_out_of_channel(
        &mut self,
        channel: ChannelId,
        account: AccountId,
    ) -> Result<(), Ended> {
        if account == self.state.me.account {
            return self.leave_channel(channel).await;
        }
        self.want_change(channel, None, PrivateChange::TakeOut(account))
            .await
    }

    /// Leaves a private channel.
    pub(in super::super) async fn leave_channel(
        &mut self,
        channel: ChannelId,
    ) -> Result<(), Ended> {
        let nature = self.state.nature_of(&channel);
        let refused = match nature {
            Some(nature) if nature.accounts.len() == 1 => Some(say!("notice-last-one-here")),
            _ => None,
        };
        self.want_change(channel, refused, PrivateChange::Leave)
            .await
    }

    /// Says who may read what came before them in a private channel.
    pub(in super::super) async fn set_private_history(
        &mut self,
        channel: ChannelId,
        history: HistoryPolicy,
    ) -> Result<(), Ended> {
        self.want_change(channel, None, PrivateChange::History(history))
            .await
    }

    async fn want_change(
        &mut self,
        channel: ChannelId,
        refused: Option<&str>,
        change: PrivateChange,
    ) -> Result<(), Ended> {
        let nature = self.state.nature_of(&channel);
        let words = match nature {
            None => Some(say!("notice-no-private-channel")),
            Some(nature) if nature.kind == PrivateKind::Direct => Some(say!("notice-direct-fixed")),
            Some(_) if change == PrivateChange::Leave => refused,
            Some(_) if !self.state.may_change_private(&channel) => {
                Some(say!("notice-channel-admins"))
            }
            Some(_) => refused,
        };
        let group = self.state.group_of(&channel);
        if let (true, Some(id)) = (self.may_begin(words).await, group) {
            self.set_changes(id, |changes| changes.push_back(change))?;
            self.state.want(Job::ChangePrivate(id));
        }
        Ok(())
    }

    /// Makes the commit of the change that is next.
    pub(in super::super) async fn change_private(&mut self, id: GroupId) -> Result<(), Ended> {
        let now_ms = self.state.clock.now_ms();
        let me = self.state.me.account;
        let Some((change, before)) = self.state.next_change(&id, now_ms) else {
            return Ok(());
        };
        let after = change.apply(&before, &me);
        if after == before && change != PrivateChange::Welcome {
            // Made before, and the answer was lost; or there was nothing to do.
            self.change_done(id, true)?;
            return self.name_again(id);
        }
        let added = match &change {
            PrivateChange::Add(_) | PrivateChange::Welcome => {
                self.devices_to_add(&id, &after).await?
            }
            _ => Vec::new(),
        };
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let device = std::sync::Arc::clone(&self.state.me.device);
        let Some(group) = self.state.held_mut(&id) else {
            return Ok(());
        };
        let pending = match group.make_change(&device, &roster, &after, added) {
            Ok(pending) => pending,
            Err(error) => {
                self.change_done(id, false)?;
                let words = say!("notice-change-failed", error = error.to_string());
                self.notice(Severity::Error, sentence(&words)).await;
                return Ok(());
            }
        };
        if self.publish_commit(id, pending).await? {
            self.change_done(id, true)?;
            return self.name_again(id);
        }
        let Some(part) = self.state.groups.get_mut(&id) else {
            return Ok(());
        };
        part.change_tries += 1;
        if part.change_tries >= TRIES {
            self.change_done(id, false)?;
            let words = say!("notice-change-not-taken");
            self.notice(Severity::Warning, words.into()).await;
        }
        Ok(())
    }

    /// The change that was next is made, or is given up.
    fn change_done(&mut self, id: GroupId, is_made: bool) -> Result<(), Ended> {
        if let Some(part) = self.state.groups.get_mut(&id) {
            part.change_tries = 0;
            self.set_changes(id, |changes| {
                changes.pop_front();
            })?;
        }
        self.state.want(Job::ChangePrivate(id));
        self.go_on_with_plan(id, is_made);
        Ok(())
    }

    /// Key packages of the devices that belong to the group and are not in it.
    async fn devices_to_add(
        &mut self,
        id: &GroupId,
        after: &PrivateGroup,
    ) -> Result<Vec<DevicePackage>, Ended> {
        let members = self.state.held(id).map(Group::members);
        let members = members.unwrap_or_default();
        let is_in = |device: &DeviceId| members.iter().any(|member| member.device == *device);
        let line = self.line()?;
        let mut added = Vec::new();
        for account in &after.accounts {
            if added.len() >= MOST_ADDED {
                // The others come in by themselves when they hear of it.
                break;
            }
            if self.state.devices_of(account).all(|device| is_in(&device)) {
                continue;
            }
            let path = format!("/packages/{account}");
            let list: PackageList = match line.get(&path).await {
                Ok(list) => list,
                // Who has none comes in by itself.
                Err(error) if error.code().is_some() => continue,
                Err(error) => return Err(error.into()),
            };
            for info in list.packages {
                let mut own = self.state.devices_of(account);
                if is_in(&info.device) || own.all(|device| device != info.device) {
                    continue;
                }
                match read_package(&info.package.0, (*account, info.device)) {
                    Ok(package) => added.push(package),
                    Err(error) => tracing::warn!("a key package is not used: {error}"),
                }
            }
        }
        Ok(added)
    }
}

/// Reads a device's key package, which must be its own.
fn read_package(
    bytes: &[u8],
    (account, device): (AccountId, DeviceId),
) -> Result<DevicePackage, GroupError> {
    let package = DevicePackage::read(bytes)?;
    let own = package.leaf.identity;
    if (own.account, own.device) == (account, device) {
        Ok(package)
    } else {
        Err(GroupError::Malformed)
    }
}

impl State {
    /// Whether this account may say who belongs to a private channel.
    pub(in super::super) fn may_change_private(&self, channel: &ChannelId) -> bool {
        let Some((nature, roster)) = self.nature_of(channel).zip(self.roster.as_ref()) else {
            return false;
        };
        nature.may_change(&self.me.account, roster, roster.position().length)
    }

    /// Whether this account may delete a channel: an admin of the community, or whoever made a private one.
    pub(in super::super) fn may_delete(&self, channel: &ChannelId) -> bool {
        let known = self.roster.as_ref();
        let known = known.and_then(|roster| roster.view().channels().get(channel));
        let made = known.is_some_and(|known| known.created_by == self.me.account);
        self.role() >= Role::Admin || (made && !self.is_open_to_all(channel))
    }

    /// The account's active devices.
    fn devices_of(&self, account: &AccountId) -> impl Iterator<Item = DeviceId> {
        let account = *account;
        let roster = self.roster.iter();
        let devices = roster.flat_map(|roster| roster.view().devices());
        devices
            .filter(move |(_, device)| device.account == account && device.is_active())
            .map(|(id, _)| *id)
    }

    /// The change of a group that is next, and what the group is before it, if it can be made now.
    fn next_change(&self, id: &GroupId, now_ms: u64) -> Option<(PrivateChange, PrivateGroup)> {
        if !self.may_sign() || self.ahead.is_some() {
            return None;
        }
        let part = self.groups.get(id)?;
        let group = part.group.as_ref()?;
        if group.has_pending_commit() || part.commit_after_ms > now_ms {
            return None;
        }
        Some((part.changes.front()?.clone(), group.private()?))
    }
}
