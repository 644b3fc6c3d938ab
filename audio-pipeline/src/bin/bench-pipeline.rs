//! What ten milliseconds of sound cost, stage by stage, on one core.
//!
//! ```text
//! bench-pipeline [--quick] [--json]      the last line is JSON, all figures are medians in microseconds
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dialtone_audio::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig,
};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block};
use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::rt::{FromDevice, ToDevice};
use dialtone_audio::uplink::{Packetizer, TalkControl, Uplink};
use dialtone_audio::{
    ChainSpec, OutgoingPacket, PacketHeader, PacketSender, PlainSealer, Registry, TalkMode,
    TalkerId,
};

type Packets = Arc<Mutex<Vec<(PacketHeader, Vec<u8>)>>>;

struct Collect(Packets);

impl PacketSender for Collect {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let mut packets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        packets.push((packet.header, packet.payload.to_vec()));
    }
}

/// Harmonics that swell and glide like a voice, with a little noise.
fn sound(blocks: usize) -> Vec<Block> {
    let (mut seed, mut phase) = (1_u32, 0.0_f32);
    let mut made = vec![Block::silence(); blocks];
    for (index, sample) in made
        .iter_mut()
        .flat_map(|block| &mut block.samples)
        .enumerate()
    {
        let time = index as f32 / 48_000.0;
        phase = (phase + 140.0 * (1.0 + 0.1 * (time * 4.0).sin()) / 48_000.0).fract();
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 8) as f32 / (1 << 24) as f32 - 0.5;
        let tone: f32 = (1..10_u8)
            .map(|n| (phase * f32::from(n) * std::f32::consts::TAU).sin() / f32::from(n))
            .sum();
        *sample = 0.1 * tone * (time * 7.0).sin().abs() + 0.01 * noise;
    }
    // The loudspeaker plays what was said 60 ms before: an echo canceller has something to do.
    let late: Vec<_> = made.iter().map(|block| block.samples).collect();
    for (block, played) in made.iter_mut().skip(6).zip(&late) {
        block.played.fill(|samples| {
            samples.copy_from_slice(played);
            true
        });
    }
    made
}

