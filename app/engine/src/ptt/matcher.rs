//! Which keys of the hotkey are down. Only these are remembered: what else is typed is compared and forgotten.

use super::hotkey::{Hotkey, Part};
use dialtone_words::say;

/// Follows the keys of one hotkey by the codes of one backend.
///
/// Keys beside those of the hotkey do not matter: who runs in a game with Shift held talks with `F8` all the same.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    keys: Vec<Watched>,
    groups: usize,
    held: bool,
}

#[derive(Debug, Clone)]
struct Watched {
    code: u32,
    group: usize,
    down: bool,
}

impl Matcher {
    /// Watches the keys of `hotkey`, with the codes that `codes` knows them by.
    ///
    /// # Errors
    /// In words: a part of it has no code here.
    pub(crate) fn new(
        hotkey: &Hotkey,
        codes: impl Fn(Part) -> Vec<u32>,
    ) -> Result<Self, &'static str> {
        let groups = hotkey.groups();
        let mut keys = Vec::new();
        for (group, parts) in groups.iter().enumerate() {
            let before = keys.len();
            keys.extend(
                parts
                    .iter()
                    .flat_map(|part| codes(*part))
                    .map(|code| Watched {
                        code,
                        group,
                        down: false,
                    }),
            );
            if keys.len() == before {
                return Err(say!("reach-key-unknown"));
            }
        }
        Ok(Self {
            keys,
            groups: groups.len(),
            held: false,
        })
    }

    /// A key went down or up. Whether the hotkey is held, if that changed.
    pub(crate) fn change(&mut self, code: u32, down: bool) -> Option<bool> {
        for key in &mut self.keys {
            if key.code == code {
                key.down = down;
            }
        }
        self.settle()
    }

    /// Nothing is known of any key any more: all are up.
    pub(crate) fn clear(&mut self) -> Option<bool> {
        for key in &mut self.keys {
            key.down = false;
        }
        self.settle()
    }

    /// Takes over what is held from a matcher with other codes, as after another layout: nothing is, and it is told.
    pub(crate) fn replace(&mut self, by: Self) -> Option<bool> {
        let released = self.clear();
        *self = by;
        released
    }

    fn settle(&mut self) -> Option<bool> {
        let is_down = |group| self.keys.iter().any(|key| key.group == group && key.down);
        let held = (0..self.groups).all(is_down);
        let changed = held != self.held;
        self.held = held;
        changed.then_some(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: u32 = 1_000;

    fn matcher(text: &str) -> Matcher {
        Matcher::new(&text.parse().unwrap(), |part| match part {
            Part::Key(key) => vec![u32::from(key.linux)],
            Part::Mouse(button) => vec![OFFSET + u32::from(button)],
        })
        .unwrap()
    }

    #[test]
    fn repeats_and_doubled_releases_change_nothing() {
        let mut f8 = matcher("F8");
        assert_eq!(f8.change(66, true), Some(true));
        assert_eq!(f8.change(66, true), None);
        assert_eq!(f8.change(66, false), Some(false));
        assert_eq!(f8.change(66, false), None);
        assert_eq!(f8.change(67, true), None, "another key");
    }

    #[test]
    fn a_combination_is_held_while_all_of_it_is() {
        let mut both = matcher("Ctrl+Space");
        assert_eq!(both.change(57, true), None);
        assert_eq!(both.change(97, true), Some(true), "the right one");
        assert_eq!(both.change(29, true), None, "and the left one");
        assert_eq!(both.change(97, false), None);
        assert_eq!(both.change(29, false), Some(false));
        assert_eq!(both.change(29, true), Some(true));
        assert_eq!(both.clear(), Some(false));
        assert_eq!(both.clear(), None);
    }

    #[test]
    fn buttons_and_bare_modifiers_are_keys_like_others() {
        let mut side = matcher("Mouse8");
        assert_eq!(side.change(OFFSET + 8, true), Some(true));
        let mut left = matcher("LeftCtrl");
        assert_eq!(left.change(97, true), None);
        assert_eq!(left.change(29, true), Some(true));
    }

    #[test]
    fn another_layout_lets_go() {
        let mut f8 = matcher("F8");
        f8.change(66, true);
        assert_eq!(f8.replace(matcher("F9")), Some(false));
        assert_eq!(f8.change(67, true), Some(true));
    }

    #[test]
    fn a_key_without_a_code_is_told() {
        assert!(Matcher::new(&"F8".parse().unwrap(), |_| Vec::new()).is_err());
    }
}
