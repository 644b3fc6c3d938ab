//! Questions from the control socket, and who waits for their answers.

use std::collections::BTreeMap;

use dialtone_words::say;
use tokio::sync::oneshot;

use dialtone_protocol::CommunityId;

use super::Core;
use crate::CommunityCommand;
use crate::control::{Asked, ControlAnswer, ControlRequest, KnownServer};
use crate::event::Event;
use crate::session::SessionCommand;
use crate::snapshot::Severity;

const MOST_WAITING: usize = 32;
const LOCKED: &str =
    "the profile is locked or has joined no community yet; unlock or join in its window";

const NO_CALL: &str = "you are in no call";
const WINDOWLESS: &str = "a program without a window has this profile open; end it first";

/// Who waits.
#[derive(Default)]
pub(super) struct Waiting {
    next: u64,
    askers: BTreeMap<u64, oneshot::Sender<ControlAnswer>>,
}

impl Waiting {
    /// Answers an asker, if they still wait.
    pub(super) fn answer(&mut self, asker: u64, answer: Result<ControlAnswer, String>) {
        if let Some(sender) = self.askers.remove(&asker) {
            let _ = sender.send(answer.unwrap_or_else(ControlAnswer::Error));
        }
    }
}

impl Core {
    /// Answers, or lets a session answer; whether what is shown is another.
    pub(super) fn asked(&mut self, (request, sender): Asked) -> bool {
        match request {
            // The socket answers it by itself.
            ControlRequest::Ptt { .. } => {}
            ControlRequest::Mute { muted } => {
                let _ = sender.send(self.mute(muted));
            }
            ControlRequest::Show { link } => {
                let _ = sender.send(self.show_window(link));
                return true;
            }
            ControlRequest::Servers => {
                let _ = sender.send(self.known_servers());
            }
            ControlRequest::Invite { uses, valid_for_s } => {
                let first = self.order.first().copied();
                let command = CommunityCommand::CreateInvite { uses, valid_for_s };
                self.pass_on(first, command, sender);
            }
            ControlRequest::TurnServers { community } => {
                self.pass_on(Some(community), CommunityCommand::NameTurnServers, sender);
            }
        }
        false
    }

    /// Mutes the call that one is in, or not, or the other way round.
    fn mute(&mut self, wanted: Option<bool>) -> ControlAnswer {
        let mut shown = self.joined.iter();
        let found = shown.find_map(|(id, running)| Some((*id, running.view.call.as_ref()?)));
        let Some((community, call)) = found else {
            return ControlAnswer::Error(NO_CALL.into());
        };
        let muted = wanted.unwrap_or(!(call.muted || call.deafened));
        let command = CommunityCommand::SetMuted(muted);
        self.tell(&community, SessionCommand::User { command, asker: 0 });
        ControlAnswer::Muted(muted)
    }

    /// Lets the window be shown, with a link if there is one.
    fn show_window(&mut self, link: Option<String>) -> ControlAnswer {
        if !self.has_window {
            return ControlAnswer::Error(WINDOWLESS.into());
        }
        match link {
            Some(_) if self.is_coming_in() => {
                let text = say!("engine-link-again");
                self.notices.add(Severity::Warning, text.into());
            }
            Some(link) => self.inspect_link(link),
            None => {}
        }
        let _ = self.events.send(Event::Show);
        ControlAnswer::Shown
    }

    fn known_servers(&self) -> ControlAnswer {
        let Some(keystore) = &self.keystore else {
            return ControlAnswer::Error(LOCKED.into());
        };
        let known = keystore.secrets.communities.iter();
        let known = known.map(|known| KnownServer {
            community: known.community,
            address: known.server.clone(),
            key: known.server_key,
        });
        ControlAnswer::Servers(known.collect())
    }

    /// Lets the session of a community answer.
    fn pass_on(
        &mut self,
        community: Option<CommunityId>,
        command: CommunityCommand,
        sender: oneshot::Sender<ControlAnswer>,
    ) {
        let session = community.and_then(|id| self.joined.get(&id));
        let refuse = |sender: oneshot::Sender<ControlAnswer>, reason: &str| {
            let _ = sender.send(ControlAnswer::Error(reason.into()));
        };
        let Some(joined) = session else {
            return refuse(sender, LOCKED);
        };
        self.control.askers.retain(|_, sender| !sender.is_closed());
        if self.control.askers.len() >= MOST_WAITING {
            return refuse(sender, "too many questions at once");
        }
        self.control.next += 1;
        let asker = self.control.next;
        match joined.session.send(SessionCommand::User { command, asker }) {
            Ok(()) => {
                self.control.askers.insert(asker, sender);
            }
            Err(_) => refuse(sender, "the client is busy, try again"),
        }
    }
}
