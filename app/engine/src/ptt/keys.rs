//! The keys that can be held, and what each is called by X, by Linux and by the portal.

/// One key of a keyboard.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// As people and the settings call it; where the window's toolkit has a name, it is the same.
    pub name: &'static str,
    /// X's keysym without modifiers, and its xkbcommon name, by which the portal calls it.
    pub(crate) keysym: u32,
    pub(crate) xkb_name: &'static str,
    /// Linux's key code (`KEY_…`): a place on the keyboard, as on a US layout.
    pub(crate) linux: u16,
}

const fn key(name: &'static str, xkb_name: &'static str, keysym: u32, linux: u16) -> Key {
    Key {
        name,
        keysym,
        xkb_name,
        linux,
    }
}

/// Every key that can be chosen.
pub(crate) static KEYS: &[Key] = &[
    key("A", "a", 0x61, 30),
    key("B", "b", 0x62, 48),
    key("C", "c", 0x63, 46),
    key("D", "d", 0x64, 32),
    key("E", "e", 0x65, 18),
    key("F", "f", 0x66, 33),
    key("G", "g", 0x67, 34),
    key("H", "h", 0x68, 35),
    key("I", "i", 0x69, 23),
    key("J", "j", 0x6a, 36),
    key("K", "k", 0x6b, 37),
    key("L", "l", 0x6c, 38),
    key("M", "m", 0x6d, 50),
    key("N", "n", 0x6e, 49),
    key("O", "o", 0x6f, 24),
    key("P", "p", 0x70, 25),
    key("Q", "q", 0x71, 16),
    key("R", "r", 0x72, 19),
    key("S", "s", 0x73, 31),
    key("T", "t", 0x74, 20),
    key("U", "u", 0x75, 22),
    key("V", "v", 0x76, 47),
    key("W", "w", 0x77, 17),
    key("X", "x", 0x78, 45),
    key("Y", "y", 0x79, 21),
    key("Z", "z", 0x7a, 44),
    key("0", "0", 0x30, 11),
    key("1", "1", 0x31, 2),
    key("2", "2", 0x32, 3),
    key("3", "3", 0x33, 4),
    key("4", "4", 0x34, 5),
    key("5", "5", 0x35, 6),
    key("6", "6", 0x36, 7),
    key("7", "7", 0x37, 8),
    key("8", "8", 0x38, 9),
    key("9", "9", 0x39, 10),
    key("F1", "F1", 0xffbe, 59),
    key("F2", "F2", 0xffbf, 60),
    key("F3", "F3", 0xffc0, 61),
    key("F4", "F4", 0xffc1, 62),
    key("F5", "F5", 0xffc2, 63),
    key("F6", "F6", 0xffc3, 64),
    key("F7", "F7", 0xffc4, 65),
    key("F8", "F8", 0xffc5, 66),
    key("F9", "F9", 0xffc6, 67),
    key("F10", "F10", 0xffc7, 68),
    key("F11", "F11", 0xffc8, 87),
    key("F12", "F12", 0xffc9, 88),
    key("F13", "F13", 0xffca, 183),
    key("F14", "F14", 0xffcb, 184),
    key("F15", "F15", 0xffcc, 185),
    key("F16", "F16", 0xffcd, 186),
    key("F17", "F17", 0xffce, 187),
    key("F18", "F18", 0xffcf, 188),
    key("F19", "F19", 0xffd0, 189),
    key("F20", "F20", 0xffd1, 190),
    key("F21", "F21", 0xffd2, 191),
    key("F22", "F22", 0xffd3, 192),
    key("F23", "F23", 0xffd4, 193),
    key("F24", "F24", 0xffd5, 194),
    key("Space", "space", 0x20, 57),
    key("Tab", "Tab", 0xff09, 15),
    key("Enter", "Return", 0xff0d, 28),
    key("Escape", "Escape", 0xff1b, 1),
    key("Backspace", "BackSpace", 0xff08, 14),
    key("Insert", "Insert", 0xff63, 110),
    key("Delete", "Delete", 0xffff, 111),
    key("Home", "Home", 0xff50, 102),
    key("End", "End", 0xff57, 107),
    key("PageUp", "Prior", 0xff55, 104),
    key("PageDown", "Next", 0xff56, 109),
    key("Left", "Left", 0xff51, 105),
    key("Up", "Up", 0xff52, 103),
    key("Right", "Right", 0xff53, 106),
    key("Down", "Down", 0xff54, 108),
    key("Backtick", "grave", 0x60, 41),
    key("Minus", "minus", 0x2d, 12),
    key("Equals", "equal", 0x3d, 13),
    key("OpenBracket", "bracketleft", 0x5b, 26),
    key("CloseBracket", "bracketright", 0x5d, 27),
    key("Backslash", "backslash", 0x5c, 43),
    key("Semicolon", "semicolon", 0x3b, 39),
    key("Quote", "apostrophe", 0x27, 40),
    key("Comma", "comma", 0x2c, 51),
    key("Period", "period", 0x2e, 52),
    key("Slash", "slash", 0x2f, 53),
    key("Less", "less", 0x3c, 86),
    key("Pause", "Pause", 0xff13, 119),
    key("ScrollLock", "Scroll_Lock", 0xff14, 70),
    key("PrintScreen", "Print", 0xff61, 99),
    key("Menu", "Menu", 0xff67, 127),
    key("CapsLock", "Caps_Lock", 0xffe5, 58),
    key("NumLock", "Num_Lock", 0xff7f, 69),
    key("Numpad0", "KP_0", 0xffb0, 82),
    key("Numpad1", "KP_1", 0xffb1, 79),
    key("Numpad2", "KP_2", 0xffb2, 80),
    key("Numpad3", "KP_3", 0xffb3, 81),
    key("Numpad4", "KP_4", 0xffb4, 75),
    key("Numpad5", "KP_5", 0xffb5, 76),
    key("Numpad6", "KP_6", 0xffb6, 77),
    key("Numpad7", "KP_7", 0xffb7, 71),
    key("Numpad8", "KP_8", 0xffb8, 72),
    key("Numpad9", "KP_9", 0xffb9, 73),
    key("NumpadAdd", "KP_Add", 0xffab, 78),
    key("NumpadSubtract", "KP_Subtract", 0xffad, 74),
    key("NumpadMultiply", "KP_Multiply", 0xffaa, 55),
    key("NumpadDivide", "KP_Divide", 0xffaf, 98),
    key("NumpadDecimal", "KP_Decimal", 0xffae, 83),
    key("NumpadEnter", "KP_Enter", 0xff8d, 96),
    key("LeftCtrl", "Control_L", 0xffe3, 29),
    key("RightCtrl", "Control_R", 0xffe4, 97),
    key("LeftShift", "Shift_L", 0xffe1, 42),
    key("RightShift", "Shift_R", 0xffe2, 54),
    key("LeftAlt", "Alt_L", 0xffe9, 56),
    key("RightAlt", "Alt_R", 0xffea, 100),
    key("LeftSuper", "Super_L", 0xffeb, 125),
    key("RightSuper", "Super_R", 0xffec, 126),
];

