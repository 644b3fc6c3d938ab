//! A new device asks to be approved by another one of the account.
//!
//! ```text
//! address -> OPAQUE -> keys are drawn, and committed to -> the other device's challenge: community, member list, the server's key
//!         -> the server, met by that key -> the keys are revealed -> the code, which the person here compares
//!         -> keystore -> this device confirms -> the member list, checked against the challenge -> what the other device sent
//! ```
//!
//! Until the person has compared the code nothing that came is believed, and nothing is written down.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use dialtone_crypto::approval::{Answered, NewDevice, NotApproved, Welcome};
use dialtone_crypto::{CryptoError, OsRng};
use dialtone_protocol::approval::{APPROVAL_LASTS_MS, ApprovalEnd, ApprovalError, ApprovalMessage};
use dialtone_protocol::http::{ApprovalPost, ApprovalState, ErrorCode};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, Hash, strict};
use dialtone_words::say;

use super::Joined;
use super::inspect::{InspectError, fetch_roster_by};
use super::login::{LoginError, approach, log_in};
use crate::clock;
use crate::command::Secret;
use crate::net::{self, Api, NetError};

/// How often the server is asked whether something came.
const POLL: Duration = Duration::from_millis(500);
/// The server ends what takes too long; one that does not is not waited for longer than so much more, in ms.
const GRACE_MS: u64 = 30_000;

/// What the user filled in.
#[derive(Debug, Clone)]
pub(crate) struct AskRequest {
    /// `host:port`
    pub server: String,
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret,
    /// What this device calls itself.
    pub name: String,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskStep {
    /// Waiting for another device, of which one is connected or not.
    Waiting { online: bool },
    /// The code is to be compared.
    Compare { code: String, transcript: Hash },
    /// The person here has said that it is the same.
    Confirmed,
}

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskAnswer {
    /// Whether the codes are the same.
    Same(bool),
    /// No more.
    Cancel,
}

/// The person at this device.
pub(crate) struct Desk<'a> {
    /// What they say.
    pub answers: Receiver<AskAnswer>,
    /// What they are shown.
    pub tell: &'a dyn Fn(AskStep),
    /// Milliseconds since 1970.
    pub now_ms: &'a dyn Fn() -> u64,
}

impl Desk<'_> {
    /// Waits for the person, but no longer than it takes until the server is asked again.
    fn answer(&self) -> Option<AskAnswer> {
        match self.answers.recv_timeout(POLL) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            // The window is closed.
            Err(RecvTimeoutError::Disconnected) => Some(AskAnswer::Cancel),
        }
    }

    /// Nobody can say anything any more.
    fn is_left(&self) -> bool {
        matches!(self.answers.try_recv(), Err(TryRecvError::Disconnected))
    }
}

/// What must not be lost, before the other device makes it true.
pub(crate) struct Promised<'a> {
    /// `host:port`
    pub server: &'a str,
    /// What was said.
    pub answered: &'a Answered,
    /// Fetches the member list as it is now, with everything that the other device knows.
    pub roster: &'a dyn Fn() -> Result<Roster, String>,
}

/// It did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AskError {
    /// Address, name or password.
    #[error("{0}")]
    Login(#[from] LoginError),
    /// The server.
    #[error("{0}")]
    Net(#[from] NetError),
    /// The member list.
    #[error("{0}")]
    Inspect(#[from] InspectError),
    /// What came does not fit.
    #[error("{0}")]
    NotApproved(#[from] NotApproved),
    /// Keys cannot be made.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
    /// The other device speaks of another account than the password is for.
    #[error(
        "{}", say!("error-other-account")
    )]
    OtherAccount,
    /// It is over.
    #[error("{}", words(*.0))]
    Ended(ApprovalEnd),
    /// The server does not know of it any more.
    #[error(
        "{}", say!("error-forgotten")
    )]
    Forgotten,
    /// This device has confirmed, and is not in the member list; the other device may have gone before it could add it.
    #[error(
        "{}", say!("error-not-shown")
    )]
    NotShown,
    /// This device has confirmed, and what became of it could not be asked.
    #[error(
        "{}", say!("error-unsure-added")
    )]
    Unsure,
    /// The codes were not the same.
    #[error(
        "{}", say!("error-codes-differ")
    )]
    Differ,
    /// The keystore cannot be written.
    #[error("{0}")]
    Keystore(String),
}

