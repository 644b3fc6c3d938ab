//! A certificate that an authority signs and renews by itself (ACME, RFC 8555), proved on the one TCP port (TLS-ALPN-01, RFC 8737).
//!
//! ```text
//! run: is one due? -> order (account, names, proofs, signature) -> a file in the data folder -> shown from now on
//!                     the proofs: Challenges -> tls -> the authority, which connects to the port
//! ```
//!
//! Until the first one is there, and where none can be had, the server shows the certificate that it made for itself: clients check the
//! server's own key, and do not care.

mod challenges;
mod order;
mod pace;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_protocol::Hash;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::config::AcmeSettings;
use crate::secrets::{Folder, SecretsError};
use crate::tls::{Certificate, TlsError};

pub(crate) use challenges::{Challenges, is_proof};
pub(crate) use rustls_acme::acme::ACME_TLS_ALPN_NAME;

/// In the data folder: accounts with authorities, and what these signed.
pub(crate) const FOLDER: &str = "acme";

/// Why there is no new certificate.
#[derive(Debug, thiserror::Error)]
enum AcmeError {
    /// The authority.
    #[error(transparent)]
    Order(#[from] order::OrderError),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] SecretsError),
    /// What the authority sent.
    #[error("what the authority signed cannot be used: {0}")]
    Certificate(#[from] TlsError),
    /// It came, and is not of use.
    #[error("what the authority signed is not shown: the file was changed by somebody else")]
    NotShown,
}

/// Looks after the certificate.
pub(crate) struct Acme {
    pub(crate) settings: AcmeSettings,
    pub(crate) data_dir: PathBuf,
    pub(crate) certificate: Arc<Certificate>,
    pub(crate) challenges: Arc<Challenges>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The file of certificate and key together: another one for other names, and for another authority.
pub(crate) fn file(data_dir: &Path, settings: &AcmeSettings) -> PathBuf {
    data_dir.join(FOLDER).join(certificate_name(settings))
}

fn certificate_name(settings: &AcmeSettings) -> String {
    let mut asked_for = settings.names.clone();
    asked_for.push(settings.directory.clone());
    format!("certificate-{}.pem", short_hash(&asked_for.join("\n")))
}

fn account_name(settings: &AcmeSettings) -> String {
    format!("account-{}", short_hash(&settings.directory))
}

/// Enough to tell a few apart.
fn short_hash(text: &str) -> String {
    hex::encode(Hash::of(text.as_bytes()).0.get(..8).unwrap_or_default())
}

impl Acme {
    /// Orders a certificate whenever one is due, until `shutdown` is cancelled.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let until_stopped = async {
            let mut failures = 0;
            loop {
                let validity = self.certificate.signed_validity();
                match pace::rest(validity, self.clock.now()) {
                    Some(rest) => tokio::time::sleep(rest).await,
                    None => failures = self.try_once(failures).await,
                }
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = until_stopped => {}
        }
    }

    /// One order, and the pause where it fails; how often in a row it has failed then.
    async fn try_once(&self, failures: u32) -> u32 {
        let names = self.settings.names.join(", ");
        match self.renew().await {
            Ok(()) => {
                tracing::info!(
                    names,
                    authority = self.settings.directory,
                    "a certificate was signed and is in use"
                );
                0
            }
            Err(error) => {
                let pause = pace::pause_after(failures);
                tracing::error!(
                    %error,
                    names,
                    authority = self.settings.directory,
                    again_in_s = pause.as_secs(),
                    "no certificate could be had: what was shown before goes on being shown"
                );
                tokio::time::sleep(pause).await;
                failures.saturating_add(1)
            }
        }
    }

    async fn renew(&self) -> Result<(), AcmeError> {
        let folder = Folder::open(&self.data_dir.join(FOLDER))?;
        let account = folder.secret("ACME account", &account_name(&self.settings), || {
            rustls_acme::acme::Account::generate_key_pair()
        })?;
        let signed = order::order(&self.settings, &account, &self.challenges).await;
        // Proofs are of no use any more, however it ended.
        self.challenges.clear();
        let signed: Zeroizing<String> = signed?;
        folder.write("certificate", &certificate_name(&self.settings), &signed)?;
        self.certificate.refresh()?;
        // It may have been seen before by who looks at the files.
        let now = self.clock.now();
        match pace::rest(self.certificate.signed_validity(), now) {
            Some(_) => Ok(()),
            None => Err(AcmeError::NotShown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_and_another_authority_have_files_of_their_own() {
        let settings = |names: &[&str], directory: &str| AcmeSettings {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            contact: None,
            directory: directory.to_owned(),
        };
        let one = settings(&["a.example.org"], "https://one.example.org");
        let more = settings(
            &["a.example.org", "b.example.org"],
            "https://one.example.org",
        );
        let elsewhere = settings(&["a.example.org"], "https://two.example.org");
        let place = Path::new("data");
        assert_eq!(file(place, &one), file(place, &one));
        assert_ne!(file(place, &one), file(place, &more));
        assert_ne!(file(place, &one), file(place, &elsewhere));
        assert_eq!(account_name(&one), account_name(&more));
        assert_ne!(account_name(&one), account_name(&elsewhere));
    }
}
