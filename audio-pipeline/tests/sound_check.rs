//! The sound check: a recording as others hear it, with and without a stage; the threshold that suits a room and a voice;
//! recording and playing in a running engine.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use dialtone_audio::check::{Advice, CheckError, Suggestion, hear, suggest, without};
use dialtone_audio::codec::EncoderConfig;
use dialtone_audio::frame::level_dbfs;
use dialtone_audio::{
    ChainSpec, Cue, Meters, NullSender, PlainSealer, Registry, SyntheticBackend, SyntheticSource,
    VoiceConfig, VoiceEngine, VoiceEvent,
};

#[cfg(test)]
#[path = "common/recording.rs"]
mod recorded;

use recorded::recording;

/// Even noise of this level.
fn noise(seconds: usize, dbfs: f32) -> Vec<f32> {
    let source = SyntheticSource::Noise { dbfs, seed: 7 };
    source.samples().take(seconds * 48_000).collect()
}

fn scaled(sound: &[f32], db: f32) -> Vec<f32> {
    let factor = 10.0_f32.powf(db / 20.0);
    sound.iter().map(|sample| sample * factor).collect()
}

fn sum(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter()
        .zip(other)
        .map(|(one, other)| one + other)
        .collect()
}

fn voice() -> ChainSpec {
    ChainSpec::voice().expect("the preset")
}

