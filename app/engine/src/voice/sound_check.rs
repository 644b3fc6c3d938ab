//! The sound check outside a call: some seconds of silence, some of speech, and how one sounds to others.
//!
//! ```text
//! Off -Begin-> Recording -(time)-> Working -> Ready -Hear-> Working -> Playing -(end)-> Ready
//! ```

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use dialtone_audio::check::{self, Advice, Suggestion};
use dialtone_audio::{EngineError, Recorder, VoiceEngine};

use super::own_chain::OwnChains;
use super::translate::{chain, encoder};
use crate::command::CheckSound;
use crate::settings::AudioSettings;
use crate::snapshot::{self, CheckResult, CheckStep};
use dialtone_words::say;

/// How long one is silent.
const SILENCE: Duration = Duration::from_secs(5);
/// How long one speaks.
const SPEECH: Duration = Duration::from_secs(5);
/// Samples a second in a recording.
const RATE: f64 = 48_000.0;

/// What a thread has computed.
enum Done {
    Suggested(Suggestion),
    Heard(Vec<f32>),
}

enum Phase {
    Idle,
    Recording(Recorder),
    Working(Receiver<Result<Done, String>>),
    /// Begun; not yet seen to play when `false`.
    Playing(bool),
}

/// The state of the sound check.
pub(super) struct SoundCheck {
    silence: Duration,
    speech: Duration,
    phase: Phase,
    /// Silence and speech, as the microphone gave them.
    recording: Arc<[f32]>,
    /// The stages that it can be heard without.
    stages: Vec<String>,
    result: Option<CheckResult>,
    problem: Option<String>,
}

impl Default for SoundCheck {
    fn default() -> Self {
        Self {
            silence: SILENCE,
            speech: SPEECH,
            phase: Phase::Idle,
            recording: Arc::new([]),
            stages: Vec::new(),
            result: None,
            problem: None,
        }
    }
}

impl SoundCheck {
    /// Does what the user wants, with the sound that runs outside a call.
    pub(super) fn step(
        &mut self,
        step: &CheckSound,
        engine: Option<&VoiceEngine>,
        settings: &AudioSettings,
        own: &Arc<OwnChains>,
    ) {
        self.problem = None;
        let Some(engine) = engine else {
            self.problem = Some(say!("call-check-in-call").to_owned());
            return;
        };
        let stopped = engine.stop_playing();
        self.phase = Phase::Idle;
        let done = match step {
            CheckSound::Begin => self.begin(engine),
            CheckSound::Stop => stopped,
            CheckSound::HearRaw => self.play(engine, self.spoken().to_vec()),
            CheckSound::Hear { without } => {
                self.compute_sound(without.clone(), settings.clone(), Arc::clone(own));
                Ok(())
            }
        };
        if let Err(error) = done {
            self.problem = Some(error.to_string());
        }
    }

    fn begin(&mut self, engine: &VoiceEngine) -> Result<(), EngineError> {
        let recorder = engine.record(self.silence + self.speech)?;
        self.result = None;
        self.recording = Arc::new([]);
        self.phase = Phase::Recording(recorder);
        Ok(())
    }

    fn play(&mut self, engine: &VoiceEngine, sound: Vec<f32>) -> Result<(), EngineError> {
        engine.play(sound)?;
        self.phase = Phase::Playing(false);
        Ok(())
    }

    /// These are the settings now: the recording can be heard without each of their stages.
    pub(super) fn know_chain(&mut self, settings: &AudioSettings, own: &OwnChains) {
        if !self.recording.is_empty() {
            let chain = chain(settings, own);
            self.stages = chain.map(|chain| chain.ids()).unwrap_or_default();
        }
    }

    /// Goes on as far as it can, and shows where it stands.
    pub(super) fn mind(
        &mut self,
        engine: Option<&VoiceEngine>,
        settings: &AudioSettings,
        own: &Arc<OwnChains>,
    ) -> snapshot::SoundCheck {
        let left_ms = engine.map(|engine| engine.meters().clip_left_ms);
        match (std::mem::replace(&mut self.phase, Phase::Idle), engine) {
            // The microphone was taken away, as by a call: what was recorded so far is too little.
            (Phase::Recording(_) | Phase::Playing(_), None) => {}
            (Phase::Recording(recorder), Some(_)) if recorder.is_full() => {
                self.recording = recorder.finish().into();
                self.know_chain(settings, own);
                self.compute_suggestion(settings.clone(), Arc::clone(own));
            }
            (Phase::Playing(true), Some(_)) if left_ms == Some(0) => {}
            (Phase::Playing(seen), Some(_)) => {
                self.phase = Phase::Playing(seen || left_ms.is_some_and(|left| left > 0));
            }
            (Phase::Working(done), engine) => self.take_done(done, engine),
            (phase, _) => self.phase = phase,
        }
        self.view(left_ms.unwrap_or(0))
    }

