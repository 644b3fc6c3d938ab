//! What openmls stores, as rows in memory that remember which of them changed.
//!
//! ```text
//! row = label || key (JSON) || version (2 bytes, big-endian)  ->  0x01 || value (postcard), or value (JSON)
//! ```
//!
//! The tree of a group of 1,000 devices is 2.7 MB and written anew with every commit, so values are packed and not compared as hashes.
//! The group's settings are JSON, because openmls reads them by looking at what is there; earlier versions of this program wrote all
//! values so, and those are still read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider, traits};
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::rows::RowChange;

const V: u16 = CURRENT_VERSION;
/// First byte of a packed value; no JSON begins with it.
const PACKED: u8 = 1;

const PROPOSAL: &str = "QueuedProposal";
const PROPOSALS: &str = "ProposalQueueRefs";
const OWN_LEAVES: &str = "OwnLeafNodes";
const EPOCH_KEYS: &str = "EpochKeyPairs";
const SETTINGS: &str = "MlsGroupJoinConfig";

/// A value cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum StorageError {
    /// Packed.
    #[error("a value of the group cannot be read or written: {0}")]
    Packed(#[from] postcard::Error),
    /// As JSON.
    #[error("a value of the group cannot be read or written: {0}")]
    Json(#[from] serde_json::Error),
}

type Outcome<T> = Result<T, StorageError>;

/// The rows of one group.
#[derive(Default)]
pub(super) struct Rows {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    values: BTreeMap<Vec<u8>, Zeroizing<Vec<u8>>>,
    changed: BTreeSet<Vec<u8>>,
}

impl Inner {
    fn put(&mut self, row: Vec<u8>, value: Vec<u8>) {
        if self.values.get(&row).is_none_or(|old| **old != value) {
            self.changed.insert(row.clone());
            self.values.insert(row, Zeroizing::new(value));
        }
    }

    fn remove(&mut self, row: Vec<u8>) {
        if self.values.remove(&row).is_some() {
            self.changed.insert(row);
        }
    }
}

impl Rows {
    /// What is stored stays what it is if somebody panics: each change is one step.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a row back that was drained earlier.
    pub(super) fn insert(&self, row: Vec<u8>, value: Vec<u8>) {
        self.lock().values.insert(row, Zeroizing::new(value));
    }

    /// Takes a row out that was only lent.
    pub(super) fn forget(&self, row: &[u8]) {
        let mut inner = self.lock();
        inner.values.remove(row);
        inner.changed.remove(row);
    }

    /// What changed since the last time.
    pub(super) fn drain(&self) -> Vec<RowChange> {
        let mut inner = self.lock();
        let changed = std::mem::take(&mut inner.changed);
        let change = |key: Vec<u8>| RowChange {
            value: inner.values.get(&key).cloned(),
            key,
        };
        changed.into_iter().map(change).collect()
    }

    fn write(&self, label: &str, key: &impl Serialize, value: &impl Serialize) -> Outcome<()> {
        let row = row(label, &json(key)?);
        let mut inner = self.lock();
        let before = inner.values.get(&row).map_or(0, |old| old.len());
        inner.put(row, packed_into(value, before)?);
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, label: &str, key: &impl Serialize) -> Outcome<Option<T>> {
        let row = row(label, &json(key)?);
        self.lock()
            .values
            .get(&row)
            .map(|value| unpacked(value))
            .transpose()
    }

    fn delete(&self, label: &str, key: &impl Serialize) -> Outcome<()> {
        let row = row(label, &json(key)?);
        self.lock().remove(row);
        Ok(())
    }

    /// The values of a row that holds several, each written by itself.
    fn list(&self, label: &str, key: &impl Serialize) -> Outcome<Vec<Vec<u8>>> {
        Ok(self.read(label, key)?.unwrap_or_default())
    }

    fn append(&self, label: &str, key: &impl Serialize, value: &impl Serialize) -> Outcome<()> {
        let mut list = self.list(label, key)?;
        list.push(packed(value)?);
        self.write(label, key, &list)
    }

    fn read_list<T: DeserializeOwned>(&self, label: &str, key: &impl Serialize) -> Outcome<Vec<T>> {
        let list = self.list(label, key)?;
        list.iter().map(|value| unpacked(value)).collect()
    }
}

fn json(value: &impl Serialize) -> Outcome<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}

fn packed(value: &impl Serialize) -> Outcome<Vec<u8>> {
    packed_into(value, 0)
}

/// With room for about as many bytes as the value had before.
fn packed_into(value: &impl Serialize, before: usize) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::with_capacity(before + before / 64 + 64);
    bytes.push(PACKED);
    Ok(postcard::serialize_with_flavor(value, Packing(bytes))?)
}

/// Openmls gives byte strings one byte at a time.
struct Packing(Vec<u8>);

