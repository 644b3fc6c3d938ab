//! Commits and groups that are right as MLS and wrong by the rules: a member's own client may make them, so every other one refuses
//! them.

use dialtone_protocol::GroupId;
use dialtone_protocol::group_rules::{CommitError, Leaf, LeafIdentity, commit_aad};
use dialtone_protocol::roster::{Change, Roster};
use openmls::prelude::tls_codec::Serialize as _;
use openmls::prelude::{
    Capabilities, CustomProposal, KeyPackage, LeafNodeIndex, LeafNodeParameters, MlsGroup,
    NewSignerBundle, OpenMlsProvider as _, Proposal, ProposalType,
};
use rand_core::OsRng;

use super::error::GroupError;
use super::join::{ExternalJoin, check_leaves, read_group_info};
use super::provider::{LeafSigner, Provider, capabilities, credential, join_config};
use super::state::{Group, GroupPublic, mls_id};
use crate::entries;
use crate::keys::DeviceKey;
use crate::primitives::SUITE;
use crate::scene::{Person, found, newcomer};

/// A kind of proposal that no rule knows.
const PRIVATE_PROPOSAL: u16 = 0xf0aa;

/// Ada founded the community; Ben is in her lobby; Carla is in the log alone.
struct Scene {
    roster: Roster,
    lobby: GroupId,
    ada: Person,
    group: Group,
    public: GroupPublic,
    ben: Person,
    bens: Group,
    carla: Person,
}

impl Scene {
    fn new() -> Self {
        let (ada, founding) = found();
        let (lobby, mut roster) = (founding.lobby, founding.roster);
        let ben = newcomer(&mut roster, &ada.device);
        let carla = newcomer(&mut roster, &ada.device);
        let (mut group, public, _) =
            Group::create(lobby, &ada.device, ada.account, &roster).unwrap();
        let (info, tree) = (&public.group_info, &public.tree);
        let join =
            ExternalJoin::prepare(lobby, info, tree, &roster, &ben.device, ben.account, 1).unwrap();
        group
            .process_commit(join.epoch(), join.commit(), &roster)
            .unwrap();
        let (bens, _) = join.accept();
        Self {
            roster,
            lobby,
            ada,
            group,
            public,
            ben,
            bens,
            carla,
        }
    }

    /// Ada commits whatever she likes.
    fn commit(&mut self, adds: Vec<KeyPackage>, removals: Vec<LeafNodeIndex>) -> Vec<u8> {
        let signer = LeafSigner(&self.ada.device);
        let Group { mls, provider, .. } = &mut self.group;
        mls.set_aad(commit_aad(&self.roster.position()));
        let bundle = mls
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(true)
            .propose_adds(adds)
            .propose_removals(removals)
            .load_psks(provider.storage())
            .unwrap()
            .build(provider.rand(), provider.crypto(), &signer, |_| true)
            .unwrap()
            .stage_commit(provider)
            .unwrap();
        bundle.into_commit().tls_serialize_detached().unwrap()
    }

    /// The rule by which Ben refuses it.
    fn refused_by_ben(&mut self, commit: &[u8]) -> Option<GroupError> {
        let epoch = self.bens.epoch();
        let processed = self.bens.process_commit(epoch, commit, &self.roster);
        assert_eq!(self.bens.epoch(), epoch, "nothing has changed");
        processed.err()
    }
}

fn key_package(person: &Person) -> KeyPackage {
    let provider = Provider::new().unwrap();
    let signer = LeafSigner(&person.device);
    let credential = credential(&person.device, person.account);
    KeyPackage::builder()
        .leaf_node_capabilities(capabilities())
        .build(SUITE, &provider, &signer, credential)
        .unwrap()
        .key_package()
        .clone()
}

#[test]
fn a_commit_that_adds_a_stranger_is_refused_and_one_that_adds_a_device_of_the_log_is_not() {
    let mut scene = Scene::new();
    let stranger = Person {
        account: scene.carla.account,
        device: DeviceKey::generate(&mut OsRng).unwrap(),
    };
    let package = key_package(&stranger);
    let commit = scene.commit(vec![package], Vec::new());
    let refused = scene.refused_by_ben(&commit);
    assert_eq!(
        refused,
        Some(GroupError::Invalid(CommitError::LeafNotInRoster))
    );
    scene.group.discard_commit().unwrap();
    let package = key_package(&scene.carla);
    let commit = scene.commit(vec![package], Vec::new());
    let processed = scene.bens.process_commit(1, &commit, &scene.roster);
    assert!(processed.is_ok());
}

