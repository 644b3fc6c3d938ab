//! A group as this device holds it: its rows, members and secrets.

use std::collections::BTreeMap;

use dialtone_protocol::group_rules::{Leaf, LeafIdentity, PrivateGroup, check_leaf};
use dialtone_protocol::roster::{HistoryPolicy, Roster, RosterPosition};
use dialtone_protocol::{AccountId, CallId, GroupId, Hash, strict};
use minicbor::{Decode, Encode};
use openmls::group::GroupContext;
use openmls::prelude::tls_codec::Serialize as _;
use openmls::prelude::{Extensions, MlsGroup, OpenMlsProvider as _};
use zeroize::Zeroizing;

use super::epoch::{self, CallSecret, EpochSecret, SignalSecret};
use super::error::{GroupError, broken};
use super::facts::member_leaf;
use super::gate::LastGate;
use super::private::{check_nature, context_of, private_of};
use super::provider::{LeafSigner, Provider, create_config, credential};
use crate::keys::DeviceKey;
use crate::labels;
use crate::primitives::Secret;
use crate::rows::RowChange;

/// What the server keeps of a new group.
pub struct GroupPublic {
    /// MLS `GroupInfo` message, without a tree.
    pub group_info: Vec<u8>,
    /// MLS `ratchet_tree` extension's content.
    pub tree: Vec<u8>,
}

/// What openmls does not keep.
#[derive(Clone, Default, Encode, Decode)]
pub(super) struct Meta {
    /// Roster length and head of the last commit, or at the creation.
    #[n(0)]
    pub(super) position: Option<RosterPosition>,
    /// For each epoch, the roster length of the commit that made it.
    #[n(1)]
    pub(super) lengths: BTreeMap<u64, u64>,
    /// Hash of one's own commit that waits.
    #[n(2)]
    pub(super) pending: Option<Hash>,
    /// Roster position of one's own commit that waits.
    #[n(3)]
    pub(super) pending_position: Option<RosterPosition>,
    /// Of a private group: since which epoch each account belongs to it, as far as this device saw.
    #[n(4)]
    #[cbor(default)]
    pub(super) since: BTreeMap<AccountId, u64>,
    /// The same of the groups that it replaces, as it was when they were left.
    #[n(5)]
    #[cbor(default)]
    former: BTreeMap<GroupId, BTreeMap<AccountId, u64>>,
}

/// One MLS group with this device in it.
pub struct Group {
    pub(super) id: GroupId,
    pub(super) mls: MlsGroup,
    pub(super) provider: Provider,
    pub(super) meta: Meta,
    /// What was drained of `meta` last.
    drained: Vec<u8>,
    /// The answer of the send gate that was given last.
    pub(super) gate: LastGate,
}

impl Group {
    /// A new group with this device alone in it, at epoch 0.
    ///
    /// # Errors
    /// When the device is not active in the roster, or openmls fails.
    pub fn create(
        id: GroupId,
        device: &DeviceKey,
        account: AccountId,
        roster: &Roster,
    ) -> Result<(Self, GroupPublic, EpochSecret), GroupError> {
        Self::create_with(id, device, account, roster, Extensions::empty())
    }

    /// A new private group with this device alone in it, at epoch 0. A channel of the roster names it.
    ///
    /// # Errors
    /// When the device is not active in the roster, the group is not for its account, or openmls fails.
    pub fn create_private(
        id: GroupId,
        device: &DeviceKey,
        account: AccountId,
        roster: &Roster,
        private: &PrivateGroup,
    ) -> Result<(Self, GroupPublic, EpochSecret), GroupError> {
        check_nature(&id, Some(private), roster, &account)?;
        Self::create_with(id, device, account, roster, context_of(private)?)
    }

    fn create_with(
        id: GroupId,
        device: &DeviceKey,
        account: AccountId,
        roster: &Roster,
        context: Extensions<GroupContext>,
    ) -> Result<(Self, GroupPublic, EpochSecret), GroupError> {
        check_active(device, account, roster)?;
        let provider = Provider::new()?;
        let signer = LeafSigner(device);
        let mls = MlsGroup::new_with_group_id(
            &provider,
            &signer,
            &create_config(context),
            mls_id(&id),
            credential(device, account),
        )
        .map_err(broken)?;
        let mut group = Self::assemble(id, mls, provider, roster.position());
        if let Some(position) = roster.named_at(&id) {
            // Whoever checks the first commit must come to the same verdict, and knows no more of its creator.
            group.meta.position = Some(position);
        }
        let public = group.public(device)?;
        let secret = group.epoch_secret()?;
        Ok((group, public, secret))
    }

