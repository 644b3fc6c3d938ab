//! The voice meter and the chain editor, without a community: a file is spoken, and the reading shows what becomes of it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_engine::snapshot::{ChainSource, Moment, StageReading, VoiceMeter};
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{ChainCommand, ChainEdit, Command, Engine, EngineConfig, Event, Snapshot};

const PATIENCE: Duration = Duration::from_mins(1);

/// A client in a profile of its own, whose microphone gives speech again and again.
struct Alone {
    engine: Option<Engine>,
    profile: tempfile::TempDir,
}

impl Alone {
    fn new() -> Self {
        let mut alone = Self {
            engine: None,
            profile: tempfile::tempdir().unwrap(),
        };
        alone.start();
        alone
    }

    fn start(&mut self) {
        let speech = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../assets/speech/directory.wav"
        );
        let config = EngineConfig {
            profile: self.profile.path().to_owned(),
            audio: AudioChoice::Files {
                speak: Some(speech.into()),
                hear: None,
                repeat: true,
                cue: None,
            },
            ..EngineConfig::default()
        };
        self.engine = Some(Engine::spawn(config).unwrap());
    }

    fn stop(&mut self) {
        if let Some(engine) = self.engine.take() {
            let _ = engine.handle.send(Command::Shutdown);
            engine.join();
        }
    }

    fn send(&self, command: Command) {
        self.engine.as_ref().unwrap().handle.send(command).unwrap();
    }

    fn edit(&self, edit: ChainEdit) {
        self.send(Command::Chain(ChainCommand::Edit(edit)));
    }

    fn open(&self) {
        self.send(Command::SetMeter(true));
        self.send(Command::WatchVoice(true));
    }

    fn wait(&self, what: &str, is_true: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let handle = &self.engine.as_ref().unwrap().handle;
        let mut events = handle.events();
        let until = Instant::now() + PATIENCE;
        loop {
            let snapshot = handle.snapshot();
            if is_true(&snapshot) {
                return snapshot;
            }
            assert!(
                Instant::now() < until,
                "in vain until {what}: {snapshot:#?}"
            );
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let _ = runtime.block_on(async {
                tokio::time::timeout(Duration::from_millis(200), events.recv()).await
            });
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.stop();
    }
}

fn meter(snapshot: &Snapshot) -> Option<&VoiceMeter> {
    snapshot.audio.meter.as_deref()
}

/// The latest moment, while somebody is heard to speak.
fn spoken(snapshot: &Snapshot) -> Option<&Moment> {
    let now = meter(snapshot)?.now()?;
    (now.open && now.sent && now.speech.is_some_and(|speech| speech > 0.9)).then_some(now)
}

fn stage<'a>(snapshot: &'a Snapshot, id: &str) -> Option<&'a StageReading> {
    meter(snapshot)?.stage(id)
}

#[test]
fn the_reading_shows_speech_and_what_each_stage_takes_and_ends_with_the_view() {
    let alone = Alone::new();
    alone.wait("it is there", |snapshot| snapshot.audio.meter.is_none());
    alone.open();
    let snapshot = alone.wait("speech is seen", |snapshot| {
        let long = meter(snapshot).is_some_and(|meter| {
            meter.moments.len() > 100 && meter.packets.bytes > 0 && meter.microphone.is_some()
        });
        long && spoken(snapshot).is_some_and(|now| now.level_dbfs > -40.0 && now.after > 0.02)
    });
    let reading = meter(&snapshot).unwrap();
    let low = &reading.spectrum_after[..16];
    let loudest = low.iter().copied().fold(-100.0_f32, f32::max);
    assert!(loudest > -45.0, "a voice is below 4 kHz: {low:?}");
    assert!(
        reading
            .spectrum_before
            .iter()
            .all(|level| level.is_finite())
    );
    let ids: Vec<&str> = reading.stages.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids[2..6], ["denoise", "voice-detect", "gain", "gate"]);
    for one in &reading.stages {
        assert!(one.cost.mean_us > 0.0 && one.cost.worst_us > 0.0, "{one:?}");
    }
    let packets = reading.packets;
    assert!(packets.encoding.mean_us > packets.sending.mean_us);
    assert_eq!((packets.bitrate, packets.packet_ms), (32_000, 20));
    assert!(reading.total_us() > packets.encoding.mean_us);
    let moments = &reading.moments;
    let silent = moments
        .iter()
        .any(|now| now.speech.is_some_and(|speech| speech < 0.3));
    assert!(
        silent || moments.len() < VoiceMeter::LONGEST,
        "it is not always speech"
    );
    assert!(reading.count >= moments.len() as u64);

    alone.send(Command::WatchVoice(false));
    alone.wait("the view is closed", |snapshot| {
        snapshot.audio.meter.is_none() && snapshot.audio.chain.is_none()
    });
    alone.send(Command::SetMeter(false));
    alone.wait("the microphone is off", |snapshot| {
        snapshot.audio.input_dbfs.is_none()
    });
    let handle = &alone.engine.as_ref().unwrap().handle;
    let mut events = handle.events();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let quiet = runtime
        .block_on(async { tokio::time::timeout(Duration::from_millis(300), events.recv()).await });
    assert!(
        !matches!(quiet, Ok(Ok(Event::Changed))),
        "nothing is shown anew"
    );
}

