//! How a service of the desktop runs: on a thread of its own, tried again after a pause when it breaks, until its handle is dropped.
//!
//! ```text
//! serve ─► fault, or a panic ─► one line in the log, Availability::Missing ─► pause (1 s, 2 s, ... 1 min) ─► serve
//! ```

use std::sync::Arc;

use parking_lot::Mutex;

use crate::event::{DesktopEvent, Sink};

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Availability {
    /// It has not answered yet.
    #[default]
    Starting,
    /// It is there.
    Works,
    /// It is not: why, in words.
    Missing(String),
}

impl Availability {
    /// Whether it is there.
    pub fn works(&self) -> bool {
        *self == Self::Works
    }

    /// Why it is not there, once that is known.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Missing(reason) => Some(reason),
            _ => None,
        }
    }
}

/// What is known of one service: told by its thread, read by whoever has its handle. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Status {
    name: &'static str,
    now: Arc<Mutex<Availability>>,
    sink: Sink,
}

impl Status {
    pub(crate) fn new(name: &'static str, sink: Sink) -> Self {
        Self {
            name,
            now: Arc::default(),
            sink,
        }
    }

    pub(crate) fn get(&self) -> Availability {
        self.now.lock().clone()
    }

    pub(crate) fn tell(&self, event: DesktopEvent) {
        (self.sink)(event);
    }

    pub(crate) fn works(&self) {
        self.set(&Availability::Works);
    }

    /// It is not there; said in the log once for each reason.
    pub(crate) fn missing(&self, reason: impl Into<String>) {
        self.set(&Availability::Missing(reason.into()));
    }

    fn set(&self, new: &Availability) {
        {
            let mut now = self.now.lock();
            if *now == *new {
                return;
            }
            now.clone_from(new);
        }
        if let Some(reason) = new.reason() {
            tracing::info!("{}: {reason}", self.name);
        }
        self.tell(DesktopEvent::Changed);
    }
}

/// Pauses that grow.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    tries: u32,
}

/// The longest pause, in seconds.
const LONGEST_S: u64 = 60;

impl Backoff {
    /// The next pause, in seconds: 1, 2, 4 and so on to a minute.
    pub(crate) fn next_s(&mut self) -> u64 {
        let pause = 1_u64 << self.tries.min(6);
        self.tries = self.tries.saturating_add(1);
        pause.min(LONGEST_S)
    }

    /// It went well.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(target_os = "linux")]
pub(crate) use thread::{Life, Service, start};

#[cfg(target_os = "linux")]
mod thread {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::{Duration, Instant};

    use tokio::sync::watch;

    use super::{Backoff, Status};

    /// What ran for so long before it broke begins with short pauses again.
    const STEADY: Duration = Duration::from_secs(30);

    /// One service.
    pub(crate) trait Service: Send + 'static {
        /// Serves until something breaks: why, in words.
        async fn serve(&mut self, status: &Status) -> String;
    }

    /// Keeps a service alive; it ends when this is dropped.
    pub(crate) struct Life(
        #[expect(dead_code, reason = "its end is what tells")] watch::Sender<()>,
    );

    /// Starts a service on a thread of its own.
    pub(crate) fn start<S: Service>(mut service: S, status: Status) -> Life {
        let (life, mut ended) = watch::channel(());
        let name = format!("dialtone-{}", status.name);
        let told = status.clone();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return status.missing(error.to_string()),
            };
            let mut backoff = Backoff::default();
            loop {
                let began = Instant::now();
                let served = catch_unwind(AssertUnwindSafe(|| {
                    runtime.block_on(async {
                        tokio::select! {
                            _ = ended.changed() => None,
                            fault = service.serve(&status) => Some(fault),
                        }
                    })
                }));
                match served {
                    Ok(None) => return,
                    Ok(Some(fault)) => status.missing(fault),
                    Err(_) => status.missing(dialtone_words::say!("tray-failed")),
                }
                if began.elapsed() > STEADY {
                    backoff.reset();
                }
                let pause = Duration::from_secs(backoff.next_s());
                let over = runtime
                    .block_on(async { tokio::time::timeout(pause, ended.changed()).await.is_ok() });
                if over {
                    return;
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name).spawn(run) {
            told.missing(dialtone_words::say!(
                "tray-no-thread",
                error = error.to_string()
            ));
        }
        Life(life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_begin_anew() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..9).map(|_| backoff.next_s()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.next_s(), 1);
    }

    #[test]
    fn a_change_is_told_once() {
        let told = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&told);
        let status = Status::new("test", Arc::new(move |_| *counter.lock() += 1));
        status.works();
        status.works();
        status.missing("gone");
        status.missing("gone");
        assert_eq!(*told.lock(), 2);
        assert_eq!(status.get().reason(), Some("gone"));
    }
}