    fn take_done(&mut self, done: Receiver<Result<Done, String>>, engine: Option<&VoiceEngine>) {
        match (done.try_recv(), engine) {
            (Err(TryRecvError::Empty), _) => self.phase = Phase::Working(done),
            (Ok(Ok(Done::Suggested(found))), _) => self.result = Some(in_words(found)),
            (Ok(Ok(Done::Heard(sound))), Some(engine)) => {
                if let Err(error) = self.play(engine, sound) {
                    self.problem = Some(error.to_string());
                }
            }
            (Ok(Ok(Done::Heard(_))), None) => {}
            (Ok(Err(words)), _) => self.problem = Some(words),
            (Err(TryRecvError::Disconnected), _) => {
                self.problem = Some(say!("call-check-stopped").to_owned());
            }
        }
    }

    fn view(&self, clip_ms: u32) -> snapshot::SoundCheck {
        let (step, left_s) = match &self.phase {
            Phase::Idle if self.recording.is_empty() => (CheckStep::Off, 0.0),
            Phase::Idle => (CheckStep::Ready, 0.0),
            Phase::Working(_) => (CheckStep::Working, 0.0),
            Phase::Playing(_) => (CheckStep::Playing, clip_ms as f32 / 1_000.0),
            Phase::Recording(recorder) => {
                let made = recorder.duration();
                let (step, end) = if made < self.silence {
                    (CheckStep::Silence, self.silence)
                } else {
                    (CheckStep::Speech, self.silence + self.speech)
                };
                (step, end.saturating_sub(made).as_secs_f32())
            }
        };
        snapshot::SoundCheck {
            step,
            left_s,
            result: self.result.clone(),
            problem: self.problem.clone(),
            stages: self.stages.clone(),
        }
    }

    /// Where the silence ends, in samples.
    fn boundary(&self) -> usize {
        ((self.silence.as_secs_f64() * RATE) as usize).min(self.recording.len())
    }

    fn spoken(&self) -> &[f32] {
        &self.recording[self.boundary()..]
    }

    fn compute_suggestion(&mut self, settings: AudioSettings, own: Arc<OwnChains>) {
        let (recording, boundary) = (Arc::clone(&self.recording), self.boundary());
        self.compute(move || {
            let chain = chain(&settings, &own).map_err(|error| error.to_string())?;
            let (silence, speech) = recording.split_at(boundary);
            let found = check::suggest(silence, speech, &chain, &crate::plugins::registry());
            found
                .map(Done::Suggested)
                .map_err(|error| error.to_string())
        });
    }

    fn compute_sound(
        &mut self,
        without: Option<String>,
        settings: AudioSettings,
        own: Arc<OwnChains>,
    ) {
        let (recording, boundary) = (Arc::clone(&self.recording), self.boundary());
        self.compute(move || {
            let words = |error: check::CheckError| error.to_string();
            let mut chain = chain(&settings, &own).map_err(|error| error.to_string())?;
            if let Some(stage) = without {
                chain = check::without(&chain, &stage).map_err(words)?;
            }
            // The silence before lets the stages settle, as they have in a call.
            let registry = crate::plugins::registry();
            let heard = check::hear(&recording, &chain, &registry, &encoder(&settings));
            let mut sound = heard.map_err(words)?.sound;
            sound.drain(..boundary);
            Ok(Done::Heard(sound))
        });
    }

    /// Computes elsewhere: it takes a part of a second.
    fn compute(&mut self, work: impl FnOnce() -> Result<Done, String> + Send + 'static) {
        let (sender, done) = channel();
        let thread = std::thread::Builder::new().name("dialtone-sound-check".to_owned());
        let spawned = thread.spawn(move || {
            // Whoever waited has begun anew.
            let _ = sender.send(work());
        });
        match spawned {
            Ok(_) => self.phase = Phase::Working(done),
            Err(error) => self.problem = Some(say!("call-no-thread", error = error.to_string())),
        }
    }
}

