//! How everything looks: tokens -> type and fonts -> the style of egui's own widgets.
//!
//! No other module names a colour, a font or a radius. A widget asks [`palette`] for the tokens of the theme in use.

mod contrast;
mod fonts;
mod people;
mod style;
mod tokens;
mod typography;

pub use contrast::{contrast, mix, readable_on};
pub use fonts::install_fonts;
pub use people::PersonColor;
pub use style::install;
pub use tokens::{DARK, LIGHT, Palette, palette, radius, size};
pub use typography::{Face, Type};
