//! Joining from outside, by an external commit (RFC 9420, section 12.4.3.2).
//!
//! openmls merges an external commit before the server has accepted it, so the join runs on a scratch provider. What it made
//! becomes the device's group only by [`ExternalJoin::accept`]; a refused one is dropped and nothing was touched.

use dialtone_protocol::group_rules::{Leaf, PrivateGroup, check_key, check_tree_keys, commit_aad};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, GroupId, http};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{
    LeafNodeParameters, MlsGroup, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _,
    RatchetTreeIn,
};

use super::epoch::EpochSecret;
use super::error::{GroupError, broken};
use super::facts::member_leaf;
use super::private::{check_nature, private_of};
use super::provider::{LeafSigner, Provider, capabilities, credential, join_config};
use super::state::{Group, check_active, mls_id};
use crate::keys::DeviceKey;
use crate::primitives::SUITE;

/// A join that waits for the server.
pub struct ExternalJoin {
    group: Group,
    secret: EpochSecret,
    epoch: u64,
    commit: Vec<u8>,
    group_info: Vec<u8>,
}

impl ExternalJoin {
    /// Prepares to join. Rejoining with the same device replaces its older leaf.
    ///
    /// The group is accepted only if each of its leaves (the signer of the group info is one) was an active device at a roster
    /// length that is not below `not_before` (the invite's length, or the last that this device knew).
    ///
    /// # Errors
    /// [`GroupError::UntrustedGroup`] when it is not acceptable; others when it is broken or this device is not active.
    pub fn prepare(
        id: GroupId,
        group_info: &[u8],
        tree: &[u8],
        roster: &Roster,
        device: &DeviceKey,
        account: AccountId,
        not_before: u64,
    ) -> Result<Self, GroupError> {
        check_active(device, account, roster)?;
        let info = read_group_info(group_info, &id)?;
        let epoch = info.epoch().as_u64();
        check_tree_keys(tree)?;
        let tree = read_tree(tree)?;
        let provider = Provider::new()?;
        let position = roster.position();
        let builder = MlsGroup::external_commit_builder()
            .with_config(join_config())
            .with_ratchet_tree(tree)
            .with_aad(commit_aad(&position))
            .skip_lifetime_validation()
            .build_group(&provider, info, credential(device, account))
            .map_err(broken)?;
        let parameters = LeafNodeParameters::builder()
            .with_capabilities(capabilities())
            .build();
        let (mls, bundle) = builder
            .leaf_node_parameters(parameters)
            .load_psks(provider.storage())
            .map_err(broken)?
            .build(
                provider.rand(),
                provider.crypto(),
                &LeafSigner(device),
                |_| true,
            )
            .map_err(broken)?
            .finalize(&provider)
            .map_err(broken)?;
        let members = mls.members().map(|member| member_leaf(&member));
        let leaves = members
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| GroupError::UntrustedGroup)?;
        check_leaves(&leaves, roster, not_before)?;
        let private = private_of(mls.extensions())?;
        check_nature(&id, private.as_ref(), roster, &account)?;
        let commit = bundle
            .into_commit()
            .tls_serialize_detached()
            .map_err(broken)?;
        let group = Group::assemble(id, mls, provider, position);
        Ok(Self {
            secret: group.epoch_secret()?,
            group_info: group.export_group_info(device)?,
            group,
            epoch,
            commit,
        })
    }

    /// What a private group is that is joined.
    pub fn private(&self) -> Option<PrivateGroup> {
        self.group.private()
    }

    /// The epoch it was made in.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// MLS `PublicMessage`.
    pub fn commit(&self) -> &[u8] {
        &self.commit
    }

    /// MLS `GroupInfo` message of the epoch that it makes, without a tree.
    pub fn group_info(&self) -> &[u8] {
        &self.group_info
    }

    /// The server has accepted it: the group, whose first [`Group::drain_changes`] holds every row.
    pub fn accept(self) -> (Group, EpochSecret) {
        (self.group, self.secret)
    }
}

pub(super) fn read_group_info(
    bytes: &[u8],
    id: &GroupId,
) -> Result<VerifiableGroupInfo, GroupError> {
    if bytes.len() > http::BODY_LIMIT {
        return Err(GroupError::Malformed);
    }
    let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed)?;
    let MlsMessageBodyIn::GroupInfo(info) = message.extract() else {
        return Err(GroupError::Malformed);
    };
    if *info.group_id() != mls_id(id) || info.ciphersuite() != SUITE {
        return Err(GroupError::OtherGroup);
    }
    let external = info.extensions().external_pub();
    let external = external.ok_or(GroupError::Malformed)?;
    check_key(external.external_pub().as_slice())?;
    // A tree inside would win over the one that was asked for.
    if info.extensions().ratchet_tree().is_some() {
        return Err(GroupError::Malformed);
    }
    Ok(info)
}

pub(super) fn read_tree(bytes: &[u8]) -> Result<RatchetTreeIn, GroupError> {
    if bytes.len() > http::BODY_LIMIT {
        return Err(GroupError::Malformed);
    }
    RatchetTreeIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed)
}

/// Every leaf was an active device, with exactly its keys, at some roster length that is not below `not_before`. One that was revoked
/// since then may still be there: the send gate has it removed before anything is sealed.
pub(super) fn check_leaves(
    leaves: &[Leaf],
    roster: &Roster,
    not_before: u64,
) -> Result<(), GroupError> {
    let acceptable = |leaf: &Leaf| {
        let device = roster.view().device(&leaf.identity.device);
        device.is_some_and(|device| {
            let to = device.revoked_at.unwrap_or(roster.position().length);
            device.account == leaf.identity.account
                && device.keys.signature_key == leaf.signature_key
                && device.added_at.saturating_add(1).max(not_before) <= to
        })
    };
    if leaves.iter().all(acceptable) {
        Ok(())
    } else {
        Err(GroupError::UntrustedGroup)
    }
}
