//! Commits that are right as MLS and wrong by the public rules: the server refuses what clients refuse.

use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::group_rules::{CommitError, GROUP_KEY_BYTES, LeafIdentity, commit_aad};
use dialtone_protocol::http::CommitPublish;
use dialtone_protocol::roster::{Change, Roster};
use dialtone_protocol::{AccountId, PublicKey};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{
    BasicCredential, Capabilities, CommitBuilder, CredentialWithKey, CustomProposal, Initial,
    KeyPackage, KeyPackageIn, LeafNodeIndex, MlsGroup, MlsGroupCreateConfig, MlsMessageOut,
    OpenMlsProvider as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, Proposal, ProposalType,
    ProtocolVersion,
};
use openmls_libcrux_crypto::Provider;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use rand_core::{CryptoRng, RngCore};

use super::GroupError;
use super::judge::judge;
use super::public::{PublicHalf, SUITE, read_group_info};

/// A kind of proposal that no rule knows.
const PRIVATE_PROPOSAL: u16 = 0xf0aa;

struct Person {
    account: AccountId,
    seed: [u8; 32],
    device: DeviceKey,
}

/// Gives the seed that a device is made of, so that openmls can sign with it here.
struct Seed([u8; 32]);

impl RngCore for Seed {
    fn next_u32(&mut self) -> u32 {
        0
    }

    fn next_u64(&mut self) -> u64 {
        0
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Seed {}

struct LeafSigner(SigningKey);

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// What every leaf here says of itself: it knows one kind of proposal more than the rules do.
fn capabilities() -> Capabilities {
    let kinds = [ProposalType::Custom(PRIVATE_PROPOSAL)];
    Capabilities::new(None, Some(&[SUITE]), None, Some(&kinds), None)
}

impl Person {
    fn new(account: AccountId) -> Self {
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        Self {
            account,
            seed,
            device: DeviceKey::generate(&mut Seed(seed)).unwrap(),
        }
    }

    fn signer(&self) -> LeafSigner {
        LeafSigner(SigningKey::from_bytes(&self.seed))
    }

    fn credential(&self) -> CredentialWithKey {
        let identity = LeafIdentity {
            account: self.account,
            device: self.device.id(),
        };
        CredentialWithKey {
            credential: BasicCredential::new(identity.to_bytes()).into(),
            signature_key: self.device.public_keys().signature_key.0.to_vec().into(),
        }
    }

    fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .build(
                SUITE,
                &Provider::default(),
                &self.signer(),
                self.credential(),
            )
            .unwrap()
            .key_package()
            .clone()
    }
}

fn newcomer(roster: &mut Roster, by: &DeviceKey) -> Person {
    let account = AccountKey::generate(&mut OsRng);
    let person = Person::new(account.account());
    let knock = entries::knock(&roster.community(), &account, &person.device);
    roster
        .append(entries::admit(by, roster, &knock).unwrap())
        .unwrap();
    person
}

/// Ada and Ben are in the lobby, as the server knows it; Carla is in the log alone.
struct Scene {
    roster: Roster,
    half: PublicHalf,
    ada: Person,
    provider: Provider,
    mls: MlsGroup,
    ben: Person,
    carla: Person,
}

impl Scene {
    fn new() -> Self {
        let account = AccountKey::generate(&mut OsRng);
        let ada = Person::new(account.account());
        let server = PublicKey([9; 32]);
        let founding = entries::found(&account, &ada.device, server, &mut OsRng).unwrap();
        let mut roster = founding.roster;
        let ben = newcomer(&mut roster, &ada.device);
        let carla = newcomer(&mut roster, &ada.device);
        let provider = Provider::default();
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .capabilities(capabilities())
            .use_ratchet_tree_extension(false)
            .max_past_epochs(0)
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .build();
        let id = openmls::prelude::GroupId::from_slice(&founding.lobby.0);
        let own = ada.credential();
        let mls = MlsGroup::new_with_group_id(&provider, &ada.signer(), &config, id, own).unwrap();
        let info = group_info(&mls, &provider, &ada);
        let tree = mls.export_ratchet_tree().tls_serialize_detached().unwrap();
        let half = PublicHalf::create(read_group_info(&info).unwrap(), &tree, 1).unwrap();
        let mut scene = Self {
            roster,
            half,
            ada,
            provider,
            mls,
            ben,
            carla,
        };
        let package = scene.ben.key_package();
        let made = scene.commit(|builder| builder.propose_adds([package]));
        assert_eq!(scene.judge(&made), Ok(()));
        let ada = scene.ada.device.id();
        let judged = judge(&scene.half, &ada, &made, &scene.roster).unwrap();
        let length = judged.position.length;
        scene.half.merge(*judged.staged, length).unwrap();
        scene.mls.merge_pending_commit(&scene.provider).unwrap();
        scene
    }

