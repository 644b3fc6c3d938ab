//! Whole-window screens: welcome -> join -> arrive -> main, welcome -> ask or recover -> arrive -> main, or unlock -> main; settings within main.

mod account;
pub mod arrive;
pub mod ask;
mod centered;
pub mod join;
pub mod main;
pub mod moved;
pub mod new_password;
pub mod recover;
pub mod settings;
pub(crate) mod stopped;
pub mod unlock;
pub mod welcome;

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::ProfileState;

/// Which screen a snapshot asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Nothing was joined yet.
    Welcome,
    /// A link was looked at.
    Join,
    /// The keystore is closed.
    Unlock,
    /// The profile goes to another computer, or went.
    Moved,
    /// Communities.
    Main,
}

/// Chooses the screen.
pub fn choose(snapshot: &Snapshot) -> Screen {
    match snapshot.profile {
        // A link waits until the keys are open: joining another community needs them.
        ProfileState::Locked { .. } | ProfileState::AskingKeyring | ProfileState::Unlocking => {
            Screen::Unlock
        }
        ProfileState::Moved => Screen::Moved,
        _ if snapshot.invitation.is_some() => Screen::Join,
        _ if snapshot.communities.is_empty() => Screen::Welcome,
        _ => Screen::Main,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn the_state_decides() {
        let mut snapshot = Snapshot::default();
        assert_eq!(choose(&snapshot), Screen::Welcome);
        snapshot.invitation = Some(demo::invitation());
        assert_eq!(choose(&snapshot), Screen::Join);
        snapshot.profile = ProfileState::Locked { error: None };
        assert_eq!(choose(&snapshot), Screen::Unlock);
        snapshot.profile = ProfileState::Moved;
        assert_eq!(choose(&snapshot), Screen::Moved);
        assert_eq!(choose(&demo::harbour()), Screen::Main);
    }
}
