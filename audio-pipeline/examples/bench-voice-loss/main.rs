//! What a receiver hears of speech after a network that loses packets; real sender, feedback, jitter buffer and decoder.
//!
//! ```text
//! bench-voice-loss SPEECH.wav HEARD.wav [SETTING=VALUE ...]     one run in virtual time; the last line is JSON
//!     mode=dialtone|retransmit|fec|plain  kbps=32  loss=none|random-10|burst-20|trace-wifi|trace-mobile  seed=1  lead=6
//!
//! speech -> Packetizer (Opus) -> network -> Talker (buffer, decoder, time correction) -> HEARD.wav
//!               ^---- what the receiver observed, once a second, one way later ----'
//!               ^---- what is missing, at once, where packets are sent again ---------'
//! ```
//!
//! Only what follows after `lead` seconds is written and counted: by then the call has been going on. HEARD.wav begins when that
//! is said, so that it is as late as the whole way.

mod again;
#[path = "../../src/dice.rs"]
mod dice;
mod network;
mod play;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use dialtone_audio::backend::WavRecorder;
use dialtone_audio::frame::SAMPLE_RATE;
use network::Network;
use play::{Mode, Run, play};

/// Reads a recording at 48 kHz, one channel of 16 bits.
fn read(path: &str) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut file = hound::WavReader::open(path)?;
    let spec = file.spec();
    if (spec.channels, spec.bits_per_sample, spec.sample_rate) != (1, 16, SAMPLE_RATE) {
        return Err(format!("{path}: one channel of 16 bits at 48 kHz is wanted").into());
    }
    let samples: Result<Vec<f32>, _> = file
        .samples::<i16>()
        .map(|sample| sample.map(|value| f32::from(value) / 32_768.0))
        .collect();
    Ok(samples?)
}

fn run(settings: &BTreeMap<&str, &str>) -> Result<Run, Box<dyn Error>> {
    let get = |name: &str, usual: &'static str| settings.get(name).copied().unwrap_or(usual);
    let mode = get("mode", "dialtone");
    let loss = get("loss", "none");
    Ok(Run {
        mode: Mode::from_name(mode).ok_or_else(|| format!("no mode {mode}"))?,
        bitrate: get("kbps", "32").parse::<u32>()? * 1_000,
        network: Network::from_name(loss).ok_or_else(|| format!("no network {loss}"))?,
        seed: get("seed", "1").parse()?,
        lead_s: get("lead", "6").parse()?,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [speech, heard, settings @ ..] = given.as_slice() else {
        return Err("SPEECH.wav and HEARD.wav are wanted".into());
    };
    let settings: Option<BTreeMap<&str, &str>> =
        settings.iter().map(|word| word.split_once('=')).collect();
    let run = run(&settings.ok_or("a setting is NAME=VALUE")?)?;
    let played = play(&run, &read(speech)?)?;
    let heard = Path::new(heard);
    WavRecorder::create(heard)?.finish(&played.heard, heard)?;
    let stats = played.stats;
    println!(
        "{{\"measured_kbps\":{:.2},\"delay_ms\":{:.1},\"lost\":{},\"resent\":{},\"parity_recovered\":{},\"fec_recovered\":{},\"deep_restored\":{},\"concealed_ms\":{:.0},\"shrunk_ms\":{:.0},\"stretched_ms\":{:.0},\"target_ms\":{:.1},\"observed_share\":{:.3},\"observed_burst\":{:.2}}}",
        played.kbps,
        played.delay_ms,
        stats.lost,
        stats.resent,
        stats.parity_recovered,
        stats.fec_recovered,
        stats.deep_restored,
        stats.concealed_ms,
        stats.shrunk_ms,
        stats.stretched_ms,
        stats.target_ms,
        stats.observed.share,
        stats.observed.mean_burst
    );
    Ok(())
}
