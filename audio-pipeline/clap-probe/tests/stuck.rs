//! A plugin that hangs when it is loaded although it did well before. A file of its own: the plugin thread is lost by it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::time::{Duration, Instant};

use dialtone_audio::clap::{PluginError, settle};

#[test]
fn whoever_loads_is_told_in_time_and_so_is_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_secs(2);
    let registry = common::registry_with(common::scanner().with_patience(patience));
    let file = common::place(folder.path(), "later");
    let spec = common::chain("gain", &file, "");
    let chain = spec.compile(&registry).unwrap();
    drop(chain);
    assert_eq!(settle(Duration::from_secs(10)), Some(0));

    std::fs::write(folder.path().join("later.clap.journal"), "").unwrap();
    let began = Instant::now();
    let error = spec.compile(&registry).unwrap_err().to_string();
    assert!(error.contains(&PluginError::Busy.to_string()), "{error}");
    assert!(error.contains("clap:org.dialtone.probe.gain"), "{error}");
    assert!(began.elapsed() >= patience);

    let other = common::place(folder.path(), "probe");
    let registry = common::registry();
    let scanned = Instant::now();
    let error = common::chain("gain", &other, "").compile(&registry);
    let error = error.unwrap_err().to_string();
    assert!(error.contains(&PluginError::Busy.to_string()), "{error}");
    assert!(
        scanned.elapsed() < common::PATIENCE,
        "not the whole time again"
    );
    assert_eq!(settle(Duration::from_millis(100)), None);
}
