//! The store and its transaction object.

use std::fmt;

use async_trait::async_trait;

use crate::tables::TableStore;
use crate::{
    AbsenceStore, AccountStore, BlobStore, ChannelStore, DeviceStore, GrantStore, GroupStore,
    InviteStore, KnockStore, MessageStore, MetaStore, PackageStore, RecoveryStore, RosterStore,
    SessionStore, StoreError, WelcomeStore,
};

/// A database that the server keeps its state in. Shared by all of the server behind one `Arc`.
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug + 'static {
    /// Begins a transaction that may write. In the embedded store it is the only one: keep it short, and wait for
    /// nothing but the store while it is open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is gone or too busy.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Begins a transaction that only reads, over one snapshot, beside any writer. Writing in it is
    /// [`StoreError::Internal`].
    ///
    /// # Errors
    /// As [`Store::begin`].
    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Proves that the database takes writes, by one small write to it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The name of the kind of database, for logs and `/health`.
    fn kind(&self) -> &'static str;

    /// Waits for open transactions and closes every connection. What comes after is [`StoreError::Unavailable`].
    async fn close(&self);
}

/// Everything that the server keeps, at one moment. Dropping it without [`Transaction::commit`] undoes all its writes.
/// After an error the transaction is spoilt: drop it.
#[async_trait]
pub trait Transaction: Send {
    /// Server-wide values.
    fn meta(&mut self) -> &mut dyn MetaStore;
    /// Accounts.
    fn accounts(&mut self) -> &mut dyn AccountStore;
    /// Devices of accounts.
    fn devices(&mut self) -> &mut dyn DeviceStore;
    /// Sessions of devices.
    fn sessions(&mut self) -> &mut dyn SessionStore;
    /// Invites and knock links.
    fn invites(&mut self) -> &mut dyn InviteStore;
    /// The roster log.
    fn roster(&mut self) -> &mut dyn RosterStore;
    /// Pending admission requests.
    fn knocks(&mut self) -> &mut dyn KnockStore;
    /// Files that recovery keys open.
    fn recovery(&mut self) -> &mut dyn RecoveryStore;
    /// MLS groups and their commits.
    fn groups(&mut self) -> &mut dyn GroupStore;
    /// Key packages of devices.
    fn packages(&mut self) -> &mut dyn PackageStore;
    /// Welcomes that wait for their device.
    fn welcomes(&mut self) -> &mut dyn WelcomeStore;
    /// Channels.
    fn channels(&mut self) -> &mut dyn ChannelStore;
    /// The channels' streams of sealed events.
    fn messages(&mut self) -> &mut dyn MessageStore;
    /// Sealed events that were answered with "stale epoch".
    fn absences(&mut self) -> &mut dyn AbsenceStore;
    /// History grants that wait for their device.
    fn grants(&mut self) -> &mut dyn GrantStore;
    /// Sealed files.
    fn blobs(&mut self) -> &mut dyn BlobStore;
    /// Whole tables, for backups.
    fn tables(&mut self) -> &mut dyn TableStore;

    /// Makes all of it durable and visible. Only when this returns `Ok` may anything be acknowledged.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: nothing was written, run it again. [`StoreError::Unavailable`]: nothing was
    /// written. [`StoreError::Uncertain`]: it is unknown whether it was written; every operation of the store can be
    /// repeated to find out.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Every accessor of a [`Transaction`] that stands in front of another one, in its field `inner`: for tests that count, fail or hold.
#[macro_export]
macro_rules! delegate_stores {
    ($inner:ident) => {
        fn meta(&mut self) -> &mut dyn $crate::MetaStore {
            self.$inner.meta()
        }
        fn accounts(&mut self) -> &mut dyn $crate::AccountStore {
            self.$inner.accounts()
        }
        fn devices(&mut self) -> &mut dyn $crate::DeviceStore {
            self.$inner.devices()
        }
        fn sessions(&mut self) -> &mut dyn $crate::SessionStore {
            self.$inner.sessions()
        }
        fn invites(&mut self) -> &mut dyn $crate::InviteStore {
            self.$inner.invites()
        }
        fn roster(&mut self) -> &mut dyn $crate::RosterStore {
            self.$inner.roster()
        }
        fn knocks(&mut self) -> &mut dyn $crate::KnockStore {
            self.$inner.knocks()
        }
        fn recovery(&mut self) -> &mut dyn $crate::RecoveryStore {
            self.$inner.recovery()
        }
        fn packages(&mut self) -> &mut dyn $crate::PackageStore {
            self.$inner.packages()
        }
        fn welcomes(&mut self) -> &mut dyn $crate::WelcomeStore {
            self.$inner.welcomes()
        }
        fn groups(&mut self) -> &mut dyn $crate::GroupStore {
            self.$inner.groups()
        }
        fn channels(&mut self) -> &mut dyn $crate::ChannelStore {
            self.$inner.channels()
        }
        fn messages(&mut self) -> &mut dyn $crate::MessageStore {
            self.$inner.messages()
        }
        fn absences(&mut self) -> &mut dyn $crate::AbsenceStore {
            self.$inner.absences()
        }
        fn grants(&mut self) -> &mut dyn $crate::GrantStore {
            self.$inner.grants()
        }
        fn blobs(&mut self) -> &mut dyn $crate::BlobStore {
            self.$inner.blobs()
        }
        fn tables(&mut self) -> &mut dyn $crate::tables::TableStore {
            self.$inner.tables()
        }
    };
}
