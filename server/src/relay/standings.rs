//! Who is not forwarded, and who always: what the roster says of members' voices, brought to the relay as it changes.

use dialtone_protocol::roster::{RosterPosition, Standings};

use crate::state::AppState;

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
