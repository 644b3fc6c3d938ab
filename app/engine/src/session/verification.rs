//! Who was verified: two people compared their safety words, in person or by a voice that they know.
//!
//! A verification holds for the account key that it was made with. When the key changes it is gone, and that is told.

use dialtone_crypto::safety::safety_words;
use dialtone_protocol::roster::Account;
use dialtone_protocol::{AccountId, PublicKey};
use dialtone_words::say;

use super::load::META_VERIFIED;
use super::run::{Ended, Session};
use super::state::State;
use crate::local::Table;
use crate::snapshot::{Safety, Severity};

impl Session {
    /// Shows the safety words with a member; `None`: not any more.
    pub(super) fn compare_safety(&mut self, account: Option<AccountId>) {
        self.state.comparing = account;
        self.state.dirty = true;
    }

    /// The words were the same, or that does not count any more.
    pub(super) fn set_verified(&mut self, account: AccountId, on: bool) -> Result<(), Ended> {
        let key = self.state.key_of(&account).filter(|_| on);
        let row = row(&account);
        let transaction = self.database.begin()?;
        match &key {
            Some(key) => transaction.put(Table::Meta, &row, &key.0)?,
            None => transaction.delete(Table::Meta, &row)?,
        }
        transaction.commit()?;
        match key {
            Some(key) => self.state.verified.insert(account, key),
            None => self.state.verified.remove(&account),
        };
        self.state.dirty = true;
        Ok(())
    }

    /// The words were not the same: the two do not see the same keys or the same member list.
    pub(super) fn safety_differs(&mut self, account: AccountId) -> Result<(), Ended> {
        self.set_verified(account, false)?;
        self.state.comparing = None;
        let who = self.state.directory.person(&account);
        self.raise_alarm(say!("notice-words-differ", who = who))
    }

    /// A member has another account key.
    pub(super) fn key_changed(&mut self, account: &AccountId) {
        let who = self.state.directory.person(account);
        let again = if self.state.verified.contains_key(account) {
            say!("notice-compare-again")
        } else {
            say!("notice-ask-and-compare")
        };
        self.later(say!("notice-account-key-changed", who = who, again = again));
    }

    /// Tells what came up since.
    pub(super) async fn tell_words(&mut self) {
        for words in std::mem::take(&mut self.state.words) {
            self.notice(Severity::Warning, words).await;
        }
    }
}

impl State {
    fn key_of(&self, account: &AccountId) -> Option<PublicKey> {
        let account = self.roster.as_ref()?.view().account(account)?;
        account.is_active().then_some(account.key)
    }

    /// One has compared with this member, and the key is still that one.
    pub(super) fn is_verified(&self, id: &AccountId, account: &Account) -> bool {
        self.verified.get(id) == Some(&account.key)
    }

    /// The words with the member that one compares with now.
    pub(super) fn safety(&self) -> Option<Safety> {
        let account = self.comparing?;
        let roster = self.roster.as_ref()?;
        let me = (self.me.account, self.key_of(&self.me.account)?);
        let other = (account, self.key_of(&account)?);
        let position = roster.position();
        let words = safety_words(&roster.community(), &position, &me, &other);
        Some(Safety {
            account,
            words: words.map(str::to_owned).to_vec(),
            length: position.length,
        })
    }
}

/// The row of [`Table::Meta`] that says with which key somebody was verified.
fn row(account: &AccountId) -> Vec<u8> {
    [META_VERIFIED, &account.0].concat()
}
