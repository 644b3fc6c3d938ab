//! Packets that were lost and sent again, through the whole downlink.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/codec.rs"]
mod codec;

use std::time::{Duration, Instant};

use codec::{PACKET, packets, recording};
use dialtone_audio::TalkerId;
use dialtone_audio::codec::{Encoder, EncoderConfig, LossKind};
use dialtone_audio::downlink::{JitterStats, Talker, TalkerConfig};
use dialtone_audio::link::ReceivedPacket;

/// Of every so many packets one is lost.
const EACH: usize = 10;

/// Ten seconds of which packets arrive after 5 ms, and those that were lost `again_ms` later. Counts after three seconds, and in the end.
fn hear(again_ms: usize, is_known: bool) -> [JitterStats; 2] {
    let sound: Vec<f32> = recording().into_iter().cycle().take(480_000).collect();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let packets = packets(&mut encoder, &sound);
    let mut talker = Talker::new(TalkerId(1), &TalkerConfig::default()).unwrap();
    let epoch = Instant::now();
    let mut piece = [0.0; 240];
    let mut begun = None;
    for step in 0..packets.len() * 4 {
        let now = epoch + Duration::from_millis(step as u64 * 5);
        // What left at this step minus its way.
        for (way_ms, resent) in [(5, false), (5 + again_ms, true)] {
            let Some(sent_ms) = (step * 5).checked_sub(way_ms) else {
                continue;
            };
            let index = sent_ms / 20;
            let is_lost = index % EACH == EACH - 1;
            if !sent_ms.is_multiple_of(20) || is_lost != resent {
                continue;
            }
            let (sequence, timestamp) = (index as u32, (index * PACKET) as u32);
            let packet = &packets[index];
            let received = ReceivedPacket::new(TalkerId(1), now, sequence, timestamp, packet);
            talker.push(&received.unwrap().sent_again(resent && is_known));
        }
        talker.render(now, &mut piece);
        if step == 600 {
            begun = Some(talker.stats());
        }
    }
    [begun.unwrap(), talker.stats()]
}

#[test]
fn what_is_sent_again_is_waited_for_and_then_nothing_is_missing() {
    let [begun, end] = hear(60, true);
    assert_eq!(end.lost, begun.lost, "{end:?}");
    assert!(begun.lost <= 8, "{begun:?}");
    assert!(end.resent > 30, "{end:?}");
    assert!(end.filled_ms - begun.filled_ms < 1.0, "{end:?}");
    assert!((60.0..80.0).contains(&end.delay_ms), "{end:?}");
    // The sender need do nothing about it.
    assert_eq!(end.observed.kind(), LossKind::None);
    // It says nothing about the way of the others.
    assert!(end.jitter_ms.unwrap() < 10.0, "{end:?}");
    let [_, unknown] = hear(60, false);
    assert!(unknown.jitter_ms.unwrap() > 50.0, "{unknown:?}");
}

#[test]
fn what_would_have_to_be_waited_for_too_long_stays_lost() {
    let [begun, end] = hear(220, true);
    assert!(end.lost > begun.lost + 25, "{end:?}");
    assert!(end.delay_ms < 60.0, "{end:?}");
    assert!(end.observed.share > 0.05, "{end:?}");
}
