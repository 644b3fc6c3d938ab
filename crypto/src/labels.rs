//! Every label that goes into a derivation, in one place. They are part of the format: none may ever change.

/// `E = MLS-Exporter(HISTORY, group id || epoch, 32)`
pub(crate) const EXPORT_HISTORY: &str = "dialtone/v1/history";
/// `MLS-Exporter(SIGNAL, group id || epoch, 32)`
pub(crate) const EXPORT_SIGNAL: &str = "dialtone/v1/signal";
/// `MLS-Exporter(SFRAME, call id, 32)`
pub(crate) const EXPORT_SFRAME: &str = "dialtone/v1/sframe";
/// `K = HKDF(E, CHANNEL || channel id)`
pub(crate) const CHANNEL: &[u8] = b"channel";
/// `key_id = HKDF(K, KEY_ID)`, 16 bytes
pub(crate) const KEY_ID: &[u8] = b"id";
/// `HKDF(signal secret, SIGNAL_SCOPE || CBOR of the scope)`
pub(crate) const SIGNAL_SCOPE: &[u8] = b"scope";
/// `HKDF(seed, INVITE_PACK || invite id)`
pub(crate) const INVITE_PACK: &[u8] = b"dialtone/v1/invite-pack";
/// `HKDF(seed, INVITE_KEY || invite id)`: the seed of the invite's Ed25519 key
pub(crate) const INVITE_KEY: &[u8] = b"dialtone/v1/invite-key";
/// HPKE `info = GRANT || community id`
pub(crate) const GRANT: &[u8] = b"dialtone/v1/grant";
/// `HKDF(database key, ROWS)`
pub(crate) const ROWS: &[u8] = b"dialtone/v1/rows";
/// AAD `KEYRING || tag`: the database key under the key that the system's keyring keeps
pub(crate) const KEYRING: &[u8] = b"dialtone/v1/keyring";
/// `HKDF(database key, KEYSTORE_COPY)`: seals the copy of the keystore's secrets
pub(crate) const KEYSTORE_COPY: &[u8] = b"dialtone/v1/keystore-copy";
/// `HKDF(recovery key, RECOVERY_BOX)`: the seed of the key pair that history files are sealed to
pub(crate) const RECOVERY_BOX: &[u8] = b"dialtone/v1/recovery-box";
/// `HKDF(OPAQUE's export key, PASSWORD_COPY)`: seals the recovery key under the password
pub(crate) const PASSWORD_COPY: &[u8] = b"dialtone/v1/password-copy";
/// HPKE `info = WHISPER || community id || call id || talker's device || its stream || listener's device || number (4 bytes)`
pub(crate) const WHISPER: &[u8] = b"dialtone/v1/whisper";
/// HPKE `info = RECOVERY_HISTORY || community id || account id`
pub(crate) const RECOVERY_HISTORY: &[u8] = b"dialtone/v1/recovery-history";
/// HPKE `info = APPROVAL_WELCOME || community id || transcript`
pub(crate) const APPROVAL_WELCOME: &[u8] = b"dialtone/v1/approval-welcome";
/// What begins the hash that safety words are taken from.
pub(crate) const SAFETY: &[u8] = b"dialtone/v1/safety";
