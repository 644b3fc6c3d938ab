#![no_main]
//! `mimeapps.list` of the desktop, which other programs write too: our line is put in and taken out, and nothing else changes.
use libfuzzer_sys::fuzz_target;

#[path = "../../desktop/src/integration/mimeapps.rs"]
mod mimeapps;

use mimeapps::{first, with, without};

const KIND: &str = "x-scheme-handler/dialtone";
const OURS: &str = "dialtone.desktop";

fuzz_target!(|text: &str| {
    let ours = with(text, KIND, OURS);
    assert_eq!(first(&ours, KIND), Some(OURS));
    assert_eq!(with(&ours, KIND, OURS), ours);
    let gone = without(&ours, KIND, OURS);
    assert_ne!(first(&gone, KIND), Some(OURS));
    let _ = first(text, KIND);
    // Every line of another kind is still there, in its order.
    let mut left = gone.split_terminator('\n');
    let others = text
        .split_terminator('\n')
        .filter(|line| !line.contains(KIND));
    for line in others {
        assert!(left.any(|one| one == line), "{line:?} is gone");
    }
});
