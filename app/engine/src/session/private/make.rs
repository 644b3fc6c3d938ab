//! Making a private group: in steps that can each be repeated, by a plan that is written down first. Whatever breaks off in between, the
//! plan is gone on with.

use std::collections::BTreeSet;

use dialtone_crypto::group::Group;
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::{AccountId, ChannelId, GroupId};
use minicbor::{Decode, Encode};

use super::super::inbox::encode;
use super::super::jobs::JobError;
use super::super::load::{LoadError, damaged};
use super::super::run::{Ended, Session};
use super::super::state::{Append, Job, State};
use super::PrivateChange;
use crate::chat::directory::ChannelInfo;
use crate::local::{Database, Table};

/// Rows of [`Table::Meta`], each with a group behind it: what is being made.
const PLAN: &[u8] = b"plan/";

/// A private group that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(in super::super) struct Plan {
    #[n(0)]
    pub(in super::super) channel: ChannelId,
    #[n(1)]
    kind: PrivateKind,
    /// A channel's name, and whether it is listed under *Voice*.
    #[n(2)]
    name: Option<(String, bool)>,
    /// Who is to belong to it, its maker among them.
    #[n(3)]
    accounts: BTreeSet<AccountId>,
}

impl Plan {
    pub(super) fn is_direct_with(&self, accounts: &BTreeSet<AccountId>) -> bool {
        self.kind == PrivateKind::Direct && self.accounts == *accounts
    }

    /// Nobody is put in any more: that was refused.
    fn give_up(&mut self) {
        self.accounts.clear();
    }

    fn is_given_up(&self) -> bool {
        self.accounts.is_empty()
    }

    /// What a channel is called.
    fn info(&self) -> Option<ChannelInfo> {
        let (name, voice) = self.name.clone()?;
        let topic = String::new();
        Some(ChannelInfo { name, topic, voice })
    }

    /// The entry of the member list that names it.
    fn entry(&self, group: GroupId) -> Change {
        Change::ChannelCreated {
            id: self.channel,
            group,
            history: HistoryPolicy::All,
        }
    }

    /// What the group is at first: a channel its maker's alone.
    fn beginning(&self, me: AccountId) -> PrivateGroup {
        let (accounts, admins) = match self.kind {
            PrivateKind::Channel => ([me].into(), [me].into()),
            PrivateKind::Direct => (self.accounts.clone(), BTreeSet::new()),
        };
        PrivateGroup {
            kind: self.kind,
            channel: self.channel,
            history: HistoryPolicy::All,
            accounts,
            admins,
        }
    }
}

fn row(group: &GroupId) -> Vec<u8> {
    [PLAN, &group.0].concat()
}

/// From the disk.
pub(super) fn load(state: &mut State, database: &Database) -> Result<(), LoadError> {
    for (name, plan) in database.all(Table::Meta, PLAN)? {
        let group = GroupId::from_slice(name.get(PLAN.len()..).unwrap_or_default());
        let plan: Plan = minicbor::decode(&plan).map_err(damaged)?;
        state.plans.insert(group.map_err(damaged)?, plan);
    }
    Ok(())
}

