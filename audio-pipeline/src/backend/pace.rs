//! A clock tick of 10 ms on a thread of its own, for backends without hardware.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::frame::BLOCK_DURATION;

/// Runs a closure every 10 ms until it is dropped.
pub(super) struct Pace {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Pace {
    /// Starts ticking. Ticks that were missed are made up for, so that the rate is right on average.
    pub(super) fn start(mut tick: impl FnMut() + Send + 'static) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let mut due = Instant::now();
            while !stopped.load(Ordering::Relaxed) {
                tick();
                due += BLOCK_DURATION;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        };
        let thread = std::thread::Builder::new()
            .name("dialtone-pace".to_owned())
            .spawn(work)?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A tick that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}
