//! The files, built into the program.

use crate::language::Language;

macro_rules! areas {
    ($($area:literal),+ $(,)?) => {
        /// The files that each language has, without their ending.
        pub const AREAS: &[&str] = &[$($area),+];

        /// What stands in a language's files, in the order of [`AREAS`].
        pub const fn texts(language: Language) -> &'static [&'static str] {
            match language {
                Language::English => &[$(include_str!(concat!("../../../assets/languages/en/", $area, ".ftl"))),+],
                Language::German => &[$(include_str!(concat!("../../../assets/languages/de/", $area, ".ftl"))),+],
                Language::Spanish => &[$(include_str!(concat!("../../../assets/languages/es/", $area, ".ftl"))),+],
                Language::French => &[$(include_str!(concat!("../../../assets/languages/fr/", $area, ".ftl"))),+],
                Language::Swedish => &[$(include_str!(concat!("../../../assets/languages/sv/", $area, ".ftl"))),+],
            }
        }
    };
}

areas![
    "common",
    "time",
    "joining",
    "settings",
    "dialogs",
    "panels",
    "voice",
    "timeline",
    "call",
    "notices",
    "errors",
    "people",
    "desktop",
    "history",
    "engine",
    "chains",
    "reach",
    "keys",
    "shortcuts",
    "keeping",
    "channels"
];

/// The keys of a language: what stands before an equals sign at the beginning of a line.
pub(crate) fn keys(language: Language) -> impl Iterator<Item = &'static str> {
    texts(language)
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim())
}
