//! What the jitter buffer costs and saves: delay against the smallest fixed one, concealment, stalls, an hour of drift.
//!
//! ```text
//! bench-jitter [--quick] [--json] SPEECH.wav     the last line is JSON; virtual time, the same figures each time
//!
//! speech -> Opus -> a network of known lateness -> Talker (buffer, decoder, time correction) -> found again in the speech
//! ```
//!
//! The delay is heard, not asked of the buffer: half a second of what came out is looked for in what went in. Zero is a packet that is
//! played at the moment when the fastest possible one arrives; the oracle counts from there too.

#[path = "../../dice.rs"]
mod dice;
mod heard;
mod network;
mod play;

use std::error::Error;

use dialtone_audio::downlink::PLAYBACK_PERIOD;

use heard::Original;
use network::{Shape, lateness, oracle_ms, stall};
use play::{Speech, play};

/// The jitter of the grid, in ms.
const GRID: [u32; 7] = [0, 20, 40, 80, 120, 160, 200];
/// Nothing is counted before: the buffer gets to know the network.
const SETTLE_S: f64 = 10.0;
/// The share of packets that the oracle lets come too late.
const SHARE: f64 = 0.01;
/// Difference between the clocks, in parts per million.
const DRIFT_PPM: f64 = 200.0;
/// A delay this close to what it was before the stall is back, in ms.
const CLOSE_MS: f32 = 20.0;

struct Effort {
    seeds: u64,
    seconds: usize,
    drift_minutes: usize,
}

const FULL: Effort = Effort {
    seeds: 3,
    seconds: 120,
    drift_minutes: 60,
};
const QUICK: Effort = Effort {
    seeds: 1,
    seconds: 60,
    drift_minutes: 12,
};

struct Row {
    shape: Shape,
    jitter_ms: u32,
    delay_ms: f64,
    oracle_ms: f64,
    concealed_percent: f64,
    late_percent: f64,
    said_ms: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// One number of JSON; what could not be measured is null.
fn number(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.2}")
    } else {
        "null".to_owned()
    }
}

fn grid(speech: &Speech, original: &Original, effort: &Effort) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for shape in [Shape::Even, Shape::Queue] {
        for jitter_ms in GRID {
            let mut runs = Vec::new();
            for seed in 0..effort.seeds {
                let late = lateness(shape, jitter_ms, effort.seconds * 50, seed);
                runs.push(one_run(speech, original, &late, effort.seconds as f64)?);
            }
            let of = |pick: fn(&[f64; 5]) -> f64| median(runs.iter().map(pick).collect());
            rows.push(Row {
                shape,
                jitter_ms,
                delay_ms: of(|run| run[0]),
                oracle_ms: of(|run| run[1]),
                concealed_percent: of(|run| run[2]),
                late_percent: of(|run| run[3]),
                said_ms: of(|run| run[4]),
            });
        }
    }
    Ok(rows)
}

/// Delay heard, oracle, concealed, late, delay as the buffer tells it; after settling.
fn one_run(
    speech: &Speech,
    original: &Original,
    late: &[i64],
    seconds: f64,
) -> Result<[f64; 5], Box<dyn Error>> {
    let played = play(speech, late, 0.0, &[SETTLE_S])?;
    let heard = original.delays(
        &played.heard,
        (SETTLE_S, seconds - 1.0),
        1.0,
        speech.expected_ms(),
    );
    let settled = late.get((SETTLE_S * 50.0) as usize..).unwrap_or_default();
    let (early, last) = (played.marks[0], played.marks[1]);
    let concealed = (last.concealed_ms - early.concealed_ms) / 10.0 / (seconds - SETTLE_S);
    let late_share = 100.0 * (last.late - early.late) as f64 / settled.len().max(1) as f64;
    let said: Vec<f64> = played.delays[(SETTLE_S * 200.0) as usize..]
        .iter()
        .map(|delay| f64::from(*delay))
        .collect();
    Ok([
        if heard.is_empty() {
            f64::NAN
        } else {
            mean(&heard)
        },
        oracle_ms(settled, SHARE),
        concealed,
        late_share,
        mean(&said),
    ])
}

/// Seconds from the end of a stall of one second until the delay is back for good: by median and at worst, over jitters
/// and seeds.
fn recovery(speech: &Speech, effort: &Effort) -> Result<(f64, f64), Box<dyn Error>> {
    let mut took = Vec::new();
    for jitter_ms in [0, 20, 60] {
        for seed in 0..effort.seeds + 2 {
            let mut late = lateness(Shape::Even, jitter_ms, 30 * 50, 100 + seed);
            // Not always at the same place of the speech.
            let begins = 15_000_000 + 370_000 * seed as i64;
            let ends = begins + 1_000_000;
            stall(&mut late, begins, ends);
            let played = play(speech, &late, 0.0, &[])?;
            let piece_us = PLAYBACK_PERIOD.as_micros() as i64;
            let at = |microseconds: i64| (microseconds / piece_us) as usize;
            let before = &played.delays[at(begins - 5_000_000)..at(begins)];
            let usual = before.iter().sum::<f32>() / before.len() as f32;
            let after = &played.delays[at(ends)..];
            let last = after.iter().rposition(|delay| *delay > usual + CLOSE_MS);
            took.push(last.map_or(0.0, |index| (index + 1) as f64 * piece_us as f64 / 1e6));
        }
    }
    let worst = took.iter().copied().fold(0.0, f64::max);
    Ok((median(took), worst))
}

