#![no_main]
//! What a camera wrote into a picture is taken out: the picture looks as before, and nothing is left to take out.
use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use libfuzzer_sys::{Corpus, fuzz_target};

#[path = "../../engine/src/files/metadata.rs"]
mod metadata;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((last, file)) = bytes.split_last() else {
        return Corpus::Reject;
    };
    let orientation = Orientation::from_exif(last % 9).unwrap_or(Orientation::NoTransforms);
    let Ok(format) = image::guess_format(file) else {
        return Corpus::Reject;
    };
    let Some(clean) = metadata::without_metadata(file.to_vec(), format, orientation) else {
        return Corpus::Keep;
    };
    if let Some(before) = look(file, format) {
        assert_eq!(look(&clean, format), Some(before), "it looks as before");
    }
    let again = metadata::without_metadata(clean.clone(), format, orientation);
    assert_eq!(again, Some(clean), "nothing is left to take out");
    Corpus::Keep
});

/// A small picture's pixels.
fn look(file: &[u8], format: ImageFormat) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(256);
    limits.max_image_height = Some(256);
    limits.max_alloc = Some(4 * 1024 * 1024);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    reader.decode().ok()
}