#[test]
fn a_commit_that_removes_an_active_device_is_refused() {
    let mut scene = Scene::new();
    scene.roster = {
        let carla = scene.carla.device.id();
        let change = Change::DeviceRevoked { device: carla };
        let entry = entries::sign_change(&scene.ada.device, &scene.roster, change).unwrap();
        let mut roster = scene.roster.clone();
        roster.append(entry).unwrap();
        roster
    };
    // A third leaf, so that Ben watches somebody else being removed.
    let dora = newcomer(&mut scene.roster, &scene.ada.device);
    let package = key_package(&dora);
    let commit = scene.commit(vec![package], Vec::new());
    scene
        .bens
        .process_commit(1, &commit, &scene.roster)
        .unwrap();
    scene
        .group
        .mls
        .merge_pending_commit(&scene.group.provider)
        .unwrap();
    let removed = scene
        .group
        .mls
        .members()
        .find(|member| member.signature_key == dora.device.public_keys().signature_key.0)
        .map(|member| member.index)
        .unwrap();
    let commit = scene.commit(Vec::new(), vec![removed]);
    let refused = scene.refused_by_ben(&commit);
    assert_eq!(
        refused,
        Some(GroupError::Invalid(CommitError::WrongRemovals))
    );
    // Nor one that keeps a device which is revoked at the position that it names.
    scene.group.discard_commit().unwrap();
    let change = Change::DeviceRevoked {
        device: dora.device.id(),
    };
    let entry = entries::sign_change(&scene.ada.device, &scene.roster, change).unwrap();
    scene.roster.append(entry).unwrap();
    let commit = scene.commit(Vec::new(), Vec::new());
    let refused = scene.refused_by_ben(&commit);
    assert_eq!(
        refused,
        Some(GroupError::Invalid(CommitError::WrongRemovals))
    );
}

#[test]
fn a_commit_that_changes_its_makers_key_or_name_is_refused() {
    let mut scene = Scene::new();
    // Both would be valid leaves by themselves: Ada's second device, and Carla's only one.
    let second = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = entries::add_device(&scene.ada.device, &scene.roster, second.public_keys());
    scene.roster.append(entry.unwrap()).unwrap();
    let carla = DeviceKey::from_secrets(&scene.carla.device.secrets()).unwrap();
    for (device, account) in [(second, scene.ada.account), (carla, scene.carla.account)] {
        let Group { mls, provider, .. } = &mut scene.group;
        mls.set_aad(commit_aad(&scene.roster.position()));
        let new_signer = LeafSigner(&device);
        let bundle = mls
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(true)
            .load_psks(provider.storage())
            .unwrap()
            .build_with_new_signer(
                provider.rand(),
                provider.crypto(),
                &LeafSigner(&scene.ada.device),
                NewSignerBundle {
                    signer: &new_signer,
                    credential_with_key: credential(&device, account),
                },
                |_| true,
            )
            .unwrap()
            .stage_commit(provider)
            .unwrap();
        let commit = bundle.into_commit().tls_serialize_detached().unwrap();
        let refused = scene.refused_by_ben(&commit);
        assert_eq!(
            refused,
            Some(GroupError::Invalid(CommitError::CommitterKeyChanged))
        );
        scene.group.discard_commit().unwrap();
    }
}

