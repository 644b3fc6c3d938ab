//! What is lost, damaged or numbered anew: filled from what later packets tell, invented, faded out; never a call that is over.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/network.rs"]
mod network;

use dialtone_audio::downlink::JitterStats;
use network::{FakeDecoder, Flight, PACKET, Simulation, largest_step, losing, stream};

/// The largest step of the voice itself, and a little more.
const NO_CLICK: f32 = 0.012;

fn deep(reach_ms: usize) -> FakeDecoder {
    FakeDecoder {
        copies: false,
        reach: reach_ms * 48,
        ..FakeDecoder::default()
    }
}

fn bare() -> FakeDecoder {
    deep(0)
}

/// Loses this share in runs of `burst` packets on average.
fn lossy(seconds: f64, share: f64, burst: f64, seed: u64) -> Vec<Flight> {
    let mut loses = losing(share, burst, seed);
    let flights = stream(seconds, |_| 5_000).into_iter();
    flights.filter(|_| !loses()).collect()
}

/// Every packet but `burst` ones in a row of every `every`.
fn holed(seconds: f64, every: u32, burst: u32) -> Vec<Flight> {
    stream(seconds, |_| 5_000)
        .into_iter()
        .filter(|flight| flight.sequence < 100 || flight.sequence % every >= burst)
        .collect()
}

/// Mean delay of the buffer between two moments, in ms.
fn mean_delay(simulation: &Simulation, from: i64, to: i64) -> f32 {
    let part = simulation
        .delays
        .iter()
        .filter(|(at, _)| (from..to).contains(at));
    let (count, sum) = part.fold((0, 0.0), |(count, sum), (_, delay)| {
        (count + 1, sum + delay)
    });
    sum / count as f32
}

/// The loudest sample of each 10 ms between two moments (seconds).
fn peaks(heard: &[f32], from: f64, to: f64) -> Vec<f32> {
    heard[(from * 48_000.0) as usize..(to * 48_000.0) as usize]
        .chunks(480)
        .map(|piece| {
            piece
                .iter()
                .fold(0.0, |most: f32, sample| most.max(sample.abs()))
        })
        .collect()
}

fn grown(before: JitterStats, after: JitterStats) -> (u64, f64) {
    (
        after.deep_restored - before.deep_restored,
        after.concealed_ms - before.concealed_ms,
    )
}

#[test]
fn a_burst_is_restored_from_one_later_packet_once_bursts_are_known() {
    let mut simulation = Simulation::with(deep(200));
    simulation.send(holed(60.0, 40, 3));
    simulation.run(20_000_000);
    let settled = simulation.stats();
    simulation.run(59_000_000);
    let stats = simulation.stats();
    let (restored, invented) = grown(settled, stats);
    let lost = (stats.lost - settled.lost) as f64;
    assert!(lost > 100.0, "{stats:?}");
    assert!(
        restored as f64 >= 0.95 * lost,
        "{restored} of {lost}, {stats:?}"
    );
    assert!(invented < 0.05 * 20.0 * lost, "{invented} ms, {stats:?}");
    let heard = &simulation.heard[20 * 48_000..];
    assert!(largest_step(heard) < NO_CLICK, "{}", largest_step(heard));
}

#[test]
fn the_delay_is_deeper_while_bursts_need_it_and_comes_back_when_they_end() {
    for seed in 0..4 {
        let mut simulation = Simulation::with(deep(300));
        let mut flights = lossy(60.0, 0.2, 4.0, seed);
        flights.extend(stream(120.0, |_| 5_000).into_iter().skip(3_000));
        simulation.send(flights);
        simulation.run(119_000_000);
        let in_bursts = mean_delay(&simulation, 10_000_000, 59_000_000);
        assert!(
            (80.0..140.0).contains(&in_bursts),
            "seed {seed}: {in_bursts} ms"
        );
        let clean = mean_delay(&simulation, 100_000_000, 119_000_000);
        assert!(clean < 15.0, "seed {seed}: {clean} ms");
    }
}

#[test]
fn random_loss_adds_little_delay_whatever_could_be_restored() {
    for share in [0.05, 0.1, 0.2, 0.3] {
        for decoder in [FakeDecoder::default(), deep(500)] {
            let mut simulation = Simulation::with(decoder);
            simulation.send(lossy(60.0, share, 1.0, 5));
            simulation.run(59_000_000);
            let mean = mean_delay(&simulation, 5_000_000, 59_000_000);
            assert!(mean < 80.0, "{share}: {mean} ms");
        }
    }
}

