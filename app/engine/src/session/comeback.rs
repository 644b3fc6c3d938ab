//! Coming back in a call: noticing early that the server is not there any more, or that this machine slept, and connecting as soon as
//! there is a network again instead of after a pause that has grown long.

use std::time::{Duration, Instant};

use super::run::{Ended, Session};
use crate::net::{NetError, Socket, Watch};

/// Between two tries of whoever is in a call and reaches a machine, but not the server on it.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long connecting may take then. What hangs for longer hangs in a network that is gone again.
const CONNECT: Duration = Duration::from_secs(8);
/// Whoever did nothing for so long was stopped, or slept: the connections of its call are lost, even if nobody has said so yet.
const NAP: Duration = Duration::from_secs(4);

/// Notices that time has passed in which this program did not run. Two clocks, because the steady one stands still while a computer
/// sleeps, and the other one is set by people.
#[derive(Debug)]
pub(super) struct Naps {
    wall_ms: u64,
    steady: Instant,
}

impl Naps {
    pub(super) fn new(wall_ms: u64, steady: Instant) -> Self {
        Self { wall_ms, steady }
    }

    /// It runs now: whether it had not for some time before.
    pub(super) fn beat(&mut self, wall_ms: u64, steady: Instant) -> bool {
        let wall = Duration::from_millis(wall_ms.saturating_sub(self.wall_ms));
        let passed = steady.saturating_duration_since(self.steady).max(wall);
        *self = Self::new(wall_ms, steady);
        passed >= NAP
    }
}

impl Session {
    /// One is in a call, or wants to be again.
    pub(super) fn wants_call(&self) -> bool {
        let call = self.state.call.as_ref();
        call.is_some_and(|call| call.failed.is_none())
    }

    /// How closely it is watched whether the server is still there.
    pub(super) fn watch(&self) -> Watch {
        match &self.state.call {
            Some(call) if call.is_silent() => Watch::Urgent,
            Some(_) => Watch::Call,
            None => Watch::Idle,
        }
    }

    /// Time goes on while connected.
    pub(super) fn beat(&mut self, naps: &mut Naps) -> Result<(), Ended> {
        let (now_ms, steady) = (self.state.clock.now_ms(), Instant::now());
        if naps.beat(now_ms, steady) && self.wants_call() {
            return Err(Ended::Slept);
        }
        self.tick(now_ms, steady)
    }

    /// The pause before the next try.
    pub(super) fn pause(&self, ended: &Ended, pause: Duration) -> Duration {
        match ended {
            Ended::Slept => Duration::ZERO,
            _ if self.wants_call() => pause.min(LONGEST_PAUSE),
            _ => pause,
        }
    }

    /// Connects; in a call not for as long as it may otherwise take.
    pub(super) async fn connect_in_time(&mut self) -> Result<Socket, Ended> {
        if !self.wants_call() {
            return self.connect().await;
        }
        let connected = tokio::time::timeout(CONNECT, self.connect()).await;
        connected.unwrap_or(Err(NetError::Timeout.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nap_is_noticed_by_either_clock_and_setting_a_clock_back_is_none() {
        let start = Instant::now();
        let half = Duration::from_millis(500);
        let mut naps = Naps::new(10_000, start);
        assert!(!naps.beat(10_500, start + half));
        // Stopped.
        assert!(naps.beat(70_500, start + half + Duration::from_mins(1)));
        // Asleep.
        assert!(naps.beat(130_500, start + half + Duration::from_mins(1)));
        assert!(!naps.beat(100_000, start + half * 2 + Duration::from_mins(1)));
        assert!(!naps.beat(100_500, start + half * 3 + Duration::from_mins(1)));
    }
}
