//! What the relay has done, in numbers: for the log, for tests, and for measuring.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counts since the relay began; each grows only.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $($(#[$doc])* pub(super) $name: Count,)*
        }

        /// Counts since the relay began.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct RelayCounts {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Counters {
            /// Reads all of them.
            pub(super) fn read(&self) -> RelayCounts {
                RelayCounts { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

/// One counter.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// One more.
    pub(super) fn one(&self) {
        self.add(1);
    }

    /// So many more.
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

counters! {
    /// Voice packets that came from a known sender.
    received,
    /// Voice packets that went out, one for each receiver.
    forwarded,
    /// Voice packets that went out again because their receiver had not got them.
    again,
    /// Voice packets that nobody was to hear: others were louder.
    not_selected,
    /// Voice packets of whom an admin has muted.
    muted,
    /// Binding requests that were answered.
    bindings,
    /// Datagrams that are nothing a relay takes.
    malformed,
    /// Datagrams from nowhere known, and checks for connections that are not there.
    unknown,
    /// Checks that name a connection, but were not made with its password.
    unproven,
    /// Voice packets of whoever sent too much.
    over_limit,
    /// Voice packets that are not of the form that is relayed.
    refused,
    /// Datagrams that the system had no room for.
    unsent,
    /// Connections that came to stand.
    connected,
    /// Connections that ended.
    ended,
}
