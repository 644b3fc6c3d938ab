//! From openmls's staged commit to the facts that the public rules look at.

use dialtone_protocol::PublicKey;
use dialtone_protocol::group_rules::{
    CommitError, CommitFacts, Committer, Leaf, LeafIdentity, read_commit_aad,
};
use openmls::prelude::{
    Credential, CredentialType, LeafNode, LeafNodeIndex, Member, MlsGroup, ProposalOrRefType,
    ProposalType, Sender, StagedCommit,
};

use super::error::GroupError;
use super::private::private_of;

/// What a commit does, in the words of the rules.
pub(super) fn facts(
    group: &MlsGroup,
    sender: &Sender,
    aad: &[u8],
    staged: &StagedCommit,
    previous_length: u64,
) -> Result<CommitFacts, GroupError> {
    let at = |index: LeafNodeIndex| {
        let member = group.member_at(index).ok_or(GroupError::Malformed)?;
        member_leaf(&member)
    };
    let committer = match sender {
        Sender::Member(index) => Committer::Member(at(*index)?),
        Sender::NewMemberCommit => Committer::External,
        Sender::External(_) | Sender::NewMemberProposal => return Err(CommitError::Shape.into()),
    };
    let before = group.members().map(|member| member_leaf(&member));
    let added = staged
        .add_proposals()
        .map(|add| node_leaf(add.add_proposal().key_package().leaf_node()));
    let removed = staged
        .remove_proposals()
        .map(|remove| at(remove.remove_proposal().removed()));
    Ok(CommitFacts {
        position: read_commit_aad(aad).map_err(|_| GroupError::Malformed)?,
        previous_length,
        committer,
        before: before.collect::<Result<_, _>>()?,
        added: added.collect::<Result<_, _>>()?,
        removed: removed.collect::<Result<_, _>>()?,
        path: staged.update_path_leaf_node().map(node_leaf).transpose()?,
        other_proposals: has_other_proposals(staged),
        private_before: private_of(group.extensions())?,
        private_after: private_of(staged.group_context().extensions())?,
    })
}

/// Anything but inline Add, Remove, `ExternalInit` and `GroupContextExtensions`.
fn has_other_proposals(staged: &StagedCommit) -> bool {
    staged.queued_proposals().any(|queued| {
        let allowed = matches!(
            queued.proposal().proposal_type(),
            ProposalType::Add
                | ProposalType::Remove
                | ProposalType::ExternalInit
                | ProposalType::GroupContextExtensions
        );
        !allowed || queued.proposal_or_ref_type() != ProposalOrRefType::Proposal
    })
}

pub(super) fn member_leaf(member: &Member) -> Result<Leaf, GroupError> {
    leaf(&member.credential, &member.signature_key)
}

pub(super) fn node_leaf(node: &LeafNode) -> Result<Leaf, GroupError> {
    leaf(node.credential(), node.signature_key().as_slice())
}

fn leaf(credential: &Credential, signature_key: &[u8]) -> Result<Leaf, GroupError> {
    if credential.credential_type() != CredentialType::Basic {
        return Err(CommitError::LeafNotInRoster.into());
    }
    let identity = LeafIdentity::read(credential.serialized_content());
    let signature_key = PublicKey::from_slice(signature_key);
    match (identity, signature_key) {
        (Ok(identity), Ok(signature_key)) => Ok(Leaf {
            identity,
            signature_key,
        }),
        _ => Err(CommitError::LeafNotInRoster.into()),
    }
}
