//! STUN and TURN servers that the community's server names: asked for before each call, and renewed while it lasts.
//!
//! ```text
//! ask_in, half of the time over, password refused -> AskTurn -> TurnServers -> what begins in the call from now on
//! ```

use std::time::{Duration, Instant};

use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::turn::TurnServers;

use super::SessionUpdate;
use super::run::Session;
use super::state::Tag;
use crate::voice::transport::TurnError;
use dialtone_words::say;

/// Between two questions, at least.
const PAUSE: Duration = Duration::from_secs(30);

/// What was handed out, and when.
#[derive(Debug, Default)]
pub(super) struct HandedOut {
    servers: Option<TurnServers>,
    came: Option<Instant>,
    asked: Option<Instant>,
    told: bool,
}

impl HandedOut {
    fn take(&mut self, now: Instant, servers: TurnServers) {
        self.servers = Some(servers);
        self.came = Some(now);
    }

    /// Whether the server may be asked again.
    fn may_ask(&self, now: Instant) -> bool {
        self.asked
            .is_none_or(|asked| now.saturating_duration_since(asked) >= PAUSE)
    }

    /// Whether half of the password's time is over.
    fn is_old(&self, now: Instant) -> bool {
        let (Some(servers), Some(came)) = (&self.servers, self.came) else {
            return false;
        };
        let half = Duration::from_secs(u64::from(servers.lifetime_s)) / 2;
        !servers.urls.is_empty() && now.saturating_duration_since(came) >= half
    }

    /// No TURN server relays. Whether a fresh password may help: then nobody needs to be told yet.
    fn may_help(&self, now: Instant, error: &TurnError) -> bool {
        let is_refused = matches!(error, TurnError::Credentials { .. });
        is_refused && self.servers.is_some() && self.may_ask(now)
    }
}

impl Session {
    /// Those that a call which begins now uses.
    pub(super) fn handed_out(&self) -> Option<TurnServers> {
        self.turn.servers.clone()
    }

    /// Asks for servers, unless one has TURN servers of one's own, or hides and has no direct calls.
    pub(super) fn ask_turn(&mut self, now: Instant) {
        if !self.ice.turn.is_empty() || self.ice.hide_address {
            return;
        }
        self.turn.asked = Some(now);
        let asked = (ClientFrame::AskTurn, Some(Tag::AskTurn));
        self.state.out.push_back(asked);
    }

    /// Asks again when what there is gets old.
    pub(super) fn mind_turn(&mut self, now: Instant) {
        if self.state.caught_up && self.turn.is_old(now) && self.turn.may_ask(now) {
            self.ask_turn(now);
        }
    }

    /// Asks for another program's sake: no call uses them.
    pub(super) async fn name_turn(&mut self, asker: u64) {
        if self.state.caught_up {
            let frame = (ClientFrame::AskTurn, Some(Tag::NameTurn(asker)));
            self.state.out.push_back(frame);
            return;
        }
        let servers = Err(say!("call-server-away").to_owned());
        self.tell(SessionUpdate::TurnServers { asker, servers })
            .await;
    }

    /// The server names servers.
    pub(super) async fn turn_servers(&mut self, tag: Option<Tag>, servers: TurnServers) {
        let is_asked = matches!(tag, Some(Tag::AskTurn | Tag::NameTurn(_)));
        if !is_asked || !servers.is_bounded() {
            tracing::warn!("the server names call servers that nobody asked for, or too many");
            return;
        }
        if let Some(Tag::NameTurn(asker)) = tag {
            let servers = Ok(servers);
            return self
                .tell(SessionUpdate::TurnServers { asker, servers })
                .await;
        }
        let call = self.state.call.as_ref();
        if let Some(media) = call.and_then(|call| call.media.as_ref())
            && let Err(error) = media.transport.hand_out(servers.clone())
        {
            tracing::warn!("the call servers cannot be used: {error}");
        }
        self.turn.take(Instant::now(), servers);
    }

    /// No TURN server relays.
    pub(super) fn turn_failed(&mut self, now: Instant, error: &TurnError) {
        if self.turn.may_help(now, error) {
            self.ask_turn(now);
        } else if !std::mem::replace(&mut self.turn.told, true) {
            self.later(say!("call-turn-failed", error = error.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers() -> TurnServers {
        TurnServers {
            urls: vec!["turn:example.org".into()],
            user: "1800003600:x".into(),
            password: "q".into(),
            lifetime_s: 3600,
        }
    }

    #[test]
    fn a_password_is_old_when_half_of_its_time_is_over() {
        let began = Instant::now();
        let after = |minutes| began + Duration::from_mins(minutes);
        let mut held = HandedOut::default();
        assert!(!held.is_old(after(99)), "there is none");
        held.take(began, servers());
        assert!(!held.is_old(after(29)) && held.is_old(after(30)));
        held.take(after(30), servers());
        assert!(!held.is_old(after(31)));
        let none = TurnServers {
            urls: Vec::new(),
            ..servers()
        };
        held.take(began, none);
        assert!(!held.is_old(after(99)), "nothing is to be renewed");
    }

    #[test]
    fn a_refused_password_is_asked_for_again_once_and_then_told() {
        let began = Instant::now();
        let server = "turn:example.org:3478?transport=udp".to_owned();
        let refused = TurnError::Credentials {
            server: server.clone(),
        };
        let mut held = HandedOut::default();
        assert!(!held.may_help(began, &refused), "it is one's own");
        held.take(began, servers());
        assert!(held.may_help(began, &refused));
        assert!(!held.may_help(began, &TurnError::NoAnswer { server }));
        held.asked = Some(began);
        assert!(!held.may_help(began + Duration::from_secs(5), &refused));
    }
}
