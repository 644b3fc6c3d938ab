//! The profile goes to another computer, or comes from one; the work is done beside, after everything that has its files open was closed.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dialtone_crypto::keystore::Work;
use dialtone_crypto::parcel::ParcelError;
use dialtone_words::say;

use super::invitation::{JobDone, sentence};
use super::{Core, CoreInput};
use crate::command::{MoveCommand, Secret};
use crate::files::free_name;
use crate::moving::{self, MoveError};
use crate::profile::Profile;
use crate::session::downloads;
use crate::snapshot::{MoveProgress, Moving, ProfileState, Severity};

/// How often it is told how far it has come.
const TELL_EVERY: Duration = Duration::from_millis(150);
/// The name of the file that is written where no other one was chosen.
const NAME: &str = "profile.dialtone";

/// What is under way.
#[derive(Default)]
pub(super) struct MovingPart {
    pub(super) view: Option<Moving>,
    /// Set: it is to stop.
    stop: Arc<AtomicBool>,
}

impl MovingPart {
    pub(super) fn is_working(&self) -> bool {
        let view = self.view.as_ref();
        view.is_some_and(|view| matches!(view.progress, MoveProgress::Working { .. }))
    }

    fn begin(&mut self, export: bool) -> Arc<AtomicBool> {
        self.view = Some(Moving {
            export,
            progress: MoveProgress::Working { done: 0, total: 0 },
        });
        self.stop = Arc::default();
        Arc::clone(&self.stop)
    }
}

impl Core {
    /// Does what is wished about moving.
    pub(super) fn moves(&mut self, wish: MoveCommand) {
        match wish {
            MoveCommand::Stop => self.moving.stop.store(true, Ordering::Relaxed),
            MoveCommand::Dismiss if !self.moving.is_working() => self.moving.view = None,
            MoveCommand::Dismiss => {}
            MoveCommand::UseHere => self.use_here(),
            _ if self.moving.is_working() || self.is_coming_in() => {
                let text = say!("move-busy");
                self.notices.add(Severity::Warning, text.into());
            }
            MoveCommand::Export {
                to,
                passphrase,
                with_files,
            } => self.export_profile(to, passphrase, with_files),
            MoveCommand::Import { from, passphrase } => self.import_profile(from, passphrase),
        }
    }

    fn use_here(&mut self) {
        if self.state != ProfileState::Moved || self.moving.is_working() {
            return;
        }
        match self.profile.unmark_moved() {
            Ok(()) => {
                self.moving.view = None;
                self.state = self.profile.state();
            }
            Err(error) => self
                .notices
                .add(Severity::Error, sentence(&error.to_string())),
        }
    }

    fn export_profile(&mut self, to: Option<PathBuf>, passphrase: Secret, with_files: bool) {
        if !matches!(
            self.state,
            ProfileState::Unlocked | ProfileState::Locked { .. }
        ) {
            return;
        }
        if passphrase.expose().chars().count() < moving::SHORTEST_PASSPHRASE {
            // Before anything is closed for nothing.
            self.moving.view = Some(Moving {
                export: true,
                progress: MoveProgress::Failed(words_of(&MoveError::ShortPassphrase)),
            });
            return;
        }
        self.close_all();
        self.keystore = None;
        self.state = ProfileState::Moved;
        let stop = self.moving.begin(true);
        let closing = std::mem::take(&mut self.closing).into_values();
        let closed = futures_util::future::join_all(closing);
        let (profile, inputs) = (Arc::clone(&self.profile), self.inputs.clone());
        tokio::spawn(async move {
            closed.await;
            let told = inputs.clone();
            let work = tokio::task::spawn_blocking(move || {
                let place = match to {
                    Some(to) => Ok(to),
                    None => downloads().and_then(|folder| free_name(&folder, NAME)),
                };
                let to = place.map_err(|error| error.to_string())?;
                let mut tell = teller(told, stop);
                let work = Work::Standard;
                moving::export(&profile, &to, &passphrase, with_files, work, &mut tell)
                    .map(|_| to)
                    .map_err(|error| words_of(&error))
            });
            let result = work.await.unwrap_or_else(|error| Err(error.to_string()));
            let done = Box::new(JobDone::Moved(result));
            let _ = inputs.send(CoreInput::Done(done)).await;
        });
    }