impl Flavor for Packing {
    type Output = Vec<u8>;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

fn unpacked<T: DeserializeOwned>(bytes: &[u8]) -> Outcome<T> {
    match bytes {
        [PACKED, value @ ..] => Ok(postcard::from_bytes(value)?),
        value => Ok(serde_json::from_slice(value)?),
    }
}

fn row(label: &str, key: &[u8]) -> Vec<u8> {
    [label.as_bytes(), key, &V.to_be_bytes()].concat()
}

/// Methods for a value that there is once for each key: how it is written, read and deleted. Generics stand in openmls's order, which is
/// not always the same.
macro_rules! single {
    ($($label:literal: $write:ident<$($w:ident: $writes:ident),*>, $read:ident<$($r:ident: $reads:ident),*>,
        $delete:ident<$key:ident>;)*) => {$(
        fn $write<$($w: traits::$writes<V>),*>(&self, key: &K, value: &T) -> Outcome<()> {
            self.write($label, key, value)
        }

        fn $read<$($r: traits::$reads<V>),*>(&self, key: &K) -> Outcome<Option<T>> {
            self.read($label, key)
        }

        fn $delete<K: traits::$key<V>>(&self, key: &K) -> Outcome<()> {
            self.delete($label, key)
        }
    )*};
}

impl StorageProvider<V> for Rows {
    type Error = StorageError;

    single! {
        "Tree": write_tree<K: GroupId, T: TreeSync>,
            tree<K: GroupId, T: TreeSync>, delete_tree<GroupId>;
        "GroupContext": write_context<K: GroupId, T: GroupContext>,
            group_context<K: GroupId, T: GroupContext>, delete_context<GroupId>;
        "InterimTranscriptHash": write_interim_transcript_hash<K: GroupId, T: InterimTranscriptHash>,
            interim_transcript_hash<K: GroupId, T: InterimTranscriptHash>, delete_interim_transcript_hash<GroupId>;
        "ConfirmationTag": write_confirmation_tag<K: GroupId, T: ConfirmationTag>,
            confirmation_tag<K: GroupId, T: ConfirmationTag>, delete_confirmation_tag<GroupId>;
        "GroupState": write_group_state<T: GroupState, K: GroupId>,
            group_state<T: GroupState, K: GroupId>, delete_group_state<GroupId>;
        "MessageSecrets": write_message_secrets<K: GroupId, T: MessageSecrets>,
            message_secrets<K: GroupId, T: MessageSecrets>, delete_message_secrets<GroupId>;
        "ResumptionPsk": write_resumption_psk_store<K: GroupId, T: ResumptionPskStore>,
            resumption_psk_store<K: GroupId, T: ResumptionPskStore>, delete_all_resumption_psk_secrets<GroupId>;
        "OwnLeafNodeIndex": write_own_leaf_index<K: GroupId, T: LeafNodeIndex>,
            own_leaf_index<K: GroupId, T: LeafNodeIndex>, delete_own_leaf_index<GroupId>;
        "EpochSecrets": write_group_epoch_secrets<K: GroupId, T: GroupEpochSecrets>,
            group_epoch_secrets<K: GroupId, T: GroupEpochSecrets>, delete_group_epoch_secrets<GroupId>;
        "SignatureKeyPair": write_signature_key_pair<K: SignaturePublicKey, T: SignatureKeyPair>,
            signature_key_pair<K: SignaturePublicKey, T: SignatureKeyPair>, delete_signature_key_pair<SignaturePublicKey>;
        "KeyPackage": write_key_package<K: HashReference, T: KeyPackage>,
            key_package<K: HashReference, T: KeyPackage>, delete_key_package<HashReference>;
        "EncryptionKeyPair": write_encryption_key_pair<K: EncryptionKey, T: HpkeKeyPair>,
            encryption_key_pair<T: HpkeKeyPair, K: EncryptionKey>, delete_encryption_key_pair<EncryptionKey>;
        "Psk": write_psk<K: PskId, T: PskBundle>,
            psk<T: PskBundle, K: PskId>, delete_psk<PskId>;
    }

    fn write_mls_join_config<G: traits::GroupId<V>, T: traits::MlsGroupJoinConfig<V>>(
        &self,
        group: &G,
        config: &T,
    ) -> Outcome<()> {
        let row = row(SETTINGS, &json(group)?);
        self.lock().put(row, json(config)?);
        Ok(())
    }

    fn mls_group_join_config<G: traits::GroupId<V>, T: traits::MlsGroupJoinConfig<V>>(
        &self,
        group: &G,
    ) -> Outcome<Option<T>> {
        self.read(SETTINGS, group)
    }

    fn delete_group_config<G: traits::GroupId<V>>(&self, group: &G) -> Outcome<()> {
        self.delete(SETTINGS, group)
    }

    fn append_own_leaf_node<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        group: &G,
        leaf: &T,
    ) -> Outcome<()> {
        self.append(OWN_LEAVES, group, leaf)
    }

