//! On the voice thread nothing is allocated or freed: the whole Voice chain, Opus both ways, jitter buffer, mix,
//! rate conversion, a chain swap in the middle; and every stage by itself, while it works, comes, goes and is tuned.

#![expect(
    unsafe_code,
    reason = "an allocator that counts can only be written so"
)]

use std::time::{Duration, Instant};

use dialtone_audio::chain::{ChainParam, CompiledChain, RunningChain, StageMeters};
use dialtone_audio::codec::{
    Bandwidth, DecoderEffort, Encoder, EncoderConfig, EncoderTune, MAX_PACKET_BYTES, OpusDecoder,
    Parity, SpeechDecoder,
};
use dialtone_audio::downlink::{
    Clip, Cue, MixChain, Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, PlaybackFeed,
    Talker, TalkerConfig, playback_ring,
};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block};
use dialtone_audio::link::{PacketInput, PacketSource, packet_channel};
use dialtone_audio::rt::warm_up_thread;
use dialtone_audio::uplink::{
    CaptureFeed, Packetizer, TalkControl, Uplink, capture_ring, recorder,
};
use dialtone_audio::watch::scope;
use dialtone_audio::{
    ChainSpec, OutgoingPacket, PacketSender, PlainSealer, Registry, TalkMode, TalkerId,
};

#[path = "common/stages.rs"]
mod stages;
#[path = "common/watching.rs"]
mod watching;

use watching::caught;

/// Loses every ninth packet, so that restoring and concealing are seen as well.
struct Ninth(PacketInput);

impl PacketSender for Ninth {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let header = packet.header;
        if header.sequence % 9 != 8 && header.sequence % 50 > 3 {
            let _ = self.0.push(
                TalkerId(7),
                header.sequence,
                header.timestamp,
                packet.payload,
            );
        }
    }
}

#[test]
fn the_guard_itself_catches() {
    let mut kept = None;
    assert!(caught(|| kept = Some(vec![1_u8; 64])) > 0);
    assert!(caught(|| kept = None) > 0);
}

fn uplink() -> (Uplink, PacketSource, Option<Box<CompiledChain>>) {
    let build = || {
        let voice = ChainSpec::voice().expect("the preset is sound");
        Box::new(
            voice
                .compile(&Registry::standard())
                .expect("the preset compiles"),
        )
    };
    let (input, source) = packet_channel(64);
    let config = EncoderConfig::default();
    let packetizer = Packetizer::new(&config, Box::new(PlainSealer), Box::new(Ninth(input)))
        .expect("the default encoder");
    let mode = TalkMode::VoiceActivity;
    let talk = TalkControl {
        mode,
        pressed: false,
        muted: false,
        transmit: true,
    };
    (
        Uplink::new(build(), talk, packetizer),
        source,
        Some(build()),
    )
}

fn mix_chain() -> MixChain {
    let text = "name = 'Mix'\ndirection = 'downlink'\n[[stage]]\ntype = 'denoise'";
    let spec = ChainSpec::from_toml(text).expect("it is TOML");
    let chain = spec.compile(&Registry::standard());
    MixChain::new(Box::new(chain.expect("a known stage")))
}

