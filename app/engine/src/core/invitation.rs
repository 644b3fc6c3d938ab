//! The link that is being looked at or joined by, and the blocking jobs of the core.

use std::path::PathBuf;
use std::sync::Arc;

use dialtone_crypto::keyring::{KeyringKey, KeyringTag};
use dialtone_crypto::keystore::{CommunitySecrets, KeystoreError};
use dialtone_crypto::normal_password;
use dialtone_protocol::CommunityId;
use dialtone_protocol::content::is_valid_name;
use dialtone_protocol::link::{Entrance, Link};
use dialtone_words::say;

use super::approval::AskEnd;
use super::at_once::KeyringAnswer;
use super::copies::{self, Newcomer};
use super::keystore::{Found, OpenKeystore};
use super::{Core, CoreInput};
use crate::command::Secret;
use crate::doctor::Finding;
use crate::joining::{self, AskStep, InspectError, Inspected, JoinRequest, Joined, Unfinished};
use crate::keyring::KeyringFault;
use crate::profile::Profile;
use crate::session;
use crate::snapshot::{
    Here, Invitation, InvitationKind, JoinProgress, LinkCheck, ProfileState, Severity,
};

/// A blocking job ended.
pub(crate) enum JobDone {
    /// A link was looked at.
    Inspected {
        text: String,
        result: Box<Result<Inspected, InspectError>>,
        here: Result<Option<Here>, String>,
    },
    /// An account was made, or not.
    Joined {
        keystore: Box<OpenKeystore>,
        result: Box<Result<Joined, String>>,
    },
    /// An account came back, or not.
    Recovered {
        keystore: Box<OpenKeystore>,
        result: Box<Result<Joined, String>>,
    },
    /// Asking another device has come further, in the try of this number.
    AskStep { number: u64, step: AskStep },
    /// Another device has added this one, or not.
    Asked {
        number: u64,
        keystore: Box<OpenKeystore>,
        result: Box<AskEnd>,
    },
    /// The password is another one, also that of the keys here, or not.
    PasswordChanged {
        keystore: Box<OpenKeystore>,
        result: Result<bool, String>,
    },
    /// The profile was taken to another computer, or came from one: which file; or why not.
    Moved(Result<PathBuf, String>),
    /// That has come so far, in bytes.
    MovedOn { done: u64, total: u64 },
    /// What the checks found.
    Examined(Vec<Finding>),
    /// The bundle was written: where, or why not.
    BundleSaved(Result<PathBuf, String>),
    /// The recovery key is in this file, or not: why.
    RecoverySaved(Result<PathBuf, String>),
    /// What was kept here is deleted, or not: why.
    Wiped(Result<(), String>),
    /// The keystore was opened, and what was found then, or not.
    Unlocked(Result<(Box<OpenKeystore>, Vec<Found>), KeystoreError>),
    /// The keyring was asked at the start, in the question of this number.
    KeyringAnswered { number: u64, answer: KeyringAnswer },
    /// The keyring keeps a new key, or not.
    KeyringKept(Result<(KeyringTag, KeyringKey), KeyringFault>),
    /// The keyring has forgotten a key, or not.
    KeyringForgot(Result<(), KeyringFault>),
}

/// The link that is being looked at.
pub(super) struct InvitationPart {
    text: String,
    link: Result<Link, String>,
    inspected: Option<Inspected>,
    checked: LinkCheck,
    here: Option<Here>,
    progress: JoinProgress,
}

impl InvitationPart {
    pub(super) fn view(&self) -> Invitation {
        let link = self.link.as_ref().ok();
        let names = link.and_then(|link| match &link.data.entrance {
            Entrance::Member {
                community_name,
                inviter_name,
                ..
            } => Some((community_name.clone(), inviter_name.clone())),
            _ => None,
        });
        let (community_name, inviter_name) = names.unzip();
        Invitation {
            link: self.text.clone(),
            kind: link.map_or(InvitationKind::Member, joining::kind),
            community_name,
            inviter_name,
            server: link.map(|link| link.server.clone()).unwrap_or_default(),
            checked: self.checked.clone(),
            here: self.here,
            progress: self.progress.clone(),
        }
    }
}

impl Core {
    /// Looks at a link; the result comes back as [`JobDone::Inspected`].
    pub(super) fn inspect_link(&mut self, text: String) {
        let link = text.parse::<Link>();
        let mut part = InvitationPart {
            text: text.clone(),
            link: link.clone().map_err(|error| error.to_string()),
            inspected: None,
            checked: LinkCheck::Checking,
            here: None,
            progress: JoinProgress::Ready,
        };
        match link {
            Err(error) => {
                let words = InspectError::from(error).to_string();
                part.checked = LinkCheck::Refused(sentence(&words));
            }
            Ok(link) => {
                let (profile, keystore) = (Arc::clone(&self.profile), self.keystore.clone());
                self.block(move || {
                    let community = joining::community(&link);
                    let result = Box::new(joining::inspect(link));
                    let shown = result.as_ref().as_ref().ok();
                    let shown = shown.and_then(|inspected| inspected.roster.as_ref());
                    let here = match (keystore, community) {
                        (Some(keystore), Some(community)) => {
                            copies::here(&profile, &keystore, &community, shown)
                        }
                        _ => Ok(None),
                    };
                    JobDone::Inspected { text, result, here }
                });
            }
        }
        self.invitation = Some(part);
    }

