//! Which keys each shortcut has: the window's own, but for those that the user changed.

use dialtone_engine::settings::ShortcutSettings;
use egui::InputState;

use super::{Combination, Shortcut};

/// The keys of all shortcuts.
#[derive(Debug, Clone, PartialEq)]
pub struct Bindings([Option<Combination>; Shortcut::ALL.len()]);

impl Default for Bindings {
    fn default() -> Self {
        Self::of(&ShortcutSettings::default())
    }
}

/// What has keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Another shortcut.
    Shortcut(Shortcut),
    /// The key that is held to talk, or not to talk.
    TalkKey,
}

/// Keys that something else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The shortcut that wants them.
    pub wants: Shortcut,
    /// The keys.
    pub keys: Combination,
    /// What has them.
    pub has: Holder,
}

impl Bindings {
    /// As the settings say. Keys that cannot be read, or that the shortcut may not have, are the window's own.
    pub fn of(settings: &ShortcutSettings) -> Self {
        Self(Shortcut::ALL.map(|shortcut| {
            let own = shortcut.default_keys();
            match settings.keys(shortcut.name()) {
                None => own,
                Some("") => None,
                Some(text) => {
                    let wanted = text.parse().ok();
                    let fits = |keys: &Combination| super::suits(*keys, shortcut).is_ok();
                    wanted.filter(fits).or(own)
                }
            }
        }))
    }

    /// The keys of `shortcut`; none if the user took them away.
    pub fn keys(&self, shortcut: Shortcut) -> Option<Combination> {
        let at = Shortcut::ALL.iter().position(|one| *one == shortcut);
        at.and_then(|at| self.0.get(at).copied().flatten())
    }

    /// The same in words, empty where it has none.
    pub fn words(&self, shortcut: Shortcut) -> String {
        self.keys(shortcut)
            .map_or_else(String::new, |keys| keys.to_string())
    }

    /// Whether its keys were pressed; they are taken away from all others.
    pub fn take(&self, input: &mut InputState, shortcut: Shortcut) -> bool {
        self.keys(shortcut).is_some_and(|keys| keys.take(input))
    }

    /// Who has `keys` that `wants` would like to have, if one press could mean both.
    pub fn conflict(&self, wants: Shortcut, keys: Combination) -> Option<Conflict> {
        let mut others = Shortcut::ALL.into_iter().filter(|one| *one != wants);
        let has = others
            .find(|other| self.keys(*other) == Some(keys) && other.scope().meets(wants.scope()))?;
        let has = Holder::Shortcut(has);
        Some(Conflict { wants, keys, has })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, keys: &str) -> Bindings {
        let mut settings = ShortcutSettings::default();
        settings.give(name, keys);
        Bindings::of(&settings)
    }

    #[test]
    fn what_the_user_changed_counts_and_all_else_is_the_windows_own() {
        let bindings = changed("find", "Ctrl+Shift+F");
        let keys = |text: &str| text.parse().ok();
        assert_eq!(bindings.keys(Shortcut::Find), keys("Ctrl+Shift+F"));
        assert_eq!(bindings.keys(Shortcut::Mute), keys("Ctrl+M"));
        assert_eq!(changed("find", "").keys(Shortcut::Find), None);
        // A file that was written by hand or is damaged.
        for text in ["Nonsense", "F", "Ctrl+C"] {
            assert_eq!(changed("find", text).keys(Shortcut::Find), keys("Ctrl+F"));
        }
    }

    #[test]
    fn keys_are_in_the_way_where_one_press_could_mean_both() {
        let bindings = Bindings::default();
        let conflict = |wants, text: &str| {
            let found = bindings.conflict(wants, text.parse().unwrap());
            found.map(|conflict| conflict.has)
        };
        let by = |shortcut| Some(Holder::Shortcut(shortcut));
        assert_eq!(conflict(Shortcut::Find, "Ctrl+M"), by(Shortcut::Mute));
        assert_eq!(conflict(Shortcut::Pin, "R"), by(Shortcut::Reply));
        assert_eq!(conflict(Shortcut::Pin, "Ctrl+F"), by(Shortcut::Find));
        assert_eq!(conflict(Shortcut::EditLast, "R"), None, "they never meet");
        assert_eq!(conflict(Shortcut::Find, "Ctrl+F"), None, "its own");
    }
}
