//! Keeps a session running: opens it, and opens it again after it broke.
//!
//! ```text
//! open and run ─ stopped by the core ─> end
//!      ^      └─ cannot be opened, disk failed, panic ─> told in words; the view stays ─┐
//!      └──────────────── after a pause, or when the user wants to connect ──────────────┘
//! ```
//!
//! What is in memory is thrown away each time: the disk alone says where things stand.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use dialtone_words::say;
use futures_util::FutureExt as _;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::run::Tell;
use super::{SessionCommand, SessionConfig, SessionUpdate, view};
use crate::CommunityCommand;
use crate::core::sentence;
use crate::local::LocalError;
use crate::snapshot::{Community, Connection, Severity};

/// How a run of a session ended.
#[derive(Debug)]
pub(super) enum End {
    /// The core wanted it.
    Stopped,
    /// What is on this device cannot be used before the user does something about it.
    Unusable(String),
    /// This device's disk failed; it may work again in a moment.
    Broke(String),
}

impl From<&LocalError> for End {
    fn from(error: &LocalError) -> Self {
        if error.may_pass() {
            Self::Broke(error.to_string())
        } else {
            Self::Unusable(error.to_string())
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(2);
/// Whatever ran for so long had nothing to do with the break before.
const RAN_WELL: Duration = Duration::from_mins(5);

/// Runs a session by `run` until the core drops its end of `commands`.
pub(super) async fn supervise(
    mut config: SessionConfig,
    mut commands: mpsc::Receiver<SessionCommand>,
    tell: Tell,
    mut run: impl AsyncFnMut(&mut SessionConfig, &mut mpsc::Receiver<SessionCommand>, &Tell) -> End,
) {
    let last = Arc::new(Mutex::new(view::stub(
        &config.identity,
        Connection::Opening,
    )));
    let shown = Arc::clone(&last);
    let tell: Tell = Arc::new(move |update| {
        if let SessionUpdate::View(view) = &update {
            shown.lock().clone_from(view);
        }
        tell(update)
    });
    if let Some(earlier) = config.after.take() {
        let _ = earlier.await;
    }
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        let begun = Instant::now();
        let attempt = AssertUnwindSafe(Box::pin(run(&mut config, &mut commands, &tell)));
        let (words, pause) = match attempt.catch_unwind().await {
            Ok(End::Stopped) => return,
            Ok(End::Unusable(words)) => (words, None),
            end => {
                if begun.elapsed() >= RAN_WELL {
                    backoff.reset();
                }
                let words = match end {
                    Ok(End::Broke(words)) => words,
                    _ => say!("engine-part-failed").into(),
                };
                (words, Some(backoff.next(config.clock.random_u32())))
            }
        };
        let mut broken = Broken {
            view: last.lock().clone(),
            reason: sentence(&words),
            tell: &tell,
        };
        let text = format!("{}: {}", broken.view.name, broken.reason);
        tell(SessionUpdate::Notice(Severity::Error, text)).await;
        config.open = broken.view.open;
        if !broken.wait(pause, &mut commands).await {
            return;
        }
    }
}

/// A session that does not run: its last view, and why.
struct Broken<'a> {
    view: Arc<Community>,
    reason: String,
    tell: &'a Tell,
}

impl Broken<'_> {
    /// Waits until it is time to try again (without a pause: until the user says so), and answers commands. False: stop.
    async fn wait(
        &mut self,
        pause: Option<Duration>,
        commands: &mut mpsc::Receiver<SessionCommand>,
    ) -> bool {
        let until = pause.map(|pause| Instant::now() + pause);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            self.show(left).await;
            if left.is_some_and(|left| left.is_zero()) {
                return true;
            }
            let second = Duration::from_secs(1);
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    None => return false,
                    Some(SessionCommand::Reconnect) => return true,
                    Some(SessionCommand::Attend(_) | SessionCommand::Away(_)) => {}
                    Some(SessionCommand::User { command, asker }) => self.refuse(command, asker).await,
                },
                () = tokio::time::sleep(left.unwrap_or(second).min(second)), if left.is_some() => {}
            }
        }
    }

    async fn show(&mut self, left: Option<Duration>) {
        let reason = self.reason.clone();
        let connection = match left {
            None => Connection::Unusable { reason },
            Some(left) => Connection::Offline {
                reason,
                retry_in_s: left.as_secs_f32().ceil() as u32,
            },
        };
        if self.view.connection != connection {
            let view = Arc::make_mut(&mut self.view);
            view.connection = connection;
            view.call = None;
            (self.tell)(SessionUpdate::View(Arc::clone(&self.view))).await;
        }
    }

    /// Nothing is done now: what was written goes back, who asked is answered.
    async fn refuse(&self, command: CommunityCommand, asker: u64) {
        if let Some(update) = SessionUpdate::give_back(&command, asker, &self.reason) {
            return (self.tell)(update).await;
        }
        match command {
            CommunityCommand::Open(_)
            | CommunityCommand::LoadEarlier(_)
            | CommunityCommand::Typing(_)
            | CommunityCommand::LeaveCall => {}
            _ => {
                let text = say!(
                    "engine-not-asked",
                    community = self.view.name,
                    reason = self.reason
                );
                (self.tell)(SessionUpdate::Notice(Severity::Warning, text)).await;
            }
        }
    }
}
