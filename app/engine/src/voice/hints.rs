//! What whoever is silent is told in a call: that they speak and nobody hears them, and who speaks meanwhile. State machines
//! that are told the time.
//!
//! ```text
//! unheard   0.5 s of speech within a second -> shown; 4 s after the last speech, or at once when heard again -> gone
//! speakers  0.3 s of speech -> named; 2 s after the last -> named no more
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use dialtone_protocol::DeviceId;

/// Speech is counted over this long ...
const WINDOW: Duration = Duration::from_secs(1);
/// ... and so much of it is meant to be heard: a word to oneself is not.
const ENOUGH_MS: u64 = 500;
/// So long after the last speech the hint goes.
const STAYS: Duration = Duration::from_secs(4);
/// It comes again after this long at the earliest: whoever goes on knows.
const PAUSE: Duration = Duration::from_secs(20);
/// Somebody is named who speaks for so long: a cough is not speech.
const BEGINS: Duration = Duration::from_millis(300);
/// So long after the last speech they are named no more: pauses between words are shorter.
const ENDS: Duration = Duration::from_secs(2);

/// One speaks, and is muted.
#[derive(Debug, Default)]
pub(super) struct Unheard {
    /// When how much speech had been kept back.
    counts: VecDeque<(Instant, u64)>,
    spoke: Option<Instant>,
    shown: bool,
    went: Option<Instant>,
}

impl Unheard {
    /// So much speech was kept back until `now`, in ms, by a count that only the sound's restart sets back; `silent`: one's voice
    /// is not sent. Whether the hint has come or gone.
    pub(super) fn note(&mut self, now: Instant, kept_back_ms: u64, silent: bool) -> bool {
        let before = self.shown;
        if silent {
            self.count(now, kept_back_ms);
        } else {
            // Whoever mutes again may forget again.
            *self = Self::default();
        }
        self.shown != before
    }

    fn count(&mut self, now: Instant, kept_back_ms: u64) {
        let last = self.counts.back().map(|(_, count)| *count);
        if last.is_some_and(|last| kept_back_ms < last) {
            self.counts.clear();
        }
        if last.is_some_and(|last| kept_back_ms > last) {
            self.spoke = Some(now);
        }
        self.counts.push_back((now, kept_back_ms));
        self.counts.retain(|(at, _)| since(now, *at) <= WINDOW);
        let before = self.counts.front().map_or(kept_back_ms, |first| first.1);
        let is_enough = kept_back_ms - before >= ENOUGH_MS;
        let is_due = self.went.is_none_or(|at| since(now, at) >= PAUSE);
        if self.shown {
            self.shown = self.spoke.is_some_and(|at| since(now, at) < STAYS);
            self.went = (!self.shown).then_some(now);
        } else if is_enough && is_due {
            self.shown = true;
        }
    }

    /// Whether the hint is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.shown
    }
}

/// Somebody who speaks.
#[derive(Debug)]
struct Speaker {
    device: DeviceId,
    began: Instant,
    last: Instant,
    named: bool,
}

/// Who speaks while one is silent.
#[derive(Debug, Default)]
pub(super) struct Speakers(Vec<Speaker>);

impl Speakers {
    /// These speak just now; `silent`: one is to be told. Whether others are named than before.
    pub(super) fn note(
        &mut self,
        now: Instant,
        speaking: impl Iterator<Item = DeviceId>,
        silent: bool,
    ) -> bool {
        let before: Vec<DeviceId> = self.named().collect();
        if silent {
            for device in speaking {
                self.speaks(now, device);
            }
            self.0.retain(|one| {
                let limit = if one.named { ENDS } else { BEGINS };
                since(now, one.last) < limit
            });
        } else {
            self.0.clear();
        }
        !self.named().eq(before)
    }

    fn speaks(&mut self, now: Instant, device: DeviceId) {
        let Some(known) = self.0.iter_mut().find(|one| one.device == device) else {
            self.0.push(Speaker {
                device,
                began: now,
                last: now,
                named: false,
            });
            return;
        };
        known.last = now;
        known.named |= since(now, known.began) >= BEGINS;
    }

    /// Who is named, the one that began first before the others.
    pub(super) fn named(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let named = self.0.iter().filter(|one| one.named);
        named.map(|one| one.device)
    }
}

