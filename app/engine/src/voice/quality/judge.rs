//! From numbers to a plain word, and why. Pure.
//!
//! | | fair | poor | from |
//! |---|---|---|---|
//! | delay | > 150 ms | > 400 ms | ITU-T G.114: up to 150 ms one way is fine for most uses, more than 400 ms is not to be planned for |
//! | speech that is missing | > 4 % | > 8 % | ITU-T G.107 with concealment (G.113: Bpl 25.1): R falls below 80, below 70 (G.109: satisfied, some dissatisfied) |
//! | packets lost, though repaired | > 10 % | - | repair costs delay and bit rate, and the next worse moment is not repaired |
//! | jitter | > 50 ms | - | ITU-T Y.1541, classes 0 and 1. What is too late for the buffer counts as missing speech |

use crate::snapshot::{Grade, Reading, Verdict};
use dialtone_words::say;

/// One way, in ms.
const DELAY_MS: (f32, f32) = (150.0, 400.0);
/// Of the speech, in percent.
const MISSING_PERCENT: (f32, f32) = (4.0, 8.0);
/// Of the packets, in percent.
const LOST_PERCENT: f32 = 10.0;
/// In ms.
const JITTER_MS: f32 = 50.0;
/// A jitter buffer that waits for longer than the way takes is the reason for the delay.
const UNEVEN_DELAY: f32 = 2.0;

/// The word for these numbers, and why it is not a better one. Of several reasons that are equally bad, the one that is heard most.
pub fn judge(reading: &Reading) -> Verdict {
    let known = |number: Option<f32>| number.filter(|number| number.is_finite());
    let concealed = known(reading.concealed_percent);
    let lost = known(reading.loss_percent);
    let delay = known(reading.delay_ms);
    let jitter = known(reading.jitter_ms);
    // Where it is not known what became of what was lost, it is missing.
    let missing = concealed.or(lost);
    let found = [
        missing.map(|percent| {
            (
                grade(percent, MISSING_PERCENT),
                missing_words(percent, lost),
            )
        }),
        delay.map(|ms| (grade(ms, DELAY_MS), delay_words(ms, reading))),
        lost.map(|percent| (fair_above(percent, LOST_PERCENT), lost_words(percent, true))),
        jitter.map(|ms| (fair_above(ms, JITTER_MS), uneven_words(ms))),
    ];
    let found: Vec<(Grade, String)> = found.into_iter().flatten().collect();
    let worst = found.iter().map(|(grade, _)| *grade).max();
    let is_known = worst.is_some() || known(reading.round_trip_ms).is_some();
    let grade = match worst {
        Some(worst) => worst,
        None if is_known => Grade::Good,
        None => Grade::Unknown,
    };
    let mut reasons = found.into_iter().filter(|(reason, _)| *reason == grade);
    let why = reasons.next().filter(|_| grade > Grade::Good);
    Verdict {
        grade,
        why: why.map(|(_, words)| words),
    }
}

fn grade(number: f32, (fair, poor): (f32, f32)) -> Grade {
    if number > poor {
        Grade::Poor
    } else {
        fair_above(number, fair)
    }
}

fn fair_above(number: f32, fair: f32) -> Grade {
    if number > fair {
        Grade::Fair
    } else {
        Grade::Good
    }
}

/// Packets that were lost, or that came too late.
fn missing_words(missing: f32, lost: Option<f32>) -> String {
    match lost {
        Some(lost) if lost >= missing / 2.0 => lost_words(lost, false),
        _ => say!("call-uneven-missing", missing = format!("{missing:.0}")),
    }
}

fn lost_words(lost: f32, repaired: bool) -> String {
    let lost = format!("{lost:.0}");
    if repaired {
        say!("call-lost-repaired", lost = lost)
    } else {
        say!("call-lost", lost = lost)
    }
}

fn delay_words(delay: f32, reading: &Reading) -> String {
    let way = reading.round_trip_ms.map(|ms| ms / 2.0);
    let uneven = reading.jitter_ms.filter(|jitter| *jitter > JITTER_MS);
    match uneven {
        Some(jitter) if way.is_none_or(|way| jitter > way * UNEVEN_DELAY) => uneven_words(jitter),
        _ => say!("call-way-takes", delay = format!("{delay:.0}")),
    }
}

