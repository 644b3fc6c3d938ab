//! One transaction: every domain's trait is implemented on it, each in its own file.

use async_trait::async_trait;
use dialtone_store::tables::TableStore;
use dialtone_store::{
    AbsenceStore, AccountStore, BlobStore, ChannelStore, DeviceStore, GrantStore, GroupStore,
    InviteStore, KnockStore, MessageStore, MetaStore, PackageStore, RecoveryStore, RosterStore,
    SessionStore, StoreError, Transaction, WelcomeStore,
};

use crate::error::db;
use crate::patient::Patient;

/// An open transaction; dropping it rolls back.
pub(crate) struct PostgresTransaction {
    inner: Patient,
}

impl PostgresTransaction {
    pub(crate) fn new(inner: Patient) -> Self {
        Self { inner }
    }

    /// Where statements run.
    pub(crate) fn connection(&mut self) -> &mut Patient {
        &mut self.inner
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    fn meta(&mut self) -> &mut dyn MetaStore {
        self
    }
    fn accounts(&mut self) -> &mut dyn AccountStore {
        self
    }
    fn devices(&mut self) -> &mut dyn DeviceStore {
        self
    }
    fn sessions(&mut self) -> &mut dyn SessionStore {
        self
    }
    fn invites(&mut self) -> &mut dyn InviteStore {
        self
    }
    fn roster(&mut self) -> &mut dyn RosterStore {
        self
    }
    fn knocks(&mut self) -> &mut dyn KnockStore {
        self
    }
    fn recovery(&mut self) -> &mut dyn RecoveryStore {
        self
    }
    fn groups(&mut self) -> &mut dyn GroupStore {
        self
    }
    fn packages(&mut self) -> &mut dyn PackageStore {
        self
    }
    fn welcomes(&mut self) -> &mut dyn WelcomeStore {
        self
    }
    fn channels(&mut self) -> &mut dyn ChannelStore {
        self
    }
    fn messages(&mut self) -> &mut dyn MessageStore {
        self
    }
    fn absences(&mut self) -> &mut dyn AbsenceStore {
        self
    }
    fn grants(&mut self) -> &mut dyn GrantStore {
        self
    }
    fn blobs(&mut self) -> &mut dyn BlobStore {
        self
    }
    fn tables(&mut self) -> &mut dyn TableStore {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let mut inner = self.inner;
        // COMMIT of a transaction in which a statement has failed "succeeds" by rolling back: ask before, so that a
        // caller who passed over the error is not told that all is stored.
        sqlx::query("SELECT 1")
            .execute(&mut inner)
            .await
            .map_err(db)?;
        inner.commit().await.map_err(|error| db(error).at_commit())
    }
}
