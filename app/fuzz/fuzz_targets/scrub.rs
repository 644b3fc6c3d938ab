#![no_main]
//! What the log leaves out: what steers a terminal, and links, however they are written.
use libfuzzer_sys::fuzz_target;

#[path = "../../engine/src/journal/scrub.rs"]
mod scrub;

fuzz_target!(|text: &str| {
    let clean = scrub::scrub(text);
    assert!(
        clean
            .chars()
            .all(|one| matches!(one, '\n' | '\t') || !one.is_control())
    );
    assert!(!clean.contains("://"), "{clean:?}");
    let ends = |text: &str| text.matches('\n').count();
    assert_eq!(ends(&clean), ends(text));
});
