//! A certificate with its key, as two files have them (PEM), or one.

use std::path::Path;
use std::sync::Arc;

use dialtone_protocol::Hash;
use dialtone_store::UnixMillis;
use dialtone_tls::key_hash;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::parse_x509_certificate;

use crate::tls::TlsError;

/// See the module.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) certified: Arc<CertifiedKey>,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`, DER.
    pub(crate) key_hash: Hash,
    /// Not made by the server itself.
    pub(crate) signed: bool,
}

/// How long a certificate is valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    pub(crate) from: UnixMillis,
    pub(crate) until: UnixMillis,
}

impl Pair {
    /// Reads the files; the key belongs to the certificate.
    ///
    /// # Errors
    /// [`TlsError`]
    pub(crate) fn read(cert: &Path, key: &Path, signed: bool) -> Result<Self, TlsError> {
        let (chain, certificate) = read_chain(cert)?;
        let private = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| wrong("key", key, &error.to_string()))?;
        let key_hash = key_hash(&certificate)
            .ok_or_else(|| wrong("certificate", cert, "it is not an X.509 certificate"))?;
        let signing = any_supported_type(&private)?;
        let certified = CertifiedKey::new(chain, signing);
        certified.keys_match()?;
        Ok(Self {
            certified: Arc::new(certified),
            key_hash,
            signed,
        })
    }

    /// How long the certificate is valid.
    pub(crate) fn validity(&self) -> Option<Validity> {
        let (_, parsed) = parse_x509_certificate(self.certified.cert.first()?).ok()?;
        let validity = parsed.validity();
        let ms = |seconds: i64| UnixMillis(seconds.saturating_mul(1000));
        Some(Validity {
            from: ms(validity.not_before.timestamp()),
            until: ms(validity.not_after.timestamp()),
        })
    }
}

fn wrong(what: &'static str, path: &Path, problem: &str) -> TlsError {
    TlsError::File {
        what,
        problem: problem.to_owned(),
        path: path.display().to_string(),
    }
}

type Chain = (Vec<CertificateDer<'static>>, CertificateDer<'static>);

fn read_chain(path: &Path) -> Result<Chain, TlsError> {
    let read = |error: rustls_pki_types::pem::Error| wrong("certificate", path, &error.to_string());
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(read)?
        .collect::<Result<_, _>>()
        .map_err(read)?;
    let first = chain
        .first()
        .cloned()
        .ok_or_else(|| wrong("certificate", path, "there is no certificate in it"))?;
    Ok((chain, first))
}
