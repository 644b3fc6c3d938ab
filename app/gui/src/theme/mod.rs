//! How everything looks: tokens -> type and fonts -> the style of egui's own widgets.
//!
//! No other module names a colour, a font or a radius. A widget asks [`palette`] for the tokens of the theme in use.

mod contrast;
mod fonts;
mod palettes;
mod people;
mod style;
mod tokens;
mod typography;

pub use contrast::{contrast, mix, readable_on};
pub use fonts::install_fonts;
pub use palettes::{accents, palette, palette_of, swatch};
pub use people::PersonColor;
pub use style::{apply, around_line, around_lines, install, is_compact, row_height, text_scale};
pub use tokens::{DARK, LIGHT, Palette, radius, size};
pub use typography::{Face, Type};
