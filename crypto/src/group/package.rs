//! Key packages: how a device that is away is put into a private group. There is one for each device, used until it is replaced
//! (RFC 9420, section 10: a last resort).

use std::time::Duration;

use dialtone_protocol::AccountId;
use dialtone_protocol::group_rules::{Leaf, check_package_keys};
use dialtone_protocol::http::PACKAGE_LIMIT;
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{KeyPackage, KeyPackageIn, Lifetime, OpenMlsProvider as _, ProtocolVersion};

use super::error::{GroupError, broken};
use super::facts::node_leaf;
use super::provider::{LeafSigner, Provider, credential, package_capabilities};
use crate::keys::DeviceKey;
use crate::primitives::{self, SUITE};
use crate::rows::RowChange;

/// How long one can be used. A device makes a new one long before.
const LIFETIME: Duration = Duration::from_hours(24 * 365);
/// How far others' clocks may be behind.
const LEEWAY: Duration = Duration::from_hours(24);

/// A key package of this device.
pub struct OwnPackage {
    /// MLS `KeyPackage`, for everybody.
    pub public: Vec<u8>,
    /// Its secret half: rows to be sealed and kept, and given to [`Group::from_welcome`](super::Group::from_welcome).
    pub rows: Vec<RowChange>,
}

impl OwnPackage {
    /// A new one; `now_s` in seconds since 1970.
    ///
    /// # Errors
    /// When openmls fails.
    pub fn generate(
        device: &DeviceKey,
        account: AccountId,
        now_s: u64,
    ) -> Result<Self, GroupError> {
        let provider = Provider::new()?;
        let lifetime = Lifetime::init(
            now_s.saturating_sub(LEEWAY.as_secs()),
            now_s.saturating_add(LIFETIME.as_secs()),
        );
        let bundle = KeyPackage::builder()
            .key_package_lifetime(lifetime)
            .mark_as_last_resort()
            .leaf_node_capabilities(package_capabilities())
            .build(
                SUITE,
                &provider,
                &LeafSigner(device),
                credential(device, account),
            )
            .map_err(broken)?;
        let public = bundle.key_package().tls_serialize_detached();
        Ok(Self {
            public: public.map_err(broken)?,
            rows: provider.storage().drain(),
        })
    }
}

/// A key package of another device: its signature and keys are good. Whether the device may be in a group is the commit's to check.
pub struct DevicePackage {
    pub(super) package: KeyPackage,
    /// Whose.
    pub leaf: Leaf,
}

impl DevicePackage {
    /// Reads what the server gave.
    ///
    /// # Errors
    /// When it is none, or does not verify.
    pub fn read(bytes: &[u8]) -> Result<Self, GroupError> {
        if bytes.len() > PACKAGE_LIMIT {
            return Err(GroupError::Malformed);
        }
        let package =
            KeyPackageIn::tls_deserialize_exact(bytes).map_err(|_| GroupError::Malformed)?;
        let crypto = primitives::provider()?;
        let package = package
            .validate(&crypto, ProtocolVersion::Mls10)
            .map_err(broken)?;
        if package.ciphersuite() != SUITE {
            return Err(GroupError::OtherGroup);
        }
        check_package_keys(bytes)?;
        let leaf = node_leaf(package.leaf_node())?;
        Ok(Self { package, leaf })
    }
}