    fn judge(&self, made: &CommitPublish) -> Result<(), CommitError> {
        match judge(&self.half, &self.ada.device.id(), made, &self.roster) {
            Ok(_) => Ok(()),
            Err(GroupError::Rules(rule)) => Err(rule),
            Err(other) => panic!("{other}"),
        }
    }

    /// Ada commits whatever she likes.
    fn commit(&mut self, propose: impl FnOnce(Builder<'_>) -> Builder<'_>) -> CommitPublish {
        self.mls
            .clear_pending_commit(self.provider.storage())
            .unwrap();
        self.mls.set_aad(commit_aad(&self.roster.position()));
        let builder = self.mls.commit_builder().consume_proposal_store(false);
        let bundle = propose(builder.force_self_update(true))
            .load_psks(self.provider.storage())
            .unwrap()
            .create_group_info(true)
            .use_ratchet_tree_extension(false)
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &self.ada.signer(),
                |_| true,
            )
            .unwrap()
            .stage_commit(&self.provider)
            .unwrap();
        let (commit, welcome, info) = bundle.into_messages();
        let bytes = |message: MlsMessageOut| message.tls_serialize_detached().unwrap().into();
        CommitPublish {
            epoch: self.half.epoch(),
            commit: bytes(commit),
            group_info: bytes(info.unwrap()),
            welcome: welcome.map(bytes),
        }
    }

