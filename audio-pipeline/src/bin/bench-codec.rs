//! What the codec costs, how far its redundancy reaches, and how speech sounds after loss; alone, without a network.
//!
//! ```text
//! bench-codec costs FILE.wav ...                rates, reach and times; the last line is JSON
//! bench-codec render OUT SETTINGS FILE.wav ...  writes OUT/FILE.wav as a receiver hears it, at 48 kHz
//!     SETTINGS, each with its default: bitrate=32000 vbr=0 expect=0 fec=0 dred=0 wide=0 effort=1
//!                                      lost=0 burst=0 ahead=3 seed=1
//! ```
//!
//! `lost` is in percent; `burst` is the mean number of packets lost one after the other by a Gilbert-Elliott model
//! (two states, everything lost in one of them), 0 for losses that do not depend on each other; `ahead` is how many
//! later packets the receiver has when it plays one; `effort` counts the steps of `DecoderEffort`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use dialtone_audio::backend::WavRecorder;
use dialtone_audio::codec::{
    Bandwidth, DecoderEffort, Encoder, EncoderConfig, EncoderTune, MAX_PACKET_BYTES, OpusDecoder,
    Reach, SpeechDecoder,
};
use dialtone_audio::rt::FromDevice;

/// A packet of 20 ms.
const PACKET: usize = 960;

type Failure = Box<dyn Error>;

/// The recording at 48 kHz, mono, as whole packets.
fn read(path: &str) -> Result<Vec<f32>, Failure> {
    let mut file = hound::WavReader::open(path)?;
    let spec = file.spec();
    if spec.channels != 1 || spec.bits_per_sample != 16 {
        return Err(format!("{path}: one channel of 16 bits is wanted").into());
    }
    let samples: Vec<f32> = file
        .samples::<i16>()
        .map(|sample| sample.map(|value| f32::from(value) / 32_768.0))
        .collect::<Result<_, _>>()?;
    let mut from = FromDevice::new(spec.sample_rate, PACKET)?;
    let (mut rest, mut sound) = (samples.as_slice(), Vec::new());
    while let Some((piece, after)) = rest.split_at_checked(from.needs()) {
        let mut made = [0.0; PACKET];
        from.convert(piece, &mut made);
        sound.extend_from_slice(&made);
        rest = after;
    }
    Ok(sound)
}

fn encode(config: &EncoderConfig, sound: &[f32]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut encoder = Encoder::new(config)?;
    let mut bytes = [0; MAX_PACKET_BYTES];
    let mut packets = Vec::new();
    for piece in sound.chunks_exact(PACKET) {
        let length = encoder.encode(piece, &mut bytes)?;
        packets.push(bytes[..length].to_vec());
    }
    Ok(packets)
}

/// Mean payload rate in bits a second.
fn rate(packets: &[Vec<u8>]) -> f64 {
    let bytes: usize = packets.iter().map(Vec::len).sum();
    bytes as f64 * 8.0 * 50.0 / packets.len().max(1) as f64
}

