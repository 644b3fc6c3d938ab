//! A room that is computed, and who speaks in it.

use super::*;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE, level_dbfs};

/// Numbers that look random, from -1 to 1.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Somebody who speaks: syllables of noise through a resonance, each another one, with pauses.
fn speech(seed: u32, seconds: usize) -> Vec<f32> {
    let mut noise = Noise(seed);
    let mut said = Vec::new();
    let (mut one, mut two) = (0.0, 0.0);
    while said.len() < seconds * SAMPLE_RATE as usize {
        let length = 4_800 + (noise.next().abs() * 7_200.0) as usize;
        let hz = 300.0 + noise.next().abs() * 2_500.0;
        let loud = if noise.next() < -0.5 { 0.0 } else { 0.02 };
        let turn = (hz * std::f32::consts::TAU / SAMPLE_RATE as f32).cos();
        for place in 0..length {
            let swell = (place as f32 / length as f32 * std::f32::consts::PI).sin();
            let next = noise.next() * loud * swell + 2.0 * 0.98 * turn * one - 0.98 * 0.98 * two;
            (one, two) = (next, one);
            said.push(next);
        }
    }
    said.truncate(seconds * SAMPLE_RATE as usize);
    said
}

/// What comes back of it after `delay` samples: a decaying response of 100 ms.
fn echo(far: &[f32], delay: usize) -> Vec<f32> {
    let mut noise = Noise(99);
    let response: Vec<f32> = (0..4_800)
        .step_by(40)
        .map(|place| noise.next() * (-(place as f32) / 700.0).exp())
        .collect();
    let mut heard = vec![0.0; far.len()];
    for (index, strength) in response.iter().enumerate() {
        let late = delay + index * 40;
        for place in late..far.len() {
            heard[place] += 0.35 * strength * far[place - late];
        }
    }
    heard
}

/// What comes out for these, block by block.
fn cancelled(far: &[f32], mic: &[f32]) -> Vec<f32> {
    let mut stage = EchoCancelNode::default().processor().unwrap();
    let mut out = Vec::new();
    for (far, mic) in far
        .chunks_exact(BLOCK_SAMPLES)
        .zip(mic.chunks_exact(BLOCK_SAMPLES))
    {
        let mut block = Block::silence();
        block.samples.copy_from_slice(mic);
        block.played.fill(|played| {
            played.copy_from_slice(far);
            true
        });
        stage.process(&mut block).unwrap();
        out.extend(block.samples);
    }
    out
}

fn second(sound: &[f32], at: usize) -> f32 {
    level_dbfs(&sound[at * SAMPLE_RATE as usize..(at + 1) * SAMPLE_RATE as usize])
}

#[test]
fn an_echo_is_gone_after_a_second_whatever_its_delay() {
    let far = speech(1, 6);
    for delay_ms in [0, 30, 120, 300] {
        let mic = echo(&far, delay_ms * SAMPLE_RATE as usize / 1_000);
        let out = cancelled(&far, &mic);
        for at in 3..6 {
            let erle = second(&mic, at) - second(&out, at);
            assert!(erle > 30.0, "{delay_ms} ms, second {at}: {erle} dB");
        }
    }
}

#[test]
fn who_speaks_here_is_heard_while_the_other_side_speaks() {
    let (far, near) = (speech(1, 8), speech(7, 8));
    let coming_back = echo(&far, 2_400);
    // The near end speaks from the fourth second on.
    let from = 4 * SAMPLE_RATE as usize;
    let mic: Vec<f32> = (0..far.len())
        .map(|place| coming_back[place] + if place < from { 0.0 } else { near[place] })
        .collect();
    let out = cancelled(&far, &mic);
    let late = suppress::LATENCY_SAMPLES;
    let wrong: Vec<f32> = (from + SAMPLE_RATE as usize..far.len() - late)
        .map(|place| out[place + late] - near[place])
        .collect();
    let near_level = level_dbfs(&near[from + SAMPLE_RATE as usize..]);
    let error = near_level - level_dbfs(&wrong);
    assert!(
        error > 6.0,
        "what is said stands {error} dB above what is wrong of it"
    );
    let echo_level = near_level - level_dbfs(&coming_back[from..]);
    assert!(echo_level < 6.0, "the echo was loud: {echo_level} dB below");
}

#[test]
fn without_anything_played_the_sound_is_only_later() {
    let near = speech(3, 2);
    let late = suppress::LATENCY_SAMPLES;
    let silence = vec![0.0; near.len()];
    let out = cancelled(&silence, &near);
    let same = |out: &[f32]| {
        let wrong: Vec<f32> = out[late..]
            .iter()
            .zip(&near)
            .map(|(out, near)| out - near)
            .collect();
        level_dbfs(&near) - level_dbfs(&wrong)
    };
    assert!(same(&out) > 50.0, "{}", same(&out));
    // Nor when it is not known what was played.
    let mut stage = EchoCancelNode::default().processor().unwrap();
    let mut out = Vec::new();
    for chunk in near.chunks_exact(BLOCK_SAMPLES) {
        let mut block = Block::silence();
        block.samples.copy_from_slice(chunk);
        stage.process(&mut block).unwrap();
        out.extend(block.samples);
    }
    assert!(same(&out) > 50.0, "{}", same(&out));
}

#[test]
fn headphones_leave_whoever_speaks_as_they_are() {
    let (far, near) = (speech(1, 6), speech(7, 6));
    let out = cancelled(&far, &near);
    let late = suppress::LATENCY_SAMPLES;
    let from = 4 * SAMPLE_RATE as usize;
    let wrong: Vec<f32> = (from..near.len() - late)
        .map(|place| out[place + late] - near[place])
        .collect();
    let error = level_dbfs(&near[from..]) - level_dbfs(&wrong);
    assert!(error > 40.0, "{error} dB");
}

#[test]
fn a_room_that_changes_is_learnt_anew() {
    let far = speech(5, 9);
    let (one, other) = (echo(&far, 1_000), echo(&far, 4_000));
    let from = 3 * SAMPLE_RATE as usize;
    let mic = [&one[..from], &other[from..]].concat();
    let out = cancelled(&far, &mic);
    let erle = second(&mic, 8) - second(&out, 8);
    assert!(erle > 25.0, "{erle} dB");
}