#[test]
fn the_voice_thread_neither_allocates_nor_frees() {
    warm_up_thread();
    for rate in [48_000_u32, 44_100, 96_000] {
        let (mut uplink, mut source, mut next) = uplink();
        let (mut scope, mut watcher) = scope();
        let mut watched = 0;
        let mut old = None;
        let mut mixer =
            Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM).with_chain(mix_chain());
        assert!(
            mixer
                .add(Box::new(
                    Talker::new(TalkerId(7), &TalkerConfig::default()).unwrap()
                ))
                .is_none()
        );
        // Lowered while the other one has priority and speaks.
        let listener = Talker::new(TalkerId(8), &TalkerConfig::default()).unwrap();
        assert!(mixer.add(Box::new(listener)).is_none());
        let (mut microphone, ring) = capture_ring();
        let mut capture = CaptureFeed::new(ring, rate).unwrap();
        let (mut loudspeaker, ring) = playback_ring(480);
        let mut playback = PlaybackFeed::new(ring, rate).unwrap();
        let (mut block, mut piece) = (Block::silence(), [0.0; PLAYBACK_QUANTUM]);
        let frames = rate as usize / 100;
        let mut sound = vec![0.0_f32; frames * 2];
        let epoch = Instant::now();
        let mut phase = 0_u32;
        let (mut total, mut heard) = (0, 0.0_f32);
        for turn in 0..600_u64 {
            // Speech for a second, silence for a second.
            let loud = if (turn / 100) % 2 == 0 { 0.3 } else { 0.0 };
            for frame in sound.chunks_mut(2) {
                phase += 1;
                let time = phase as f32 / rate as f32;
                frame
                    .fill(loud * (time * 180.0 * std::f32::consts::TAU).sin() * (time * 9.0).sin());
            }
            total += caught(|| {
                microphone.push(&sound, 2, |sample| sample);
                while capture.read(&mut block) {
                    scope.before(&block.samples);
                    let report = uplink.process(&mut block);
                    scope.after(&block.samples, report);
                    uplink.packetizer.read_meter();
                    if let Some(faded) = uplink.take_faded() {
                        old = Some(faded);
                    }
                }
                if turn == 150
                    && let Some(chain) = next.take()
                {
                    uplink.swap(chain);
                }
                while let Ok(packet) = source.pop() {
                    mixer.push(&packet);
                }
                if let Some(talker) = mixer.talker(TalkerId(7)) {
                    talker.set_priority(turn % 60 < 30);
                }
                let now = epoch + Duration::from_millis(turn * 10);
                while playback.wants(now) {
                    mixer.render(now, &mut piece);
                    playback.write(now, &piece);
                }
                loudspeaker.fill_at(now, &mut sound, 2, |sample| sample);
            });
            heard = heard.max(sound.iter().copied().fold(0.0, f32::max));
            // Whoever looks falls behind now and then: the ring is full.
            if turn % 100 > 80 {
                watched += std::iter::from_fn(|| watcher.take()).count();
            }
        }
        assert!(watched > 200, "{watched} blocks were looked at");
        assert!(old.is_some(), "the chain was swapped");
        assert!(
            uplink.packetizer.stats().sent > 50,
            "something was sent: {:?}",
            uplink.packetizer.stats()
        );
        assert!(heard > 0.01, "something was heard");
        assert_eq!(total, 0, "allocations at {rate} Hz");
    }
}

/// Every kind of stage with settings that make it work: who writes one adds a line.
const STAGES: &[&str] = &[
    "type = 'gain'\ngain_db = 6.0",
    "type = 'high-pass'",
    "type = 'echo-cancel'",
    "type = 'denoise'",
    "type = 'voice-detect'",
    "type = 'denoise-strong'",
    "type = 'gate'",
    "type = 'gate'\nautomatic = 1.0",
    "type = 'auto-gain'",
    "type = 'limiter'\nceiling_dbfs = -20.0",
    // A stage that fails is taken out without an allocation too.
    "type = 'broken'\nway = 'fails'\nworks_for = 60",
    "type = 'broken'\nway = 'not-a-number'\nworks_for = 60",
];

/// Half a second of voice-like sound, then as much silence, and so on; the loudspeaker plays something now and then.
fn fill(block: &mut Block, index: usize) {
    let loud = if (index / 50).is_multiple_of(2) {
        0.4
    } else {
        0.0
    };
    for (offset, sample) in block.samples.iter_mut().enumerate() {
        let time = (index * BLOCK_SAMPLES + offset) as f32 / 48_000.0;
        *sample = loud * (time * 180.0 * std::f32::consts::TAU).sin() * (time * 9.0).sin();
    }
    block.played.fill(|played| {
        played.copy_from_slice(&block.samples);
        (index / 20).is_multiple_of(2)
    });
}

/// The changes that turn each parameter to both its ends.
fn turns(chain: &CompiledChain) -> Vec<ChainParam> {
    let mut turns = Vec::new();
    for (id, info) in chain.stages() {
        for param in info.params.iter() {
            for value in [param.max, param.min] {
                let change =
                    ChainParam::check(chain.name(), chain.stages(), &id, &param.name, value);
                turns.push(change.expect("an end of the range"));
            }
        }
    }
    turns
}

