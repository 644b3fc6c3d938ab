//! All shortcuts of the window: what each is called in the settings file, which keys it has at first, where it counts.

use dialtone_words::say;

use super::Combination;

/// Something that keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named after what it does")]
pub enum Shortcut {
    Mute,
    Deafen,
    Bigger,
    Smaller,
    AsFirst,
    Switch,
    Palette,
    Find,
    Settings,
    ToMessages,
    ScrollUp,
    ScrollDown,
    First,
    Latest,
    Reply,
    Edit,
    React,
    Pin,
    Copy,
    Menu,
    Delete,
    EditLast,
    ChannelUp,
    ChannelDown,
}

/// Where a shortcut counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the whole window, with a dialog open as well.
    Window,
    /// In the main window without a dialog over it.
    Main,
    /// On the message that has the keyboard.
    Message,
    /// In the message field while nothing is typed.
    Field,
    /// On the channel that has the keyboard.
    Channel,
}

impl Scope {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Window,
        Self::Main,
        Self::Message,
        Self::Field,
        Self::Channel,
    ];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Window => say!("key-scope-window"),
            Self::Main => say!("key-scope-main"),
            Self::Message => say!("key-scope-message"),
            Self::Field => say!("key-scope-field"),
            Self::Channel => say!("key-scope-channel"),
        }
    }

    /// Whether one press could mean both: one thing alone has the keyboard, and the wide scopes count beside it.
    pub fn meets(self, other: Self) -> bool {
        self == other || self.is_wide() || other.is_wide()
    }

    /// It counts while one writes somewhere.
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Window | Self::Main)
    }
}

impl Shortcut {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 24] = [
        Self::Mute,
        Self::Deafen,
        Self::Bigger,
        Self::Smaller,
        Self::AsFirst,
        Self::Switch,
        Self::Palette,
        Self::Find,
        Self::Settings,
        Self::ToMessages,
        Self::ScrollUp,
        Self::ScrollDown,
        Self::First,
        Self::Latest,
        Self::Reply,
        Self::Edit,
        Self::React,
        Self::Pin,
        Self::Copy,
        Self::Menu,
        Self::Delete,
        Self::EditLast,
        Self::ChannelUp,
        Self::ChannelDown,
    ];

    /// Its name in the settings file, its first keys, and where it counts.
    fn row(self) -> (&'static str, &'static str, Scope) {
        use Scope::{Channel, Field, Main, Message, Window};
        match self {
            Self::Mute => ("mute", "Ctrl+M", Window),
            Self::Deafen => ("deafen", "Ctrl+D", Window),
            Self::Bigger => ("bigger", "Ctrl+Plus", Window),
            Self::Smaller => ("smaller", "Ctrl+Minus", Window),
            Self::AsFirst => ("as-first", "Ctrl+0", Window),
            Self::Switch => ("switch", "Ctrl+K", Main),
            Self::Palette => ("palette", "Ctrl+Shift+P", Main),
            Self::Find => ("find", "Ctrl+F", Main),
            Self::Settings => ("settings", "Ctrl+Comma", Main),
            Self::ToMessages => ("to-messages", "Ctrl+Up", Main),
            Self::ScrollUp => ("scroll-up", "PageUp", Main),
            Self::ScrollDown => ("scroll-down", "PageDown", Main),
            Self::First => ("first", "Ctrl+Home", Main),
            Self::Latest => ("latest", "Ctrl+End", Main),
            Self::Reply => ("reply", "R", Message),
            Self::Edit => ("edit", "E", Message),
            Self::React => ("react", "Plus", Message),
            Self::Pin => ("pin", "P", Message),
            Self::Copy => ("copy", "C", Message),
            Self::Menu => ("menu", "M", Message),
            Self::Delete => ("delete", "Delete", Message),
            Self::EditLast => ("edit-last", "Up", Field),
            Self::ChannelUp => ("channel-up", "Alt+Up", Channel),
            Self::ChannelDown => ("channel-down", "Alt+Down", Channel),
        }
    }

    /// Its name in the settings file.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The keys that it has until the user gives it others.
    pub fn default_keys(self) -> Option<Combination> {
        self.row().1.parse().ok()
    }

    /// Where it counts.
    pub fn scope(self) -> Scope {
        self.row().2
    }

    /// What it does.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mute => say!("set-key-mute"),
            Self::Deafen => say!("set-key-deafen"),
            Self::Bigger => say!("key-bigger"),
            Self::Smaller => say!("key-smaller"),
            Self::AsFirst => say!("set-key-as-first"),
            Self::Switch => say!("panel-go-to"),
            Self::Palette => say!("dialog-find-deed"),
            Self::Find => say!("panel-search-messages"),
            Self::Settings => say!("set-key-settings"),
            Self::ToMessages => say!("set-key-to-messages"),
            Self::ScrollUp => say!("key-scroll-up"),
            Self::ScrollDown => say!("key-scroll-down"),
            Self::First => say!("key-first"),
            Self::Latest => say!("key-latest"),
            Self::Reply => say!("key-reply"),
            Self::Edit => say!("line-edit-message"),
            Self::React => say!("line-add-reaction"),
            Self::Pin => say!("key-pin"),
            Self::Copy => say!("line-copy-text"),
            Self::Menu => say!("key-menu"),
            Self::Delete => say!("key-delete"),
            Self::EditLast => say!("key-edit-last"),
            Self::ChannelUp => say!("key-channel-up"),
            Self::ChannelDown => say!("key-channel-down"),
        }
    }
}

/// What belongs to every window and stays as it is: the keys, and what they do.
pub const FIXED: fn() -> [(&'static str, &'static str); 6] = || {
    [
        ("Enter", say!("set-key-send")),
        ("Shift+Enter", say!("set-key-line")),
        ("Enter", say!("set-key-on-message")),
        ("Tab", say!("set-key-next-word")),
        ("Home, End", say!("set-key-first-last")),
        ("Escape", say!("set-key-close")),
    ]
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::shortcuts::{Bindings, suits};

    #[test]
    fn each_has_a_name_and_words_of_its_own_and_keys_that_it_may_have() {
        let names: BTreeSet<_> = Shortcut::ALL.map(Shortcut::name).into_iter().collect();
        assert_eq!(names.len(), Shortcut::ALL.len());
        let words: BTreeSet<_> = Shortcut::ALL.map(Shortcut::words).into_iter().collect();
        assert_eq!(words.len(), Shortcut::ALL.len());
        for shortcut in Shortcut::ALL {
            let keys = shortcut.default_keys().expect("keys that can be read");
            assert_eq!(suits(keys, shortcut), Ok(()), "{shortcut:?}");
        }
    }

    #[test]
    fn no_two_have_the_same_keys_at_first() {
        let bindings = Bindings::default();
        for shortcut in Shortcut::ALL {
            let keys = shortcut.default_keys().unwrap();
            assert_eq!(bindings.conflict(shortcut, keys), None, "{shortcut:?}");
        }
    }
}
