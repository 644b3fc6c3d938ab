//! Keys that are pressed together, as people write them: `Ctrl+Shift+P`, `Alt+Up`, `F5`.

use std::fmt;
use std::str::FromStr;

use egui::{Event, InputState, Key, Modifiers};

/// A key with modifiers. Ctrl is Command on a Mac.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Combination {
    ctrl: bool,
    alt: bool,
    shift: bool,
    key: Key,
}

/// A text that names no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no keys that this window can hear")]
pub struct NoCombination;

/// Longer texts name no keys.
const LONGEST: usize = 48;

impl Combination {
    /// This key as it was pressed.
    pub fn new(modifiers: Modifiers, key: Key) -> Self {
        Self {
            ctrl: modifiers.command || modifiers.ctrl,
            alt: modifiers.alt,
            // Which key a sign is on, and whether with Shift, differs from keyboard to keyboard.
            shift: modifiers.shift && !is_sign(key),
            key,
        }
    }

    /// The key.
    pub fn key(self) -> Key {
        self.key
    }

    /// Ctrl is held with it.
    pub fn has_ctrl(self) -> bool {
        self.ctrl
    }

    /// Alt is held with it.
    pub fn has_alt(self) -> bool {
        self.alt
    }

    /// Shift is held with it, which is not told of signs.
    pub fn has_shift(self) -> bool {
        self.shift
    }

    /// Ctrl or Alt are held with it, so that it writes nothing.
    pub fn has_modifier(self) -> bool {
        self.ctrl || self.alt
    }

    /// It would write something, or move what one writes at.
    pub fn writes(self) -> bool {
        let text = matches!(
            self.key,
            Key::Space
                | Key::Enter
                | Key::Backspace
                | Key::Delete
                | Key::Home
                | Key::End
                | Key::ArrowUp
                | Key::ArrowDown
                | Key::ArrowLeft
                | Key::ArrowRight
        );
        !self.has_modifier() && (text || is_sign(self.key) || self.key.name().len() == 1)
    }

    /// Whether this was pressed; it is taken away from all others, with what it would have written.
    pub(super) fn take(self, input: &mut InputState) -> bool {
        let before = input.events.len();
        input.events.retain(|event| !self.is(event));
        let taken = input.events.len() != before;
        if taken && !self.has_modifier() {
            let is_text = |event: &Event| matches!(event, Event::Text(_));
            input.events.retain(|event| !is_text(event));
        }
        taken
    }

    fn is(self, event: &Event) -> bool {
        match event {
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } => {
                let own = Self::new(*modifiers, *key);
                own == self || own == self.without_shift()
            }
            // Some keyboards tell of a sign as what it writes alone.
            Event::Text(text) => {
                !self.has_modifier() && is_sign(self.key) && *text == sign(self.key)
            }
            _ => false,
        }
    }

    /// Where a plus needs Shift, Ctrl with the key of the equals sign is meant for it.
    fn without_shift(self) -> Self {
        let key = match self.key {
            Key::Plus if self.ctrl => Key::Equals,
            key => key,
        };
        Self { key, ..self }
    }
}

/// Whether it is a sign that some keyboards have with Shift, others without.
fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Colon
            | Key::Comma
            | Key::Minus
            | Key::Period
            | Key::Plus
            | Key::Equals
            | Key::Semicolon
            | Key::Backslash
            | Key::Slash
            | Key::Pipe
            | Key::Questionmark
            | Key::Exclamationmark
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::OpenCurlyBracket
            | Key::CloseCurlyBracket
            | Key::Backtick
            | Key::Quote
    )
}

fn sign(key: Key) -> &'static str {
    match key {
        Key::Minus => "-",
        Key::ArrowUp => "Up",
        Key::ArrowDown => "Down",
        Key::ArrowLeft => "Left",
        Key::ArrowRight => "Right",
        Key::PageUp => "Page Up",
        Key::PageDown => "Page Down",
        key => key.symbol_or_name(),
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ctrl = if cfg!(target_os = "macos") {
            "Cmd+"
        } else {
            "Ctrl+"
        };
        for (held, name) in [
            (self.ctrl, ctrl),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(sign(self.key))
    }
}

