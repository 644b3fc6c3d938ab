//! A recording as it arrives at others.

use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use crate::chain::{ChainError, ChainSpec, StageMeter, StageMeters};
use crate::codec::{CodecError, EncoderConfig, MAX_PACKET_SAMPLES, OpusDecoder, SpeechDecoder};
use crate::frame::{BLOCK_SAMPLES, Block};
use crate::link::{OutgoingPacket, PacketSender, PlainSealer};
use crate::node::Registry;
use crate::uplink::{Packetizer, TalkControl, TalkMode, Uplink, UplinkReport};

/// A recording could not be checked.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The chain is wrong.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The codec refused.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// There is nothing to check.
    #[error("the recording is shorter than a second; record for longer")]
    TooShort,
    /// The chain has no such stage.
    #[error("the chain \"{chain}\" has no stage \"{stage}\"; it has {stages}")]
    NoStage {
        /// The chain.
        chain: String,
        /// What was asked for.
        stage: String,
        /// What there is, with commas.
        stages: String,
    },
}

/// How a recording arrives.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What others hear, lined up with the recording: 48 kHz, as long as it. Silent where nothing is sent.
    pub sound: Vec<f32>,
    /// Which share of the time was sent, 0 to 1.
    pub sent: f32,
    /// Payload while sending, in bits a second.
    pub bitrate: f32,
    /// Each stage: its loudest block before and after, its delay and cost.
    pub stages: Vec<StageMeter>,
}

type Packets = Vec<(u32, Vec<u8>)>;

/// Keeps the packets that would travel.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Packets>>);

impl PacketSender for Wire {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let kept = (packet.header.timestamp, packet.payload.to_vec());
        let mut packets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        packets.push(kept);
    }
}

/// An uplink that is opened by voice, and what it sends.
struct Bench {
    uplink: Uplink,
    wire: Wire,
}

impl Bench {
    fn new(
        chain: &ChainSpec,
        registry: &Registry,
        encoder: &EncoderConfig,
    ) -> Result<Self, CheckError> {
        let wire = Wire::default();
        let packetizer = Packetizer::new(encoder, Box::new(PlainSealer), Box::new(wire.clone()))?;
        let talk = TalkControl {
            mode: TalkMode::VoiceActivity,
            pressed: false,
            muted: false,
            transmit: true,
        };
        let chain = Box::new(chain.compile(registry)?);
        let uplink = Uplink::new(chain, talk, packetizer);
        Ok(Self { uplink, wire })
    }

    fn run(&mut self, samples: &[f32]) -> UplinkReport {
        let mut block = Block::silence();
        block.samples[..samples.len()].copy_from_slice(samples);
        self.uplink.process(&mut block)
    }
}

/// What the gate of this chain sees in each block of a recording.
pub(super) fn reports(
    recording: &[f32],
    chain: &ChainSpec,
    registry: &Registry,
) -> Result<Vec<UplinkReport>, CheckError> {
    let mut bench = Bench::new(chain, registry, &EncoderConfig::default())?;
    let blocks = recording.chunks(BLOCK_SAMPLES);
    Ok(blocks.map(|samples| bench.run(samples)).collect())
}

/// Sends a recording (48 kHz, mono, at least a second) through a chain and the encoder, and decodes what is sent. Nothing is
/// lost on the way and nothing is heard from a loudspeaker meanwhile.
///
/// # Errors
/// A recording that is too short, a chain or an encoder that cannot be.
pub fn hear(
    recording: &[f32],
    chain: &ChainSpec,
    registry: &Registry,
    encoder: &EncoderConfig,
) -> Result<Heard, CheckError> {
    if recording.len() < crate::frame::SAMPLE_RATE as usize {
        return Err(CheckError::TooShort);
    }
    let mut bench = Bench::new(chain, registry, encoder)?;
    let delay = bench.uplink.chain_delay_samples() + bench.uplink.packetizer.delay_samples().1;
    // Silence after it, so that its end comes out of the chain.
    let mut padded = recording.to_vec();
    padded.resize(recording.len() + delay + encoder.packet.samples(), 0.0);
    for samples in padded.chunks(BLOCK_SAMPLES) {
        bench.run(samples);
    }
    let mut meters = StageMeters::default();
    bench.uplink.read_meters(&mut meters);
    let packets = bench.wire.0.lock();
    let packets = packets.unwrap_or_else(PoisonError::into_inner);
    let sound = decode(&packets, padded.len() + MAX_PACKET_SAMPLES)?;
    let sent_samples = packets.len() * encoder.packet.samples();
    let bytes: usize = packets.iter().map(|(_, payload)| payload.len()).sum();
    Ok(Heard {
        sound: sound[delay..delay + recording.len()].to_vec(),
        sent: (sent_samples as f32 / recording.len() as f32).min(1.0),
        bitrate: bytes as f32 * 8.0 * crate::frame::SAMPLE_RATE as f32 / sent_samples.max(1) as f32,
        stages: meters.iter().copied().collect(),
    })
}

/// The packets' sound, each at its place in time.
fn decode(packets: &Packets, length: usize) -> Result<Vec<f32>, CodecError> {
    let mut decoder = OpusDecoder::new()?;
    let mut sound = vec![0.0; length];
    let mut piece = vec![0.0; MAX_PACKET_SAMPLES];
    for (timestamp, payload) in packets {
        let count = decoder.decode(payload, &mut piece)?;
        let place = sound.get_mut(*timestamp as usize..).unwrap_or_default();
        for (sample, made) in place.iter_mut().zip(&piece[..count]) {
            *sample = *made;
        }
    }
    Ok(sound)
}

/// The same chain with one stage left out.
///
/// # Errors
/// There is no such stage.
pub fn without(chain: &ChainSpec, stage: &str) -> Result<ChainSpec, CheckError> {
    let ids = chain.ids();
    let Some(index) = ids.iter().position(|id| id == stage) else {
        return Err(CheckError::NoStage {
            chain: chain.name.clone(),
            stage: stage.to_owned(),
            stages: ids.join(", "),
        });
    };
    let mut chain = chain.clone();
    chain.stages[index].enabled = false;
    Ok(chain)
}
