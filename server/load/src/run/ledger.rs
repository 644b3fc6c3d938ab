//! What is known of each message of a run: when it was sent, how many clients have it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::community::Sealed;

/// How messages are paced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    /// So many a second, evenly.
    Steady {
        /// Messages a second.
        per_s: f64,
    },
    /// As fast as they are delivered: so many are on their way at a time.
    Saturated {
        /// Messages that not everybody has yet. Below what the server queues for one reader, so that nobody is cut.
        window: usize,
    },
}

/// A run's messages.
pub(crate) struct Ledger {
    start: Instant,
    pace: Pace,
    clients: u32,
    by_mark: HashMap<u64, u32>,
    /// Nanoseconds after the start, plus one; 0: not sent.
    sent: Vec<AtomicU64>,
    reached: Vec<AtomicU32>,
    deliveries: AtomicU64,
    /// Nanoseconds after the start of the last delivery.
    last_delivery: AtomicU64,
    room: Semaphore,
    expected: u64,
    complete: Notify,
}

impl Ledger {
    /// Of messages that are about to be sent to so many clients; the clock runs from here.
    pub(crate) fn new(messages: &[Sealed], clients: usize, pace: Pace, now: Instant) -> Self {
        let numbered = (0_u32..).zip(messages);
        let room = match pace {
            Pace::Steady { .. } => 0,
            Pace::Saturated { window } => window,
        };
        Self {
            start: now,
            pace,
            clients: u32::try_from(clients).unwrap_or(u32::MAX),
            by_mark: numbered.map(|(number, one)| (one.mark, number)).collect(),
            sent: messages.iter().map(|_| AtomicU64::new(0)).collect(),
            reached: messages.iter().map(|_| AtomicU32::new(0)).collect(),
            deliveries: AtomicU64::new(0),
            last_delivery: AtomicU64::new(0),
            room: Semaphore::new(room),
            expected: (messages.len() * clients) as u64,
            complete: Notify::new(),
        }
    }

    /// Waits until message `number` may go; how late it is by a steady pace.
    pub(super) async fn turn(&self, number: usize) -> Duration {
        match self.pace {
            Pace::Steady { per_s } => {
                let due = self.start + Duration::from_secs_f64(number as f64 / per_s);
                tokio::time::sleep_until(due).await;
                Instant::now().saturating_duration_since(due)
            }
            Pace::Saturated { .. } => {
                if let Ok(place) = self.room.acquire().await {
                    place.forget();
                }
                Duration::ZERO
            }
        }
    }

    /// Message `number` is being sent.
    pub(super) fn note_sent(&self, number: usize, now: Instant) {
        if let Some(sent) = self.sent.get(number) {
            sent.store(self.since_start(now) + 1, Ordering::Release);
        }
    }

    /// One more client has the message with this mark: how long it took. `None`: it is of no message of this run.
    pub(super) fn note_delivered(&self, mark: u64, now: Instant) -> Option<Duration> {
        let number = usize::try_from(*self.by_mark.get(&mark)?).ok()?;
        let sent = self
            .sent
            .get(number)?
            .load(Ordering::Acquire)
            .checked_sub(1)?;
        let now = self.since_start(now);
        let deliveries = self.deliveries.fetch_add(1, Ordering::Relaxed) + 1;
        self.last_delivery.fetch_max(now, Ordering::Relaxed);
        let reached = self.reached.get(number)?.fetch_add(1, Ordering::Relaxed) + 1;
        if reached == self.clients && matches!(self.pace, Pace::Saturated { .. }) {
            self.room.add_permits(1);
        }
        if deliveries == self.expected {
            self.complete.notify_one();
        }
        Some(Duration::from_nanos(now.saturating_sub(sent)))
    }

    /// Waits until everybody has everything.
    pub(super) async fn complete(&self) {
        self.complete.notified().await;
    }

    /// Deliveries so far.
    pub(super) fn deliveries(&self) -> u64 {
        self.deliveries.load(Ordering::Relaxed)
    }

    /// From the first message's sending to the last delivery.
    pub(super) fn span(&self) -> Duration {
        let sent = self.sent.iter().map(|sent| sent.load(Ordering::Acquire));
        let first = sent.filter_map(|sent| sent.checked_sub(1)).min();
        let last = self.last_delivery.load(Ordering::Relaxed);
        Duration::from_nanos(last.saturating_sub(first.unwrap_or(last)))
    }

    fn since_start(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.start).as_nanos();
        u64::try_from(elapsed).unwrap_or(u64::MAX - 1)
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::DeviceId;
    use tokio_tungstenite::tungstenite::Bytes;

    use super::*;

    fn messages(count: u64) -> Vec<Sealed> {
        let sealed = |mark| Sealed {
            sender: 0,
            device: DeviceId([0; 32]),
            number: mark,
            mark,
            event_bytes: 1,
            request: 1,
            frame: Bytes::new(),
        };
        (100..100 + count).map(sealed).collect()
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_counts_from_when_it_was_sent() {
        let start = Instant::now();
        let ledger = Ledger::new(&messages(2), 2, Pace::Steady { per_s: 1.0 }, start);
        ledger.note_sent(1, start + ms(5));
        assert_eq!(ledger.note_delivered(101, start + ms(12)), Some(ms(7)));
        assert_eq!(ledger.note_delivered(101, start + ms(20)), Some(ms(15)));
        assert_eq!(ledger.deliveries(), 2);
        assert_eq!(ledger.span(), ms(15));
        // Not sent yet, and of another run.
        assert_eq!(ledger.note_delivered(100, start + ms(21)), None);
        assert_eq!(ledger.note_delivered(7, start + ms(21)), None);
        assert_eq!(ledger.deliveries(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn saturated_sends_another_only_when_everybody_has_one() {
        let start = Instant::now();
        let pace = Pace::Saturated { window: 1 };
        let ledger = Ledger::new(&messages(2), 2, pace, start);
        ledger.turn(0).await;
        ledger.note_sent(0, start);
        let early = tokio::time::timeout(ms(50), ledger.turn(1)).await;
        assert!(early.is_err());
        ledger.note_delivered(100, start + ms(1));
        let early = tokio::time::timeout(ms(50), ledger.turn(1)).await;
        assert!(early.is_err());
        ledger.note_delivered(100, start + ms(2));
        assert_eq!(ledger.turn(1).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn steady_sends_by_the_clock() {
        let start = Instant::now();
        let ledger = Ledger::new(&messages(30), 1, Pace::Steady { per_s: 10.0 }, start);
        ledger.turn(20).await;
        let waited = start.elapsed();
        assert!(waited >= ms(2000) && waited < ms(2010), "{waited:?}");
    }
}
