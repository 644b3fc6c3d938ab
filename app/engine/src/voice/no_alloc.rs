//! The real voice thread of a call, with real sealing and the real way to the network: it neither allocates nor frees.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dialtone_audio::{
    ChainSpec, Direction, ManualDevices, OutgoingPacket, PacketSender, TalkMode, TalkerId,
    VoiceConfig, VoiceEngine,
};
use dialtone_protocol::StreamId;
use dialtone_protocol::content::MissedFrame;

use super::founded;
use super::outgoing::{Sender, VoiceKeys, outgoing};

struct Watching;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

fn note() {
    if GUARDED.try_with(Cell::get).unwrap_or(false) {
        CAUGHT.fetch_add(1, Ordering::SeqCst);
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

/// From the packet of this number on, the thread that sends is watched; at the last one it is let go, because a thread
/// frees what it has when it ends.
const WATCHED: std::ops::Range<u32> = 20..220;

struct Watched(Sender);

impl PacketSender for Watched {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        GUARDED.set(WATCHED.contains(&packet.header.sequence));
        self.0.send(packet);
    }
}

#[test]
fn the_voice_thread_of_a_call_neither_allocates_nor_frees() {
    let (signer, secret) = founded::call();
    let (mut keys, sealer) = VoiceKeys::new(signer);
    keys.begin(&secret, StreamId([1; 16]), None).unwrap();
    keys.allow(true);
    let (sender, packets) = outgoing(&keys);
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "microphone");
    devices.plug(Direction::Output, "speaker");
    let mut config = VoiceConfig::with_chain(ChainSpec::voice().unwrap());
    config.talk_mode = TalkMode::Open;
    config.transmit = true;
    let backend = Box::new(devices.backend());
    let (engine, events) =
        VoiceEngine::start(config, backend, Box::new(sealer), Box::new(Watched(sender))).unwrap();
    engine.set_threshold(-100.0).unwrap();
    engine.add_talker(TalkerId(1), 1.0).unwrap();
    let end = Instant::now() + Duration::from_mins(1);
    let mut stay = 2;
    let missed = MissedFrame {
        key_id: secret.epoch(),
        counter: 30,
    };
    while engine.meters().packets_sent < u64::from(WATCHED.end) {
        assert!(Instant::now() < end, "{:?}", engine.meters());
        devices.tick(480);
        // New keys, people who come and go, a change of the encoder: all while it is watched.
        if stay < 20 && engine.meters().packets_sent > u64::from(stay) * 4 {
            keys.begin(&secret, StreamId([stay; 16]), None).unwrap();
            let talker = TalkerId(u64::from(stay));
            engine.add_talker(talker, 1.0).unwrap();
            engine.set_talker_priority(talker, true).unwrap();
            engine.remove_talker(TalkerId(u64::from(stay) - 1)).unwrap();
            stay += 1;
        }
        // Digests are signed, sent, and asked for again.
        keys.tell_again(&[missed]);
        keys.sweep();
        let _ = events.recv_timeout(Duration::from_millis(2));
    }
    drop(packets);
    assert!(stay > 10, "keys were changed");
    assert_eq!(CAUGHT.load(Ordering::SeqCst), 0);
}

#[test]
fn the_watch_catches() {
    std::thread::spawn(|| {
        let before = CAUGHT.load(Ordering::SeqCst);
        GUARDED.set(true);
        let kept = std::hint::black_box(Box::new(1_u8));
        GUARDED.set(false);
        let caught = CAUGHT.load(Ordering::SeqCst) - before;
        CAUGHT.fetch_sub(caught, Ordering::SeqCst);
        assert!(caught > 0 && *kept == 1);
    })
    .join()
    .unwrap();
}
