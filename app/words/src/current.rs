//! Which language the process speaks: what the settings say, or else what the system's locale says.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::language::{Language, has_twelve_hours};

static CURRENT: AtomicU8 = AtomicU8::new(Language::English as u8);
static SYSTEM: AtomicU8 = AtomicU8::new(Language::English as u8);
static TWELVE_HOURS: AtomicBool = AtomicBool::new(false);

thread_local! {
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

/// The language that is spoken now.
pub fn language() -> Language {
    HERE.get()
        .unwrap_or_else(|| Language::from_number(CURRENT.load(Ordering::Relaxed)))
}

/// Speaks the language with the tag `chosen`; without one, or with one that is not spoken here, the system's.
pub fn set_language(chosen: Option<&str>) {
    let language = chosen
        .and_then(Language::of)
        .unwrap_or_else(system_language);
    CURRENT.store(language as u8, Ordering::Relaxed);
}

/// Says what the system's locale is ("`sv_SE.UTF-8`"). Until it is called, the system speaks English and counts 24 hours: so do tests.
pub fn set_system(locale: &str) {
    let language = Language::of(locale).unwrap_or_default();
    SYSTEM.store(language as u8, Ordering::Relaxed);
    TWELVE_HOURS.store(has_twelve_hours(locale), Ordering::Relaxed);
}

/// The language of the system's locale, as it was said; English where it is not spoken here.
pub fn system_language() -> Language {
    Language::from_number(SYSTEM.load(Ordering::Relaxed))
}

/// The system's locale, as it says itself; empty if it does not say.
pub fn system_locale() -> String {
    sys_locale::get_locale().unwrap_or_default()
}

/// Whether the clock has twelve hours where the system's locale is.
pub fn twelve_hours() -> bool {
    TWELVE_HOURS.load(Ordering::Relaxed)
}

/// Does something in one language, on this thread, whatever the process speaks.
pub fn within<R>(language: Language, act: impl FnOnce() -> R) -> R {
    /// Puts back what was before, after a panic too.
    struct Before(Option<Language>);
    impl Drop for Before {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _before = Before(HERE.replace(Some(language)));
    act()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_goes_before_the_system() {
        // The only test in this process that changes what all of it speaks.
        set_system("sv_SE.UTF-8");
        set_language(None);
        assert_eq!(language(), Language::Swedish);
        set_language(Some("fr"));
        assert_eq!(language(), Language::French);
        set_language(Some("tlh"));
        assert_eq!(language(), Language::Swedish);
        assert_eq!(within(Language::German, language), Language::German);
        assert_eq!(language(), Language::Swedish);
        set_system("C");
        set_language(None);
        assert_eq!(language(), Language::English);
    }
}
