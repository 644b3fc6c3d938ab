//! What becomes of each datagram. Pure: it is told the time, and chance is seeded.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::Conditions;

/// Whoever is overtaken comes so much later than it would have.
const OVERTAKEN: Duration = Duration::from_millis(30);
/// What TCP loses comes so much later: the least time after which it sends again on Linux.
const SENT_AGAIN: Duration = Duration::from_millis(200);

/// When the copies of a datagram arrive; none: it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fate {
    /// The first copy.
    pub first: Option<Instant>,
    /// The second.
    pub second: Option<Instant>,
}

/// Decides it, for one direction.
#[derive(Debug)]
pub struct Decider {
    chance: StdRng,
    last: Option<Instant>,
}

impl Decider {
    /// The same seed decides the same.
    pub fn new(seed: u64) -> Self {
        Self {
            chance: StdRng::seed_from_u64(seed),
            last: None,
        }
    }

    /// What becomes of a datagram that is sent now. Chance is asked as often whatever the conditions are, so that a change of one of
    /// them changes nothing else.
    pub fn datagram(&mut self, now: Instant, conditions: &Conditions) -> Fate {
        let [lost, twice, overtaken, late]: [f64; 4] = self.chance.random();
        if conditions.cut || conditions.udp_blocked || lost < conditions.loss {
            return Fate::default();
        }
        let mut arrives = now + conditions.delay + conditions.jitter.mul_f64(late);
        if let Some(last) = self.last {
            arrives = arrives.max(last);
        }
        if overtaken < conditions.reorder {
            arrives += OVERTAKEN;
        } else {
            self.last = Some(arrives);
        }
        Fate {
            first: Some(arrives),
            second: (twice < conditions.duplicate).then_some(arrives),
        }
    }

    /// How much later a piece of a stream comes.
    pub fn piece(&mut self, conditions: &Conditions) -> Duration {
        let [lost, late]: [f64; 2] = self.chance.random();
        let again = if lost < conditions.loss {
            SENT_AGAIN
        } else {
            Duration::ZERO
        };
        conditions.delay + conditions.jitter.mul_f64(late) + again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn bad() -> Conditions {
        Conditions {
            delay: 20 * MS,
            jitter: 10 * MS,
            loss: 0.2,
            duplicate: 0.1,
            reorder: 0.05,
            ..Conditions::default()
        }
    }

    /// What becomes of a thousand datagrams, one each 20 ms: when each arrives after the first was sent.
    fn thousand(seed: u64, conditions: &Conditions) -> Vec<[Option<Duration>; 2]> {
        let began = Instant::now();
        let mut decider = Decider::new(seed);
        let fates = (0..1_000).map(|n| decider.datagram(began + n * 20 * MS, conditions));
        fates
            .map(|fate| [fate.first, fate.second].map(|at| at.map(|at| at - began)))
            .collect()
    }

    #[test]
    fn the_same_seed_decides_the_same_and_another_another() {
        assert_eq!(thousand(7, &bad()), thousand(7, &bad()));
        assert_ne!(thousand(7, &bad()), thousand(8, &bad()));
    }

    #[test]
    fn shares_are_what_was_asked_for() {
        let fates = thousand(1, &bad());
        let arrived = fates.iter().filter(|fate| fate[0].is_some()).count();
        assert!((750..850).contains(&arrived), "{arrived}");
        let twice = fates.iter().filter(|fate| fate[1].is_some()).count();
        assert!((55..110).contains(&twice), "{twice}");
    }

    #[test]
    fn none_overtakes_another_unless_that_is_asked_for() {
        let overtaken = |conditions: &Conditions| {
            let fates = thousand(3, conditions);
            let times: Vec<Duration> = fates.iter().filter_map(|fate| fate[0]).collect();
            times.windows(2).filter(|two| two[0] > two[1]).count()
        };
        let jitter = 100 * MS;
        let ordered = Conditions {
            reorder: 0.0,
            jitter,
            ..bad()
        };
        assert_eq!(overtaken(&ordered), 0);
        assert!(overtaken(&bad()) > 10);
    }

    #[test]
    fn all_take_their_time_within_bounds() {
        let conditions = Conditions {
            loss: 0.0,
            reorder: 0.0,
            ..bad()
        };
        for (n, fate) in thousand(5, &conditions).into_iter().enumerate() {
            let sent = n as u32 * 20 * MS;
            let took = fate[0].unwrap().saturating_sub(sent);
            assert!((20 * MS..=30 * MS).contains(&took), "{took:?}");
        }
    }

    #[test]
    fn nothing_gets_through_a_cut_nor_udp_where_it_is_blocked() {
        let cut = Conditions {
            cut: true,
            ..Conditions::default()
        };
        let blocked = Conditions {
            udp_blocked: true,
            ..Conditions::default()
        };
        for conditions in [cut, blocked] {
            let fates = thousand(2, &conditions);
            assert!(fates.iter().all(|fate| *fate == [None, None]));
        }
    }

    #[test]
    fn a_lost_piece_of_a_stream_is_late() {
        let mut decider = Decider::new(9);
        let all_lost = Conditions {
            loss: 1.0,
            delay: 5 * MS,
            ..Conditions::default()
        };
        assert_eq!(decider.piece(&all_lost), 205 * MS);
        assert_eq!(decider.piece(&Conditions::default()), Duration::ZERO);
    }
}