impl Combination {
    /// As the settings file has it: the same on every system.
    pub fn written(self) -> String {
        let mut all = Vec::new();
        all.extend(self.ctrl.then_some("Ctrl"));
        all.extend(self.alt.then_some("Alt"));
        all.extend(self.shift.then_some("Shift"));
        all.push(self.key.name());
        all.join("+")
    }
}

impl FromStr for Combination {
    type Err = NoCombination;

    fn from_str(text: &str) -> Result<Self, NoCombination> {
        if text.len() > LONGEST {
            return Err(NoCombination);
        }
        let mut names: Vec<&str> = text.split('+').map(str::trim).collect();
        let last = names.pop().unwrap_or_default();
        let key = Key::from_name(last).ok_or(NoCombination)?;
        let mut modifiers = Modifiers::NONE;
        for name in names {
            match name.to_ascii_lowercase().as_str() {
                "ctrl" | "cmd" => modifiers.command = true,
                "alt" => modifiers.alt = true,
                "shift" => modifiers.shift = true,
                _ => return Err(NoCombination),
            }
        }
        Ok(Self::new(modifiers, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Combination {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "Ctrl+M",
            "Ctrl+Shift+P",
            "Alt+Up",
            "PageUp",
            "Ctrl+Plus",
            "F5",
        ] {
            assert_eq!(keys(text).written(), text);
        }
        for text in ["", "Ctrl+", "Hyper+A", "Ctrl+Nonsense"] {
            assert_eq!(text.parse::<Combination>(), Err(NoCombination), "{text}");
        }
        let long = "Ctrl+".repeat(100) + "A";
        assert!(long.parse::<Combination>().is_err());
    }

    #[test]
    fn it_is_shown_as_the_keys_are_labelled() {
        if !cfg!(target_os = "macos") {
            assert_eq!(keys("Ctrl+Comma").to_string(), "Ctrl+,");
            assert_eq!(keys("Ctrl+Minus").to_string(), "Ctrl+-");
        }
        assert_eq!(keys("PageUp").to_string(), "Page Up");
    }

    fn press(key: Key, modifiers: Modifiers) -> InputState {
        let mut input = InputState::default();
        input.events.push(Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        });
        input
    }

    #[test]
    fn neither_more_nor_less_is_to_be_pressed() {
        let both = Modifiers::CTRL | Modifiers::SHIFT;
        let taken = |text: &str, key, modifiers| keys(text).take(&mut press(key, modifiers));
        assert!(taken("Ctrl+M", Key::M, Modifiers::CTRL));
        assert!(!taken("Ctrl+M", Key::M, both));
        assert!(!taken("Ctrl+M", Key::M, Modifiers::NONE));
        assert!(taken("Ctrl+Shift+M", Key::M, both));
        // A sign is the same with Shift and without.
        assert!(taken("Ctrl+Plus", Key::Plus, both));
        assert!(taken("Ctrl+Plus", Key::Equals, Modifiers::CTRL));
        assert!(!taken("Ctrl+Minus", Key::Equals, Modifiers::CTRL));
    }

    #[test]
    fn a_letter_that_was_taken_is_not_written_too() {
        let mut input = press(Key::R, Modifiers::NONE);
        input.events.push(Event::Text("r".to_owned()));
        assert!(keys("R").take(&mut input));
        assert!(input.events.is_empty());
        let mut plus = InputState::default();
        plus.events.push(Event::Text("+".to_owned()));
        assert!(keys("Plus").take(&mut plus));
    }

    #[test]
    fn what_writes_is_known() {
        for text in ["R", "Shift+R", "5", "Plus", "Space", "Home", "Up"] {
            assert!(keys(text).writes(), "{text}");
        }
        for text in ["Ctrl+R", "Alt+5", "F5", "PageUp", "Shift+F5"] {
            assert!(!keys(text).writes(), "{text}");
        }
    }
}
