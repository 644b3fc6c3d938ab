//! The jitter buffer and time correction, hour by hour in milliseconds: time is an argument.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/network.rs"]
mod network;

use dialtone_audio::codec::{LossKind, ObservedLoss};
use network::{Dice, Flight, PACKET, PIECE_US, Simulation, largest_step, losing, stream};

/// The same talker with other numbers, 5 s later: whoever begins anew.
fn begun_anew() -> impl Iterator<Item = Flight> {
    let again = stream(5.0, |_| 5_005_000).into_iter();
    again.map(|flight| Flight {
        sequence: flight.sequence + 3_000_000_000,
        timestamp: flight.timestamp + 2_900_000_000,
        ..flight
    })
}

#[test]
fn a_steady_network_is_played_whole_and_with_little_delay() {
    let mut simulation = Simulation::plain();
    simulation.send(stream(30.0, |_| 30_000));
    simulation.run(29_900_000);
    let stats = simulation.stats();
    assert_eq!(
        (stats.lost, stats.late, stats.underruns),
        (0, 0, 0),
        "{stats:?}"
    );
    assert!(stats.concealed_ms == 0.0, "{stats:?}");
    assert!(stats.delay_ms < 12.0, "{stats:?}");
    assert!(
        largest_step(&simulation.heard) < 0.02,
        "no click: {}",
        largest_step(&simulation.heard)
    );
}

#[test]
fn reordered_and_doubled_packets_do_no_harm() {
    let mut simulation = Simulation::plain();
    let mut flights = stream(10.0, |index| if index % 5 == 3 { 25_000 } else { 1_000 });
    let doubles: Vec<Flight> = flights
        .iter()
        .step_by(7)
        .map(|flight| Flight {
            arrives: flight.arrives + 3_000,
            ..*flight
        })
        .collect();
    flights.extend(doubles);
    simulation.send(flights);
    simulation.run(2_000_000);
    let early = simulation.stats();
    simulation.run(9_900_000);
    let stats = simulation.stats();
    assert!(stats.duplicate > 40, "{stats:?}");
    assert_eq!(
        stats.lost, early.lost,
        "after the first seconds nothing is lost: {stats:?}"
    );
    assert!(stats.concealed_ms - early.concealed_ms < 1.0, "{stats:?}");
}

#[test]
fn numbers_that_wrap_go_unnoticed() {
    let mut simulation = Simulation::plain();
    let flights = stream(10.0, |_| 5_000).into_iter().map(|flight| Flight {
        sequence: flight.sequence.wrapping_sub(200),
        timestamp: flight.timestamp.wrapping_sub(200 * PACKET as u32),
        ..flight
    });
    simulation.send(flights);
    simulation.run(9_900_000);
    let stats = simulation.stats();
    assert_eq!(
        (stats.lost, stats.late, stats.underruns),
        (0, 0, 0),
        "{stats:?}"
    );
}

#[test]
fn a_lost_packet_is_restored_from_the_next_one_before_anything_is_invented() {
    let mut simulation = Simulation::plain();
    let mut dice = Dice::new(3);
    let flights: Vec<Flight> = stream(60.0, |_| 5_000)
        .into_iter()
        .filter(|_| dice.throw() >= 0.05)
        .collect();
    simulation.send(flights);
    simulation.run(59_000_000);
    let stats = simulation.stats();
    assert!(stats.lost > 100, "{stats:?}");
    // Two in a row leave the first one to be invented: about one in twenty.
    assert!(
        stats.fec_recovered as f64 > 0.7 * stats.lost as f64,
        "{stats:?}"
    );
    assert!(stats.delay_ms < 40.0, "{stats:?}");
}

#[test]
fn jitter_raises_the_target_and_calm_lowers_it_again() {
    let mut simulation = Simulation::plain();
    let mut dice = Dice::new(5);
    simulation.send(stream(90.0, |index| match index {
        0..1_500 => (dice.throw() * 40_000.0) as i64,
        _ => 0,
    }));
    simulation.run(29_000_000);
    let rough = simulation.stats();
    assert!((25.0..60.0).contains(&rough.target_ms), "{rough:?}");
    simulation.run(89_000_000);
    let calm = simulation.stats();
    assert!(calm.target_ms < 6.0 && calm.delay_ms < 15.0, "{calm:?}");
}

#[test]
fn after_a_stall_the_delay_is_back_within_two_seconds() {
    for stall_ms in [200, 500, 1_000] {
        let mut simulation = Simulation::plain();
        let (begins, ends) = (5_000_000_i64, 5_000_000 + stall_ms * 1_000);
        let mut flights = stream(12.0, |_| 5_000);
        for flight in &mut flights {
            if (begins..ends).contains(&flight.arrives) {
                flight.arrives = ends + i64::from(flight.sequence % 50);
            }
        }
        simulation.send(flights);
        simulation.run(begins);
        let before = simulation.stats();
        simulation.run(ends + 2_000_000);
        let after = simulation.stats();
        assert!(
            after.delay_ms < before.delay_ms + 12.0,
            "stall of {stall_ms} ms: {before:?} then {after:?}"
        );
    }
}