#[test]
fn what_is_changed_in_the_chain_is_heard_and_kept() {
    let mut alone = Alone::new();
    alone.open();
    alone.wait("speech is seen", |snapshot| spoken(snapshot).is_some());
    alone.edit(ChainEdit::Add {
        kind: "gain".to_owned(),
        file: None,
        at: 8,
    });
    alone.edit(ChainEdit::Remove("limiter".to_owned()));
    alone.edit(ChainEdit::Remove("auto-gain".to_owned()));
    alone.wait("the other stages run", |snapshot| {
        stage(snapshot, "gain#2").is_some() && stage(snapshot, "limiter").is_none()
    });
    alone.edit(ChainEdit::Set {
        stage: "gain#2".to_owned(),
        param: "gain_db".to_owned(),
        value: -24.0,
    });
    alone.wait("it is softer", |snapshot| {
        let gain = stage(snapshot, "gain#2");
        spoken(snapshot).is_some() && gain.is_some_and(|gain| (gain.change_db + 24.0).abs() < 1.0)
    });
    let moment = alone.wait("what is captured is softer", |snapshot| {
        spoken(snapshot).is_some_and(|now| now.before > 0.1)
    });
    let now = spoken(&moment).unwrap();
    assert!(now.after < now.before / 4.0, "{now:?}");
    let path = alone.profile.path().join("chains/voice-changed.toml");
    assert_eq!(
        moment.settings.audio.chain_file.as_deref(),
        Some(path.as_path())
    );

    // It is there after a restart, and a preset takes its place.
    alone.stop();
    alone.start();
    alone.open();
    let snapshot = alone.wait("it is read again", |snapshot| {
        stage(snapshot, "gain#2").is_some()
    });
    let chain = snapshot.audio.chain.clone().unwrap();
    assert_eq!(chain.source, ChainSource::Own("voice-changed".to_owned()));
    let gain = chain.stages.iter().find(|one| one.id == "gain#2").unwrap();
    assert!((gain.param("gain_db").unwrap().value + 24.0).abs() < 1e-3);
    let preset = ChainSource::Preset(dialtone_engine::settings::Preset::Voice);
    alone.send(Command::Chain(ChainCommand::Choose(preset)));
    alone.wait("the preset runs", |snapshot| {
        stage(snapshot, "gain#2").is_none() && stage(snapshot, "limiter").is_some()
    });
    alone.send(Command::Chain(ChainCommand::Undo));
    alone.wait("it is taken back", |snapshot| {
        stage(snapshot, "gain#2").is_some()
    });
}

#[test]
fn a_chain_that_cannot_be_used_is_said_and_the_old_one_goes_on() {
    let alone = Alone::new();
    alone.open();
    alone.wait("it runs", |snapshot| stage(snapshot, "gate").is_some());
    let file = alone.profile.path().join("bad.toml");
    std::fs::write(&file, "name = 'Bad'\nstages = 3\n").unwrap();
    let import = |path: &Path| Command::Chain(ChainCommand::Import(path.to_owned()));
    alone.send(import(&file));
    let snapshot = alone.wait("it is said", |snapshot| {
        let chain = snapshot.audio.chain.as_ref();
        chain.is_some_and(|chain| chain.problem.is_some())
    });
    assert_eq!(snapshot.settings.audio.chain_file, None);
    std::fs::write(
        &file,
        "name = 'Odd'\n[[stage]]\ntype = 'reverb'\n[[stage]]\ntype = 'gain'\n",
    )
    .unwrap();
    alone.send(import(&file));
    let snapshot = alone.wait("what can be built runs", |snapshot| {
        let stages = meter(snapshot).map(|meter| meter.stages.len());
        let chain = snapshot.audio.chain.as_ref();
        stages == Some(1) && chain.is_some_and(|chain| chain.stages[0].problem.is_some())
    });
    let chain = snapshot.audio.chain.clone().unwrap();
    assert_eq!((chain.name.as_str(), chain.stages.len()), ("Odd", 2));
    assert!(chain.stages[0].problem.as_ref().unwrap().contains("reverb"));
}
