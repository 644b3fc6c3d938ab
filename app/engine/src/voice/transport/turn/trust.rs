//! Whose certificates are trusted: those of the authorities that this system trusts, and of further ones from a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_words::say;
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use tokio::sync::OnceCell;

use super::error::TurnError;
use crate::net::certificate_words;

/// The longest file with further authorities, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// How certificates of TURN servers are checked. The system is asked for its authorities once.
#[derive(Debug, Default)]
pub(in super::super) struct Trust {
    /// PEM, with authorities that are trusted besides.
    file: Option<PathBuf>,
    config: OnceCell<Result<Arc<ClientConfig>, TurnError>>,
}

impl Trust {
    /// With the authorities in `file` besides the system's.
    pub(in super::super) fn new(file: Option<PathBuf>) -> Self {
        Self {
            file,
            config: OnceCell::new(),
        }
    }

    /// # Errors
    /// [`TurnError::Authorities`]
    pub(super) async fn config(&self) -> Result<Arc<ClientConfig>, TurnError> {
        let make = || async {
            let file = self.file.clone();
            let made = tokio::task::spawn_blocking(move || config(file.as_deref())).await;
            made.unwrap_or_else(|error| Err(unusable(None, &error)))
        };
        self.config.get_or_init(make).await.clone()
    }
}

fn unusable(file: Option<&Path>, error: &dyn std::fmt::Display) -> TurnError {
    TurnError::Authorities {
        path: file.map_or_else(
            || say!("reach-turn-systems").into(),
            |file| file.display().to_string(),
        ),
        reason: error.to_string(),
    }
}

fn config(file: Option<&Path>) -> Result<Arc<ClientConfig>, TurnError> {
    let further = file.map(read).transpose()?.unwrap_or_default();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let wrong = |error: rustls::Error| unusable(file, &certificate_words(&error));
    let verifier = Verifier::new_with_extra_roots(further, Arc::clone(&provider)).map_err(wrong)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, TurnError> {
    let length = std::fs::metadata(file).map_err(|error| unusable(Some(file), &error))?;
    if length.len() > LONGEST {
        return Err(unusable(Some(file), &say!("reach-turn-long")));
    }
    let found =
        CertificateDer::pem_file_iter(file).map_err(|error| unusable(Some(file), &error))?;
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|error| unusable(Some(file), &error))?;
    if found.is_empty() {
        return Err(unusable(Some(file), &say!("reach-turn-none")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authorities.pem");
        std::fs::write(&file, "no certificate").unwrap();
        for path in [file, folder.path().join("missing.pem")] {
            let error = Trust::new(Some(path.clone())).config().await.unwrap_err();
            let TurnError::Authorities { path: named, .. } = &error else {
                panic!("{error}");
            };
            assert_eq!(*named, path.display().to_string());
        }
        Trust::new(None).config().await.unwrap();
    }
}