fn words(end: ApprovalEnd) -> &'static str {
    match end {
        ApprovalEnd::Refused => say!("error-device-refused"),
        ApprovalEnd::Differ => {
            say!("error-said-differ")
        }
        ApprovalEnd::Cancelled => say!("error-cancelled"),
        ApprovalEnd::TimedOut => say!("error-too-long"),
        ApprovalEnd::Gone => {
            say!("error-device-gone")
        }
        ApprovalEnd::Elsewhere | ApprovalEnd::Failed => {
            say!("error-device-could-not")
        }
    }
}

impl From<ApprovalError> for AskError {
    fn from(error: ApprovalError) -> Self {
        Self::NotApproved(error.into())
    }
}

/// Asks, and waits. `keep` is called with what must not be lost, before the other device may make it true; the welcome is none where
/// the member list says that this device is in, and what the other one sent did not come.
///
/// # Errors
/// [`AskError`]: why not, and what to do.
pub(crate) fn ask(
    request: &AskRequest,
    desk: &Desk<'_>,
    keep: impl FnOnce(&Promised<'_>) -> Result<(), String>,
) -> Result<(Joined, Option<Welcome>), AskError> {
    let server = request.server.trim();
    let stranger = approach(server)?;
    let (logged_in, _) = log_in(&stranger, &request.username, &request.password)?;
    let stranger = stranger.with_enrolment(logged_in.enrolment);
    let new = NewDevice::draw(&request.name, &mut OsRng)?;
    let until = (desk.now_ms)().saturating_add(APPROVAL_LASTS_MS + GRACE_MS);
    let line = Line {
        api: stranger,
        desk,
        until,
    };
    let ask = ApprovalMessage::Ask(new.ask().to_vec().into());
    let state = line.say(&ask)?;
    (desk.tell)(AskStep::Waiting {
        online: state.online,
    });
    let challenge = line.challenge()?;
    let answered = new.answer(&challenge)?;
    let line = line.meet(server, &answered, logged_in.account)?;
    line.say(&ApprovalMessage::Reveal(answered.reveal().to_vec().into()))?;
    (desk.tell)(AskStep::Compare {
        code: answered.code(),
        transcript: answered.transcript(),
    });
    line.compare()?;
    let answered = &answered;
    let promised = Promised {
        server,
        answered,
        roster: &|| line.known_roster(answered),
    };
    if let Err(words) = keep(&promised) {
        line.hang_up(ApprovalEnd::Failed);
        return Err(AskError::Keystore(words));
    }
    line.confirm(answered)?;
    (desk.tell)(AskStep::Confirmed);
    line.finish(answered)
}

/// The way to the other device.
struct Line<'a> {
    api: Api,
    desk: &'a Desk<'a>,
    /// ms since 1970.
    until: u64,
}

impl<'a> Line<'a> {
    fn say(&self, message: &ApprovalMessage) -> Result<ApprovalState, NetError> {
        let post = ApprovalPost {
            message: strict::encode(message).into(),
        };
        self.api.post("/approvals", &post)
    }

    /// Tells the other device that it is over; that it may not come to know is no reason to wait.
    fn hang_up(&self, end: ApprovalEnd) {
        if let Err(error) = self.say(&ApprovalMessage::End(end)) {
            tracing::info!("the other device was not told: {error}");
        }
    }

    /// What is there for this device. A connection that breaks is tried again as long as there is time.
    fn look(&self) -> Result<(bool, Option<ApprovalMessage>), AskError> {
        if (self.desk.now_ms)() >= self.until {
            self.hang_up(ApprovalEnd::TimedOut);
            return Err(AskError::Ended(ApprovalEnd::TimedOut));
        }
        let state: ApprovalState = match self.api.get("/approvals") {
            Ok(state) => state,
            Err(error) => {
                if let Some(ErrorCode::NotSignedIn | ErrorCode::NotFound) = error.code() {
                    return Err(AskError::Forgotten);
                }
                if error.code().is_some() {
                    return Err(error.into());
                }
                tracing::info!("asking again: {error}");
                return Ok((true, None));
            }
        };
        let read = |bytes: Vec<u8>| ApprovalMessage::read(&bytes).map_err(ApprovalError::from);
        let message = state.message.map(|bytes| read(bytes.0)).transpose()?;
        if let Some(ApprovalMessage::End(end)) = message {
            return Err(AskError::Ended(end));
        }
        Ok((state.online, message))
    }

    fn cancelled(&self, answer: Option<AskAnswer>) -> Result<(), AskError> {
        if answer == Some(AskAnswer::Cancel) {
            self.hang_up(ApprovalEnd::Cancelled);
            return Err(AskError::Ended(ApprovalEnd::Cancelled));
        }
        Ok(())
    }

