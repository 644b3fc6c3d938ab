//! Sender and solver against each other, with packets that are no sound.

use super::*;
use crate::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES, ObservedLoss};
use crate::dice::Dice;

fn byte(dice: &mut Dice) -> u8 {
    (dice.throw() * 256.0) as u8
}

/// A packet of one frame of 20 ms SILK (first byte 0x48) with these many bytes at most.
fn source(dice: &mut Dice, most: usize) -> Vec<u8> {
    let length = most / 2 + (dice.throw() * (most / 2) as f64) as usize;
    let mut packet = vec![0x48];
    packet.extend((1..length).map(|_| byte(dice)));
    packet
}

/// What is sent, and the sources in it.
fn sent(parity: Parity, count: usize, constant: Option<usize>) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut dice, mut sender) = (Dice::new(4), Sender::new());
    let sources: Vec<Vec<u8>> = (0..count)
        .map(|_| source(&mut dice, constant.unwrap_or(60)))
        .collect();
    let packets = sources.iter().map(|source| {
        let mut output = [0; 1_275];
        output[..source.len()].copy_from_slice(source);
        let length = sender.wrap(
            &mut output,
            source.len(),
            parity.within(PacketDuration::Ms20),
            constant.map(|source| Shares {
                source,
                body: source,
            }),
        );
        output[..length].to_vec()
    });
    let packets = packets.collect();
    (sources, packets)
}

/// What a receiver has in the end when `lost` packets do not come: (packet, how many packets later it was there).
fn receive(packets: &[Vec<u8>], lost: impl Fn(usize) -> bool) -> Vec<Option<(Vec<u8>, usize)>> {
    let mut have: Vec<Option<(Vec<u8>, usize)>> = vec![None; packets.len()];
    let mut solver = Solver::new();
    for newest in 0..packets.len() {
        if lost(newest) {
            continue;
        }
        have[newest] = Some((packets[newest].clone(), 0));
        let there = |sequence: i64| {
            let index = usize::try_from(sequence).ok()?;
            have.get(index)?
                .as_ref()
                .map(|(packet, _)| packet.as_slice())
        };
        let mut found = Vec::new();
        for index in 0..solver.solve(newest as i64, there) {
            if let Some(recovered) = solver.recovered(index) {
                found.push((recovered.sequence, recovered.payload.to_vec()));
            }
        }
        for (sequence, payload) in found {
            if let Ok(index) = usize::try_from(sequence) {
                have[index] = Some((payload, newest - index));
            }
        }
    }
    have
}

#[test]
fn what_comes_back_is_what_was_sent_to_the_byte_and_in_time() {
    for (parity, gaps, within) in [
        (Parity::of_the_last(3), 1, 1),
        (Parity::of_the_last(4), 2, 2),
        (Parity::of_the_last(6), 3, 3),
        (Parity::halves_of_the_last(4, 3), 3, 2),
        (Parity::copy_of(6), 6, 6),
        (
            Parity {
                covers: 0b10_0100,
                symbols: 2,
                parts: 1,
            },
            3,
            6,
        ),
    ] {
        for constant in [None, Some(39)] {
            let (sources, packets) = sent(parity, 200, constant);
            // As many in a row as the parity is said to bridge, then room to recover.
            let lost = |index: usize| index > 10 && index % 20 < gaps;
            let have = receive(&packets, lost);
            for (index, source) in sources.iter().enumerate().filter(|&(index, _)| lost(index)) {
                let (payload, later) = have[index]
                    .as_ref()
                    .unwrap_or_else(|| panic!("{parity:?} {index}"));
                assert_eq!(payload, source, "{parity:?} {index}");
                assert!(*later <= gaps + within, "{parity:?}: {later} packets later");
            }
        }
    }
}

