//! Being put into a private group by a welcome (RFC 9420, section 12.4.3.1).

use dialtone_protocol::group_rules::{Leaf, check_tree_keys};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, GroupId, http};
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _, StagedWelcome, Welcome,
};

use super::epoch::EpochSecret;
use super::error::{GroupError, broken};
use super::facts::member_leaf;
use super::join::{check_leaves, read_tree};
use super::private::{check_nature, private_of, read_position};
use super::provider::{Provider, join_config};
use super::state::{Group, check_active, mls_id};
use crate::keys::DeviceKey;
use crate::primitives::SUITE;
use crate::rows::RowChange;

/// How this device was put into a private group.
pub struct Invitation<'a> {
    /// MLS `Welcome` message.
    pub welcome: &'a [u8],
    /// MLS `ratchet_tree` extension's content, of the epoch that the welcome is for.
    pub tree: &'a [u8],
    /// The secret half of the key package that was used: [`OwnPackage::rows`](super::OwnPackage::rows).
    pub package: &'a [RowChange],
}

impl Group {
    /// Enters a private group that somebody put this device into. Commits after that epoch are processed like any others.
    ///
    /// Leaves are accepted as by [`ExternalJoin::prepare`](super::ExternalJoin::prepare).
    ///
    /// # Errors
    /// [`GroupError::RosterMissing`] is passing. With any other the device enters by an external commit instead, or is not
    /// meant to be there.
    pub fn from_welcome(
        id: GroupId,
        invitation: &Invitation<'_>,
        roster: &Roster,
        device: &DeviceKey,
        account: AccountId,
        not_before: u64,
    ) -> Result<(Self, EpochSecret), GroupError> {
        check_active(device, account, roster)?;
        let Invitation { tree, package, .. } = invitation;
        let welcome = read_welcome(invitation.welcome)?;
        check_tree_keys(tree)?;
        let provider = Provider::new()?;
        for row in *package {
            if let Some(value) = &row.value {
                provider.storage().insert(row.key.clone(), value.to_vec());
            }
        }
        let builder = StagedWelcome::build_from_welcome(&provider, &join_config(), welcome)
            .map_err(broken)?;
        let info = builder.processed_welcome().unverified_group_info();
        if *info.group_id() != mls_id(&id) || info.ciphersuite() != SUITE {
            return Err(GroupError::OtherGroup);
        }
        // A tree inside would win over the one that was looked at.
        if info.extensions().ratchet_tree().is_some() {
            return Err(GroupError::Malformed);
        }
        let position = read_position(info.extensions())?;
        match roster.contains(&position) {
            None => return Err(GroupError::RosterMissing(position)),
            Some(false) => return Err(GroupError::UntrustedGroup),
            Some(true) => {}
        }
        let staged = builder
            .with_ratchet_tree(read_tree(tree)?)
            .skip_lifetime_validation()
            .build()
            .map_err(broken)?;
        let private = private_of(staged.group_context().extensions())?;
        check_nature(&id, private.as_ref(), roster, &account)?;
        let members = staged.members().map(|member| member_leaf(&member));
        let leaves: Vec<Leaf> = members
            .collect::<Result<_, _>>()
            .map_err(|_| GroupError::UntrustedGroup)?;
        check_leaves(&leaves, roster, not_before)?;
        let mls = staged.into_group(&provider).map_err(broken)?;
        // The key package is used again, and kept in its own place.
        for row in *package {
            provider.storage().forget(&row.key);
        }
        let group = Self::assemble(id, mls, provider, position);
        let secret = group.epoch_secret()?;
        Ok((group, secret))
    }
}

fn read_welcome(bytes: &[u8]) -> Result<Welcome, GroupError> {
    if bytes.len() > http::BODY_LIMIT {
        return Err(GroupError::Malformed);
    }
    let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed)?;
    match message.extract() {
        MlsMessageBodyIn::Welcome(welcome) => Ok(welcome),
        _ => Err(GroupError::Malformed),
    }
}