    /// What the server keeps of the present epoch.
    ///
    /// # Errors
    /// When openmls fails, or this device was removed.
    pub fn public(&self, device: &DeviceKey) -> Result<GroupPublic, GroupError> {
        Ok(GroupPublic {
            group_info: self.export_group_info(device)?,
            tree: self
                .mls
                .export_ratchet_tree()
                .tls_serialize_detached()
                .map_err(broken)?,
        })
    }

    /// A group from the rows that [`Self::drain_changes`] gave.
    ///
    /// # Errors
    /// [`GroupError::State`] when they are not a group's, or damaged.
    pub fn load(
        id: GroupId,
        rows: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
    ) -> Result<Self, GroupError> {
        let provider = Provider::new()?;
        let mut meta = Vec::new();
        let meta_key = meta_key(&id);
        for (key, value) in rows {
            if key == meta_key {
                meta = value;
            } else {
                provider.storage().insert(key, value);
            }
        }
        let mls = MlsGroup::load(provider.storage(), &mls_id(&id))
            .map_err(|_| GroupError::State)?
            .ok_or(GroupError::State)?;
        Ok(Self {
            id,
            mls,
            provider,
            meta: strict::decode(&meta, usize::MAX).map_err(|_| GroupError::State)?,
            drained: meta,
            gate: LastGate::default(),
        })
    }

    pub(super) fn assemble(
        id: GroupId,
        mls: MlsGroup,
        provider: Provider,
        position: RosterPosition,
    ) -> Self {
        let mut meta = Meta::default();
        meta.lengths.insert(mls.epoch().as_u64(), position.length);
        meta.position = Some(position);
        let mut group = Self {
            id,
            mls,
            provider,
            meta,
            drained: Vec::new(),
            gate: LastGate::default(),
        };
        group.note_accounts();
        group
    }

    /// Keeps since when each account belongs to the group.
    pub(super) fn note_accounts(&mut self) {
        let Some(private) = self.private() else {
            return;
        };
        let epoch = self.epoch();
        let since = &mut self.meta.since;
        since.retain(|account, _| private.accounts.contains(account));
        for account in private.accounts {
            since.entry(account).or_insert(epoch);
        }
    }

    /// Since which epoch an account belongs to this private group, as far as this device saw.
    pub fn belongs_since(&self, account: &AccountId) -> Option<u64> {
        self.meta.since.get(account).copied()
    }

    /// This private group replaces another that this device was in: who belonged to that, and since when, is kept.
    pub fn replaces(&mut self, old: &Self) {
        self.meta.former.extend(old.meta.former.clone());
        self.meta.former.insert(old.id, old.meta.since.clone());
    }

    /// Whether an account may have the keys of an epoch of this private group, or of one that it replaces: it belongs to this one, and where
    /// newcomers read only what comes after them, it did so in that epoch. Of the time before this device came it knows nothing.
    pub fn may_read(&self, account: &AccountId, group: &GroupId, epoch: u64) -> bool {
        if self.belongs_since(account).is_none() {
            return false;
        }
        let since = self.belonged_since(account, group);
        match self.private().map(|private| private.history) {
            Some(HistoryPolicy::All) => true,
            Some(HistoryPolicy::FromJoining) => since.is_some_and(|since| since <= epoch),
            None => false,
        }
    }

    /// Whether an epoch of this private group, or of one that it replaces, is from before an account belonged to it, as far as this device saw.
    pub fn is_before(&self, account: &AccountId, group: &GroupId, epoch: u64) -> bool {
        let since = self.belonged_since(account, group);
        since.is_some_and(|since| epoch < since)
    }

    fn belonged_since(&self, account: &AccountId, group: &GroupId) -> Option<u64> {
        let since = if *group == self.id {
            Some(&self.meta.since)
        } else {
            self.meta.former.get(group)
        };
        since?.get(account).copied()
    }

    /// Rows that changed since the last call, to be sealed and stored in the transaction of whatever changed them.
    pub fn drain_changes(&mut self) -> Vec<RowChange> {
        let mut changes = self.provider.storage().drain();
        let meta = strict::encode(&self.meta);
        if meta != self.drained {
            changes.push(RowChange {
                key: meta_key(&self.id),
                value: Some(Zeroizing::new(meta.clone())),
            });
            self.drained = meta;
        }
        changes
    }