#[test]
fn at_random_loss_far_less_is_missing_than_was_lost() {
    for (parity, share, most) in [
        (Parity::of_the_last(3), 0.1, 0.012),
        (Parity::of_the_last(4), 0.2, 0.04),
        (Parity::halves_of_the_last(4, 3), 0.3, 0.06),
    ] {
        let (sources, packets) = sent(parity, 4_000, Some(39));
        let mut dice = Dice::new(9);
        let lost: Vec<bool> = packets.iter().map(|_| dice.throw() < share).collect();
        let have = receive(&packets, |index| lost[index]);
        let in_time = |index: usize| {
            have[index]
                .as_ref()
                .is_some_and(|(_, later)| *later <= parity.reach())
        };
        let missing = (0..packets.len()).filter(|&index| !in_time(index)).count() as f32
            / packets.len() as f32;
        assert!(missing < most, "{parity:?}: {share} became {missing}");
        for (index, source) in sources.iter().enumerate().filter(|&(index, _)| lost[index]) {
            if let Some((payload, _)) = &have[index] {
                assert_eq!(payload, source);
            }
        }
    }
}

#[test]
fn packets_of_a_constant_rate_have_one_size_and_as_much_source_as_fits() {
    for parity in [
        Parity::of_the_last(3),
        Parity::halves_of_the_last(4, 3),
        Parity::copy_of(6),
    ] {
        for total in [60, 84, 200, 250] {
            let shares = parity.shares(total, |_| 0).unwrap();
            let (_, packets) = sent(parity, 50, Some(shares.source));
            let sizes: Vec<usize> = packets.iter().map(Vec::len).collect();
            assert!(sizes.iter().all(|&size| size == sizes[0]), "{sizes:?}");
            assert!(
                (total - 4..=total).contains(&sizes[0]),
                "{parity:?} {total} {}",
                sizes[0]
            );
        }
    }
}

#[test]
fn a_receiver_that_comes_later_is_not_misled() {
    let (sources, packets) = sent(Parity::of_the_last(4), 60, Some(39));
    let have = receive(&packets, |index| index < 20 || index == 40);
    for (index, have) in have.iter().enumerate() {
        if let Some((packet, later)) = have {
            assert!(*later == 0 || *packet == sources[index], "{index}");
        }
    }
    assert!(have[40].is_some());
}

#[test]
fn nonsense_is_refused_without_a_panic() {
    let mut dice = Dice::new(1);
    let (_, packets) = sent(Parity::halves_of_the_last(4, 3), 40, Some(39));
    for _ in 0..300 {
        let mut damaged = packets.clone();
        for packet in &mut damaged {
            if dice.throw() < 0.3 {
                let at = (dice.throw() * packet.len() as f64) as usize;
                packet[at] = byte(&mut dice);
            }
            if dice.throw() < 0.1 {
                packet.truncate((dice.throw() * packet.len() as f64) as usize);
            }
        }
        let threshold = dice.throw() * 0.5;
        let lost: Vec<bool> = damaged.iter().map(|_| dice.throw() < threshold).collect();
        receive(&damaged, |index| lost[index]);
    }
}

#[test]
fn longer_packets_are_covered_over_the_same_time() {
    let parity = Parity {
        covers: 0b10_0101,
        symbols: 1,
        parts: 1,
    };
    for (packet, covers) in [
        (PacketDuration::Ms10, 0b1010_0010),
        (PacketDuration::Ms20, 0b10_0101),
        (PacketDuration::Ms40, 0b101),
        (PacketDuration::Ms60, 0b11),
    ] {
        assert_eq!(parity.within(packet).covers, covers, "{packet:?}");
    }
}

/// A packet as Opus makes it with deep redundancy: one frame, single bytes of padding, the extension to the end.
fn with_deep(source: &[u8], deep: &[u8], total: usize) -> Vec<u8> {
    let fill = total - source.len() - 3 - deep.len();
    let mut packet = vec![source[0] | 3, 0x41, (fill + 1 + deep.len()) as u8];
    packet.extend_from_slice(&source[1..]);
    packet.extend(std::iter::repeat_n(0x01, fill));
    packet.push(126 << 1);
    packet.extend_from_slice(deep);
    packet
}

