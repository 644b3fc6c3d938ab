//! Which backend hears the key: by what the user chose and by the kind of desktop. Pure.
//!
//! | chosen | Windows, macOS | X11 | Wayland | no display |
//! |---|---|---|---|---|
//! | `auto` | device-query | xinput, device-query | portal (1) | - |
//! | `portal` | as `auto` | portal, then as `auto` | portal (1) | portal |
//! | `xinput` | as `auto` | xinput, device-query | xinput (2), then as `auto` | - |
//! | `device-query` | device-query | device-query, xinput | device-query (2), then as `auto` | - |
//! | `hotkey` | device-query | xinput, device-query | xinput, device-query (2), then as `auto` | - |
//! | `evdev` | as `auto` | evdev, then as `auto` | evdev, then as `auto` | evdev |
//! | `none` | - | - | - | - |
//!
//! The first that can be used is used, and it is said why those before it cannot. (1) With
//! `DIALTONE_PTT_WAYLAND_HOTKEY_FALLBACK=1` xinput and device-query follow. (2) Under Wayland an X server (`XWayland`) hears keys only
//! while an X11 program has the keyboard, so these come after the portal only when they are asked for, and it is said. Whatever is
//! chosen, the window hears the key while it has the keyboard, and `dialtone ptt` works.

use std::fmt;

use dialtone_words::say;
use serde::{Deserialize, Serialize};

/// What hears a key anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendKind {
    /// The desktop itself, by its portal for shortcuts.
    Portal,
    /// X11's raw events.
    XInput,
    /// Asking the system again and again which keys are down.
    DeviceQuery,
    /// Linux's devices themselves.
    Evdev,
}

impl BackendKind {
    /// As flags and settings call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::XInput => "xinput",
            Self::DeviceQuery => "device-query",
            Self::Evdev => "evdev",
        }
    }
}

impl fmt::Display for BackendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the user wants to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendChoice {
    /// What suits the desktop.
    #[default]
    Auto,
    /// The desktop's portal.
    Portal,
    /// X11's raw events.
    Xinput,
    /// Asking which keys are down.
    DeviceQuery,
    /// Linux's devices.
    Evdev,
    /// `xinput` or else `device-query`.
    Hotkey,
    /// Nothing: the window and `dialtone ptt` alone.
    None,
}

impl BackendChoice {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Portal,
        Self::Xinput,
        Self::DeviceQuery,
        Self::Evdev,
        Self::Hotkey,
        Self::None,
    ];

    /// As flags and settings call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Portal => "portal",
            Self::Xinput => "xinput",
            Self::DeviceQuery => "device-query",
            Self::Evdev => "evdev",
            Self::Hotkey => "hotkey",
            Self::None => "none",
        }
    }
}

/// What shows windows here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Display {
    /// Nothing that hears keys.
    #[default]
    None,
    /// An X server.
    X11,
    /// A Wayland compositor, perhaps with an X server inside it.
    Wayland,
    /// Windows or macOS.
    Native,
}

/// The desktop, as far as it decides who can hear keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Desktop {
    /// What shows windows.
    pub display: Display,
    /// The user wants X11's ways under Wayland where the portal cannot be used.
    pub wayland_hotkey_fallback: bool,
}

/// The variable that lets X11's ways follow under Wayland.
pub const WAYLAND_FALLBACK: &str = "DIALTONE_PTT_WAYLAND_HOTKEY_FALLBACK";

impl Desktop {
    /// The one that this program runs on.
    pub fn of_this_process() -> Self {
        if cfg!(any(windows, target_os = "macos")) {
            return Self {
                display: Display::Native,
                wayland_hotkey_fallback: false,
            };
        }
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// As the environment tells it.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let session = variable("XDG_SESSION_TYPE").unwrap_or_default();
        let display = if set("WAYLAND_DISPLAY") || session == "wayland" {
            Display::Wayland
        } else if set("DISPLAY") {
            Display::X11
        } else {
            Display::None
        };
        Self {
            display,
            wayland_hotkey_fallback: variable(WAYLAND_FALLBACK).as_deref() == Some("1"),
        }
    }
}

/// What is tried, in order.
pub(crate) fn order(choice: BackendChoice, desktop: Desktop) -> Vec<BackendKind> {
    use BackendKind::{DeviceQuery, Evdev, Portal, XInput};
    let x11 = [XInput, DeviceQuery];
    let auto: &[BackendKind] = match desktop.display {
        Display::None => &[],
        Display::X11 => &x11,
        Display::Wayland if desktop.wayland_hotkey_fallback => &[Portal, XInput, DeviceQuery],
        Display::Wayland => &[Portal],
        Display::Native => &[DeviceQuery],
    };
    let first: &[BackendKind] = match choice {
        BackendChoice::None => return Vec::new(),
        BackendChoice::Auto => &[],
        BackendChoice::Portal => &[Portal],
        BackendChoice::Xinput => &[XInput],
        BackendChoice::DeviceQuery => &[DeviceQuery],
        BackendChoice::Evdev => &[Evdev],
        BackendChoice::Hotkey => &x11,
    };
    let mut order: Vec<BackendKind> = Vec::new();
    for kind in first.iter().chain(auto) {
        if exists(*kind, desktop.display) && !order.contains(kind) {
            order.push(*kind);
        }
    }
    order
}

