//! A credential that a TURN server checks by a secret that it shares with this server, without asking: coturn's `use-auth-secret`
//! (draft-uberti-behave-turn-rest).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// Bytes of a name.
pub(super) const NAME: usize = 12;

/// Who one is for a TURN server, until when.
pub(super) struct Credential {
    pub(super) user: String,
    pub(super) password: String,
}

impl Credential {
    /// `user = seconds since 1970 at which it ends ":" name`, `password = base64(HMAC-SHA1(secret, user))`. The scheme has no other
    /// hash; nothing here depends on SHA-1 being free of collisions.
    pub(super) fn new(secret: &[u8], ends_s: u64, name: [u8; NAME]) -> Self {
        let user = format!("{ends_s}:{}", hex::encode(name));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
        let password = STANDARD.encode(hmac::sign(&key, user.as_bytes()));
        Self { user, password }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf %s 1800003600:00112233445566778899aabb | openssl dgst -sha1 -hmac "the north wind and the sun" -binary | base64`
    #[test]
    fn it_is_what_openssl_computes() {
        let name = [
            0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
        ];
        let made = Credential::new(b"the north wind and the sun", 1_800_003_600, name);
        assert_eq!(made.user, "1800003600:00112233445566778899aabb");
        assert_eq!(made.password, "katss0WpC2Q7FqAPF8YduuTqgtM=");
    }
}
