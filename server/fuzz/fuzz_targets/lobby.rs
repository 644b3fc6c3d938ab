//! A lobby with Ada, who makes whatever commits she likes, and Ben, whose client is Dialtone's; and what the server has of it. Carla is in the
//! member list alone.
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use dialtone_crypto::group::{ExternalJoin, Group, OwnPackage};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::group_rules::{LeafIdentity, PRIVATE_GROUP_EXTENSION};
use dialtone_protocol::http::CommitPublish;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, GroupId, PublicKey};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls::group::GroupContext;
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{
    BasicCredential, Capabilities, CredentialWithKey, ExtensionType, Extensions, KeyPackage,
    LeafNodeIndex, MlsGroup, MlsGroupCreateConfig, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProcessedMessageContent, Proposal,
    ProposalType,
};
use openmls_libcrux_crypto::Provider;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use rand_core::{CryptoRng, RngCore};

use super::judge::judge;
use super::public::{PublicHalf, SUITE, read_group_info};

pub type Made<T> = Result<T, Box<dyn Error>>;

/// A kind of proposal that no rule knows.
pub const PRIVATE_PROPOSAL: u16 = 0xf0aa;

pub struct Person {
    pub account: AccountId,
    seed: [u8; 32],
    pub device: DeviceKey,
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

pub struct LeafSigner(SigningKey);

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

fn capabilities() -> Capabilities {
    let extensions = [
        ExtensionType::Unknown(PRIVATE_GROUP_EXTENSION),
        ExtensionType::LastResort,
    ];
    let kinds = [ProposalType::Custom(PRIVATE_PROPOSAL)];
    Capabilities::new(None, Some(&[SUITE]), Some(&extensions), Some(&kinds), None)
}

impl Person {
    pub fn new(account: AccountId) -> Made<Self> {
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        Ok(Self {
            account,
            seed,
            device: DeviceKey::generate(&mut Seed(seed))?,
        })
    }

    pub fn signer(&self) -> LeafSigner {
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

    pub fn key_package(&self) -> Made<KeyPackage> {
        let (provider, signer) = (Provider::default(), self.signer());
        let builder = KeyPackage::builder().leaf_node_capabilities(capabilities());
        let made = builder.build(SUITE, &provider, &signer, self.credential())?;
        Ok(made.key_package().clone())
    }
}

fn newcomer(roster: &mut Roster, by: &DeviceKey) -> Made<Person> {
    let account = AccountKey::generate(&mut OsRng);
    let person = Person::new(account.account())?;
    let knock = entries::knock(&roster.community(), &account, &person.device);
    roster.append(entries::admit(by, roster, &knock)?)?;
    Ok(person)
}

/// What Ada's commit is to do.
#[derive(Default)]
pub struct Wanted {
    pub adds: Vec<KeyPackage>,
    pub removals: Vec<LeafNodeIndex>,
    pub context: Option<Extensions<GroupContext>>,
    pub others: Vec<Proposal>,
}

pub struct Lobby {
    pub id: GroupId,
    pub roster: Roster,
    pub half: PublicHalf,
    pub ada: Person,
    pub ben: Person,
    /// Key packages of a device that is in already, of one that may come in, of a stranger who says to be that.
    pub packages: Vec<KeyPackage>,
    /// Ben's, as his client gives it to the server.
    pub package: Vec<u8>,
    /// What Ada gave to the server of the new group.
    pub info: Vec<u8>,
    pub tree: Vec<u8>,
    provider: Provider,
    mls: MlsGroup,
    bens: Group,
    /// Ben's group, as it was saved.
    rows: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Lobby {
    pub fn new() -> Made<Self> {
        let account = AccountKey::generate(&mut OsRng);
        let ada = Person::new(account.account())?;
        let founding = entries::found(&account, &ada.device, PublicKey([9; 32]), &mut OsRng)?;
        let (id, mut roster) = (founding.lobby, founding.roster);
        let ben = newcomer(&mut roster, &ada.device)?;
        let carla = newcomer(&mut roster, &ada.device)?;
        let provider = Provider::default();
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .capabilities(capabilities())
            .use_ratchet_tree_extension(false)
            .max_past_epochs(0)
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .build();
        let (signer, own) = (ada.signer(), ada.credential());
        let mls_id = openmls::prelude::GroupId::from_slice(&id.0);
        let mut mls = MlsGroup::new_with_group_id(&provider, &signer, &config, mls_id, own)?;
        let info = mls.export_group_info(provider.crypto(), &signer, false)?;
        let info = info.tls_serialize_detached()?;
        let tree = mls.export_ratchet_tree().tls_serialize_detached()?;
        let mut half = PublicHalf::create(read_group_info(&info)?, &tree, 1)?;
        let (device, account) = (&ben.device, ben.account);
        let join = ExternalJoin::prepare(id, &info, &tree, &roster, device, account, 1)?;
        let body = CommitPublish {
            epoch: 0,
            commit: join.commit().to_vec().into(),
            group_info: join.group_info().to_vec().into(),
            welcome: None,
        };
        let judged = judge(&half, &ben.device.id(), &body, &roster)?;
        half.merge(*judged.staged, judged.position.length)?;
        let message = MlsMessageIn::tls_deserialize_exact(join.commit())?;
        let message = message.try_into_protocol_message()?;
        let processed = mls.process_message(&provider, message)?;
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err("no commit".into());
        };
        mls.merge_staged_commit(&provider, *staged)?;
        let (mut bens, _) = join.accept();
        let rows = bens.drain_changes().into_iter();
        let rows = rows.filter_map(|row| Some((row.key, row.value?.to_vec())));
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let package = OwnPackage::generate(&ben.device, ben.account, now_s)?.public;
        let stranger = Person::new(carla.account)?;
        let packages = [&ben, &carla, &stranger].map(Person::key_package);
        Ok(Self {
            packages: packages.into_iter().collect::<Made<_>>()?,
            rows: rows.collect(),
            id,
            package,
            roster,
            half,
            ada,
            ben,
            info,
            tree,
            provider,
            mls,
            bens,
        })
    }

    /// Ben's group, before whatever Ada does.
    pub fn bens(&mut self) -> &mut Group {
        if self.bens.epoch() != self.half.epoch() {
            let loaded = Group::load(self.id, self.rows.clone());
            self.bens = loaded.expect("what was saved is read");
        }
        &mut self.bens
    }

    /// Ada's commit, if MLS has her make it.
    pub fn commit(&mut self, aad: Vec<u8>, wanted: Wanted) -> Made<CommitPublish> {
        self.mls.clear_pending_commit(self.provider.storage())?;
        self.mls.set_aad(aad);
        let mut builder = self.mls.commit_builder().consume_proposal_store(false);
        if let Some(context) = wanted.context {
            builder = builder.propose_group_context_extensions(context)?;
        }
        let bundle = builder
            .force_self_update(true)
            .propose_adds(wanted.adds)
            .propose_removals(wanted.removals)
            .add_proposals(wanted.others)
            .load_psks(self.provider.storage())?
            .create_group_info(true)
            .use_ratchet_tree_extension(false)
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &self.ada.signer(),
                |_| true,
            )?
            .stage_commit(&self.provider)?;
        let (commit, welcome, info) = bundle.into_messages();
        let bytes = |message: MlsMessageOut| message.tls_serialize_detached();
        Ok(CommitPublish {
            epoch: self.half.epoch(),
            commit: bytes(commit)?.into(),
            group_info: bytes(info.ok_or("no group info")?)?.into(),
            welcome: welcome.map(bytes).transpose()?.map(Into::into),
        })
    }
}
