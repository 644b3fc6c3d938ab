//! How each of the two ways to the relay stands, and what the owner is told of that.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{RelayEvent, RelayState};

/// Between two tries, the first time; and at most, while the other way does not stand either.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_ALONE: Duration = Duration::from_secs(1);
/// At most while the other way carries: nobody waits for this one.
const LONGEST_SPARE: Duration = Duration::from_secs(30);

/// How one way stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stand {
    /// It is being looked for.
    #[default]
    Trying,
    /// Media flows.
    Up,
    /// It was not found; it is tried again after a pause.
    Failed,
}

/// Both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ways {
    pub(super) udp: Stand,
    pub(super) tunnel: Stand,
    /// UDP has stood, and was lost.
    pub(super) udp_lost: bool,
}

impl Ways {
    /// In one word.
    fn state(self) -> RelayState {
        match (self.udp, self.tunnel) {
            (Stand::Up, _) => RelayState::Connected { over_tls: false },
            (_, Stand::Up) => RelayState::Connected { over_tls: true },
            (Stand::Failed, Stand::Failed) => RelayState::Failed,
            _ => RelayState::Connecting,
        }
    }
}

/// Tells the owner, as long as there is anybody to say how they stand.
pub(super) async fn tell_state(mut ways: watch::Receiver<Ways>, events: mpsc::Sender<RelayEvent>) {
    let mut told = None;
    loop {
        let state = ways.borrow_and_update().state();
        if told.replace(state) != Some(state)
            && events.send(RelayEvent::State(state)).await.is_err()
        {
            return;
        }
        if ways.changed().await.is_err() {
            return;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Udp,
    Tunnel,
}

/// One way's view of both.
pub(super) struct Standing {
    which: Which,
    ways: watch::Sender<Ways>,
    seen: watch::Receiver<Ways>,
    pause: Duration,
}

impl Standing {
    pub(super) fn udp(ways: watch::Sender<Ways>) -> Self {
        Self::of(Which::Udp, ways)
    }

    pub(super) fn tunnel(ways: watch::Sender<Ways>) -> Self {
        Self::of(Which::Tunnel, ways)
    }

    fn of(which: Which, ways: watch::Sender<Ways>) -> Self {
        Self {
            which,
            seen: ways.subscribe(),
            ways,
            pause: FIRST_PAUSE,
        }
    }

    /// This way stands so now.
    pub(super) fn now(&mut self, stand: Stand) {
        if stand == Stand::Up {
            self.pause = FIRST_PAUSE;
        }
        let which = self.which;
        self.ways.send_modify(|ways| match which {
            Which::Udp => {
                ways.udp_lost = stand != Stand::Up && (ways.udp_lost || ways.udp == Stand::Up);
                ways.udp = stand;
            }
            Which::Tunnel => ways.tunnel = stand,
        });
    }

    /// How both stand.
    pub(super) fn ways(&self) -> Ways {
        *self.seen.borrow()
    }

    /// Waits until that is otherwise.
    pub(super) async fn changed(&mut self) {
        if self.seen.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits before the next try; not for long once the other way stands no more either.
    pub(super) async fn rest(&mut self) {
        let began = tokio::time::Instant::now();
        self.pause = (self.pause * 2).min(LONGEST_SPARE);
        loop {
            let ways = self.ways();
            let other = match self.which {
                Which::Udp => ways.tunnel,
                Which::Tunnel => ways.udp,
            };
            let most = if other == Stand::Up {
                LONGEST_SPARE
            } else {
                LONGEST_ALONE
            };
            tokio::select! {
                () = tokio::time::sleep_until(began + self.pause.min(most)) => return,
                () = self.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stand::{Failed, Trying, Up};
    use super::*;

    #[test]
    fn udp_is_named_before_the_tunnel_and_failure_only_of_both() {
        let ways = |udp, tunnel| Ways {
            udp,
            tunnel,
            udp_lost: false,
        };
        let over = |over_tls| RelayState::Connected { over_tls };
        for (udp, tunnel, state) in [
            (Trying, Trying, RelayState::Connecting),
            (Failed, Trying, RelayState::Connecting),
            (Trying, Failed, RelayState::Connecting),
            (Failed, Failed, RelayState::Failed),
            (Up, Up, over(false)),
            (Up, Failed, over(false)),
            (Failed, Up, over(true)),
        ] {
            assert_eq!(ways(udp, tunnel).state(), state);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_no_way_tries_again_soon_and_whoever_has_one_takes_its_time() {
        let (ways, _) = watch::channel(Ways::default());
        let (mut udp, mut tunnel) = (Standing::udp(ways.clone()), Standing::tunnel(ways));
        let took = async |udp: &mut Standing| {
            let began = tokio::time::Instant::now();
            udp.rest().await;
            began.elapsed()
        };
        for _ in 0..6 {
            assert_eq!(took(&mut udp).await, LONGEST_ALONE);
        }
        tunnel.now(Stand::Up);
        assert_eq!(took(&mut udp).await, LONGEST_SPARE);
        // The one that carried is lost meanwhile.
        let lost = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            tunnel.now(Stand::Trying);
        };
        let (took, ()) = tokio::join!(took(&mut udp), lost);
        assert_eq!(took, Duration::from_secs(5));
    }
}