#[test]
fn a_commit_with_another_proposal_is_refused() {
    let (ada, founding) = found();
    let mut roster = founding.roster;
    let ben = newcomer(&mut roster, &ada.device);
    // Two devices that know one more kind of proposal than the rules do.
    let knows = || {
        let kinds = [ProposalType::Custom(PRIVATE_PROPOSAL)];
        Capabilities::new(None, Some(&[SUITE]), None, Some(&kinds), None)
    };
    let provider = Provider::new().unwrap();
    let signer = LeafSigner(&ada.device);
    let config = openmls::prelude::MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .capabilities(knows())
        .wire_format_policy(openmls::prelude::PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .build();
    let own = credential(&ada.device, ada.account);
    let id = mls_id(&founding.lobby);
    let mls = MlsGroup::new_with_group_id(&provider, &signer, &config, id, own).unwrap();
    let info = mls
        .export_group_info(provider.crypto(), &signer, false)
        .unwrap();
    let info = info.tls_serialize_detached().unwrap();
    let info = read_group_info(&info, &founding.lobby).unwrap();
    let bens = Provider::new().unwrap();
    let parameters = LeafNodeParameters::builder()
        .with_capabilities(knows())
        .build();
    let (bens_mls, bundle) = MlsGroup::external_commit_builder()
        .with_config(join_config())
        .with_ratchet_tree(mls.export_ratchet_tree().into())
        .with_aad(commit_aad(&roster.position()))
        .skip_lifetime_validation()
        .build_group(&bens, info, credential(&ben.device, ben.account))
        .unwrap()
        .leaf_node_parameters(parameters)
        .load_psks(bens.storage())
        .unwrap()
        .build(bens.rand(), bens.crypto(), &LeafSigner(&ben.device), |_| {
            true
        })
        .unwrap()
        .finalize(&bens)
        .unwrap();
    let position = roster.position();
    let mut bens = Group::assemble(founding.lobby, bens_mls, bens, position);
    let mut group = Group::assemble(founding.lobby, mls, provider, position);
    let join = bundle.into_commit().tls_serialize_detached().unwrap();
    group.process_commit(0, &join, &roster).unwrap();
    let Group { mls, provider, .. } = &mut group;
    mls.set_aad(commit_aad(&position));
    let custom = CustomProposal::new(PRIVATE_PROPOSAL, b"anything".to_vec());
    let bundle = mls
        .commit_builder()
        .consume_proposal_store(false)
        .force_self_update(true)
        .add_proposal(Proposal::Custom(Box::new(custom)))
        .load_psks(provider.storage())
        .unwrap()
        .build(provider.rand(), provider.crypto(), &signer, |_| true)
        .unwrap()
        .stage_commit(provider)
        .unwrap();
    let commit = bundle.into_commit().tls_serialize_detached().unwrap();
    let refused = bens.process_commit(1, &commit, &roster).err();
    assert_eq!(
        refused,
        Some(GroupError::Invalid(CommitError::ProposalNotAllowed))
    );
}

#[test]
fn a_group_info_that_brings_its_own_tree_is_refused() {
    let scene = Scene::new();
    let signer = LeafSigner(&scene.ada.device);
    let crypto = scene.group.provider.crypto();
    let info = scene
        .group
        .mls
        .export_group_info(crypto, &signer, true)
        .unwrap();
    let info = info.tls_serialize_detached().unwrap();
    let carla = &scene.carla;
    let refused = ExternalJoin::prepare(
        scene.lobby,
        &info,
        &scene.public.tree,
        &scene.roster,
        &carla.device,
        carla.account,
        1,
    );
    assert_eq!(refused.err(), Some(GroupError::Malformed));
}

#[test]
fn every_leaf_is_a_device_of_the_log_with_its_account_and_key() {
    let scene = Scene::new();
    let leaf = |person: &Person| Leaf {
        identity: LeafIdentity {
            account: person.account,
            device: person.device.id(),
        },
        signature_key: person.device.public_keys().signature_key,
    };
    let check = |leaves: &[Leaf], not_before| check_leaves(leaves, &scene.roster, not_before);
    let (ada, ben, length) = (
        leaf(&scene.ada),
        leaf(&scene.ben),
        scene.roster.position().length,
    );
    assert_eq!(check(&[ada, ben], length), Ok(()));
    assert_eq!(
        check(&[ada, ben], length + 1),
        Err(GroupError::UntrustedGroup)
    );
    let mut other_account = ben;
    other_account.identity.account = scene.ada.account;
    let mut other_key = ben;
    other_key.signature_key = ada.signature_key;
    let mut other_device = ben;
    other_device.identity.device = dialtone_protocol::DeviceId([7; 32]);
    for wrong in [other_account, other_key, other_device] {
        assert_eq!(check(&[ada, wrong], 1), Err(GroupError::UntrustedGroup));
    }
}
