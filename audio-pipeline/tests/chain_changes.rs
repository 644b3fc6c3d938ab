//! A chain that changes in a call is not heard to change.
//!
//! What can be heard as a click is a step: two neighbouring samples further apart than the sound itself has them. While a
//! stretch of the chain fades from `a` to `b` the sound is `(1 - w) a + w b`, with a weight `w` that rises by 1/480 a sample.
//! Its step is therefore at most the larger of the steps of `a` and `b`, and `|a - b| / 480` more, for which the peaks of
//! both give the bound. Chains that differ in two stretches, around a stage that stays, fade in both at once, and each adds
//! its share. The same holds for a parameter that glides within a block or more. `a` and `b` are what the chain before and
//! the chain after make of the same sound by themselves. (A cut without a fade would be a step of up to both peaks.)

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/call.rs"]
#[expect(dead_code, reason = "only the speech is needed here")]
mod call;
#[path = "common/stages.rs"]
mod stages;

use dialtone_audio::chain::{ChainParam, CompiledChain, RunningChain};
use dialtone_audio::frame::{BLOCK_SAMPLES, Block};
use dialtone_audio::{Cause, ChainSpec};

/// The change is asked for at this block, once everything has settled.
const AT: usize = 100;
const BLOCKS: usize = 200;

fn spec(stages: &[&str]) -> ChainSpec {
    let head = "name = 'Test'\n[[stage]]\n";
    let text = match stages {
        [] => "name = 'Test'".to_owned(),
        _ => head.to_owned() + &stages.join("\n[[stage]]\n"),
    };
    ChainSpec::from_toml(&text).unwrap()
}

fn build(stages: &[&str]) -> CompiledChain {
    spec(stages).compile(&stages::registry()).unwrap()
}

/// A tone that is at its peak when the change begins.
fn tone(hertz: f32) -> Vec<f32> {
    (0..BLOCKS * BLOCK_SAMPLES)
        .map(|index| 0.3 * (index as f32 / 48_000.0 * hertz * std::f32::consts::TAU).cos())
        .collect()
}

/// Sends the sound through a chain; `change` is called before the block [`AT`].
fn run(sound: &[f32], chain: CompiledChain, change: impl FnOnce(&mut RunningChain)) -> Vec<f32> {
    let mut chain = RunningChain::new(Box::new(chain));
    let mut change = Some(change);
    let mut heard = Vec::new();
    for (index, samples) in sound.chunks_exact(BLOCK_SAMPLES).enumerate() {
        let mut block = Block::silence();
        block.samples.copy_from_slice(samples);
        if index == AT {
            change.take().unwrap()(&mut chain);
        }
        chain.process(&mut block);
        assert!(chain.take_failed().is_none());
        chain.take_faded();
        heard.extend(block.samples);
    }
    heard
}