/// How alike two sounds are, 0 to 1.
fn alike(one: &[f32], other: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

#[test]
fn one_hears_oneself_as_others_do_lined_up_with_what_was_said() {
    let said = recording();
    let heard = hear(
        &said,
        &voice(),
        &Registry::standard(),
        &EncoderConfig::default(),
    )
    .unwrap();
    assert_eq!(heard.sound.len(), said.len());
    let likeness = |late: usize| {
        alike(
            &said[48_000..240_000],
            &heard.sound[48_000 + late - 960..][..192_000],
        )
    };
    let (late, best) = (0..1_920)
        .step_by(8)
        .map(|late| (late, likeness(late)))
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .unwrap();
    assert!(best > 0.7 && late.abs_diff(960) < 48, "{best} at {late}");
    assert!(heard.sent > 0.5, "{}", heard.sent);
    assert!(
        (30_000.0..34_000.0).contains(&heard.bitrate),
        "{}",
        heard.bitrate
    );
    let stages: Vec<String> = heard
        .stages
        .iter()
        .map(|stage| stage.id.to_string())
        .collect();
    assert_eq!(stages, voice().ids());
}

#[test]
fn the_same_without_one_stage_shows_what_the_stage_does() {
    let said = sum(&recording(), &noise(7, -45.0));
    let ear = |chain: &ChainSpec| {
        let registry = Registry::standard();
        hear(&said, chain, &registry, &EncoderConfig::default()).unwrap()
    };
    let mut open = voice();
    assert!(open.set("gate", "threshold_dbfs", -100.0));
    let bare = without(&open, "denoise").unwrap();
    let pause = |sound: &[f32]| {
        let blocks = sound[48_000..].chunks(4_800).map(level_dbfs);
        blocks.fold(0.0, f32::min)
    };
    let (with, without) = (ear(&open), ear(&bare));
    assert!(
        pause(&without.sound) > pause(&with.sound) + 10.0,
        "noise in the pauses: {} and {} dBFS",
        pause(&without.sound),
        pause(&with.sound)
    );
    assert_eq!(without.stages.len() + 1, with.stages.len());
}

#[test]
fn what_cannot_be_checked_says_why() {
    let registry = Registry::standard();
    let short = hear(&[0.0; 100], &voice(), &registry, &EncoderConfig::default());
    assert_eq!(short.unwrap_err(), CheckError::TooShort);
    let missing = without(&voice(), "reverb").unwrap_err().to_string();
    assert!(
        missing.contains("reverb") && missing.contains("denoise"),
        "{missing}"
    );
    assert_eq!(
        suggest(&[0.0; 100], &noise(2, -40.0), &voice(), &registry),
        Err(CheckError::TooShort)
    );
}

/// What is suggested for this voice in this room.
fn suggested(room_dbfs: f32, voice_db: f32) -> Suggestion {
    let speech = scaled(&recording(), voice_db);
    let speech = sum(&speech, &noise(7, room_dbfs));
    let silence = noise(5, room_dbfs);
    suggest(&silence, &speech, &voice(), &Registry::standard()).expect("long enough")
}

#[test]
fn the_threshold_lies_between_the_room_and_the_voice() {
    for room_dbfs in [-75.0, -60.0, -50.0] {
        let found = suggested(room_dbfs, 0.0);
        assert_eq!(found.advice, Advice::Good, "{found:?}");
        assert!(
            found.room_dbfs + 3.0 < found.threshold_dbfs
                && found.threshold_dbfs + 6.0 < found.voice_dbfs,
            "{found:?}"
        );
        // The gate that is set so stays shut in the room's noise and opens for the voice.
        let mut chain = voice();
        assert!(chain.set("gate", "threshold_dbfs", found.threshold_dbfs));
        assert!(chain.set("gate", "automatic", 0.0));
        let encoder = EncoderConfig::default();
        let ear = |sound: &[f32]| hear(sound, &chain, &Registry::standard(), &encoder).unwrap();
        assert!(ear(&noise(5, room_dbfs)).sent < 0.02, "{found:?}");
        let speech = sum(&recording(), &noise(7, room_dbfs));
        assert!(ear(&speech).sent > 0.5, "{found:?}");
    }
}

#[test]
fn what_is_wrong_with_a_microphone_is_said() {
    let registry = Registry::standard();
    let silence = vec![0.0; 96_000];
    let nothing = suggest(&silence, &silence, &voice(), &registry).unwrap();
    assert_eq!(nothing.advice, Advice::NothingHeard);
    assert_eq!(suggested(-80.0, -40.0).advice, Advice::TooSoft);
    let loud: Vec<f32> = scaled(&recording(), 30.0)
        .iter()
        .map(|sample| sample.clamp(-1.0, 1.0))
        .collect();
    let clipping = suggest(&noise(5, -60.0), &loud, &voice(), &registry).unwrap();
    assert_eq!(clipping.advice, Advice::Clipping);
    let mut bare = voice();
    bare.stages.retain(|stage| stage.kind == "gate");
    let noisy = suggest(
        &noise(5, -22.0),
        &sum(&recording(), &noise(7, -22.0)),
        &bare,
        &registry,
    );
    assert_eq!(noisy.unwrap().advice, Advice::Noisy);
    for advice in [
        Advice::NothingHeard,
        Advice::TooSoft,
        Advice::Clipping,
        Advice::Noisy,
    ] {
        assert!(advice.words().len() > 30, "{advice:?} says what to do");
    }
}

/// Waits for meters of which this is true.
fn wait(events: &Receiver<VoiceEvent>, wanted: impl Fn(&Meters) -> bool) -> Meters {
    loop {
        let event = events
            .recv_timeout(Duration::from_secs(20))
            .expect("the engine runs");
        if let VoiceEvent::Meters(meters) = event
            && wanted(&meters)
        {
            return *meters;
        }
    }
}

#[test]
fn the_microphone_is_recorded_as_it_is_and_played_to_the_end() {
    let source = SyntheticSource::Tone {
        hz: 440.0,
        dbfs: -17.0,
    };
    let config = VoiceConfig::voice().unwrap().meter_only();
    let (engine, events) = VoiceEngine::start(
        config,
        Box::new(SyntheticBackend(source)),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap();
    let recorder = engine.record(Duration::from_millis(500)).unwrap();
    wait(&events, |_| recorder.is_full());
    assert_eq!(recorder.duration(), Duration::from_millis(500));
    let sound = recorder.finish();
    assert_eq!(sound.len(), 24_000);
    let level = level_dbfs(&sound[4_800..]);
    assert!((level + 20.0).abs() < 1.0, "before the chain: {level}");
    engine.play_cue(Cue::Message).unwrap();
    engine.play(sound).unwrap();
    let begun = wait(&events, |meters| meters.clip_left_ms > 0);
    assert!(begun.clip_left_ms <= 500);
    wait(&events, |meters| meters.clip_left_ms == 0);
    engine.play(vec![0.1; 48_000 * 20]).unwrap();
    wait(&events, |meters| meters.clip_left_ms > 10_000);
    engine.stop_playing().unwrap();
    wait(&events, |meters| meters.clip_left_ms == 0);
}
