//! How well the pretended talkers are heard.

use std::sync::Arc;

use dialtone_engine::snapshot::{Community, Path, Quality, Reading};
use dialtone_engine::voice::judge;

use super::community::{JO, MIKAEL, account};

/// Of the talker with this number.
pub(super) fn of(number: u8) -> Option<Arc<Quality>> {
    match number {
        MIKAEL => Some(quality(240, Path::Direct, |_| steady(24.0))),
        JO => Some(quality(
            Quality::LONGEST,
            Path::DirectThroughNat,
            |second| uneven(second, (150..190).contains(&second)),
        )),
        _ => None,
    }
}

/// Jo is heard over a bad network by now.
pub(super) fn poor_call(community: &mut Community) {
    let jo = quality(Quality::LONGEST, Path::Relay, |second| {
        uneven(second, (150..190).contains(&second) || second >= 285)
    });
    if let Some(call) = &mut community.call {
        call.verdict = jo.verdict.clone();
        "relayed".clone_into(&mut call.path);
    }
    for channel in &mut community.channels {
        for talker in &mut Arc::make_mut(channel).talkers {
            if talker.account == account(JO) {
                talker.quality = Some(Arc::clone(&jo));
            }
        }
    }
}

fn steady(round_trip: f32) -> Reading {
    Reading {
        round_trip_ms: Some(round_trip),
        loss_percent: Some(0.0),
        repaired_percent: Some(0.0),
        concealed_percent: Some(0.0),
        ..Reading::default()
    }
}

fn uneven(second: usize, bad: bool) -> Reading {
    let wave = (second as f32 / 11.0).sin();
    let share = |percent| Some(if bad { percent } else { 0.0 });
    Reading {
        // For a while nothing was measured.
        round_trip_ms: (!(60..80).contains(&second)).then_some(96.0 + 22.0 * wave),
        loss_percent: share(12.0),
        repaired_percent: share(10.0),
        concealed_percent: share(2.0),
        ..Reading::default()
    }
}

fn quality(seconds: usize, path: Path, reading: impl Fn(usize) -> Reading) -> Arc<Quality> {
    let full = |second| {
        let reading: Reading = reading(second);
        Reading {
            path: Some(path),
            jitter_ms: Some(6.0),
            bitrate_kbps: Some(33.0),
            delay_ms: reading.round_trip_ms.map(|ms| ms / 2.0 + 34.0),
            ..reading
        }
    };
    let history: Vec<Reading> = (0..seconds).map(full).collect();
    let now = history.last().copied().unwrap_or_default();
    Arc::new(Quality {
        now,
        verdict: judge(&now),
        history,
    })
}
