//! Commands of the window, applied.

use std::sync::Arc;

use dialtone_crypto::normal_password;
use dialtone_protocol::CommunityId;
use dialtone_words::say;

use super::Core;
use crate::joining::{JoinRequest, RecoverRequest};
use crate::ptt::Source;
use crate::session::{SessionCommand, SessionUpdate};
use crate::settings::AudioSettings;
use crate::snapshot::{ProfileState, Severity};
use crate::voice::Audio;
use crate::{Command, CommunityCommand, Secret};

pub(super) fn apply(core: &mut Core, command: Command) {
    match command {
        Command::InspectLink(text) => core.inspect_link(text),
        Command::Join {
            username,
            password,
            community_name,
            by_password,
        } => {
            let request = JoinRequest {
                username,
                password: as_proved(&password),
                by_password,
            };
            core.join(request, community_name);
        }
        Command::Recover {
            server,
            username,
            password,
            words,
        } => core.recover(RecoverRequest {
            server,
            username,
            password: as_proved(&password),
            words,
        }),
        Command::AskApproval {
            server,
            username,
            password,
        } => core.ask_approval(server, username, as_proved(&password)),
        Command::CompareCode { same } => core.compare_code(same),
        Command::DismissAsking => core.dismiss_asking(),
        Command::DismissRecovery => core.dismiss_recovery(),
        Command::DismissInvitation => core.invitation = None,
        Command::Reconnect(community) => {
            core.reconnect_newcomers(&community);
            core.tell(&community, SessionCommand::Reconnect);
        }
        Command::Unlock(_)
        | Command::UsePassword
        | Command::OpenAtOnce(_)
        | Command::Lock
        | Command::ChangePassword { .. }
        | Command::SaveRecovery(..)
        | Command::Wipe(_)
        | Command::Forget(_) => core.about_keys(command),
        Command::In(community, command) => {
            core.tell(&community, SessionCommand::User { command, asker: 0 });
        }
        Command::SetAudio(audio) => core.set_audio(audio),
        Command::Attend(on) => core.attend(on),
        Command::SetAway(away) => core.set_away(away),
        Command::SetLook(_)
        | Command::SetNotifications(_)
        | Command::SetNotifyLevel(..)
        | Command::SetDoNotDisturb(_)
        | Command::SetDesktop(_)
        | Command::SetShortcuts(_) => core.change_settings(command),
        Command::Move(wish) => core.moves(wish),
        Command::Diagnose(wish) => core.diagnose(wish),
        Command::AttachWindow => core.has_window = true,
        Command::SetMeter(on) => core.audio.set_meter(on || core.settings.debug.voice_meter),
        Command::WatchVoice(on) => core.audio.watch_voice(on),
        Command::Chain(wish) => {
            if let Some(audio) = core.audio.edit_chain(&wish) {
                apply(core, Command::SetAudio(audio));
            }
        }
        Command::CheckSound(step) => core.audio.check_sound(&step),
        Command::RefreshDevices => core.refresh_devices(),
        Command::PushToTalk(pressed) => core.push.set(Source::Window, pressed),
        Command::RetryPushToTalk => core.push.retry(),
        Command::Warn(words) => core.notices.add(Severity::Warning, words),
        Command::DismissNotice(id) => core.notices.dismiss(id),
        Command::Shutdown => core.stopping = true,
    }
}

impl Core {
    /// What concerns the keys on this computer.
    fn about_keys(&mut self, command: Command) {
        match command {
            Command::Unlock(passphrase) => self.unlock(passphrase),
            Command::UsePassword => self.use_password(),
            Command::OpenAtOnce(on) => self.open_at_once(on),
            Command::Lock => self.lock(),
            Command::ChangePassword {
                community,
                old,
                new,
            } => self.change_password(community, old, new),
            Command::SaveRecovery(community, path) => self.save_recovery(&community, path),
            Command::Wipe(typed) => self.wipe(&typed),
            Command::Forget(community) => self.forget(&community),
            _ => {}
        }
    }
}

/// What opens the account also opens the keys on this computer, in the same form.
fn as_proved(password: &Secret) -> Secret {
    Secret::new(normal_password(password.expose()).as_str())
}

