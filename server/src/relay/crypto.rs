//! What str0m encrypts with: ring for packets and for what keeps connectivity checks honest, dimpl for the DTLS handshake.
//!
//! The keys that a handshake yields are seen here on their way to str0m: packets from the relay are sealed by [`super::srtp`], which
//! does nothing else, and str0m opens those to the relay.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use parking_lot::Mutex;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use ring::{digest, hmac};
use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
    SrtpProfile,
};
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, CryptoProvider,
    Sha1HmacProvider, Sha1Provider, Sha256Provider, SrtpProvider, SupportedAeadAes128Gcm,
    SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

use super::srtp::Material;

/// Everything that str0m asks for.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        srtp_provider: &Provider,
        sha1_hmac_provider: &Provider,
        sha1_provider: &Provider,
        sha256_provider: &Provider,
        dtls_provider: &Provider,
    }
}

/// The keys of one connection's packets, once the handshake is over.
pub(super) type Handshake = Arc<Mutex<Option<Material>>>;

thread_local! {
    /// The connection that was built last on this thread: str0m's providers are static, and are not told for whom they work.
    static BUILT: RefCell<Option<Handshake>> = const { RefCell::new(None) };
}

/// Builds a connection, and gives it with the place where its keys will be.
pub(super) fn watched<T>(make: impl FnOnce() -> T) -> Option<(T, Handshake)> {
    BUILT.take();
    let connection = make();
    Some((connection, BUILT.take()?))
}

#[derive(Debug)]
struct Provider;

impl Sha1HmacProvider for Provider {
    fn sha1_hmac(&self, key: &[u8], payloads: &[&[u8]]) -> [u8; 20] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
        let mut context = hmac::Context::with_key(&key);
        for payload in payloads {
            context.update(payload);
        }
        let mut out = [0; 20];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

impl Sha1Provider for Provider {
    fn sha1(&self, data: &[u8]) -> [u8; 20] {
        let mut out = [0; 20];
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, data);
        out.copy_from_slice(digest.as_ref());
        out
    }
}

impl Sha256Provider for Provider {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
        out
    }
}

impl SrtpProvider for Provider {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Provider
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Provider
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Provider
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        if let Ok(cipher) = aes::Aes128::new_from_slice(key) {
            one_block(&cipher, input, output);
        }
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        if let Ok(cipher) = aes::Aes256::new_from_slice(key) {
            one_block(&cipher, input, output);
        }
    }
}

fn one_block<C>(cipher: &C, input: &[u8], output: &mut [u8])
where
    C: aes::cipher::BlockCipherEncrypt<BlockSize = aes::cipher::typenum::U16>,
{
    let Some(input) = input.first_chunk::<16>() else {
        return;
    };
    let mut block = (*input).into();
    cipher.encrypt_block(&mut block);
    if let Some(out) = output.first_chunk_mut::<16>() {
        out.copy_from_slice(&block);
    }
}

impl SupportedAes128CmSha1_80 for Provider {
    fn create_cipher(&self, key: [u8; 16], _: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(CounterMode(aes::Aes128::new(&key.into())))
    }
}

/// AES in counter mode (RFC 3711 section 4.1.1); the whole block is the counter.
struct CounterMode(aes::Aes128);

impl std::fmt::Debug for CounterMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CounterMode")
    }
}

impl Aes128CmSha1_80Cipher for CounterMode {
    fn encrypt(
        &mut self,
        iv: &[u8; 16],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        let mut counter = u128::from_be_bytes(*iv);
        for (from, to) in input.chunks(16).zip(output.chunks_mut(16)) {
            let mut block = counter.to_be_bytes().into();
            self.0.encrypt_block(&mut block);
            let mixed = from.iter().zip(block.iter()).map(|(a, b)| a ^ b);
            to.iter_mut().zip(mixed).for_each(|(to, byte)| *to = byte);
            counter = counter.wrapping_add(1);
        }
        Ok(())
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 16],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.encrypt(iv, input, output)
    }
}

impl SupportedAeadAes128Gcm for Provider {
    fn create_cipher(&self, key: [u8; 16], _: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Gcm(UnboundKey::new(&AES_128_GCM, &key)
            .ok()
            .map(LessSafeKey::new)))
    }
}

impl SupportedAeadAes256Gcm for Provider {
    fn create_cipher(&self, key: [u8; 32], _: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Gcm(UnboundKey::new(&AES_256_GCM, &key)
            .ok()
            .map(LessSafeKey::new)))
    }
}

/// None only for a key of the wrong length, which the types rule out.
#[derive(Debug)]
struct Gcm(Option<LessSafeKey>);

const TAG: usize = 16;

impl Gcm {
    fn seal(
        &self,
        iv: [u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        let key = self.0.as_ref().ok_or_else(|| failed("sealing"))?;
        let length = input.len();
        if output.len() < length + TAG {
            return Err(failed("sealing: no room"));
        }
        output[..length].copy_from_slice(input);
        let nonce = Nonce::assume_unique_for_key(iv);
        let sealed = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut output[..length]);
        let tag = sealed.map_err(|_| failed("sealing"))?;
        output[length..length + TAG].copy_from_slice(tag.as_ref());
        Ok(())
    }

