//! The keys of the window: push-to-talk and shortcuts. Decisions are pure, reading egui's input is not.

use egui::{Context, Event, Key, Modifiers};

/// The keys that can be held to talk.
pub const PTT_KEYS: [&str; 10] = [
    "F8", "F4", "F6", "F7", "F9", "F10", "Space", "Insert", "Pause", "Backtick",
];

/// What the push-to-talk key does now, seen against what it did before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five independent facts about one key"
)]
pub struct Held {
    /// Talking by key is chosen.
    pub by_key: bool,
    /// The window has the keyboard.
    pub window_focused: bool,
    /// A text field has the keyboard.
    pub typing: bool,
    /// The key is down.
    pub down: bool,
    /// It writes a letter, so that it cannot talk while one writes.
    pub writes: bool,
}

impl Held {
    /// Whether one talks now.
    pub fn talks(self) -> bool {
        self.by_key && self.window_focused && self.down && !(self.typing && self.writes)
    }
}

/// Reads the state of the push-to-talk key called `name`.
pub fn held(ctx: &Context, name: &str, by_key: bool) -> Held {
    let key = Key::from_name(name).unwrap_or(Key::F8);
    let typing = ctx.text_edit_focused();
    let writes = matches!(key, Key::Space | Key::Backtick);
    ctx.input_mut(|input| {
        if by_key && writes && !typing {
            // It talks, so it must not press the button that has the keyboard as well.
            let is_key = |event: &Event| matches!(event, Event::Key { key: of, .. } if *of == key);
            input.events.retain(|event| !is_key(event));
        }
        Held {
            by_key,
            window_focused: input.focused,
            typing,
            down: input.key_down(key),
            writes,
        }
    })
}

/// A shortcut that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Ctrl and comma.
    Settings,
    /// Escape, when no dialog took it.
    Escape,
    /// Ctrl and M.
    Mute,
    /// Ctrl and D.
    Deafen,
}

/// The shortcut that was pressed, if any. Muting works everywhere; the others only `on_main`, the main window without
/// a dialog over it.
pub fn shortcut(ctx: &Context, on_main: bool) -> Option<Shortcut> {
    ctx.input_mut(|input| {
        if input.consume_key(Modifiers::COMMAND, Key::M) {
            Some(Shortcut::Mute)
        } else if input.consume_key(Modifiers::COMMAND, Key::D) {
            Some(Shortcut::Deafen)
        } else if !on_main {
            None
        } else if input.consume_key(Modifiers::COMMAND, Key::Comma) {
            Some(Shortcut::Settings)
        } else if input.key_pressed(Key::Escape) {
            Some(Shortcut::Escape)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALKING: Held = Held {
        by_key: true,
        window_focused: true,
        typing: false,
        down: true,
        writes: false,
    };

    #[test]
    fn one_talks_only_while_the_key_is_held_in_a_focused_window() {
        assert!(TALKING.talks());
        assert!(
            !Held {
                down: false,
                ..TALKING
            }
            .talks()
        );
        assert!(
            !Held {
                window_focused: false,
                ..TALKING
            }
            .talks()
        );
        assert!(
            !Held {
                by_key: false,
                ..TALKING
            }
            .talks()
        );
    }

    #[test]
    fn a_key_that_writes_does_not_talk_while_one_writes() {
        let space = Held {
            writes: true,
            ..TALKING
        };
        assert!(space.talks());
        assert!(
            !Held {
                typing: true,
                ..space
            }
            .talks()
        );
        assert!(
            Held {
                typing: true,
                ..TALKING
            }
            .talks()
        );
    }

    #[test]
    fn every_offered_key_exists() {
        let unknown: Vec<_> = PTT_KEYS
            .iter()
            .filter(|name| Key::from_name(name).is_none())
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
