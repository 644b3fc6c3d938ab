//! Whether two pictures show the same: tile by tile, so that a letter or a tone that changed is seen, and the last bit of a driver's rounding is not.

use image::{Rgba, RgbaImage};

/// The side of a tile, in pixels.
const TILE: u32 = 16;
/// How far the channels of a tile may be apart, on average: what drivers round stays below.
const APART: f32 = 4.0;

/// In words what differs, if anything does.
pub(super) fn difference(before: &RgbaImage, now: &RgbaImage) -> Option<String> {
    if before.dimensions() != now.dimensions() {
        return Some(format!(
            "it was {:?} pixels, and is {:?}",
            before.dimensions(),
            now.dimensions()
        ));
    }
    let mut differ = 0;
    let mut worst = (0.0, 0, 0);
    for top in (0..now.height()).step_by(TILE as usize) {
        for left in (0..now.width()).step_by(TILE as usize) {
            let apart = apart(before, now, (left, top));
            if apart > APART {
                differ += 1;
            }
            if apart > worst.0 {
                worst = (apart, left, top);
            }
        }
    }
    let (apart, left, top) = worst;
    (differ > 0)
        .then(|| format!("{differ} tiles differ, most of all by {apart:.1} at {left}, {top}"))
}

/// The mean distance of the channels in one tile.
fn apart(before: &RgbaImage, now: &RgbaImage, (left, top): (u32, u32)) -> f32 {
    let right = (left + TILE).min(now.width());
    let bottom = (top + TILE).min(now.height());
    let mut sum = 0;
    for y in top..bottom {
        for x in left..right {
            let (Rgba(one), Rgba(other)) = (before.get_pixel(x, y), now.get_pixel(x, y));
            let channels = one.iter().zip(other).take(3);
            sum += channels
                .map(|(one, other)| u32::from(one.abs_diff(*other)))
                .sum::<u32>();
        }
    }
    sum as f32 / ((right - left) * (bottom - top) * 3) as f32
}

#[test]
fn a_letter_and_a_tone_are_seen_and_rounding_is_not() {
    let ground = RgbaImage::from_pixel(64, 64, Rgba([20, 23, 28, 255]));
    assert_eq!(difference(&ground, &ground), None);
    let mut rounded = ground.clone();
    for pixel in rounded.pixels_mut() {
        pixel.0[1] += 2;
    }
    assert_eq!(difference(&ground, &rounded), None);
    let mut letter = ground.clone();
    for y in 20..30 {
        letter.put_pixel(24, y, Rgba([231, 234, 240, 255]));
    }
    assert!(difference(&ground, &letter).is_some());
    let tone = RgbaImage::from_pixel(64, 64, Rgba([26, 30, 37, 255]));
    assert!(difference(&ground, &tone).is_some());
    assert!(difference(&ground, &RgbaImage::new(64, 63)).is_some());
}
