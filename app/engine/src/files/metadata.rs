//! What cameras and programs write into pictures beside the picture: place, time, device, names. It is taken out before a picture is sent.
//!
//! The picture itself is not touched: it is not encoded again. What turns it upright stays, and so do its colours.

use image::ImageFormat;
use image::metadata::Orientation;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF as _};

/// The picture without all that; none if its parts cannot be told apart.
pub(super) fn without_metadata(
    bytes: Vec<u8>,
    format: ImageFormat,
    orientation: Orientation,
) -> Option<Vec<u8>> {
    let upright = (orientation != Orientation::NoTransforms).then(|| exif(orientation));
    let bytes = Bytes::from(bytes);
    let mut out = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            let mut jpeg = Jpeg::from_bytes(bytes).ok()?;
            // Exif and XMP, Photoshop's and IPTC's fields, comments; APP2 has the colours, but also further pictures.
            jpeg.segments_mut().retain(|segment| {
                let is_colours = segment.contents().starts_with(b"ICC_PROFILE\0");
                match segment.marker() {
                    markers::APP0 | markers::APP14 => true,
                    markers::APP2 => is_colours,
                    markers::APP1..=markers::APP15 | markers::COM => false,
                    _ => true,
                }
            });
            jpeg.set_exif(upright);
            jpeg.encoder().write_to(&mut out).ok()?;
            out = first_picture(&out)?;
        }
        ImageFormat::Png => {
            let mut png = Png::from_bytes(bytes).ok()?;
            png.chunks_mut().retain(|chunk| is_picture(chunk.kind()));
            png.set_exif(upright);
            png.encoder().write_to(&mut out).ok()?;
        }
        ImageFormat::WebP => {
            let mut webp = WebP::from_bytes(bytes).ok()?;
            webp.remove_chunks_by_id(*b"XMP ");
            webp.set_exif(upright);
            webp.encoder().write_to(&mut out).ok()?;
        }
        _ => return None,
    }
    Some(out)
}