#[test]
fn after_a_gap_longer_than_the_buffer_what_the_first_packet_tells_is_heard() {
    // Twelve packets, 240 ms, and the packet after them tells of the last 100 ms. Bursts before have made the buffer deep.
    let mut simulation = Simulation::with(deep(100));
    let flights = holed(40.0, 40, 4).into_iter();
    simulation.send(flights.filter(|flight| !(1_600..1_612).contains(&flight.sequence)));
    simulation.run(31_900_000);
    let before = simulation.stats();
    simulation.run(32_900_000);
    let (restored, _) = grown(before, simulation.stats());
    // The four of the usual burst at 1,640 have not come yet.
    assert!(restored >= 3, "{restored} {:?}", simulation.stats());
}

#[test]
fn what_is_invented_fades_out_and_sound_comes_back_softly() {
    let mut simulation = Simulation::with(bare());
    let flights = lossy(20.0, 0.1, 1.0, 3).into_iter();
    // Nothing for 600 ms, in the middle of a sender's loss.
    simulation.send(flights.filter(|flight| !(500..530).contains(&flight.sequence)));
    simulation.run(12_000_000);
    let gap = peaks(&simulation.heard, 10.02, 10.60);
    assert!(gap[1] > 0.25, "at first it goes on: {gap:?}");
    assert!(
        gap[20..54].iter().all(|&peak| peak == 0.0),
        "after 200 ms nothing is left: {gap:?}"
    );
    assert!(
        gap[..20].windows(2).all(|pair| pair[1] <= pair[0] + 0.02),
        "it only becomes softer: {gap:?}"
    );
    let around = &simulation.heard[480_000..12 * 48_000 - 48_000];
    assert!(largest_step(around) < NO_CLICK, "{}", largest_step(around));
    let back = peaks(&simulation.heard, 10.6, 10.9);
    assert!(back[10..].iter().all(|&peak| peak > 0.2), "{back:?}");
}

#[test]
fn on_a_clean_network_the_end_of_a_spurt_is_soft_and_short() {
    let mut simulation = Simulation::plain();
    simulation.send(stream(5.0, |_| 5_000));
    simulation.run(6_000_000);
    let end = simulation
        .heard
        .iter()
        .rposition(|sample| *sample != 0.0)
        .unwrap();
    // Said until 5.0, there at 5.005, played a few milliseconds later.
    let after_ms = (end as f64 / 48.0) - 5_000.0;
    assert!((0.0..75.0).contains(&after_ms), "{after_ms} ms");
    let tail = &simulation.heard[4 * 48_000..];
    assert!(largest_step(tail) < NO_CLICK, "{}", largest_step(tail));
    assert!(simulation.stats().concealed_ms <= 40.0);
}

#[test]
fn damaged_packets_are_concealed_and_counted() {
    let mut simulation = Simulation::with(bare());
    let flights = stream(20.0, |_| 5_000).into_iter().map(|flight| Flight {
        damaged: flight.sequence % 25 == 24,
        ..flight
    });
    simulation.send(flights);
    simulation.run(19_000_000);
    let stats = simulation.stats();
    assert!((35..=40).contains(&stats.damaged), "{stats:?}");
    let heard = &simulation.heard[48_000..18 * 48_000];
    assert!(largest_step(heard) < NO_CLICK, "{}", largest_step(heard));
    assert!(
        peaks(&simulation.heard, 1.0, 18.0)
            .iter()
            .all(|&peak| peak > 0.2),
        "no hole"
    );
}

#[test]
fn a_sender_whose_numbers_step_back_is_heard_again_at_once() {
    for back in [3, 30, 300, 500, 600, 100_000] {
        let mut simulation = Simulation::plain();
        let count = 2_000_000_000_u32;
        let first = stream(10.0, |_| 5_000).into_iter().map(|flight| Flight {
            sequence: flight.sequence + count,
            ..flight
        });
        let again = stream(5.0, |_| 10_005_000)
            .into_iter()
            .map(|flight| Flight {
                sequence: flight.sequence + count + 500 - back,
                timestamp: flight.timestamp.wrapping_add(7_777_920),
                ..flight
            });
        simulation.send(first.chain(again));
        simulation.run(15_000_000);
        let silent = peaks(&simulation.heard, 10.0, 14.9)
            .iter()
            .filter(|&&peak| peak < 0.1)
            .count();
        assert!(
            silent < 40,
            "{back} back: {silent} times 10 ms of silence, {:?}",
            simulation.stats()
        );
    }
}