/// A switch of the microphone or the loudspeaker.
#[derive(Clone, Copy)]
enum Talk {
    Muted(bool),
    Deafened(bool),
}

impl Talk {
    fn of(command: &CommunityCommand) -> Option<Self> {
        match command {
            CommunityCommand::SetMuted(muted) => Some(Self::Muted(*muted)),
            CommunityCommand::SetDeafened(deafened) => Some(Self::Deafened(*deafened)),
            _ => None,
        }
    }

    fn closes(self) -> bool {
        let (Self::Muted(closes) | Self::Deafened(closes)) = self;
        closes
    }

    fn apply(self, audio: &Audio, community: CommunityId) {
        match self {
            Self::Muted(muted) => audio.set_muted(community, muted),
            Self::Deafened(deafened) => audio.set_deafened(community, deafened),
        }
    }
}

impl Core {
    pub(super) fn tell(&mut self, community: &CommunityId, command: SessionCommand) {
        let talk = match &command {
            SessionCommand::User { command, .. } => Talk::of(command),
            SessionCommand::Attend(_) | SessionCommand::Away(_) | SessionCommand::Reconnect => None,
        };
        // Closing a microphone waits for nobody, not even for a session that waits for its server.
        let (closes, opens) = (
            talk.filter(|talk| talk.closes()),
            talk.filter(|talk| !talk.closes()),
        );
        if let Some(talk) = closes {
            talk.apply(&self.audio, *community);
        }
        let (refused, reason) = match self.joined.get(community) {
            None => (command, say!("notice-not-open")),
            Some(joined) => match joined.session.send(command) {
                Ok(()) => {
                    if let Some(talk) = opens {
                        talk.apply(&self.audio, *community);
                    }
                    return;
                }
                Err(command) => (command, say!("notice-community-busy")),
            },
        };
        let SessionCommand::User { command, asker } = refused else {
            return;
        };
        if let Some(update) = SessionUpdate::give_back(&command, asker, reason) {
            self.session_update(*community, update);
        } else if !matches!(command, CommunityCommand::Typing(_)) {
            self.notices.add(Severity::Warning, reason.to_owned());
        }
    }

    fn refresh_devices(&self) {
        self.audio.refresh();
        self.audio.read_own_chains();
    }

    fn attend(&mut self, on: bool) {
        self.at_hand.set_attends(on);
        for running in self.joined.values() {
            let _ = running.session.send(SessionCommand::Attend(on));
        }
    }

    fn set_away(&mut self, away: bool) {
        self.at_hand.set_away(away);
        for running in self.joined.values() {
            let _ = running.session.send(SessionCommand::Away(away));
        }
    }

    fn set_audio(&mut self, audio: AudioSettings) {
        self.settings.audio = audio;
        self.apply_audio();
        self.configure_push();
        self.save_settings();
    }

    fn lock(&mut self) {
        if self.state == ProfileState::Moved {
            return;
        }
        self.use_password();
        self.close_all();
        self.keystore = None;
        if self.profile.keystore().exists() {
            self.state = ProfileState::Locked { error: None };
        }
    }

    fn forget(&mut self, community: &CommunityId) {
        let Some(mut keystore) = self.keystore.clone() else {
            return;
        };
        if self.is_coming_in() {
            let text = say!("notice-coming-in");
            return self.notices.add(Severity::Warning, text.into());
        }
        if let Err(error) = keystore.remove(community) {
            return self.notices.add(Severity::Error, error.to_string());
        }
        self.keystore = Some(keystore);
        let closed = self.close(community);
        let (profile, community) = (Arc::clone(&self.profile), *community);
        tokio::spawn(async move {
            futures_util::future::join_all(closed).await;
            if let Err(error) = profile.remove_community(&community) {
                tracing::warn!("a forgotten community's file stays: {error}");
            }
        });
    }

    pub(super) fn save_settings(&mut self) {
        self.kept = self.overrides.keep(&self.settings, &self.kept);
        if let Err(error) = self.profile.save_settings(&self.kept) {
            let text = say!("notice-settings-not-kept", error = error.to_string());
            self.notices.add(Severity::Warning, text);
        }
    }
}