/// Other names that people use.
const ALIASES: &[(&str, &str)] = &[
    ("`", "Backtick"),
    ("Grave", "Backtick"),
    ("Esc", "Escape"),
    ("Return", "Enter"),
    ("Del", "Delete"),
    ("Ins", "Insert"),
    ("ArrowLeft", "Left"),
    ("ArrowUp", "Up"),
    ("ArrowRight", "Right"),
    ("ArrowDown", "Down"),
    ("Print", "PrintScreen"),
    ("LeftControl", "LeftCtrl"),
    ("RightControl", "RightCtrl"),
    ("AltGr", "RightAlt"),
    ("LeftMeta", "LeftSuper"),
    ("RightMeta", "RightSuper"),
];

/// The key of this name, in any case.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let name = alias.map_or(name, |(_, name)| name);
    KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_keys_share_a_name_or_a_code() {
        let count = |of: fn(&Key) -> String| KEYS.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(count(|key| key.name.to_lowercase()), KEYS.len());
        assert_eq!(count(|key| key.xkb_name.to_owned()), KEYS.len());
        assert_eq!(count(|key| key.keysym.to_string()), KEYS.len());
        assert_eq!(count(|key| key.linux.to_string()), KEYS.len());
    }

    #[test]
    fn names_are_found_in_any_case_and_by_other_names() {
        assert_eq!(find("scrolllock").map(|key| key.name), Some("ScrollLock"));
        assert_eq!(find("`").map(|key| key.name), Some("Backtick"));
        assert_eq!(find("AltGr").map(|key| key.name), Some("RightAlt"));
        assert_eq!(find("F25"), None);
        assert!(ALIASES.iter().all(|(_, name)| find(name).is_some()));
    }
}
