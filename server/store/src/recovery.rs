//! Recovery files: what an account's recovery key opens. Sealed; the server can read neither.

use async_trait::async_trait;
use dialtone_protocol::AccountId;

use crate::{StoreError, UnixMillis};

/// One account's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Holds the account's key.
    pub account_file: Vec<u8>,
    /// Holds channel keys; none before a device has sent one.
    pub history_file: Option<Vec<u8>>,
    /// Of the history file; 0 without one.
    pub counter: u64,
    /// The recovery key, sealed under the password; only where its owner wants that.
    pub password_copy: Option<Vec<u8>>,
}

/// Files, of each account at most one pair.
#[async_trait]
pub trait RecoveryStore: Send {
    /// Puts the account's first file, in place of an earlier one, with the copy of the recovery key that the password opens, or
    /// without. The account must exist.
    async fn put_account(
        &mut self,
        account: &AccountId,
        file: &[u8],
        password_copy: Option<&[u8]>,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// Takes the copy that the password opens away, if there is one.
    async fn drop_password_copy(
        &mut self,
        account: &AccountId,
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// Puts the history file; `false` when the account has no first file, or its counter is not greater than the one there.
    async fn put_history(
        &mut self,
        account: &AccountId,
        counter: u64,
        file: &[u8],
        now: UnixMillis,
    ) -> Result<bool, StoreError>;

    /// The account's files.
    async fn find(&mut self, account: &AccountId) -> Result<Option<Recovery>, StoreError>;
}
