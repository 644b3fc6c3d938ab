//! What is missing of a stream, and when to ask for it.
//!
//! ```text
//! 7 8 . . 11     as 11 comes, 9 and 10 are asked for, and twice more within 10 ms: an ask, and what it brings, can be lost too;
//!                then again after each round trip, as long as what comes can still be of use
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{LONGEST, MOST_ASKED};

/// Missing packets that are remembered.
const MOST_MISSING: usize = 64;
/// A jump of so many numbers is a stream that began anew.
const RESTART: i64 = 1_000;
/// In the beginning so many asks are made, each so long after the one before, whatever comes meanwhile: of asks, and of what they bring,
/// as many are lost as of everything else, and to wait for a round trip before the next costs more than what comes twice.
const AT_FIRST: u8 = 3;
const AGAIN: Duration = Duration::from_millis(5);
/// Added to a round trip before the next ask.
const SLACK: Duration = Duration::from_millis(10);
/// One packet is asked for so often at most.
const MOST_ASKS: u8 = 6;
/// The round trip before one is known.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(60);
/// Where it is not known what comes sooner than this after an ask had only been overtaken.
const SHORTEST: Duration = Duration::from_millis(4);
/// What was measured is believed for so long: a way that was too long may have become shorter.
const BELIEVED: Duration = Duration::from_secs(15);

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// By itself.
    Ordinarily,
    /// It had been asked for.
    Asked,
}

#[derive(Debug, Clone, Copy)]
struct Missing {
    number: i64,
    /// When it should have come, as far as the packets around it tell.
    expected: Instant,
    first_asked: Option<Instant>,
    asks: u8,
    due: Instant,
}

/// Follows one stream whose 16-bit numbers grow by one a packet. Bounded in time and memory.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    /// The highest number, unwrapped, and when it came.
    highest: Option<(i64, Instant)>,
    missing: VecDeque<Missing>,
    /// From an ask to what it brought, on average, and when that was measured last.
    round_trip: Option<(Duration, Instant)>,
    /// A shorter one is none: what comes sooner had overtaken others.
    shortest: Option<Duration>,
}

impl Gaps {
    /// The round trip of the way is known from elsewhere.
    pub fn measured(&mut self, now: Instant, round_trip: Duration) {
        self.shortest = Some(round_trip * 6 / 10);
        self.round_trip = Some((round_trip, now));
    }

    /// A packet came.
    pub fn came(&mut self, now: Instant, number: u16) -> Came {
        let Some((highest, at)) = self.highest else {
            self.highest = Some((i64::from(number), now));
            return Came::Ordinarily;
        };
        let step = i64::from(number.wrapping_sub(highest as u16).cast_signed());
        if step.abs() > RESTART {
            self.missing.clear();
            self.highest = Some((i64::from(number), now));
            return Came::Ordinarily;
        }
        let number = highest + step;
        if step <= 0 {
            return self.came_late(now, number);
        }
        self.highest = Some((number, now));
        self.note(now, (highest, at), step);
        Came::Ordinarily
    }

    /// Notes the packets before the one that came; only those that are not too old from the beginning.
    fn note(&mut self, now: Instant, (highest, at): (i64, Instant), step: i64) {
        let passed = now.saturating_duration_since(at);
        let begin = (step - MOST_ASKED as i64).max(1);
        for place in begin..step {
            let share = place as f64 / step as f64;
            let expected = at + passed.mul_f64(share);
            if self.missing.len() == MOST_MISSING {
                self.missing.pop_front();
            }
            self.missing.push_back(Missing {
                number: highest + place,
                expected,
                first_asked: None,
                asks: 0,
                due: now,
            });
        }
    }

    fn came_late(&mut self, now: Instant, number: i64) -> Came {
        let mut missing = self.missing.iter();
        let Some(place) = missing.position(|missing| missing.number == number) else {
            return Came::Ordinarily;
        };
        let found = self.missing.remove(place);
        let Some(asked) = found.and_then(|missing| missing.first_asked) else {
            return Came::Ordinarily;
        };
        let took = now.saturating_duration_since(asked);
        if took < self.shortest.unwrap_or(SHORTEST) {
            return Came::Ordinarily;
        }
        let average = match self.round_trip {
            Some((before, _)) => (before * 3 + took) / 4,
            None => took,
        };
        self.round_trip = Some((average, now));
        Came::Asked
    }

    /// The round trip that is reckoned with.
    fn round_trip(&self, now: Instant) -> Duration {
        let fresh = |(_, at): &(Duration, Instant)| now.saturating_duration_since(*at) < BELIEVED;
        let known = self.round_trip.filter(fresh);
        known.map_or(FIRST_ROUND_TRIP, |(round_trip, _)| round_trip)
    }

    /// The numbers to ask for now, rising; at most [`MOST_ASKED`].
    pub fn due(&mut self, now: Instant) -> Vec<u16> {
        let round_trip = self.round_trip(now);
        // What would come too late is not asked for any more; what is under way may still come.
        let is_of_use = |missing: &Missing| {
            let would_come = now + round_trip;
            missing.asks < MOST_ASKS
                && would_come.saturating_duration_since(missing.expected) <= LONGEST
        };
        let is_awaited = |missing: &Missing| {
            missing
                .first_asked
                .is_some_and(|asked| now.saturating_duration_since(asked) <= 2 * LONGEST)
        };
        self.missing
            .retain(|missing| is_of_use(missing) || is_awaited(missing));
        let mut asked = Vec::new();
        for missing in &mut self.missing {
            if missing.due > now || asked.len() == MOST_ASKED {
                continue;
            }
            if !is_of_use(missing) {
                missing.due = now + 2 * LONGEST;
                continue;
            }
            missing.first_asked.get_or_insert(now);
            missing.asks += 1;
            let pause = if missing.asks < AT_FIRST {
                AGAIN
            } else {
                round_trip + SLACK
            };
            missing.due = now + pause;
            asked.push(missing.number as u16);
        }
        asked
    }

