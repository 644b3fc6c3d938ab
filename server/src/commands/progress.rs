//! How far a long command is, on standard error, now and then.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long is between two lines, and before the first: what is done sooner says nothing.
const PAUSE: Duration = Duration::from_secs(3);

/// Tells how far it is.
pub(super) struct Progress(Mutex<Instant>);

impl Default for Progress {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Progress {
    /// Says it, unless something was said a moment ago.
    pub(super) fn say(&self, step: &str) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= PAUSE {
            *last = Instant::now();
            eprintln!("… {step}");
        }
    }
}
