//! Every stage says how loud it is before and after it, by how much it delays, and what it costs.

use std::time::Duration;

use dialtone_audio::backend::WavRecorder;
use dialtone_audio::chain::{RunningChain, StageMeter, StageMeters};
use dialtone_audio::frame::{Block, SILENCE_DBFS, level_dbfs};
use dialtone_audio::{
    ChainDirection, ChainSpec, FileBackend, NullBackend, NullSender, PlainSealer, Registry,
    SyntheticSource, VoiceConfig, VoiceEngine, VoiceEvent,
};

fn read(chain: &mut RunningChain) -> Vec<StageMeter> {
    let mut meters = StageMeters::default();
    chain.read_meters(&mut meters);
    meters.iter().copied().collect()
}

fn play(chain: &mut RunningChain, amplitude: f32, blocks: usize) {
    for _ in 0..blocks {
        let mut block = Block::silence();
        block.samples.fill(amplitude);
        chain.process(&mut block);
        chain.take_faded();
    }
}

#[test]
fn each_stage_shows_its_loudest_block_since_the_last_look() {
    let text = "name = 'Two'\n[[stage]]\ntype = 'gain'\ngain_db = 20.0\n[[stage]]\ntype = 'limiter'\nceiling_dbfs = -6.0";
    let spec = ChainSpec::from_toml(text).unwrap();
    let build = |spec: &ChainSpec| Box::new(spec.compile(&Registry::standard()).unwrap());
    let mut chain = RunningChain::new(build(&spec));
    play(&mut chain, 0.1, 1);
    play(&mut chain, 0.001, 3);
    let shown = read(&mut chain);
    let ids: Vec<_> = shown.iter().map(|meter| meter.id.to_string()).collect();
    assert_eq!(ids, ["gain", "limiter"]);
    let levels = [
        (shown[0].input_dbfs, -20.0),
        (shown[0].output_dbfs, 0.0),
        (shown[1].input_dbfs, 0.0),
        (shown[1].output_dbfs, -6.0),
    ];
    for (level, wanted) in levels {
        assert!((level - wanted).abs() < 0.01, "{level} dBFS, not {wanted}");
    }
    play(&mut chain, 0.001, 1);
    let shown = read(&mut chain);
    assert!((shown[0].input_dbfs + 60.0).abs() < 0.01, "only the latest");
    let shown = read(&mut chain);
    assert!(
        (shown[0].input_dbfs - SILENCE_DBFS).abs() < 0.01,
        "nothing came"
    );

    // What stays keeps its average, what comes is shown at its place.
    let mut longer = ChainSpec::voice().unwrap();
    longer.stages.retain(|stage| stage.kind == "denoise");
    longer.stages.push(spec.stages[0].clone());
    chain.swap(build(&longer));
    play(&mut chain, 0.1, 60);
    let shown = read(&mut chain);
    let delays: Vec<_> = shown.iter().map(|meter| meter.latency_samples).collect();
    assert_eq!(delays, [0, 0]);
    assert!(
        shown[0].cpu_us > 5.0 * shown[1].cpu_us && shown[1].cpu_us > 0.0,
        "a network costs more than a factor: {shown:?}"
    );
}

