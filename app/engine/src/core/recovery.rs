//! Coming back to a bare machine.

use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_words::say;

use super::Core;
use super::copies::Newcomer;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use crate::joining::{self, Joined, RecoverRequest};
use crate::profile::Profile;
use crate::session;
use crate::snapshot::{JoinProgress, Recovering};

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
        let path = self.profile.keystore();
        let keystore = self.keystore.clone();
        let mut keystore =
            keystore.unwrap_or_else(|| OpenKeystore::new(path, request.password.clone()));
        let profile = std::sync::Arc::clone(&self.profile);
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
