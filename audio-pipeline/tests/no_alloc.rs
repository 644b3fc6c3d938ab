//! On the voice thread nothing is allocated or freed: the whole Voice chain, Opus both ways, jitter buffer, mix,
//! rate conversion, a chain swap in the middle.

#![expect(
    unsafe_code,
    reason = "an allocator that counts can only be written so"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use dialtone_audio::chain::CompiledChain;
use dialtone_audio::codec::{
    Bandwidth, DecoderEffort, Encoder, EncoderConfig, EncoderTune, MAX_PACKET_BYTES, OpusDecoder,
    SpeechDecoder,
};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_QUANTUM, PlaybackFeed, Talker, TalkerConfig, playback_ring,
};
use dialtone_audio::frame::Block;
use dialtone_audio::link::{PacketInput, PacketSource, packet_channel};
use dialtone_audio::rt::warm_up_thread;
use dialtone_audio::uplink::{CaptureFeed, Packetizer, TalkControl, Uplink, capture_ring};
use dialtone_audio::{
    ChainSpec, OutgoingPacket, PacketSender, PlainSealer, Registry, TalkMode, TalkerId,
};

struct Watching;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static CAUGHT: Cell<usize> = const { Cell::new(0) };
}

fn note() {
    if GUARDED.get() {
        CAUGHT.set(CAUGHT.get() + 1);
    }
}

// SAFETY: hands every call on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Runs `work` and gives how often it allocated or freed.
fn caught(work: impl FnOnce()) -> usize {
    CAUGHT.set(0);
    GUARDED.set(true);
    work();
    GUARDED.set(false);
    CAUGHT.get()
}

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

#[test]
fn the_voice_thread_neither_allocates_nor_frees() {
    warm_up_thread();
    for rate in [48_000_u32, 44_100, 96_000] {
        let (mut uplink, mut source, mut next) = uplink();
        let mut old = None;
        let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
        assert!(
            mixer
                .add(Box::new(
                    Talker::new(TalkerId(7), &TalkerConfig::default()).unwrap()
                ))
                .is_none()
        );
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
                    uplink.process(&mut block);
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
                let now = epoch + Duration::from_millis(turn * 10);
                while playback.wants(now) {
                    mixer.render(now, &mut piece);
                    playback.write(now, &piece);
                }
                loudspeaker.fill_at(now, &mut sound, 2, |sample| sample);
            });
            heard = heard.max(sound.iter().copied().fold(0.0, f32::max));
        }
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
                bandwidth: Bandwidth::Full,
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
