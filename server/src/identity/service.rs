//! The statement that a client asks for before anything else.

use dialtone_protocol::http::{Bytes, IdentityBody};
use dialtone_protocol::identity::{IdentityStatement, SignedIdentity};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{Hash, strict};

use crate::clock::wire_s;
use crate::state::AppState;

/// How long a statement holds, in seconds. It answers one nonce; this bounds what a stolen one is worth.
const HOLDS_S: u64 = 24 * 60 * 60;

/// Signs the TLS key in use together with the client's nonce.
pub(super) fn statement(state: &AppState, nonce: Hash) -> IdentityBody {
    let statement = IdentityStatement {
        version: 1,
        tls_key: state.tls_key(),
        not_after_s: wire_s(state.clock.now()) + HOLDS_S,
        nonce: Some(nonce),
    };
    let body = strict::encode(&statement);
    let signature = state.secrets.sign(Purpose::ServerIdentity, &body);
    let signed = SignedIdentity {
        body: body.into(),
        signature,
    };
    IdentityBody {
        statement: Bytes(strict::encode(&signed)),
        community: state.roster.current().map(|roster| roster.community()),
    }
}
