//! What calls reach the network with: threads that do nothing else.
//!
//! A packet of voice that waits behind the building of a view or the reading of a history arrives late, and the listener's jitter
//! buffer keeps as much delay in store from then on. So the connections of all calls live on a runtime of their own.

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads of the runtime: while one makes a handshake's keys (some ms), the other passes voices on.
const THREADS: usize = 2;

/// The runtime of the connections of all calls.
///
/// # Errors
/// The system gives no threads.
pub(crate) fn media_runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("dialtone-media")
        .enable_all()
        .build()
}

/// How calls reach the network.
#[derive(Debug, Clone)]
pub(crate) struct CallNetwork {
    /// Also between programs on this machine, over its loopback address.
    pub(crate) loopback: bool,
    /// Directly over TURN servers alone.
    pub(crate) turn_only: bool,
    /// What connections run on.
    pub(crate) runtime: Handle,
}

impl CallNetwork {
    /// Makes something whose tasks are to run there.
    pub(crate) fn within<T>(&self, make: impl FnOnce() -> T) -> T {
        let _there = self.runtime.enter();
        make()
    }
}

#[cfg(test)]
impl CallNetwork {
    /// For tests, which need not be on a runtime themselves.
    pub(crate) fn of_tests(loopback: bool) -> Self {
        static RUNTIME: std::sync::LazyLock<Runtime> =
            std::sync::LazyLock::new(|| media_runtime().expect("threads"));
        Self {
            loopback,
            turn_only: false,
            runtime: RUNTIME.handle().clone(),
        }
    }
}
