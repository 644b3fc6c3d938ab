//! One limit for many: the cell rate algorithm of `governor`, a number each, with a bound on how many are remembered.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference as _};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use parking_lot::RwLock;
use tokio::time::Instant;

/// The most that is remembered.
const CAPACITY: usize = 50_000;
/// So many checks are between two looks at how many are remembered.
const LOOK: u32 = 1024;

/// The runtime's clock, which no change of the date moves.
#[derive(Debug, Clone)]
struct Running {
    since: Instant,
}

impl Clock for Running {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.since.elapsed()
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Running, NoOpMiddleware<Duration>>;

/// See the module. Without a quota nothing is bounded.
pub(crate) struct Keyed<K: Hash + Eq + Clone> {
    quota: Option<Quota>,
    clock: Running,
    limiter: RwLock<Option<Arc<Limiter<K>>>>,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    pub(crate) fn new(quota: Option<Quota>) -> Self {
        let clock = Running {
            since: Instant::now(),
        };
        let keyed = Self {
            quota,
            clock,
            limiter: RwLock::new(None),
            checks: AtomicU32::new(0),
        };
        keyed.begin_anew();
        keyed
    }

    fn begin_anew(&self) {
        let limiter = self
            .quota
            .map(|quota| RateLimiter::new(quota, DashMapStateStore::default(), self.clock.clone()));
        *self.limiter.write() = limiter.map(Arc::new);
    }

    fn limiter(&self) -> Option<Arc<Limiter<K>>> {
        self.limiter.read().clone()
    }

    /// One more; refused, how long to wait.
    pub(crate) fn check(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = self.limiter() else {
            return Ok(());
        };
        if self
            .checks
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(LOOK)
        {
            self.make_room(&limiter);
        }
        limiter.check_key(key).map_err(|refused| {
            let now = self.clock.now();
            refused.earliest_possible().duration_since(now).into()
        })
    }

    /// Who has their whole burst again is forgotten; were there still too many, all are: whoever has so many addresses is not stopped by this.
    fn make_room(&self, limiter: &Limiter<K>) {
        if limiter.len() < CAPACITY {
            return;
        }
        limiter.retain_recent();
        if limiter.len() >= CAPACITY {
            self.begin_anew();
        }
    }

    pub(crate) fn forget(&self) {
        if let Some(limiter) = self.limiter() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.limiter().map_or(0, |limiter| limiter.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Rate;

    fn quota(per_second: u32, burst: u32) -> Option<Quota> {
        Rate::new(per_second, burst).map(Quota::from)
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_then_it_is_told_how_long_to_wait_and_then_it_passes() {
        let keyed = Keyed::new(quota(2, 5));
        let passed = (0..20).filter(|_| keyed.check(&1_u64).is_ok()).count();
        assert_eq!(passed, 5);
        let wait = keyed.check(&1).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(500));
        assert!(keyed.check(&2).is_ok(), "somebody else");
        tokio::time::advance(wait).await;
        assert!(keyed.check(&1).is_ok());
        assert!(keyed.check(&1).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_quiet_is_forgotten() {
        let keyed = Keyed::new(quota(2, 5));
        for key in 0..100_u64 {
            assert!(keyed.check(&key).is_ok());
        }
        keyed.forget();
        assert_eq!(keyed.len(), 100);
        tokio::time::advance(Duration::from_secs(10)).await;
        keyed.forget();
        assert_eq!(keyed.len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn many_do_not_fill_the_memory() {
        let keyed = Keyed::new(quota(1, 5));
        for key in 0..CAPACITY as u64 * 2 {
            assert!(keyed.check(&key).is_ok());
        }
        assert!(keyed.len() <= CAPACITY + LOOK as usize);
    }

    #[tokio::test]
    async fn without_a_quota_nothing_is_bounded_or_remembered() {
        let keyed = Keyed::new(None);
        assert!((0..10_000).all(|_| keyed.check(&1_u64).is_ok()));
        assert_eq!(keyed.len(), 0);
    }
}
