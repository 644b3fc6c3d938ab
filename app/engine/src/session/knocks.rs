//! People who knock by a link of the server's: who waits, and, where an admin wants that, their admission without a question.
//!
//! Nobody vouches for them but the server. Whoever lets them in automatically believes it, and everybody sees that.

use std::collections::BTreeSet;

use dialtone_crypto::entries;
use dialtone_protocol::AccountId;
use dialtone_protocol::http::KnockList;
use dialtone_protocol::roster::SignedKnock;
use dialtone_words::say;

use super::load::META_ADMITS;
use super::run::{Ended, Session};
use super::state::{Append, Job};
use crate::local::Table;
use crate::snapshot::Role;

const MOST_KNOCKS: usize = 200;

/// Whether people who knock are let in without a question.
#[derive(Debug, Default)]
pub(super) struct Admission {
    /// They are.
    pub(super) automatic: bool,
    /// Who was let in so, or tried to be, in this run.
    tried: BTreeSet<AccountId>,
}

impl Admission {
    /// Nobody was let in yet.
    pub(super) fn new(automatic: bool) -> Self {
        Self {
            automatic,
            tried: BTreeSet::new(),
        }
    }
}

impl Session {
    /// Somebody knocks.
    pub(super) fn knock(&mut self, account: AccountId, knock: Vec<u8>) {
        let valid = SignedKnock::read(&knock, &self.state.me.community)
            .is_ok_and(|request| AccountId::of(&request.account_key) == account);
        if valid && self.state.knocks.len() < MOST_KNOCKS {
            self.state.knocks.insert(account, knock);
            self.state.dirty = true;
            self.mind_knocks();
        }
    }

    /// Asks who has knocked.
    pub(super) async fn fetch_knocks(&mut self) -> Result<(), Ended> {
        let list = self.line()?.get::<KnockList>("/knocks").await;
        let Ok(list) = list else { return Ok(()) };
        for info in list.knocks {
            self.knock(info.account, info.knock.0);
        }
        Ok(())
    }

    /// Lets people in without a question from now on, or asks again.
    pub(super) async fn admit_automatically(&mut self, on: bool) -> Result<(), Ended> {
        if on && !self.admin_only(say!("notice-admins-let-in")).await {
            return Ok(());
        }
        let transaction = self.database.begin()?;
        if on {
            transaction.put(Table::Meta, META_ADMITS, &[1])?;
        } else {
            transaction.delete(Table::Meta, META_ADMITS)?;
        }
        transaction.commit()?;
        self.state.admission.automatic = on;
        self.state.dirty = true;
        self.mind_knocks();
        Ok(())
    }

    /// Wants the admission of who waits, where that is to happen without a question; of each once in a run. Who cannot be let in,
    /// as one who was banned, goes on waiting for a person to look.
    fn mind_knocks(&mut self) {
        let state = &mut self.state;
        if !state.admission.automatic || !state.may_sign() || state.role() < Role::Admin {
            return;
        }
        let Some(roster) = state.roster.clone() else {
            return;
        };
        let device = &state.me.device;
        let can = |knock: &[u8]| entries::admit(device, &roster, knock).is_ok();
        let new: Vec<AccountId> = state
            .knocks
            .iter()
            .filter(|(account, knock)| !state.admission.tried.contains(account) && can(knock))
            .map(|(account, _)| *account)
            .collect();
        for account in new {
            self.state.admission.tried.insert(account);
            self.state.want(Job::Append(Append::Admit(account)));
        }
    }
}
