#![no_main]
//! Pictures as others send them: made small, or refused, within the memory and the time that a picture may take.
use libfuzzer_sys::fuzz_target;

#[path = "../../engine/src/files/picture.rs"]
mod picture;

/// What the engine makes of one.
mod snapshot {
    pub(crate) struct Picture {
        pub(crate) width: u32,
        pub(crate) height: u32,
        pub(crate) rgba: Vec<u8>,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let scaled = picture::scaled(bytes, 64, 48);
    if let Ok(picture) = &scaled {
        assert!((1..=64).contains(&picture.width) && (1..=48).contains(&picture.height));
        assert_eq!(
            picture.rgba.len(),
            (picture.width * picture.height * 4) as usize
        );
    }
    if scaled.is_ok() || bytes.len() % 16 == 0 {
        assert_eq!(picture::portrait(bytes).is_ok(), scaled.is_ok());
    }
});