#[test]
fn deep_redundancy_stays_beside_parity_and_is_no_part_of_what_comes_back() {
    let (mut dice, mut sender) = (Dice::new(4), Sender::new());
    let shares = Shares {
        source: 42,
        body: 60,
    };
    let (mut sources, mut packets) = (Vec::new(), Vec::new());
    for index in 0..40_u8 {
        let source = source(&mut dice, 42);
        let deep: Vec<u8> = vec![index; 61 - source.len() - 4];
        let made = with_deep(&source, &deep, 61);
        let mut output = [0; 1_275];
        output[..made.len()].copy_from_slice(&made);
        let length = sender.wrap(
            &mut output,
            made.len(),
            Parity::of_the_last(3),
            Some(shares),
        );
        let opened = envelope::open(&output[..length]).unwrap();
        let told = opened.padding;
        let at = told.iter().position(|&byte| byte != 1).unwrap();
        assert_eq!(told[at..at + 2], [126 << 1 | 1, deep.len() as u8]);
        assert_eq!(told[at + 2..at + 2 + deep.len()], deep);
        packets.push(output[..length].to_vec());
        sources.push(source);
    }
    let sizes: Vec<usize> = packets.iter().map(Vec::len).collect();
    assert!(sizes.iter().all(|&size| size == sizes[0]), "{sizes:?}");
    let have = receive(&packets, |index| index % 5 == 3 && index < 36);
    for (index, have) in have.iter().enumerate() {
        let (packet, later) = have.as_ref().unwrap();
        assert!(*later == 0 || *packet == sources[index], "{index}");
    }
}

#[test]
fn a_packet_that_is_too_long_for_the_sums_is_not_covered_and_harms_no_other() {
    let (mut dice, mut sender) = (Dice::new(9), Sender::new());
    let shares = Shares {
        source: 30,
        body: 50,
    };
    let (mut sources, mut packets) = (Vec::new(), Vec::new());
    for index in 0..30 {
        let mut source = source(&mut dice, 30);
        if index == 10 {
            source.resize(45, 7);
        }
        let mut output = [0; 1_275];
        output[..source.len()].copy_from_slice(&source);
        let length = sender.wrap(
            &mut output,
            source.len(),
            Parity::of_the_last(3),
            Some(shares),
        );
        packets.push(output[..length].to_vec());
        sources.push(source);
    }
    let have = receive(&packets, |index| index == 10 || index == 12 || index == 20);
    assert_eq!(have[10], None);
    for index in [12, 20] {
        assert_eq!(have[index].as_ref().unwrap().0, sources[index]);
    }
}

/// Opus decides by itself how much it gives to deep redundancy: here it is asked whether `codec::deep` foretells it.
#[test]
fn sums_hold_every_frame_that_opus_makes_beside_deep_redundancy() {
    for packet in [PacketDuration::Ms10, PacketDuration::Ms20] {
        for bitrate in [44_000, 48_000, 56_000, 64_000, 80_000, 96_000] {
            for loss in [ObservedLoss::random(0.25), ObservedLoss::random(0.41)] {
                let tune = loss.tune(bitrate).within(packet);
                assert!(tune.dred_ms > 0 && tune.parity.is_some());
                let shares = tune.shares(packet).unwrap();
                let mut encoder = Encoder::new(&EncoderConfig {
                    packet,
                    ..EncoderConfig::default()
                })
                .unwrap();
                encoder.tune(&tune);
                let mut dice = Dice::new(u64::from(bitrate));
                let mut output = [0; MAX_PACKET_BYTES];
                let mut sound = vec![0.0; packet.samples()];
                for index in 0..150 {
                    // Noise that comes and goes is as hard to code as can be.
                    let loudness = if index / 7 % 3 == 0 { 0.002 } else { 0.3 };
                    sound.fill_with(|| (dice.throw() as f32 - 0.5) * loudness);
                    let length = encoder.encode(&sound, &mut output).unwrap();
                    let source = envelope::open(&output[..length]).unwrap().source_bytes();
                    assert!(
                        source <= shares.source,
                        "{bitrate} {packet:?}: {source} in {shares:?}"
                    );
                }
            }
        }
    }
}