fn since(now: Instant, at: Instant) -> Duration {
    now.saturating_duration_since(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: u64 = 60;

    /// Asks every 60 ms for so many ms; `speaks` says whether one speaks at a moment. Gives when the hint came and went.
    fn changes(silent: impl Fn(u64) -> bool, speaks: impl Fn(u64) -> bool) -> Vec<(u64, bool)> {
        let (began, mut unheard) = (Instant::now(), Unheard::default());
        let (mut count, mut changes) = (0, Vec::new());
        for ms in (0..90_000).step_by(STEP as usize) {
            count += if speaks(ms) && silent(ms) { STEP } else { 0 };
            if unheard.note(began + Duration::from_millis(ms), count, silent(ms)) {
                changes.push((ms, unheard.is_shown()));
            }
        }
        changes
    }

    fn always(_: u64) -> bool {
        true
    }

    #[test]
    fn half_a_second_of_speech_is_told_until_some_seconds_after_it() {
        let told = changes(always, |ms| (10_000..13_000).contains(&ms));
        let [(came, true), (went, false)] = told[..] else {
            panic!("{told:?}");
        };
        assert!((10_400..=10_700).contains(&came), "{came}");
        assert!((16_900..=17_200).contains(&went), "{went}");
    }

    #[test]
    fn a_word_now_and_then_is_nothing() {
        // 0.4 s in every two seconds.
        assert_eq!(changes(always, |ms| ms % 2_000 < 400), []);
    }

    #[test]
    fn it_goes_at_once_when_one_is_heard_and_comes_again_when_one_is_not() {
        let silent = |ms: u64| !(5_000..8_000).contains(&ms);
        let told = changes(silent, |ms| ms >= 2_000);
        let shown: Vec<bool> = told.iter().map(|one| one.1).collect();
        assert_eq!(shown, [true, false, true]);
        assert!((5_000..5_100).contains(&told[1].0), "{told:?}");
        assert!((8_400..8_700).contains(&told[2].0), "{told:?}");
    }

    #[test]
    fn it_comes_once_in_a_while_and_does_not_flicker() {
        // Sentences of two seconds, six seconds apart: the hint would come and go with each.
        let told = changes(always, |ms| ms % 8_000 < 2_000);
        let came: Vec<u64> = told.iter().filter(|one| one.1).map(|one| one.0).collect();
        assert!(came.len() >= 3, "{told:?}");
        assert!(
            came.windows(2).all(|pair| pair[1] - pair[0] >= 20_000),
            "{told:?}"
        );
        // Whoever goes on speaking sees it all the time.
        assert_eq!(changes(always, |ms| ms % 5_000 < 2_000).len(), 1);
    }

    #[test]
    fn a_count_that_begins_anew_is_no_speech() {
        let (began, mut unheard) = (Instant::now(), Unheard::default());
        let at = |ms| began + Duration::from_millis(ms);
        assert!(!unheard.note(at(0), 90_000, true));
        assert!(!unheard.note(at(60), 0, true));
        assert!(!unheard.note(at(120), 100, true));
        // One look after a long time without any says nothing of when it was.
        assert!(!unheard.note(at(60_000), 5_000, true));
    }

    const ANNA: DeviceId = DeviceId([1; 32]);
    const BEN: DeviceId = DeviceId([2; 32]);

    /// Asks every 60 ms until `to`; gives who is named then, and how often that changed.
    fn named(to: u64, speaks: impl Fn(u64, DeviceId) -> bool) -> (Vec<DeviceId>, usize) {
        let (began, mut speakers, mut changed) = (Instant::now(), Speakers::default(), 0);
        for ms in (0..=to).step_by(STEP as usize) {
            let now = began + Duration::from_millis(ms);
            let speaking = [ANNA, BEN].into_iter().filter(|one| speaks(ms, *one));
            changed += usize::from(speakers.note(now, speaking, true));
        }
        (speakers.named().collect(), changed)
    }

    #[test]
    fn who_speaks_is_named_in_order_and_through_the_pauses() {
        let talk = |ms: u64, device| match device {
            BEN => ms >= 1_000 && ms % 1_500 < 700,
            _ => (3_000..5_000).contains(&ms),
        };
        assert_eq!(named(900, talk), (vec![], 0));
        assert_eq!(named(4_000, talk), (vec![BEN, ANNA], 2));
        assert_eq!(named(12_000, talk), (vec![BEN], 3));
    }

    #[test]
    fn a_cough_names_nobody_and_whoever_hears_again_is_told_nothing() {
        assert_eq!(named(9_000, |ms, _| ms % 1_000 < 200), (vec![], 0));
        let (began, mut speakers) = (Instant::now(), Speakers::default());
        let at = |ms| began + Duration::from_millis(ms);
        for ms in [0, 200, 400] {
            speakers.note(at(ms), [ANNA].into_iter(), true);
        }
        assert_eq!(speakers.named().count(), 1);
        assert!(speakers.note(at(500), [ANNA].into_iter(), false));
        assert_eq!(speakers.named().count(), 0);
    }
}
