//! What goes wrong stays where it is: the call goes on, and the cause is told once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/stages.rs"]
mod stages;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dialtone_audio::chain::{ChainDirection, ChainParam};
use dialtone_audio::codec::{CodecError, EncoderConfig, SpeechDecoder};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig,
};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block};
use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::uplink::{Packetizer, TalkControl, Uplink};
use dialtone_audio::{
    Cause, ChainSpec, FrameSealer, NullBackend, NullSender, OutgoingPacket, PacketHeader,
    PacketSender, PlainSealer, Registry, SealError, StageFault, StageId, TalkMode, TalkerId,
    VoiceConfig, VoiceEngine, VoiceEvent,
};

fn broken_chain(way: &str) -> ChainSpec {
    let text = format!(
        "name = 'Broken'\n[[stage]]\ntype = 'gain'\ngain_db = 6.0206\n\
         [[stage]]\ntype = 'broken'\nway = '{way}'\nworks_for = 2\n\
         [[stage]]\ntype = 'gain'\ngain_db = -6.0206"
    );
    ChainSpec::from_toml(&text).unwrap()
}

#[test]
fn a_stage_that_fails_panics_or_gives_no_number_is_passed_by() {
    let worn = Cause::Failed(StageFault("the hinge is worn"));
    for (way, cause) in [
        ("fails", worn),
        ("panics", Cause::Panicked),
        ("not-a-number", Cause::NotANumber),
        ("deafens", Cause::NotANumber),
    ] {
        let mut chain = broken_chain(way).compile(&stages::registry()).unwrap();
        assert_eq!(chain.latency_samples(), 480);
        let mut told = Vec::new();
        for index in 0..6 {
            let mut block = Block::silence();
            block.samples.fill(0.1);
            chain.process(&mut block);
            let wanted = if index < 2 { 0.2 } else { 0.1 };
            let right = |sample: &f32| (sample - wanted).abs() < 1e-4;
            assert!(block.samples.iter().all(right), "{way}, block {index}");
            assert!(block.open, "{way}: what it said is forgotten");
            while let Some(failed) = chain.take_failed() {
                told.push((index, failed.id.to_string(), failed.cause));
            }
        }
        assert_eq!(told, [(2, "broken".to_owned(), cause)]);
        assert_eq!(chain.latency_samples(), 0, "it delays nothing any more");
    }
}

#[test]
fn a_stage_that_panics_when_it_is_tuned_is_passed_by() {
    let spec = broken_chain("panics-when-tuned");
    let mut chain = spec.compile(&stages::registry()).unwrap();
    let change = ChainParam::check("Broken", chain.stages(), "broken", "knob", 1.0).unwrap();
    chain.apply(change);
    assert_eq!(chain.take_failed().unwrap().cause, Cause::Panicked);
    chain.apply(change);
    chain.process(&mut Block::silence());
    assert!(chain.take_failed().is_none(), "once");
}

fn uplink(sealer: Box<dyn FrameSealer>, sender: Box<dyn PacketSender>) -> Uplink {
    let packetizer = Packetizer::new(&EncoderConfig::default(), sealer, sender).unwrap();
    let talk = TalkControl {
        mode: TalkMode::Open,
        pressed: false,
        muted: false,
        transmit: true,
    };
    let chain = ChainSpec::voice().unwrap();
    Uplink::new(
        Box::new(chain.compile(&Registry::standard()).unwrap()),
        talk,
        packetizer,
    )
}

fn tone(index: usize) -> Block {
    let mut block = Block::silence();
    for (offset, sample) in block.samples.iter_mut().enumerate() {
        let time = (index * BLOCK_SAMPLES + offset) as f32 / 48_000.0;
        *sample = 0.2 * (time * 300.0 * std::f32::consts::TAU).sin();
    }
    block
}

#[test]
fn one_broken_sample_does_not_silence_the_microphone() {
    for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        let mut uplink = uplink(Box::new(PlainSealer), Box::new(NullSender));
        let (mut told, mut levels) = (Vec::new(), Vec::new());
        for index in 0..60 {
            let mut block = tone(index);
            if index == 20 || index == 30 {
                block.samples[100] = broken;
            }
            uplink.process(&mut block);
            assert!(uplink.take_failed().is_none(), "no stage is to blame");
            told.extend(std::iter::from_fn(|| uplink.take_fault()));
            levels.push(block.level_dbfs());
        }
        let once = [(StageId::CAPTURE, Cause::NotANumber)];
        let wanted: &[_] = if broken.is_finite() { &[] } else { &once };
        assert_eq!(told, wanted, "{broken}");
        assert!(
            (levels[59] - levels[19]).abs() < 1.0,
            "{broken}: {} dBFS became {} dBFS",
            levels[19],
            levels[59]
        );
    }
}

/// Panics at its third packet.
struct Stumbles(u32);