fn largest_step(sound: &[f32]) -> f32 {
    let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

fn peak(sound: &[f32]) -> f32 {
    sound
        .iter()
        .fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// Asserts that nothing steps further than the bound; gives how far it came, as a share of the bound.
fn assert_smooth(what: &str, stretches: u8, heard: &[f32], before: &[f32], after: &[f32]) -> f32 {
    // From the change on, and what a stage of 10 ms looks back to.
    let from = (AT - 2) * BLOCK_SAMPLES;
    let (heard, before, after) = (&heard[from..], &before[from..], &after[from..]);
    let own = largest_step(before).max(largest_step(after));
    let share = (peak(before) + peak(after)) / BLOCK_SAMPLES as f32;
    let bound = own + f32::from(stretches) * share;
    let step = largest_step(heard);
    // The samples of a tone meet its steepest place more or less exactly.
    assert!(
        step <= 1.001 * bound,
        "{what}: a step of {step}, allowed {bound}"
    );
    step / bound
}

/// What can stand before and after a change, and in how many stretches both differ.
const CHANGES: &[(&str, u8, &[&str], &[&str])] = &[
    ("add denoise", 1, &[HIGH_PASS, GAIN, GATE, LIMITER], VOICE),
    (
        "remove denoise",
        1,
        VOICE,
        &[HIGH_PASS, GAIN, GATE, LIMITER],
    ),
    ("add all", 1, &[], VOICE),
    ("remove all", 1, VOICE, &[]),
    ("add a gain", 1, &[HIGH_PASS], &[HIGH_PASS, LOUDER]),
    ("remove a gain", 1, &[LOUDER, HIGH_PASS], &[HIGH_PASS]),
    ("add a high-pass", 1, &[GAIN], &[HIGH_PASS, GAIN]),
    ("remove a high-pass", 1, &[HIGH_PASS, GAIN], &[GAIN]),
    ("add a limiter", 1, &[LOUDER], &[LOUDER, LOW_LIMITER]),
    ("remove a limiter", 1, &[LOUDER, LOW_LIMITER], &[LOUDER]),
    (
        "reorder gain and limiter",
        2,
        &[LOUDER, LOW_LIMITER],
        &[LOW_LIMITER, LOUDER],
    ),
    (
        "the strong denoise in place of the other",
        1,
        VOICE,
        &[HIGH_PASS, STRONG, GAIN, GATE, LIMITER],
    ),
    (
        "reorder denoise and high-pass",
        2,
        VOICE,
        &[DENOISE, HIGH_PASS, GAIN, GATE, LIMITER],
    ),
    (
        "turn around",
        2,
        VOICE,
        &[LIMITER, GATE, GAIN, DENOISE, HIGH_PASS],
    ),
    (
        "another gain in place of one",
        1,
        &[GAIN, LIMITER],
        &[LOUDER_TOO, LIMITER],
    ),
    ("tune a gain", 1, &[GAIN, LIMITER], &[LOUDER, LIMITER]),
    (
        "tune a high-pass",
        1,
        &[HIGH_PASS],
        &["type = 'high-pass'\ncutoff_hz = 400.0"],
    ),
    (
        "tune denoise",
        1,
        VOICE,
        &[
            HIGH_PASS,
            "type = 'denoise'\nmix = 0.0",
            GAIN,
            GATE,
            LIMITER,
        ],
    ),
    (
        "tune a limiter",
        1,
        &[LOUDER, LIMITER],
        &[LOUDER, LOW_LIMITER],
    ),
];
const HIGH_PASS: &str = "type = 'high-pass'";
const DENOISE: &str = "type = 'denoise'";
const STRONG: &str = "type = 'denoise-strong'";
const GAIN: &str = "type = 'gain'";
const LOUDER: &str = "type = 'gain'\ngain_db = 12.0";
const LOUDER_TOO: &str = "type = 'gain'\nid = 'another'\ngain_db = 12.0";
const GATE: &str = "type = 'gate'";
const AUTO_GAIN: &str = "type = 'auto-gain'";
const LIMITER: &str = "type = 'limiter'";
const LOW_LIMITER: &str = "type = 'limiter'\nceiling_dbfs = -18.0";
const VOICE: &[&str] = &[HIGH_PASS, DENOISE, GAIN, GATE, LIMITER];

#[test]
fn no_change_of_stages_makes_a_step() {
    let speech = call::speech(BLOCKS as f64 / 100.0, 140.0);
    for (name, sound) in [
        ("a tone of 100 Hz", tone(100.0)),
        ("a tone of 440 Hz", tone(440.0)),
        ("speech", speech),
    ] {
        for (what, stretches, from, to) in CHANGES {
            let before = run(&sound, build(from), |_| {});
            let after = run(&sound, build(to), |_| {});
            let heard = run(&sound, build(from), |chain| {
                assert!(chain.swap(Box::new(build(to))).is_none());
            });
            let what = format!("{what} in {name}");
            let share = assert_smooth(&what, *stretches, &heard, &before, &after);
            println!("{what}: {:.0} % of the bound", share * 100.0);
            if to.contains(&DENOISE) || to.contains(&STRONG) {
                // What it learnt depends on when it began.
                continue;
            }
            let end = (BLOCKS - 20) * BLOCK_SAMPLES;
            let apart: Vec<f32> = heard[end..]
                .iter()
                .zip(&after[end..])
                .map(|(one, other)| one - other)
                .collect();
            assert!(
                peak(&apart) < 0.02,
                "{what}: it is the new chain in the end: {}",
                peak(&apart)
            );
        }
    }
}

#[test]
fn no_parameter_makes_a_step_when_it_is_turned() {
    let kinds = [
        (GAIN, "gain_db", 0.0, 20.0),
        (HIGH_PASS, "cutoff_hz", 20.0, 400.0),
        (DENOISE, "mix", 0.0, 1.0),
        (STRONG, "mix", 0.0, 1.0),
        (STRONG, "strength", 0.5, 2.0),
        (LIMITER, "ceiling_dbfs", -24.0, -1.0),
        (LIMITER, "release_ms", 5.0, 1_000.0),
        (GATE, "threshold_dbfs", -100.0, 0.0),
        (GATE, "automatic", 0.0, 1.0),
        (AUTO_GAIN, "target_dbfs", -40.0, -10.0),
        (AUTO_GAIN, "max_gain_db", 0.0, 30.0),
    ];
    let speech = call::speech(BLOCKS as f64 / 100.0, 140.0);
    for sound in [tone(100.0), tone(440.0), speech] {
        for (stage, param, low, high) in kinds {
            let set = |value: f32| {
                let mut spec = spec(&[stage]);
                let id = spec.ids().remove(0);
                assert!(spec.set(&id, param, value));
                spec.compile(&stages::registry()).unwrap()
            };
            for (from, to) in [(low, high), (high, low)] {
                let (before, after) =
                    (run(&sound, set(from), |_| {}), run(&sound, set(to), |_| {}));
                let wanted = set(to);
                let id = wanted.stages().next().unwrap().0;
                let change = ChainParam::check("Test", wanted.stages(), &id, param, to).unwrap();
                let heard = run(&sound, set(from), |chain| chain.apply(change));
                let what = format!("{param} of {stage} from {from} to {to}");
                let share = assert_smooth(&what, 1, &heard, &before, &after);
                println!("{what}: {:.0} % of the bound", share * 100.0);
            }
        }
    }
}

#[test]
fn a_newcomer_that_starts_silent_is_not_heard_before_it_has_settled() {
    // Eight whole periods in the 20 ms that the stage delays: nothing cancels while it fades in.
    let sound = tone(400.0);
    let heard = run(&sound, build(&[]), |chain| {
        chain.swap(Box::new(build(&["type = 'denoise-strong'\nmix = 0.0"])));
    });
    for (index, block) in heard.chunks_exact(BLOCK_SAMPLES).enumerate() {
        let level = dialtone_audio::frame::level_dbfs(block);
        assert!((level + 13.47).abs() < 0.2, "block {index}: {level} dBFS");
    }
}

#[test]
fn a_stage_that_stays_goes_on_with_what_it_has_learnt() {
    let counting = "type = 'broken'\nway = 'fails'\nworks_for = 100";
    let other = "type = 'broken'\nway = 'fails'\nworks_for = 101";
    let fails_at = |first: &[&str], second: &[&str]| {
        let mut chain = RunningChain::new(Box::new(build(first)));
        for index in 0..300 {
            if index == 60 {
                chain.swap(Box::new(build(second)));
            }
            chain.process(&mut Block::silence());
            chain.take_faded();
            if let Some(failed) = chain.take_failed() {
                assert!(matches!(failed.cause, Cause::Failed(_)));
                return index;
            }
        }
        unreachable!("it works for a while only")
    };
    assert_eq!(fails_at(&[counting], &[counting]), 100);
    assert_eq!(
        fails_at(&[HIGH_PASS, counting, GAIN], &[GAIN, counting]),
        100
    );
    assert_eq!(fails_at(&[counting], &[HIGH_PASS, counting, LIMITER]), 100);
    assert_eq!(fails_at(&[counting], &[other]), 161, "another setting");
}

#[test]
fn changes_that_come_at_once_are_made_one_after_the_other_and_the_last_one_stays() {
    let sound = tone(440.0);
    let heard = run(&sound, build(&[]), |chain| {
        assert!(chain.swap(Box::new(build(VOICE))).is_none());
        chain.process(&mut Block::silence());
        assert!(chain.swap(Box::new(build(&[LOUDER]))).is_none(), "it waits");
        let unwanted = chain
            .swap(Box::new(build(&[GAIN])))
            .expect("nobody waits for it now");
        assert_eq!(unwanted.stages().next().unwrap().0, "gain");
        let change = ChainParam::check("Test", unwanted.stages(), "gain", "gain_db", 6.0206);
        chain.apply(change.unwrap());
    });
    let end = (BLOCKS - 20) * BLOCK_SAMPLES;
    assert!(
        (peak(&heard[end..]) - 0.6).abs() < 1e-3,
        "tuned while it waited"
    );
}
