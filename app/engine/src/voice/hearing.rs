//! How well people hear each other: what one loses of others' voices is reported to them, and what they lose of one's own
//! decides how it is encoded.
//!
//! ```text
//! jitter buffers -> Other::observed -> Reports::due -> sealed signal -> the talkers
//! listeners      -> sealed signal -> Other::reported -> hardest -> the encoder's tune
//! ```

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use dialtone_audio::ObservedLoss;
use dialtone_protocol::StreamId;
use dialtone_protocol::content::HeardStream;

/// Reports are at least this far apart.
const PAUSE: Duration = Duration::from_secs(1);
/// While anything is lost, a report is repeated after this long: an earlier one may have been lost with a connection.
const AGAIN: Duration = Duration::from_secs(5);
/// A report that was not repeated for so long counts no more.
pub(crate) const FORGOTTEN: Duration = Duration::from_secs(15);
/// A share that has changed by less than this, in thousandths, is no news.
const NEWS: u16 = 15;

/// When what one loses of others is reported to them.
#[derive(Debug, Default)]
pub struct Reports {
    at: Option<Instant>,
    last: Vec<HeardStream>,
}

impl Reports {
    /// What to report now of the streams that one hears, if a report is due. It counts as made.
    pub fn due(
        &mut self,
        now: Instant,
        heard: impl Iterator<Item = (StreamId, ObservedLoss)>,
    ) -> Option<Vec<HeardStream>> {
        let since = self.at.map(|at| now.saturating_duration_since(at));
        if since.is_some_and(|since| since < PAUSE) {
            return None;
        }
        let mut heard: Vec<HeardStream> =
            heard.map(|(stream, loss)| to_wire(stream, loss)).collect();
        // Of more than fit, those of whom most is lost.
        heard.sort_by_key(|stream| Reverse(stream.lost_permille));
        heard.truncate(HeardStream::MOST);
        let is_clean = heard.iter().all(|stream| stream.lost_permille == 0);
        let is_old = !is_clean && since.is_none_or(|since| since >= AGAIN);
        if !is_old && !heard.iter().any(|stream| self.is_news(stream)) {
            return None;
        }
        self.at = Some(now);
        self.last.clone_from(&heard);
        Some(heard)
    }

    /// Whether it says something else than what was reported last. Of whom nothing was reported, nothing was lost.
    fn is_news(&self, now: &HeardStream) -> bool {
        let before = self.last.iter().find(|known| known.stream == now.stream);
        let Some(before) = before else {
            return now.lost_permille > 0;
        };
        let ended = (before.lost_permille == 0) != (now.lost_permille == 0);
        let moved = before.lost_permille.abs_diff(now.lost_permille) >= NEWS;
        let kind = |stream: &HeardStream| from_wire(stream).kind();
        ended || moved || kind(before) != kind(now)
    }
}

/// Of several reports on one voice, the one that is hardest to answer: the voice is encoded once, for all.
pub(crate) fn hardest(reports: impl Iterator<Item = ObservedLoss>) -> ObservedLoss {
    reports.fold(ObservedLoss::NONE, |worst, report| {
        if report.share > worst.share {
            report
        } else {
            worst
        }
    })
}

/// What is reported of a stream.
pub(crate) fn to_wire(stream: StreamId, loss: ObservedLoss) -> HeardStream {
    // What is no number becomes 0.
    HeardStream {
        stream,
        lost_permille: (loss.share * 1_000.0).round().clamp(0.0, 1_000.0) as u16,
        burst_tenths: (loss.mean_burst * 10.0).round().clamp(0.0, 10_000.0) as u16,
    }
}

/// What a report says. Whatever another device writes there, it is within bounds afterwards.
pub(crate) fn from_wire(stream: &HeardStream) -> ObservedLoss {
    ObservedLoss {
        share: f32::from(stream.lost_permille.min(1_000)) / 1_000.0,
        mean_burst: f32::from(stream.burst_tenths) / 10.0,
    }
}