/// By how many ms the delay grows in an hour with this drift, and the delay in the end.
fn drift(
    speech: &Speech,
    original: &Original,
    effort: &Effort,
    ppm: f64,
) -> Result<(f64, f64), Box<dyn Error>> {
    let seconds = effort.drift_minutes * 60;
    let late = lateness(Shape::Even, 20, seconds * 50, 200);
    let played = play(speech, &late, ppm, &[])?;
    // What was heard is laid out on the loudspeaker's clock; the windows are looked for on the sender's.
    let (mut at, mut delays) = (60.0, Vec::new());
    while at < seconds as f64 - 2.0 {
        let index = (at * 8_000.0 / (1.0 + ppm * 1e-6)).round() as usize;
        let apart = at * 8_000.0 - index as f64;
        let found = original.delay_ms(&played.heard, index, speech.expected_ms() - apart / 8.0);
        delays.extend(found.map(|delay| (at, delay)));
        at += 5.0;
    }
    let between = |from: f64, to: f64| {
        let part: Vec<f64> = delays
            .iter()
            .filter(|(at, _)| (from..to).contains(at))
            .map(|(_, delay)| *delay)
            .collect();
        mean(&part)
    };
    let length = seconds as f64;
    let span = length / 6.0;
    let (first, last) = (between(60.0, 60.0 + span), between(length - span, length));
    let apart_h = (length - 60.0 - span) / 3_600.0;
    Ok(((last - first) / apart_h, last))
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| given.iter().any(|argument| argument == wanted);
    let effort = if has("--quick") { QUICK } else { FULL };
    let file = given.iter().find(|word| !word.starts_with("--"));
    let speech = Speech::read(file.ok_or("which recording shall be said?")?)?;
    let original = Original::new(&speech.sound);
    let say = |text: String| {
        if !has("--json") {
            println!("{text}");
        }
    };
    say(format!(
        "delay on top of the fastest packet, heard in the sound; medians of {} runs of {} s, the first {SETTLE_S} s not counted",
        effort.seeds, effort.seconds
    ));
    say(
        "shape  jitter ms  delay ms  oracle ms  over ms  concealed %  late %  buffer says ms"
            .to_owned(),
    );
    let rows = grid(&speech, &original, &effort)?;
    for row in &rows {
        say(format!(
            "{:<6} {:>9} {:>9.1} {:>10.1} {:>8.1} {:>12.2} {:>7.2} {:>15.1}",
            row.shape.name(),
            row.jitter_ms,
            row.delay_ms,
            row.oracle_ms,
            row.delay_ms - row.oracle_ms,
            row.concealed_percent,
            row.late_percent,
            row.said_ms
        ));
    }
    let (recovery_s, recovery_worst_s) = recovery(&speech, &effort)?;
    say(format!(
        "after a stall of 1 s back within {CLOSE_MS} ms of before: median {recovery_s:.2} s, at worst {recovery_worst_s:.2} s"
    ));
    let mut growth = Vec::new();
    for ppm in [-DRIFT_PPM, DRIFT_PPM] {
        let (grows, last) = drift(&speech, &original, &effort, ppm)?;
        say(format!(
            "clocks {ppm:+.0} ppm apart for {} minutes, jitter 20 ms: the delay grows by {grows:+.2} ms an hour, in the end {last:.1} ms",
            effort.drift_minutes
        ));
        growth.push(grows);
    }
    let worst_growth = growth
        .iter()
        .copied()
        .max_by(|left, right| left.abs().total_cmp(&right.abs()))
        .unwrap_or(f64::NAN);
    let over = rows.iter().map(|row| row.delay_ms - row.oracle_ms);
    let most_over = over.fold(f64::MIN, f64::max);
    let concealed = rows.iter().map(|row| row.concealed_percent);
    let listed: Vec<String> = rows.iter().map(json).collect();
    println!(
        "{{\"rows\":[{}],\"recovery_s\":{},\"recovery_worst_s\":{},\"drift_growth_ms_per_h\":{},\"drift_minutes\":{},\"worst_over_oracle_ms\":{},\"worst_concealed_percent\":{}}}",
        listed.join(","),
        number(recovery_s),
        number(recovery_worst_s),
        number(worst_growth),
        effort.drift_minutes,
        number(most_over),
        number(concealed.fold(0.0, f64::max))
    );
    Ok(())
}

fn json(row: &Row) -> String {
    format!(
        "{{\"shape\":\"{}\",\"jitter_ms\":{},\"delay_ms\":{},\"oracle_delay_ms\":{},\"concealed_percent\":{},\"late_percent\":{},\"buffer_says_ms\":{}}}",
        row.shape.name(),
        row.jitter_ms,
        number(row.delay_ms),
        number(row.oracle_ms),
        number(row.concealed_percent),
        number(row.late_percent),
        number(row.said_ms)
    )
}
