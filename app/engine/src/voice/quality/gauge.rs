//! One talker's numbers, once a second, from counters that grow.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_audio::downlink::JitterStats;

use super::judge;
use crate::snapshot::{Path, Quality, Reading};

/// Between two readings.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);
/// So many readings are taken together for what is so now: a word that changes each second helps nobody.
const NOW: usize = 10;

/// What is known of a talker at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// Which way the voice comes, if one carries.
    pub path: Option<Path>,
    /// There and back on it.
    pub round_trip: Option<Duration>,
    /// The talker's number in the sound engine, and what the jitter buffer counts.
    pub jitter: Option<(u64, JitterStats)>,
    /// From the mix to one's ear, in ms.
    pub playback_ms: Option<f32>,
}

/// One talker's numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gauge {
    /// When the last reading was taken, and what was counted by then.
    last: Option<(Instant, Option<(u64, JitterStats)>)>,
    view: Arc<Quality>,
}

impl Gauge {
    /// Takes a reading, if it is time to; `true` if it was.
    pub(crate) fn note(&mut self, now: Instant, seen: &Seen) -> bool {
        let Some((at, before)) = self.last else {
            // Counters tell nothing before they have grown.
            self.last = Some((now, seen.jitter));
            return false;
        };
        let passed = now.saturating_duration_since(at);
        if passed < PAUSE {
            return false;
        }
        self.last = Some((now, seen.jitter));
        let view = Arc::make_mut(&mut self.view);
        // Whoever slept has read nothing meanwhile.
        let missed = (passed.as_secs() as usize - 1).min(Quality::LONGEST);
        let nothing = std::iter::repeat_n(Reading::default(), missed);
        view.history.extend(nothing);
        view.history.push(read(passed, before, seen));
        let surplus = view.history.len().saturating_sub(Quality::LONGEST);
        view.history.drain(..surplus);
        view.now = mean(&view.history);
        view.verdict = judge(&view.now);
        true
    }

    /// Whether a reading was taken within the time that is kept.
    pub(crate) fn is_recent(&self, now: Instant) -> bool {
        let kept = PAUSE * Quality::LONGEST as u32;
        self.last
            .is_some_and(|(at, _)| now.saturating_duration_since(at) < kept)
    }

    /// All of it.
    pub(crate) fn view(&self) -> &Arc<Quality> {
        &self.view
    }
}

fn read(passed: Duration, before: Option<(u64, JitterStats)>, seen: &Seen) -> Reading {
    let round_trip_ms = seen.round_trip.map(|time| time.as_secs_f32() * 1_000.0);
    let mut reading = Reading {
        path: seen.path,
        round_trip_ms,
        ..Reading::default()
    };
    let Some((talker, now)) = seen.jitter else {
        return reading;
    };
    reading.jitter_ms = now.jitter_ms;
    if now.received > 0 {
        let ends = round_trip_ms.zip(seen.playback_ms);
        reading.delay_ms = ends.map(|(both, playback)| both / 2.0 + now.delay_ms + playback);
    }
    // Whoever came again is counted from the beginning.
    let before = before.filter(|(known, _)| *known == talker);
    let Some((_, before)) = before else {
        return reading;
    };
    let grown = |count: fn(&JitterStats) -> u64| count(&now).saturating_sub(count(&before)) as f32;
    let longer = |time: fn(&JitterStats) -> f64| (time(&now) - time(&before)).max(0.0);
    let resent = grown(|stats| stats.resent);
    let lost = grown(|stats| stats.lost) + resent;
    let came = grown(|stats| stats.received) - grown(|stats| stats.late + stats.duplicate) - resent;
    reading.loss_percent = percent(f64::from(lost), f64::from(lost + came.max(0.0)));
    let speech = longer(|stats| stats.speech_ms);
    reading.repaired_percent = percent(longer(|stats| stats.restored_ms), speech);
    reading.concealed_percent = percent(longer(|stats| stats.filled_ms), speech);
    let bytes = grown(|stats| stats.received_bytes);
    if bytes > 0.0 {
        reading.bitrate_kbps = Some(bytes * 8.0 / 1_000.0 / passed.as_secs_f32());
    }
    reading
}

/// The share in percent; none of nothing.
fn percent(part: f64, whole: f64) -> Option<f32> {
    (whole > 0.0).then(|| (part * 100.0 / whole).min(100.0) as f32)
}

