//! The languages, and which one a locale means.

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Language {
    /// English, the language of the sources: what others lack is said in it.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Swedish.
    Swedish,
}

/// All of them, as a list shows them: by their own names.
pub const LANGUAGES: [Language; 5] = [
    Language::German,
    Language::English,
    Language::Spanish,
    Language::French,
    Language::Swedish,
];

impl Language {
    /// Its tag, which is also its folder and what the settings file keeps: "de".
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Swedish => "sv",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Swedish => "Svenska",
        }
    }

    /// The language of a tag or a locale, as systems write them: "de", "de-AT", "`de_AT.UTF-8`"; none if it is not spoken here.
    pub fn of(locale: &str) -> Option<Self> {
        let primary = parts(locale).next()?;
        LANGUAGES
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    pub(crate) fn from_number(number: u8) -> Self {
        LANGUAGES
            .into_iter()
            .find(|language| *language as u8 == number)
            .unwrap_or_default()
    }
}

/// Whether whoever has this locale reads clocks of twelve hours. Without a region it is no.
pub(crate) fn has_twelve_hours(locale: &str) -> bool {
    // As the Common Locale Data Repository has it, for the languages that are spoken here.
    const ENGLISH: [&str; 12] = [
        "US", "CA", "AU", "NZ", "IN", "PK", "PH", "SG", "MY", "HK", "BD", "PR",
    ];
    const SPANISH: [&str; 15] = [
        "US", "MX", "CO", "VE", "PE", "DO", "GT", "HN", "NI", "PA", "PR", "SV", "BO", "EC", "PY",
    ];
    let regions: &[&str] = match Language::of(locale) {
        Some(Language::English) => &ENGLISH,
        Some(Language::Spanish) => &SPANISH,
        _ => &[],
    };
    parts(locale).skip(1).any(|part| {
        regions
            .iter()
            .any(|region| region.eq_ignore_ascii_case(part))
    })
}

/// Language, script and region; what follows a dot or an at sign says how it is written, and is no part of it.
fn parts(locale: &str) -> impl Iterator<Item = &str> {
    let end = locale.find(['.', '@']).unwrap_or(locale.len());
    locale[..end].split(['-', '_']).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_read_as_systems_write_it() {
        for locale in ["de", "de-AT", "de_CH.UTF-8", "DE", "de_DE@euro"] {
            assert_eq!(Language::of(locale), Some(Language::German), "{locale}");
        }
        assert_eq!(Language::of("es-419"), Some(Language::Spanish));
        for locale in ["", "C", "POSIX", "C.UTF-8", "den", "日本", "-de"] {
            assert_eq!(Language::of(locale), None, "{locale}");
        }
    }

    #[test]
    fn the_region_decides_on_the_clock() {
        for locale in ["en-US", "en_US.UTF-8", "en_au", "es-MX"] {
            assert!(has_twelve_hours(locale), "{locale}");
        }
        for locale in [
            "en", "en-GB", "en_IE", "es-ES", "de-DE", "fr-CA", "sv_SE", "C",
        ] {
            assert!(!has_twelve_hours(locale), "{locale}");
        }
    }

    #[test]
    fn each_has_a_number_of_its_own() {
        for language in LANGUAGES {
            assert_eq!(Language::from_number(language as u8), language);
        }
        assert_eq!(Language::from_number(200), Language::English);
    }
}
