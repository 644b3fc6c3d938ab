//! The ordinary check of a certificate: by the authorities that this system trusts, for the host that was asked for (RFC 5280,
//! RFC 9525). Only for a server behind a proxy that ends TLS: no key of its own is in the connection that its identity could
//! vouch for.

use std::sync::Arc;
use std::time::Duration;

use dialtone_tls::Shown;
use dialtone_words::say;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::{CertificateError, ClientConfig, Error};
use rustls_pki_types::{CertificateDer, UnixTime};
use rustls_platform_verifier::Verifier;

use super::NetError;

/// Checks what a proxy has shown at `now_s` (seconds since 1970). Gives the configuration by which every further connection is
/// checked alike.
///
/// # Errors
/// [`NetError::Certificate`]: what does not hold.
pub(super) fn check(shown: &Shown, now_s: u64) -> Result<ClientConfig, NetError> {
    check_with([], shown, now_s)
}

/// As [`check`]; `roots` are trusted besides.
fn check_with(
    roots: impl IntoIterator<Item = CertificateDer<'static>>,
    shown: &Shown,
    now_s: u64,
) -> Result<ClientConfig, NetError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
        .map_err(|error| NetError::Certificate(words(&error)))?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now_s));
    let (certificate, others) = (&shown.certificate, &shown.intermediates);
    verifier
        .verify_server_cert(certificate, others, &shown.name, &[], now)
        .map_err(|error| NetError::Certificate(words(&error)))?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NetError::Certificate(words(&error)))?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// What does not hold, as the end of a sentence.
pub(crate) fn words(error: &Error) -> String {
    let Error::InvalidCertificate(reason) = error else {
        return error.to_string();
    };
    let known = match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            say!("error-cert-expired")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            say!("error-cert-early")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            say!("error-cert-other-address")
        }
        CertificateError::UnknownIssuer => say!("error-cert-unknown-issuer"),
        CertificateError::Revoked => say!("error-cert-revoked"),
        CertificateError::BadSignature => say!("error-cert-signature"),
        other => return other.to_string(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::Hash;
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
    };
    use rustls_pki_types::ServerName;

    use super::*;

    /// The middle of 2026: seconds since 1970.
    const SUMMER: u64 = 1_782_000_000;
    const YEAR: u64 = 365 * 24 * 3600;

    /// An authority, and what a proxy at `chat.example.org` shows that it has certified for 2026.
    fn certified(by: &str) -> (CertificateDer<'static>, Shown) {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, by);
        let key = KeyPair::generate().unwrap();
        let root = authority.self_signed(&key).unwrap();
        let issuer = Issuer::new(authority, key);
        let mut params = CertificateParams::new(vec!["chat.example.org".into()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        let own = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&own, &issuer).unwrap();
        let shown = Shown {
            key: Hash::ZERO,
            certificate: certificate.der().clone(),
            intermediates: Vec::new(),
            name: ServerName::try_from("chat.example.org").unwrap(),
        };
        (root.der().clone(), shown)
    }

    fn refused(result: Result<ClientConfig, NetError>) -> String {
        match result {
            Err(NetError::Certificate(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_certificate_holds_for_its_name_in_its_time_by_a_known_authority() {
        let (root, shown) = certified("Harbour");
        check_with([root.clone()], &shown, SUMMER).unwrap();
        let other = Shown {
            name: ServerName::try_from("talk.example.org").unwrap(),
            ..shown.clone()
        };
        let reason = refused(check_with([root.clone()], &other, SUMMER));
        assert!(reason.contains("another address"), "{reason}");
        let reason = refused(check_with([root.clone()], &shown, SUMMER + YEAR));
        assert!(reason.contains("run out"), "{reason}");
        let reason = refused(check_with([root], &shown, SUMMER - YEAR));
        assert!(reason.contains("not hold yet"), "{reason}");
        let (stranger, _) = certified("Elsewhere");
        let reason = refused(check_with([stranger], &shown, SUMMER));
        assert!(reason.contains("no authority"), "{reason}");
        let (namesake, _) = certified("Harbour");
        let reason = refused(check_with([namesake], &shown, SUMMER));
        assert!(reason.contains("has not issued it"), "{reason}");
    }
}
