use std::sync::{Arc, Mutex};

use super::*;
use crate::codec::{EncoderTune, OpusDecoder, SpeechDecoder};
use crate::link::PlainSealer;

type Sent = Vec<(PacketHeader, Vec<u8>)>;

/// Keeps what is sent.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Sent>>);

impl PacketSender for Wire {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let kept = (packet.header, packet.payload.to_vec());
        self.0.lock().unwrap().push(kept);
    }
}

impl Wire {
    fn take(&self) -> Sent {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn packetizer(config: &EncoderConfig) -> (Packetizer, Wire) {
    let wire = Wire::default();
    let packetizer =
        Packetizer::new(config, Box::new(PlainSealer), Box::new(wire.clone())).unwrap();
    (packetizer, wire)
}

/// Pushes so many blocks of a low tone.
fn hum(packetizer: &mut Packetizer, blocks: usize, open: bool, pre_roll: usize) {
    for _ in 0..blocks {
        let mut block = Block::silence();
        for (at, sample) in block.samples.iter_mut().enumerate() {
            let time = (packetizer.clock as usize + at) as f32 / 48_000.0;
            *sample = 0.3 * (time * 110.0 * std::f32::consts::TAU).cos();
        }
        packetizer.push(&block, open, pre_roll);
    }
}

#[test]
fn loss_that_is_told_brings_parity_and_its_end_takes_it_back() {
    let config = EncoderConfig::default();
    let (mut packetizer, _) = packetizer(&config);
    packetizer.expect_loss(ObservedLoss::random(0.05));
    let tuned = *packetizer.encoder.tuned();
    assert!(tuned.parity.is_some(), "{tuned:?}");
    assert_eq!(tuned.bitrate, config.bitrate);
    packetizer.expect_loss(ObservedLoss::NONE);
    let tuned = *packetizer.encoder.tuned();
    assert_eq!(tuned, EncoderTune::plain(config.bitrate));
}

#[test]
fn loss_that_was_told_still_counts_at_another_bitrate_and_never_for_music() {
    let (mut packetizer, _) = packetizer(&EncoderConfig::default());
    packetizer.expect_loss(ObservedLoss::random(0.1));
    let richer = EncoderConfig {
        bitrate: 48_000,
        ..EncoderConfig::default()
    };
    packetizer.configure(&richer);
    let tuned = *packetizer.encoder.tuned();
    assert_eq!(tuned, ObservedLoss::random(0.1).tune(48_000));
    let music = EncoderConfig {
        content: Content::Music,
        bitrate: 256_000,
        fec: false,
        ..EncoderConfig::default()
    };
    packetizer.configure(&music);
    packetizer.expect_loss(ObservedLoss::random(0.2));
    assert_eq!(*packetizer.encoder.tuned(), music.tune());
}

#[test]
fn another_packet_duration_in_speech_leaves_no_gap() {
    let (mut packetizer, wire) = packetizer(&EncoderConfig::default());
    hum(&mut packetizer, 5, true, 0);
    let longer = EncoderConfig {
        packet: PacketDuration::Ms60,
        ..EncoderConfig::default()
    };
    packetizer.configure(&longer);
    hum(&mut packetizer, 13, true, 0);
    packetizer.configure(&EncoderConfig {
        packet: PacketDuration::Ms10,
        ..longer
    });
    hum(&mut packetizer, 6, true, 0);
    let sent = wire.take();
    let durations: Vec<u32> = sent.iter().map(|(header, _)| header.samples).collect();
    let (short, middle, long) = (480, 960, 2_880);
    assert_eq!(
        durations,
        [
            middle, middle, middle, long, long, short, short, short, short, short, short
        ]
    );
    for pair in sent.windows(2) {
        let (before, after) = (pair[0].0, pair[1].0);
        assert_eq!(after.timestamp, before.timestamp + before.samples);
        assert!(!after.marker, "it is one spurt");
    }
}

#[test]
fn settings_that_cannot_be_leave_all_as_it_is() {
    let (mut packetizer, _) = packetizer(&EncoderConfig::default());
    packetizer.configure(&EncoderConfig {
        complexity: 11,
        ..EncoderConfig::default()
    });
    assert_eq!(packetizer.config, EncoderConfig::default());
}

#[test]
fn a_spurt_dies_out_instead_of_breaking_off() {
    // Ends between packets, and in the middle of one.
    for blocks in [20, 21] {
        let (mut packetizer, wire) = packetizer(&EncoderConfig {
            bitrate: 96_000,
            ..EncoderConfig::default()
        });
        hum(&mut packetizer, blocks, true, 0);
        hum(&mut packetizer, 4, false, 0);
        let sent = wire.take();
        assert_eq!(sent.len(), 11, "one packet more, or the rest of the last");
        let mut decoder = OpusDecoder::new().unwrap();
        let mut sound = Vec::new();
        for (_, packet) in &sent {
            let mut out = [0.0; 960];
            let made = decoder.decode(packet, &mut out).unwrap();
            sound.extend_from_slice(&out[..made]);
        }
        let ends = blocks * BLOCK_SAMPLES + packetizer.encoder.lookahead_samples();
        let peak = |piece: &[f32]| piece.iter().fold(0.0f32, |most, one| most.max(one.abs()));
        // A step from the tone to nothing rings: the loudest jump between neighbours shows it.
        let jump = |piece: &[f32]| {
            let jumps = piece.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            jumps.fold(0.0f32, f32::max)
        };
        let in_speech = jump(&sound[4_800..ends - 480]);
        let at_end = jump(&sound[ends - 240..]);
        assert!(at_end < 2.0 * in_speech, "{blocks}: {at_end} {in_speech}");
        let rest = &sound[sound.len() - 48..];
        assert!(
            peak(rest) < 0.06,
            "{blocks}: then there is silence, {}",
            peak(rest)
        );
    }
}

#[test]
fn a_spurt_that_follows_at_once_does_not_say_twice_what_time_it_is() {
    for pause in 1..=3 {
        let (mut packetizer, wire) = packetizer(&EncoderConfig::default());
        hum(&mut packetizer, 20, true, 0);
        hum(&mut packetizer, pause, false, 0);
        hum(&mut packetizer, 8, true, 10);
        let sent = wire.take();
        for pair in sent.windows(2) {
            let (before, after) = (pair[0].0, pair[1].0);
            assert!(
                after.timestamp >= before.timestamp + before.samples,
                "{pause}"
            );
        }
        let spurts = sent.iter().filter(|(header, _)| header.marker).count();
        assert_eq!(spurts, 2, "{pause}");
    }
}

/// Says once, when it is told to, that others hear from now on.
struct Turns(Arc<Mutex<bool>>);

impl FrameSealer for Turns {
    fn has_new_listeners(&mut self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn seal(
        &mut self,
        header: &PacketHeader,
        opus: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), crate::link::SealError> {
        PlainSealer.seal(header, opus, out)
    }
}

#[test]
fn whoever_hears_from_now_on_gets_nothing_of_what_was_said_before() {
    let deep = EncoderConfig {
        dred_ms: 500,
        expected_loss_percent: 20,
        ..EncoderConfig::default()
    };
    let parity = ObservedLoss::random(0.1);
    for (config, loss) in [(EncoderConfig::default(), Some(parity)), (deep, None)] {
        let (turn, wire) = (Arc::new(Mutex::new(false)), Wire::default());
        let sealer = Box::new(Turns(Arc::clone(&turn)));
        let mut turned = Packetizer::new(&config, sealer, Box::new(wire.clone())).unwrap();
        let (mut fresh, anew) = packetizer(&config);
        if let Some(loss) = loss {
            turned.expect_loss(loss);
            fresh.expect_loss(loss);
        }
        // In the middle of a packet, after as many as the parity's counter has numbers.
        hum(&mut turned, 129, true, 0);
        fresh.clock = turned.clock;
        wire.take();
        *turn.lock().unwrap() = true;
        for packetizer in [&mut turned, &mut fresh] {
            hum(packetizer, 60, true, 10);
        }
        let (sent, anew) = (wire.take(), anew.take());
        assert_eq!(sent.len(), 30);
        assert!(sent[0].0.marker);
        // To the bit as from somebody who has said nothing before.
        for (turned, fresh) in sent.iter().zip(&anew) {
            assert_eq!(turned.0.timestamp, fresh.0.timestamp);
            assert!(turned.1 == fresh.1, "{loss:?}: {:?}", turned.0);
        }
    }
}
