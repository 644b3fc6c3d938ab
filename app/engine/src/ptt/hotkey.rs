//! What is held to talk, as people write it: `F8`, `Mouse8`, `Ctrl+Space`, `LeftCtrl`.
//!
//! Mouse buttons have X's numbers: 2 middle, 3 right, 8 back, 9 forward; 4 to 7 are the wheel.

use std::fmt;
use std::str::FromStr;

use super::keys::{self, Key};
use dialtone_words::say;

/// A modifier, left or right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// Control.
    Ctrl,
    /// Shift.
    Shift,
    /// Alt, or Option.
    Alt,
    /// The key with the system's sign: Super, Windows, Command.
    Super,
}

impl Modifier {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 4] = [Self::Ctrl, Self::Shift, Self::Alt, Self::Super];

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Ctrl => &["Ctrl", "Control"],
            Self::Shift => &["Shift"],
            Self::Alt => &["Alt", "Option"],
            Self::Super => &["Super", "Meta", "Win", "Windows", "Cmd", "Command"],
        }
    }

    fn find(name: &str) -> Option<Self> {
        let has = |one: &Self| one.names().iter().any(|own| own.eq_ignore_ascii_case(name));
        Self::ALL.into_iter().find(has)
    }

    /// Its two keys.
    pub(crate) fn sides(self) -> Vec<Part> {
        let name = self.names().first().copied().unwrap_or_default();
        let side = |side: &str| keys::find(&format!("{side}{name}"));
        let both = [side("Left"), side("Right")];
        both.into_iter().flatten().map(Part::Key).collect()
    }
}

/// What is pressed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A key.
    Key(&'static Key),
    /// A modifier by itself, left or right.
    Modifier(Modifier),
    /// A button of the mouse.
    Mouse(u8),
}

/// One thing that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Key(&'static Key),
    Mouse(u8),
}

/// What is held to talk, or not to talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hotkey {
    /// Modifiers that are held with it, in the order of [`Modifier::ALL`].
    modifiers: Vec<Modifier>,
    trigger: Trigger,
}

/// A description of no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HotkeyError {
    /// No such name.
    #[error("{}", say!("reach-hotkey-unknown", name = _0))]
    Unknown(String),
    /// What stands before a plus must be a modifier.
    #[error("{}", say!("reach-hotkey-alone", name = _0))]
    NoModifier(String),
    /// A button that cannot be given away.
    #[error("{}", say!("reach-hotkey-button", name = _0))]
    Button(String),
}

/// The longest description that is looked at, and that is repeated in an error.
const LONGEST: usize = 64;
/// The highest mouse button.
const LAST_BUTTON: u8 = 24;

impl Hotkey {
    /// A key, button or modifier with modifiers. Modifiers that are the trigger itself are left out.
    pub fn new(modifiers: &[Modifier], trigger: Trigger) -> Self {
        let own = |one: &Modifier| match trigger {
            Trigger::Modifier(own) => own == *one,
            Trigger::Key(key) => one.sides().contains(&Part::Key(key)),
            Trigger::Mouse(_) => false,
        };
        let all = Modifier::ALL.into_iter();
        Self {
            modifiers: all
                .filter(|one| modifiers.contains(one) && !own(one))
                .collect(),
            trigger,
        }
    }

    /// What is pressed last.
    pub fn trigger(&self) -> Trigger {
        self.trigger
    }

    /// What is held with it.
    pub fn modifiers(&self) -> &[Modifier] {
        &self.modifiers
    }

    /// Whether it writes something where one types.
    pub fn writes(&self) -> bool {
        let shifted = self.modifiers.iter().all(|one| *one == Modifier::Shift);
        let prints = |key: &Key| (0x20..0x7f).contains(&key.keysym) || key.name == "Enter";
        let pads = |key: &Key| key.name.starts_with("Numpad");
        shifted && matches!(self.trigger, Trigger::Key(key) if prints(key) || pads(key))
    }

    /// What must be held: of each group one. The trigger's group is the last.
    pub(crate) fn groups(&self) -> Vec<Vec<Part>> {
        let modifiers = self.modifiers.iter().map(|one| one.sides());
        let trigger = match self.trigger {
            Trigger::Key(key) => vec![Part::Key(key)],
            Trigger::Modifier(modifier) => modifier.sides(),
            Trigger::Mouse(button) => vec![Part::Mouse(button)],
        };
        modifiers.chain([trigger]).collect()
    }

    /// As the portal takes a wish (the "shortcuts" specification of XDG); none for what it cannot say.
    pub(crate) fn portal_trigger(&self) -> Option<String> {
        let Trigger::Key(key) = self.trigger else {
            return None;
        };
        let names = self.modifiers.iter().map(|one| match one {
            Modifier::Ctrl => "CTRL",
            Modifier::Shift => "SHIFT",
            Modifier::Alt => "ALT",
            Modifier::Super => "LOGO",
        });
        let parts: Vec<_> = names.chain([key.xkb_name]).collect();
        Some(parts.join("+"))
    }
}