#[test]
fn the_handle_shows_the_stages_of_the_running_chain() {
    let (engine, events) = VoiceEngine::start(
        VoiceConfig::voice().unwrap(),
        Box::new(NullBackend),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap();
    let wait = |ids: &[&str]| loop {
        let event = events.recv_timeout(Duration::from_secs(20)).unwrap();
        let VoiceEvent::Meters(meters) = event else {
            continue;
        };
        let shown = engine.meters().stages;
        let ran = meters.stages.iter().all(|stage| stage.cpu_us > 0.0);
        if ran
            && shown
                .iter()
                .map(|stage| stage.id.as_str())
                .eq(ids.iter().copied())
        {
            return shown;
        }
    };
    let shown = wait(&[
        "high-pass",
        "echo-cancel",
        "denoise",
        "voice-detect",
        "gain",
        "gate",
        "auto-gain",
        "limiter",
    ]);
    assert_eq!(shown[2].latency_samples, 0, "it delays nothing");
    let mut spec = ChainSpec::voice().unwrap();
    spec.stages.swap(2, 3);
    engine.swap_chain(&spec).unwrap();
    wait(&[
        "high-pass",
        "echo-cancel",
        "voice-detect",
        "denoise",
        "gain",
        "gate",
        "auto-gain",
        "limiter",
    ]);
}

#[test]
fn the_mix_has_a_chain_of_its_own() {
    let (engine, events) = VoiceEngine::start(
        VoiceConfig::voice().unwrap(),
        Box::new(NullBackend),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap();
    let mixed = "name = 'Mix'\ndirection = 'downlink'\n[[stage]]\ntype = 'gain'";
    let spec = ChainSpec::from_toml(mixed).unwrap();
    let (up, down) = (ChainDirection::Uplink, ChainDirection::Downlink);
    assert!(engine.set_param_of(down, "gain", "gain_db", 3.0).is_err());
    engine.swap_chain(&spec).unwrap();
    engine.set_param_of(down, "gain", "gain_db", 3.0).unwrap();
    assert!(engine.set_param_of(down, "gate", "hold_ms", 3.0).is_err());
    engine.set_param_of(up, "gate", "hold_ms", 3.0).unwrap();
    let own = ChainSpec::voice().unwrap().stages.len();
    loop {
        let event = events.recv_timeout(Duration::from_secs(20)).unwrap();
        let VoiceEvent::Meters(meters) = event else {
            continue;
        };
        assert_eq!(meters.stages.len(), own, "the microphone keeps its own");
        if meters.downlink_stages.len() == 1 && meters.delays.mix_ms > 0.0 {
            assert!((meters.delays.mix_ms - 7.5).abs() < 1e-3);
            break;
        }
    }
}

#[test]
fn a_chain_for_the_other_way_is_refused() {
    let mut config = VoiceConfig::voice().unwrap();
    config.downlink_chain = ChainSpec::voice().unwrap();
    let started = VoiceEngine::start(
        config,
        Box::new(NullBackend),
        Box::new(PlainSealer),
        Box::new(NullSender),
    );
    let error = started.err().unwrap().to_string();
    assert!(
        error.contains("\"Voice\"") && error.contains("direction"),
        "{error}"
    );
}

#[test]
fn whoever_looks_sees_each_block_before_and_after_the_chain_and_what_packets_cost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let tone = SyntheticSource::Tone {
        hz: 440.0,
        dbfs: -20.0,
    };
    let mut file = WavRecorder::create(&path).unwrap();
    file.write(&tone.samples().take(48_000).collect::<Vec<_>>());
    drop(file);
    let text = "name = 'Louder'\n[[stage]]\ntype = 'gain'\ngain_db = 12.0";
    let config = VoiceConfig::with_chain(ChainSpec::from_toml(text).unwrap());
    let (engine, events) = VoiceEngine::start(
        config,
        Box::new(FileBackend::new(Some(path), None).repeat(true)),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap();
    let mut watcher = engine.watch().unwrap();
    let (before, after) = loop {
        // Twenty times a second, as long as the engine lives.
        events.recv_timeout(Duration::from_secs(20)).unwrap();
        let loud = std::iter::from_fn(|| watcher.take())
            .map(|block| (level_dbfs(&block.before), level_dbfs(&block.after)))
            .find(|(before, _)| (before + 23.0).abs() < 0.2);
        if let Some(levels) = loud {
            break levels;
        }
    };
    assert!((after - before - 12.0).abs() < 0.1, "{before} {after}");
    let meters = loop {
        events.recv_timeout(Duration::from_secs(20)).unwrap();
        let meters = engine.meters();
        if meters.packets.bytes > 0 && meters.capture.mean_us > 0.0 {
            break meters;
        }
    };
    assert_eq!(meters.capture_hz, 48_000);
    assert!(meters.packets.encoding.mean_us > meters.packets.sending.mean_us);
    assert!(meters.stages[0].longest_us >= 0.0);
    drop(engine);
    assert!(!watcher.is_live());
}
