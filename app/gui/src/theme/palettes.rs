//! Every palette that can be chosen: dark or light, of ordinary or high contrast, with each accent.
//!
//! An accent is one colour; what stands on it, and how much of it is mixed into grounds, is worked out until it can be read (WCAG 2.2: 4.5:1 for text, 7:1
//! for text where high contrast is wanted).

use std::sync::LazyLock;

use dialtone_engine::settings::{Accent, Contrast, LookSettings};
use egui::{Color32, Context, Ui, Visuals};

use super::tokens::{DARK, HIGH_DARK, HIGH_LIGHT, LIGHT, Palette};
use super::{contrast, mix, readable_on};

/// The accents in the order in which they are offered, with the colours that they are made of, on dark and on light ground.
const ACCENTS: [(Accent, Color32, Color32); 5] = [
    (Accent::Sea, DARK.accent, LIGHT.accent),
    (
        Accent::Sky,
        Color32::from_rgb(0x6c, 0xb6, 0xff),
        Color32::from_rgb(0x0b, 0x63, 0xb5),
    ),
    (
        Accent::Violet,
        Color32::from_rgb(0xb3, 0xa2, 0xff),
        Color32::from_rgb(0x62, 0x48, 0xc8),
    ),
    (
        Accent::Rose,
        Color32::from_rgb(0xff, 0x9e, 0xb8),
        Color32::from_rgb(0xa8, 0x2a, 0x5a),
    ),
    (
        Accent::Sand,
        Color32::from_rgb(0xe6, 0xc3, 0x7c),
        Color32::from_rgb(0x7a, 0x54, 0x0c),
    ),
];

/// One of them, and what it was made for.
struct Made {
    dark: bool,
    contrast: Contrast,
    accent: Accent,
    palette: Palette,
}

static ALL: LazyLock<Vec<Made>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (accent, on_dark, on_light) in ACCENTS {
        for contrast in [Contrast::Normal, Contrast::High] {
            let (dark, light) = match contrast {
                Contrast::Normal => (DARK, LIGHT),
                Contrast::High => (HIGH_DARK, HIGH_LIGHT),
            };
            for (ground, base) in [(dark, on_dark), (light, on_light)] {
                all.push(Made {
                    dark: ground.dark,
                    contrast,
                    accent,
                    palette: with_accent(ground, base, accent, contrast),
                });
            }
        }
    }
    all
});

/// The palette of a look on dark or on light ground.
pub(super) fn of(look: &LookSettings, dark: bool) -> &'static Palette {
    let fits = |one: &&Made| {
        one.dark == dark && one.contrast == look.contrast && one.accent == look.accent
    };
    let plain = if dark { &DARK } else { &LIGHT };
    ALL.iter().find(fits).map_or(plain, |one| &one.palette)
}

/// The colours in use: those that are in egui's own style.
pub fn palette(ui: &Ui) -> &'static Palette {
    in_use(ui.visuals())
}

/// The same, where there is no [`Ui`] yet.
pub fn palette_of(ctx: &Context) -> &'static Palette {
    in_use(&ctx.global_style().visuals)
}

/// The palette that a style was made from.
pub(super) fn in_use(visuals: &Visuals) -> &'static Palette {
    let plain = if visuals.dark_mode { &DARK } else { &LIGHT };
    let is_it = |palette: &Palette| {
        palette.dark == visuals.dark_mode
            && palette.accent == visuals.hyperlink_color
            && palette.bg_2 == visuals.panel_fill
    };
    if is_it(plain) {
        return plain;
    }
    let mut all = ALL.iter().map(|one| &one.palette);
    all.find(|palette| is_it(palette)).unwrap_or(plain)
}

/// The colour by which an accent is shown where it is chosen.
pub fn swatch(accent: Accent, dark: bool) -> Color32 {
    let found = ACCENTS.iter().find(|(one, ..)| *one == accent);
    found.map_or(
        DARK.accent,
        |(_, on_dark, on_light)| {
            if dark { *on_dark } else { *on_light }
        },
    )
}

/// The accents in the order in which they are offered.
pub fn accents() -> impl Iterator<Item = Accent> {
    ACCENTS.iter().map(|(accent, ..)| *accent)
}

