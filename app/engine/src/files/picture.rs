//! Pictures: decoded within bounds, since whoever sent them may be an enemy, and made as small as they are shown.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use dialtone_words::say;

use crate::snapshot::Picture;

/// The longest side that is decoded, in pixels.
const SIDE: u32 = 16_384;
/// What decoding may take, in bytes: 40 megapixels, as JPEG files have them.
const MEMORY: u64 = 128 * 1024 * 1024;
/// The sides of a portrait, in pixels.
const PORTRAIT: u32 = 256;

/// A picture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    /// Not a picture of a kind that is known, damaged, or too large to be decoded.
    #[error("{}", say!("error-no-picture", cause = _0.to_string()))]
    Unreadable(#[from] image::ImageError),
}

/// A picture of at most `width` x `height` pixels, in its own proportions.
///
/// # Errors
/// [`PictureError`]
pub(crate) fn scaled(bytes: &[u8], width: u32, height: u32) -> Result<Picture, PictureError> {
    let decoded = decode(bytes)?;
    let fits = decoded.width() <= width && decoded.height() <= height;
    let shown = if fits {
        decoded
    } else {
        decoded.resize(width, height, FilterType::Triangle)
    };
    let pixels = shown.into_rgba8();
    Ok(Picture {
        width: pixels.width(),
        height: pixels.height(),
        rgba: pixels.into_raw(),
    })
}

/// The middle of a picture, square and small, as a JPEG file without anything else in it: where it was taken, for one.
///
/// # Errors
/// [`PictureError`]
pub(crate) fn portrait(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let decoded = decode(bytes)?;
    let square = decoded.resize_to_fill(PORTRAIT, PORTRAIT, FilterType::CatmullRom);
    // Where it is transparent, a picture stands on white.
    let mut on_white = image::RgbaImage::from_pixel(PORTRAIT, PORTRAIT, image::Rgba([255; 4]));
    image::imageops::overlay(&mut on_white, &square.into_rgba8(), 0, 0);
    let mut file = Vec::new();
    let opaque = DynamicImage::ImageRgba8(on_white).into_rgb8();
    JpegEncoder::new_with_quality(&mut file, 85).encode_image(&opaque)?;
    Ok(file)
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(image::ImageError::from)?;
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // Not every format minds its limits by itself.
    limits.check_dimensions(decoder.dimensions().0, decoder.dimensions().1)?;
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let image = image::RgbImage::from_fn(width, height, |x, _| image::Rgb([x as u8, 0, 0]));
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, image::ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_keeps_its_proportions_and_is_not_made_larger() {
        let picture = scaled(&png(800, 200), 400, 400).unwrap();
        assert_eq!((picture.width, picture.height), (400, 100));
        assert_eq!(picture.rgba.len(), 400 * 100 * 4);
        let small = scaled(&png(8, 2), 400, 400).unwrap();
        assert_eq!((small.width, small.height), (8, 2));
    }

    #[test]
    fn a_portrait_is_a_small_square() {
        let file = portrait(&png(800, 200)).unwrap();
        assert!(file.len() < 64 * 1024, "{}", file.len());
        let picture = scaled(&file, 1_000, 1_000).unwrap();
        assert_eq!((picture.width, picture.height), (PORTRAIT, PORTRAIT));
    }

    /// A header that announces more than there is, and more than is decoded.
    #[test]
    fn a_picture_that_would_take_too_much_is_refused() {
        let mut bomb = png(1, 1);
        for (at, side) in [(16, 16_000_u32), (20, 16_000)] {
            bomb[at..at + 4].copy_from_slice(&side.to_be_bytes());
        }
        let mut crc = flate2::Crc::new();
        crc.update(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        let refused = scaled(&bomb, 100, 100).unwrap_err().to_string();
        assert!(
            refused.contains("limit") || refused.contains("Memory"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [&b""[..], b"hello", &png(4, 4)[..40]] {
            assert!(scaled(bytes, 100, 100).is_err());
            assert!(portrait(bytes).is_err());
        }
    }
}