impl Session {
    /// Writes a plan down, and begins with it.
    pub(super) fn plan(
        &mut self,
        kind: PrivateKind,
        name: Option<(String, bool)>,
        mut accounts: BTreeSet<AccountId>,
    ) -> Result<(), Ended> {
        accounts.insert(self.state.me.account);
        let group = GroupId::new(self.state.clock.random());
        let plan = Plan {
            channel: ChannelId(self.state.clock.random()),
            kind,
            name,
            accounts,
        };
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, &row(&group), &encode(&plan))?;
        transaction.commit()?;
        self.state.plans.insert(group, plan);
        self.state.want(Job::MakePrivate(group));
        Ok(())
    }

    /// Nothing more is to be made of it.
    pub(in super::super) fn drop_plan(&mut self, group: &GroupId) -> Result<(), Ended> {
        if self.state.plans.remove(group).is_none() {
            return Ok(());
        }
        let transaction = self.database.begin()?;
        transaction.delete(Table::Meta, &row(group))?;
        Ok(transaction.commit()?)
    }

    /// Does what is next of a plan. What was refused, or could not be done, is told and not tried for ever; a connection that broke, or a
    /// session that ran out, says nothing.
    pub(in super::super) async fn make_private(&mut self, id: GroupId) -> Result<(), Ended> {
        let Some(plan) = self.state.plans.get(&id).cloned() else {
            return Ok(());
        };
        if !self.state.may_sign() {
            return Ok(());
        }
        if self.state.group_of(&plan.channel).is_none()
            && let Err(error) = self.append(Append::Change(plan.entry(id))).await
        {
            return self.not_made(&id, error).await;
        }
        if self.state.held(&id).is_none() {
            match self.make_group(id, &plan).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return self.not_made(&id, error.into()).await,
            }
        }
        if self.state.open_channels().any(|open| open == plan.channel) {
            self.finish_private(id, &plan)?;
        }
        Ok(())
    }

    async fn not_made(&mut self, id: &GroupId, error: JobError) -> Result<(), Ended> {
        match error {
            JobError::Ended(ended) if !ended.is_refusal() || ended.is_signed_out() => Err(ended),
            error => {
                self.drop_plan(id)?;
                self.report(Err(error)).await
            }
        }
    }

    /// `false`: not now.
    async fn make_group(&mut self, id: GroupId, plan: &Plan) -> Result<bool, Ended> {
        let (me, Some(roster)) = (self.state.me.clone(), self.state.roster.clone()) else {
            return Ok(false);
        };
        let nature = plan.beginning(me.account);
        let made = Group::create_private(id, &me.device, me.account, &roster, &nature);
        let (group, public, secret) = match made {
            Ok(made) => made,
            Err(error) => {
                tracing::warn!("a private group could not be made: {error}");
                return Ok(false);
            }
        };
        if !self.publish_group(group, public, secret).await? {
            // It was made before, and the answer was lost; this device's half of it with that.
            self.enter_group(id).await?;
        }
        Ok(self.state.held(&id).is_some())
    }

    /// The group is there: the others are put in, then it is named, so that nobody lacks the key of its name.
    fn finish_private(&mut self, id: GroupId, plan: &Plan) -> Result<(), Ended> {
        let channel = plan.channel;
        if let Some(info) = plan.info() {
            self.state.directory.channels.insert(channel, info);
        }
        self.open_once_made(channel)?;
        let missing = self.state.missing(&id, plan);
        // The first commit tells all devices of who belongs to it that it is there, one's own others among them.
        let is_told = self.state.held(&id).is_some_and(|group| group.epoch() > 0);
        let change = if plan.is_given_up() {
            None
        } else if plan.kind == PrivateKind::Channel && !missing.is_empty() {
            Some(PrivateChange::Add(missing))
        } else {
            (!is_told).then_some(PrivateChange::Welcome)
        };
        let Some(change) = change else {
            if let Some(info) = plan.info() {
                self.enqueue(channel, info.of(channel))?;
            }
            return self.drop_plan(&id);
        };
        if self.state.group_part(id).changes.is_empty() {
            self.set_changes(id, |changes| changes.push_back(change))?;
        }
        self.state.want(Job::ChangePrivate(id));
        Ok(())
    }

    /// Shows it to who made it.
    fn open_once_made(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self.state.channels.contains_key(&channel) {
            return Ok(());
        }
        self.open_channel(channel)
    }

    /// A change of the group was made, or cannot be: what is planned for it goes on with who is in it.
    pub(super) fn go_on_with_plan(&mut self, id: GroupId, is_made: bool) {
        let Some(plan) = self.state.plans.get_mut(&id) else {
            return;
        };
        if !is_made {
            plan.give_up();
        }
        self.state.want(Job::MakePrivate(id));
    }
}

impl State {
    /// Members who are to belong to a group, and do not yet. Once anybody else does, they were put in by this plan: who is missing then was
    /// taken out since, and an old copy of the profile puts nobody back.
    fn missing(&self, id: &GroupId, plan: &Plan) -> BTreeSet<AccountId> {
        let nature = self.held(id).and_then(Group::private);
        let (Some(nature), Some(roster)) = (nature, self.roster.as_ref()) else {
            return BTreeSet::new();
        };
        if nature
            .accounts
            .iter()
            .any(|account| *account != self.me.account)
        {
            return BTreeSet::new();
        }
        let length = roster.position().length;
        let is_active = |account: &&AccountId| roster.view().is_active_at(account, length);
        let missing = plan.accounts.difference(&nature.accounts);
        missing.filter(is_active).copied().collect()
    }
}
