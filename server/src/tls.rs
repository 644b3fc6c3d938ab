//! TLS: the server's own certificate or given files, and the hash of its key that the identity statement covers.

use std::path::Path;
use std::sync::Arc;

use dialtone_protocol::Hash;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use x509_parser::parse_x509_certificate;

use crate::config::{Settings, TlsSetting};
use crate::secrets::{Folder, SecretsError};

const CERT_FILE: &str = "tls-cert.pem";
const KEY_FILE: &str = "tls-key.pem";

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The own certificate's files.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The certificate or the key cannot be read.
    #[error(
        "the TLS {what} cannot be used: {problem}; check DIALTONE_TLS_CERT and DIALTONE_TLS_KEY ({path})"
    )]
    File {
        /// Certificate or key.
        what: &'static str,
        /// What is wrong.
        problem: String,
        /// Which file.
        path: String,
    },
    /// No certificate could be made.
    #[error("a certificate could not be made: {0}")]
    Generate(#[from] rcgen::Error),
    /// Certificate and key do not belong together.
    #[error("TLS cannot be set up; check that the key belongs to the certificate: {0}")]
    Config(#[from] rustls::Error),
}

/// How to accept TLS, and who one is then.
#[derive(Clone)]
pub struct Tls {
    /// Does the handshakes.
    pub acceptor: TlsAcceptor,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`, DER.
    pub key_hash: Hash,
}

impl Tls {
    /// Reads or makes what the settings ask for; `None` behind a proxy.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn load(settings: &Settings) -> Result<Option<Self>, TlsError> {
        let (cert, key) = match &settings.tls {
            TlsSetting::None => return Ok(None),
            TlsSetting::Files { cert, key } => (cert.clone(), key.clone()),
            TlsSetting::SelfSigned => {
                ensure_own(settings)?;
                (
                    settings.data_dir.join(CERT_FILE),
                    settings.data_dir.join(KEY_FILE),
                )
            }
        };
        let (chain, certificate) = read_chain(&cert)?;
        let private = PrivateKeyDer::from_pem_file(&key)
            .map_err(|error| wrong("key", &key, &error.to_string()))?;
        let key_hash = key_hash(&certificate)
            .ok_or_else(|| wrong("certificate", &cert, "it is not an X.509 certificate"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            key_hash,
        }))
    }
}

/// SHA-256 of a certificate's `SubjectPublicKeyInfo` (RFC 5280), DER.
pub fn key_hash(certificate: &[u8]) -> Option<Hash> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    Some(Hash::of(parsed.public_key().raw))
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

/// Makes the own key and certificate where one is missing. Clients pin its key by the identity statement; names and
/// dates in it mean nothing.
fn ensure_own(settings: &Settings) -> Result<(), TlsError> {
    let folder = Folder::open(&settings.data_dir)?;
    let key = KeyPair::generate()?;
    let pem = folder.text("TLS key", KEY_FILE, || key.serialize_pem())?;
    let key = KeyPair::from_pem(&pem)?;
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Dialtone server");
    params.not_after = rcgen::date_time_ymd(2120, 1, 1);
    let certificate = params.self_signed(&key)?;
    folder.text("TLS certificate", CERT_FILE, || certificate.pem())?;
    Ok(())
}
