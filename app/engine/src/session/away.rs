//! Nobody has touched a computer for a while: the members are told of this one, and it is shown of theirs.

use std::collections::BTreeSet;

use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::ClientFrame;

use super::run::Session;

/// Which computers nobody touches.
#[derive(Debug)]
pub(super) struct Away {
    /// This one.
    pub(super) own: bool,
    /// Those of others, as the server names them.
    pub(super) others: BTreeSet<DeviceId>,
}

impl Away {
    /// What is known before the server says more: of this computer alone.
    pub(super) fn begin(own: bool) -> Self {
        Self {
            own,
            others: BTreeSet::new(),
        }
    }
}

impl Session {
    /// Nobody touches this computer, or somebody does again.
    pub(super) fn set_away(&mut self, away: bool) {
        let is_new = std::mem::replace(&mut self.state.away.own, away) != away;
        if is_new && self.state.caught_up {
            self.state.send(ClientFrame::Away { away });
        }
    }

    /// A connection begins as one of somebody who is there.
    pub(super) fn say_away(&mut self) {
        if self.state.away.own {
            self.state.send(ClientFrame::Away { away: true });
        }
    }

    pub(super) fn others_away(&mut self, devices: Vec<DeviceId>, away: bool) {
        for device in devices {
            // Whoever is not connected is not away either.
            if away && self.state.online.contains(&device) {
                self.state.away.others.insert(device);
            } else {
                self.state.away.others.remove(&device);
            }
        }
        self.state.stirs += 1;
    }
}