#[cfg(test)]
mod tests {
    use dialtone_audio::LossKind;

    use super::*;

    const ONE: StreamId = StreamId([1; 16]);
    const TWO: StreamId = StreamId([2; 16]);

    fn loss(share: f32, mean_burst: f32) -> ObservedLoss {
        ObservedLoss { share, mean_burst }
    }

    /// Asks a hundred times a second; gives the ms at which a report was due.
    fn reported(
        reports: &mut Reports,
        ms: std::ops::Range<u64>,
        heard: impl Fn(u64) -> ObservedLoss,
    ) -> Vec<u64> {
        let began = Instant::now();
        let due = |at: &u64| {
            let now = began + Duration::from_millis(*at);
            let heard = [(ONE, heard(*at)), (TWO, ObservedLoss::NONE)];
            reports.due(now, heard.into_iter()).is_some()
        };
        ms.step_by(10).filter(due).collect()
    }

    #[test]
    fn where_nothing_is_lost_nothing_is_said() {
        let mut reports = Reports::default();
        assert!(reported(&mut reports, 0..60_000, |_| ObservedLoss::NONE).is_empty());
    }

    #[test]
    fn loss_is_reported_at_once_then_rarely_and_its_end_once() {
        let mut reports = Reports::default();
        let times = reported(&mut reports, 0..20_000, |ms| match ms {
            2_000..13_000 => loss(0.1, 1.1),
            _ => ObservedLoss::NONE,
        });
        assert_eq!(times, [2_000, 7_000, 12_000, 13_000]);
    }

    #[test]
    fn what_moves_is_reported_once_a_second_at_most() {
        let mut reports = Reports::default();
        let times = reported(&mut reports, 0..5_000, |ms| loss(ms as f32 / 5_000.0, 1.0));
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 1_000));
        assert_eq!(times.len(), 5);
        // Another kind of the same amount is news as well.
        let mut reports = Reports::default();
        let times = reported(&mut reports, 0..4_000, |ms| {
            loss(0.1, if ms < 2_000 { 1.1 } else { 4.0 })
        });
        assert_eq!(times, [0, 2_000]);
    }

    #[test]
    fn a_report_is_read_as_it_was_written_and_whatever_it_says_is_bounded() {
        let read = |loss| from_wire(&to_wire(ONE, loss));
        assert_eq!(read(loss(0.125, 3.5)), loss(0.125, 3.5));
        assert_eq!(read(loss(f32::NAN, f32::NAN)), ObservedLoss::NONE);
        assert_eq!(read(loss(7.0, 1e9)), loss(1.0, 1_000.0));
        let enemy = HeardStream {
            stream: ONE,
            lost_permille: u16::MAX,
            burst_tenths: u16::MAX,
        };
        assert!(from_wire(&enemy).share <= 1.0);
    }

    #[test]
    fn of_a_hundred_talkers_those_are_reported_of_whom_most_is_lost() {
        let heard = (0..100_u8).map(|number| {
            let share = if number >= 90 { 0.2 } else { 0.0 };
            (StreamId([number; 16]), loss(share, 1.0))
        });
        let reported = Reports::default().due(Instant::now(), heard).unwrap();
        assert_eq!(reported.len(), HeardStream::MOST);
        let lossy = reported.iter().filter(|stream| stream.lost_permille == 200);
        assert_eq!(lossy.count(), 10);
    }

    #[test]
    fn the_voice_is_encoded_for_whoever_hears_it_worst() {
        let reports = [loss(0.02, 1.0), loss(0.2, 4.0), ObservedLoss::NONE];
        let worst = hardest(reports.into_iter());
        assert_eq!(worst, loss(0.2, 4.0));
        assert_eq!(worst.kind(), LossKind::Bursty);
        assert_eq!(hardest([].into_iter()), ObservedLoss::NONE);
    }
}
