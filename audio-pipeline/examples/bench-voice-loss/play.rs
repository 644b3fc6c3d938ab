//! A sender, a network and a talker at its end, in virtual time.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{DecoderEffort, EncoderConfig, ObservedLoss, OpusDecoder};
use dialtone_audio::downlink::{JitterStats, PLAYBACK_QUANTUM, Talker, TalkerConfig};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block, SAMPLE_RATE};
use dialtone_audio::link::{PacketHeader, ReceivedPacket};
use dialtone_audio::uplink::Packetizer;
use dialtone_audio::{OutgoingPacket, PacketSender, PlainSealer};

use super::again::Again;
use super::dice::Dice;
use super::network::{Network, PACKET_US, TRAVEL_US};

/// Samples of one packet: 20 ms.
const PACKET: usize = 960;
/// Time of one block, in microseconds.
const BLOCK_US: i64 = 10_000;
/// The receiver says what it observed so often, in microseconds.
const REPORT_US: i64 = 1_000_000;
/// Heard after the last packet was sent, in seconds: the whole way, and more.
const TAIL_S: f64 = 0.5;

/// Who sends and who hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The client: the sender follows what the receiver observes.
    Dialtone,
    /// The client, over a way that is short enough that lost packets are sent again.
    Retransmit,
    /// Copies in every packet, measured out for a loss of 10 %, whatever happens.
    Fec,
    /// No redundancy, and concealment without a neural network.
    Plain,
}

impl Mode {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "dialtone" => Some(Self::Dialtone),
            "retransmit" => Some(Self::Retransmit),
            "fec" => Some(Self::Fec),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }

    fn encoder(self, bitrate: u32) -> EncoderConfig {
        let usual = EncoderConfig {
            bitrate,
            ..EncoderConfig::default()
        };
        match self {
            Self::Dialtone | Self::Retransmit => usual,
            Self::Fec => EncoderConfig {
                fec: true,
                expected_loss_percent: 10,
                ..usual
            },
            Self::Plain => EncoderConfig {
                fec: false,
                ..usual
            },
        }
    }

    fn effort(self) -> DecoderEffort {
        match self {
            Self::Dialtone | Self::Retransmit => DecoderEffort::Clearest,
            Self::Fec => DecoderEffort::DeepConcealment,
            Self::Plain => DecoderEffort::Plain,
        }
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) mode: Mode,
    pub(crate) bitrate: u32,
    pub(crate) network: Network,
    pub(crate) seed: u64,
    /// Seconds that are not counted.
    pub(crate) lead_s: f64,
}

/// What came of it, of the part that counts.
pub(crate) struct Played {
    pub(crate) heard: Vec<f32>,
    /// Mean payload in kb/s.
    pub(crate) kbps: f64,
    /// Mean delay of the buffer on top of the fastest packet, in ms.
    pub(crate) delay_ms: f64,
    /// Of the whole run.
    pub(crate) stats: JitterStats,
}

/// Takes packets from the packetizer.
struct Outlet(SyncSender<(PacketHeader, Vec<u8>)>);

impl PacketSender for Outlet {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        // Two blocks at most are pushed before somebody looks.
        let _ = self.0.try_send((packet.header, packet.payload.to_vec()));
    }
}

/// A packet under way, and when it arrives, in microseconds.
pub(crate) struct UnderWay {
    pub(crate) arrives: i64,
    pub(crate) header: PacketHeader,
    pub(crate) payload: Vec<u8>,
}

struct Sender<'a> {
    packetizer: Packetizer,
    outlet: Receiver<(PacketHeader, Vec<u8>)>,
    blocks: std::slice::ChunksExact<'a, f32>,
    /// When the next block has been said, in microseconds.
    next_us: i64,
    arrivals: Vec<Option<i64>>,
    under_way: Vec<UnderWay>,
    counted_from: usize,
    bytes: usize,
    again: Option<Again>,
}

impl<'a> Sender<'a> {
    fn new(
        run: &Run,
        sound: &'a [f32],
        epoch: Instant,
        dice: &mut Dice,
    ) -> Result<Self, Box<dyn Error>> {
        let (inlet, outlet) = sync_channel(4);
        let config = run.mode.encoder(run.bitrate);
        let arrivals = run.network.arrivals(sound.len() / PACKET, dice);
        let again = (run.mode == Mode::Retransmit)
            .then(|| Again::new(run.network, &arrivals, epoch, run.seed));
        Ok(Self {
            packetizer: Packetizer::new(&config, Box::new(PlainSealer), Box::new(Outlet(inlet)))?,
            outlet,
            blocks: sound.chunks_exact(BLOCK_SAMPLES),
            next_us: BLOCK_US,
            arrivals,
            again,
            under_way: Vec::new(),
            counted_from: (run.lead_s * 50.0) as usize,
            bytes: 0,
        })
    }