#[test]
fn no_stage_allocates_while_it_works_comes_goes_or_is_tuned() {
    warm_up_thread();
    let registry = stages::registry();
    let kinds: Vec<_> = registry.names().filter(|name| *name != "broken").collect();
    for kind in kinds {
        let line = format!("type = '{kind}'");
        assert!(
            STAGES.iter().any(|stage| stage.starts_with(&line)),
            "{kind} is missing in the table"
        );
    }
    for stage in STAGES {
        let text = format!("name = 'One'\n[[stage]]\n{stage}");
        let spec = ChainSpec::from_toml(&text).unwrap();
        let build = || Box::new(spec.compile(&registry).unwrap());
        let bare = || Box::new(ChainSpec::bare().compile(&registry).unwrap());
        let turns = turns(&build());
        let mut chain = RunningChain::new(bare());
        // It comes, stays while a chain with the same stage comes, goes, and comes again.
        let mut changes = [
            (300, build()),
            (250, bare()),
            (200, build()),
            (150, build()),
            (100, bare()),
            (50, build()),
        ]
        .into_iter()
        .map(Some)
        .collect::<Vec<_>>();
        let (mut kept, mut failed) = (Vec::with_capacity(16), Vec::with_capacity(16));
        let mut meters = StageMeters::default();
        let mut block = Block::silence();
        for index in 0..400 {
            fill(&mut block, index);
            let mut next = changes
                .iter_mut()
                .find(|change| change.as_ref().is_some_and(|(at, _)| *at == index))
                .and_then(Option::take)
                .map(|(_, chain)| chain);
            let allocations = caught(|| {
                if let Some(next) = next.take() {
                    kept.extend(chain.swap(next));
                }
                if index % 10 == 5 {
                    for turn in turns.iter().skip(index / 10 % 2).step_by(2) {
                        chain.apply(*turn);
                    }
                }
                if index % 90 == 89 {
                    chain.reset();
                }
                chain.process(&mut block);
                kept.extend(chain.take_faded());
                while let Some(stage) = chain.take_failed() {
                    failed.push(stage);
                }
                chain.read_meters(&mut meters);
            });
            assert_eq!(allocations, 0, "block {index} of a chain with {stage}");
        }
        assert_eq!(kept.len(), 6, "every change was made: {stage}");
        assert_eq!(failed.is_empty(), !stage.contains("broken"), "{stage}");
        assert_eq!(meters.iter().count(), 1);
    }
}

#[test]
fn short_sounds_and_recordings_do_not_allocate() {
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    let (mut tape, recorder) = recorder(Duration::from_millis(20));
    let mut clips: Vec<Box<Clip>> = (0..3)
        .map(|_| Box::new(Clip::new(vec![0.1; 4_800].into())))
        .collect();
    let (mut kept, mut piece) = (Vec::with_capacity(4), [0.0; PLAYBACK_QUANTUM]);
    let now = Instant::now();
    let total = caught(|| {
        for index in 0..100 {
            if index % 10 == 0 {
                for cue in Cue::ALL {
                    mixer.play_cue(cue);
                }
                if let Some(clip) = clips.pop() {
                    kept.extend(mixer.play(clip));
                }
            }
            if index == 15 {
                mixer.stop_clip();
            }
            mixer.render(now, &mut piece);
            kept.extend(mixer.take_played_clip());
            tape.write(&piece);
        }
    });
    assert_eq!(total, 0);
    assert_eq!(kept.len(), 3);
    assert!(recorder.is_full(), "what has no room is left out");
}

