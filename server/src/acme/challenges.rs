//! The certificate that proves a name to the authority, while it is asked for: shown to nobody else.

use std::sync::Arc;

use parking_lot::RwLock;
use rustls::server::ClientHello;
use rustls::sign::CertifiedKey;
use rustls_acme::acme::ACME_TLS_ALPN_NAME;

/// What is being proved: one name at a time.
#[derive(Debug, Default)]
pub(crate) struct Challenges(RwLock<Option<(String, Arc<CertifiedKey>)>>);

impl Challenges {
    pub(super) fn set(&self, name: String, proof: CertifiedKey) {
        *self.0.write() = Some((name, Arc::new(proof)));
    }

    pub(super) fn clear(&self) {
        *self.0.write() = None;
    }

    /// For a connection that [asks for a proof](is_proof), and for this name.
    pub(crate) fn answer(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let proving = self.0.read();
        let (proved, proof) = proving.as_ref()?;
        name.is_some_and(|name| name.eq_ignore_ascii_case(proved))
            .then(|| Arc::clone(proof))
    }
}

/// Whether a connection asks for a proof and nothing else (RFC 8737, 3).
pub(crate) fn is_proof(hello: &ClientHello<'_>) -> bool {
    let mut protocols = hello.alpn().into_iter().flatten();
    protocols.next() == Some(ACME_TLS_ALPN_NAME) && protocols.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_shown_for_its_name_while_it_is_asked_for() {
        let made = rcgen::generate_simple_self_signed(vec!["a.example.org".to_owned()]).unwrap();
        let key = rustls_pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let key = rustls::crypto::ring::sign::any_supported_type(&key.unwrap()).unwrap();
        let challenges = Challenges::default();
        assert!(challenges.answer(Some("a.example.org")).is_none());
        let proof = CertifiedKey::new(vec![made.cert.der().clone()], key);
        challenges.set("a.example.org".to_owned(), proof);
        assert!(challenges.answer(Some("A.example.org")).is_some());
        assert!(challenges.answer(Some("b.example.org")).is_none());
        assert!(challenges.answer(None).is_none());
        challenges.clear();
        assert!(challenges.answer(Some("a.example.org")).is_none());
    }
}
