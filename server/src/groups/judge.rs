//! Is a commit valid? As MLS by openmls, as a change of people by the public rules, and its `GroupInfo` to the byte.

use dialtone_protocol::DeviceId;
use dialtone_protocol::group_rules::{
    CommitFacts, Committer, Leaf, check_commit, check_commit_keys, check_key, check_leaf,
    read_commit_aad,
};
use dialtone_protocol::roster::{Roster, RosterPosition};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::Serialize as _;
use openmls::prelude::{
    ConfirmationTag, Extension, LeafNodeIndex, MlsMessageBodyIn, ProcessedMessageContent, Proposal,
    ProposalOrRefType, Sender, StagedCommit, Verifiable as _,
};

use super::GroupError;
use super::public::{self, PublicHalf, SUITE};

/// A valid commit, ready to be taken in.
pub(super) struct Judged {
    pub(super) staged: Box<StagedCommit>,
    pub(super) position: RosterPosition,
}

fn mls(error: impl std::fmt::Display) -> GroupError {
    GroupError::Mls(error.to_string())
}

/// Judges a commit of `device` and the group info that comes with it.
pub(super) fn judge(
    half: &PublicHalf,
    device: &DeviceId,
    commit: &[u8],
    group_info: &[u8],
    roster: &Roster,
) -> Result<Judged, GroupError> {
    let MlsMessageBodyIn::PublicMessage(message) = public::read_message(commit, "commit")? else {
        return Err(GroupError::Malformed("commit"));
    };
    let tag = message
        .confirmation_tag()
        .cloned()
        .ok_or(GroupError::Malformed("commit"))?;
    if message.epoch() != half.group.group_context().epoch() {
        return Err(GroupError::Stale(half.epoch()));
    }
    let processed = half
        .group
        .process_message(&public::crypto()?, message)
        .map_err(mls)?;
    let sender = processed.sender().clone();
    let position =
        read_commit_aad(processed.aad()).map_err(|_| GroupError::Malformed("commit's position"))?;
    let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
        return Err(GroupError::Malformed("commit"));
    };
    let (facts, signer) = facts(half, &sender, &staged, position)?;
    check_commit(&facts, roster)?;
    check_commit_keys(commit)?;
    let path = facts.path.ok_or(GroupError::Malformed("commit"))?;
    if path.identity.device != *device {
        return Err(GroupError::NotAllowed("the commit is another device's"));
    }
    let info = public::read_group_info(group_info)?;
    check_group_info(info, &staged, &tag, signer, &path)?;
    Ok(Judged { staged, position })
}

/// What the rules look at, and the place of the committer's leaf after the commit.
fn facts(
    half: &PublicHalf,
    sender: &Sender,
    staged: &StagedCommit,
    position: RosterPosition,
) -> Result<(CommitFacts, LeafNodeIndex), GroupError> {
    let leaves = half.leaves()?;
    let at = |index: LeafNodeIndex| {
        leaves
            .iter()
            .find(|(place, _)| *place == index)
            .map(|(_, leaf)| *leaf)
            .ok_or_else(|| mls("it names a leaf that does not exist"))
    };
    let (committer, signer) = match sender {
        Sender::Member(index) => (Committer::Member(at(*index)?), *index),
        Sender::NewMemberCommit => {
            let index = half.group.ext_commit_sender_index(staged).map_err(mls)?;
            (Committer::External, index)
        }
        _ => return Err(mls("its sender cannot commit")),
    };
    let added = staged
        .add_proposals()
        .map(|add| {
            let node = add.add_proposal().key_package().leaf_node();
            public::leaf(node.credential(), node.signature_key().as_slice())
        })
        .collect::<Result<_, _>>()?;
    let removed = staged
        .remove_proposals()
        .map(|remove| at(remove.remove_proposal().removed()))
        .collect::<Result<_, _>>()?;
    let path = staged
        .update_path_leaf_node()
        .map(|node| public::leaf(node.credential(), node.signature_key().as_slice()))
        .transpose()?;
    let facts = CommitFacts {
        position,
        previous_length: half.roster_length,
        committer,
        before: leaves.iter().map(|(_, leaf)| *leaf).collect(),
        added,
        removed,
        path,
        other_proposals: staged.queued_proposals().any(|queued| {
            queued.proposal_or_ref_type() != ProposalOrRefType::Proposal
                || !is_allowed(queued.proposal())
        }),
    };
    Ok((facts, signer))
}

fn is_allowed(proposal: &Proposal) -> bool {
    matches!(
        proposal,
        Proposal::Add(_)
            | Proposal::Remove(_)
            | Proposal::ExternalInit(_)
            | Proposal::GroupContextExtensions(_)
    )
}

/// The group info must be exactly that of the epoch which the commit makes, signed by the committer.
fn check_group_info(
    info: VerifiableGroupInfo,
    staged: &StagedCommit,
    tag: &ConfirmationTag,
    signer: LeafNodeIndex,
    path: &Leaf,
) -> Result<(), GroupError> {
    check_extensions(&info)?;
    let wrong = |_| GroupError::GroupInfo;
    let mut expected = staged
        .group_context()
        .tls_serialize_detached()
        .map_err(wrong)?;
    expected.extend(info.extensions().tls_serialize_detached().map_err(wrong)?);
    expected.extend(tag.tls_serialize_detached().map_err(wrong)?);
    expected.extend(signer.tls_serialize_detached().map_err(wrong)?);
    if info.unsigned_payload().map_err(wrong)? != expected {
        return Err(GroupError::GroupInfo);
    }
    info.verify(
        &public::crypto()?,
        &public::verifying_key(&path.signature_key)?,
    )
    .map_err(|_| GroupError::GroupInfo)?;
    Ok(())
}

/// It lets others join (`external_pub`) and brings no tree: that is served from the own copy.
pub(super) fn check_extensions(info: &VerifiableGroupInfo) -> Result<(), GroupError> {
    let mut external = false;
    for extension in info.extensions().iter() {
        match extension {
            Extension::ExternalPub(key) => {
                check_key(key.external_pub().as_slice())?;
                external = true;
            }
            Extension::RatchetTree(_) => {
                return Err(GroupError::Malformed("group info (it brings a tree)"));
            }
            _ => {}
        }
    }
    if external {
        Ok(())
    } else {
        Err(GroupError::Malformed("group info (it lets nobody join)"))
    }
}

/// Judges a new group: the one leaf is the device that makes it.
pub(super) fn judge_new(
    half: &PublicHalf,
    device: &DeviceId,
    roster: &Roster,
) -> Result<(), GroupError> {
    if half.group.ciphersuite() != SUITE {
        return Err(mls("groups use the X-Wing suite"));
    }
    let leaves = half.leaves()?;
    let [(_, only)] = leaves.as_slice() else {
        return Err(mls("a new group has its creator as its only member"));
    };
    if half.epoch() != 0 {
        return Err(mls("a new group is in epoch 0"));
    }
    check_leaf(only, roster, roster.position().length)?;
    if only.identity.device != *device {
        return Err(GroupError::NotAllowed("the group is another device's"));
    }
    Ok(())
}