impl FromStr for Hotkey {
    type Err = HotkeyError;

    fn from_str(text: &str) -> Result<Self, HotkeyError> {
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        if text.len() > LONGEST {
            return Err(HotkeyError::Unknown(short(text)));
        }
        let mut names: Vec<&str> = text.split('+').map(str::trim).collect();
        let last = names.pop().unwrap_or_default();
        let modifiers = names
            .into_iter()
            .map(|name| Modifier::find(name).ok_or_else(|| HotkeyError::NoModifier(short(name))))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::new(&modifiers, trigger(last)?))
    }
}

fn trigger(name: &str) -> Result<Trigger, HotkeyError> {
    if let Some(modifier) = Modifier::find(name) {
        return Ok(Trigger::Modifier(modifier));
    }
    if let Some(key) = keys::find(name) {
        return Ok(Trigger::Key(key));
    }
    let prefix = name
        .get(..5)
        .filter(|start| start.eq_ignore_ascii_case("mouse"));
    let number = prefix.and_then(|_| name.get(5..));
    let Some(number) = number.and_then(|digits| digits.parse::<u8>().ok()) else {
        return Err(HotkeyError::Unknown(name.to_owned()));
    };
    match number {
        2 | 3 | 8..=LAST_BUTTON => Ok(Trigger::Mouse(number)),
        _ => Err(HotkeyError::Button(name.to_owned())),
    }
}

impl fmt::Display for Hotkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for modifier in &self.modifiers {
            write!(f, "{modifier:?}+")?;
        }
        match self.trigger {
            Trigger::Key(key) => f.write_str(key.name),
            Trigger::Modifier(modifier) => write!(f, "{modifier:?}"),
            Trigger::Mouse(button) => write!(f, "Mouse{button}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read_and_written_in_one_way() {
        for (written, said) in [
            ("F8", "F8"),
            ("mouse8", "Mouse8"),
            ("ctrl + space", "Ctrl+Space"),
            ("LeftCtrl", "LeftCtrl"),
            ("control", "Ctrl"),
            ("SHIFT+ctrl+t", "Ctrl+Shift+T"),
            ("Ctrl+Ctrl+F8", "Ctrl+F8"),
            ("Ctrl+LeftCtrl", "LeftCtrl"),
            ("Cmd+Mouse9", "Super+Mouse9"),
            ("Alt+Shift", "Alt+Shift"),
            ("`", "Backtick"),
        ] {
            let hotkey: Hotkey = written.parse().unwrap();
            assert_eq!(hotkey.to_string(), said);
            assert_eq!(said.parse(), Ok(hotkey));
        }
    }

    #[test]
    fn every_key_is_read_back() {
        for key in keys::KEYS {
            assert_eq!(key.name.parse::<Hotkey>().unwrap().to_string(), key.name);
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_words() {
        for text in [
            "",
            "+",
            "F8+",
            "no such key",
            "mouse",
            "Mouse-1",
            "Mouse900",
        ] {
            assert!(text.parse::<Hotkey>().is_err(), "{text}");
        }
        assert_eq!(
            "A+B".parse::<Hotkey>(),
            Err(HotkeyError::NoModifier("A".into()))
        );
        for button in ["Mouse0", "Mouse1", "Mouse4", "Mouse7", "Mouse25"] {
            assert_eq!(
                button.parse::<Hotkey>(),
                Err(HotkeyError::Button(button.into()))
            );
        }
        let long = "ä".repeat(10_000);
        assert!(long.parse::<Hotkey>().unwrap_err().to_string().len() < 300);
    }

    #[test]
    fn the_portal_is_asked_in_its_own_words() {
        let asked = |text: &str| text.parse::<Hotkey>().unwrap().portal_trigger();
        assert_eq!(asked("Ctrl+Shift+T").as_deref(), Some("CTRL+SHIFT+t"));
        assert_eq!(asked("Super+Space").as_deref(), Some("LOGO+space"));
        assert_eq!(asked("Mouse8"), None);
        assert_eq!(asked("Ctrl"), None);
    }

    #[test]
    fn letters_write_and_others_do_not() {
        let writes = |text: &str| text.parse::<Hotkey>().unwrap().writes();
        assert!(["T", "Space", "Shift+T", "Numpad5"].into_iter().all(writes));
        assert!(
            !["F8", "Ctrl+T", "LeftCtrl", "Mouse8", "Insert"]
                .into_iter()
                .any(writes)
        );
    }
}