    /// Makes the account; the result comes back as [`JobDone::Joined`].
    pub(super) fn join(&mut self, request: JoinRequest, name: Option<String>) {
        let files = self.profile.keystore_files();
        let locked = self.is_locked();
        let asking = self.is_asking();
        let Some(part) = &mut self.invitation else {
            return;
        };
        if matches!(part.progress, JoinProgress::Working(_)) {
            return;
        }
        let fail = |part: &mut InvitationPart, words: &str| {
            part.progress = JoinProgress::Failed(words.into());
        };
        let Some(inspected) = part.inspected.clone() else {
            return fail(part, say!("notice-link-unchecked"));
        };
        if matches!(part.here, Some(Here::In(_))) {
            return fail(part, say!("notice-in-already"));
        }
        if locked {
            return fail(part, say!("notice-profile-locked"));
        }
        if asking {
            let words = say!("notice-cancel-asking-join");
            return fail(part, words);
        }
        let founding = inspected.kind() == InvitationKind::Founding;
        let name = name.map(|name| name.trim().to_owned()).filter(|_| founding);
        if founding && !name.as_deref().is_some_and(is_valid_name) {
            return fail(part, say!("notice-name-community"));
        }
        let words = if founding {
            say!("notice-founding")
        } else {
            say!("notice-making-account")
        };
        part.progress = JoinProgress::Working(words.into());
        let keystore = self.keystore.clone();
        let password = request.password.clone();
        let mut keystore = keystore.unwrap_or_else(|| OpenKeystore::new(files, password));
        let profile = Arc::clone(&self.profile);
        self.block(move || {
            let result = run_join(
                &inspected,
                &request,
                name.as_deref(),
                &profile,
                &mut keystore,
            );
            let result = Box::new(result);
            JobDone::Joined {
                keystore: Box::new(keystore),
                result,
            }
        });
    }

    /// There is a keystore, and it is not open.
    pub(super) fn is_locked(&self) -> bool {
        matches!(
            self.state,
            ProfileState::Locked { .. }
                | ProfileState::AskingKeyring
                | ProfileState::Unlocking
                | ProfileState::Moved
        ) || self.moving.is_working()
    }

    /// Somebody comes in by whichever way; until that is over, the keystore is in its hands.
    pub(super) fn is_coming_in(&self) -> bool {
        self.is_joining() || self.is_recovering() || self.is_asking() || self.changing_password
    }

    /// An account is being made.
    pub(super) fn is_joining(&self) -> bool {
        let part = self.invitation.as_ref();
        part.is_some_and(|part| matches!(part.progress, JoinProgress::Working(_)))
    }

    /// Opens the keystore; the result comes back as [`JobDone::Unlocked`].
    pub(super) fn unlock(&mut self, passphrase: Secret) {
        if !matches!(self.state, ProfileState::Locked { .. }) {
            return;
        }
        self.state = ProfileState::Unlocking;
        let files = self.profile.keystore_files();
        self.block(move || {
            let opened = OpenKeystore::load(files.clone(), passphrase.clone());
            let normal = Secret::new(normal_password(passphrase.expose()).as_str());
            // Six words that were made here may be typed as one likes.
            let opened = match opened {
                Err(KeystoreError::WrongPassphrase) if normal != passphrase => {
                    OpenKeystore::load(files, normal)
                }
                opened => opened,
            };
            JobDone::Unlocked(opened.map(|(keystore, found)| (Box::new(keystore), found)))
        });
    }

    pub(super) fn job_done(&mut self, done: JobDone) {
        match done {
            JobDone::Inspected { text, result, here } => self.inspected(&text, *result, here),
            JobDone::Joined { keystore, result } => self.joined(*keystore, *result),
            JobDone::Recovered { keystore, result } => self.recovered(*keystore, *result),
            JobDone::AskStep { number, step } => self.ask_step(number, step),
            JobDone::Asked {
                number,
                keystore,
                result,
            } => self.asked_approval(number, *keystore, *result),
            JobDone::Moved(result) => self.moved(result),
            JobDone::MovedOn { done, total } => self.moved_on(done, total),
            JobDone::Examined(findings) => self.examined(&findings),
            JobDone::BundleSaved(result) => self.bundle_saved(result),
            JobDone::RecoverySaved(result) => self.recovery_saved(result),
            JobDone::Wiped(result) => self.wiped(result),
            JobDone::PasswordChanged { keystore, result } => {
                self.password_changed(*keystore, result);
            }
            JobDone::Unlocked(Ok((keystore, found))) => {
                self.unlocked(*keystore, &found);
                self.mend_keyring();
            }
            JobDone::KeyringAnswered { number, answer } => self.keyring_answered(number, answer),
            JobDone::KeyringKept(result) => self.keyring_kept(result),
            JobDone::KeyringForgot(result) => self.keyring_forgot(result),
            JobDone::Unlocked(Err(error)) => {
                let words = Some(sentence(&error.to_string()));
                self.state = ProfileState::Locked { error: words };
            }
        }
        self.settle_newcomers();
        self.settle_keyring();
    }