fn in_words(found: Suggestion) -> CheckResult {
    CheckResult {
        threshold_dbfs: found.threshold_dbfs,
        room_dbfs: found.room_dbfs,
        voice_dbfs: found.voice_dbfs,
        good: found.advice == Advice::Good,
        words: found.advice.words(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::time::Instant;

    use dialtone_audio::backend::{WavRecorder, WavSound};
    use dialtone_audio::{FileBackend, NullSender, PlainSealer, SyntheticSource, VoiceEvent};

    use super::*;
    use crate::voice::translate::voice_config;

    /// Two seconds of a quiet room, then somebody who speaks for four.
    fn room_and_voice(folder: &Path) -> PathBuf {
        let path = folder.join("said.wav");
        let noise = |seed| SyntheticSource::Noise { dbfs: -62.0, seed };
        let speech = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../assets/speech/directory.wav"
        );
        let speech = WavSound::read(Path::new(speech))
            .unwrap()
            .resampled()
            .unwrap();
        let mut file = WavRecorder::create(&path).unwrap();
        let room: Vec<f32> = noise(1).samples().take(96_000).collect();
        file.write(&room);
        let noise = noise(2).samples().take(192_000);
        let spoken: Vec<f32> = speech
            .iter()
            .zip(noise)
            .map(|(one, two)| one + two)
            .collect();
        file.write(&spoken);
        path
    }

    fn wait(
        check: &mut SoundCheck,
        engine: &VoiceEngine,
        events: &Receiver<VoiceEvent>,
        step: CheckStep,
    ) -> snapshot::SoundCheck {
        let settings = AudioSettings::default();
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let view = check.mind(Some(engine), &settings, &Arc::default());
            if view.step == step {
                return view;
            }
            assert!(Instant::now() < end && view.problem.is_none(), "{view:?}");
            // The engine tells its levels twenty times a second.
            events.recv_timeout(Duration::from_secs(20)).unwrap();
        }
    }

    /// What the loudspeaker's file holds once it is closed: elsewhere, as closing a device may take long.
    fn written(path: &Path) -> Vec<f32> {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let sound = WavSound::read(path).unwrap().samples;
            if !sound.is_empty() {
                return sound;
            }
            assert!(Instant::now() < end, "nothing was written");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_recording_gives_a_threshold_and_is_heard_with_and_without_a_stage() {
        let folder = tempfile::tempdir().unwrap();
        let (said, heard) = (
            room_and_voice(folder.path()),
            folder.path().join("heard.wav"),
        );
        let settings = AudioSettings::default();
        let (engine, events) = VoiceEngine::start(
            voice_config(&settings, &OwnChains::default())
                .unwrap()
                .meter_only(),
            Box::new(FileBackend::new(Some(said), Some(heard.clone()))),
            Box::new(PlainSealer),
            Box::new(NullSender),
        )
        .unwrap();
        let mut check = SoundCheck {
            silence: Duration::from_millis(1_500),
            speech: Duration::from_secs(3),
            ..SoundCheck::default()
        };
        assert_eq!(
            check.mind(Some(&engine), &settings, &Arc::default()).step,
            CheckStep::Off
        );
        check.step(
            &CheckSound::Begin,
            Some(&engine),
            &settings,
            &Arc::default(),
        );
        wait(&mut check, &engine, &events, CheckStep::Silence);
        wait(&mut check, &engine, &events, CheckStep::Speech);
        let ready = wait(&mut check, &engine, &events, CheckStep::Ready);
        let result = ready.result.unwrap();
        assert!(
            result.room_dbfs < result.threshold_dbfs && result.threshold_dbfs < result.voice_dbfs,
            "{result:?}"
        );
        assert!(ready.stages.contains(&"denoise".to_owned()));
        for step in [
            CheckSound::Hear { without: None },
            CheckSound::Hear {
                without: Some("denoise".to_owned()),
            },
            CheckSound::HearRaw,
        ] {
            check.step(&step, Some(&engine), &settings, &Arc::default());
            let playing = wait(&mut check, &engine, &events, CheckStep::Playing);
            assert!(playing.result.is_some(), "it stays");
            if step == CheckSound::HearRaw {
                check.step(&CheckSound::Stop, Some(&engine), &settings, &Arc::default());
            }
            wait(&mut check, &engine, &events, CheckStep::Ready);
        }
        check.step(
            &CheckSound::Hear {
                without: Some("reverb".to_owned()),
            },
            Some(&engine),
            &settings,
            &Arc::default(),
        );
        let view = loop {
            let view = check.mind(Some(&engine), &settings, &Arc::default());
            if view.step == CheckStep::Ready {
                break view;
            }
            std::thread::yield_now();
        };
        assert!(view.problem.unwrap().contains("reverb"));
        drop(engine);
        let sound = written(&heard);
        let peak = sound.iter().fold(0.0_f32, |most, one| most.max(one.abs()));
        assert!(peak > 0.05, "it was heard: {peak} of {}", sound.len());
    }

    #[test]
    fn in_a_call_it_says_why_it_does_not_begin() {
        let mut check = SoundCheck::default();
        let settings = AudioSettings::default();
        check.step(&CheckSound::Begin, None, &settings, &Arc::default());
        let view = check.mind(None, &settings, &Arc::default());
        assert_eq!(view.step, CheckStep::Off);
        assert!(view.problem.unwrap().contains("Leave the call"));
    }
}
