//! TLS: the server's own certificate, given files or what an authority signed, and the hash of its key that the identity statement covers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use dialtone_protocol::Hash;
use parking_lot::RwLock;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::acme::{self, ACME_TLS_ALPN_NAME, Challenges, is_proof};
use crate::certified::{Pair, Validity};
use crate::config::{Settings, TlsSetting};
use crate::secrets::{Folder, SecretsError};

const CERT_FILE: &str = "tls-cert.pem";
/// In the data folder: the key of the certificate that the server made for itself.
pub(crate) const KEY_FILE: &str = "tls-key.pem";

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
    /// No place was named.
    #[error("the settings name no place for a TLS certificate: this is a bug of Dialtone")]
    Nowhere,
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
    /// What it shows to an authority that wants a proof, where one is asked for a certificate.
    pub(crate) challenges: Option<Arc<Challenges>>,
}

/// The certificate in use, which is read again when its files change.
#[derive(Debug)]
pub struct Certificate {
    /// The best first: the first one that is there and can be used is shown.
    places: Vec<Place>,
    shown: RwLock<Shown>,
}

/// Where a certificate and its key are, or will be; both may be in one file.
#[derive(Debug)]
struct Place {
    cert: PathBuf,
    key: PathBuf,
    /// Not made by the server itself.
    signed: bool,
}

#[derive(Debug)]
struct Shown {
    pair: Pair,
    /// Of the certificate before: some connections were made to it.
    before: Option<Hash>,
    /// Of the files as they were read, or tried to be.
    stamps: Vec<Option<Stamp>>,
}

/// By what a file is seen to have changed.
type Stamp = (SystemTime, u64);

/// Shows the certificate, and proofs to an authority.
#[derive(Debug)]
struct Resolver {
    certificate: Arc<Certificate>,
    challenges: Option<Arc<Challenges>>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match &self.challenges {
            Some(challenges) if is_proof(&hello) => challenges.answer(hello.server_name()),
            _ => Some(Arc::clone(&self.certificate.shown.read().pair.certified)),
        }
    }
}

impl Certificate {
    /// The one that a server of these settings shows, whether it runs or not; `None` behind a proxy. Makes nothing.
    ///
    /// # Errors
    /// [`TlsError`]
    pub(crate) fn beside_server(settings: &Settings) -> Result<Option<Self>, TlsError> {
        let places = places(settings);
        (!places.is_empty()).then(|| Self::read(places)).transpose()
    }

