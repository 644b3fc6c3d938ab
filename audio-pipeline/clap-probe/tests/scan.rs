//! Files of plugins are looked into in processes of their own: what misbehaves is told of, the others are listed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "some of it is for the other tests")]
mod common;

use std::time::Instant;

use dialtone_audio::clap::{PluginError, ScannedFile, Scanner, plugin_files};

fn listed<'a>(files: &'a [ScannedFile], name: &str) -> &'a ScannedFile {
    let named = format!("{name}.clap");
    let mut fitting = files.iter();
    fitting.find(|it| it.file.ends_with(&named)).unwrap()
}

#[test]
fn what_crashes_hangs_or_talks_nonsense_is_told_and_the_others_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "abort", "chatter", "crash", "exit", "fail", "flood", "hang", "probe", "unload",
    ];
    for name in names {
        common::place(folder.path(), name);
    }
    std::fs::write(folder.path().join("text.clap"), "not a plugin at all").unwrap();
    let files = plugin_files(&[folder.path().to_owned()]);
    assert_eq!(files.len(), 10);
    let began = Instant::now();
    let files = common::scanner().scan(&files);
    assert!(began.elapsed() < common::PATIENCE * 4, "bounded time");

    let error = |name: &str| listed(&files, name).error.clone().unwrap();
    for name in ["abort", "crash", "unload"] {
        let PluginError::Crashed { how } = error(name) else {
            panic!("{name}: {:?}", error(name));
        };
        if cfg!(unix) {
            let signal = if name == "abort" {
                "signal 6"
            } else {
                "signal 11"
            };
            assert_eq!(how, signal, "{name}");
        }
    }
    assert!(matches!(error("hang"), PluginError::Hung { .. }));
    assert_eq!(error("flood"), PluginError::Flooded);
    assert_eq!(error("exit"), PluginError::NoAnswer);
    assert!(matches!(error("fail"), PluginError::Load { .. }));
    assert!(matches!(error("text"), PluginError::Load { .. }));
    assert!(
        files
            .iter()
            .all(|it| it.error.is_none() != it.plugins.is_empty())
    );
    for name in ["probe", "chatter"] {
        assert_eq!(listed(&files, name).plugins.len(), 8, "{name}");
    }
}

#[test]
fn a_plugin_is_listed_with_what_it_has_and_whether_it_can_be_a_stage() {
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let plugins = common::scanner().scan_file(&file).unwrap();
    let of = |word: &str| {
        let id = format!("org.dialtone.probe.{word}");
        plugins.iter().find(|plugin| plugin.id == id).unwrap()
    };

    let gain = of("gain");
    assert_eq!(gain.problem, None);
    assert_eq!(
        (gain.name.as_str(), gain.vendor.as_str()),
        ("Probe gain", "Dialtone")
    );
    assert_eq!(gain.features, ["audio-effect", "mono"]);
    assert_eq!((gain.inputs[0].channels, gain.inputs[0].main), (1, true));
    let params: Vec<_> = gain.params.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(
        params,
        ["Gain", "Fault"],
        "neither the hidden nor the fixed one"
    );
    let level = &gain.params[0];
    let values = [level.min, level.max, level.default, level.value];
    assert_eq!(format!("{values:?}"), "[-60.0, 24.0, 0.0, 0.0]");
    assert_eq!(
        (level.text.as_str(), level.group.as_str()),
        ("0.0 dB", "Probe")
    );
    assert!(gain.params[1].stepped && !level.stepped);

    assert_eq!(
        (of("delay").latency_samples, &of("delay").problem),
        (96, &None)
    );
    assert_eq!(
        (of("stereo").inputs.len(), &of("stereo").problem),
        (2, &None)
    );

    let problem = |word: &str| of(word).problem.as_ref().unwrap().to_string();
    assert!(
        problem("synth").contains("no audio input"),
        "{}",
        problem("synth")
    );
    assert!(problem("surround").contains("6 channels"));
    assert!(
        problem("refuse").contains("48 kHz"),
        "{}",
        problem("refuse")
    );
    assert!(problem("refuse").contains("the licence has run out"));
    assert!(
        !problem("refuse").contains("activating"),
        "complaints alone"
    );
    assert!(problem("idle").contains("begin with sound"));
    assert!(problem("not-a-number").contains("is a number"));
}

#[test]
fn what_was_found_survives_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["probe", "crash"].map(|name| common::place(folder.path(), name));
    for found in common::scanner().scan(&files) {
        let text = toml::to_string(&found).unwrap();
        assert_eq!(toml::from_str::<ScannedFile>(&text).unwrap(), found);
    }
}

#[test]
fn a_file_is_looked_into_again_only_when_it_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let scanner = common::scanner();
    assert_eq!(scanner.file_of("org.dialtone.probe.gain"), None);
    let journal = folder.path().join("probe.clap.journal");
    std::fs::write(&journal, "").unwrap();
    let loads = || {
        let text = std::fs::read_to_string(&journal).unwrap();
        text.matches("file loaded").count()
    };
    scanner.scan_file(&file).unwrap();
    scanner.scan_file(&file).unwrap();
    assert_eq!(loads(), 1);
    assert_eq!(
        scanner.file_of("org.dialtone.probe.gain"),
        Some(file.clone())
    );
    // Longer by some bytes that no loader looks at.
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend([0; 16]);
    std::fs::write(&file, bytes).unwrap();
    scanner.scan_file(&file).unwrap();
    assert_eq!(loads(), 2);
    std::fs::remove_file(&file).unwrap();
    let gone = scanner.scan_file(&file);
    assert_eq!(gone, Err(PluginError::Missing { file }));
}

#[test]
fn a_program_that_cannot_be_started_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = common::place(folder.path(), "probe");
    let scanner = Scanner::new(folder.path().join("no-such-program"), Vec::new());
    let error = scanner.scan_file(&file).unwrap_err();
    assert!(matches!(error, PluginError::NoChild { .. }), "{error}");
}
