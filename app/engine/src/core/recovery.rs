//! Coming back to a bare machine.

use dialtone_crypto::DeviceKey;
use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_crypto::rows::RowKey;

use super::Core;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use crate::joining::{self, Joined, RecoverRequest, Recovered};
use crate::profile::Profile;
use crate::session;
use crate::snapshot::{JoinProgress, ProfileState, Recovering};

impl Core {
    /// Brings an account back; the result comes back as [`JobDone::Recovered`].
    pub(super) fn recover(&mut self, request: RecoverRequest) {
        let locked = matches!(
            self.state,
            ProfileState::Locked { .. } | ProfileState::Unlocking
        );
        if locked || self.is_recovering() {
            return;
        }
        if self.is_asking() {
            let words = "This computer asks another device to add it; cancel that first.";
            self.recovering = Some(Recovering {
                progress: JoinProgress::Failed(words.into()),
            });
            return;
        }
        let step = "Asking the server…";
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
                self.open_joined(keystore, joined);
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
    let mut kept = None;
    let result = joining::recover(request, |recovered, joined, device| {
        let community = joined.community;
        let known = keystore.secrets.communities.iter();
        let known = known.filter(|known| known.community == community).count() > 0;
        if kept.is_none() && known {
            return Err("This community is on this device already.".into());
        }
        kept = Some(community);
        keep(request, profile, keystore, recovered, joined, device)
    });
    // After a lost answer the device may be in the member list: its keys are gone then, and another try adds another one.
    if let (Err(_), Some(community)) = (&result, kept) {
        keystore
            .remove(&community)
            .map_err(|error| error.to_string())?;
        if let Err(error) = profile.remove_database(&community) {
            tracing::warn!("the file of a community that did not come back stays: {error}");
        }
    }
    result.map_err(|error| error.to_string())
}

fn keep(
    request: &RecoverRequest,
    profile: &Profile,
    keystore: &mut OpenKeystore,
    recovered: &Recovered,
    joined: &Joined,
    device: &DeviceKey,
) -> Result<(), String> {
    session::remember_recovery(
        &profile.database(&joined.community),
        RowKey::new(&keystore.secrets.database_key),
        &recovered.history_key,
        recovered.counter,
        &recovered.keys,
    )
    .map_err(|error| error.to_string())?;
    let secrets = CommunitySecrets {
        community: joined.community,
        server: recovered.server.clone(),
        server_key: recovered.server_key,
        account: recovered.account,
        username: request.username.clone(),
        device: device.secrets(),
    };
    keystore.put(secrets).map_err(|error| {
        // Sealed under a key that no keystore holds, the file would be in the way of the next try.
        if let Err(error) = profile.remove_database(&joined.community) {
            tracing::warn!("the file of a community that did not come back stays: {error}");
        }
        error.to_string()
    })
}
