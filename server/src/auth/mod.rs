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
use login::Attempt;
pub(crate) use login::finish_here as finish_login_here;
pub(crate) use register::{Newcomer, add_account, take_invite};
pub(crate) use routes::router;
use session::PendingChallenge;
pub(crate) use session::{Session, find_session, role, session_of, take_challenge_here};
pub(crate) use throttle::Throttles;

/// What signing in keeps in memory, all of it bounded.
#[derive(Default)]
pub(crate) struct AuthState {
    attempts: Bounded<Attempt>,
    challenges: Bounded<PendingChallenge>,
    enrolments: Enrolments,
    pub(crate) throttles: Throttles,
}
