//! Whether the user is there, as the core knows it: shared, so that a session that is opened again begins with it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the core and every session.
#[derive(Debug)]
pub(crate) struct AtHand {
    attends: AtomicBool,
    away: AtomicBool,
}

impl Default for AtHand {
    fn default() -> Self {
        Self {
            attends: AtomicBool::new(true),
            away: AtomicBool::new(false),
        }
    }
}

impl AtHand {
    /// The user looks at the window.
    pub(crate) fn attends(&self) -> bool {
        self.attends.load(Ordering::Relaxed)
    }

    /// The user looks at the window, or does not any more.
    pub(crate) fn set_attends(&self, on: bool) {
        self.attends.store(on, Ordering::Relaxed);
    }

    /// Nobody touches this computer.
    pub(crate) fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Nobody touches this computer, or somebody does again.
    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }
}
