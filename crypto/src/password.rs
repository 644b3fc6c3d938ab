//! The client's side of OPAQUE (RFC 9807), in the suite that both sides share.
//!
//! ```text
//! Registration: start -> RegistrationRequest -> (server) -> RegistrationResponse -> finish -> RegistrationUpload
//! Login:        start -> KE1                 -> (server) -> KE2                  -> finish -> KE3
//! ```
//!
//! Without identifiers and without a context, on both sides. Finishing stretches the password with 64 MiB of Argon2id: run it
//! off the event loop.

use dialtone_protocol::opaque::{Suite, stretching};
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialResponse, Identifiers, RegistrationResponse,
};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

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

    /// Ends: OPAQUE's `RegistrationUpload`. Takes some tenths of a second and 64 MiB.
    ///
    /// # Errors
    /// When the server's answer is not valid.
    pub fn finish(
        self,
        response: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<Vec<u8>, PasswordError> {
        let response =
            RegistrationResponse::deserialize(response).map_err(|_| PasswordError::Answer)?;
        let stretching = stretching();
        let parameters =
            ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretching));
        let finished = self
            .state
            .finish(&mut rng, &self.password, response, parameters)
            .map_err(|_| PasswordError::Answer)?;
        Ok(finished.message.serialize().to_vec())
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

    /// Ends: OPAQUE's KE3. Takes some tenths of a second and 64 MiB.
    ///
    /// # Errors
    /// [`PasswordError::Wrong`] when the name or password is wrong; the server learns neither.
    pub fn finish(
        self,
        response: &[u8],
        mut rng: &mut dyn CryptoRngCore,
    ) -> Result<Vec<u8>, PasswordError> {
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
        Ok(finished.message.serialize().to_vec())
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

    fn register(setup: &ServerSetup<Suite>, password: &[u8]) -> ServerRegistration<Suite> {
        let (client, request) = Registration::start(password, &mut OsRng).unwrap();
        let request = RegistrationRequest::deserialize(&request).unwrap();
        let answer = ServerRegistration::start(setup, request, b"ada").unwrap();
        let upload = client
            .finish(&answer.message.serialize(), &mut OsRng)
            .unwrap();
        ServerRegistration::finish(RegistrationUpload::deserialize(&upload).unwrap())
    }

    fn log_in(
        setup: &ServerSetup<Suite>,
        record: Option<ServerRegistration<Suite>>,
        password: &[u8],
    ) -> Result<(), PasswordError> {
        let (client, request) = Login::start(password, &mut OsRng).unwrap();
        let request = CredentialRequest::deserialize(&request).unwrap();
        let parameters = ServerLoginParameters::default();
        let answer =
            ServerLogin::start(&mut OsRng, setup, record, request, b"ada", parameters).unwrap();
        let last = client.finish(&answer.message.serialize(), &mut OsRng)?;
        let last = CredentialFinalization::deserialize(&last).unwrap();
        let parameters = ServerLoginParameters::default();
        answer.state.finish(last, parameters).map(|_| ()).unwrap();
        Ok(())
    }

    #[test]
    fn right_wrong_and_unknown() {
        let setup = ServerSetup::<Suite>::new(&mut OsRng);
        let record = register(&setup, b"correct horse");
        let right = log_in(&setup, Some(record.clone()), b"correct horse");
        assert_eq!(right, Ok(()));
        let wrong = log_in(&setup, Some(record), b"wrong horse");
        assert_eq!(wrong, Err(PasswordError::Wrong));
        let unknown = log_in(&setup, None, b"correct horse");
        assert_eq!(unknown, Err(PasswordError::Wrong));
    }

    #[test]
    fn garbage_from_the_server_is_refused() {
        let (client, _) = Registration::start(b"password", &mut OsRng).unwrap();
        let answer = client.finish(&[0; 64], &mut OsRng);
        assert_eq!(answer, Err(PasswordError::Answer));
    }
}
