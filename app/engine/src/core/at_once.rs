//! Opening without the password: the system's keyring is asked at the start, where the user wanted that.
//!
//! ```text
//! start      keystore.ring is there ─► the keyring, asked on a thread ─► open, or the password and why
//! switch on  a new key ─► the keyring, read back ─► keystore.ring, keystore.copy
//! switch off keystore.ring goes; then the keyring forgets the key
//! lock       the password, in this run: the keyring is asked at the start alone
//! ```

use dialtone_crypto::OsRng;
use dialtone_crypto::keyring::{KeyringError, KeyringKey, KeyringTag, seal_ring};
use dialtone_crypto::keystore::write_whole;
use dialtone_words::say;

use super::invitation::JobDone;
use super::keystore::{ByKeyringError, OpenKeystore};
use super::{Core, CoreInput};
use crate::keyring::{Keyring, KeyringFault};
use crate::snapshot::{AtOnce, KeyringView, ProfileState, Severity};

/// Where the core stands with the keyring.
#[derive(Default)]
pub(super) struct KeyringPart {
    /// The profile opens by it.
    on: bool,
    /// Of the question that counts; answers to earlier ones are late.
    number: u64,
    /// The keyring is being told to keep a key.
    changing: bool,
    /// It keeps this one; it is made use of once the keystore is in nobody's hands.
    kept: Option<(KeyringTag, KeyringKey)>,
    /// Why the keys did not open by it at the start, in words.
    problem: Option<String>,
    /// What it keeps, or the copy, is of no use: another password opens the keys, and then all of it is made anew.
    renew: bool,
}

impl KeyringPart {
    /// Of a profile that opens by the keyring, or does not.
    pub(super) fn new(on: bool) -> Self {
        Self {
            on,
            ..Self::default()
        }
    }
}

/// What came of a question.
pub(crate) enum KeyringAnswer {
    /// The keys are open.
    Opened(Box<OpenKeystore>),
    /// They are not: why.
    No(String),
    /// What it keeps does not open the keys, or it keeps nothing: why. It is to be made anew.
    Useless(String),
}

