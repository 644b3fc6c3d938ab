//! Whether a device's callback still comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts callbacks; clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Beat(Arc<AtomicU32>);

impl Beat {
    /// A callback has come. Callback thread.
    pub fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many have come; wraps.
    pub fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}
