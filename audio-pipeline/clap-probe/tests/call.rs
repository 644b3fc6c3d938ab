//! A plugin in a running voice engine: it comes, is tuned and goes while the call goes on, and its failure stops nothing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "some of it is for the other tests")]
mod common;

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use dialtone_audio::clap::settle;
use dialtone_audio::{
    Cause, ChainSpec, EngineError, NullSender, PlainSealer, StageFault, SyntheticBackend,
    SyntheticSource, VoiceConfig, VoiceEngine, VoiceEvent,
};

/// Longer than anything here takes, on a busy machine too.
const SOON: Duration = Duration::from_secs(20);
const ID: &str = "clap:org.dialtone.probe.gain";

fn chain(file: &Path, gain: f32) -> ChainSpec {
    let file = file.display();
    let text = format!(
        "name = 'Mine'\n[[stage]]\ntype = 'high-pass'\n\
         [[stage]]\ntype = '{ID}'\nfile = '{file}'\nGain = {gain:.1}\n\
         [[stage]]\ntype = 'limiter'"
    );
    ChainSpec::from_toml(&text).unwrap()
}

fn start(spec: &ChainSpec) -> Result<(VoiceEngine, Receiver<VoiceEvent>), EngineError> {
    let mut config = VoiceConfig::with_chain(spec.clone());
    config.registry = common::registry();
    let tone = SyntheticSource::Tone {
        hz: 1_000.0,
        dbfs: -20.0,
    };
    let backend = Box::new(SyntheticBackend(tone));
    let (sealer, sender) = (Box::new(PlainSealer), Box::new(NullSender));
    VoiceEngine::start(config, backend, sealer, sender)
}

/// Waits until an event makes `wanted` give something.
fn wait<T>(events: &Receiver<VoiceEvent>, wanted: impl Fn(&VoiceEvent) -> Option<T>) -> T {
    let late = Instant::now() + SOON;
    loop {
        let left = late.saturating_duration_since(Instant::now());
        let event = events.recv_timeout(left).unwrap();
        if let Some(found) = wanted(&event) {
            return found;
        }
    }
}

/// Whether the plugin changes the level by `db`, in this report.
fn changes_by(event: &VoiceEvent, db: f32) -> Option<()> {
    let VoiceEvent::Meters(meters) = event else {
        return None;
    };
    let meter = meters.stages.iter().find(|meter| meter.id == ID)?;
    let heard = meter.input_dbfs > -40.0 && !meter.failed;
    let change = meter.output_dbfs - meter.input_dbfs;
    (heard && (change - db).abs() < 0.2).then_some(())
}

#[test]
fn it_comes_is_tuned_fails_and_goes_while_the_call_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let mut without = chain(&file, 0.0);
    without.stages.remove(1);
    let (engine, events) = start(&without).unwrap();
    engine.swap_chain(&chain(&file, -12.0)).unwrap();
    wait(&events, |event| changes_by(event, -12.0));
    assert_eq!(settle(SOON), Some(1));

    engine.set_param(ID, "Gain", 6.0).unwrap();
    wait(&events, |event| changes_by(event, 6.0));
    // The same plugin with another value goes on with the processor that it has.
    engine.swap_chain(&chain(&file, -3.0)).unwrap();
    wait(&events, |event| changes_by(event, -3.0));

    // A chain that cannot be built leaves the present one as it is.
    let error = engine.swap_chain(&chain(&folder.path().join("gone.clap"), 0.0));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("stage 2") && error.contains(ID), "{error}");
    wait(&events, |event| changes_by(event, -3.0));

    engine.set_param(ID, "Fault", 1.0).unwrap();
    let cause = wait(&events, |event| match event {
        VoiceEvent::Fault { stage, cause, .. } if *stage == ID => Some(*cause),
        _ => None,
    });
    assert_eq!(
        cause,
        Cause::Failed(StageFault("the plugin says that it failed"))
    );
    // The call goes on with the others, and with it again.
    engine.swap_chain(&chain(&file, -6.0)).unwrap();
    wait(&events, |event| changes_by(event, -6.0));
    engine.swap_chain(&without).unwrap();
    wait(&events, |event| match event {
        VoiceEvent::Meters(meters) => (meters.stages.len() == 2).then_some(()),
        _ => None,
    });
    // What went is dropped by the control thread, which looks around every 20 ms.
    wait(&events, |_| (settle(SOON) == Some(0)).then_some(()));
    engine.swap_chain(&chain(&file, -6.0)).unwrap();
    wait(&events, |event| changes_by(event, -6.0));
    drop(engine);
    assert_eq!(settle(SOON), Some(0), "it ends with the engine");
}

#[test]
fn a_call_does_not_begin_with_a_plugin_that_is_gone_but_can_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let spec = chain(&folder.path().join("gone.clap"), 0.0);
    let error = start(&spec).err().unwrap();
    assert!(matches!(error, EngineError::Chain(_)), "{error}");
    let error = error.to_string();
    assert!(error.contains(ID) && error.contains("gone.clap"), "{error}");

    let (rest, left_out) = spec.without_broken(&common::registry());
    let told: Vec<_> = left_out.iter().map(ToString::to_string).collect();
    assert_eq!(told, [error]);
    let (_engine, events) = start(&rest).unwrap();
    wait(&events, |event| match event {
        VoiceEvent::Meters(meters) => (meters.stages.len() == 2).then_some(()),
        _ => None,
    });
}
