//! A plugin as a stage of a chain: heard, tuned, and gone again without anything left behind.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    unsafe_code,
    reason = "an allocator that counts can only be written so"
)]

mod common;
/// The allocator of this program; the plugin's file has one of its own, so that what is counted is ours.
#[path = "../../tests/common/watching.rs"]
mod watching;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::chain as stage;
use dialtone_audio::chain::{ChainParam, CompiledChain};
use dialtone_audio::clap::settle;
use dialtone_audio::frame::Block;
use dialtone_audio::{Cause, ChainError, ChainSpec, NodeError, StageFault};
use watching::caught;

/// The plugin thread is one for the program, and so is what is left on it.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The plugin thread has little to do.
const SOON: Duration = Duration::from_secs(10);

fn compile(spec: &ChainSpec) -> CompiledChain {
    spec.compile(&common::registry()).unwrap()
}

/// The last sample of the last of `blocks` blocks of a constant 0.1.
fn heard(chain: &mut CompiledChain, blocks: usize) -> f32 {
    let mut block = Block::silence();
    for _ in 0..blocks {
        block.samples.fill(0.1);
        chain.process(&mut block);
    }
    block.samples[479]
}

fn journal(file: &Path) -> PathBuf {
    let journal = PathBuf::from(format!("{}.journal", file.display()));
    std::fs::write(&journal, "").unwrap();
    journal
}

fn near(value: f32, wanted: f32) -> bool {
    (value - wanted).abs() < 1e-4
}

#[test]
fn a_gain_changes_the_level_as_its_parameter_says_and_follows_it() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let mut chain = compile(&stage("gain", &file, "Gain = -20.0"));
    assert!(near(heard(&mut chain, 2), 0.01));
    let id = "clap:org.dialtone.probe.gain";
    let params: Vec<_> = chain
        .stages()
        .flat_map(|(_, info)| info.params.iter().map(|it| it.name.to_string()))
        .collect();
    assert_eq!(params, ["Gain", "Fault"]);
    let change = ChainParam::check("Mine", chain.stages(), id, "Gain", 20.0).unwrap();
    chain.apply(change);
    // From the first sample of the next block on; how it glides is the plugin's own.
    assert!(near(heard(&mut chain, 1), 1.0));
    let far = ChainParam::check("Mine", chain.stages(), id, "Gain", 30.0).unwrap_err();
    assert!(far.to_string().contains("24"), "{far}");
}

#[test]
fn a_stereo_plugin_gets_the_voice_on_both_channels_and_is_averaged() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    // Its right channel is silent, and what its side chain hears would be added.
    let mut chain = compile(&stage("stereo", &file, ""));
    assert!(near(heard(&mut chain, 2), 0.05));
}

#[test]
fn the_latency_is_the_plugins() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let mut chain = compile(&stage("delay", &file, ""));
    assert_eq!(chain.latency_samples(), 96);
    let mut block = Block::silence();
    block.samples[0] = 0.5;
    chain.process(&mut block);
    let at = block.samples.iter().position(|sample| *sample > 0.4);
    assert_eq!(at, Some(96));
    chain.reset();
    assert!(near(heard(&mut chain, 2), 0.1));
}

#[test]
fn nothing_of_ours_allocates_while_it_works() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    for word in ["gain", "delay", "stereo"] {
        let mut chain = compile(&stage(word, &file, ""));
        let id = format!("clap:org.dialtone.probe.{word}");
        let change =
            |value: f32| ChainParam::check("Mine", chain.stages(), &id, "Gain", value).unwrap();
        let changes = [change(-6.0), change(3.0), change(-12.0)];
        let mut block = Block::silence();
        let counted = caught(|| {
            // The first block starts it, which counts as well.
            for index in 0..50 {
                block.samples.fill(0.1);
                chain.apply(changes[index % 3]);
                chain.apply(changes[(index + 1) % 3]);
                chain.process(&mut block);
            }
            chain.reset();
        });
        assert_eq!(counted, 0, "{word}");
    }
    assert_eq!(caught(|| drop(vec![1_u8; 64])), 2, "it does count");
}

#[test]
fn it_is_called_by_the_rules_and_nothing_is_left_of_it() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "rules");
    let registry = common::registry();
    let spec = stage("gain", &file, "Fault = 3");
    drop(spec.compile(&registry).unwrap());
    assert_eq!(settle(SOON), Some(0));
    let journal = journal(&file);
    let mut chain = spec.compile(&registry).unwrap();
    heard(&mut chain, 1);
    // The voice thread is another one than the one that drops it.
    let chain = std::thread::spawn(move || {
        heard(&mut chain, 2);
        chain.reset();
        chain
    });
    let chain = chain.join().unwrap();
    // It asks for a call with each block, and gets it when the plugin thread looks around.
    let late = Instant::now() + SOON;
    while Instant::now() < late
        && !std::fs::read_to_string(&journal)
            .unwrap()
            .contains("called back")
    {
        assert_eq!(settle(SOON), Some(1));
    }
    drop(chain);
    assert_eq!(settle(SOON), Some(0));
    let text = std::fs::read_to_string(&journal).unwrap();
    let mut lines: Vec<_> = text
        .lines()
        .filter(|line| !line.contains("called back"))
        .collect();
    lines.dedup();
    let wanted = [
        "file loaded",
        "gain created [main]",
        "gain activated at 48000 Hz, 480 to 480 frames [main]",
        "gain started [audio]",
        "gain reset [audio]",
        "gain stopped [main audio]",
        "gain deactivated [main]",
        "gain destroyed",
        "file unloaded",
    ];
    assert_eq!(lines, wanted, "{text}");
    assert!(text.contains("gain called back [main]"), "{text}");
}

