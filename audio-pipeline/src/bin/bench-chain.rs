//! A recording through a chain, as the voice thread would run it: what the benchmarks of sound measure with.
//!
//! ```text
//! bench-chain --stages                                      the registered stages, one a line
//! bench-chain [--chain FILE.toml] [--only NAME,..] [--far FAR.wav] [--sent] IN.wav OUT.wav
//! ```
//!
//! Files are 48 kHz mono. Without `--chain` it is the preset "Voice". `--only` takes these stages alone, in this order, with the
//! chain's settings where it has them; none at all leaves the sound as it comes from the microphone. `--far` is what the
//! loudspeaker played meanwhile. OUT is lined up with IN: the chain's delay is taken out. With `--sent` the sound goes on to
//! the encoder, and the last line says which samples of IN were sent.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use dialtone_audio::chain::FailedStage;
use dialtone_audio::codec::EncoderConfig;
use dialtone_audio::frame::{BLOCK_SAMPLES, Block, SAMPLE_RATE};
use dialtone_audio::uplink::{Packetizer, TalkControl, Uplink};
use dialtone_audio::{
    ChainSpec, OutgoingPacket, PacketSender, PlainSealer, Registry, StageSpec, TalkMode,
};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

struct Arguments {
    stages: bool,
    chain: Option<String>,
    only: Option<String>,
    far: Option<String>,
    sent: bool,
    files: Vec<String>,
}

impl Arguments {
    fn read(mut given: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self {
            stages: false,
            chain: None,
            only: None,
            far: None,
            sent: false,
            files: Vec::new(),
        };
        while let Some(word) = given.next() {
            let mut value = || given.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--stages" => arguments.stages = true,
                "--chain" => arguments.chain = Some(value()?),
                "--only" => arguments.only = Some(value()?),
                "--far" => arguments.far = Some(value()?),
                "--sent" => arguments.sent = true,
                _ if word.starts_with("--") => return Err(format!("there is no {word}").into()),
                _ => arguments.files.push(word),
            }
        }
        Ok(arguments)
    }

    fn spec(&self) -> Result<ChainSpec, Box<dyn Error>> {
        let mut spec = match &self.chain {
            Some(file) => ChainSpec::from_toml(&std::fs::read_to_string(file)?)?,
            None => ChainSpec::voice()?,
        };
        if let Some(only) = &self.only {
            let names = only.split(',').filter(|name| !name.is_empty());
            let mut stages = Vec::new();
            for name in names {
                let known = spec.stages.iter().find(|stage| stage.kind == name);
                stages.push(match known {
                    Some(stage) => stage.clone(),
                    None => by_default(name)?,
                });
            }
            spec.stages = stages;
        }
        spec.stages.retain(|stage| stage.enabled);
        Ok(spec)
    }
}

/// A stage that the chain has not, with its own defaults.
fn by_default(name: &str) -> Result<StageSpec, Box<dyn Error>> {
    let chain = ChainSpec::from_toml(&format!("name = \"One\"\n[[stage]]\ntype = \"{name}\""))?;
    chain
        .stages
        .into_iter()
        .next()
        .ok_or_else(|| "no stage".into())
}

fn read_wav(path: impl AsRef<Path>) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate) != (1, SAMPLE_RATE) {
        return Err("recordings must be 48 kHz mono".into());
    }
    let full = (1_u64 << (spec.bits_per_sample - 1)) as f32;
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => reader
            .samples::<i32>()
            .map(|sample| sample.map(|sample| sample as f32 / full))
            .collect(),
    };
    Ok(samples?)
}

fn write_wav(path: impl AsRef<Path>, samples: &[f32]) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut writer = WavWriter::create(path, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()
}

/// Notes which sound was handed to the network, in samples of the sender's clock.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<(u32, u32)>>>);

impl PacketSender for Sent {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let (from, to) = (
            packet.header.timestamp,
            packet.header.timestamp + packet.header.samples,
        );
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match spans.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => spans.push((from, to)),
        }
    }
}

/// What works on one block: the chain alone, or the whole uplink. Gives a stage that failed: past it the sound would be
/// measured untouched.
type Work = Box<dyn FnMut(&mut Block) -> Option<FailedStage>>;

/// The chain, its delay in samples, and what it sends.
fn prepare(spec: &ChainSpec, sending: bool) -> Result<(Work, usize, Sent), Box<dyn Error>> {
    let (mut chain, sent) = (spec.compile(&Registry::standard())?, Sent::default());
    let delay = chain.latency_samples();
    if !sending {
        let work = move |block: &mut Block| {
            chain.process(block);
            chain.take_failed()
        };
        return Ok((Box::new(work), delay, Sent::default()));
    }
    let talk = TalkControl {
        mode: TalkMode::VoiceActivity,
        pressed: false,
        muted: false,
        transmit: true,
    };
    let packetizer = Packetizer::new(
        &EncoderConfig::default(),
        Box::new(PlainSealer),
        Box::new(sent.clone()),
    )?;
    let mut uplink = Uplink::new(Box::new(chain), talk, packetizer);
    let work = move |block: &mut Block| {
        uplink.process(block);
        uplink.take_failed()
    };
    Ok((Box::new(work), delay, sent))
}

fn piece(sound: &[f32], index: usize) -> [f32; BLOCK_SAMPLES] {
    let mut piece = [0.0; BLOCK_SAMPLES];
    let rest = sound.get(index * BLOCK_SAMPLES..).unwrap_or_default();
    let count = rest.len().min(BLOCK_SAMPLES);
    piece[..count].copy_from_slice(&rest[..count]);
    piece
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let [input, output] = arguments.files.as_slice() else {
        return Err("two files are needed: what comes in, and where to write what goes out".into());
    };
    let spec = arguments.spec()?;
    let sound = read_wav(input)?;
    let far = arguments.far.as_ref().map(read_wav).transpose()?;
    let (mut work, delay, sent) = prepare(&spec, arguments.sent)?;
    let blocks = (sound.len() + delay).div_ceil(BLOCK_SAMPLES);
    let mut heard = Vec::with_capacity(blocks * BLOCK_SAMPLES);
    for index in 0..blocks {
        let mut block = Block::silence();
        block.samples = piece(&sound, index);
        if let Some(far) = &far {
            block.played.fill(|samples| {
                *samples = piece(far, index);
                true
            });
        }
        if let Some(failed) = work(&mut block) {
            return Err(format!("stage {} failed: {}", failed.id, failed.cause).into());
        }
        heard.extend_from_slice(&block.samples);
    }
    heard.drain(..delay);
    heard.truncate(sound.len());
    write_wav(output, &heard)?;
    let spans = sent.0.lock().unwrap_or_else(PoisonError::into_inner);
    let spans: Vec<String> = spans
        .iter()
        .map(|(from, to)| {
            let inside = |at: u32| (at as usize).saturating_sub(delay).min(sound.len());
            format!("[{},{}]", inside(*from), inside(*to))
        })
        .collect();
    let kinds: Vec<String> = spec
        .stages
        .iter()
        .map(|stage| format!("\"{}\"", stage.kind))
        .collect();
    println!(
        "{{\"stages\":[{}],\"delay_samples\":{delay},\"sent\":[{}]}}",
        kinds.join(","),
        spans.join(",")
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    if arguments.stages {
        for name in Registry::standard().names() {
            println!("{name}");
        }
        return Ok(());
    }
    run(&arguments)
}
