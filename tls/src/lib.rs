//! TLS without certificate authorities: a connection is good if it ends at the key that the server's identity vouches for.
//!
//! ```text
//! handshake -> its signature is checked: who answers holds the certificate's private key
//!           -> which key that is, is recorded (for the identity's statement), or demanded (once it is known)
//! ```
//!
//! It opens no connection: it gives the configuration for one.
#![forbid(unsafe_code)]

use std::sync::Arc;

use dialtone_protocol::Hash;
use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What was shown in a handshake.
#[derive(Debug, Clone)]
pub struct Shown {
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`.
    pub key: Hash,
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    /// Those that came with it.
    pub intermediates: Vec<CertificateDer<'static>>,
    /// Who was asked for.
    pub name: ServerName<'static>,
}

/// Checks the key of a connection instead of who signed its certificate.
#[derive(Debug)]
pub struct KeyVerifier {
    provider: Arc<CryptoProvider>,
    expected: Option<Hash>,
    shown: Mutex<Option<Shown>>,
}

impl KeyVerifier {
    /// Records the key; whoever uses the connection must compare it.
    pub fn learning() -> Arc<Self> {
        Self::new(None)
    }

    /// Accepts this key only.
    pub fn pinned(key: Hash) -> Arc<Self> {
        Self::new(Some(key))
    }

    fn new(expected: Option<Hash>) -> Arc<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Arc::new(Self {
            provider,
            expected,
            shown: Mutex::new(None),
        })
    }

    /// What the connection last made showed.
    pub fn shown(&self) -> Option<Shown> {
        self.shown.lock().clone()
    }

    /// A client configuration that uses this verifier.
    ///
    /// # Errors
    /// When the provider has none of TLS's versions.
    pub fn config(self: &Arc<Self>) -> Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?;
        let verifier = Arc::clone(self) as Arc<dyn ServerCertVerifier>;
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth())
    }
}

/// SHA-256 of a certificate's `SubjectPublicKeyInfo` (RFC 5280), DER; `None` if it is no certificate.
pub fn key_hash(certificate: &[u8]) -> Option<Hash> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    Some(Hash::of(parsed.public_key().raw))
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let broken = Error::InvalidCertificate(CertificateError::BadEncoding);
        let key = key_hash(end_entity).ok_or(broken)?;
        let others = intermediates.iter().cloned();
        *self.shown.lock() = Some(Shown {
            key,
            certificate: end_entity.clone().into_owned(),
            intermediates: others.map(CertificateDer::into_owned).collect(),
            name: server_name.to_owned(),
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> CertificateDer<'static> {
        let names = vec!["localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        made.cert.der().clone()
    }

    fn verify(verifier: &KeyVerifier, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let name = ServerName::try_from("localhost").unwrap();
        let others = [certificate.clone()];
        verifier
            .verify_server_cert(certificate, &others, &name, &[], UnixTime::now())
            .map(|_| ())
    }

    #[test]
    fn a_pinned_connection_ends_at_its_key_and_at_no_other() {
        let (here, elsewhere) = (certificate(), certificate());
        let learning = KeyVerifier::learning();
        verify(&learning, &here).unwrap();
        let shown = learning.shown().unwrap();
        assert_eq!(shown.key, key_hash(&here).unwrap());
        assert_eq!((&shown.certificate, shown.intermediates.len()), (&here, 1));
        let pinned = KeyVerifier::pinned(shown.key);
        verify(&pinned, &here).unwrap();
        assert!(verify(&pinned, &elsewhere).is_err());
        let broken = CertificateDer::from(vec![0; 32]);
        assert!(verify(&learning, &broken).is_err());
    }
}
