//! What the program says, in the languages that it speaks.
//!
//! `assets/languages/<tag>/<area>.ftl` -> [`say!`] -> text in the language of the process. The files are built into the program.
//!
//! A key that a language lacks is said in English, and one that English lacks is said as it stands: nothing here fails while the program
//! runs. That no key is missing is for the tests (`tests/complete.rs`), which read the sources as well.

mod argument;
mod current;
mod files;
mod language;
mod lookup;

pub use argument::Argument;
pub use current::{
    language, set_language, set_system, system_language, system_locale, twelve_hours, within,
};
pub use files::{AREAS, texts};
pub use fluent_bundle::FluentValue;
pub use language::{LANGUAGES, Language};
pub use lookup::{decimal, fill, text};

/// Says what stands under a key.
///
/// Without arguments it is a `&'static str`, looked up in a table: cheap enough for every label in every frame. With arguments it is a
/// `String`: `say!("invite-uses", count = 3)`.
#[macro_export]
macro_rules! say {
    ($key:literal $(,)?) => {
        $crate::text($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::fill($key, &[$((stringify!($name), $crate::Argument::argument(&$value))),+])
    };
}
