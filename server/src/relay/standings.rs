//! Who is not forwarded, and who always: what the roster says of members' voices, brought to the relay as it changes.

use std::collections::HashMap;

use dialtone_protocol::DeviceId;
use dialtone_protocol::roster::{RosterPosition, RosterView, VoiceStanding};

use crate::state::AppState;

/// Devices that are not heard as everybody is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standings(HashMap<DeviceId, VoiceStanding>);

impl Standings {
    /// Those that the roster names. It bounds them: members, and the devices of each.
    pub(super) fn of(view: &RosterView) -> Self {
        view.voice_standings().collect()
    }

    /// How a device is heard.
    pub(super) fn get(&self, device: &DeviceId) -> VoiceStanding {
        // Mostly there are none, and this is asked for each packet.
        if self.0.is_empty() {
            return VoiceStanding::Ordinary;
        }
        self.0.get(device).copied().unwrap_or_default()
    }
}

impl FromIterator<(DeviceId, VoiceStanding)> for Standings {
    fn from_iter<I: IntoIterator<Item = (DeviceId, VoiceStanding)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// What the relay was told last.
#[derive(Default)]
pub(super) struct Told {
    read: Option<RosterPosition>,
    standings: Standings,
}

impl Told {
    /// Tells the relay what the roster says, if that is something else.
    pub(super) async fn mind(&mut self, state: &AppState) {
        let Some(roster) = state.roster.current() else {
            return;
        };
        let position = roster.position();
        if self.read == Some(position) {
            return;
        }
        self.read = Some(position);
        let standings = Standings::of(roster.view());
        if standings != self.standings {
            self.standings = standings.clone();
            state.relay.set_standings(standings).await;
        }
    }
}
