//! A whole call on one clock: uplink, a network that may lose packets, downlink.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dialtone_audio::chain::ChainSpec;
use dialtone_audio::codec::EncoderConfig;
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig,
};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block};
use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::uplink::{Packetizer, TalkControl, TalkMode, Uplink};
use dialtone_audio::{OutgoingPacket, PacketHeader, PacketSender, PlainSealer, Registry, TalkerId};

/// Packets on their way, in the order in which they were sent.
pub(crate) type Wire = Arc<Mutex<Vec<(PacketHeader, Vec<u8>)>>>;

pub(crate) struct WireSender(pub(crate) Wire);

impl PacketSender for WireSender {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        self.0
            .lock()
            .unwrap()
            .push((packet.header, packet.payload.to_vec()));
    }
}

/// An uplink with this chain that sends by `mode`.
pub(crate) fn uplink(chain: &ChainSpec, mode: TalkMode, encoder: &EncoderConfig) -> (Uplink, Wire) {
    let wire = Wire::default();
    let sender = Box::new(WireSender(Arc::clone(&wire)));
    let packetizer = Packetizer::new(encoder, Box::new(PlainSealer), sender).unwrap();
    let chain = Box::new(chain.compile(&Registry::standard()).unwrap());
    let talk = TalkControl {
        mode,
        pressed: false,
        muted: false,
        transmit: true,
    };
    (Uplink::new(chain, talk, packetizer), wire)
}

/// Sends every sound through an uplink of its own, and gives what is heard of all of them together.
pub(crate) fn call(
    sounds: &[Vec<f32>],
    levelling: bool,
    encoder: &EncoderConfig,
    mut arrives: impl FnMut(&PacketHeader) -> bool,
) -> Vec<f32> {
    let epoch = Instant::now();
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    let mut senders = Vec::new();
    for index in 0..sounds.len() {
        let mut config = TalkerConfig::default();
        config.level.on = levelling;
        let talker = Talker::new(TalkerId(index as u64), &config).unwrap();
        assert!(mixer.add(Box::new(talker)).is_none());
        senders.push(uplink(&ChainSpec::bare(), TalkMode::Open, encoder));
    }
    let mut heard = Vec::new();
    let blocks = sounds.iter().map(Vec::len).max().unwrap_or(0) / BLOCK_SAMPLES;
    for index in 0..blocks {
        let now = epoch + Duration::from_millis(10 * index as u64 + 10);
        for (talker, (sound, (uplink, wire))) in sounds.iter().zip(&mut senders).enumerate() {
            let mut block = Block::silence();
            let begins = index * BLOCK_SAMPLES;
            if let Some(samples) = sound.get(begins..begins + BLOCK_SAMPLES) {
                block.samples.copy_from_slice(samples);
            }
            uplink.process(&mut block);
            for (header, payload) in wire.lock().unwrap().drain(..) {
                if arrives(&header) {
                    let talker = TalkerId(talker as u64);
                    let packet = ReceivedPacket::new(
                        talker,
                        now,
                        header.sequence,
                        header.timestamp,
                        &payload,
                    )
                    .unwrap();
                    mixer.push(&packet);
                }
            }
        }
        for index in 0..(BLOCK_SAMPLES / PLAYBACK_QUANTUM) as u32 {
            let mut piece = [0.0; PLAYBACK_QUANTUM];
            mixer.render(now + PLAYBACK_PERIOD * index, &mut piece);
            heard.extend(piece);
        }
    }
    heard
}

/// Something like a voice: harmonics of a gliding pitch that swell and pause like syllables.
pub(crate) fn speech(seconds: f64, pitch: f64) -> Vec<f32> {
    let mut phase = 0.0;
    (0..(seconds * 48_000.0) as usize)
        .map(|index| {
            let time = index as f64 / 48_000.0;
            phase += pitch * (1.0 + 0.1 * (time * 4.1).sin()) / 48_000.0;
            let syllable = (time * 2.3 * std::f64::consts::PI).sin().abs().powi(2);
            let tone: f64 = (1..12)
                .map(|n| (phase * f64::from(n) * std::f64::consts::TAU).sin() / f64::from(n))
                .sum();
            (0.12 * syllable * tone) as f32
        })
        .collect()
}

/// How alike both are (mean over half seconds, each at its best lag of 0 to 150 ms), and the median lag in samples.
pub(crate) fn correlate(sent: &[f32], heard: &[f32]) -> (f32, usize) {
    let windows = sent.len().min(heard.len()).saturating_sub(LAGS) / WINDOW;
    let found: Vec<(f32, usize)> = (0..windows)
        .map(|index| {
            best_lag(
                &sent[index * WINDOW..][..WINDOW],
                &heard[index * WINDOW..][..WINDOW + LAGS],
            )
        })
        .collect();
    let mut lags: Vec<usize> = found.iter().map(|(_, lag)| *lag).collect();
    lags.sort_unstable();
    let mean = found.iter().map(|(alike, _)| alike).sum::<f32>() / found.len() as f32;
    (mean, lags[lags.len() / 2])
}

const WINDOW: usize = 24_000;
const LAGS: usize = 7_200;

fn best_lag(sent: &[f32], heard: &[f32]) -> (f32, usize) {
    let power = |sound: &[f32]| sound.iter().map(|sample| sample * sample).sum::<f32>();
    let own = power(sent);
    (0..LAGS)
        .step_by(3)
        .map(|lag| {
            let part = &heard[lag..lag + WINDOW];
            let both: f32 = sent.iter().zip(part).map(|(a, b)| a * b).sum();
            (both / (own * power(part)).sqrt().max(1e-9), lag)
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .unwrap_or((0.0, 0))
}
