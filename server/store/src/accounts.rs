//! Accounts: a username's hash, an OPAQUE password file, and whether the account is let in.

use async_trait::async_trait;
use dialtone_protocol::AccountId;

use crate::{StoreError, UnixMillis, UsernameHash};

/// Whether an account may do more than wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Registered through a knock link; no admin has let it in yet.
    Pending,
    /// In the roster.
    Active,
}

/// An account to create.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its username, hashed. Unique.
    pub username: UsernameHash,
    /// Its id. Unique.
    pub account: AccountId,
    /// The OPAQUE password file.
    pub password_file: Vec<u8>,
    /// Whether it is let in.
    pub state: AccountState,
}

/// A stored account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its username, hashed.
    pub username: UsernameHash,
    /// Its id.
    pub account: AccountId,
    /// The OPAQUE password file.
    pub password_file: Vec<u8>,
    /// Whether it is let in.
    pub state: AccountState,
    /// When it registered.
    pub created: UnixMillis,
}

/// What became of creating an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedAccount {
    /// It exists now.
    Created,
    /// Another account has this username.
    UsernameTaken,
    /// There is an account with this id.
    AccountExists,
}

/// Accounts by username hash and by id.
#[async_trait]
pub trait AccountStore: Send {
    /// Creates an account.
    async fn create(
        &mut self,
        new: &NewAccount,
        now: UnixMillis,
    ) -> Result<CreatedAccount, StoreError>;

    /// The account of this username.
    async fn find_by_username(
        &mut self,
        username: &UsernameHash,
    ) -> Result<Option<Account>, StoreError>;

    /// The account with this id.
    async fn find(&mut self, account: &AccountId) -> Result<Option<Account>, StoreError>;

    /// Sets the state; `false` when there is no such account.
    async fn set_state(
        &mut self,
        account: &AccountId,
        state: AccountState,
    ) -> Result<bool, StoreError>;

    /// Replaces the OPAQUE password file; `false` when there is no such account.
    async fn set_password_file(
        &mut self,
        account: &AccountId,
        password_file: &[u8],
    ) -> Result<bool, StoreError>;

    /// Removes the account with its devices, sessions and knock, and frees its username; its messages stay.
    /// `false` when there is no such account.
    async fn remove(&mut self, account: &AccountId) -> Result<bool, StoreError>;

    /// Accounts in the order of their ids, behind `after`, at most `limit`.
    async fn page(
        &mut self,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError>;

    /// How many accounts there are.
    async fn count(&mut self) -> Result<u64, StoreError>;
}
