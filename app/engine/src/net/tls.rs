//! TLS without certificate authorities: a connection is good if it ends at the key that the server's identity vouches for.
//!
//! The handshake's signature is always checked, so that whoever answers holds the private key of the certificate; which
//! key that is, is recorded (to be compared with the identity's statement), or demanded (once it is known).

use std::sync::Arc;

use dialtone_protocol::Hash;
use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Checks the key of a connection instead of who signed its certificate.
#[derive(Debug)]
pub(super) struct KeyVerifier {
    provider: Arc<CryptoProvider>,
    expected: Option<Hash>,
    seen: Mutex<Option<Hash>>,
}

impl KeyVerifier {
    /// Records the key; whoever uses the connection must compare it.
    pub(super) fn learning() -> Arc<Self> {
        Self::new(None)
    }

    /// Accepts this key only.
    pub(super) fn pinned(key: Hash) -> Arc<Self> {
        Self::new(Some(key))
    }

    fn new(expected: Option<Hash>) -> Arc<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Arc::new(Self {
            provider,
            expected,
            seen: Mutex::new(None),
        })
    }

    /// SHA-256 of the `SubjectPublicKeyInfo` of the connection last made.
    pub(super) fn seen(&self) -> Option<Hash> {
        *self.seen.lock()
    }

    /// A client configuration that uses this verifier.
    pub(super) fn config(self: &Arc<Self>) -> Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?;
        let verifier = Arc::clone(self) as Arc<dyn ServerCertVerifier>;
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth())
    }
}

fn key_hash(certificate: &CertificateDer<'_>) -> Result<Hash, Error> {
    let bad = |_| Error::InvalidCertificate(CertificateError::BadEncoding);
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(bad)?;
    Ok(Hash::of(parsed.public_key().raw))
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let key = key_hash(end_entity)?;
        *self.seen.lock() = Some(key);
        match self.expected {
            Some(expected) if expected != key => Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            )),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
