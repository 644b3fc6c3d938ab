//! How late packets come that were lost and sent again, and whether it pays to wait for them.
//!
//! One packet now and then is invented; where more are lost, all sound is delayed until most of those that are sent again are here. To
//! begin and to end that is heard, so that between the two shares nothing changes.

/// Memory of the share, in packets: 8 s of 20 ms packets.
const MEMORY: f32 = 400.0;
/// From this share on they are waited for, and down to this one.
const BEGIN: f32 = 0.0095;
const END: f32 = 0.003;
/// How many are looked back on.
const WINDOW: usize = 32;
/// Which of them shall be there in time, in percent: the rest had to be sent again once more.
const SHARE: usize = 95;
/// The wait is longer than that by this much, in microseconds, and becomes shorter only by more than this much.
const MARGIN: i64 = 5_000;
const LESS: i64 = 30_000;
/// Later than this they are not waited for, in microseconds.
const LONGEST: i64 = 150_000;

/// The packets of one talker that were sent again. Nothing is allocated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Resends {
    share: f32,
    waits: bool,
    late: [i64; WINDOW],
    count: usize,
    wait: i64,
}

impl Resends {
    /// A packet came that was not lost.
    pub(super) fn ordinary(&mut self) {
        self.note(0.0);
    }

    /// One came that was, so many microseconds later than the fastest; `false` if it is too late to wait for its like.
    pub(super) fn came(&mut self, lateness: i64) -> bool {
        if lateness > LONGEST {
            return false;
        }
        self.late[self.count % WINDOW] = lateness.max(0);
        self.count += 1;
        self.note(1.0);
        let known = self.count.min(WINDOW);
        let mut late = self.late;
        let (_, wait, _) = late[..known].select_nth_unstable((known - 1) * SHARE / 100);
        let wait = *wait + MARGIN;
        if wait > self.wait || wait < self.wait - LESS {
            self.wait = wait;
        }
        true
    }

    fn note(&mut self, resent: f32) {
        self.share += (resent - self.share) / MEMORY;
        self.waits = self.share > if self.waits { END } else { BEGIN };
    }

    /// How much later than the fastest packet sound is to be played for their sake, in ms.
    pub(super) fn wait_ms(&self) -> Option<f32> {
        self.waits.then_some(self.wait as f32 / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of `each` packets is sent again, `late` ms later.
    fn packets(resends: &mut Resends, count: usize, each: usize, late: impl Fn(usize) -> i64) {
        for index in 1..=count {
            if index % each == 0 {
                resends.came(late(index / each) * 1_000);
            } else {
                resends.ordinary();
            }
        }
    }

    #[test]
    fn where_many_are_sent_again_most_are_waited_for() {
        let mut resends = Resends::default();
        packets(&mut resends, 30, 10, |_| 62);
        assert_eq!(resends.wait_ms(), None, "three may be chance");
        packets(
            &mut resends,
            470,
            10,
            |index| if index == 40 { 120 } else { 62 },
        );
        assert_eq!(resends.wait_ms(), Some(67.0));
        // Steady, though one and the other takes a little longer or less long.
        packets(&mut resends, 470, 10, |index| 45 + (index % 5) as i64 * 4);
        assert_eq!(resends.wait_ms(), Some(67.0));
        packets(&mut resends, 300, 100, |_| 62);
        assert!(resends.wait_ms().is_some());
        packets(&mut resends, 1_500, 2_000, |_| 62);
        assert_eq!(resends.wait_ms(), None);
    }

    #[test]
    fn one_now_and_then_and_those_that_are_far_too_late_are_not_waited_for() {
        let mut resends = Resends::default();
        packets(&mut resends, 5_000, 250, |_| 62);
        assert_eq!(resends.wait_ms(), None);
        let mut resends = Resends::default();
        packets(&mut resends, 1_000, 10, |_| 151);
        assert_eq!(resends.wait_ms(), None);
    }
}