    fn import_profile(&mut self, from: PathBuf, passphrase: Secret) {
        if self.state != ProfileState::Empty {
            return;
        }
        let stop = self.moving.begin(false);
        let profile: Arc<Profile> = Arc::clone(&self.profile);
        let told = self.inputs.clone();
        self.block(move || {
            let mut tell = teller(told, stop);
            let done = moving::import(&profile, &from, &passphrase, false, &mut tell);
            JobDone::Moved(done.map(|()| from).map_err(|error| words_of(&error)))
        });
    }

    /// It has come so far.
    pub(super) fn moved_on(&mut self, done: u64, total: u64) {
        if self.moving.is_working()
            && let Some(view) = &mut self.moving.view
        {
            view.progress = MoveProgress::Working { done, total };
        }
    }

    /// It is over.
    pub(super) fn moved(&mut self, result: Result<PathBuf, String>) {
        let Some(view) = &mut self.moving.view else {
            return;
        };
        let came = !view.export && result.is_ok();
        view.progress = match result {
            Ok(path) => MoveProgress::Done(path),
            Err(reason) => MoveProgress::Failed(sentence(&reason)),
        };
        self.state = self.profile.state();
        if came {
            self.moving.view = None;
            self.settle_in();
        }
    }

    /// What came from another computer counts from now on.
    fn settle_in(&mut self) {
        let (mut kept, problem) = self.profile.load_settings();
        if let Some(problem) = problem {
            self.notices.add(Severity::Warning, problem);
        }
        let chains = self.profile.chains();
        for file in [&mut kept.audio.chain_file, &mut kept.audio.mix_chain_file] {
            // The folder of one's own chains has another place here.
            let own = file
                .as_ref()
                .and_then(|file| Some(chains.join(file.file_name()?)));
            if let Some(own) = own.filter(|own| own.is_file()) {
                *file = Some(own);
            }
        }
        self.kept = kept;
        self.settings = self.overrides.apply(&self.kept);
        self.apply_audio();
        self.audio.read_own_chains();
        self.configure_push();
        self.save_settings();
    }
}

/// Why it failed, in the window's language.
fn words_of(error: &MoveError) -> String {
    let words = match error {
        MoveError::Empty => say!("move-error-empty"),
        MoveError::Moved => say!("move-error-moved"),
        MoveError::Occupied => say!("move-error-occupied"),
        MoveError::ShortPassphrase => say!("move-short"),
        MoveError::Strange | MoveError::Parcel(ParcelError::TooMuchWork) => {
            say!("move-error-strange")
        }
        MoveError::Stopped => say!("move-error-stopped"),
        MoveError::Parcel(ParcelError::NotAParcel) => say!("move-error-other-file"),
        MoveError::Parcel(ParcelError::Newer) => say!("move-error-newer"),
        MoveError::Parcel(ParcelError::WrongPassphrase) => say!("move-error-passphrase"),
        MoveError::Parcel(ParcelError::Damaged) => say!("move-error-damaged"),
        // What the system says has the system's words.
        other => return sentence(&other.to_string()),
    };
    words.to_owned()
}

/// Tells now and then how far it has come, and hears whether it is to stop.
fn teller(
    inputs: tokio::sync::mpsc::Sender<CoreInput>,
    stop: Arc<AtomicBool>,
) -> impl FnMut(u64, u64) -> ControlFlow<()> {
    let mut told: Option<Instant> = None;
    move |done, total| {
        if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            told = Some(Instant::now());
            // Where there is no room, the next one tells.
            let news = JobDone::MovedOn { done, total };
            let _ = inputs.try_send(CoreInput::Done(Box::new(news)));
        }
        if stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