    fn own_leaf_nodes<G: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        group: &G,
    ) -> Outcome<Vec<T>> {
        self.read_list(OWN_LEAVES, group)
    }

    fn delete_own_leaf_nodes<G: traits::GroupId<V>>(&self, group: &G) -> Outcome<()> {
        self.delete(OWN_LEAVES, group)
    }

    fn queue_proposal<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        group: &G,
        reference: &R,
        proposal: &T,
    ) -> Outcome<()> {
        self.write(PROPOSAL, &(group, reference), proposal)?;
        self.append(PROPOSALS, group, reference)
    }

    fn queued_proposal_refs<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
    ) -> Outcome<Vec<R>> {
        self.read_list(PROPOSALS, group)
    }

    fn queued_proposals<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        group: &G,
    ) -> Outcome<Vec<(R, T)>> {
        let mut proposals = Vec::new();
        for reference in self.read_list::<R>(PROPOSALS, group)? {
            if let Some(proposal) = self.read(PROPOSAL, &(group, &reference))? {
                proposals.push((reference, proposal));
            }
        }
        Ok(proposals)
    }

    fn remove_proposal<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
        reference: &R,
    ) -> Outcome<()> {
        let mut list = self.list(PROPOSALS, group)?;
        let removed = packed(reference)?;
        list.retain(|kept| *kept != removed);
        self.write(PROPOSALS, group, &list)?;
        self.delete(PROPOSAL, &(group, reference))
    }

    fn clear_proposal_queue<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        group: &G,
    ) -> Outcome<()> {
        for reference in self.read_list::<R>(PROPOSALS, group)? {
            self.delete(PROPOSAL, &(group, &reference))?;
        }
        self.delete(PROPOSALS, group)
    }

    fn write_encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf_index: u32,
        key_pairs: &[T],
    ) -> Outcome<()> {
        let row = epoch_row(group, epoch, leaf_index)?;
        self.lock().put(row, packed(&key_pairs)?);
        Ok(())
    }

    fn encryption_epoch_key_pairs<
        G: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        group: &G,
        epoch: &E,
        leaf_index: u32,
    ) -> Outcome<Vec<T>> {
        let row = epoch_row(group, epoch, leaf_index)?;
        let inner = self.lock();
        let value = inner.values.get(&row);
        value.map_or_else(|| Ok(Vec::new()), |value| unpacked(value))
    }

    fn delete_encryption_epoch_key_pairs<G: traits::GroupId<V>, E: traits::EpochKey<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf_index: u32,
    ) -> Outcome<()> {
        let row = epoch_row(group, epoch, leaf_index)?;
        self.lock().remove(row);
        Ok(())
    }
}

fn epoch_row(group: &impl Serialize, epoch: &impl Serialize, leaf_index: u32) -> Outcome<Vec<u8>> {
    let key = [json(group)?, json(epoch)?, json(&leaf_index)?].concat();
    Ok(row(EPOCH_KEYS, &key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "key";

    fn changed(rows: &Rows) -> Vec<(Vec<u8>, bool)> {
        let changes = rows.drain().into_iter();
        changes
            .map(|change| (change.key, change.value.is_some()))
            .collect()
    }

    #[test]
    fn what_changed_is_drained_once() {
        let rows = Rows::default();
        let row = row("Tree", b"\"key\"");
        rows.write("Tree", &KEY, &[1_u8, 2]).unwrap();
        assert_eq!(changed(&rows), [(row.clone(), true)]);
        rows.write("Tree", &KEY, &[1_u8, 2]).unwrap();
        assert_eq!(changed(&rows), [], "written as it was");
        rows.write("Tree", &KEY, &[3_u8]).unwrap();
        rows.delete("Tree", &KEY).unwrap();
        assert_eq!(changed(&rows), [(row.clone(), false)]);
        rows.delete("Tree", &KEY).unwrap();
        rows.insert(row, vec![PACKED]);
        assert_eq!(changed(&rows), []);
    }

    #[test]
    fn values_of_earlier_versions_are_read() {
        let rows = Rows::default();
        rows.insert(row("Tree", b"\"key\""), b"[1,2]".to_vec());
        let old = rows.read::<Vec<u8>>("Tree", &KEY).unwrap();
        assert_eq!(old, Some(vec![1, 2]));
        rows.insert(row("Tree", b"\"key\""), b"no value".to_vec());
        assert!(rows.read::<Vec<u8>>("Tree", &KEY).is_err());
    }

    #[test]
    fn lists_grow_and_shrink() {
        let rows = Rows::default();
        let list = || rows.read_list::<u32>(PROPOSALS, &KEY).unwrap();
        assert!(list().is_empty());
        for value in [5_u32, 6] {
            rows.append(PROPOSALS, &KEY, &value).unwrap();
        }
        assert_eq!(list(), [5, 6]);
        rows.delete(PROPOSALS, &KEY).unwrap();
        assert!(list().is_empty());
    }
}