    /// When there is something to ask for next, if there is anything.
    pub fn next_due(&self) -> Option<Instant> {
        self.missing.iter().map(|missing| missing.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const PACKET: Duration = Duration::from_millis(20);

    /// Packets 0 to `last` of a stream that begins at `first`, but for these.
    fn stream(began: Instant, first: u16, last: u16, gone: &[u16]) -> Gaps {
        let mut gaps = Gaps::default();
        for place in (0..=last).filter(|place| !gone.contains(place)) {
            let now = began + PACKET * u32::from(place);
            assert_eq!(gaps.came(now, first.wrapping_add(place)), Came::Ordinarily);
        }
        gaps
    }

    #[test]
    fn what_is_missing_is_asked_for_at_once_and_again_a_little_later() {
        let began = Instant::now();
        let mut gaps = stream(began, 65_534, 4, &[1, 3]);
        let now = began + PACKET * 4;
        assert_eq!(gaps.next_due(), Some(began + PACKET * 2));
        assert_eq!(gaps.due(now), [65_535, 1]);
        for again in 1..u32::from(AT_FIRST) {
            let due = now + AGAIN * again;
            let before = now + AGAIN * (again - 1);
            assert!(gaps.due(before + AGAIN / 2).is_empty());
            assert_eq!(gaps.next_due(), Some(due));
            assert_eq!(gaps.due(due), [65_535, 1]);
        }
        assert_eq!(gaps.came(now + MS * 40, 65_535), Came::Asked);
        assert_eq!(gaps.came(now + MS * 41, 65_535), Came::Ordinarily, "twice");
        // A round trip is 40 ms now: the other is asked for once more, and then no more, as it would come too late.
        assert_eq!(gaps.due(now + MS * 80), [1]);
        assert!(gaps.next_due().unwrap() > now + MS * 80);
        assert!(gaps.due(now + MS * 300).is_empty());
    }

    #[test]
    fn what_was_only_overtaken_says_nothing_about_the_way() {
        let began = Instant::now();
        let mut gaps = stream(began, 0, 2, &[1]);
        let now = began + PACKET * 2;
        gaps.measured(now, MS * 40);
        assert_eq!(gaps.due(now), [1]);
        assert_eq!(gaps.came(now + MS * 20, 1), Came::Ordinarily);
        assert_eq!(gaps.round_trip(now + MS * 20), MS * 40);
    }

    #[test]
    fn where_the_way_is_long_nothing_is_asked_for_until_that_may_have_changed() {
        let began = Instant::now();
        let mut gaps = stream(began, 0, 2, &[1]);
        let asked = began + PACKET * 2;
        assert_eq!(gaps.due(asked), [1]);
        assert_eq!(gaps.came(asked + MS * 200, 1), Came::Asked);
        let mut number = 3;
        let mut asks = |gaps: &mut Gaps, now: Instant| {
            gaps.came(now, number);
            gaps.came(now + PACKET * 2, number + 2);
            number += 3;
            gaps.due(now + PACKET * 2).len()
        };
        assert_eq!(asks(&mut gaps, asked + MS * 201), 0);
        assert!(asks(&mut gaps, asked + MS * 200 + BELIEVED) > 0);
    }

    #[test]
    fn what_is_missing_since_long_and_what_follows_a_silence_is_not_asked_for() {
        let began = Instant::now();
        let mut gaps = stream(began, 0, 3, &[]);
        // The last packet before a silence was lost.
        let after = began + Duration::from_secs(3);
        assert_eq!(gaps.came(after, 5), Came::Ordinarily);
        assert!(gaps.due(after).is_empty());
        // It came late by itself.
        let mut gaps = stream(began, 0, 3, &[2]);
        assert_eq!(gaps.came(began + PACKET * 3 + MS, 2), Came::Ordinarily);
        assert!(gaps.due(began + PACKET * 3 + MS * 2).is_empty());
    }

    #[test]
    fn whatever_comes_little_is_asked_for_and_little_is_remembered() {
        let now = Instant::now();
        let mut gaps = Gaps::default();
        gaps.came(now, 0);
        gaps.came(now + MS, 900);
        assert_eq!(gaps.due(now + MS).len(), MOST_ASKED);
        for step in 1..300_u16 {
            gaps.came(now + MS, step.wrapping_mul(701));
            assert!(gaps.missing.len() <= MOST_MISSING);
            assert!(gaps.due(now + MS).len() <= MOST_ASKED);
        }
        let mut gaps = stream(now, 0, 3, &[2]);
        gaps.came(now + PACKET * 4, 40_000);
        assert!(
            gaps.due(now + PACKET * 4).is_empty(),
            "a stream that began anew"
        );
    }

    #[test]
    fn nothing_is_asked_for_without_end() {
        let began = Instant::now();
        let mut gaps = stream(began, 0, 2, &[1]);
        let mut asks = 0;
        for ms in 0..1_000 {
            asks += gaps.due(began + PACKET * 2 + MS * ms).len();
        }
        assert!((2..=usize::from(MOST_ASKS)).contains(&asks), "{asks}");
        assert_eq!(gaps.next_due(), None);
    }
}
