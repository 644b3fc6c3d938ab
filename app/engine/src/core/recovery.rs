//! Coming back to a bare machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_protocol::CommunityId;
use dialtone_words::say;

use super::Core;
use super::copies::Newcomer;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use crate::command::Secret;
use crate::disk::private_file;
use crate::joining::{self, Joined, RecoverRequest};
use crate::profile::Profile;
use crate::session;
use crate::snapshot::{JoinProgress, Recovering, Severity};

impl Core {
    /// Brings an account back; the result comes back as [`JobDone::Recovered`].
    pub(super) fn recover(&mut self, request: RecoverRequest) {
        let locked = self.is_locked();
        if locked || self.is_recovering() {
            return;
        }
        if self.is_asking() {
            let words = say!("notice-cancel-asking");
            self.recovering = Some(Recovering {
                progress: JoinProgress::Failed(words.into()),
            });
            return;
        }
        let step = say!("notice-asking-server");
        self.recovering = Some(Recovering {
            progress: JoinProgress::Working(step.into()),
        });
        let files = self.profile.keystore_files();
        let keystore = self.keystore.clone();
        let mut keystore =
            keystore.unwrap_or_else(|| OpenKeystore::new(files, request.password.clone()));
        let profile = Arc::clone(&self.profile);
        self.block(move || {
            let result = Box::new(run(&request, &profile, &mut keystore));
            JobDone::Recovered {
                keystore: Box::new(keystore),
                result,
            }
        });
    }

    /// The form is closed.
    pub(super) fn dismiss_recovery(&mut self) {
        if !self.is_recovering() {
            self.recovering = None;
        }
    }

    /// Writes the recovery key down that is shown for a community; the result comes back as [`JobDone::RecoverySaved`].
    pub(super) fn save_recovery(&mut self, community: &CommunityId, path: PathBuf) {
        let view = self.joined.get(community).map(|running| &running.view);
        let Some(view) = view.filter(|view| view.recovery.words.is_some()) else {
            let text = say!("recovery-not-shown");
            return self.notices.add(Severity::Warning, text.to_owned());
        };
        let view = Arc::clone(view);
        self.block(move || {
            let words = view.recovery.words.as_ref();
            let words = words.map_or("", |words| words.expose());
            let text = Secret::new(say!(
                "recovery-file-text",
                community = view.name,
                server = view.server,
                name = view.me.name,
                words = words
            ));
            let written = write_down(&path, &text);
            let result = written.map_err(|error| error.to_string());
            JobDone::RecoverySaved(result.map(|()| path))
        });
    }

    pub(super) fn recovery_saved(&mut self, result: Result<PathBuf, String>) {
        let (severity, text) = match result {
            Ok(path) => {
                let path = path.display().to_string();
                (Severity::Info, say!("recovery-saved", path = path))
            }
            Err(why) => (Severity::Error, say!("recovery-not-saved", why = why)),
        };
        self.notices.add(severity, text);
    }

    /// An account is being brought back.
    pub(super) fn is_recovering(&self) -> bool {
        let works = |part: &Recovering| matches!(part.progress, JoinProgress::Working(_));
        self.recovering.as_ref().is_some_and(works)
    }

    pub(super) fn recovered(&mut self, keystore: OpenKeystore, result: Result<Joined, String>) {
        match result {
            Ok(joined) => {
                self.open_joined(keystore, Some(joined));
                self.recovering = None;
            }
            Err(words) => {
                self.recovering = Some(Recovering {
                    progress: JoinProgress::Failed(sentence(&words)),
                });
            }
        }
    }
}

/// Writes a file anew, for its owner alone.
fn write_down(path: &Path, text: &Secret) -> std::io::Result<()> {
    let mut file = private_file().write(true).truncate(true).open(path)?;
    file.write_all(text.expose().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn run(
    request: &RecoverRequest,
    profile: &Profile,
    keystore: &mut OpenKeystore,
) -> Result<Joined, String> {
    let mut newcomer = Newcomer {
        profile,
        keystore,
        kept: None,
    };
    let result = joining::recover(request, |recovered, joined, device| {
        newcomer.check(&joined.community, &joined.roster)?;
        let secrets = CommunitySecrets {
            community: joined.community,
            server: recovered.server.clone(),
            server_key: recovered.server_key,
            account: recovered.account,
            username: request.username.clone(),
            device: device.secrets(),
        };
        let (key, counter) = (&recovered.history_key, recovered.counter);
        newcomer.keep(secrets, |path, row_key| {
            session::remember_recovery(path, row_key, key, counter, &recovered.keys)
        })
    });
    match &result {
        Ok(joined) => newcomer.settle(joined),
        // After a lost answer the device may be in the member list: its keys are gone then, and another try adds another one.
        Err(_) => newcomer.discard()?,
    }
    result.map_err(|error| error.to_string())
}