#[test]
fn tuning_the_encoder_and_restoring_bursts_does_not_allocate() {
    let sound: Vec<f32> = (0..96_000_u32)
        .map(|index| {
            let time = index as f32 / 48_000.0;
            0.3 * (time * 180.0 * std::f32::consts::TAU).sin() * (time * 9.0).sin()
        })
        .collect();
    let mut encoder = Encoder::new(&EncoderConfig::default()).expect("the default encoder");
    let mut decoder = OpusDecoder::new().expect("a decoder");
    let (mut bytes, mut output) = ([0; MAX_PACKET_BYTES], [0.0; 960]);
    let (mut restored, mut copied) = (0, 0);
    let total = caught(|| {
        for (index, piece) in sound.chunks_exact(960).enumerate() {
            encoder.tune(&EncoderTune {
                bitrate: 48_000,
                expected_loss_percent: 20,
                fec: index >= 50,
                dred_ms: 200,
                ..EncoderTune::plain(48_000)
            });
            let length = encoder.encode(piece, &mut bytes).unwrap_or(0);
            let packet = &bytes[..length];
            if index % 5 < 3 {
                continue;
            }
            let reach = decoder.reach_of(packet).unwrap_or_default();
            if reach.holds(2 * 960) {
                restored += usize::from(decoder.restore_from(2 * 960, &mut output).is_ok());
            } else {
                let _ = decoder.conceal(&mut output);
            }
            if decoder.can_restore(packet) {
                copied += usize::from(decoder.restore(packet, &mut output).is_ok());
            }
            let _ = decoder.decode(packet, &mut output);
            let _ = decoder.decode(&packet[..length / 2], &mut output);
            decoder.set_effort(DecoderEffort::Clearest);
        }
    });
    assert!(restored > 10 && copied > 5, "{restored} {copied}");
    assert_eq!(total, 0);
}

#[test]
fn whatever_the_network_loses_and_the_sender_adds_to_it_does_not_allocate() {
    let sound: Vec<f32> = (0..4 * 48_000_u32)
        .map(|index| {
            let time = index as f32 / 48_000.0;
            0.3 * (time * 180.0 * std::f32::consts::TAU).sin() * (time * 9.0).sin()
        })
        .collect();
    let mut encoder = Encoder::new(&EncoderConfig::default()).expect("the default encoder");
    let mut talker = Talker::new(TalkerId(1), &TalkerConfig::default()).expect("a talker");
    let mut bytes = [0; MAX_PACKET_BYTES];
    let mut piece = [0.0; PLAYBACK_QUANTUM];
    let epoch = Instant::now();
    let moment = |milliseconds: u64| epoch + Duration::from_millis(milliseconds);
    let total = caught(|| {
        for (index, samples) in sound.chunks_exact(960).enumerate() {
            // Parity, bursts, deep redundancy, copies, a moment of nothing, a damaged packet.
            let tune = match index / 50 {
                0 => EncoderTune {
                    parity: Parity::halves_of_the_last(4, 3),
                    bandwidth: Bandwidth::Wide,
                    ..EncoderTune::plain(32_000)
                },
                1 => EncoderTune {
                    parity: Parity::copy_of(6),
                    ..EncoderTune::plain(32_000)
                },
                2 => EncoderTune {
                    dred_ms: 300,
                    expected_loss_percent: 30,
                    ..EncoderTune::plain(48_000)
                },
                _ => EncoderTune {
                    fec: true,
                    expected_loss_percent: 20,
                    ..EncoderTune::plain(32_000)
                },
            };
            encoder.tune(&tune);
            let length = encoder.encode(samples, &mut bytes).unwrap_or(0);
            let now = index as u64 * 20;
            let lost = index % 10 < 2 || index % 25 == 5 || (90..105).contains(&index);
            let length = if index % 40 == 39 { length / 2 } else { length };
            if !lost {
                let (sequence, timestamp) = (index as u32, index as u32 * 960);
                let packet = dialtone_audio::link::ReceivedPacket::new(
                    TalkerId(1),
                    moment(now),
                    sequence,
                    timestamp,
                    &bytes[..length],
                );
                let _ = packet.map(|packet| talker.push(&packet));
            }
            for index in 0..(960 / PLAYBACK_QUANTUM) as u32 {
                talker.render(moment(now) + PLAYBACK_PERIOD * index, &mut piece);
            }
        }
    });
    let stats = talker.stats();
    assert!(stats.parity_recovered > 5, "{stats:?}");
    assert!(stats.deep_restored + stats.fec_recovered > 5, "{stats:?}");
    assert_eq!(total, 0);
}
