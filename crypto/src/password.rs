//! The client's side of OPAQUE (RFC 9807), in the suite that both sides share.
//!
//! ```text
//! Registration: start -> RegistrationRequest -> (server) -> RegistrationResponse -> finish -> RegistrationUpload
//! Login:        start -> KE1                 -> (server) -> KE2                  -> finish -> KE3
//! ```
//!
//! Both ends give the client an *export key* that nobody else has. Where the user wants that the password alone brings the account back, the
//! recovery key is sealed under it, and the password is made here: a hostile server can guess offline.
//!
//! Without identifiers and without a context, on both sides. Finishing stretches the password with 64 MiB of Argon2id: run it
//! off the event loop.

use bip39::Language;
use dialtone_protocol::http::PASSWORD_COPY_BYTES;
use dialtone_protocol::opaque::{Suite, stretching};
use dialtone_protocol::sealed::NONCE_BYTES;
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialResponse, Identifiers, RegistrationResponse,
};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::labels;
use crate::primitives::{self, CryptoError};
use crate::recovery::{RecoveryError, RecoveryKey};

/// Why a password step failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Wrong name or wrong password; nobody can tell which.
    #[error("the name or the password is wrong")]
    Wrong,
    /// The server's answer is not of this protocol, or it cheats.
    #[error(
        "the server's answer to the password is not valid; try again, and ask its owner if it stays so"
    )]
    Answer,
    /// The cryptographic library failed.
    #[error("the password could not be prepared; please report this")]
    Library,
}

/// How many words a password has that is made here, each another: almost 66 bits.
pub const PASSWORD_WORDS: usize = 6;

