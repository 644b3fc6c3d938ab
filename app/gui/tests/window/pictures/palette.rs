//! A picture as a small PNG: 256 colours, of which the most frequent ones are kept as they are.

use std::collections::HashMap;

use image::RgbaImage;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

type Color = [u8; 3];

/// So many colours stay exactly as they are; the rest stand for many.
const EXACT: usize = 160;
const ALL: usize = 256;

/// The picture as a PNG with a palette.
pub(super) fn png(picture: &RgbaImage) -> Vec<u8> {
    let (palette, indices) = indexed(picture);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::NoFilter);
    encoder.set_palette(palette.concat());
    let mut writer = encoder.write_header().expect("a header into memory");
    writer
        .write_image_data(&indices)
        .expect("pixels into memory");
    writer.finish().expect("an end into memory");
    bytes
}

/// The picture in the colours in which it would be kept.
pub(super) fn reduced(picture: &RgbaImage) -> RgbaImage {
    let (palette, indices) = indexed(picture);
    let mut reduced = picture.clone();
    for (pixel, index) in reduced.pixels_mut().zip(indices) {
        let [red, green, blue] = palette[usize::from(index)];
        pixel.0 = [red, green, blue, 255];
    }
    reduced
}

/// The palette of a picture, and each pixel's place in it.
fn indexed(picture: &RgbaImage) -> (Vec<Color>, Vec<u8>) {
    let colors: Vec<Color> = picture
        .pixels()
        .map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]])
        .collect();
    let palette = chosen(&colors);
    let mut known: HashMap<Color, u8> = HashMap::new();
    let place = |color: &Color| {
        let known = known.entry(*color);
        *known.or_insert_with(|| nearest(&palette, *color))
    };
    let indices = colors.iter().map(place).collect();
    (palette, indices)
}

/// The colours of the palette.
fn chosen(colors: &[Color]) -> Vec<Color> {
    let mut counts: HashMap<Color, u32> = HashMap::new();
    for color in colors {
        *counts.entry(*color).or_default() += 1;
    }
    let mut counts: Vec<(Color, u32)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
    let (exact, rest) = counts.split_at(counts.len().min(EXACT));
    let mut palette: Vec<Color> = exact.iter().map(|(color, _)| *color).collect();
    // The others by boxes of colours that are alike; each stands for its mean.
    let mut boxes: HashMap<Color, [u64; 4]> = HashMap::new();
    for (color, count) in rest {
        let sums = boxes.entry(color.map(|channel| channel >> 4)).or_default();
        for (sum, channel) in sums.iter_mut().zip(color) {
            *sum += u64::from(*channel) * u64::from(*count);
        }
        sums[3] += u64::from(*count);
    }
    let mut boxes: Vec<(Color, [u64; 4])> = boxes.into_iter().collect();
    boxes.sort_unstable_by_key(|(at, sums)| (std::cmp::Reverse(sums[3]), *at));
    let means = boxes.iter().take(ALL - palette.len());
    palette.extend(means.map(|(_, sums)| {
        [0, 1, 2].map(|channel| u8::try_from(sums[channel] / sums[3]).unwrap_or(u8::MAX))
    }));
    palette
}

fn nearest(palette: &[Color], color: Color) -> u8 {
    let far = |other: &Color| -> u32 {
        let channels = other.iter().zip(color);
        channels
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum()
    };
    let nearest = palette.iter().enumerate().min_by_key(|(_, one)| far(one));
    nearest.map_or(0, |(index, _)| u8::try_from(index).unwrap_or_default())
}