/// A JPEG file (ITU-T T.81, annex B) up to its end marker: phones put further pictures and films behind it, with their own places. What
/// stands between scans and is no part of the picture goes as well.
fn first_picture(file: &[u8]) -> Option<Vec<u8>> {
    let mut out = file.get(..2)?.to_vec();
    let mut at = 2;
    let mut in_scan = false;
    loop {
        // Bytes of a scan, stuffed zeros and restarts among them; fill bytes before a marker, which mean nothing.
        let marker = loop {
            let (first, second) = (*file.get(at)?, *file.get(at + 1)?);
            let is_marker = first == 0xff && !matches!(second, 0x00 | 0xff | 0xd0..=0xd7);
            if is_marker {
                break second;
            }
            if !in_scan && first != 0xff {
                return None;
            }
            // Left behind where what they stand before goes, fill bytes would make a marker of whatever comes next.
            if second != 0xff || first != 0xff {
                out.push(first);
            }
            at += 1;
        };
        if marker == markers::EOI {
            out.extend([0xff, marker]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes([*file.get(at + 2)?, *file.get(at + 3)?]));
        let segment = file.get(at..at + 2 + length)?;
        let between = in_scan && matches!(marker, markers::APP0..=markers::APP15 | markers::COM);
        if !between {
            out.extend(segment);
        }
        at += segment.len();
        in_scan |= marker == markers::SOS;
    }
}

/// Whether a chunk of a PNG file (W3C's specification, third edition, section 11) makes the picture look as it does.
fn is_picture(kind: [u8; 4]) -> bool {
    let is_critical = kind[0].is_ascii_uppercase();
    let looks = [
        b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD",
        b"pHYs", b"acTL", b"fcTL", b"fdAT",
    ];
    is_critical || looks.contains(&&kind)
}

/// Exif (CIPA DC-008) with nothing but how the picture is turned: a TIFF header and one entry.
fn exif(orientation: Orientation) -> Bytes {
    let mut tiff = Vec::from(*b"MM\0\x2a\0\0\0\x08\0\x01");
    // Tag 0x0112, a short, one of it, in the upper half of the value.
    tiff.extend(*b"\x01\x12\0\x03\0\0\0\x01\0");
    tiff.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0]);
    tiff.into()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageDecoder as _, ImageReader};

    use super::*;

    /// What the camera has seen.
    const PLACE: &[u8] = b"59.3293N 18.0686E";

    fn picture(format: ImageFormat) -> Vec<u8> {
        let image =
            image::RgbImage::from_fn(40, 20, |x, y| image::Rgb([x as u8 * 6, y as u8 * 12, 90]));
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// An Exif block with the place behind its entry, as cameras have it.
    fn with_place(orientation: Orientation) -> Bytes {
        [&exif(orientation)[..], PLACE].concat().into()
    }

    fn look(bytes: &[u8]) -> (Orientation, Vec<u8>) {
        let reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .unwrap();
        let mut decoder = reader.into_decoder().unwrap();
        let orientation = decoder.orientation().unwrap();
        let pixels = image::DynamicImage::from_decoder(decoder)
            .unwrap()
            .into_rgb8();
        (orientation, pixels.into_raw())
    }

    fn has_place(bytes: &[u8]) -> bool {
        bytes.windows(PLACE.len()).any(|some| some == PLACE)
    }

    #[test]
    fn the_place_goes_and_the_picture_stays_as_it_looks() {
        for orientation in [Orientation::NoTransforms, Orientation::Rotate90] {
            for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
                let plain = Bytes::from(picture(format));
                let mut taken = Vec::new();
                match format {
                    ImageFormat::Jpeg => {
                        let mut jpeg = Jpeg::from_bytes(plain).unwrap();
                        let comment = img_parts::jpeg::JpegSegment::new_with_contents(
                            markers::COM,
                            PLACE.into(),
                        );
                        jpeg.segments_mut().insert(1, comment);
                        jpeg.set_exif(Some(with_place(orientation)));
                        jpeg.encoder().write_to(&mut taken).unwrap();
                    }
                    ImageFormat::Png => {
                        let mut png = Png::from_bytes(plain).unwrap();
                        let words = [b"Comment\0", PLACE].concat();
                        png.chunks_mut()
                            .insert(1, img_parts::png::PngChunk::new(*b"tEXt", words.into()));
                        png.set_exif(Some(with_place(orientation)));
                        png.encoder().write_to(&mut taken).unwrap();
                    }
                    _ => {
                        let mut webp = WebP::from_bytes(plain).unwrap();
                        webp.set_exif(Some(with_place(orientation)));
                        webp.encoder().write_to(&mut taken).unwrap();
                    }
                }
                assert!(has_place(&taken), "{format:?}");
                let before = look(&taken);
                assert_eq!(before.0, orientation, "{format:?}");
                let sent = without_metadata(taken, format, orientation).unwrap();
                assert!(!has_place(&sent), "{format:?}");
                assert_eq!(look(&sent), before, "{format:?}");
            }
        }
    }

    #[test]
    fn what_stands_behind_a_jpeg_picture_goes() {
        let picture = picture(ImageFormat::Jpeg);
        let before = look(&picture);
        let mut second = Jpeg::from_bytes(Bytes::from(picture.clone())).unwrap();
        second.set_exif(Some(with_place(Orientation::NoTransforms)));
        let mut taken = picture.clone();
        second.encoder().write_to(&mut taken).unwrap();
        taken.extend(PLACE);
        assert!(has_place(&taken));
        let sent = without_metadata(taken, ImageFormat::Jpeg, Orientation::NoTransforms).unwrap();
        assert!(!has_place(&sent) && sent.len() <= picture.len());
        assert_eq!(look(&sent), before);
        // One that has no end is left as it is.
        let cut = picture[..picture.len() - 2].to_vec();
        assert_eq!(
            without_metadata(cut, ImageFormat::Jpeg, Orientation::NoTransforms),
            None
        );
    }

    #[test]
    fn what_stands_between_scans_goes_with_the_fill_bytes_before_it() {
        let picture = picture(ImageFormat::Jpeg);
        let (scan, end) = picture.split_at(picture.len() - 2);
        let words = [0xff, 0xff, 0xff, markers::COM, 0, 4, b'h', b'i'];
        let taken = [scan, &words, end].concat();
        assert_eq!(first_picture(&taken), Some(picture));
    }

    #[test]
    fn what_is_no_picture_is_not_taken_apart() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Gif,
        ] {
            assert_eq!(
                without_metadata(b"none".to_vec(), format, Orientation::NoTransforms),
                None
            );
        }
    }
}