/// A new password: words of BIP-39's English list, drawn at random, between single spaces.
pub fn generate_password(rng: &mut dyn CryptoRngCore) -> Zeroizing<String> {
    let list = Language::English.word_list();
    let mut words: Vec<&str> = Vec::with_capacity(PASSWORD_WORDS);
    while words.len() < PASSWORD_WORDS {
        // The list has 2^11 words, so that no word comes more often than another.
        let drawn = u16::from_be_bytes(primitives::random(rng));
        let word = list[usize::from(drawn) % list.len()];
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Zeroizing::new(words.join(" "))
}

/// A password as it is proved: one that was made here in small letters and between single spaces, however it was typed; any other as it is.
pub fn normal_password(typed: &str) -> Zeroizing<String> {
    let lower = Zeroizing::new(typed.to_lowercase());
    let words: Vec<&str> = lower.split_whitespace().collect();
    if is_generated(&words) {
        Zeroizing::new(words.join(" "))
    } else {
        Zeroizing::new(typed.to_owned())
    }
}

/// Whether it has the form of one that was made here.
pub fn is_generated_password(password: &str) -> bool {
    let words: Vec<&str> = password.split(' ').collect();
    is_generated(&words)
}

fn is_generated(words: &[&str]) -> bool {
    let is_known = |word: &&str| Language::English.find_word(word).is_some();
    let is_again = |(place, word): (usize, &&str)| words[..place].contains(word);
    words.len() == PASSWORD_WORDS
        && words.iter().all(is_known)
        && !words.iter().enumerate().any(is_again)
}

/// What OPAQUE gives the client alone, the same at each login. Erased when dropped.
pub struct ExportKey(Zeroizing<Vec<u8>>);

impl ExportKey {
    /// Seals the recovery key under the password.
    ///
    /// # Errors
    /// When the library fails.
    pub fn seal(
        &self,
        key: &RecoveryKey,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Vec<u8>, CryptoError> {
        let nonce: [u8; NONCE_BYTES] = primitives::random(rng);
        let sealed = primitives::seal(&self.key(), &nonce, b"", key.as_bytes())?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`RecoveryError::File`]: it is damaged, or another password's.
    pub fn open(&self, copy: &[u8]) -> Result<RecoveryKey, RecoveryError> {
        const DAMAGED: RecoveryError =
            RecoveryError::File("the copy of the recovery key does not open with this password");
        if copy.len() != PASSWORD_COPY_BYTES {
            return Err(DAMAGED);
        }
        let (nonce, sealed) = copy.split_at(NONCE_BYTES);
        let plain = primitives::open(&self.key(), nonce, b"", sealed).map_err(|_| DAMAGED)?;
        RecoveryKey::from_bytes(&plain).ok_or(DAMAGED)
    }

    fn key(&self) -> primitives::Secret {
        primitives::hkdf::<32>(&self.0, &[labels::PASSWORD_COPY])
    }
}

/// A password that is being registered.
pub struct Registration {
    state: ClientRegistration<Suite>,
    password: Zeroizing<Vec<u8>>,
}

impl Registration {
    /// Begins: the state to keep, and OPAQUE's `RegistrationRequest`.
    ///
    /// # Errors
    /// When the library fails.
    pub fn start(
        password: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<(Self, Vec<u8>), PasswordError> {
        let started = ClientRegistration::<Suite>::start(&mut rng, password)
            .map_err(|_| PasswordError::Library)?;
        let registration = Self {
            state: started.state,
            password: Zeroizing::new(password.to_vec()),
        };
        Ok((registration, started.message.serialize().to_vec()))
    }

    /// Ends: OPAQUE's `RegistrationUpload`, and its export key. Takes some tenths of a second and 64 MiB.
    ///
    /// # Errors
    /// When the server's answer is not valid.
    pub fn finish(
        self,
        response: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<(Vec<u8>, ExportKey), PasswordError> {
        let response =
            RegistrationResponse::deserialize(response).map_err(|_| PasswordError::Answer)?;
        let stretching = stretching();
        let parameters =
            ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretching));
        let finished = self
            .state
            .finish(&mut rng, &self.password, response, parameters)
            .map_err(|_| PasswordError::Answer)?;
        let export = ExportKey(Zeroizing::new(finished.export_key.to_vec()));
        Ok((finished.message.serialize().to_vec(), export))
    }
}

/// A password that is being proved.
pub struct Login {
    state: ClientLogin<Suite>,
    password: Zeroizing<Vec<u8>>,
}

impl Login {
    /// Begins: the state to keep, and OPAQUE's KE1.
    ///
    /// # Errors
    /// When the library fails.
    pub fn start(
        password: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<(Self, Vec<u8>), PasswordError> {
        let started =
            ClientLogin::<Suite>::start(&mut rng, password).map_err(|_| PasswordError::Library)?;
        let login = Self {
            state: started.state,
            password: Zeroizing::new(password.to_vec()),
        };
        Ok((login, started.message.serialize().to_vec()))
    }

    /// Ends: OPAQUE's KE3, and its export key. Takes some tenths of a second and 64 MiB.
    ///
    /// # Errors
    /// [`PasswordError::Wrong`] when the name or password is wrong; the server learns neither.
    pub fn finish(
        self,
        response: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<(Vec<u8>, ExportKey), PasswordError> {
        let response =
            CredentialResponse::deserialize(response).map_err(|_| PasswordError::Answer)?;
        let stretching = stretching();
        let parameters =
            ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&stretching));
        let finished = self
            .state
            .finish(&mut rng, &self.password, response, parameters)
            .map_err(|error| match error {
                opaque_ke::errors::ProtocolError::InvalidLoginError => PasswordError::Wrong,
                _ => PasswordError::Answer,
            })?;
        let export = ExportKey(Zeroizing::new(finished.export_key.to_vec()));
        Ok((finished.message.serialize().to_vec(), export))
    }
}

#[cfg(test)]
mod tests {
    use opaque_ke::{
        CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload,
        ServerLogin, ServerLoginParameters, ServerRegistration, ServerSetup,
    };
    use rand_core::OsRng;

    use super::*;

    fn register(
        setup: &ServerSetup<Suite>,
        password: &[u8],
    ) -> (ServerRegistration<Suite>, ExportKey) {
        let (client, request) = Registration::start(password, &mut OsRng).unwrap();
        let request = RegistrationRequest::deserialize(&request).unwrap();
        let answer = ServerRegistration::start(setup, request, b"ada").unwrap();
        let (upload, export) = client
            .finish(&answer.message.serialize(), &mut OsRng)
            .unwrap();
        let upload = RegistrationUpload::deserialize(&upload).unwrap();
        (ServerRegistration::finish(upload), export)
    }

    fn log_in(
        setup: &ServerSetup<Suite>,
        record: Option<ServerRegistration<Suite>>,
        password: &[u8],
    ) -> Result<ExportKey, PasswordError> {
        let (client, request) = Login::start(password, &mut OsRng).unwrap();
        let request = CredentialRequest::deserialize(&request).unwrap();
        let parameters = ServerLoginParameters::default();
        let answer =
            ServerLogin::start(&mut OsRng, setup, record, request, b"ada", parameters).unwrap();
        let (last, export) = client.finish(&answer.message.serialize(), &mut OsRng)?;
        let last = CredentialFinalization::deserialize(&last).unwrap();
        let parameters = ServerLoginParameters::default();
        answer.state.finish(last, parameters).map(|_| ()).unwrap();
        Ok(export)
    }

    #[test]
    fn right_wrong_and_unknown() {
        let setup = ServerSetup::<Suite>::new(&mut OsRng);
        let (record, _) = register(&setup, b"correct horse");
        assert!(log_in(&setup, Some(record.clone()), b"correct horse").is_ok());
        let wrong = log_in(&setup, Some(record), b"wrong horse").err();
        assert_eq!(wrong, Some(PasswordError::Wrong));
        let unknown = log_in(&setup, None, b"correct horse").err();
        assert_eq!(unknown, Some(PasswordError::Wrong));
    }

    #[test]
    fn the_recovery_key_comes_back_by_the_password_alone() {
        let setup = ServerSetup::<Suite>::new(&mut OsRng);
        let password = generate_password(&mut OsRng);
        let (record, export) = register(&setup, password.as_bytes());
        let key = RecoveryKey::generate(&mut OsRng);
        let copy = export.seal(&key, &mut OsRng).unwrap();
        assert_eq!(copy.len(), PASSWORD_COPY_BYTES);
        assert!(!copy.windows(16).any(|part| part == key.as_bytes()));
        let export = log_in(&setup, Some(record), password.as_bytes()).unwrap();
        assert_eq!(
            *export.open(&copy).unwrap().words().unwrap(),
            *key.words().unwrap()
        );
        // Another registration of the same password has another export key.
        let (_, other) = register(&setup, password.as_bytes());
        assert!(other.open(&copy).is_err());
        for at in [0, NONCE_BYTES, copy.len() - 1] {
            let mut changed = copy.clone();
            changed[at] ^= 1;
            assert!(export.open(&changed).is_err(), "byte {at}");
        }
        assert!(export.open(&copy[1..]).is_err());
    }

    #[test]
    fn a_password_that_is_made_here_has_six_words_and_is_typed_as_one_likes() {
        let password = generate_password(&mut OsRng);
        assert!(is_generated_password(&password), "{}", *password);
        assert_ne!(*password, *generate_password(&mut OsRng));
        let typed = format!("  {} ", password.to_uppercase().replace(' ', "   "));
        assert_eq!(*normal_password(&typed), *password);
        for own in [
            "correct horse battery",
            "  Six Words That Are Not Ours ",
            "abandon",
            "apple apple apple apple apple apple",
        ] {
            assert_eq!(*normal_password(own), own);
            assert!(!is_generated_password(own));
        }
    }

    #[test]
    fn garbage_from_the_server_is_refused() {
        let (client, _) = Registration::start(b"password", &mut OsRng).unwrap();
        let answer = client.finish(&[0; 64], &mut OsRng).err();
        assert_eq!(answer, Some(PasswordError::Answer));
    }
}
