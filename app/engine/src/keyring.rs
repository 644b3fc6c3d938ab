//! The system's keyring, as the engine sees it: one secret of 32 bytes for each profile, under a tag.
//!
//! ```text
//! core ─► a thread of its own ─► Keyring (blocks, as long as it likes)
//!      ◄─ what it said, or, after KeyringChoice::patience, that it said nothing
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
pub use zeroize::Zeroizing;

/// Why a keyring did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringFault {
    /// There is none.
    #[error("{}", dialtone_words::say!("keyring-absent"))]
    Absent,
    /// It is locked, and the user did not unlock it.
    #[error("{}", dialtone_words::say!("keyring-locked"))]
    Locked,
    /// It did not answer in time.
    #[error("{}", dialtone_words::say!("keyring-silent"))]
    Silent,
    /// It failed, in its own words.
    #[error("{}", dialtone_words::say!("keyring-failed", why = _0))]
    Failed(String),
}

/// A keyring. Each call may block, and is made on a thread that may be left behind.
pub trait Keyring: Send + Sync {
    /// What is kept under a tag; none where nothing is.
    ///
    /// # Errors
    /// [`KeyringFault`]
    fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault>;

    /// Keeps a secret under a tag.
    ///
    /// # Errors
    /// [`KeyringFault`]
    fn keep(&self, tag: &str, secret: &[u8]) -> Result<(), KeyringFault>;

    /// Forgets what is kept under a tag; nothing there is no fault.
    ///
    /// # Errors
    /// [`KeyringFault`]
    fn forget(&self, tag: &str) -> Result<(), KeyringFault>;
}

/// The longest that the keyring may take, the user's answer to what it asks included.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Which keyring an engine uses; by default none.
#[derive(Clone, Default)]
pub struct KeyringChoice {
    keyring: Option<Arc<dyn Keyring>>,
    patience: Option<Duration>,
}

impl fmt::Debug for KeyringChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = self.keyring.is_some();
        f.debug_struct("KeyringChoice")
            .field("there", &there)
            .finish_non_exhaustive()
    }
}

impl KeyringChoice {
    /// This one.
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self {
            keyring: Some(keyring),
            patience: None,
        }
    }

    /// Waits so long for it instead of [`PATIENCE`].
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.keyring.is_some()
    }

    /// Asks the keyring on a thread of its own, which is left behind when it takes too long; `done` is told once, by whichever is first.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> Result<T, KeyringFault> + Send + 'static,
    ) -> Result<T, KeyringFault> {
        let keyring = self.keyring.clone().ok_or(KeyringFault::Absent)?;
        let (answer, answered) = tokio::sync::oneshot::channel();
        let run = move || {
            // Nobody waits for it any more where it was late.
            let _ = answer.send(question(keyring.as_ref()));
        };
        std::thread::Builder::new()
            .name("dialtone-keyring".into())
            .spawn(run)
            .map_err(|error| KeyringFault::Failed(error.to_string()))?;
        let patience = self.patience.unwrap_or(PATIENCE);
        match tokio::time::timeout(patience, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(KeyringFault::Failed(
                dialtone_words::say!("keyring-panicked").to_owned(),
            )),
            Err(_) => Err(KeyringFault::Silent),
        }
    }
}

/// A keyring in memory, for tests and demonstrations: it forgets everything when the program ends.
#[derive(Default)]
pub struct MemoryKeyring {
    kept: Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>,
    fault: Mutex<Option<KeyringFault>>,
}

impl MemoryKeyring {
    /// From now on it answers everything with this, or works again.
    pub fn fail(&self, fault: Option<KeyringFault>) {
        *self.fault.lock() = fault;
    }

    /// What it keeps.
    pub fn tags(&self) -> Vec<String> {
        self.kept.lock().keys().cloned().collect()
    }

    /// Puts something else in the place of everything that it keeps.
    pub fn replace_all(&self, secret: &[u8]) {
        let mut kept = self.kept.lock();
        for one in kept.values_mut() {
            *one = Zeroizing::new(secret.to_vec());
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.kept.lock().clear();
    }

    fn works(&self) -> Result<(), KeyringFault> {
        self.fault.lock().clone().map_or(Ok(()), Err)
    }
}

impl Keyring for MemoryKeyring {
    fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
        self.works()?;
        Ok(self.kept.lock().get(tag).cloned())
    }

    fn keep(&self, tag: &str, secret: &[u8]) -> Result<(), KeyringFault> {
        self.works()?;
        let secret = Zeroizing::new(secret.to_vec());
        self.kept.lock().insert(tag.to_owned(), secret);
        Ok(())
    }

    fn forget(&self, tag: &str) -> Result<(), KeyringFault> {
        self.works()?;
        self.kept.lock().remove(tag);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers once somebody else lets it.
    struct Hangs(Mutex<std::sync::mpsc::Receiver<()>>);

    impl Keyring for Hangs {
        fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
            let _ = self.0.lock().recv();
            Ok(None)
        }

        fn keep(&self, _: &str, _: &[u8]) -> Result<(), KeyringFault> {
            Ok(())
        }

        fn forget(&self, _: &str) -> Result<(), KeyringFault> {
            Ok(())
        }
    }

    #[test]
    fn a_keyring_in_memory_keeps_and_forgets() {
        let keyring = MemoryKeyring::default();
        keyring.keep("a", b"one").unwrap();
        assert_eq!(keyring.read("a").unwrap().unwrap().as_slice(), b"one");
        assert_eq!(keyring.read("b").unwrap(), None);
        keyring.fail(Some(KeyringFault::Locked));
        assert_eq!(keyring.read("a"), Err(KeyringFault::Locked));
        keyring.fail(None);
        keyring.forget("a").unwrap();
        assert!(keyring.tags().is_empty());
    }

    #[tokio::test]
    async fn one_that_never_answers_is_left_behind() {
        let (let_go, hanging) = std::sync::mpsc::channel();
        let keyring = Arc::new(Hangs(Mutex::new(hanging)));
        let choice = KeyringChoice::new(keyring).with_patience(Duration::from_millis(20));
        let answer = choice.ask(|keyring| keyring.read("a")).await;
        assert_eq!(answer, Err(KeyringFault::Silent));
        drop(let_go);
        let none = KeyringChoice::default();
        let answer = none.ask(|keyring| keyring.read("a")).await;
        assert_eq!(answer, Err(KeyringFault::Absent));
    }
}