    pub(super) fn unlocked(&mut self, keystore: OpenKeystore, found: &[Found]) {
        self.state = ProfileState::Unlocked;
        for found in found {
            let words = match found {
                Found::ChangeBrokenOff => say!("notice-change-broken-off"),
                Found::CopyDamaged => say!("notice-copy-damaged"),
            };
            self.notices.add(Severity::Warning, words.to_owned());
        }
        let all = &keystore.secrets.communities;
        for community in all.iter().map(|known| known.community) {
            let devices: Vec<_> = keystore
                .of(&community)
                .map(|one| one.device.device())
                .collect();
            if let Err(error) = self.profile.tidy(&community, &devices) {
                let text = say!("engine-not-set-right", error = error.to_string());
                self.notices.add(Severity::Warning, text);
            }
        }
        self.adopt(keystore, None);
        // A link that was looked at before leads, perhaps, where one is or was already.
        if let Some(part) = &self.invitation
            && part
                .link
                .as_ref()
                .is_ok_and(|link| joining::community(link).is_some())
        {
            self.inspect_link(part.text.clone());
        }
    }

    fn inspected(
        &mut self,
        text: &str,
        result: Result<Inspected, InspectError>,
        here: Result<Option<Here>, String>,
    ) {
        let Some(part) = self.invitation.as_mut().filter(|part| part.text == text) else {
            return;
        };
        part.here = here.as_ref().ok().copied().flatten();
        part.checked = match (&result, here) {
            (Ok(_), Ok(_)) => LinkCheck::Genuine,
            (Ok(_), Err(words)) => LinkCheck::Refused(sentence(&words)),
            (Err(error), _) => LinkCheck::Refused(sentence(&error.to_string())),
        };
        part.inspected = result.ok();
        if let (LinkCheck::Genuine, Some(inspected)) = (&part.checked, part.inspected.clone()) {
            let here = part.here;
            self.follow(&inspected, here);
        }
    }

    /// Opens what `keystore` has new, with what is known of it.
    pub(super) fn open_joined(&mut self, keystore: OpenKeystore, joined: Option<Joined>) {
        self.adopt(keystore, joined);
        self.state = ProfileState::Unlocked;
    }

    /// One is in, by another way.
    pub(super) fn dismiss_invitation_into(&mut self, community: &CommunityId) {
        let link = |part: &InvitationPart| part.link.as_ref().ok().and_then(joining::community);
        self.invitation
            .take_if(|part| link(part) == Some(*community));
    }

    fn joined(&mut self, keystore: OpenKeystore, result: Result<Joined, String>) {
        match result {
            Ok(joined) => {
                self.open_joined(keystore, Some(joined));
                self.invitation = None;
            }
            Err(words) => {
                // After a lost answer it holds what may be the account's only keys.
                if !keystore.secrets.communities.is_empty() {
                    self.adopt_failed(keystore);
                }
                if let Some(part) = &mut self.invitation {
                    part.progress = JoinProgress::Failed(sentence(&words));
                }
            }
        }
    }

    /// Runs a job that blocks, and brings its result back.
    pub(super) fn block(&self, job: impl FnOnce() -> JobDone + Send + 'static) {
        let inputs = self.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let done = Box::new(job());
            let _ = inputs.blocking_send(CoreInput::Done(done));
        });
    }
}

/// Makes the account. What the link gave, the `founding_name` and the keystore are written before the server makes the account true, so that a crash in between
/// cannot lose the only keys to it; and cleaned again if the server refuses.
pub(super) fn run_join(
    inspected: &Inspected,
    request: &JoinRequest,
    founding_name: Option<&str>,
    profile: &Profile,
    keystore: &mut OpenKeystore,
) -> Result<Joined, String> {
    let earlier = inspected.unfinished.lock().as_ref().map(Unfinished::makes);
    let mut newcomer = Newcomer {
        profile,
        keystore,
        kept: earlier,
    };
    let result = joining::register(inspected, request, |joined, device, recovery| {
        newcomer.check(&joined.community, &joined.roster)?;
        let secrets = CommunitySecrets {
            community: joined.community,
            server: inspected.link.server.clone(),
            server_key: inspected.link.data.server_key,
            account: joined.account,
            username: request.username.clone(),
            device: device.secrets(),
        };
        newcomer.keep(secrets, |path, row_key| {
            session::remember_link(path, row_key, inspected, founding_name, recovery)
        })
    });
    match &result {
        Ok(joined) => newcomer.settle(joined),
        // Only without an answer nobody knows whether an account was made; then the keys may be the only ones.
        Err(joining::RegisterError::NoAnswer(_)) => {}
        Err(_) => newcomer.discard()?,
    }
    result.map_err(|error| error.to_string())
}

/// Begins with a capital, ends with a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters
        .next()
        .map(|c| c.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let stop = if words.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{stop}", characters.as_str())
}
