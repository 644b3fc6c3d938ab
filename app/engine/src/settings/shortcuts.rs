//! Which keys the user gave to the window's shortcuts. What they are called and what they do is the window's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The shortcuts that the user changed; all others have the window's own keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShortcutSettings(BTreeMap<String, String>);

impl ShortcutSettings {
    /// The keys that the user gave to the shortcut of this name: `Some("")` if it is to have none, `None` if it was never changed.
    pub fn keys(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Gives it these keys; with an empty text, none.
    pub fn give(&mut self, name: &str, keys: &str) {
        self.0.insert(name.to_owned(), keys.to_owned());
    }

    /// Gives it the window's own keys again.
    pub fn reset(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Whether all are the window's own.
    pub fn is_untouched(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn what_was_changed_is_kept_in_the_settings_file() {
        let mut settings = Settings::default();
        settings.shortcuts.give("find", "Ctrl+Shift+F");
        settings.shortcuts.give("mute", "");
        let written = toml::to_string(&settings).unwrap();
        let read: Settings = toml::from_str(&written).unwrap();
        assert_eq!(read.shortcuts.keys("find"), Some("Ctrl+Shift+F"));
        assert_eq!(read.shortcuts.keys("mute"), Some(""));
        assert_eq!(read.shortcuts.keys("deafen"), None);
        settings.shortcuts.reset("find");
        settings.shortcuts.reset("mute");
        assert!(settings.shortcuts.is_untouched());
    }
}