/// What the last readings say together. What none of them knows is not known.
fn mean(history: &[Reading]) -> Reading {
    let last = &history[history.len().saturating_sub(NOW)..];
    let of = |number: fn(&Reading) -> Option<f32>| {
        let known: Vec<f32> = last.iter().filter_map(number).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f32>() / known.len() as f32)
    };
    Reading {
        path: last.last().and_then(|reading| reading.path),
        round_trip_ms: of(|reading| reading.round_trip_ms),
        jitter_ms: of(|reading| reading.jitter_ms),
        loss_percent: of(|reading| reading.loss_percent),
        repaired_percent: of(|reading| reading.repaired_percent),
        concealed_percent: of(|reading| reading.concealed_percent),
        bitrate_kbps: of(|reading| reading.bitrate_kbps),
        delay_ms: of(|reading| reading.delay_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Grade;

    fn after(began: Instant, ms: u64) -> Instant {
        began + Duration::from_millis(ms)
    }

    /// Counters after so many packets of 20 ms and 80 bytes, of which these were lost, and these of them restored.
    fn counted(packets: u64, lost: u64, restored: u64) -> JitterStats {
        JitterStats {
            received: packets - lost,
            received_bytes: (packets - lost) * 80,
            lost,
            speech_ms: packets as f64 * 20.0,
            restored_ms: restored as f64 * 20.0,
            filled_ms: (lost - restored) as f64 * 20.0,
            delay_ms: 20.0,
            jitter_ms: Some(6.0),
            ..JitterStats::default()
        }
    }

    fn seen(stats: JitterStats) -> Seen {
        Seen {
            path: Some(Path::Direct),
            round_trip: Some(Duration::from_millis(30)),
            jitter: Some((1, stats)),
            playback_ms: Some(15.0),
        }
    }

    #[test]
    fn a_second_is_what_was_counted_in_it() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        assert!(!gauge.note(began, &seen(counted(1_000, 500, 0))));
        assert!(!gauge.note(after(began, 999), &seen(counted(1_049, 500, 0))));
        assert!(gauge.note(after(began, 1_000), &seen(counted(1_050, 505, 4))));
        let [reading] = gauge.view().history[..] else {
            panic!("{:?}", gauge.view());
        };
        let wanted = Reading {
            path: Some(Path::Direct),
            round_trip_ms: Some(30.0),
            jitter_ms: Some(6.0),
            loss_percent: Some(10.0),
            repaired_percent: Some(8.0),
            concealed_percent: Some(2.0),
            bitrate_kbps: Some(45.0 * 80.0 * 8.0 / 1_000.0),
            delay_ms: Some(50.0),
        };
        assert_eq!(reading, wanted);
        assert_eq!(gauge.view().now, wanted);
        assert_eq!(gauge.view().verdict.grade, Grade::Good);
    }

    #[test]
    fn what_was_sent_again_was_lost_and_is_repaired() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        gauge.note(began, &seen(counted(1_000, 0, 0)));
        let resent = JitterStats {
            resent: 5,
            restored_ms: 100.0,
            ..counted(1_050, 0, 0)
        };
        gauge.note(after(began, 1_000), &seen(resent));
        let now = gauge.view().now;
        assert_eq!(now.loss_percent, Some(10.0));
        assert_eq!(now.repaired_percent, Some(10.0));
        assert_eq!(now.concealed_percent, Some(0.0));
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        gauge.note(began, &Seen::default());
        gauge.note(after(began, 1_000), &Seen::default());
        assert_eq!(gauge.view().now, Reading::default());
        // Nobody speaks: what would be lost is not known.
        let quiet = seen(JitterStats::default());
        gauge.note(after(began, 2_000), &quiet);
        gauge.note(after(began, 3_000), &quiet);
        let last = gauge.view().history.last().unwrap();
        assert_eq!(last.round_trip_ms, Some(30.0));
        assert_eq!((last.loss_percent, last.concealed_percent), (None, None));
        assert_eq!((last.bitrate_kbps, last.delay_ms), (None, None));
    }

    #[test]
    fn who_comes_again_is_counted_anew() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        gauge.note(began, &seen(counted(1_000, 500, 0)));
        let again = Seen {
            jitter: Some((2, counted(40, 0, 0))),
            ..seen(counted(0, 0, 0))
        };
        gauge.note(after(began, 1_000), &again);
        assert_eq!(gauge.view().now.loss_percent, None);
        let again = Seen {
            jitter: Some((2, counted(90, 0, 0))),
            ..again
        };
        gauge.note(after(began, 2_000), &again);
        assert_eq!(gauge.view().now.loss_percent, Some(0.0));
    }

    #[test]
    fn five_minutes_are_kept_and_time_that_was_slept_through_is_empty() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        for second in 0..400 {
            let now = after(began, second * 1_000);
            gauge.note(now, &seen(counted(second * 50, 0, 0)));
        }
        assert_eq!(gauge.view().history.len(), Quality::LONGEST);
        gauge.note(after(began, 410_000), &seen(counted(20_500, 0, 0)));
        let history = &gauge.view().history;
        assert_eq!(history.len(), Quality::LONGEST);
        assert_eq!(history[Quality::LONGEST - 2], Reading::default());
        assert_eq!(history[Quality::LONGEST - 1].path, Some(Path::Direct));
        assert!(gauge.is_recent(after(began, 700_000)));
        assert!(!gauge.is_recent(after(began, 711_000)));
        // A month of sleep costs no more than five minutes.
        gauge.note(after(began, 2_600_000_000), &Seen::default());
        assert_eq!(gauge.view().history.len(), Quality::LONGEST);
    }

    #[test]
    fn the_word_is_that_of_the_last_seconds() {
        let (began, mut gauge) = (Instant::now(), Gauge::default());
        let (mut packets, mut lost) = (0, 0);
        let mut grades = Vec::new();
        for second in 0..40 {
            packets += 50;
            lost += if (10..20).contains(&second) { 10 } else { 0 };
            let now = after(began, second * 1_000);
            gauge.note(now, &seen(counted(packets, lost, 0)));
            grades.push(gauge.view().verdict.grade);
        }
        assert_eq!(grades[9], Grade::Good);
        assert_eq!(grades[19], Grade::Poor);
        assert_eq!(grades[39], Grade::Good);
        assert!(gauge.view().history[15].loss_percent.unwrap() > 19.0);
    }
}
