//! What a key package says of itself.

use dialtone_protocol::group_rules::{Leaf, check_package_keys};
use dialtone_protocol::http::PACKAGE_LIMIT;
use openmls::prelude::tls_codec::DeserializeBytes as _;
use openmls::prelude::{KeyPackageIn, ProtocolVersion};

use crate::groups::{SUITE, crypto, leaf};

/// The leaf of a package that is whole, signed, a last resort, and for our suite.
pub(super) fn read(bytes: &[u8]) -> Option<Leaf> {
    if bytes.len() > PACKAGE_LIMIT {
        return None;
    }
    let (package, rest) = KeyPackageIn::tls_deserialize_bytes(bytes).ok()?;
    let package = package
        .validate(&crypto().ok()?, ProtocolVersion::Mls10)
        .ok()?;
    let usable = rest.is_empty() && package.ciphersuite() == SUITE && package.last_resort();
    if !usable || check_package_keys(bytes).is_err() {
        return None;
    }
    let node = package.leaf_node();
    leaf(node.credential(), node.signature_key().as_slice()).ok()
}
