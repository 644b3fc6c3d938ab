//! The system's keyring: the Secret Service on Linux, the keychain on macOS, the credential manager on Windows.
//!
//! ```text
//! read, keep, forget ─► one item of this program for each tag: {application: dialtone, profile: TAG}
//! ```
//!
//! Each call blocks, at most for a minute where the system can be left waiting, so it is made on a thread of its own.

#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(target_os = "linux")]
mod secrets;

#[cfg(target_os = "linux")]
use std::time::Duration;

use dialtone_words::say;
use zeroize::Zeroizing;

use crate::Bus;

/// The longest that a call takes, the user's answer to what the keyring asks included.
#[cfg(target_os = "linux")]
const PATIENCE: Duration = Duration::from_secs(55);

/// Why the keyring did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringFault {
    /// There is none.
    #[error("{}", say!("keyring-absent"))]
    Absent,
    /// It is locked, and the user did not unlock it.
    #[error("{}", say!("keyring-locked"))]
    Locked,
    /// It did not answer in time.
    #[error("{}", say!("keyring-silent"))]
    Silent,
    /// It failed, in its own words.
    #[error("{}", say!("keyring-failed", why = _0))]
    Failed(String),
}

/// The keyring of whoever is signed in.
#[derive(Debug, Clone, Default)]
pub struct SystemKeyring {
    #[cfg(target_os = "linux")]
    bus: Bus,
    #[cfg(target_os = "linux")]
    patience: Option<Duration>,
}

impl SystemKeyring {
    /// The one that answers on this message bus, where keyrings do so.
    pub fn new(bus: Bus) -> Self {
        #[cfg(not(target_os = "linux"))]
        {
            let _ = bus;
            Self {}
        }
        #[cfg(target_os = "linux")]
        Self {
            bus,
            patience: None,
        }
    }

    /// Waits so long for it instead of about a minute.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// What is kept under a tag; none where nothing is.
    ///
    /// # Errors
    /// [`KeyringFault`]
    pub fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
        #[cfg(target_os = "linux")]
        return self.wait(secrets::read(&self.bus, tag));
        #[cfg(not(target_os = "linux"))]
        native::read(tag)
    }

    /// Keeps a secret under a tag, for `label` as the keyring's own window shows it.
    ///
    /// # Errors
    /// [`KeyringFault`]
    pub fn keep(&self, tag: &str, label: &str, secret: &[u8]) -> Result<(), KeyringFault> {
        #[cfg(target_os = "linux")]
        return self.wait(secrets::keep(&self.bus, tag, label, secret));
        #[cfg(not(target_os = "linux"))]
        native::keep(tag, label, secret)
    }

    /// Forgets what is kept under a tag; nothing there is no fault.
    ///
    /// # Errors
    /// [`KeyringFault`]
    pub fn forget(&self, tag: &str) -> Result<(), KeyringFault> {
        #[cfg(target_os = "linux")]
        return self.wait(secrets::forget(&self.bus, tag));
        #[cfg(not(target_os = "linux"))]
        native::forget(tag)
    }

    #[cfg(target_os = "linux")]
    fn wait<T>(
        &self,
        asked: impl Future<Output = Result<T, KeyringFault>>,
    ) -> Result<T, KeyringFault> {
        let failed = |error: std::io::Error| KeyringFault::Failed(error.to_string());
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().build().map_err(failed)?;
        let patience = self.patience.unwrap_or(PATIENCE);
        let answer = runtime.block_on(async { tokio::time::timeout(patience, asked).await });
        answer.unwrap_or(Err(KeyringFault::Silent))
    }
}
