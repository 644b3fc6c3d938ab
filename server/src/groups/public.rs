//! The public half of one group: what openmls knows of it without any secret, and the roster length that its next commit
//! must not go below.

use dialtone_protocol::group_rules::{Leaf, LeafIdentity, PrivateGroup, check_tree_keys};
use dialtone_protocol::{GroupId, PublicKey, strict};
use minicbor::{Decode, Encode};
use openmls::group::GroupContext;
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::{DeserializeBytes as _, Serialize as _};
use openmls::prelude::{
    BasicCredential, Ciphersuite, Credential, LeafNodeIndex, MlsMessageBodyIn, MlsMessageIn,
    OpenMlsSignaturePublicKey, ProposalStore, PublicGroup, RatchetTreeIn,
};
use openmls_libcrux_crypto::CryptoProvider;
use openmls_traits::types::SignatureScheme;

use super::GroupError;
use super::public_storage::{OneGroup, PublicValues};

/// The one suite of Dialtone's groups: X-Wing.
pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519;
/// The most bytes of stored public state that are read, far above a group of 1,000 devices.
const STATE_LIMIT: usize = 64 * 1024 * 1024;

/// A group's public half in one epoch.
pub(super) struct PublicHalf {
    pub(super) group: PublicGroup,
    /// The roster length that the last commit named; before the first one, that of the entry which names the group.
    pub(super) roster_length: u64,
    values: PublicValues,
}

/// As it is stored.
#[derive(Encode, Decode)]
struct StoredHalf {
    #[n(0)]
    version: u8,
    #[n(1)]
    roster_length: u64,
    #[n(2)]
    values: PublicValues,
}

/// The primitives of the suite.
pub(crate) fn crypto() -> Result<CryptoProvider, GroupError> {
    CryptoProvider::new().map_err(|error| GroupError::Stored(format!("{error:?}")))
}

fn mls(error: impl std::fmt::Display) -> GroupError {
    GroupError::Mls(error.to_string())
}

impl PublicHalf {
    /// Takes in a new group, which the first `named_at` entries of the roster name.
    pub(super) fn create(
        group_info: VerifiableGroupInfo,
        tree_bytes: &[u8],
        named_at: u64,
    ) -> Result<Self, GroupError> {
        let (tree, rest) = RatchetTreeIn::tls_deserialize_bytes(tree_bytes)
            .map_err(|_| GroupError::Malformed("tree"))?;
        if !rest.is_empty() {
            return Err(GroupError::Malformed("tree"));
        }
        check_tree_keys(tree_bytes)?;
        let storage = OneGroup::default();
        let (group, _) = PublicGroup::from_external(
            &crypto()?,
            &storage,
            tree,
            group_info,
            ProposalStore::new(),
        )
        .map_err(mls)?;
        Ok(Self {
            group,
            roster_length: named_at,
            values: storage.into_values(),
        })
    }

    /// Reads what [`PublicHalf::to_bytes`] wrote.
    pub(super) fn load(id: &GroupId, bytes: &[u8]) -> Result<Self, GroupError> {
        let stored: StoredHalf = strict::decode(bytes, STATE_LIMIT)
            .map_err(|error| GroupError::Stored(error.to_string()))?;
        let storage = OneGroup::new(stored.values.clone());
        let mls_id = openmls::prelude::GroupId::from_slice(&id.0);
        let group = PublicGroup::load(&storage, &mls_id)
            .map_err(|error| GroupError::Stored(error.to_string()))?
            .ok_or_else(|| GroupError::Stored("values are missing".to_owned()))?;
        Ok(Self {
            group,
            roster_length: stored.roster_length,
            values: stored.values,
        })
    }