/// Whether this kind of desktop can have it at all.
fn exists(kind: BackendKind, display: Display) -> bool {
    match display {
        Display::Native => kind == BackendKind::DeviceQuery,
        Display::None => matches!(kind, BackendKind::Portal | BackendKind::Evdev),
        Display::X11 | Display::Wayland => true,
    }
}

/// What is to be said of a backend that works, but not everywhere.
pub(super) fn caveat(kind: BackendKind, desktop: Desktop) -> Option<&'static str> {
    let by_x11 = matches!(kind, BackendKind::XInput | BackendKind::DeviceQuery);
    if by_x11 && desktop.display == Display::Wayland {
        return Some(say!("reach-wayland-x"));
    }
    (kind == BackendKind::DeviceQuery && desktop.display == Display::X11)
        .then_some(say!("reach-no-side-buttons"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(choice: BackendChoice, display: Display, fallback: bool) -> String {
        let desktop = Desktop {
            display,
            wayland_hotkey_fallback: fallback,
        };
        let names: Vec<_> = order(choice, desktop)
            .into_iter()
            .map(BackendKind::name)
            .collect();
        names.join(" ")
    }

    #[test]
    fn the_table_is_what_happens() {
        use BackendChoice as Choice;
        use Display::{Native, Wayland, X11};
        let rows = [
            (
                Choice::Auto,
                "device-query",
                "xinput device-query",
                "portal",
                "",
            ),
            (
                Choice::Portal,
                "device-query",
                "portal xinput device-query",
                "portal",
                "portal",
            ),
            (
                Choice::Xinput,
                "device-query",
                "xinput device-query",
                "xinput portal",
                "",
            ),
            (
                Choice::DeviceQuery,
                "device-query",
                "device-query xinput",
                "device-query portal",
                "",
            ),
            (
                Choice::Hotkey,
                "device-query",
                "xinput device-query",
                "xinput device-query portal",
                "",
            ),
            (
                Choice::Evdev,
                "device-query",
                "evdev xinput device-query",
                "evdev portal",
                "evdev",
            ),
            (Choice::None, "", "", "", ""),
        ];
        for (choice, native, x11, wayland, nothing) in rows {
            assert_eq!(tried(choice, Native, false), native, "{choice:?}");
            assert_eq!(tried(choice, X11, false), x11, "{choice:?}");
            assert_eq!(tried(choice, Wayland, false), wayland, "{choice:?}");
            assert_eq!(tried(choice, Display::None, false), nothing, "{choice:?}");
        }
    }

    #[test]
    fn under_wayland_x11_follows_only_when_it_is_asked_for() {
        assert_eq!(
            tried(BackendChoice::Auto, Display::Wayland, true),
            "portal xinput device-query"
        );
        assert_eq!(
            tried(BackendChoice::Auto, Display::X11, true),
            "xinput device-query"
        );
        let wayland = Desktop {
            display: Display::Wayland,
            wayland_hotkey_fallback: true,
        };
        assert!(caveat(BackendKind::XInput, wayland).is_some());
        assert!(caveat(BackendKind::Portal, wayland).is_none());
    }

    #[test]
    fn the_desktop_is_known_by_its_variables() {
        let of = |variables: &'static [(&str, &str)]| {
            Desktop::from_variables(|name| {
                let found = variables.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[]).display, Display::None);
        assert_eq!(of(&[("DISPLAY", ":0")]).display, Display::X11);
        let both = of(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")]);
        assert_eq!(both.display, Display::Wayland);
        let empty = of(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "")]);
        assert_eq!(empty.display, Display::X11);
        let session = of(&[("XDG_SESSION_TYPE", "wayland"), (WAYLAND_FALLBACK, "1")]);
        assert_eq!(session.display, Display::Wayland);
        assert!(session.wayland_hotkey_fallback);
        assert!(!of(&[(WAYLAND_FALLBACK, "0")]).wayland_hotkey_fallback);
    }

    #[test]
    fn names_are_those_of_the_settings() {
        for choice in BackendChoice::ALL {
            let written = serde_json::to_string(&choice).unwrap();
            assert_eq!(written, format!("\"{}\"", choice.name()));
        }
    }
}
