use super::*;
use crate::frame::{LOUDEST, level_dbfs};
use crate::stages::sounds;

/// Blocks that are left out before one listens: what the network is unsure about at first.
const SETTLED: usize = 20;

/// Repeatable noise between -1 and 1, so that the tests need no random source.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

fn processor(mix: f32) -> Box<dyn Processor> {
    DenoiseNode { mix }.processor().unwrap()
}

fn block_of(samples: &[f32; BLOCK_SAMPLES]) -> Block {
    Block {
        samples: *samples,
        ..Block::silence()
    }
}

/// Steady noise, so loud.
fn noise(blocks: usize, loud: f32) -> Vec<Block> {
    let mut noise = Noise(7);
    let mut samples = || [0.0; BLOCK_SAMPLES].map(|_| loud * noise.next());
    (0..blocks).map(|_| block_of(&samples())).collect()
}

/// Somebody speaking, with nothing else.
fn spoken() -> Vec<Block> {
    sounds::blocks(&sounds::spoken()).collect()
}

fn run(processor: &mut dyn Processor, blocks: &[Block]) -> (Vec<Block>, Vec<f32>) {
    let mut heard = blocks.to_vec();
    for block in &mut heard {
        processor.process(block).unwrap();
    }
    let speech = heard.iter().map(|block| block.speech.unwrap()).collect();
    (heard, speech)
}

fn flat(blocks: &[Block]) -> Vec<f32> {
    blocks.iter().flat_map(|block| block.samples).collect()
}

#[test]
fn steady_noise_becomes_much_softer() {
    let blocks = noise(300, 0.05);
    let (heard, _) = run(processor(1.0).as_mut(), &blocks);
    let (before, after) = (blocks[299].level_dbfs(), heard[299].level_dbfs());
    assert!(after < before - 12.0, "{before} dBFS became {after} dBFS");
}

#[test]
fn mix_zero_is_the_input_at_once() {
    let blocks = noise(30, 0.3);
    let (heard, speech) = run(processor(0.0).as_mut(), &blocks);
    assert_eq!(flat(&heard), flat(&blocks));
    assert_eq!(speech.len(), 30, "still judged");
}

#[test]
fn it_delays_by_what_it_says() {
    let told = DenoiseNode::default().info().latency_samples;
    let blocks = spoken();
    let sound = flat(&blocks);
    let (heard, _) = run(processor(1.0).as_mut(), &blocks);
    let heard = flat(&heard);
    let alike = |late: usize| -> f32 {
        let both = sound.iter().zip(&heard[late..]);
        both.map(|(sound, heard)| sound * heard).sum()
    };
    let late = (0..2 * BLOCK_SAMPLES)
        .max_by(|one, other| alike(*one).total_cmp(&alike(*other)))
        .unwrap();
    assert!(late.abs_diff(told) <= 2, "{late} samples, not {told}");
    let own: f32 = sound.iter().map(|sample| sample * sample).sum();
    assert!(alike(told) > 0.95 * own, "hardly changed");
}

#[test]
fn speech_alone_stays_as_it_is() {
    let blocks = spoken();
    let (heard, speech) = run(processor(1.0).as_mut(), &blocks);
    let (mut loud, mut softer, mut sure) = (0, 0, 0);
    for (at, block) in blocks.iter().enumerate().skip(SETTLED) {
        if block.level_dbfs() > -45.0 {
            loud += 1;
            softer += usize::from(heard[at].level_dbfs() < block.level_dbfs() - 3.0);
            sure += usize::from(speech[at] > 0.5);
        }
    }
    assert!(loud > 400, "{loud} blocks of speech");
    assert!(softer < loud / 20, "{softer} of {loud} lost more than 3 dB");
    assert!(sure > loud * 9 / 10, "{sure} of {loud} known as speech");
}

