//! A shortcut gets the keys that are pressed next.

use dialtone_words::say;
use egui::{Context, Event, Key, Modifiers};

use super::{Combination, Conflict, Scope, Shortcut};

/// What the section of the shortcuts is about to change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShortcutForm {
    /// The shortcut that gets the keys that are pressed next.
    pub recording: Option<Shortcut>,
    /// Keys that were pressed for a shortcut and that it cannot have.
    pub refused: Option<(Shortcut, Refusal)>,
    /// Keys that another one has: they are taken over, or not.
    pub conflict: Option<Conflict>,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// These keys.
    Keys(Combination),
    /// Keys that text fields need, which the toolkit tells as what they do.
    Editing,
    /// Escape: it stays as it was.
    Cancelled,
}

/// Why a shortcut cannot have some keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// They write while one is writing.
    Writes,
    /// Every text field needs them.
    Editing,
    /// They move the keyboard through the window, or press what has it.
    Moving,
}

impl Refusal {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Writes => say!("key-refused-writes"),
            Self::Editing => say!("key-refused-editing"),
            Self::Moving => say!("key-refused-moving"),
        }
    }
}

/// Whether `shortcut` may have these keys.
///
/// # Errors
/// Why not.
pub fn suits(keys: Combination, shortcut: Shortcut) -> Result<(), Refusal> {
    let (key, scope) = (keys.key(), shortcut.scope());
    let presses = matches!(key, Key::Tab | Key::Escape)
        || !keys.has_modifier() && matches!(key, Key::Enter | Key::Space);
    if presses {
        return Err(Refusal::Moving);
    }
    let edits = matches!(
        key,
        Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z | Key::ArrowLeft | Key::ArrowRight
    );
    if keys.has_ctrl() && (edits || matches!(key, Key::Backspace | Key::Delete)) {
        return Err(Refusal::Editing);
    }
    let arrow = matches!(
        key,
        Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight
    );
    match scope {
        Scope::Window | Scope::Main if keys.writes() => Err(Refusal::Writes),
        Scope::Field if keys.writes() && key != Key::ArrowUp => Err(Refusal::Writes),
        Scope::Message | Scope::Channel if arrow && !keys.has_modifier() => Err(Refusal::Moving),
        _ => Ok(()),
    }
}

/// Reads what was pressed, and keeps it from everything else in the window.
pub fn record(ctx: &Context) -> Option<Recorded> {
    let events = ctx.input_mut(|input| {
        let ours = |event: &Event| {
            matches!(
                event,
                Event::Key { .. } | Event::Text(_) | Event::Copy | Event::Cut | Event::Paste(_)
            )
        };
        let all = std::mem::take(&mut input.events);
        let (ours, others): (Vec<_>, Vec<_>) = all.into_iter().partition(ours);
        input.events = others;
        ours
    });
    events.iter().find_map(read)
}

fn read(event: &Event) -> Option<Recorded> {
    match event {
        Event::Copy | Event::Cut | Event::Paste(_) => Some(Recorded::Editing),
        Event::Key {
            key: Key::Escape,
            pressed: true,
            modifiers: Modifiers::NONE,
            ..
        } => Some(Recorded::Cancelled),
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } if !is_modifier(*key) => Some(Recorded::Keys(Combination::new(*modifiers, *key))),
        _ => None,
    }
}

fn is_modifier(key: Key) -> bool {
    matches!(
        key,
        Key::ControlLeft
            | Key::ControlRight
            | Key::ShiftLeft
            | Key::ShiftRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
            | Key::CapsLock
            | Key::Fn
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(key: Key, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    #[test]
    fn the_keys_are_taken_once_more_than_a_modifier_is_down() {
        let ctrl = Modifiers::CTRL;
        assert_eq!(read(&pressed(Key::ControlLeft, ctrl)), None);
        let keys = Combination::new(ctrl, Key::J);
        assert_eq!(read(&pressed(Key::J, ctrl)), Some(Recorded::Keys(keys)));
        let escape = pressed(Key::Escape, Modifiers::NONE);
        assert_eq!(read(&escape), Some(Recorded::Cancelled));
        assert_eq!(read(&Event::Copy), Some(Recorded::Editing));
    }

    #[test]
    fn keys_that_something_else_needs_are_refused() {
        let refused = |text: &str, shortcut| suits(text.parse().unwrap(), shortcut).err();
        assert_eq!(refused("K", Shortcut::Find), Some(Refusal::Writes));
        assert_eq!(refused("K", Shortcut::Reply), None);
        assert_eq!(refused("F6", Shortcut::Find), None);
        assert_eq!(refused("Ctrl+A", Shortcut::Find), Some(Refusal::Editing));
        assert_eq!(refused("Ctrl+V", Shortcut::Reply), Some(Refusal::Editing));
        assert_eq!(refused("Shift+Tab", Shortcut::Find), Some(Refusal::Moving));
        assert_eq!(refused("Up", Shortcut::Reply), Some(Refusal::Moving));
        assert_eq!(refused("Enter", Shortcut::ChannelUp), Some(Refusal::Moving));
    }
}
