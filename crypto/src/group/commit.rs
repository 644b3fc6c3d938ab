//! Commits: other devices' checked and merged, one's own made, confirmed or discarded.

use dialtone_protocol::group_rules::{
    Leaf, PrivateGroup, check_commit, check_commit_keys, check_in_group, commit_aad,
};
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_protocol::{Hash, http};
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{
    ContentType, LeafNodeIndex, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _,
    ProcessedMessageContent, ProtocolMessage, Sender, StagedCommit,
};

use super::epoch::{self, EpochSecret};
use super::error::{GroupError, broken};
use super::facts::{facts, member_leaf};
use super::package::DevicePackage;
use super::private::{context_of, position_extension, private_of};
use super::provider::LeafSigner;
use super::state::{Group, check_active, secret};
use crate::keys::DeviceKey;
use crate::labels;

/// What became of a commit that the server handed out.
pub enum Processed {
    /// Another device's commit was merged; one's own pending commit, if there was one, is gone.
    Applied(EpochSecret),
    /// It was one's own pending commit, which is confirmed by that.
    OwnConfirmed(EpochSecret),
    /// It was merged before.
    AlreadyHere,
}

/// One's own commit, to be published.
pub struct PendingCommit {
    /// The epoch it was made in.
    pub epoch: u64,
    /// MLS `PublicMessage`.
    pub commit: Vec<u8>,
    /// MLS `GroupInfo` message of the epoch that it makes, without a tree.
    pub group_info: Vec<u8>,
    /// MLS `Welcome` message for the devices that it adds, if any.
    pub welcome: Option<Vec<u8>>,
}