    /// Which group.
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// The present epoch.
    pub fn epoch(&self) -> u64 {
        self.mls.epoch().as_u64()
    }

    /// The roster position of the last commit that is known here.
    pub fn position(&self) -> RosterPosition {
        self.meta.position.unwrap_or(RosterPosition::START)
    }

    /// The roster length of the commit that made `epoch`, if this device was there.
    pub fn epoch_length(&self, epoch: u64) -> Option<u64> {
        self.meta.lengths.get(&epoch).copied()
    }

    /// Whose devices are in the group.
    pub fn members(&self) -> Vec<LeafIdentity> {
        self.leaves().iter().map(|leaf| leaf.identity).collect()
    }

    pub(super) fn leaves(&self) -> Vec<Leaf> {
        let leaves = self.mls.members().map(|member| member_leaf(&member));
        leaves.filter_map(Result::ok).collect()
    }

    /// What the group is, if it is a private one.
    pub fn private(&self) -> Option<PrivateGroup> {
        private_of(self.mls.extensions()).ok().flatten()
    }

    /// A commit of one's own waits for its confirmation.
    pub fn has_pending_commit(&self) -> bool {
        self.mls.pending_commit().is_some()
    }

    /// `E` of the present epoch.
    ///
    /// # Errors
    /// When this device was removed.
    pub fn epoch_secret(&self) -> Result<EpochSecret, GroupError> {
        let context = epoch::context(&self.id, self.epoch());
        Ok(EpochSecret {
            group: self.id,
            epoch: self.epoch(),
            length: self.epoch_length(self.epoch()),
            secret: self.export(labels::EXPORT_HISTORY, &context)?,
        })
    }

    /// The present epoch's secret for signals.
    ///
    /// # Errors
    /// When this device was removed.
    pub fn signal_secret(&self) -> Result<SignalSecret, GroupError> {
        let context = epoch::context(&self.id, self.epoch());
        Ok(SignalSecret {
            group: self.id,
            epoch: self.epoch(),
            secret: self.export(labels::EXPORT_SIGNAL, &context)?,
        })
    }

    /// The present epoch's secret for the voice of one call.
    ///
    /// # Errors
    /// When this device was removed.
    pub fn call_secret(&self, call: CallId) -> Result<CallSecret, GroupError> {
        Ok(CallSecret {
            call,
            epoch: self.epoch(),
            secret: self.export(labels::EXPORT_SFRAME, &call.0)?,
        })
    }

    fn export(&self, label: &str, context: &[u8]) -> Result<Secret, GroupError> {
        let crypto = self.provider.crypto();
        let exported = self.mls.export_secret(crypto, label, context, 32);
        secret(exported.map_err(|_| GroupError::Removed)?)
    }

    pub(super) fn export_group_info(&self, device: &DeviceKey) -> Result<Vec<u8>, GroupError> {
        self.mls
            .export_group_info(self.provider.crypto(), &LeafSigner(device), false)
            .map_err(broken)?
            .tls_serialize_detached()
            .map_err(broken)
    }
}

/// 32 exported bytes.
pub(super) fn secret(exported: Vec<u8>) -> Result<Secret, GroupError> {
    let exported = Zeroizing::new(exported);
    let bytes = <[u8; 32]>::try_from(exported.as_slice());
    bytes
        .map(Zeroizing::new)
        .map_err(|_| GroupError::Broken("exporter".into()))
}

pub(super) fn mls_id(id: &GroupId) -> openmls::prelude::GroupId {
    openmls::prelude::GroupId::from_slice(&id.0)
}

/// The device is active in the newest roster, and the account's.
pub(super) fn check_active(
    device: &DeviceKey,
    account: AccountId,
    roster: &Roster,
) -> Result<(), GroupError> {
    let leaf = Leaf {
        identity: LeafIdentity {
            account,
            device: device.id(),
        },
        signature_key: device.public_keys().signature_key,
    };
    check_leaf(&leaf, roster, roster.position().length).map_err(|_| GroupError::NotActive)
}

fn meta_key(id: &GroupId) -> Vec<u8> {
    let mut key = b"dialtone/meta".to_vec();
    key.extend_from_slice(&id.0);
    key
}
