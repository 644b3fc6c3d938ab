//! The link that is being looked at or joined by, and the blocking jobs of the core.

use std::sync::Arc;

use dialtone_crypto::keystore::{CommunitySecrets, KeystoreError};
use dialtone_crypto::normal_password;
use dialtone_crypto::rows::RowKey;
use dialtone_protocol::CommunityId;
use dialtone_protocol::content::is_valid_name;
use dialtone_protocol::link::{Entrance, Link};

use super::approval::AskEnd;
use super::keystore::OpenKeystore;
use super::{Core, CoreInput};
use crate::command::Secret;
use crate::joining::{self, AskStep, InspectError, Inspected, JoinRequest, Joined, Unfinished};
use crate::profile::Profile;
use crate::session;
use crate::snapshot::{Invitation, InvitationKind, JoinProgress, LinkCheck, ProfileState};

/// A blocking job ended.
pub(crate) enum JobDone {
    /// A link was looked at.
    Inspected {
        text: String,
        result: Box<Result<Inspected, InspectError>>,
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
    /// The keystore was opened, or not.
    Unlocked(Result<Box<OpenKeystore>, KeystoreError>),
}

/// The link that is being looked at.
pub(super) struct InvitationPart {
    text: String,
    link: Result<Link, String>,
    inspected: Option<Inspected>,
    checked: LinkCheck,
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
            progress: JoinProgress::Ready,
        };
        match link {
            Err(error) => {
                let words = InspectError::from(error).to_string();
                part.checked = LinkCheck::Refused(sentence(&words));
            }
            Ok(link) => self.block(move || {
                let result = Box::new(joining::inspect(link));
                JobDone::Inspected { text, result }
            }),
        }
        self.invitation = Some(part);
    }

    /// Makes the account; the result comes back as [`JobDone::Joined`].
    pub(super) fn join(&mut self, request: JoinRequest, name: Option<String>) {
        let path = self.profile.keystore();
        let locked = matches!(
            self.state,
            ProfileState::Locked { .. } | ProfileState::Unlocking
        );
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
            return fail(part, "The link has not been checked yet; wait a moment.");
        };
        if locked {
            return fail(part, "This profile is locked; unlock it first, then join.");
        }
        if asking {
            let words =
                "This computer asks another device to add it; cancel that first, then join.";
            return fail(part, words);
        }
        let founding = inspected.kind() == InvitationKind::Founding;
        let name = name.map(|name| name.trim().to_owned()).filter(|_| founding);
        if founding && !name.as_deref().is_some_and(is_valid_name) {
            return fail(part, "Give the community a name of one to 64 characters.");
        }
        let words = if founding {
            "Founding the community…"
        } else {
            "Making your account…"
        };
        part.progress = JoinProgress::Working(words.into());
        let keystore = self.keystore.clone();
        let password = request.password.clone();
        let mut keystore = keystore.unwrap_or_else(|| OpenKeystore::new(path, password));
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
        let path = self.profile.keystore();
        self.block(move || {
            let opened = OpenKeystore::load(path.clone(), passphrase.clone());
            let normal = Secret::new(normal_password(passphrase.expose()).as_str());
            // Six words that were made here may be typed as one likes.
            let opened = match opened {
                Err(KeystoreError::WrongPassphrase) if normal != passphrase => {
                    OpenKeystore::load(path, normal)
                }
                opened => opened,
            };
            JobDone::Unlocked(opened.map(Box::new))
        });
    }

    pub(super) fn job_done(&mut self, done: JobDone) {
        match done {
            JobDone::Inspected { text, result } => self.inspected(&text, *result),
            JobDone::Joined { keystore, result } => self.joined(*keystore, *result),
            JobDone::Recovered { keystore, result } => self.recovered(*keystore, *result),
            JobDone::AskStep { number, step } => self.ask_step(number, step),
            JobDone::Asked {
                number,
                keystore,
                result,
            } => self.asked_approval(number, *keystore, *result),
            JobDone::Unlocked(Ok(keystore)) => {
                self.state = ProfileState::Unlocked;
                for community in keystore.secrets.communities.clone() {
                    self.start_session(&keystore.secrets.database_key, community, None);
                }
                self.keystore = Some(*keystore);
            }
            JobDone::Unlocked(Err(error)) => {
                let words = Some(sentence(&error.to_string()));
                self.state = ProfileState::Locked { error: words };
            }
        }
    }

    fn inspected(&mut self, text: &str, result: Result<Inspected, InspectError>) {
        let Some(part) = self.invitation.as_mut().filter(|part| part.text == text) else {
            return;
        };
        match result {
            Ok(inspected) => {
                part.inspected = Some(inspected);
                part.checked = LinkCheck::Genuine;
            }
            Err(error) => part.checked = LinkCheck::Refused(sentence(&error.to_string())),
        }
    }

    /// Opens the community that `keystore` has new, and keeps the keystore open.
    pub(super) fn open_joined(&mut self, keystore: OpenKeystore, joined: Joined) {
        let community = joined.community;
        self.open_kept(keystore, community, Some(joined));
    }

    /// The same where no more is known than the keystore holds.
    pub(super) fn open_kept(
        &mut self,
        keystore: OpenKeystore,
        community: CommunityId,
        joined: Option<Joined>,
    ) {
        let secrets = keystore.secrets.communities.iter();
        let mut secrets = secrets.filter(|known| known.community == community);
        if let Some(community) = secrets.next().cloned() {
            let key = &keystore.secrets.database_key;
            self.start_session(key, community, joined);
        }
        self.keystore = Some(keystore);
        self.state = ProfileState::Unlocked;
    }

    fn joined(&mut self, keystore: OpenKeystore, result: Result<Joined, String>) {
        match result {
            Ok(joined) => {
                self.open_joined(keystore, joined);
                self.invitation = None;
            }
            Err(words) => {
                // After a lost answer it holds what may be the account's only keys.
                if !keystore.secrets.communities.is_empty() {
                    self.keystore = Some(keystore);
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
fn run_join(
    inspected: &Inspected,
    request: &JoinRequest,
    founding_name: Option<&str>,
    profile: &Profile,
    keystore: &mut OpenKeystore,
) -> Result<Joined, String> {
    let known = |keystore: &OpenKeystore, community| {
        keystore
            .secrets
            .communities
            .iter()
            .any(|known| known.community == community)
    };
    let discard = |community: &CommunityId| {
        if let Err(error) = profile.remove_database(community) {
            tracing::warn!("the file of a community that was not joined stays: {error}");
        }
    };
    let earlier = inspected.unfinished.lock();
    let mut kept = earlier.as_ref().map(Unfinished::community);
    drop(earlier);
    let result = joining::register(
        inspected,
        request,
        |community, account, device, recovery| {
            if kept.is_none() && known(keystore, community) {
                return Err("You are a member of this community already, on this device.".into());
            }
            kept = Some(community);
            let row_key = RowKey::new(&keystore.secrets.database_key);
            session::remember_link(
                &profile.database(&community),
                row_key,
                inspected,
                founding_name,
                recovery,
            )
            .map_err(|error| error.to_string())?;
            let secrets = CommunitySecrets {
                community,
                server: inspected.link.server.clone(),
                server_key: inspected.link.data.server_key,
                account,
                username: request.username.clone(),
                device: device.secrets(),
            };
            keystore.put(secrets).map_err(|error| {
                // Sealed under a key that no keystore holds, the file would be in the way of the next try.
                discard(&community);
                error.to_string()
            })
        },
    );
    // Only a refusal says for sure that no account was made; after a lost answer the keys may be the only ones.
    if let (Err(joining::RegisterError::Net(error)), Some(community)) = (&result, kept)
        && error.code().is_some()
    {
        keystore
            .remove(&community)
            .map_err(|error| error.to_string())?;
        discard(&community);
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