impl Group {
    /// Checks a commit and merges it. On an error nothing has changed.
    ///
    /// `epoch` is the one it was made in, as the server says.
    ///
    /// # Errors
    /// [`GroupError`]; [`GroupError::RosterMissing`] and [`GroupError::Ahead`] are passing, the others are not.
    pub fn process_commit(
        &mut self,
        epoch: u64,
        bytes: &[u8],
        roster: &Roster,
    ) -> Result<Processed, GroupError> {
        if epoch < self.epoch() {
            return Ok(Processed::AlreadyHere);
        }
        if self.meta.pending == Some(Hash::of(bytes)) && self.has_pending_commit() {
            return self.confirm_commit().map(Processed::OwnConfirmed);
        }
        let message = read_commit(bytes)?;
        let made_in = message.epoch().as_u64();
        if made_in > self.epoch() {
            return Err(GroupError::Ahead {
                ours: self.epoch(),
                theirs: made_in,
            });
        }
        if made_in < self.epoch() {
            return Err(GroupError::Malformed);
        }
        if !self.mls.is_active() {
            return Err(GroupError::Removed);
        }
        let processed = self
            .mls
            .process_message(&self.provider, message)
            .map_err(broken)?;
        let sender = processed.sender().clone();
        let aad = processed.aad().to_vec();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(GroupError::Malformed);
        };
        let facts = facts(&self.mls, &sender, &aad, &staged, self.previous_length())?;
        check_commit(&facts, roster).map_err(|error| GroupError::of(error, facts.position))?;
        check_commit_keys(bytes).map_err(|error| GroupError::of(error, facts.position))?;
        let secret = self.merge(*staged, facts.position)?;
        secret.map(Processed::Applied).ok_or(GroupError::Removed)
    }

    /// Merges a checked commit. `None`: it removed this device.
    fn merge(
        &mut self,
        staged: StagedCommit,
        position: RosterPosition,
    ) -> Result<Option<EpochSecret>, GroupError> {
        let secret = if staged.self_removed() {
            None
        } else {
            Some(self.staged_secret(&staged, &position)?)
        };
        self.mls
            .merge_staged_commit(&self.provider, staged)
            .map_err(broken)?;
        self.note_commit(position);
        Ok(secret)
    }

    /// `E` of the epoch that a staged commit makes.
    fn staged_secret(
        &self,
        staged: &StagedCommit,
        position: &RosterPosition,
    ) -> Result<EpochSecret, GroupError> {
        let epoch = staged.epoch().as_u64();
        let context = epoch::context(&self.id, epoch);
        let crypto = self.provider.crypto();
        let exported = staged.export_secret(crypto, labels::EXPORT_HISTORY, &context, 32);
        Ok(EpochSecret {
            group: self.id,
            epoch,
            length: Some(position.length),
            secret: secret(exported.map_err(broken)?)?,
        })
    }

    fn note_commit(&mut self, position: RosterPosition) {
        self.meta.position = Some(position);
        let epoch = self.epoch();
        self.meta.lengths.insert(epoch, position.length);
        self.meta.pending = None;
        self.meta.pending_position = None;
        self.note_accounts();
    }

    /// What the next commit must not go below.
    fn previous_length(&self) -> u64 {
        self.position().length
    }

    /// Makes a commit that rotates one's own keys and removes every device that the roster does not list as active. It waits
    /// until [`Self::confirm_commit`], or goes by [`Self::discard_commit`] or when another device's commit is merged.
    ///
    /// # Errors
    /// When one waits already, or this device is not active.
    pub fn make_commit(
        &mut self,
        device: &DeviceKey,
        roster: &Roster,
    ) -> Result<PendingCommit, GroupError> {
        self.make(device, roster, None, Vec::new())
    }

    /// Makes a commit that also changes a private group: who belongs to it, who are its admins, its history policy. Devices of `added` are put
    /// into it; those of accounts that are there no more are removed. Taking one's own account out is leaving: one's other devices are removed
    /// by this commit, this one by the next that somebody makes.
    ///
    /// # Errors
    /// As [`Self::make_commit`]; [`GroupError::Invalid`] when others would refuse it.
    pub fn make_change(
        &mut self,
        device: &DeviceKey,
        roster: &Roster,
        after: &PrivateGroup,
        added: Vec<DevicePackage>,
    ) -> Result<PendingCommit, GroupError> {
        let made = self.make(device, roster, Some(after), added)?;
        if let Err(error) = self.check_pending(roster) {
            self.discard_commit()?;
            return Err(error);
        }
        Ok(made)
    }

    /// Looks at one's own commit as others will.
    fn check_pending(&self, roster: &Roster) -> Result<(), GroupError> {
        let staged = self
            .mls
            .pending_commit()
            .ok_or(GroupError::NoPendingCommit)?;
        let position = self.meta.pending_position.ok_or(GroupError::State)?;
        let sender = Sender::Member(self.mls.own_leaf_index());
        let aad = commit_aad(&position);
        let facts = facts(&self.mls, &sender, &aad, staged, self.previous_length())?;
        Ok(check_commit(&facts, roster)?)
    }

    pub(super) fn make(
        &mut self,
        device: &DeviceKey,
        roster: &Roster,
        after: Option<&PrivateGroup>,
        added: Vec<DevicePackage>,
    ) -> Result<PendingCommit, GroupError> {
        if self.has_pending_commit() {
            return Err(GroupError::PendingCommit);
        }
        let own = self.own_account(device)?;
        check_active(device, own, roster)?;
        let position = roster.position();
        let before = private_of(self.mls.extensions())?;
        let removed = self.not_belonging(after.or(before.as_ref()), roster);
        self.mls.set_aad(commit_aad(&position));
        let signer = LeafSigner(device);
        let mut builder = self
            .mls
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(true)
            .propose_removals(removed);
        if let Some(after) = after.filter(|after| before.as_ref() != Some(after)) {
            builder = builder
                .propose_group_context_extensions(context_of(after)?)
                .map_err(broken)?;
        }
        // Only who is welcomed needs to be told.
        let told = (!added.is_empty()).then(|| position_extension(&position));
        let bundle = builder
            .propose_adds(added.into_iter().map(|added| added.package))
            .load_psks(self.provider.storage())
            .map_err(broken)?
            .create_group_info_with_extensions(told)
            .map_err(broken)?
            .use_ratchet_tree_extension(false)
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &signer,
                |_| true,
            )
            .map_err(broken)?
            .stage_commit(&self.provider)
            .map_err(broken)?;
        let (commit, welcome, group_info) = bundle.into_messages();
        let commit = commit.tls_serialize_detached().map_err(broken)?;
        let group_info = group_info.ok_or(GroupError::Malformed)?;
        self.meta.pending = Some(Hash::of(&commit));
        self.meta.pending_position = Some(position);
        Ok(PendingCommit {
            epoch: self.epoch(),
            commit,
            group_info: group_info.tls_serialize_detached().map_err(broken)?,
            welcome: welcome
                .map(|welcome| welcome.tls_serialize_detached().map_err(broken))
                .transpose()?,
        })
    }

    /// The server has accepted one's own commit.
    ///
    /// # Errors
    /// [`GroupError::NoPendingCommit`]
    pub fn confirm_commit(&mut self) -> Result<EpochSecret, GroupError> {
        let staged = self
            .mls
            .pending_commit()
            .ok_or(GroupError::NoPendingCommit)?;
        let position = self.meta.pending_position.ok_or(GroupError::State)?;
        let secret = self.staged_secret(staged, &position)?;
        self.mls
            .merge_pending_commit(&self.provider)
            .map_err(broken)?;
        self.note_commit(position);
        Ok(secret)
    }

    /// The server has refused one's own commit.
    ///
    /// # Errors
    /// When openmls's storage fails.
    pub fn discard_commit(&mut self) -> Result<(), GroupError> {
        self.mls
            .clear_pending_commit(self.provider.storage())
            .map_err(broken)?;
        self.meta.pending = None;
        self.meta.pending_position = None;
        Ok(())
    }

    fn own_account(&self, device: &DeviceKey) -> Result<dialtone_protocol::AccountId, GroupError> {
        let key = device.public_keys().signature_key;
        let leaves = self.leaves();
        let own = leaves.iter().find(|leaf| leaf.signature_key == key);
        own.map(|leaf| leaf.identity.account)
            .ok_or(GroupError::Removed)
    }

    /// The leaves that a commit removes, beside its maker's.
    fn not_belonging(&self, after: Option<&PrivateGroup>, roster: &Roster) -> Vec<LeafNodeIndex> {
        let length = roster.position().length;
        let belongs = |leaf: &Leaf| check_in_group(leaf, after, roster, length).is_ok();
        let own = self.mls.own_leaf_index();
        let gone = self.mls.members().filter(|member| {
            member.index != own && !member_leaf(member).is_ok_and(|leaf| belongs(&leaf))
        });
        gone.map(|member| member.index).collect()
    }
}

/// Reads a commit as a `PublicMessage`.
// Read from a reader: the variant for slices asserts on lengths in debug builds.
pub(super) fn read_commit(bytes: &[u8]) -> Result<ProtocolMessage, GroupError> {
    if bytes.len() > http::BODY_LIMIT {
        return Err(GroupError::Malformed);
    }
    let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed)?;
    match message.extract() {
        MlsMessageBodyIn::PublicMessage(message)
            if message.content_type() == ContentType::Commit =>
        {
            Ok(ProtocolMessage::from(message))
        }
        _ => Err(GroupError::Malformed),
    }
}
