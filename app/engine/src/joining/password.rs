//! Another password for an account: the one before is proved, the server takes the new one, and what it opens is sealed anew.

use dialtone_crypto::{
    CryptoError, OsRng, PasswordError, Registration, is_generated_password, normal_password,
};
use dialtone_protocol::http::{
    ErrorCode, PasswordFinish, PasswordStart, RecoveryFiles, RegisterStarted,
};
use dialtone_protocol::{Hash, PublicKey};

use super::login::{LoginError, log_in};
use super::register::SHORTEST_PASSWORD;
use crate::clock;
use crate::command::Secret;
use crate::net::{self, NetError};
use dialtone_words::say;

/// Whose password, and which.
pub(crate) struct PasswordRequest {
    /// The server's host and port.
    pub server: String,
    /// Its identity key, as the member list names it.
    pub server_key: PublicKey,
    /// The name that one registered.
    pub username: String,
    /// The password until now.
    pub old: Secret,
    /// The one from now on.
    pub new: Secret,
}

/// The password is as it was, unless [`Self::NoAnswer`] says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ChangeError {
    /// It is too short.
    #[error("{}", say!("engine-password-short", least = SHORTEST_PASSWORD))]
    Short,
    /// The one before is wrong, or the server is not there.
    #[error("{0}")]
    Login(#[from] LoginError),
    /// The library.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// Sealing.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
    /// The server.
    #[error("{0}")]
    Net(#[from] NetError),
    /// It may have been taken.
    #[error("{}", say!("engine-password-no-answer"))]
    NoAnswer,
}

/// Gives the account another password. Blocks for some seconds.
///
/// # Errors
/// [`ChangeError`]
pub(crate) fn change_password(request: &PasswordRequest) -> Result<(), ChangeError> {
    let new = normal_password(request.new.expose());
    if new.chars().count() < SHORTEST_PASSWORD {
        return Err(ChangeError::Short);
    }
    let now_s = clock::now_ms() / 1000;
    let nonce = Hash(clock::random());
    let api = net::meet(&request.server, &request.server_key, nonce, now_s)?;
    let (logged_in, export) = log_in(&api, &request.username, &request.old)?;
    let own = api.with_enrolment(logged_in.enrolment);
    let kept = match own.get::<RecoveryFiles>("/recovery") {
        Ok(files) => files.password_copy,
        Err(error) if error.code() == Some(ErrorCode::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let key = kept.and_then(|copy| export.open(&copy.0).ok());
    let (registration, message) = Registration::start(new.as_bytes(), &mut OsRng)?;
    let start = PasswordStart {
        request: message.into(),
    };
    let started: RegisterStarted = own.post("/auth/password/start", &start)?;
    let (upload, export) = registration.finish(&started.response.0, &mut OsRng)?;
    // A password of one's own never opens the account alone.
    let key = key.filter(|_| is_generated_password(&new));
    let copy = key.map(|key| export.seal(&key, &mut OsRng)).transpose()?;
    let finish = PasswordFinish {
        upload: upload.into(),
        password_copy: copy.map(Into::into),
    };
    match own.tell("/auth/password/finish", &finish) {
        Ok(()) => Ok(()),
        Err(error) if error.code().is_some() => Err(error.into()),
        // Whether it was taken is asked by proving it.
        Err(_) => match log_in(&api, &request.username, &request.new) {
            Ok(_) => Ok(()),
            Err(LoginError::Password(error)) => Err(error.into()),
            Err(_) => Err(ChangeError::NoAnswer),
        },
    }
}
