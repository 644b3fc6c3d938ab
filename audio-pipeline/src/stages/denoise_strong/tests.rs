use std::f32::consts::TAU;

use super::*;

/// Blocks that are left out before one listens: what the network is unsure about at first.
const SETTLED: usize = 20;

fn processor(mix: f32) -> Box<dyn Processor> {
    let node = DenoiseStrongNode {
        mix,
        ..DenoiseStrongNode::default()
    };
    node.processor().unwrap()
}

/// Repeatable noise between -1 and 1, so that the tests need no random source.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A voice that glides and swells a little over once a second for a third of the time, so loud, in so much noise.
fn voice(blocks: usize, loud: f32, noise_level: f32) -> Vec<Block> {
    let (mut noise, mut phase) = (Noise(7), 0.0_f64);
    let mut made = vec![Block::silence(); blocks];
    let samples = made.iter_mut().flat_map(|block| &mut block.samples);
    for (index, sample) in samples.enumerate() {
        let time = index as f64 / 48_000.0;
        phase = (phase + (150.0 + 30.0 * (time * 4.0).sin()) / 48_000.0).fract();
        let harmonics = (1..=20_u8).map(|n| {
            let strength = 1.0 / (1.0 + f32::from(n.abs_diff(4)));
            (f32::from(n) * phase as f32 * TAU).sin() * strength
        });
        let swell = (time * 9.0).sin().max(0.0) as f32;
        *sample = loud * swell * harmonics.sum::<f32>() + noise_level * noise.next();
    }
    made
}

fn level(samples: &[f32]) -> f32 {
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    10.0 * (power / samples.len() as f32 + 1e-12).log10()
}

/// What comes out, without the delay, and the estimates of speech.
fn run(processor: &mut dyn Processor, blocks: &[Block]) -> (Vec<f32>, Vec<f32>) {
    let (mut sound, mut speech) = (Vec::new(), Vec::new());
    for block in blocks.iter().chain(&[Block::silence(), Block::silence()]) {
        let mut block = block.clone();
        processor.process(&mut block).unwrap();
        sound.extend_from_slice(&block.samples);
        speech.push(block.speech.unwrap());
    }
    sound.drain(..LATE_BLOCKS * BLOCK_SAMPLES);
    (sound, speech)
}

fn flat(blocks: &[Block]) -> Vec<f32> {
    blocks.iter().flat_map(|block| block.samples).collect()
}

/// What the original, `RNNoise` 0.2 in C with weights in single precision, makes of the same sound: its estimate for every tenth block, and
/// the levels of every tenth of a second in dBFS.
const ORIGINAL_SPEECH: [f32; 20] = [
    0.472, 0.999, 1.0, 0.999, 0.034, 0.003, 0.003, 0.01, 1.0, 1.0, 1.0, 0.119, 0.002, 0.002, 0.166,
    1.0, 1.0, 1.0, 0.038, 0.002,
];
const ORIGINAL_LEVELS: [f32; 20] = [
    -32.9, -26.6, -28.6, -41.1, -90.8, -119.8, -76.7, -32.4, -26.5, -28.6, -42.0, -91.9, -119.8,
    -73.5, -32.0, -26.5, -28.7, -42.1, -93.6, -119.9,
];

#[test]
fn it_does_what_the_original_does() {
    let as_learnt = DenoiseStrongNode {
        strength: 1.0,
        ..DenoiseStrongNode::default()
    };
    let mut denoiser = as_learnt.processor().unwrap();
    let (sound, speech) = run(denoiser.as_mut(), &voice(200, 0.05, 0.01));
    for (tenth, expected) in ORIGINAL_SPEECH.iter().enumerate() {
        let found = speech[10 * tenth];
        // Ours is less where hardly anything passes.
        let less = found < *expected && *expected < 0.5;
        assert!(
            less || (found - expected).abs() < 0.03,
            "{tenth}: {found} {expected}"
        );
    }
    for (tenth, expected) in ORIGINAL_LEVELS.iter().enumerate() {
        let found = level(&sound[4_800 * tenth..4_800 * (tenth + 1)]);
        // The voice is the same; ours fades more slowly where it has ended.
        let tolerance = if *expected > -35.0 { 0.2 } else { 1.0 };
        assert!(
            (found - expected).abs() < tolerance || found.max(*expected) < -70.0,
            "{tenth}: {found} {expected}"
        );
    }
}

#[test]
fn steady_noise_all_but_disappears() {
    let blocks = voice(500, 0.0, 0.05);
    let (sound, speech) = run(processor(1.0).as_mut(), &blocks);
    let settled = SETTLED * BLOCK_SAMPLES;
    let (before, after) = (level(&flat(&blocks)[settled..]), level(&sound[settled..]));
    assert!(after < before - 30.0, "{before} dBFS became {after} dBFS");
    let most = speech[SETTLED..].iter().copied().fold(0.0, f32::max);
    assert!(most < 0.3, "taken for speech by {most}");
}

