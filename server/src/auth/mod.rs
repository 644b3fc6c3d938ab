//! Coming in: registering by an invite, proving the password (OPAQUE), opening sessions by the device key.
//!
//! ```text
//! register  start -> OPAQUE; finish -> roster entry + account + device + one use of the invite, in one transaction
//!                                   or a knock: the account waits
//! login     start -> OPAQUE (a fake record for unknown names), finish -> whose password it is
//!           -> an enrolment: for some minutes the recovery files, one device added by the account's own key, and asking to be approved
//! session   challenge -> the device signs SessionProof -> token; only its hash is stored
//! ```

mod challenges;
mod enrolment;
mod error;
mod login;
mod password;
mod register;
mod routes;
mod session;
mod throttle;

use challenges::Bounded;
use enrolment::Enrolments;
pub(crate) use enrolment::{Enrolled, enrolled_here};
pub use error::RegisterError;
pub(crate) use login::finish_here as finish_login_here;
use login::{Attempt, StandIn};
pub(crate) use register::{Newcomer, add_account, take_invite};
pub(crate) use routes::router;
use session::PendingChallenge;
pub(crate) use session::{Session, find_session, role, session_of, take_challenge_here};
pub(crate) use throttle::Throttles;

/// What signing in keeps in memory, all of it bounded.
#[derive(Default)]
pub(crate) struct AuthState {
    attempts: Bounded<Attempt>,
    stand_in: StandIn,
    challenges: Bounded<PendingChallenge>,
    enrolments: Enrolments,
    pub(crate) throttles: Throttles,
}

#[cfg(test)]
mod tests {
    use std::ops::Deref;

    use tempfile::TempDir;

    use crate::Server;
    use crate::config::{Flags, Settings, TlsSetting};

    /// A server with nobody in it, which does not serve.
    pub(super) struct Alone {
        server: Server,
        _folder: TempDir,
    }

    impl Deref for Alone {
        type Target = Server;

        fn deref(&self) -> &Server {
            &self.server
        }
    }

    pub(super) async fn server() -> Alone {
        let folder = TempDir::new().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let mut settings = Settings::resolve(&flags, &|_| None).unwrap();
        settings.listen = "127.0.0.1:0".parse().unwrap();
        settings.tls = TlsSetting::None;
        let server = Server::start(&settings).await.unwrap();
        Alone {
            server,
            _folder: folder,
        }
    }
}
