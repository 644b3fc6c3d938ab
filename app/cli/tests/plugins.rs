//! `dialtone audio plugins` looks into files by starting itself: a file that crashes is an entry like the others.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

// Only its file is needed, which Cargo builds for whoever uses it.
use dialtone_clap_probe as _;

fn probe() -> PathBuf {
    let (start, end) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let test = std::env::current_exe().unwrap();
    let folders = test.ancestors().skip(1).take(2);
    let mut files = folders.map(|folder| folder.join(format!("{start}dialtone_clap_probe{end}")));
    files.find(|file| file.is_file()).unwrap()
}

fn list(folder: &Path, more: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_dialtone");
    let mut command = Command::new(program);
    command.args(["audio", "plugins"]).args(more);
    // Where plugins are installed, this folder alone.
    command.env("CLAP_PATH", folder).env("HOME", folder);
    command.output().unwrap()
}

#[test]
fn plugins_are_listed_with_their_parameters_and_what_crashed_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("maker");
    std::fs::create_dir(&inside).unwrap();
    for name in ["crash.clap", "probe.clap"] {
        std::fs::copy(probe(), inside.join(name)).unwrap();
    }
    let output = list(folder.path(), &[]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        "  Probe gain (1.0, Dialtone, audio-effect, mono)\n",
        "    type = \"clap:org.dialtone.probe.gain\"\n",
        "    Gain: -60 to 24; 0 (0.0 dB)\n",
        "    delays the sound by 2.0 ms\n",
        "    Cannot be a stage: it does not suit a voice: it has no audio input.\n",
        "  Not used: it crashed when it was looked into (",
    ] {
        assert!(text.contains(line), "{line:?} is missing in:\n{text}");
    }

    let output = list(folder.path(), &["--json", inside.to_str().unwrap()]);
    let files: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(files.as_array().unwrap().len(), 2);
    assert_eq!(files[0]["error"]["kind"], "crashed");
    assert_eq!(files[1]["plugins"][0]["params"][0]["key"], "Gain");
}

#[test]
fn an_empty_folder_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let output = list(folder.path(), &[place]);
    assert_eq!(output.stdout, b"No CLAP plugins were found.\n");
}
