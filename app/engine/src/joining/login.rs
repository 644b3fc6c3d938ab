//! Proving a password to a server of which nothing is known but its address: a stranger in its place learns from OPAQUE what the
//! server itself could.

use dialtone_crypto::{ExportKey, Login, OsRng, PasswordError, normal_password};
use dialtone_protocol::Hash;
use dialtone_protocol::http::{LoggedIn, LoginFinish, LoginStart, LoginStarted};
use dialtone_words::say;

use crate::clock;
use crate::command::Secret;
use crate::net::{self, Api, NetError};

/// The password was not proved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LoginError {
    /// The address is none.
    #[error("{}", say!("error-server-address"))]
    Address,
    /// Name or password.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// The server.
    #[error("{0}")]
    Net(#[from] NetError),
}

/// A server that nobody has vouched for.
pub(super) fn approach(server: &str) -> Result<Api, LoginError> {
    if !is_address(server) {
        return Err(LoginError::Address);
    }
    let nonce = Hash(clock::random());
    Ok(net::approach(server, nonce, clock::now_ms() / 1000)?)
}

/// Proves the password; also gives what it opens. Takes some tenths of a second.
pub(super) fn log_in(
    api: &Api,
    username: &str,
    password: &Secret,
) -> Result<(LoggedIn, ExportKey), LoginError> {
    let password = normal_password(password.expose());
    let (login, message) = Login::start(password.as_bytes(), &mut OsRng)?;
    let start = LoginStart {
        username: username.to_owned(),
        request: message.into(),
    };
    let started: LoginStarted = api.post("/auth/login/start", &start)?;
    let (last, export) = login.finish(&started.response.0, &mut OsRng)?;
    let finish = LoginFinish {
        attempt: started.attempt,
        finalization: last.into(),
    };
    Ok((api.post("/auth/login/finish", &finish)?, export))
}

fn is_address(server: &str) -> bool {
    let Some((host, port)) = server.rsplit_once(':') else {
        return false;
    };
    !host.is_empty()
        && port.parse::<u16>().is_ok()
        && !host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '#' | '@' | '?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for right in ["localhost:7440", "chat.example.org:443", "[::1]:7440"] {
            assert!(is_address(right), "{right}");
        }
        for wrong in [
            "",
            "localhost",
            ":7440",
            "a b:1",
            "host:port",
            "https://host:1",
            "a@b:1",
        ] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
