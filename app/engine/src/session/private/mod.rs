//! Private channels and direct conversations: made, found, named, changed, left.
//!
//! ```text
//! make     a plan that is written down -> entry of the member list -> group -> the others -> the name
//! change   who belongs to it, and what it is: commits of whoever may
//! find     groups of this account that this device is not in
//! names    a channel's name stands in its own events
//! ```

mod change;
mod find;
mod lifetimes;
mod make;
mod names;

use std::collections::BTreeSet;

use dialtone_protocol::group_rules::{MOST_ACCOUNTS, MOST_DIRECT_ACCOUNTS, PrivateKind};
use dialtone_protocol::{AccountId, ChannelId, GroupId};
use dialtone_words::say;

use super::load::LoadError;
use super::run::{Ended, Session};
use super::state::{Job, State};
use crate::command::PrivateCommand;
use crate::local::Database;
use crate::snapshot::Severity;

pub(super) use change::PrivateChange;
pub(super) use lifetimes::put_lifetime;
pub(super) use make::Plan;
pub(super) use names::put_name;

/// What is under way is looked at so often, in ms.
const AGAIN_MS: u64 = 1_000;

/// From the disk.
pub(super) fn load(state: &mut State, database: &Database) -> Result<(), LoadError> {
    make::load(state, database)?;
    names::load(state, database)
}

impl Session {
    /// Does what the user wants.
    pub(super) async fn private_command(&mut self, command: PrivateCommand) -> Result<(), Ended> {
        match command {
            PrivateCommand::Create {
                name,
                voice,
                accounts,
            } => {
                let accounts = accounts.into_iter().collect();
                self.create_private(name, voice, accounts).await
            }
            PrivateCommand::Message(accounts) => {
                self.open_direct(accounts.into_iter().collect()).await
            }
            PrivateCommand::Add { channel, accounts } => {
                let accounts = accounts.into_iter().collect();
                self.add_to_channel(channel, accounts).await
            }
            PrivateCommand::TakeOut { channel, account } => {
                self.take_out_of_channel(channel, account).await
            }
            PrivateCommand::Leave(channel) => self.leave_channel(channel).await,
        }
    }

    /// Makes a private channel for these accounts and one's own.
    pub(super) async fn create_private(
        &mut self,
        name: String,
        voice: bool,
        accounts: BTreeSet<AccountId>,
    ) -> Result<(), Ended> {
        let name = name.trim().to_owned();
        if !self.valid_name(&name).await {
            return Ok(());
        }
        let refused = self.refuse_accounts(&accounts, MOST_ACCOUNTS);
        if !self.may_begin(refused).await {
            return Ok(());
        }
        self.plan(PrivateKind::Channel, Some((name, voice)), accounts)
    }

    /// Opens the direct conversation with exactly these accounts; makes it where there is none.
    pub(super) async fn open_direct(
        &mut self,
        mut accounts: BTreeSet<AccountId>,
    ) -> Result<(), Ended> {
        accounts.insert(self.state.me.account);
        if let Some(channel) = self.state.direct_with(&accounts) {
            return self.open_channel(channel);
        }
        let mut plans = self.state.plans.values();
        if plans.any(|plan| plan.is_direct_with(&accounts)) {
            return Ok(());
        }
        let refused = match accounts.len() {
            0 | 1 => Some(say!("notice-choose-else")),
            _ => self.refuse_accounts(&accounts, MOST_DIRECT_ACCOUNTS),
        };
        if !self.may_begin(refused).await {
            return Ok(());
        }
        self.plan(PrivateKind::Direct, None, accounts)
    }

    fn refuse_accounts(&self, accounts: &BTreeSet<AccountId>, most: usize) -> Option<&'static str> {
        let roster = self.state.roster.as_ref()?;
        let active = |account: &AccountId| {
            let account = roster.view().account(account);
            account.is_some_and(dialtone_protocol::roster::Account::is_active)
        };
        if !accounts.iter().all(active) {
            Some(say!("notice-chosen-gone"))
        } else if accounts.len() > most {
            Some(say!("notice-too-many-people"))
        } else {
            None
        }
    }

    /// Whether something may be begun: it is not refused, the server is there, and no warning stands.
    async fn may_begin(&self, refused: Option<&str>) -> bool {
        let words = if !self.state.may_sign() {
            Some(say!("notice-nothing-signed"))
        } else if !self.state.is_connected() {
            Some(say!("notice-not-connected"))
        } else {
            refused
        };
        if let Some(words) = words {
            self.notice(Severity::Warning, words.to_owned()).await;
        }
        words.is_none()
    }

    /// What is due of private groups at `now_ms` since 1970.
    pub(super) fn mind_private(&mut self, now_ms: u64) {
        let state = &mut self.state;
        if !state.caught_up || now_ms.saturating_sub(state.plans_tried_ms) < AGAIN_MS {
            return;
        }
        state.plans_tried_ms = now_ms;
        let plans = state.plans.keys().copied().map(Job::MakePrivate);
        let waiting = |part: &super::groups::GroupPart| {
            !part.changes.is_empty() && part.commit_after_ms <= now_ms
        };
        let parts = state.groups.iter().filter(|(_, part)| waiting(part));
        let changes = parts.map(|(id, _)| Job::ChangePrivate(*id));
        let wanted: Vec<Job> = plans.chain(changes).collect();
        for job in wanted {
            state.want(job);
        }
    }
}

impl State {
    /// The direct conversation of exactly these accounts, the oldest if there are several.
    fn direct_with(&self, accounts: &BTreeSet<AccountId>) -> Option<ChannelId> {
        let view = self.roster.as_ref()?.view();
        let is_it = |id: &ChannelId| {
            self.nature_of(id).is_some_and(|nature| {
                nature.kind == PrivateKind::Direct && nature.accounts == *accounts
            })
        };
        let age = |id: &ChannelId| view.channels().get(id).map(|channel| channel.created_at);
        self.open_channels().filter(is_it).min_by_key(age)
    }

    /// The one active member of this name.
    pub(super) fn person_named(&self, name: &str) -> Option<AccountId> {
        let wanted = name.trim_start_matches('@').to_lowercase();
        let accounts = self
            .roster
            .iter()
            .flat_map(|roster| roster.view().accounts());
        let is_it = |id: &AccountId| self.directory.person(id).to_lowercase() == wanted;
        let mut found = accounts
            .filter(|(id, account)| account.is_active() && is_it(id))
            .map(|(id, _)| *id);
        found.next().filter(|_| found.next().is_none())
    }

    /// The channel of a private group, as it is called here.
    pub(super) fn private_name(&self, group: &GroupId) -> Option<String> {
        let roster = self.roster.as_ref()?;
        let (channel, _) = roster.view().private_channel(group)?;
        self.channel_name(channel)
    }
}