    /// Says what is due at `now`.
    fn speak_until(&mut self, now: i64) {
        while self.next_us <= now {
            let Some(sound) = self.blocks.next() else {
                return;
            };
            self.next_us += BLOCK_US;
            let mut block = Block::default();
            block.samples.copy_from_slice(sound);
            self.packetizer.push(&block, true, 0);
            while let Ok((header, payload)) = self.outlet.try_recv() {
                let number = header.sequence as usize;
                if number >= self.counted_from {
                    self.bytes += payload.len();
                }
                if let Some(again) = &mut self.again {
                    again.sent(self.next_us, header, &payload);
                }
                if let Some(Some(travels)) = self.arrivals.get(number) {
                    self.under_way.push(UnderWay {
                        arrives: travels + PACKET_US,
                        header,
                        payload,
                    });
                }
            }
        }
    }

    /// Packets that have arrived at `now`, in the order of their arrival, and whether they had been asked for.
    fn arrived(&mut self, now: i64) -> Vec<(UnderWay, bool)> {
        if let Some(again) = &mut self.again {
            let before = again.bytes;
            self.under_way.extend(again.step(now));
            if now / PACKET_US >= self.counted_from as i64 {
                self.bytes += again.bytes - before;
            }
        }
        let (mut here, later): (Vec<_>, Vec<_>) = self
            .under_way
            .drain(..)
            .partition(|packet| packet.arrives <= now);
        self.under_way = later;
        here.sort_by_key(|packet| (packet.arrives, packet.header.sequence));
        let mut asked = |packet: &UnderWay| match &mut self.again {
            Some(again) => again.came(packet),
            None => false,
        };
        here.into_iter()
            .map(|packet| {
                let asked = asked(&packet);
                (packet, asked)
            })
            .collect()
    }
}

/// Plays `sound` through the run's network.
pub(crate) fn play(run: &Run, sound: &[f32]) -> Result<Played, Box<dyn Error>> {
    let mut dice = Dice::new(run.seed);
    // Seeds that are neighbours begin alike.
    for _ in 0..16 {
        dice.throw();
    }
    let packets = sound.len() / PACKET;
    let epoch = Instant::now();
    let mut sender = Sender::new(run, sound, epoch, &mut dice)?;
    let mut config = TalkerConfig::default();
    // The comparison knows no loudness.
    config.level.on = false;
    let decoder = OpusDecoder::with_effort(run.mode.effort())?;
    let mut talker = Talker::with_decoder(TalkerId(1), &config, Box::new(decoder));
    let moment = |microseconds: i64| epoch + Duration::from_micros(microseconds.unsigned_abs());
    let piece_us = PLAYBACK_QUANTUM as i64 * 1_000_000 / i64::from(SAMPLE_RATE);
    // The two clocks do not begin together.
    let mut now = (dice.throw() * PACKET_US as f64) as i64;
    let (lead_us, ends) = (
        (run.lead_s * 1e6) as i64,
        packets as i64 * PACKET_US + (TAIL_S * 1e6) as i64,
    );
    let (mut heard, mut delays) = (Vec::new(), Vec::new());
    let mut reports: VecDeque<(i64, ObservedLoss)> = VecDeque::new();
    let mut next_report = REPORT_US;
    let mut piece = [0.0; PLAYBACK_QUANTUM];
    while now < ends {
        while let Some((_, observed)) = reports.pop_front_if(|(arrives, _)| *arrives <= now) {
            if matches!(run.mode, Mode::Dialtone | Mode::Retransmit) {
                sender.packetizer.expect_loss(observed);
            }
        }
        sender.speak_until(now);
        for (packet, asked) in sender.arrived(now) {
            let header = packet.header;
            let received = ReceivedPacket::new(
                TalkerId(1),
                moment(packet.arrives),
                header.sequence,
                header.timestamp,
                &packet.payload,
            )?;
            talker.push(&received.sent_again(asked));
        }
        talker.render(moment(now), &mut piece);
        if now >= lead_us {
            heard.extend_from_slice(&piece);
            delays.push(f64::from(talker.stats().delay_ms));
        }
        if now >= next_report {
            next_report += REPORT_US;
            reports.push_back((now + TRAVEL_US, talker.stats().observed));
        }
        now += piece_us;
    }
    let counted = packets.saturating_sub(sender.counted_from).max(1);
    Ok(Played {
        heard,
        kbps: sender.bytes as f64 * 8.0 * 50.0 / counted as f64 / 1_000.0,
        delay_ms: delays.iter().sum::<f64>() / delays.len().max(1) as f64,
        stats: talker.stats(),
    })
}