#[test]
fn the_first_syllable_is_not_cut() {
    let mut spoken = spoken();
    let begins = spoken
        .iter()
        .position(|block| block.level_dbfs() > -40.0)
        .unwrap();
    // Two seconds of soft noise, in which the speech begins.
    let mut blocks = vec![Block::silence(); 200];
    blocks.append(&mut spoken.split_off(begins));
    let noise = noise(blocks.len(), 0.001);
    for (block, noise) in blocks.iter_mut().zip(&noise) {
        for (sample, noise) in block.samples.iter_mut().zip(&noise.samples) {
            *sample += noise;
        }
    }
    let (heard, _) = run(processor(1.0).as_mut(), &blocks);
    for at in 200..210 {
        let (came, went) = (blocks[at].level_dbfs(), heard[at].level_dbfs());
        let late = 10 * (at - 200);
        assert!(
            went > came - 4.0,
            "{late} ms: {came} dBFS became {went} dBFS"
        );
    }
}

#[test]
fn it_begins_softly_and_no_block_ends_in_a_step() {
    // A tone at its peak, which comes out of nothing.
    let tone = |at: usize| 0.3 * (at as f32 * 0.0131).cos();
    let blocks: Vec<Block> = (0..100)
        .map(|index| block_of(&std::array::from_fn(|at| tone(index * BLOCK_SAMPLES + at))))
        .collect();
    let (heard, _) = run(processor(1.0).as_mut(), &blocks);
    let heard = flat(&heard);
    assert!(heard[0].abs() < 0.01);
    let steps = heard.windows(2).map(|two| (two[1] - two[0]).abs());
    let largest = steps.fold(0.0, f32::max);
    // Half a period of a fade over 32 samples is as steep as 1.6 times the straight line.
    assert!(largest < 0.3 * 1.6 / 32.0 + 0.3 * 0.0131, "{largest}");
}

#[test]
fn the_mix_glides() {
    let blocks = noise(300, 0.05);
    let mut denoise = processor(1.0);
    run(denoise.as_mut(), &blocks[..299]);
    denoise.set_param(0, 0.0);
    let (heard, _) = run(denoise.as_mut(), &blocks[299..]);
    let [first, last] = [&heard[0].samples[..48], &heard[0].samples[432..]].map(level_dbfs);
    assert!(first < last - 6.0, "{first} dBFS, then {last} dBFS");
}

#[test]
fn silence_stays_silent_and_is_no_speech() {
    let (heard, speech) = run(processor(1.0).as_mut(), &vec![Block::silence(); 50]);
    assert!(flat(&heard).iter().all(|sample| *sample == 0.0));
    assert!(speech.iter().all(|speech| *speech == 0.0));
    // Nothing is left of what was before, and nothing after a reset.
    let mut denoise = processor(1.0);
    run(denoise.as_mut(), &noise(50, 0.5));
    let (heard, _) = run(denoise.as_mut(), &vec![Block::silence(); 3]);
    assert!(heard[2].samples.iter().all(|sample| sample.abs() < 1e-6));
    run(denoise.as_mut(), &noise(50, 0.5));
    denoise.reset();
    let (heard, _) = run(denoise.as_mut(), &[Block::silence()]);
    assert!(flat(&heard).iter().all(|sample| *sample == 0.0));
}

#[test]
fn whatever_comes_stays_a_number() {
    let mut blocks = noise(30, LOUDEST);
    let ends = [f32::MAX, f32::MIN, f32::NAN, f32::INFINITY, 1e-40, -1e-40];
    blocks.extend(ends.map(|end| block_of(&[end; BLOCK_SAMPLES])));
    blocks.extend(spoken().into_iter().take(200));
    let (heard, speech) = run(processor(1.0).as_mut(), &blocks);
    assert!(flat(&heard).iter().all(|sample| sample.is_finite()));
    assert!(speech.iter().all(|speech| (0.0..=1.0).contains(speech)));
    let loudest = heard[60..]
        .iter()
        .map(Block::level_dbfs)
        .fold(f32::MIN, f32::max);
    assert!(loudest > -40.0, "it hears again: {loudest} dBFS");
}