fn uneven_words(jitter: f32) -> String {
    say!("call-uneven-late", jitter = format!("{jitter:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(change: impl FnOnce(&mut Reading)) -> (Grade, String) {
        let mut reading = Reading {
            round_trip_ms: Some(20.0),
            jitter_ms: Some(5.0),
            loss_percent: Some(0.0),
            repaired_percent: Some(0.0),
            concealed_percent: Some(0.0),
            delay_ms: Some(40.0),
            ..Reading::default()
        };
        change(&mut reading);
        let verdict = judge(&reading);
        (verdict.grade, verdict.why.unwrap_or_default())
    }

    #[test]
    fn nothing_known_is_no_word_and_a_round_trip_alone_is_one() {
        let unknown = judge(&Reading::default());
        assert_eq!(unknown, Verdict::default());
        assert_eq!(unknown.grade, Grade::Unknown);
        let reading = Reading {
            round_trip_ms: Some(20.0),
            ..Reading::default()
        };
        assert_eq!(judge(&reading).grade, Grade::Good);
        assert_eq!(judge(&reading).why, None);
        let nonsense = Reading {
            delay_ms: Some(f32::NAN),
            loss_percent: Some(f32::INFINITY),
            ..Reading::default()
        };
        assert_eq!(judge(&nonsense).grade, Grade::Unknown);
    }

    #[test]
    fn the_delay_is_judged_at_its_bounds() {
        let delay = |ms| of(|reading| reading.delay_ms = Some(ms));
        assert_eq!(delay(150.0).0, Grade::Good);
        assert_eq!(delay(151.0), (Grade::Fair, "the way takes 151 ms".into()));
        assert_eq!(delay(400.0).0, Grade::Fair);
        assert_eq!(delay(401.0), (Grade::Poor, "the way takes 401 ms".into()));
    }

    #[test]
    fn missing_speech_is_judged_at_its_bounds() {
        let missing = |percent: f32| {
            of(|reading| {
                reading.concealed_percent = Some(percent);
                reading.loss_percent = Some(percent + 1.0);
            })
        };
        assert_eq!(missing(4.0).0, Grade::Good);
        let fair = (Grade::Fair, "5 % of the packets are lost".into());
        assert_eq!(missing(4.2), fair);
        assert_eq!(missing(8.0).0, Grade::Fair);
        let poor = (Grade::Poor, "13 % of the packets are lost".into());
        assert_eq!(missing(12.0), poor);
    }

    #[test]
    fn loss_that_is_repaired_is_fair_at_worst() {
        let lost = |percent| of(|reading| reading.loss_percent = Some(percent));
        assert_eq!(lost(10.0).0, Grade::Good);
        let words = "12 % of the packets are lost, though most are repaired";
        assert_eq!(lost(12.0), (Grade::Fair, words.into()));
        assert_eq!(lost(60.0).0, Grade::Fair);
    }

    #[test]
    fn loss_whose_end_is_not_known_is_missing_speech() {
        let lost = |percent| {
            of(|reading| {
                reading.concealed_percent = None;
                reading.loss_percent = Some(percent);
            })
        };
        assert_eq!(lost(4.0).0, Grade::Good);
        let words = "9 % of the packets are lost";
        assert_eq!(lost(9.0), (Grade::Poor, words.into()));
    }

    #[test]
    fn what_comes_unevenly_is_said_so() {
        let jitter = |ms| of(|reading| reading.jitter_ms = Some(ms));
        assert_eq!(jitter(50.0).0, Grade::Good);
        let words = "the sound comes unevenly, up to 60 ms late";
        assert_eq!(jitter(60.0), (Grade::Fair, words.into()));
        // Too late for the buffer, so that it is missing.
        let late = of(|reading| reading.concealed_percent = Some(9.0));
        let words = "the sound comes unevenly, and 9 % of it is missing";
        assert_eq!(late, (Grade::Poor, words.into()));
        // The buffer has to wait for so long that this is the delay.
        let deep = of(|reading| {
            reading.jitter_ms = Some(200.0);
            reading.delay_ms = Some(230.0);
        });
        let words = "the sound comes unevenly, up to 200 ms late";
        assert_eq!(deep, (Grade::Fair, words.into()));
    }

    #[test]
    fn the_worst_is_what_is_said() {
        let both = of(|reading| {
            reading.delay_ms = Some(500.0);
            reading.loss_percent = Some(6.0);
            reading.concealed_percent = Some(6.0);
        });
        assert_eq!(both, (Grade::Poor, "the way takes 500 ms".into()));
    }

    /// The E-model (ITU-T G.107), with nothing else wrong: rating of a share of random loss that is concealed (G.113 appendix I).
    #[test]
    fn the_bounds_of_missing_speech_are_where_the_e_model_has_its_steps() {
        let rating = |percent: f32| 93.2 - 95.0 * percent / (percent + 25.1);
        assert!((rating(MISSING_PERCENT.0) - 80.0).abs() < 0.5);
        assert!((rating(MISSING_PERCENT.1) - 70.0).abs() < 0.5);
    }
}