fn with_accent(ground: Palette, base: Color32, accent: Accent, wanted: Contrast) -> Palette {
    if accent == Accent::Sea {
        return ground;
    }
    let (end, ratio) = (
        if ground.dark {
            Color32::WHITE
        } else {
            Color32::BLACK
        },
        match wanted {
            Contrast::Normal => 4.5,
            Contrast::High => 7.0,
        },
    );
    let grounds = [
        ground.bg_0,
        ground.bg_1,
        ground.bg_2,
        ground.bg_3,
        ground.selected,
        ground.raised,
        ground.code_bg,
    ];
    let color = grounds
        .into_iter()
        .fold(base, |color, ground| readable_on(color, ground, end, ratio));
    // As much of it as leaves the colour itself and the text readable on it.
    let tinted = |share: f32| mix(ground.bg_2, color, share);
    let accent_bg = [0.22, 0.18, 0.14, 0.1, 0.06]
        .into_iter()
        .map(tinted)
        .find(|tint| contrast(color, *tint) >= ratio && contrast(ground.text, *tint) >= ratio)
        .unwrap_or(ground.bg_2);
    let opposite = if ground.dark {
        Color32::from_rgb(0x10, 0x12, 0x16)
    } else {
        Color32::WHITE
    };
    Palette {
        accent: color,
        accent_bg,
        on_accent: readable_on(
            opposite,
            color,
            if ground.dark {
                Color32::BLACK
            } else {
                Color32::WHITE
            },
            ratio,
        ),
        ..ground
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grounds(palette: &Palette) -> [(&'static str, Color32); 7] {
        [
            ("bg-0", palette.bg_0),
            ("bg-1", palette.bg_1),
            ("bg-2", palette.bg_2),
            ("bg-3", palette.bg_3),
            ("selected", palette.selected),
            ("raised", palette.raised),
            ("code", palette.code_bg),
        ]
    }

    #[test]
    fn every_palette_can_be_read() {
        assert_eq!(ALL.len(), 20);
        for made in ALL.iter() {
            let palette = &made.palette;
            let ratio = match made.contrast {
                Contrast::Normal => 4.5,
                Contrast::High => 7.0,
            };
            let words = [
                ("text", palette.text),
                ("text-2", palette.text_2),
                ("text-3", palette.text_3),
                ("accent", palette.accent),
                ("attention", palette.attention),
                ("bad", palette.bad),
            ];
            let name = format!("{:?} {:?} dark {}", made.accent, made.contrast, made.dark);
            for (word, text) in words {
                for (ground, color) in grounds(palette) {
                    let reached = contrast(text, color);
                    assert!(reached >= ratio, "{name}: {word} on {ground}: {reached:.2}");
                }
            }
            for (text, ground) in [
                (palette.on_accent, palette.accent),
                (palette.accent, palette.accent_bg),
                (palette.text, palette.accent_bg),
                (palette.text, palette.attention_bg),
                (palette.text, palette.bad_bg),
                (palette.text_2, palette.attention_bg),
                (palette.text_2, palette.bad_bg),
                (palette.attention, palette.attention_bg),
                (palette.bad, palette.bad_bg),
                (palette.on_bad, palette.bad),
            ] {
                let reached = contrast(text, ground);
                assert!(
                    reached >= 4.5,
                    "{name}: {text:?} on {ground:?}: {reached:.2}"
                );
            }
        }
    }

    #[test]
    fn high_contrast_draws_its_lines() {
        for made in ALL.iter().filter(|made| made.contrast == Contrast::High) {
            for (ground, color) in grounds(&made.palette) {
                let reached = contrast(made.palette.line, color);
                assert!(reached >= 3.0, "a line on {ground}: {reached:.2}");
            }
        }
    }

    #[test]
    fn a_style_is_known_by_its_colours() {
        for made in ALL.iter() {
            let look = LookSettings {
                accent: made.accent,
                contrast: made.contrast,
                ..LookSettings::default()
            };
            assert_eq!(*of(&look, made.dark), made.palette);
            let visuals = super::super::style::visuals(&made.palette);
            assert_eq!(*in_use(&visuals), made.palette);
        }
    }
}