    /// Waits until another device goes on.
    fn challenge(&self) -> Result<Vec<u8>, AskError> {
        loop {
            let (online, message) = self.look()?;
            if let Some(ApprovalMessage::Challenge(challenge)) = message {
                return Ok(challenge.into());
            }
            (self.desk.tell)(AskStep::Waiting { online });
            self.cancelled(self.desk.answer())?;
        }
    }

    /// From here on it is the server that the other device knows, or nobody.
    fn meet(
        self,
        server: &str,
        answered: &Answered,
        account: AccountId,
    ) -> Result<Line<'a>, AskError> {
        let challenge = answered.challenge();
        if challenge.account != account {
            self.hang_up(ApprovalEnd::Failed);
            return Err(AskError::OtherAccount);
        }
        let (nonce, now_s) = (Hash(clock::random()), clock::now_ms() / 1000);
        match net::meet(server, &challenge.server_key, nonce, now_s) {
            Ok(api) => Ok(Self {
                api: api.with_enrolment_of(&self.api),
                ..self
            }),
            Err(error) => {
                self.hang_up(ApprovalEnd::Failed);
                Err(error.into())
            }
        }
    }

    /// The member list that the other device knows, or a longer one.
    fn known_roster(&self, answered: &Answered) -> Result<Roster, String> {
        let roster = fetch_roster_by(&self.api, None).map_err(|error| error.to_string())?;
        if roster.contains(&answered.challenge().roster) == Some(true) {
            Ok(roster)
        } else {
            Err(say!("error-older-list").into())
        }
    }

    /// Waits for the person here.
    fn compare(&self) -> Result<(), AskError> {
        loop {
            let answer = self.desk.answer();
            self.cancelled(answer)?;
            match answer {
                Some(AskAnswer::Same(true)) => return Ok(()),
                Some(AskAnswer::Same(false)) => {
                    self.hang_up(ApprovalEnd::Differ);
                    return Err(AskError::Differ);
                }
                _ => self.look()?,
            };
        }
    }

    /// Tells the other device what the person here has said. From the first try on it may be known there.
    fn confirm(&self, answered: &Answered) -> Result<(), AskError> {
        let message = ApprovalMessage::Confirm(answered.confirm());
        for again in [false, true, true] {
            match self.say(&message) {
                Ok(_) => return Ok(()),
                // An answer was lost: the server has it, and does not expect it once more.
                Err(error) if again && error.code() == Some(ErrorCode::Malformed) => return Ok(()),
                Err(error) if error.code().is_some() && !again => return Err(error.into()),
                Err(error) => tracing::info!("confirming again: {error}"),
            }
            self.desk.answer();
        }
        Ok(())
    }

    /// Waits until the other device has added this one. Whatever comes instead: the member list has the last word.
    fn finish(&self, answered: &Answered) -> Result<(Joined, Option<Welcome>), AskError> {
        let ended = loop {
            match self.look() {
                Ok((_, Some(ApprovalMessage::Welcome(sealed)))) => break Ok(sealed),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
            // There is nothing to take back any more: what comes true is decided over there. Only a window that is closed waits for nothing.
            if self.desk.answer() == Some(AskAnswer::Cancel) && self.desk.is_left() {
                return Err(AskError::Unsure);
            }
        };
        let roster = match fetch_roster_by(&self.api, None) {
            Ok(roster) => roster,
            Err(InspectError::Net(error)) => {
                tracing::info!("whether this device was added is not known: {error}");
                return Err(AskError::Unsure);
            }
            Err(error) => return Err(error.into()),
        };
        match (ended, answered.check_added(&roster)) {
            (Ok(sealed), Ok(())) => {
                let welcome = answered.open_welcome(&sealed, &roster)?;
                Ok((joined(answered, roster), Some(welcome)))
            }
            (Err(_), Ok(())) => Ok((joined(answered, roster), None)),
            (
                Err(
                    AskError::Ended(ApprovalEnd::TimedOut | ApprovalEnd::Gone)
                    | AskError::Forgotten,
                ),
                Err(ApprovalError::NotAdded),
            ) => Err(AskError::NotShown),
            (Err(error), Err(ApprovalError::NotAdded)) => Err(error),
            (_, Err(error)) => Err(error.into()),
        }
    }
}

fn joined(answered: &Answered, roster: Roster) -> Joined {
    Joined {
        community: roster.community(),
        account: answered.challenge().account,
        device: answered.device().id(),
        roster,
        lobby: None,
    }
}
