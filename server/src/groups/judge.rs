//! Is a commit valid? As MLS by openmls, as a change of people by the public rules, and its `GroupInfo` to the byte.

use dialtone_protocol::group_rules::{
    CommitError, CommitFacts, Committer, Leaf, PrivateGroup, check_commit, check_commit_keys,
    check_key, check_leaf, read_commit_aad,
};
use dialtone_protocol::http::CommitPublish;
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_protocol::{DeviceId, GroupId};
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
    /// What a private group is before it.
    pub(super) before: Option<PrivateGroup>,
    /// What it makes of that.
    pub(super) after: Option<PrivateGroup>,
    /// Devices that it adds.
    pub(super) added: Vec<DeviceId>,
}

fn mls(error: impl std::fmt::Display) -> GroupError {
    GroupError::Mls(error.to_string())
}

/// Judges a commit of `device` and what comes with it: its group info, and a welcome exactly if it adds devices.
pub(super) fn judge(
    half: &PublicHalf,
    device: &DeviceId,
    body: &CommitPublish,
    roster: &Roster,
) -> Result<Judged, GroupError> {
    let (commit, group_info) = (&body.commit.0, &body.group_info.0);
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
    if body.welcome.is_some() == facts.added.is_empty() {
        return Err(GroupError::Malformed(
            "commit (a welcome goes with devices that are added)",
        ));
    }
    let added = facts.added.iter().map(|leaf| leaf.identity.device);
    Ok(Judged {
        staged,
        position,
        added: added.collect(),
        before: facts.private_before,
        after: facts.private_after,
    })
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
        private_before: half.private()?,
        private_after: public::private_of(staged.group_context())?,
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

/// Judges a new group: the one leaf is the device that makes it, and it is what the roster names it for. `replaced` is what the private group
/// was that it replaces.
pub(super) fn judge_new(
    half: &PublicHalf,
    id: &GroupId,
    device: &DeviceId,
    roster: &Roster,
    replaced: Option<&PrivateGroup>,
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
    match (roster.view().private_channel(id), half.private()?) {
        (None, None) => Ok(()),
        (Some((id, channel)), Some(private)) => {
            let account = only.identity.account;
            let length = roster.position().length;
            let may = match replaced {
                Some(replaced) => replaced.may_reset(&account, roster, length),
                None => channel.created_by == account,
            };
            if !may || !private.accounts.contains(&account) {
                return Err(GroupError::NotAllowed("the group is for others"));
            }
            let is_same = replaced.is_none_or(|replaced| {
                replaced.is_same(&private) && private.accounts.is_subset(&replaced.accounts)
            });
            if private.channel == *id && is_same {
                Ok(())
            } else {
                Err(CommitError::WrongContext.into())
            }
        }
        _ => Err(CommitError::WrongContext.into()),
    }
}