impl FrameSealer for Stumbles {
    fn seal(
        &mut self,
        _header: &PacketHeader,
        opus: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        self.0 += 1;
        assert!(self.0 != 3, "a sealer panics, as the test wants");
        out.extend_from_slice(opus);
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<PacketHeader>>>);

impl PacketSender for Sent {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        self.0.lock().unwrap().push(packet.header);
    }
}

#[test]
fn a_link_that_panics_rests_for_a_second_and_goes_on() {
    let sent = Sent::default();
    let mut uplink = uplink(Box::new(Stumbles(0)), Box::new(sent.clone()));
    let mut told = Vec::new();
    for index in 0..120 {
        uplink.process(&mut tone(index));
        told.extend(std::iter::from_fn(|| uplink.take_fault()));
    }
    assert_eq!(told, [(StageId::SENDING, Cause::Panicked)]);
    let sent = sent.0.lock().unwrap();
    let times: Vec<_> = sent.iter().map(|header| header.timestamp / 480).collect();
    // Two packets, the panic with the block 5, a hundred blocks' rest; then its clock is as if nothing had been.
    assert_eq!(times, [0, 2, 106, 108, 110, 112, 114, 116, 118]);
    assert!(sent[2].marker, "a new beginning");
}

/// Gives a steady tone, and breaks in its own way when told to.
struct Decoder(Option<Cause>);

impl SpeechDecoder for Decoder {
    fn samples_in(&self, packet: &[u8]) -> Option<usize> {
        assert!(packet != b"panic at the door", "as the test wants");
        Some(960)
    }

    fn decode(&mut self, _packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        let value = match self.0 {
            None => 0.1,
            Some(Cause::NotANumber) => f32::NAN,
            Some(_) => panic!("a decoder panics, as the test wants"),
        };
        output[..960].fill(value);
        Ok(960)
    }

    fn can_restore(&self, _packet: &[u8]) -> bool {
        false
    }

    fn restore(&mut self, _next: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        Ok(output.len())
    }

    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError> {
        Ok(output.len())
    }
}

#[test]
fn one_talkers_failure_leaves_the_others() {
    let mut config = TalkerConfig::default();
    config.level.on = false;
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    let ways = [
        None,
        Some(Cause::NotANumber),
        None,
        Some(Cause::Panicked),
        None,
    ];
    for (id, way) in ways.into_iter().enumerate() {
        let decoder = Box::new(Decoder(way));
        let talker = Talker::with_decoder(TalkerId(id as u64), &config, decoder);
        assert!(mixer.add(Box::new(talker)).is_none());
    }
    let epoch = Instant::now();
    let mut told = Vec::new();
    let mut last = 0.0;
    for turn in 0..40_u32 {
        let now = epoch + Duration::from_millis(20) * turn;
        for id in 0..ways.len() as u64 {
            // The last one breaks when a packet comes.
            let payload: &[u8] = if id == 4 && turn == 10 {
                b"panic at the door"
            } else {
                b"sound"
            };
            let packet = ReceivedPacket::new(TalkerId(id), now, turn, turn * 960, payload);
            mixer.push(&packet.unwrap());
        }
        for piece in 0..(960 / PLAYBACK_QUANTUM) as u32 {
            let mut output = [0.0; PLAYBACK_QUANTUM];
            mixer.render(now + PLAYBACK_PERIOD * piece, &mut output);
            assert!(output.iter().all(|sample| sample.is_finite()));
            last = output[PLAYBACK_QUANTUM - 1];
        }
        while let Some(failed) = mixer.take_failed() {
            told.push((failed.talker.id().0, failed.cause));
        }
    }
    told.sort_unstable_by_key(|(id, _)| *id);
    let wanted = [
        (1, Cause::NotANumber),
        (3, Cause::Panicked),
        (4, Cause::Panicked),
    ];
    assert_eq!(told, wanted);
    assert!((last - 0.2).abs() < 1e-3, "two are heard: {last}");
}

#[test]
fn the_engine_tells_a_fault_once_and_goes_on() {
    let mut config = VoiceConfig::with_chain(broken_chain("panics"));
    config.registry = stages::registry();
    let (engine, events) = VoiceEngine::start(
        config,
        Box::new(NullBackend),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap();
    let (mut faults, mut meters) = (Vec::new(), 0);
    while meters < 10 {
        match events.recv_timeout(Duration::from_secs(20)).unwrap() {
            VoiceEvent::Fault {
                direction: ChainDirection::Uplink,
                stage,
                talker,
                cause,
            } => faults.push((stage.to_string(), talker, cause)),
            VoiceEvent::Meters(_) if !faults.is_empty() => meters += 1,
            _ => {}
        }
    }
    assert_eq!(faults, [("broken".to_owned(), None, Cause::Panicked)]);
    let stages = engine.meters().stages;
    let failed: Vec<_> = stages.iter().map(|meter| meter.failed).collect();
    assert_eq!(failed, [false, true, false]);
}
