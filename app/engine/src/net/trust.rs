//! Meeting a server: learn the key that the connection ends at, then ask the identity that the link pins to vouch for it.
//!
//! ```text
//! statement names a key    -> it must be the connection's; every connection is pinned to it
//! statement names none     -> a proxy ends TLS: the certificate must hold in the ordinary way, here and on every connection
//! ```

use std::sync::Arc;

use dialtone_protocol::http::{Bytes, IdentityBody};
use dialtone_protocol::identity::{check_identity, says_proxied};
use dialtone_protocol::{Hash, PublicKey};
use dialtone_tls::KeyVerifier;
use dialtone_words::say;
use rustls::ClientConfig;

use super::api::{Api, agent, get_json};
use super::{NetError, api, authorities};

/// Connects, checks that the server is the one whose identity key is `pin`, and gives requests to it.
/// Blocks for the length of one request.
///
/// # Errors
/// [`NetError::Unreachable`], [`NetError::Identity`] when somebody else answers, or [`NetError::Certificate`] when a proxy's
/// certificate does not hold.
pub(crate) fn meet(
    server: &str,
    pin: &PublicKey,
    nonce: Hash,
    now_s: u64,
) -> Result<Api, NetError> {
    let verifier = KeyVerifier::learning();
    let agent = agent(Arc::new(config(&verifier)?));
    let path = format!("/identity?nonce={nonce}");
    let body: IdentityBody = get_json(&agent, server, &path, &[])?;
    let Bytes(statement) = body.statement;
    let shown = verifier
        .shown()
        .ok_or_else(|| api::malformed(say!("engine-no-tls-key")))?;
    let statement = check_identity(&statement, pin, &shown.key, &nonce, now_s)?;
    let tls = match statement.tls_key {
        Some(key) => config(&KeyVerifier::pinned(key))?,
        None => authorities::check(&shown, now_s)?,
    };
    Ok(Api::new(server, *pin, statement.tls_key, tls))
}

/// Connects to a server of which nothing is known yet but its address: somebody comes back to a bare machine. Every connection is to
/// the key that the first one ends at (behind a proxy: by the proxy's certificate), and whoever it is learns nothing worth knowing from
/// OPAQUE. It must be met with the key that the member list names before anything is said to it that counts.
/// Blocks for the length of one request.
///
/// # Errors
/// [`NetError`]
pub(crate) fn approach(server: &str, nonce: Hash, now_s: u64) -> Result<Api, NetError> {
    let verifier = KeyVerifier::learning();
    let agent = agent(Arc::new(config(&verifier)?));
    let path = format!("/identity?nonce={nonce}");
    let body: IdentityBody = get_json(&agent, server, &path, &[])?;
    let shown = verifier
        .shown()
        .ok_or_else(|| api::malformed(say!("engine-no-tls-key")))?;
    let proxied =
        says_proxied(&body.statement.0).map_err(|error| api::malformed(error.to_string()))?;
    let (key, tls) = if proxied {
        (None, authorities::check(&shown, now_s)?)
    } else {
        let tls = config(&KeyVerifier::pinned(shown.key))?;
        (Some(shown.key), tls)
    };
    Ok(Api::new(server, NOBODY, key, tls))
}

/// Whose identity it is is not known yet.
const NOBODY: PublicKey = PublicKey([0; 32]);

fn config(verifier: &Arc<KeyVerifier>) -> Result<ClientConfig, NetError> {
    verifier
        .config()
        .map_err(|error| api::malformed(error.to_string()))
}