#[test]
fn numbers_and_timestamps_that_jump_cost_a_moment() {
    for (jump, timestamps) in [
        (2, 0),
        (40, 0),
        (100, 0),
        (1_000, 0),
        (1_000, 1_000 * PACKET as u32),
        (100, 48_000 * 3_600),
        (0, 48_000 * 5),
        (0, 0_u32.wrapping_sub(48_000 * 5)),
        (70_000, 12_345_600),
    ] {
        let mut simulation = Simulation::plain();
        let flights = stream(20.0, |_| 5_000).into_iter().map(|flight| {
            let after = flight.sequence >= 500;
            Flight {
                sequence: flight.sequence + if after { jump } else { 0 },
                timestamp: flight
                    .timestamp
                    .wrapping_add(if after { timestamps } else { 0 }),
                ..flight
            }
        });
        simulation.send(flights);
        simulation.run(19_900_000);
        let silent = peaks(&simulation.heard, 10.0, 19.8)
            .iter()
            .filter(|&&peak| peak < 0.1)
            .count();
        assert!(
            silent < 100,
            "{jump}, {timestamps}: {silent} times 10 ms of silence, {:?}",
            simulation.stats()
        );
        let last = peaks(&simulation.heard, 15.0, 19.8);
        assert!(last.iter().all(|&peak| peak > 0.2), "{jump}, {timestamps}");
        assert!(
            simulation.stats().delay_ms < 60.0,
            "{:?}",
            simulation.stats()
        );
    }
}

#[test]
fn packets_of_another_length_follow_without_a_hole_even_when_the_last_before_was_lost() {
    for (before, after) in [
        (960, 480),
        (480, 960),
        (960, 2_880),
        (2_880, 480),
        (1_920, 960),
    ] {
        for lost in [0, 1, 2] {
            let mut simulation = Simulation::with(bare());
            let (mut timestamp, mut flights) = (0, Vec::new());
            for sequence in 0..600_u32 {
                let samples = if sequence < 300 { before } else { after };
                timestamp += samples;
                if !(300 - lost..300).contains(&sequence) {
                    flights.push(Flight {
                        arrives: timestamp as i64 * 1_000 / 48 + 5_000,
                        sequence,
                        timestamp: (timestamp - samples) as u32,
                        samples,
                        ..Flight::default()
                    });
                }
            }
            simulation.send(flights);
            let ends = timestamp as i64 * 1_000 / 48;
            simulation.run(ends);
            let changes = 300.0 * before as f64 / 48_000.0;
            let around = peaks(&simulation.heard, changes - 0.3, changes + 0.5);
            // The first longer packet is whole so much later: what is invented meanwhile has begun to fade by then.
            let fading = if after > before { 2 } else { 0 };
            assert!(
                around.iter().filter(|&&peak| peak < 0.2).count()
                    <= fading + 12 * usize::from(lost > 0),
                "{before} to {after}, {lost} lost: {around:?}"
            );
            let stats = simulation.stats();
            assert_eq!(
                stats.lost,
                u64::from(lost),
                "{before} to {after}: {stats:?}"
            );
            // Packets longer than those before have to be waited for.
            assert!(stats.delay_ms < 100.0, "{before} to {after}: {stats:?}");
        }
    }
}

/// Shares of the speech that were restored, and that were filled with what was not said, in percent.
fn shares(stats: JitterStats) -> (f64, f64) {
    let percent = |ms: f64| ms * 100.0 / stats.speech_ms;
    (percent(stats.restored_ms), percent(stats.filled_ms))
}

#[test]
fn speech_is_counted_as_it_came_as_restored_or_as_filled() {
    for (decoder, restored, filled) in [
        (FakeDecoder::default(), 5.0, 0.0),
        (deep(200), 5.0, 0.0),
        (bare(), 0.0, 5.0),
    ] {
        let mut simulation = Simulation::with(decoder);
        simulation.send(holed(30.0, 20, 1));
        simulation.run(30_100_000);
        let stats = simulation.stats();
        assert!(
            (stats.speech_ms - 30_000.0).abs() < 100.0,
            "all of it is counted once: {stats:?}"
        );
        let found = shares(stats);
        let close = |found: f64, wanted: f64| (found - wanted).abs() < 0.7;
        assert!(
            close(found.0, restored) && close(found.1, filled),
            "{restored} {filled}: {found:?} of {stats:?}"
        );
        assert_eq!(stats.received_bytes, stats.received * 6, "{stats:?}");
    }
}

#[test]
fn the_end_of_speech_is_no_sound_that_was_missed() {
    let mut simulation = Simulation::with(bare());
    simulation.send(stream(3.0, |_| 5_000));
    simulation.run(4_000_000);
    let stats = simulation.stats();
    assert!(stats.concealed_ms > 0.0, "{stats:?}");
    assert!(stats.filled_ms == 0.0, "{stats:?}");
}

#[test]
fn jitter_is_not_known_at_first_and_then_what_the_latest_packets_are_late_by() {
    let mut simulation = Simulation::plain();
    simulation.send(stream(
        10.0,
        |index| if index % 10 == 9 { 45_000 } else { 5_000 },
    ));
    simulation.run(300_000);
    assert_eq!(simulation.stats().jitter_ms, None);
    simulation.run(9_000_000);
    let jitter = simulation.stats().jitter_ms.unwrap();
    assert!((39.0..41.0).contains(&jitter), "{jitter}");
}
