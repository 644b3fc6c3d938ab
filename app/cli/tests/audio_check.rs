//! `dialtone audio check`, as a person would call it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A recording at 16 kHz: two seconds of a quiet room, then somebody who speaks.
fn recording(folder: &Path) -> PathBuf {
    let speech = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/speech/directory.wav"
    );
    let mut speech = hound::WavReader::open(speech).unwrap();
    let path = folder.join("said.wav");
    let mut file = hound::WavWriter::create(&path, speech.spec()).unwrap();
    let mut noise = 1_u32;
    for _ in 0..2 * speech.spec().sample_rate {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        file.write_sample((noise >> 16) as u8 as i16 - 128).unwrap();
    }
    for sample in speech.samples::<i16>() {
        file.write_sample(sample.unwrap()).unwrap();
    }
    file.finalize().unwrap();
    path
}

fn check(recording: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dialtone"))
        .args(["audio", "check", "--silence", "0-2"])
        .args(more)
        .arg(recording)
        .output()
        .unwrap()
}

#[test]
fn a_recording_is_checked_and_what_others_would_hear_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let said = recording(folder.path());
    let heard = folder.path().join("heard.wav");
    let output = check(&said, &["--json", "--out", heard.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |name: &str| found[name].as_f64().unwrap();
    assert!(
        number("room_dbfs") < number("threshold_dbfs")
            && number("threshold_dbfs") < number("voice_dbfs"),
        "{found}"
    );
    let stages = found["stages"].as_array().unwrap();
    assert!(stages.iter().any(|stage| stage["id"] == "denoise"));
    let mut sound = hound::WavReader::open(&heard).unwrap();
    let samples: Vec<i16> = sound.samples::<i16>().map(Result::unwrap).collect();
    let (room, voice) = samples.split_at(48_000);
    let loudest = |part: &[i16]| part.iter().map(|one| one.unsigned_abs()).max().unwrap();
    assert_eq!(loudest(room), 0, "the room is not sent");
    assert!(loudest(voice) > 1_000, "the voice is");

    let words = check(&said, &["--without", "denoise"]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(
        words.contains("threshold") && !words.contains("denoise"),
        "{words}"
    );
}

#[test]
fn what_cannot_be_checked_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let said = recording(folder.path());
    let refused = |recording: &Path, more: &[&str]| {
        let output = check(recording, more);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let missing = refused(&folder.path().join("none.wav"), &[]);
    assert!(missing.contains("none.wav"), "{missing}");
    let stage = refused(&said, &["--without", "reverb"]);
    assert!(
        stage.contains("reverb") && stage.contains("high-pass"),
        "{stage}"
    );
    let part = refused(&said, &["--speech", "100-200"]);
    assert!(part.contains("is not in the recording"), "{part}");
}