    fn read(places: Vec<Place>) -> Result<Self, TlsError> {
        let stamps = stamps(&places);
        let shown = Shown {
            pair: read_best(&places)?,
            before: None,
            stamps,
        };
        Ok(Self {
            places,
            shown: RwLock::new(shown),
        })
    }

    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`, DER.
    pub fn key_hash(&self) -> Hash {
        self.shown.read().pair.key_hash
    }

    /// Whether this is the key's hash now, or was before the files changed last.
    pub(crate) fn is_or_was(&self, hash: &Hash) -> bool {
        let shown = self.shown.read();
        shown.pair.key_hash == *hash || shown.before == Some(*hash)
    }

    /// Whether another than the server itself made the certificate in use.
    pub(crate) fn is_signed(&self) -> bool {
        self.shown.read().pair.signed
    }

    /// How long the certificate in use is valid; `None` where the server made it for itself.
    pub(crate) fn signed_validity(&self) -> Option<Validity> {
        let shown = self.shown.read();
        shown.pair.signed.then(|| shown.pair.validity()).flatten()
    }

    /// Reads the files again if they have changed since they were last looked at; whether another certificate is shown from now on.
    /// Connections that there are stay.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate before goes on being shown.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let now = stamps(&self.places);
        if self.shown.read().stamps == now {
            return Ok(false);
        }
        // Tried once for each change: a file that is half written changes again.
        self.shown.write().stamps = now;
        let pair = read_best(&self.places)?;
        let mut shown = self.shown.write();
        let is_new = shown.pair.certified.cert != pair.certified.cert;
        if shown.pair.key_hash != pair.key_hash {
            shown.before = Some(shown.pair.key_hash);
        }
        shown.pair = pair;
        Ok(is_new)
    }
}

/// Where the settings say that certificates are; nowhere behind a proxy.
fn places(settings: &Settings) -> Vec<Place> {
    let own = || Place {
        cert: settings.data_dir.join(CERT_FILE),
        key: settings.data_dir.join(KEY_FILE),
        signed: false,
    };
    match &settings.tls {
        TlsSetting::None => Vec::new(),
        TlsSetting::Files { cert, key } => vec![Place {
            cert: cert.clone(),
            key: key.clone(),
            signed: true,
        }],
        TlsSetting::SelfSigned => vec![own()],
        TlsSetting::Acme(acme) => {
            let file = acme::file(&settings.data_dir, acme);
            let signed = Place {
                cert: file.clone(),
                key: file,
                signed: true,
            };
            vec![signed, own()]
        }
    }
}

fn stamps(places: &[Place]) -> Vec<Option<Stamp>> {
    let stamp = |path: &PathBuf| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    let paths = places.iter().flat_map(|place| [&place.cert, &place.key]);
    paths.map(stamp).collect()
}

/// The last place must have one. One before it that cannot be used is told, and passed over: another will come.
fn read_best(places: &[Place]) -> Result<Pair, TlsError> {
    let (last, better) = places.split_last().ok_or(TlsError::Nowhere)?;
    for place in better.iter().filter(|place| place.cert.exists()) {
        match place.read() {
            Ok(pair) => return Ok(pair),
            Err(error) => tracing::warn!(%error, "a certificate is passed over"),
        }
    }
    last.read()
}

impl Place {
    fn read(&self) -> Result<Pair, TlsError> {
        Pair::read(&self.cert, &self.key, self.signed)
    }
}

impl Tls {
    /// Reads or makes what the settings ask for; `None` behind a proxy.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn load(settings: &Settings) -> Result<Option<Self>, TlsError> {
        let asks = matches!(settings.tls, TlsSetting::Acme(_));
        if asks || settings.tls == TlsSetting::SelfSigned {
            ensure_own(settings)?;
        }
        let Some(certificate) = Certificate::beside_server(settings)? else {
            return Ok(None);
        };
        let certificate = Arc::new(certificate);
        let challenges = asks.then(Arc::<Challenges>::default);
        let resolver = Resolver {
            certificate: Arc::clone(&certificate),
            challenges: challenges.clone(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if asks {
            config.alpn_protocols.push(ACME_TLS_ALPN_NAME.to_vec());
        }
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
            challenges,
        }))
    }
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
    use std::path::Path;

    use dialtone_tls::key_hash;

    use super::*;

    fn make(folder: &Path, host: &str, file: &str) -> (Place, Hash) {
        let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
        let cert = folder.join(format!("{file}.crt"));
        let key = folder.join(format!("{file}.key"));
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let signed = false;
        (
            Place { cert, key, signed },
            key_hash(made.cert.der()).unwrap(),
        )
    }

    #[test]
    fn another_certificate_is_shown_when_its_files_change_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let (place, first) = make(folder.path(), "a.example.org", "own");
        let cert = place.cert.clone();
        let shown = Certificate::read(vec![place]).unwrap();
        assert!(!shown.refresh().unwrap() && shown.key_hash() == first);
        std::fs::write(&cert, "half of a certificate").unwrap();
        assert!(shown.refresh().is_err(), "it cannot be used");
        assert!(shown.key_hash() == first, "the one before stays");
        assert!(!shown.refresh().unwrap(), "told once");
        let (_, second) = make(folder.path(), "another.example.org", "own");
        assert!(shown.refresh().unwrap() && shown.key_hash() == second);
        assert!(shown.is_or_was(&first) && shown.is_or_was(&second));
        assert!(!shown.is_or_was(&Hash([1; 32])));
    }

    #[test]
    fn what_an_authority_signed_is_shown_as_soon_as_it_is_there_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let (own, first) = make(folder.path(), "localhost", "own");
        let file = folder.path().join("signed.pem");
        let better = Place {
            cert: file.clone(),
            key: file.clone(),
            signed: true,
        };
        let shown = Certificate::read(vec![better, own]).unwrap();
        assert!(shown.key_hash() == first && !shown.is_signed());
        assert!(shown.signed_validity().is_none());
        std::fs::write(&file, "half of a certificate").unwrap();
        assert!(!shown.refresh().unwrap() && shown.key_hash() == first);
        let mut made = CertificateParams::new(vec!["chat.example.org".to_owned()]).unwrap();
        made.not_before = rcgen::date_time_ymd(1970, 1, 2);
        made.not_after = rcgen::date_time_ymd(1970, 1, 4);
        let key = KeyPair::generate().unwrap();
        let made = made.self_signed(&key).unwrap();
        std::fs::write(&file, [key.serialize_pem(), made.pem()].join("\n")).unwrap();
        assert!(shown.refresh().unwrap() && shown.is_signed());
        assert_eq!(shown.key_hash(), key_hash(made.der()).unwrap());
        assert!(shown.is_or_was(&first), "connections to the own one stay");
        let Validity { from, until } = shown.signed_validity().unwrap();
        assert_eq!((from.0, until.0), (86_400_000, 3 * 86_400_000));
    }
}