/// A random source that gives the same numbers each time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Which packets arrive.
fn network(packets: usize, settings: &BTreeMap<String, f64>) -> Vec<bool> {
    let (lost, burst) = (settings["lost"] / 100.0, settings["burst"]);
    let mut dice = Dice((settings["seed"] as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..16 {
        dice.throw();
    }
    let mut bad = false;
    (0..packets)
        .map(|_| {
            if burst > 0.0 {
                let leave = 1.0 / burst;
                let enter = lost / (1.0 - lost) * leave;
                bad = dice.throw() < if bad { 1.0 - leave } else { enter };
                !bad
            } else {
                dice.throw() >= lost
            }
        })
        .collect()
}

/// What a receiver hears that plays each packet when `ahead` later ones may be there.
fn receive(
    packets: &[Vec<u8>],
    arrives: &[bool],
    ahead: usize,
    effort: DecoderEffort,
) -> Result<Vec<f32>, Failure> {
    let mut decoder = OpusDecoder::with_effort(effort)?;
    let mut heard = vec![0.0; packets.len() * PACKET];
    let mut read: Option<(usize, Reach)> = None;
    for (index, output) in heard.chunks_exact_mut(PACKET).enumerate() {
        if arrives[index] {
            decoder.decode(&packets[index], output)?;
            continue;
        }
        let later = (index + 1..packets.len().min(index + 1 + ahead)).find(|&at| arrives[at]);
        let Some(later) = later else {
            decoder.conceal(output)?;
            continue;
        };
        if later == index + 1 && decoder.can_restore(&packets[later]) {
            decoder.restore(&packets[later], output)?;
            continue;
        }
        let reach = match read {
            Some((at, reach)) if at == later => reach,
            _ => decoder.reach_of(&packets[later])?,
        };
        read = Some((later, reach));
        let offset = (later - index) * PACKET;
        if reach.holds(offset) {
            decoder.restore_from(offset, output)?;
        } else {
            decoder.conceal(output)?;
        }
    }
    Ok(heard)
}

fn settings(words: &[&str]) -> Result<BTreeMap<String, f64>, Failure> {
    let mut found: BTreeMap<String, f64> = [
        ("bitrate", 32_000.0),
        ("vbr", 0.0),
        ("expect", 0.0),
        ("fec", 0.0),
        ("dred", 0.0),
        ("wide", 0.0),
        ("effort", 1.0),
        ("lost", 0.0),
        ("burst", 0.0),
        ("ahead", 3.0),
        ("seed", 1.0),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for word in words {
        let (name, value) = word.split_once('=').ok_or("a setting is NAME=VALUE")?;
        let place = found.get_mut(name).ok_or_else(|| format!("no {name}"))?;
        *place = value.parse()?;
    }
    Ok(found)
}

fn config(settings: &BTreeMap<String, f64>) -> EncoderConfig {
    EncoderConfig {
        bitrate: settings["bitrate"] as u32,
        constant_bitrate: settings["vbr"] == 0.0,
        fec: settings["fec"] != 0.0,
        dred_ms: settings["dred"] as u16,
        expected_loss_percent: settings["expect"] as u8,
        bandwidth: match settings["wide"] {
            0.0 => Bandwidth::Full,
            _ => Bandwidth::Wide,
        },
        ..EncoderConfig::default()
    }
}

fn render(folder: &str, words: &[&str], files: &[&str]) -> Result<(), Failure> {
    let settings = settings(words)?;
    let effort = match settings["effort"] as u8 {
        0 => DecoderEffort::Plain,
        1 => DecoderEffort::DeepConcealment,
        2 => DecoderEffort::Clearer,
        _ => DecoderEffort::Clearest,
    };
    std::fs::create_dir_all(folder)?;
    let mut all = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let packets = encode(&config(&settings), &read(file)?)?;
        let mut mine = settings.clone();
        *mine.entry("seed".to_owned()).or_default() += 1_000.0 * number as f64;
        let arrives = network(packets.len(), &mine);
        let heard = receive(&packets, &arrives, settings["ahead"] as usize, effort)?;
        let name = Path::new(file).file_name().ok_or("a file without a name")?;
        let out = Path::new(folder).join(name);
        WavRecorder::create(&out)?.finish(&heard, &out)?;
        all.extend(packets);
    }
    println!("{{\"payload_kbps\":{:.2}}}", rate(&all) / 1_000.0);
    Ok(())
}

fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values.get((last * share) as usize).copied().unwrap_or(0.0)
}

/// Microseconds of one call.
fn timed<T>(into: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let made = work();
    into.push(began.elapsed().as_nanos() as f64 / 1_000.0);
    made
}

/// Encodes with one setting; prints rate, reach and times, and gives them as JSON.
fn cost(name: &str, config: &EncoderConfig, sound: &[f32]) -> Result<String, Failure> {
    let mut times: [Vec<f64>; 7] = Default::default();
    let [
        encoding,
        decoding,
        reading,
        first,
        further,
        copying,
        inventing,
    ] = &mut times;
    let mut encoder = Encoder::new(config)?;
    let mut decoder = OpusDecoder::new()?;
    let (mut bytes, mut output) = ([0; MAX_PACKET_BYTES], [0.0; PACKET]);
    let (mut packets, mut reaches) = (Vec::new(), Vec::new());
    for (index, piece) in sound.chunks_exact(PACKET).enumerate() {
        let length = timed(encoding, || encoder.encode(piece, &mut bytes))?;
        let packet = &bytes[..length];
        packets.push(packet.to_vec());
        let reach = timed(reading, || decoder.reach_of(packet))?;
        reaches.push(reach.furthest as f64 / 48.0);
        // Every tenth packet counts as lost, so that the other ways are seen as well.
        if index % 10 != 9 {
            timed(decoding, || decoder.decode(packet, &mut output))?;
        } else if reach.holds(2 * PACKET) {
            timed(first, || decoder.restore_from(2 * PACKET, &mut output))?;
            timed(further, || decoder.restore_from(PACKET, &mut output))?;
        } else if decoder.can_restore(packet) {
            timed(copying, || decoder.restore(packet, &mut output))?;
        } else {
            timed(inventing, || decoder.conceal(&mut output))?;
        }
    }
    let kbps = rate(&packets) / 1_000.0;
    let names = [
        "encode", "decode", "read", "first", "further", "copy", "conceal",
    ];
    let mut line = format!("{name:<34} {kbps:6.2} kb/s, reach ms");
    let mut json = format!("\"{name}\":{{\"payload_kbps\":{kbps:.2}");
    for (share, label) in [(0.1, "p10"), (0.5, "p50"), (0.9, "p90")] {
        let ms = percentile(&mut reaches, share);
        write!(line, " {label} {ms:.0}")?;
        write!(json, ",\"reach_ms_{label}\":{ms:.1}")?;
    }
    line += "; us";
    for (name, times) in names.into_iter().zip(&mut times) {
        if !times.is_empty() {
            let middle = percentile(times, 0.5);
            write!(line, " {name} {middle:.0}")?;
            write!(json, ",\"{name}_us\":{middle:.1}")?;
        }
    }
    println!("{line}");
    Ok(json + "}")
}

fn costs(files: &[&str]) -> Result<(), Failure> {
    let mut sound = Vec::new();
    for file in files {
        sound.extend(read(file)?);
    }
    let mut lines = Vec::new();
    for bitrate in [24_000, 32_000, 48_000] {
        for constant_bitrate in [true, false] {
            for (fec, dred_ms, expected) in [
                (false, 0, 0),
                (true, 0, 10),
                (true, 0, 20),
                (false, 1_000, 0),
                (false, 1_000, 5),
                (false, 1_000, 10),
                (false, 1_000, 20),
                (true, 1_000, 20),
                (true, 1_000, 30),
            ] {
                let config = EncoderConfig {
                    bitrate,
                    constant_bitrate,
                    fec,
                    dred_ms,
                    expected_loss_percent: expected,
                    ..EncoderConfig::default()
                };
                let EncoderTune { bitrate, .. } = config.tune();
                let name = format!(
                    "{}k-{}{}{}-expect{expected}",
                    bitrate / 1_000,
                    if constant_bitrate { "cbr" } else { "vbr" },
                    if fec { "-fec" } else { "" },
                    if dred_ms > 0 { "-dred" } else { "" },
                );
                lines.push(cost(&name, &config, &sound)?);
            }
        }
    }
    println!("{{{}}}", lines.join(","));
    Ok(())
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["costs", files @ ..] if !files.is_empty() => costs(files),
        ["render", folder, rest @ ..] => {
            let (set, files): (Vec<&str>, Vec<&str>) = rest
                .iter()
                .partition(|word| word.contains('=') && !Path::new(word).exists());
            render(folder, &set, &files)
        }
        _ => Err("bench-codec costs FILE.wav ... | render OUT SETTINGS FILE.wav ...".into()),
    }
}
