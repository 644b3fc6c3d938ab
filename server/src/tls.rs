//! TLS: the server's own certificate or given files, and the hash of its key that the identity statement covers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use dialtone_protocol::Hash;
use parking_lot::RwLock;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
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
    /// What it shows to whoever connects.
    pub certificate: Arc<Certificate>,
}

/// The certificate in use, which is read again when its files change.
#[derive(Debug)]
pub struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    shown: RwLock<Shown>,
}

#[derive(Debug)]
struct Shown {
    certified: Arc<CertifiedKey>,
    key_hash: Hash,
    /// Of the certificate before: some connections were made to it.
    before: Option<Hash>,
    /// Of the files as they were read, or tried to be.
    stamps: [Option<Stamp>; 2],
}

/// By what a file is seen to have changed.
type Stamp = (SystemTime, u64);

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().certified))
    }
}

impl Certificate {
    /// The one that a server of these settings shows, whether it runs or not; `None` behind a proxy. Makes nothing.
    ///
    /// # Errors
    /// [`TlsError`]
    pub(crate) fn beside_server(settings: &Settings) -> Result<Option<Self>, TlsError> {
        let files = files(settings);
        files.map(|(cert, key)| Self::read(cert, key)).transpose()
    }

    fn read(cert: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let stamps = stamps(&cert, &key);
        let (certified, key_hash) = read_pair(&cert, &key)?;
        let shown = Shown {
            certified,
            key_hash,
            before: None,
            stamps,
        };
        Ok(Self {
            cert,
            key,
            shown: RwLock::new(shown),
        })
    }

    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`, DER.
    pub fn key_hash(&self) -> Hash {
        self.shown.read().key_hash
    }

    /// Whether this is the key's hash now, or was before the files changed last.
    pub(crate) fn is_or_was(&self, hash: &Hash) -> bool {
        let shown = self.shown.read();
        shown.key_hash == *hash || shown.before == Some(*hash)
    }

    /// Reads the files again if they have changed since they were last looked at; whether another certificate is shown from now on.
    /// Connections that there are stay.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate before goes on being shown.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let now = stamps(&self.cert, &self.key);
        if self.shown.read().stamps == now {
            return Ok(false);
        }
        // Tried once for each change: a file that is half written changes again.
        self.shown.write().stamps = now;
        let (certified, key_hash) = read_pair(&self.cert, &self.key)?;
        let mut shown = self.shown.write();
        let is_new = shown.certified.cert != certified.cert;
        if shown.key_hash != key_hash {
            shown.before = Some(shown.key_hash);
            shown.key_hash = key_hash;
        }
        shown.certified = certified;
        Ok(is_new)
    }
}

/// Where certificate and key are, or will be; `None` behind a proxy.
fn files(settings: &Settings) -> Option<(PathBuf, PathBuf)> {
    match &settings.tls {
        TlsSetting::None => None,
        TlsSetting::Files { cert, key } => Some((cert.clone(), key.clone())),
        TlsSetting::SelfSigned => Some((
            settings.data_dir.join(CERT_FILE),
            settings.data_dir.join(KEY_FILE),
        )),
    }
}

fn stamps(cert: &Path, key: &Path) -> [Option<Stamp>; 2] {
    [cert, key].map(|path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    })
}

fn read_pair(cert: &Path, key: &Path) -> Result<(Arc<CertifiedKey>, Hash), TlsError> {
    let (chain, certificate) = read_chain(cert)?;
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| wrong("key", key, &error.to_string()))?;
    let key_hash = key_hash(&certificate)
        .ok_or_else(|| wrong("certificate", cert, "it is not an X.509 certificate"))?;
    let signing = any_supported_type(&private)?;
    let certified = CertifiedKey::new(chain, signing);
    certified.keys_match()?;
    Ok((Arc::new(certified), key_hash))
}

impl Tls {
    /// Reads or makes what the settings ask for; `None` behind a proxy.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn load(settings: &Settings) -> Result<Option<Self>, TlsError> {
        if settings.tls == TlsSetting::SelfSigned {
            ensure_own(settings)?;
        }
        let Some(certificate) = Certificate::beside_server(settings)? else {
            return Ok(None);
        };
        let certificate = Arc::new(certificate);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str) -> (PathBuf, PathBuf, Hash) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let (cert, key) = (folder.join("cert"), folder.join("key"));
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (cert, key, key_hash(made.cert.der()).unwrap())
    }

    #[test]
    fn another_certificate_is_shown_when_its_files_change_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key, first) = write(folder.path(), "a.example.org");
        let shown = Certificate::read(cert.clone(), key).unwrap();
        assert!(!shown.refresh().unwrap() && shown.key_hash() == first);
        std::fs::write(&cert, "half of a certificate").unwrap();
        assert!(shown.refresh().is_err(), "it cannot be used");
        assert!(shown.key_hash() == first, "the one before stays");
        assert!(!shown.refresh().unwrap(), "told once");
        let (.., second) = write(folder.path(), "another.example.org");
        assert!(shown.refresh().unwrap() && shown.key_hash() == second);
        assert!(shown.is_or_was(&first) && shown.is_or_was(&second));
        assert!(!shown.is_or_was(&Hash([1; 32])));
    }
}