    fn open(
        &self,
        iv: [u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let key = self.0.as_ref().ok_or_else(|| failed("opening"))?;
        let (sealed, tag) = input
            .split_last_chunk::<TAG>()
            .ok_or_else(|| failed("opening: too short"))?;
        let length = sealed.len();
        if output.len() < length {
            return Err(failed("opening: no room"));
        }
        output[..length].copy_from_slice(sealed);
        let nonce = Nonce::assume_unique_for_key(iv);
        let (tag, out) = (Tag::from(*tag), &mut output[..length]);
        let opened = match aads {
            [aad] => key.open_in_place_separate_tag(nonce, Aad::from(*aad), tag, out, 0..),
            _ => key.open_in_place_separate_tag(nonce, Aad::from(aads.concat()), tag, out, 0..),
        };
        opened
            .map(|opened| opened.len())
            .map_err(|_| failed("opening"))
    }
}

fn failed(what: &str) -> CryptoError {
    CryptoError::Other(format!("AES-GCM: {what}"))
}

impl AeadAes128GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(*iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(*iv, aads, input, output)
    }
}

impl AeadAes256GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(*iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(*iv, aads, input, output)
    }
}

impl DtlsProvider for Provider {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        let signed = rcgen::generate_simple_self_signed(vec!["dialtone".to_owned()]).ok()?;
        Some(DtlsCert {
            certificate: signed.cert.der().to_vec(),
            private_key: signed.signing_key.serialize_der(),
        })
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        _: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        // Connectivity checks have shown that the other end is where it says it is: a cookie would show it once more.
        let mut config = dimpl::Config::builder()
            .with_crypto_provider(dimpl::crypto::rust_crypto::default_provider())
            .use_server_cookie(false);
        if let Some(mtu) = mtu {
            config = config.mtu(mtu);
        }
        let config = config
            .build()
            .map_err(|error| CryptoError::Other(error.to_string()))?;
        let cert = DtlsCert {
            certificate: cert.certificate.clone(),
            private_key: cert.private_key.clone(),
        };
        let handshake = Handshake::default();
        BUILT.replace(Some(Arc::clone(&handshake)));
        let dtls = dimpl::Dtls::new_12(Arc::new(config), cert, now);
        Ok(Box::new(Dtls { dtls, handshake }))
    }
}

struct Dtls {
    dtls: dimpl::Dtls,
    handshake: Handshake,
}

impl std::fmt::Debug for Dtls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dtls")
    }
}

impl DtlsInstance for Dtls {
    fn set_active(&mut self, active: bool) {
        self.dtls.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.dtls.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let active = self.dtls.is_active();
        let output = self.dtls.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            let length = match *profile {
                SrtpProfile::AEAD_AES_128_GCM => 16,
                SrtpProfile::AEAD_AES_256_GCM => 32,
                // Not offered by our clients; such a connection gets nothing, and is given up.
                _ => 0,
            };
            *self.handshake.lock() = Some(Material::new(material, length, active));
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.dtls.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.dtls.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.dtls.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.dtls.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.dtls.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.dtls.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.dtls.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 197 appendix B, and the key stream of RFC 3711 appendix B.2.
    #[test]
    fn ciphers_give_what_the_standards_say() {
        let mut out = [0; 16];
        let key = hex::decode("2b7e151628aed2a6abf7158809cf4f3c").unwrap();
        let block = hex::decode("3243f6a8885a308d313198a2e0370734").unwrap();
        Provider.srtp_aes_128_ecb_round(&key, &block, &mut out);
        assert_eq!(hex::encode(out), "3925841d02dc09fbdc118597196a0b32");

        let mut cipher = CounterMode(aes::Aes128::new_from_slice(&key).unwrap());
        let iv = hex::decode("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000").unwrap();
        let mut stream = [0; 32];
        cipher
            .encrypt(iv[..].try_into().unwrap(), &[0; 32], &mut stream)
            .unwrap();
        assert_eq!(
            hex::encode(stream),
            "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
        );
    }

    #[test]
    fn what_was_sealed_opens_and_what_was_changed_does_not() {
        let cipher = Gcm(UnboundKey::new(&AES_128_GCM, &[7; 16])
            .ok()
            .map(LessSafeKey::new));
        let mut sealed = [0; 21];
        cipher
            .seal([1; 12], b"header of it", b"voice", &mut sealed)
            .unwrap();
        let mut opened = [0; 5];
        let read = cipher.open([1; 12], &[b"header ", b"of it"], &sealed, &mut opened);
        assert_eq!((read.unwrap(), &opened), (5, b"voice"));
        sealed[2] ^= 1;
        assert!(
            cipher
                .open([1; 12], &[b"header of it"], &sealed, &mut opened)
                .is_err()
        );
        assert!(
            cipher
                .open([1; 12], &[b"header of it"], &sealed[..9], &mut opened)
                .is_err()
        );
    }
}
