//! Draws emojis in colour wherever text is laid out: from `assets/emoji`, built into the program (`tools/emoji/build.py`).
//!
//! Each is a small picture of its own, so that only those that are seen are ever unpacked; egui keeps them with its letters.

use std::collections::HashMap;
use std::sync::OnceLock;

use egui::epaint::text::{
    FontPriority, GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest, RasterizedGlyph,
};
use egui::{Color32, ColorImage, Context, vec2};
use image::imageops::FilterType;

const LIST: &str = include_str!("../../../../assets/emoji/list.txt");
static PICTURES: &[u8] = include_bytes!("../../../../assets/emoji/emoji.bin");

/// How wide and high an emoji is, by the size of the letters beside it.
const SIZE: f32 = 1.24;
/// How far below the foot of the letters it begins, likewise.
const BELOW: f32 = 0.24;
/// What it keeps from its neighbours, likewise.
const GAP: f32 = 0.06;

/// Makes emojis in text coloured from the next pass on.
pub fn install(ctx: &Context) {
    let emojis = GlyphRasterizer::new("dialtone-gui::emoji", draw);
    ctx.add_glyph_rasterizer(emojis.with_priority(FontPriority::Highest));
}

/// Whether there is a picture of it.
pub fn is_drawn(emoji: &str) -> bool {
    place(emoji).is_some()
}

/// Which picture of the list shows this cluster of characters.
fn place(cluster: &str) -> Option<usize> {
    // Most of what is asked for is letters.
    if cluster.is_ascii() {
        return None;
    }
    let all = index();
    if let Some(place) = all.get(cluster) {
        return Some(*place);
    }
    // As an emoji, or as a sequence of them, it may be written with or without the sign that says so.
    let is_one = cluster.contains(['\u{fe0f}', '\u{200d}', '\u{20e3}']);
    let bare = cluster.replace('\u{fe0f}', "");
    is_one.then(|| all.get(bare.as_str()).copied()).flatten()
}

fn index() -> &'static HashMap<String, usize> {
    static INDEX: OnceLock<HashMap<String, usize>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = HashMap::new();
        for (place, emoji) in LIST.lines().enumerate() {
            index.insert(emoji.to_owned(), place);
        }
        for (place, emoji) in LIST.lines().enumerate() {
            let bare = emoji.replace('\u{fe0f}', "");
            // A single sign without it is meant as text.
            if bare.chars().count() > 1 {
                index.entry(bare).or_insert(place);
            } else if bare != emoji {
                index.entry(format!("{bare}\u{fe0f}")).or_insert(place);
            }
        }
        index
    })
}

/// The packed picture at this place of the list.
fn packed(place: usize) -> Option<&'static [u8]> {
    let number = |index: usize| -> Option<usize> {
        let bytes = PICTURES.get(index * 4..index * 4 + 4)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let begin = (LIST.lines().count() + 1) * 4;
    PICTURES.get(begin + number(place)?..begin + number(place + 1)?)
}

fn draw(request: &GlyphRasterizerRequest<'_>) -> Option<RasterizedGlyph> {
    let place = place(request.cluster)?;
    let picture = image::load_from_memory(packed(place)?).ok()?.into_rgba8();
    let side = (request.font_size_px * SIZE).round().clamp(1.0, 512.0);
    let scaled = premultiplied(&image::imageops::resize(
        &picture,
        side as u32,
        side as u32,
        FilterType::CatmullRom,
    ));
    let gap = (request.font_size_px * GAP).round();
    Some(RasterizedGlyph {
        bitmap: GlyphBitmap {
            image: scaled,
            offset_px: vec2(gap, -(side - request.font_size_px * BELOW).round()),
            is_color: true,
        },
        advance_px: side + 2.0 * gap,
    })
}

fn premultiplied(picture: &image::RgbaImage) -> ColorImage {
    let size = [picture.width() as usize, picture.height() as usize];
    let pixels = picture
        .pixels()
        .map(|image::Rgba([r, g, b, a])| Color32::from_rgba_unmultiplied(*r, *g, *b, *a))
        .collect();
    ColorImage::new(size, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::FontFamily;

    fn drawn(cluster: &str) -> Option<RasterizedGlyph> {
        draw(&GlyphRasterizerRequest {
            cluster,
            family: &FontFamily::Proportional,
            font_size_px: 14.0,
            subpixel_offset_px: 0.0,
        })
    }

    #[test]
    fn sequences_of_all_kinds_are_one_picture() {
        for emoji in [
            "⚓",
            "👍",
            "👍🏽",
            "❤️",
            "👩‍👩‍👧‍👦",
            "🇸🇪",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "3️⃣",
            "#️⃣",
            "🏳️‍🌈",
            "🏳‍🌈",
            "⛵️",
            "🧑🏿‍🚀",
        ] {
            let glyph = drawn(emoji).unwrap_or_else(|| panic!("{emoji}"));
            let seen = glyph.bitmap.image.pixels.iter().filter(|one| one.a() > 128);
            assert!(seen.count() > 40, "{emoji} is nearly empty");
        }
    }

    #[test]
    fn letters_and_signs_meant_as_text_are_left_alone() {
        for text in [
            "a", "3", "#", "©", "é", "❤", "→", "日", "™", "\u{fe0f}", "\u{200d}", "",
        ] {
            assert!(drawn(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn every_picture_of_the_list_can_be_unpacked() {
        // One of each thirty: all of them take long where nothing is optimised.
        for place in (0..LIST.lines().count()).step_by(30) {
            let picture = image::load_from_memory(packed(place).unwrap()).unwrap();
            assert_eq!(picture.width(), picture.height());
        }
        let count = LIST.lines().count();
        let last = packed(count - 1).unwrap();
        assert_eq!(last.as_ptr_range().end, PICTURES.as_ptr_range().end);
    }
}
