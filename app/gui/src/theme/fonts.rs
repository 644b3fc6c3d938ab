//! The typefaces, from `assets/fonts`, built into the program.
//!
//! What they lack (emoji, other scripts) is looked up in the system's fonts by eframe's provider when it is first seen.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

use super::Face;

const INTER: &[u8] = include_bytes!("../../../../assets/fonts/Inter-Regular.otf");
const INTER_MEDIUM: &[u8] = include_bytes!("../../../../assets/fonts/Inter-Medium.otf");
const INTER_SEMIBOLD: &[u8] = include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf");
const INTER_ITALIC: &[u8] = include_bytes!("../../../../assets/fonts/Inter-Italic.otf");
const MONO: &[u8] = include_bytes!("../../../../assets/fonts/JetBrainsMono-Regular.ttf");

/// Makes the faces known to `ctx`.
pub fn install_fonts(ctx: &Context) {
    ctx.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let faces = [
        (Face::Regular, "Inter", INTER),
        (Face::Medium, "Inter Medium", INTER_MEDIUM),
        (Face::SemiBold, "Inter SemiBold", INTER_SEMIBOLD),
        (Face::Italic, "Inter Italic", INTER_ITALIC),
        (Face::Mono, "JetBrains Mono", MONO),
    ];
    let fallbacks = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    for (face, name, bytes) in faces {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.to_owned(), data);
        let mut chain = vec![name.to_owned()];
        if face == Face::Mono {
            chain.push("Inter".to_owned());
        }
        chain.extend(fallbacks.iter().cloned());
        fonts.families.insert(face.family(), chain);
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_has_its_own_font_first() {
        let fonts = definitions();
        for (face, first) in [
            (Face::Regular, "Inter"),
            (Face::SemiBold, "Inter SemiBold"),
            (Face::Mono, "JetBrains Mono"),
        ] {
            assert_eq!(fonts.families[&face.family()][0], first);
        }
    }
}