    fn place_of(&self, person: &Person) -> LeafNodeIndex {
        let key = person.device.public_keys().signature_key.0;
        let mut members = self.mls.members();
        let found = members.find(|member| member.signature_key == key);
        found.unwrap().index
    }
}

type Builder<'a> = CommitBuilder<'a, Initial>;

fn group_info(mls: &MlsGroup, provider: &Provider, by: &Person) -> Vec<u8> {
    let info = mls.export_group_info(provider.crypto(), &by.signer(), false);
    info.unwrap().tls_serialize_detached().unwrap()
}

#[test]
fn a_plain_commit_and_one_that_adds_a_device_of_the_log_are_taken() {
    let mut scene = Scene::new();
    let made = scene.commit(|builder| builder);
    assert_eq!(scene.judge(&made), Ok(()));
    let package = scene.carla.key_package();
    let made = scene.commit(|builder| builder.propose_adds([package]));
    assert_eq!(scene.judge(&made), Ok(()));
}

#[test]
fn a_welcome_goes_with_devices_that_are_added_and_with_nothing_else() {
    let mut scene = Scene::new();
    let ada = scene.ada.device.id();
    let package = scene.carla.key_package();
    let mut adds = scene.commit(|builder| builder.propose_adds([package]));
    let welcome = adds.welcome.take();
    let mut plain = scene.commit(|builder| builder);
    plain.welcome = welcome;
    for made in [adds, plain] {
        let judged = judge(&scene.half, &ada, &made, &scene.roster).map(|_| ());
        assert!(
            matches!(judged, Err(GroupError::Malformed(_))),
            "{judged:?}"
        );
    }
}

#[test]
fn a_commit_that_adds_a_stranger_is_refused() {
    let mut scene = Scene::new();
    let stranger = Person::new(scene.carla.account);
    let made = scene.commit(|builder| builder.propose_adds([stranger.key_package()]));
    assert_eq!(scene.judge(&made), Err(CommitError::LeafNotInRoster));
}

#[test]
fn a_commit_that_removes_an_active_device_or_keeps_a_revoked_one_is_refused() {
    let mut scene = Scene::new();
    let place = scene.place_of(&scene.ben);
    let made = scene.commit(|builder| builder.propose_removals([place]));
    assert_eq!(scene.judge(&made), Err(CommitError::WrongRemovals));
    let change = Change::DeviceRevoked {
        device: scene.ben.device.id(),
    };
    let entry = entries::sign_change(&scene.ada.device, &scene.roster, change).unwrap();
    scene.roster.append(entry).unwrap();
    let made = scene.commit(|builder| builder);
    assert_eq!(scene.judge(&made), Err(CommitError::WrongRemovals));
    let made = scene.commit(|builder| builder.propose_removals([place]));
    assert_eq!(scene.judge(&made), Ok(()));
}

#[test]
fn a_commit_with_another_proposal_is_refused() {
    let mut scene = Scene::new();
    let custom = CustomProposal::new(PRIVATE_PROPOSAL, b"anything".to_vec());
    let made = scene.commit(|builder| builder.add_proposal(Proposal::Custom(Box::new(custom))));
    assert_eq!(scene.judge(&made), Err(CommitError::ProposalNotAllowed));
}

#[test]
fn a_commit_that_goes_back_to_an_older_member_list_is_refused() {
    let mut scene = Scene::new();
    let made = scene.commit(|builder| builder);
    scene.half.roster_length += 1;
    assert_eq!(scene.judge(&made), Err(CommitError::RosterShrank));
}

/// Carla's key package with a leaf key that nobody can seal to, signed anew.
fn package_with_a_bad_key(carla: &Person, provider: &Provider) -> KeyPackage {
    const SIGNATURE: usize = 2 + 64;
    let mut bytes = carla.key_package().tls_serialize_detached().unwrap();
    let signer = SigningKey::from_bytes(&carla.seed);
    let sign = |label: &str, content: &[u8]| {
        // RFC 9420, section 5.1.2: both are vectors with their length before them.
        let label = format!("MLS 1.0 {label}");
        let mut covered = vec![label.len() as u8];
        covered.extend_from_slice(label.as_bytes());
        covered.extend_from_slice(&(0x4000 | content.len() as u16).to_be_bytes());
        covered.extend_from_slice(content);
        signer.sign(&covered).to_bytes()
    };
    // Version, suite, init key; then the leaf, which begins with its key and ends with its signature; no extensions; signature.
    let leaf = 4 + 2 + GROUP_KEY_BYTES;
    bytes[leaf + 2..leaf + 5].fill(0xff);
    let end = bytes.len() - SIGNATURE;
    let leaf_end = end - 1 - SIGNATURE;
    let signature = sign("LeafNodeTBS", &bytes[leaf..leaf_end]);
    bytes[leaf_end + 2..end - 1].copy_from_slice(&signature);
    let signature = sign("KeyPackageTBS", &bytes[..end]);
    bytes[end + 2..].copy_from_slice(&signature);
    let read = KeyPackageIn::tls_deserialize_exact(&bytes).unwrap();
    read.validate(provider.crypto(), ProtocolVersion::Mls10)
        .unwrap()
}

#[test]
fn a_commit_that_brings_a_key_that_nobody_can_seal_to_is_not_taken_in() {
    let mut scene = Scene::new();
    let package = package_with_a_bad_key(&scene.carla, &scene.provider);
    let made = scene.commit(|builder| builder.propose_adds([package]));
    let ada = scene.ada.device.id();
    let judged = judge(&scene.half, &ada, &made, &scene.roster).map(|_| ());
    assert!(
        matches!(judged, Err(GroupError::Rules(CommitError::BadKey))),
        "{judged:?}"
    );
}