    /// For the store.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        strict::encode(&StoredHalf {
            version: 1,
            roster_length: self.roster_length,
            values: self.values.clone(),
        })
    }

    /// Takes a commit in that was found valid. After an error this copy is of no use: load it anew.
    pub(super) fn merge(
        &mut self,
        staged: openmls::prelude::StagedCommit,
        roster_length: u64,
    ) -> Result<(), GroupError> {
        let storage = OneGroup::new(self.values.clone());
        self.group.merge_commit(&storage, staged).map_err(mls)?;
        self.values = storage.into_values();
        self.roster_length = roster_length;
        Ok(())
    }

    /// The epoch it is in.
    pub(super) fn epoch(&self) -> u64 {
        self.group.group_context().epoch().as_u64()
    }

    /// The tree, as the `ratchet_tree` extension's content.
    pub(super) fn tree(&self) -> Result<Vec<u8>, GroupError> {
        self.group
            .export_ratchet_tree()
            .tls_serialize_detached()
            .map_err(|error| GroupError::Stored(error.to_string()))
    }

    /// What the group is, if it is a private one.
    pub(super) fn private(&self) -> Result<Option<PrivateGroup>, GroupError> {
        private_of(self.group.group_context())
    }

    /// Every leaf, with its place.
    pub(super) fn leaves(&self) -> Result<Vec<(LeafNodeIndex, Leaf)>, GroupError> {
        self.group
            .members()
            .map(|member| {
                let leaf = leaf(&member.credential, &member.signature_key)?;
                Ok((member.index, leaf))
            })
            .collect()
    }
}

/// What is stored of a group, read.
pub(crate) struct StoredGroup {
    /// The epoch that it is in.
    pub(crate) epoch: u64,
    /// The tree of that epoch.
    pub(crate) tree: Vec<u8>,
}

/// Reads what is stored of a group.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_stored(id: &GroupId, bytes: &[u8]) -> Result<StoredGroup, GroupError> {
    let half = PublicHalf::load(id, bytes)?;
    Ok(StoredGroup {
        epoch: half.epoch(),
        tree: half.tree()?,
    })
}

/// What a context says that the group is.
pub(super) fn private_of(context: &GroupContext) -> Result<Option<PrivateGroup>, GroupError> {
    let extensions = context.extensions().tls_serialize_detached().map_err(mls)?;
    Ok(PrivateGroup::of_context(&extensions)?)
}

/// What the rules look at in a leaf.
pub(crate) fn leaf(credential: &Credential, signature_key: &[u8]) -> Result<Leaf, GroupError> {
    let malformed = || GroupError::Malformed("leaf's credential");
    let basic = BasicCredential::try_from(credential.clone()).map_err(|_| malformed())?;
    Ok(Leaf {
        identity: LeafIdentity::read(basic.identity()).map_err(|_| malformed())?,
        signature_key: PublicKey::from_slice(signature_key).map_err(|_| malformed())?,
    })
}

/// Reads a `GroupInfo` message.
pub(super) fn read_group_info(bytes: &[u8]) -> Result<VerifiableGroupInfo, GroupError> {
    match read_message(bytes, "group info")? {
        MlsMessageBodyIn::GroupInfo(info) => Ok(info),
        _ => Err(GroupError::Malformed("group info")),
    }
}

/// Reads an MLS message with nothing behind it.
pub(super) fn read_message(
    bytes: &[u8],
    what: &'static str,
) -> Result<MlsMessageBodyIn, GroupError> {
    let (message, rest) =
        MlsMessageIn::tls_deserialize_bytes(bytes).map_err(|_| GroupError::Malformed(what))?;
    if rest.is_empty() {
        Ok(message.extract())
    } else {
        Err(GroupError::Malformed(what))
    }
}

/// A leaf's key in the form that openmls verifies with.
pub(super) fn verifying_key(key: &PublicKey) -> Result<OpenMlsSignaturePublicKey, GroupError> {
    OpenMlsSignaturePublicKey::new(key.0.to_vec().into(), SignatureScheme::ED25519)
        .map_err(|error| GroupError::Stored(format!("{error:?}")))
}
