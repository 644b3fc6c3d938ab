//! Meeting a server: learn the key that the connection ends at, then ask the identity that the link pins to vouch for it.

use dialtone_protocol::http::{Bytes, IdentityBody};
use dialtone_protocol::identity::check_identity;
use dialtone_protocol::{Hash, PublicKey};

use super::api::{Api, agent, get_json};
use super::tls::KeyVerifier;
use super::{NetError, api};

/// Connects, checks that the server is the one whose identity key is `pin`, and gives requests to it.
/// Blocks for the length of one request.
///
/// # Errors
/// [`NetError::Unreachable`], or [`NetError::Identity`] when somebody else answers.
pub(crate) fn meet(
    server: &str,
    pin: &PublicKey,
    nonce: Hash,
    now_s: u64,
) -> Result<Api, NetError> {
    let verifier = KeyVerifier::learning();
    let agent = agent(&verifier)?;
    let path = format!("/identity?nonce={nonce}");
    let body: IdentityBody = get_json(&agent, server, &path, &[])?;
    let Bytes(statement) = body.statement;
    let tls_key = verifier
        .seen()
        .ok_or_else(|| api::malformed("no TLS key"))?;
    let statement = check_identity(&statement, pin, &tls_key, &nonce, now_s)?;
    if statement.tls_key.is_none() {
        return Err(NetError::Proxied);
    }
    Api::new(server, *pin, tls_key)
}