#[test]
fn many_come_and_go_and_none_stays() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "many");
    let registry = common::registry();
    let text = stage("gain", &file, "Gain = 1.0").to_toml().unwrap();
    let spec = ChainSpec::from_toml(&format!(
        "{text}\n[[stage]]\ntype = 'clap:org.dialtone.probe.delay'"
    ))
    .unwrap();
    // Looked into now, so that the journal tells of nothing else.
    drop(spec.compile(&registry).unwrap());
    assert_eq!(settle(SOON), Some(0));
    let journal = journal(&file);
    for _ in 0..20 {
        let mut chain = spec.compile(&registry).unwrap();
        let ids: Vec<_> = chain.stages().map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids.len(), 2, "the second file is known by its plugin's id");
        heard(&mut chain, 1);
    }
    assert_eq!(settle(SOON), Some(0));
    let text = std::fs::read_to_string(&journal).unwrap();
    for call in ["created", "started", "stopped", "deactivated", "destroyed"] {
        let count = text.lines().filter(|line| line.contains(call)).count();
        assert_eq!(count, 40, "{call}");
    }
}

#[test]
fn a_plugin_that_fails_or_gives_no_number_is_passed_by() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let failed = Cause::Failed(StageFault("the plugin says that it failed"));
    for (fault, cause) in [(1.0, failed), (2.0, Cause::NotANumber)] {
        let mut chain = compile(&stage("gain", &file, "Gain = -20.0"));
        assert!(near(heard(&mut chain, 1), 0.01));
        let id = "clap:org.dialtone.probe.gain";
        let change = ChainParam::check("Mine", chain.stages(), id, "Fault", fault).unwrap();
        chain.apply(change);
        assert!(near(heard(&mut chain, 1), 0.1), "as if it were not there");
        let failed = chain.take_failed().unwrap();
        assert_eq!((failed.id.as_str(), failed.cause), (id, cause));
        drop(failed);
        assert!(near(heard(&mut chain, 1), 0.1));
    }
    assert_eq!(settle(SOON), Some(0));
}

#[test]
fn a_chain_with_a_plugin_survives_its_file() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let mut spec = stage("gain", &file, "id = 'quieter'\nGain = -6.0206");
    assert!(spec.set("quieter", "Gain", -20.0));
    let read = ChainSpec::from_toml(&spec.to_toml().unwrap()).unwrap();
    assert_eq!(read, spec);
    let mut chain = compile(&read);
    assert_eq!(chain.stages().next().unwrap().0, "quieter");
    assert!(near(heard(&mut chain, 2), 0.01));
}

#[test]
fn what_cannot_be_a_stage_is_refused_with_its_name_and_why() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let crash = common::place(folder.path(), "crash");
    let registry = common::registry();
    let error = |word: &str, file: &Path, settings: &str| {
        let error = stage(word, file, settings).compile(&registry).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("clap:org.dialtone.probe.{word}")),
            "{text}"
        );
        let ChainError::Stage { source, .. } = error else {
            panic!("{text}");
        };
        (source, text)
    };
    let gone = folder.path().join("gone.clap");
    for (word, file, why) in [
        ("gain", gone.as_path(), "there is no file"),
        ("gain", crash.as_path(), "crashed"),
        ("synth", file.as_path(), "no audio input"),
        ("surround", file.as_path(), "6 channels"),
        ("refuse", file.as_path(), "the licence has run out"),
        ("idle", file.as_path(), "begin with sound"),
        (
            "echo",
            file.as_path(),
            "has no plugin \"org.dialtone.probe.echo\"",
        ),
    ] {
        let (source, text) = error(word, file, "");
        assert!(matches!(source, NodeError::CannotBuild { .. }), "{text}");
        assert!(text.contains(why), "{word}: {text}");
    }
    let (source, text) = error("gain", &file, "Volume = 1.0");
    assert!(matches!(source, NodeError::NoSuchParam { .. }), "{text}");
    let (source, text) = error("gain", &file, "Gain = 99.0");
    assert!(matches!(source, NodeError::OutOfBounds { .. }), "{text}");
    let (source, text) = error("gain", &file, "Gain = 'loud'");
    assert!(matches!(source, NodeError::Settings { .. }), "{text}");
    assert_eq!(settle(SOON), Some(0));
}
