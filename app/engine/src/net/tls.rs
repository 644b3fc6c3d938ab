//! TLS without certificate authorities: a connection is good if it ends at the key that the server's identity vouches for.
//!
//! The handshake's signature is always checked, so that whoever answers holds the private key of the certificate; which
//! key that is, is recorded (to be compared with the identity's statement), or demanded (once it is known). Where the statement
//! vouches for none, `authorities` checks what was recorded.

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
pub(super) struct Shown {
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`.
    pub(super) key: Hash,
    /// The certificate.
    pub(super) certificate: CertificateDer<'static>,
    /// Those that came with it.
    pub(super) intermediates: Vec<CertificateDer<'static>>,
    /// Who was asked for.
    pub(super) name: ServerName<'static>,
}

/// Checks the key of a connection instead of who signed its certificate.
#[derive(Debug)]
pub(super) struct KeyVerifier {
    provider: Arc<CryptoProvider>,
    expected: Option<Hash>,
    shown: Mutex<Option<Shown>>,
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
            shown: Mutex::new(None),
        })
    }

    /// What the connection last made showed.
    pub(super) fn shown(&self) -> Option<Shown> {
        self.shown.lock().clone()
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
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let key = key_hash(end_entity)?;
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
