//! What private groups are, in memory: asked for with every event.

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_protocol::GroupId;
use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_store::{Store, StoreError};
use parking_lot::RwLock;

/// Every private group that was made.
#[derive(Default)]
pub(super) struct Natures(RwLock<HashMap<GroupId, Arc<PrivateGroup>>>);

impl Natures {
    /// Reads them from the store.
    pub(super) async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let mut tx = store.read().await?;
        let stored = tx.groups().natures().await?;
        let mut natures = HashMap::new();
        for (group, bytes) in stored {
            match PrivateGroup::read(&bytes) {
                Ok(private) => {
                    natures.insert(group, Arc::new(private));
                }
                // Nobody sees such a group.
                Err(error) => tracing::error!(%error, "what is stored of a group cannot be read"),
            }
        }
        Ok(Self(RwLock::new(natures)))
    }

    /// What the group is; none of the lobby, and of one that nobody made.
    pub(super) fn get(&self, group: &GroupId) -> Option<Arc<PrivateGroup>> {
        self.0.read().get(group).cloned()
    }

    /// A private group was made or changed.
    pub(super) fn set(&self, group: GroupId, private: PrivateGroup) {
        self.0.write().insert(group, Arc::new(private));
    }
}