#[test]
fn clocks_that_drift_apart_do_not_let_the_delay_grow() {
    for drift_ppm in [-200.0, 200.0] {
        let mut simulation = Simulation::plain();
        simulation.piece_us = PIECE_US * (1.0 + drift_ppm * 1e-6);
        let mut dice = Dice::new(9);
        simulation.send(stream(3_600.0, |_| (dice.throw() * 2_000.0) as i64));
        simulation.run(3_599_000_000);
        let stats = simulation.stats();
        let mean = |from: i64, to: i64| {
            let part: Vec<f32> = simulation
                .delays
                .iter()
                .filter(|(at, _)| (from..to).contains(at))
                .map(|(_, delay)| *delay)
                .collect();
            part.iter().sum::<f32>() / part.len() as f32
        };
        let (first, last) = (
            mean(60_000_000, 600_000_000),
            mean(3_000_000_000, 3_599_000_000),
        );
        assert!(
            (last - first).abs() < 2.0,
            "{drift_ppm} ppm: {first} ms became {last} ms, {stats:?}"
        );
        assert!(stats.delay_ms < 20.0, "{stats:?}");
        assert_eq!(stats.lost, 0, "{stats:?}");
        assert!(stats.concealed_ms < 1_000.0, "{stats:?}");
    }
}

#[test]
fn a_pause_is_silence_and_not_loss_and_pre_roll_is_caught_up() {
    let mut simulation = Simulation::plain();
    let mut flights = Vec::new();
    for spurt in 0..20_i64 {
        for index in 0..50_i64 {
            let timestamp = spurt * 96_000 + index * PACKET as i64;
            // The first three packets of a spurt are the pre-roll: they come together with the fourth.
            let arrives = spurt * 2_000_000 + (index.max(3) + 1) * 20_000 + 5_000;
            let sequence = (spurt * 50 + index) as u32;
            flights.push(Flight {
                arrives,
                sequence,
                timestamp: timestamp as u32,
                ..Flight::default()
            });
        }
    }
    simulation.send(flights);
    simulation.run(40_000_000);
    let stats = simulation.stats();
    assert_eq!((stats.lost, stats.late), (0, 0), "{stats:?}");
    assert!(stats.target_ms < 12.0, "pre-roll is no jitter: {stats:?}");
    assert!(stats.delay_ms < 25.0, "{stats:?}");
    // Each spurt ends in 40 ms of invented sound that fades out, as its end cannot be told from a late packet.
    assert!(stats.concealed_ms <= 20.0 * 40.0, "{stats:?}");
    let quiet = &simulation.heard[48_000 + 48_000 / 2..2 * 48_000 - 4_800];
    assert!(
        quiet.iter().all(|&sample| sample == 0.0),
        "pauses are silent"
    );
}

#[test]
fn absurd_packets_are_refused_and_a_sender_who_begins_anew_is_heard_again() {
    let mut simulation = Simulation::plain();
    simulation.send(stream(5.0, |_| 5_000));
    simulation.send(begun_anew());
    simulation.run(9_900_000);
    let tail = &simulation.heard[9 * 48_000..9 * 48_000 + 24_000];
    assert!(
        tail.iter().any(|sample| sample.abs() > 0.2),
        "{:?}",
        simulation.stats()
    );
}

#[test]
fn silence_is_corrected_to_the_sample_and_never_too_much() {
    for travel_ms in [1, 200] {
        let mut simulation = Simulation::plain();
        simulation.send(
            stream(
                20.0,
                |index| if index < 20 { travel_ms * 1_000 } else { 1_000 },
            )
            .into_iter()
            .map(|flight| Flight {
                spoken: false,
                ..flight
            }),
        );
        simulation.run(19_900_000);
        let stats = simulation.stats();
        assert!((0.0..12.0).contains(&stats.delay_ms), "{stats:?}");
        assert!(
            stats.shrunk_ms < 300.0 && stats.stretched_ms < 100.0,
            "{stats:?}"
        );
        assert!(stats.concealed_ms < 100.0, "{stats:?}");
    }
}