fn microseconds(since: Instant) -> f64 {
    since.elapsed().as_nanos() as f64 / 1_000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

fn mean_of_pairs(times: &[f64]) -> Vec<f64> {
    times
        .chunks_exact(2)
        .map(|pair| f64::midpoint(pair[0], pair[1]))
        .collect()
}

/// Each stage of the Voice chain alone, the conversion of a 44.1 kHz device, and the encoder.
fn stages(blocks: &[Block]) -> Result<BTreeMap<String, f64>, Box<dyn Error>> {
    let mut chain = ChainSpec::voice()?.compile(&Registry::standard())?;
    let names: Vec<_> = chain.stages().map(|(id, _)| id.to_string()).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut encoder = Encoder::new(&EncoderConfig::default())?;
    let (mut packet, mut bytes, mut encoding) = (Vec::new(), [0; MAX_PACKET_BYTES], Vec::new());
    let (mut from, mut to) = (
        FromDevice::new(44_100, BLOCK_SAMPLES)?,
        ToDevice::new(44_100, BLOCK_SAMPLES)?,
    );
    let mut room = vec![
        0.0;
        to.gives_at_most()
            .max(from.needs_at_most())
            .max(BLOCK_SAMPLES)
    ];
    let (mut resampling, mut back) = (Vec::new(), Vec::new());
    for block in blocks {
        let mut block = block.clone();
        for (index, times) in times.iter_mut().enumerate() {
            let began = Instant::now();
            chain.process_stage(index, &mut block);
            times.push(microseconds(began));
        }
        packet.extend_from_slice(&block.samples);
        if packet.len() == 2 * BLOCK_SAMPLES {
            let began = Instant::now();
            encoder.encode(&packet, &mut bytes)?;
            encoding.push(microseconds(began) / 2.0);
            packet.clear();
        }
        let began = Instant::now();
        to.convert(&block.samples, &mut room);
        back.push(microseconds(began));
        let mut piece = [0.0; BLOCK_SAMPLES];
        let began = Instant::now();
        from.convert(&room[..from.needs()], &mut piece);
        resampling.push(microseconds(began));
    }
    let mut found: BTreeMap<String, f64> = names
        .into_iter()
        .zip(times)
        .map(|(name, times)| (name, median(times)))
        .collect();
    found.insert("opus-encode".to_owned(), median(encoding));
    found.insert("resample-from-44100".to_owned(), median(resampling));
    found.insert("resample-to-44100".to_owned(), median(back));
    Ok(found)
}

/// A stage by itself, with its default settings.
fn alone(name: &str, blocks: &[Block]) -> Result<f64, Box<dyn Error>> {
    let text = format!("name = 'Alone'\n[[stage]]\ntype = '{name}'");
    let mut chain = ChainSpec::from_toml(&text)?.compile(&Registry::standard())?;
    let mut times = Vec::new();
    for block in blocks {
        let mut block = block.clone();
        let began = Instant::now();
        chain.process_stage(0, &mut block);
        times.push(microseconds(began));
    }
    Ok(median(times))
}

/// The whole uplink; gives its time for 10 ms and the packets.
fn uplink(blocks: &[Block]) -> Result<(f64, Packets), Box<dyn Error>> {
    let packets = Packets::default();
    let sender = Box::new(Collect(Arc::clone(&packets)));
    let packetizer = Packetizer::new(&EncoderConfig::default(), Box::new(PlainSealer), sender)?;
    let talk = TalkControl {
        mode: TalkMode::Open,
        pressed: false,
        muted: false,
        transmit: true,
    };
    let chain = ChainSpec::voice()?.compile(&Registry::standard())?;
    let mut uplink = Uplink::new(Box::new(chain), talk, packetizer);
    let mut times = Vec::new();
    for block in blocks {
        let mut block = block.clone();
        let began = Instant::now();
        uplink.process(&mut block);
        times.push(microseconds(began));
    }
    // A packet is encoded with every other block.
    Ok((median(mean_of_pairs(&times)), packets))
}

/// The whole downlink with one talker and with five; gives the time for 10 ms and talker, and that of the mix alone.
fn downlink(packets: &Packets) -> Result<(f64, f64), Box<dyn Error>> {
    let packets = packets.lock().unwrap_or_else(PoisonError::into_inner);
    let mut of = Vec::new();
    for talkers in [1_u64, 5] {
        let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
        for id in 0..talkers {
            mixer.add(Box::new(Talker::new(
                TalkerId(id),
                &TalkerConfig::default(),
            )?));
        }
        let (epoch, mut piece, mut times) = (Instant::now(), [0.0; PLAYBACK_QUANTUM], Vec::new());
        for (index, (header, payload)) in packets.iter().enumerate() {
            let now = epoch + Duration::from_millis(20 * index as u64);
            let began = Instant::now();
            for id in 0..talkers {
                let packet = ReceivedPacket::new(
                    TalkerId(id),
                    now,
                    header.sequence,
                    header.timestamp,
                    payload,
                )?;
                mixer.push(&packet);
            }
            for index in 0..(2 * BLOCK_SAMPLES / PLAYBACK_QUANTUM) as u32 {
                mixer.render(now + PLAYBACK_PERIOD * index, &mut piece);
            }
            times.push(microseconds(began) / 2.0);
        }
        of.push(median(times));
    }
    let each = (of[1] - of[0]) / 4.0;
    Ok((each, (of[0] - each).max(0.0)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let blocks = sound(if has("--quick") { 1_000 } else { 6_000 });
    let mut stages = stages(&blocks)?;
    // Not in the preset, but to be chosen instead of one that is.
    stages.insert(
        "denoise-strong".to_owned(),
        alone("denoise-strong", &blocks)?,
    );
    let (up, packets) = uplink(&blocks)?;
    let (down, mix) = downlink(&packets)?;
    stages.insert("downlink-talker".to_owned(), down);
    stages.insert("downlink-mix".to_owned(), mix);
    if !has("--json") {
        println!(
            "{} blocks of 10 ms, medians in microseconds for each 10 ms",
            blocks.len()
        );
        for (name, time) in &stages {
            println!("  {name:<22} {time:8.1}");
        }
        println!("  {:<22} {up:8.1}", "whole uplink");
        println!("  {:<22} {down:8.1}", "downlink, each talker");
    }
    let listed: Vec<String> = stages
        .iter()
        .map(|(name, time)| format!("\"{name}\":{time:.2}"))
        .collect();
    println!(
        "{{\"uplink_us_per_10ms\":{up:.1},\"downlink_us_per_10ms_per_talker\":{down:.1},\"stages_us\":{{{}}}}}",
        listed.join(",")
    );
    Ok(())
}