impl Core {
    /// Asks the keyring for the keys, where the profile opens by it.
    pub(super) fn open_by_keyring(&mut self) {
        if self.state != ProfileState::AskingKeyring {
            return;
        }
        self.keyring.number += 1;
        let number = self.keyring.number;
        let files = self.profile.keystore_files();
        let (choice, inputs) = (self.keyring_choice.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let asked = choice.ask(move |keyring| Ok(open(keyring, files))).await;
            let answer = asked.unwrap_or_else(|fault| KeyringAnswer::No(fault.to_string()));
            let done = Box::new(JobDone::KeyringAnswered { number, answer });
            let _ = inputs.send(CoreInput::Done(done)).await;
        });
    }

    /// The user does not want to wait for the keyring.
    pub(super) fn use_password(&mut self) {
        if self.state == ProfileState::AskingKeyring {
            self.keyring.number += 1;
            self.state = ProfileState::Locked { error: None };
        }
    }

    pub(super) fn keyring_answered(&mut self, number: u64, answer: KeyringAnswer) {
        if number != self.keyring.number || self.state != ProfileState::AskingKeyring {
            return;
        }
        match answer {
            KeyringAnswer::Opened(keystore) => return self.unlocked(*keystore, &[]),
            KeyringAnswer::No(why) => {
                self.keyring.problem = Some(say!("keyring-not-opened", why = why));
            }
            KeyringAnswer::Useless(why) => {
                self.keyring.problem = Some(say!("keyring-not-opened", why = why));
                self.keyring.renew = true;
            }
        }
        self.state = ProfileState::Locked { error: None };
    }

    /// The password has opened the keys: what did not open them before is mended.
    pub(super) fn mend_keyring(&mut self) {
        self.keyring.problem = None;
        if std::mem::take(&mut self.keyring.renew) && self.keyring.on {
            self.keep_in_keyring();
        }
    }

    /// Lets the keys open at once from now on, or not.
    pub(super) fn open_at_once(&mut self, on: bool) {
        if self.keystore.is_none() || self.keyring.changing {
            return;
        }
        match (on, self.keyring.on) {
            (true, false) => self.keep_in_keyring(),
            (false, true) => {
                let files = self.profile.keystore_files();
                let tag = self.keyring_tag();
                if let Err(error) = std::fs::remove_file(&files.ring) {
                    let text = say!("keyring-not-off", why = error.to_string());
                    return self.notices.add(Severity::Error, text);
                }
                self.keyring.on = false;
                if let Some(keystore) = &self.keystore {
                    keystore.copy_beside();
                }
                self.forget_in_keyring(tag);
            }
            _ => {}
        }
    }

    /// Which key of the keyring is the profile's.
    pub(super) fn keyring_tag(&self) -> Option<KeyringTag> {
        let file = std::fs::read(self.profile.keystore_files().ring).ok()?;
        KeyringTag::of(&file).ok()
    }

    /// Has the keyring forget a key that opens nothing any more.
    pub(super) fn forget_in_keyring(&self, tag: Option<KeyringTag>) {
        let Some(tag) = tag.filter(|_| self.keyring_choice.is_there()) else {
            return;
        };
        let (choice, inputs) = (self.keyring_choice.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let tag = tag.to_string();
            let result = choice.ask(move |keyring| keyring.forget(&tag)).await;
            let done = Box::new(JobDone::KeyringForgot(result));
            let _ = inputs.send(CoreInput::Done(done)).await;
        });
    }

    pub(super) fn keyring_forgot(&mut self, result: Result<(), KeyringFault>) {
        if let Err(fault) = result {
            let text = say!("keyring-not-forgotten", why = fault.to_string());
            self.notices.add(Severity::Info, text);
        }
    }

    /// Has the keyring keep a new key.
    fn keep_in_keyring(&mut self) {
        let (tag, key) = (
            KeyringTag::generate(&mut OsRng),
            KeyringKey::generate(&mut OsRng),
        );
        self.keyring.changing = true;
        let (choice, inputs) = (self.keyring_choice.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let kept = key.clone();
            let result = choice.ask(move |keyring| keep(keyring, tag, &kept)).await;
            let result = result.map(|()| (tag, key));
            let done = Box::new(JobDone::KeyringKept(result));
            let _ = inputs.send(CoreInput::Done(done)).await;
        });
    }

    pub(super) fn keyring_kept(&mut self, result: Result<(KeyringTag, KeyringKey), KeyringFault>) {
        match result {
            Ok(kept) => self.keyring.kept = Some(kept),
            Err(fault) => {
                self.keyring.changing = false;
                let text = say!("keyring-not-on", why = fault.to_string());
                self.notices.add(Severity::Warning, text);
            }
        }
    }

    /// Makes use of what the keyring keeps, once the keystore is in nobody's hands: what a job there writes would else be missing in the copy.
    pub(super) fn settle_keyring(&mut self) {
        if self.keyring.kept.is_none() || self.is_coming_in() {
            return;
        }
        let Some((tag, key)) = self.keyring.kept.take() else {
            return;
        };
        self.keyring.changing = false;
        // It was locked or wiped meanwhile.
        let Some(keystore) = self.keystore.clone() else {
            return self.forget_in_keyring(Some(tag));
        };
        let path = self.profile.keystore_files().ring;
        let before = self.keyring_tag();
        let sealed = seal_ring(&keystore.secrets.database_key, &key, tag, &mut OsRng);
        let written = sealed.map_err(|error| error.to_string());
        let written = written.and_then(|bytes| {
            let written = write_whole(&path, &bytes);
            written.map_err(|error| error.to_string())
        });
        match written {
            Ok(()) => {
                self.keyring.on = true;
                keystore.copy_beside();
                self.forget_in_keyring(before);
            }
            Err(why) => {
                let text = say!("keyring-not-on", why = why);
                self.notices.add(Severity::Error, text);
                self.forget_in_keyring(Some(tag));
            }
        }
    }

    pub(super) fn keyring_view(&self) -> KeyringView {
        let at_once = if self.keyring.changing {
            AtOnce::Changing
        } else if self.keyring.on {
            AtOnce::On
        } else if self.keyring_choice.is_there() {
            AtOnce::Off
        } else {
            AtOnce::Unavailable
        };
        KeyringView {
            at_once,
            problem: self.keyring.problem.clone(),
        }
    }
}

fn open(keyring: &dyn Keyring, files: super::KeystoreFiles) -> KeyringAnswer {
    let useless = || KeyringAnswer::Useless(say!("keyring-useless").to_owned());
    let Ok(ring) = std::fs::read(&files.ring) else {
        return useless();
    };
    let Ok(tag) = KeyringTag::of(&ring) else {
        return useless();
    };
    let key = match keyring.read(&tag.to_string()) {
        Ok(Some(bytes)) => KeyringKey::from_bytes(&bytes),
        Ok(None) => {
            return KeyringAnswer::Useless(say!("keyring-knows-nothing").to_owned());
        }
        Err(fault) => return KeyringAnswer::No(fault.to_string()),
    };
    let Ok(key) = key else {
        return useless();
    };
    match OpenKeystore::load_by_keyring(files, &key) {
        Ok(keystore) => KeyringAnswer::Opened(Box::new(keystore)),
        Err(ByKeyringError::Keyring(KeyringError::Stale)) => {
            KeyringAnswer::Useless(say!("keyring-stale").to_owned())
        }
        Err(ByKeyringError::ChangeBrokenOff) => {
            KeyringAnswer::No(say!("keyring-broken-off").to_owned())
        }
        Err(_) => useless(),
    }
}

/// Keeps a key, and looks whether it is there.
fn keep(keyring: &dyn Keyring, tag: KeyringTag, key: &KeyringKey) -> Result<(), KeyringFault> {
    let tag = tag.to_string();
    keyring.keep(&tag, key.expose())?;
    let back = keyring.read(&tag)?;
    if back.is_some_and(|back| back.as_slice() == key.expose()) {
        return Ok(());
    }
    let _ = keyring.forget(&tag);
    Err(KeyringFault::Failed(say!("keyring-lost-it").to_owned()))
}
