//! Questions from the control socket, and who waits for their answers.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::Core;
use crate::CommunityCommand;
use crate::control::{Asked, ControlAnswer, ControlRequest};
use crate::session::SessionCommand;

const MOST_WAITING: usize = 32;

/// Who waits.
#[derive(Default)]
pub(super) struct Waiting {
    next: u64,
    askers: BTreeMap<u64, oneshot::Sender<ControlAnswer>>,
}

impl Waiting {
    /// Answers an asker, if they still wait.
    pub(super) fn answer(&mut self, asker: u64, link: Result<String, String>) {
        if let Some(sender) = self.askers.remove(&asker) {
            let _ = sender.send(link.map_or_else(ControlAnswer::Error, ControlAnswer::Link));
        }
    }
}

impl Core {
    pub(super) fn asked(&mut self, (request, sender): Asked) {
        // The key is answered by the socket itself.
        let ControlRequest::Invite { uses, valid_for_s } = request else {
            return;
        };
        let session = self.order.first().and_then(|id| self.joined.get(id));
        let refuse = |sender: oneshot::Sender<ControlAnswer>, reason: &str| {
            let _ = sender.send(ControlAnswer::Error(reason.into()));
        };
        let Some(joined) = session else {
            return refuse(
                sender,
                "the profile is locked or has joined no community yet; unlock or join in its window",
            );
        };
        self.control.askers.retain(|_, sender| !sender.is_closed());
        if self.control.askers.len() >= MOST_WAITING {
            return refuse(sender, "too many questions at once");
        }
        self.control.next += 1;
        let asker = self.control.next;
        let command = CommunityCommand::CreateInvite { uses, valid_for_s };
        match joined.session.send(SessionCommand::User { command, asker }) {
            Ok(()) => {
                self.control.askers.insert(asker, sender);
            }
            Err(_) => refuse(sender, "the client is busy, try again"),
        }
    }
}
