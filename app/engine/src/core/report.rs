//! The voice, written to standard error once a second where that is wanted: for machines without a window, and for finding mistakes.

use std::fmt::Write as _;
use std::io::Write as _;

use dialtone_audio::Meters;

use super::Core;
use crate::ptt::PushState;

/// Writes what the settings want.
pub(super) fn to_standard_error(core: &Core) {
    let debug = core.settings.debug;
    let Some(meters) = core.audio.meters() else {
        return write("voice: nothing runs; join a call");
    };
    if debug.voice_meter {
        write(&meter(&meters));
    }
    if debug.voice_debug {
        write(&counters(&meters, &core.push.view()));
    }
}

/// Whoever closed it does not want to read it.
fn write(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Quieter than this is nothing on the bar, in dBFS.
const QUIETEST_DBFS: f32 = -60.0;
/// The bar's width in characters.
const WIDTH: usize = 30;

/// `voice: [#########     |        ] -34.2 dBFS, threshold -45.0, sent`
fn meter(meters: &Meters) -> String {
    let place = |dbfs: f32| {
        let share = (dbfs - QUIETEST_DBFS) / -QUIETEST_DBFS;
        (share.clamp(0.0, 1.0) * WIDTH as f32) as usize
    };
    let (level, line) = (place(meters.gate_dbfs), meters.threshold_dbfs.map(place));
    let bar: String = (0..WIDTH)
        .map(|at| match at {
            at if line == Some(at) => '|',
            at if at < level => '#',
            _ => ' ',
        })
        .collect();
    let threshold = meters
        .threshold_dbfs
        .map_or_else(String::new, |dbfs| format!(", threshold {dbfs:.1}"));
    let sent = if meters.sending { "sent" } else { "not sent" };
    let level = meters.gate_dbfs;
    format!("voice: [{bar}] {level:.1} dBFS{threshold}, {sent}")
}

fn counters(meters: &Meters, push: &PushState) -> String {
    let delays = &meters.delays;
    let mut line = format!(
        "voice: input {:.1} dBFS, speech {}, gate {}, key {}, {} packets sent, {} failed, {} unknown, {} overruns, {} underruns, \
         longest turn {} us",
        meters.input_dbfs,
        meters
            .speech
            .map_or_else(|| "-".to_owned(), |speech| format!("{speech:.2}")),
        if meters.voice_open { "open" } else { "closed" },
        if push.held { "held" } else { "up" },
        meters.packets_sent,
        meters.packets_failed,
        meters.unknown_packets,
        meters.capture_overruns,
        meters.playback_underruns,
        meters.longest_turn_us,
    );
    let _ = write!(
        line,
        "; ms: capture {:.1}, chain {:.1}, packet {:.1}, encoder {:.1}, jitter {:.1}, mix {:.1}, ring {:.1}, playback {:.1}",
        delays.capture_ms,
        delays.chain_ms,
        delays.packet_ms,
        delays.encoder_ms,
        delays.jitter_ms,
        delays.mix_ms,
        delays.ring_ms,
        delays.playback_ms,
    );
    for (way, stages) in [("", &meters.stages), ("mix ", &meters.downlink_stages)] {
        for stage in stages {
            let failed = if stage.failed { ", failed" } else { "" };
            let _ = write!(
                line,
                "; {way}{}: {:.1} to {:.1} dBFS, {} samples, {:.0} us{failed}",
                stage.id, stage.input_dbfs, stage.output_dbfs, stage.latency_samples, stage.cpu_us,
            );
        }
    }
    for (index, talker) in meters.talkers.iter().enumerate() {
        let speaking = if talker.speaking { " speaks" } else { "" };
        let level = talker.level_dbfs;
        let _ = write!(line, "; talker {}: {level:.1} dBFS{speaking}", index + 1);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meter_is_a_bar_with_a_line() {
        let meters = Meters {
            gate_dbfs: -30.0,
            threshold_dbfs: Some(-20.0),
            sending: true,
            ..Meters::default()
        };
        assert_eq!(
            meter(&meters),
            "voice: [###############     |         ] -30.0 dBFS, threshold -20.0, sent"
        );
        let broken = Meters {
            gate_dbfs: f32::NAN,
            ..Meters::default()
        };
        assert!(meter(&broken).contains("not sent"));
    }

    #[test]
    fn the_counters_are_one_line() {
        let line = counters(&Meters::default(), &PushState::default());
        assert!(line.contains("key up, 0 packets sent") && !line.contains('\n'));
    }
}