#[test]
fn little_too_much_delay_is_given_back_with_packets_of_any_length() {
    let kinds = [(1, true), (1, false), (2, true), (2, false)];
    for ((blocks, spoken), late) in kinds.into_iter().flat_map(|kind| [(kind, 5), (kind, 9)]) {
        let mut simulation = Simulation::plain();
        let length = i64::from(blocks) * 10_000;
        // The first ones come late, and none is ever that late again.
        simulation.send((0..800_u32).map(|index| Flight {
            arrives: i64::from(index + 1) * length + if index < 4 { late * 1_000 } else { 1_000 },
            sequence: index,
            timestamp: index * blocks * 480,
            samples: blocks as usize * 480,
            spoken,
            ..Flight::default()
        }));
        simulation.run(7_000_000);
        let stats = simulation.stats();
        let spare_ms = stats.delay_ms - stats.target_ms;
        // Of a voice only whole periods (here 5 ms) can be left out, after a piece (2.5 ms) that is kept in reserve.
        let bound_ms = if spoken { 7.5 } else { 2.5 };
        assert!(
            spare_ms <= bound_ms,
            "{blocks} x 10 ms, {spoken}, {late} ms: {stats:?}"
        );
        assert_eq!(stats.lost + stats.late, 0, "{stats:?}");
    }
}

#[test]
fn no_mess_of_stalls_and_pauses_drives_it_out_of_bounds() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let mut simulation = Simulation::plain();
        let (mut moment, mut timestamp, mut flights) = (20_000_i64, 0_u32, Vec::new());
        let mut held = 0;
        for sequence in 0..3_000 {
            if dice.throw() < 0.01 {
                // The sender's sound stood still without its clock knowing.
                moment += (dice.throw() * 200_000.0) as i64;
            }
            if dice.throw() < 0.01 {
                held = moment + (dice.throw() * 400_000.0) as i64;
            }
            flights.push(Flight {
                arrives: moment.max(held),
                sequence,
                timestamp,
                spoken: seed % 2 == 0,
                ..Flight::default()
            });
            moment += 20_000;
            timestamp += PACKET as u32;
        }
        simulation.send(flights);
        simulation.run(moment);
        let lowest = simulation
            .delays
            .iter()
            .map(|(_, delay)| *delay)
            .fold(f32::MAX, f32::min);
        let highest = simulation
            .delays
            .iter()
            .map(|(_, delay)| *delay)
            .fold(f32::MIN, f32::max);
        let stats = simulation.stats();
        assert!(
            lowest > -40.0 && highest < 800.0,
            "seed {seed}: {lowest}..{highest} {stats:?}"
        );
    }
}

#[test]
fn what_the_network_loses_is_observed_with_its_kind() {
    for (share, burst, kind) in [
        (0.1, 1.0, LossKind::Random),
        (0.1, 4.0, LossKind::Bursty),
        (0.2, 4.0, LossKind::Bursty),
    ] {
        let mut simulation = Simulation::plain();
        let mut loses = losing(share, burst, 11);
        let flights = stream(60.0, |_| 5_000).into_iter();
        simulation.send(flights.filter(|flight| !loses() || flight.sequence < 250));
        simulation.run(4_900_000);
        assert_eq!(simulation.stats().observed, ObservedLoss::NONE);
        simulation.run(59_000_000);
        let observed = simulation.stats().observed;
        assert_eq!(observed.kind(), kind, "{observed:?}");
        assert!((0.05..0.35).contains(&observed.share), "{observed:?}");
    }
}

#[test]
fn reordering_pauses_and_wrapping_numbers_are_no_loss() {
    let mut simulation = Simulation::plain();
    let mut flights = Vec::new();
    for spurt in 0..20_i64 {
        for index in 0..50_i64 {
            let sequence = (spurt * 50 + index) as u32;
            let overtaken = if index % 5 == 3 { 25_000 } else { 0 };
            flights.push(Flight {
                arrives: spurt * 2_000_000 + (index + 1) * 20_000 + 1_000 + overtaken,
                sequence: sequence.wrapping_sub(500),
                timestamp: (spurt * 96_000 + index * PACKET as i64) as u32,
                ..Flight::default()
            });
        }
    }
    simulation.send(flights);
    simulation.run(5_000_000);
    // Until the first overtaken packets are known, some come after their turn.
    let early = simulation.stats().observed.share;
    simulation.run(40_000_000);
    let stats = simulation.stats();
    assert!(stats.observed.share < 0.01, "{early} became {stats:?}");
}

#[test]
fn a_sender_who_begins_anew_is_observed_anew() {
    let mut simulation = Simulation::plain();
    simulation.send(
        stream(5.0, |_| 5_000)
            .into_iter()
            .filter(|flight| flight.sequence % 5 != 4),
    );
    simulation.run(4_900_000);
    assert!(simulation.stats().observed.share > 0.1);
    simulation.send(begun_anew());
    simulation.run(9_900_000);
    assert_eq!(simulation.stats().observed, ObservedLoss::NONE);
}