/// Two sentences by a human, with nothing else.
fn spoken() -> Vec<Block> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../assets/speech/echo-test.wav"
    );
    let mut reader = hound::WavReader::open(path).unwrap();
    assert_eq!(reader.spec().sample_rate, 16_000);
    let samples = reader
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0);
    let samples: Vec<f32> = samples.collect();
    // Three times as many, on straight lines: what that adds above 8 kHz is soft.
    let tripled = samples
        .windows(2)
        .flat_map(|two| [0.0, 1.0, 2.0].map(|third| two[0] + third / 3.0 * (two[1] - two[0])));
    let tripled: Vec<f32> = tripled.collect();
    let blocks = tripled.as_chunks::<BLOCK_SAMPLES>().0.iter();
    let blocks = blocks.map(|samples| Block {
        samples: *samples,
        ..Block::silence()
    });
    blocks.collect()
}

#[test]
fn speech_alone_stays_as_it_is() {
    let blocks = spoken();
    let (sound, speech) = run(processor(1.0).as_mut(), &blocks);
    let (mut loud, mut softer, mut sure) = (0, 0, 0);
    for (at, block) in blocks.iter().enumerate().skip(SETTLED) {
        let came = level(&block.samples);
        if came > -45.0 {
            loud += 1;
            let went = level(&sound[at * BLOCK_SAMPLES..(at + 1) * BLOCK_SAMPLES]);
            softer += usize::from(went < came - 3.0);
            sure += usize::from(speech[at] > 0.5);
        }
    }
    assert!(loud > 400, "{loud} blocks of speech");
    assert!(softer < loud / 50, "{softer} of {loud} lost more than 3 dB");
    assert!(
        sure > loud * 49 / 50,
        "{sure} of {loud} were known as speech"
    );
}

#[test]
fn the_first_syllable_is_not_cut() {
    let (mut noise, mut spoken) = (Noise(3), spoken());
    let begins = spoken
        .iter()
        .position(|block| level(&block.samples) > -40.0)
        .unwrap();
    // Two seconds of soft noise, in which the speech begins.
    let mut blocks = vec![Block::silence(); 200];
    blocks.append(&mut spoken.split_off(begins));
    for sample in blocks.iter_mut().flat_map(|block| &mut block.samples) {
        *sample += 0.001 * noise.next();
    }
    let (sound, speech) = run(processor(1.0).as_mut(), &blocks);
    for at in 200..210 {
        let came = level(&blocks[at].samples);
        let went = level(&sound[at * BLOCK_SAMPLES..(at + 1) * BLOCK_SAMPLES]);
        assert!(
            went > came - 3.0,
            "{} ms: {came} dBFS became {went} dBFS",
            10 * (at - 200)
        );
    }
    assert!(
        speech[..200]
            .iter()
            .skip(SETTLED)
            .all(|speech| *speech < 0.5)
    );
    let open = speech[200..]
        .iter()
        .position(|speech| *speech > 0.5)
        .unwrap();
    assert!(open <= 3, "known as speech after {open} blocks");
}

#[test]
fn mix_zero_is_the_input_two_blocks_later() {
    let blocks = voice(30, 0.05, 0.01);
    let (sound, speech) = run(processor(0.0).as_mut(), &blocks);
    assert_eq!(sound, flat(&blocks));
    assert!(speech.iter().any(|speech| *speech > 0.5), "still judged");
}

#[test]
fn the_mix_glides() {
    let blocks = voice(60, 0.0, 0.05);
    let mut denoiser = processor(1.0);
    for block in &blocks[..59] {
        denoiser.process(&mut block.clone()).unwrap();
    }
    denoiser.set_param(MIX, 0.0);
    let mut block = blocks[59].clone();
    denoiser.process(&mut block).unwrap();
    let [first, last] = [&block.samples[..48], &block.samples[432..]].map(level);
    assert!(first < last - 10.0, "{first} dBFS, then {last} dBFS");
}

#[test]
fn after_a_reset_it_is_as_new() {
    let blocks = voice(40, 0.05, 0.01);
    let mut used = processor(1.0);
    run(used.as_mut(), &voice(100, 0.0, 0.3));
    used.reset();
    assert_eq!(
        run(used.as_mut(), &blocks),
        run(processor(1.0).as_mut(), &blocks)
    );
}

#[test]
fn silence_stays_silent_and_is_no_speech() {
    let (sound, speech) = run(processor(1.0).as_mut(), &vec![Block::silence(); 50]);
    assert!(sound.iter().all(|sample| *sample == 0.0));
    assert!(speech.iter().all(|speech| *speech == 0.0));
}

#[test]
fn what_is_far_too_loud_stays_a_number() {
    let mut loud = voice(60, 0.0, crate::frame::LOUDEST);
    loud.extend(voice(60, 0.05, 0.01));
    let (sound, _) = run(processor(1.0).as_mut(), &loud);
    assert!(sound.iter().all(|sample| sample.is_finite()));
    assert!(
        level(&sound[70 * BLOCK_SAMPLES..]) > -45.0,
        "it hears again"
    );
}

#[test]
fn more_strength_takes_away_more_where_it_is_unsure() {
    let blocks = voice(100, 0.02, 0.05);
    let after = [0.5, 1.0, 2.0].map(|strength| {
        let mut denoiser = processor(1.0);
        denoiser.set_param(1, strength);
        level(&run(denoiser.as_mut(), &blocks).0[SETTLED * BLOCK_SAMPLES..])
    });
    assert!(after.is_sorted_by(|more, less| more > less), "{after:?}");
}
