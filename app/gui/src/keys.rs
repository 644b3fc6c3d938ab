//! The key of push-to-talk as the window hears it. Decisions are pure, reading egui's input is not.

use dialtone_engine::ptt::{self, Hotkey, Modifier, Trigger};
use dialtone_engine::settings::AudioSettings;
use egui::{Context, Event, InputState, Key, Modifiers, PointerButton};

use crate::shortcuts::Combination;

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

/// Reads the state of what is held to talk, or not to talk.
pub fn held(ctx: &Context, hotkey: &Hotkey, by_key: bool) -> Held {
    let typing = ctx.text_edit_focused();
    let writes = hotkey.writes();
    ctx.input_mut(|input| {
        let trigger = match hotkey.trigger() {
            Trigger::Key(key) => by_name(key),
            _ => None,
        };
        if let Some(key) = trigger.filter(|_| by_key && writes && !typing) {
            // It talks, so it must not press the button that has the keyboard as well.
            let is_key = |event: &Event| matches!(event, Event::Key { key: of, .. } if *of == key);
            input.events.retain(|event| !is_key(event));
        }
        let with = hotkey.modifiers().iter();
        let all = with.copied().all(|one| is_down(input.modifiers, one));
        Held {
            by_key,
            window_focused: input.focused,
            typing,
            down: all && trigger_is_down(input, hotkey.trigger()),
            writes,
        }
    })
}

/// The toolkit's key; none for those that it does not tell.
fn by_name(key: &ptt::Key) -> Option<Key> {
    match key.name {
        "LeftCtrl" => Some(Key::ControlLeft),
        "RightCtrl" => Some(Key::ControlRight),
        "LeftShift" => Some(Key::ShiftLeft),
        "RightShift" => Some(Key::ShiftRight),
        "LeftAlt" => Some(Key::AltLeft),
        "RightAlt" => Some(Key::AltRight),
        "LeftSuper" => Some(Key::SuperLeft),
        "RightSuper" => Some(Key::SuperRight),
        name => Key::from_name(name),
    }
}

/// The key that is held, where one is: `audio` may have the voice decide.
pub(crate) fn talk_key(audio: &AudioSettings) -> Option<Hotkey> {
    let by_key = audio.talk_mode.by_key();
    let hotkey = || audio.push_to_talk_key.parse().ok();
    by_key.then(hotkey).flatten()
}

/// Whether to press `keys` is to press this as well: other modifiers do not keep it from being heard.
pub(crate) fn meets(hotkey: &Hotkey, keys: Combination) -> bool {
    let Trigger::Key(key) = hotkey.trigger() else {
        return false;
    };
    let held = |one: &Modifier| match one {
        Modifier::Ctrl => keys.has_ctrl(),
        Modifier::Shift => keys.has_shift(),
        Modifier::Alt => keys.has_alt(),
        Modifier::Super => false,
    };
    by_name(key) == Some(keys.key()) && hotkey.modifiers().iter().all(held)
}

fn trigger_is_down(input: &InputState, trigger: Trigger) -> bool {
    match trigger {
        Trigger::Modifier(modifier) => is_down(input.modifiers, modifier),
        Trigger::Mouse(number) => {
            let mut buttons = BUTTONS.iter();
            let found = buttons.find(|(_, own)| *own == number);
            found.is_some_and(|(button, _)| input.pointer.button_down(*button))
        }
        Trigger::Key(key) => by_name(key).is_some_and(|key| input.key_down(key)),
    }
}

fn is_down(modifiers: Modifiers, one: Modifier) -> bool {
    match one {
        Modifier::Ctrl => modifiers.ctrl,
        Modifier::Shift => modifiers.shift,
        Modifier::Alt => modifiers.alt,
        Modifier::Super => modifiers.mac_cmd,
    }
}

/// The toolkit's buttons, by X's numbers. The first one presses what is shown.
const BUTTONS: [(PointerButton, u8); 4] = [
    (PointerButton::Middle, 2),
    (PointerButton::Secondary, 3),
    (PointerButton::Extra1, 8),
    (PointerButton::Extra2, 9),
];

/// The key that the user wants is being waited for.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// Modifiers that were down, in case one of them is wanted by itself.
    seen: Vec<Modifier>,
}

/// How waiting for a key ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captured {
    /// This is wanted.
    Hotkey(Hotkey),
    /// Escape: it stays as it was.
    Cancelled,
}

impl Capture {
    /// Reads what was pressed, and keeps it from everything else in the window.
    pub fn read(&mut self, ctx: &Context) -> Option<Captured> {
        let (events, modifiers) = ctx.input_mut(|input| {
            let ours = |event: &Event| match event {
                Event::Key { .. } | Event::Text(_) => true,
                Event::PointerButton { button, .. } => *button != PointerButton::Primary,
                _ => false,
            };
            let all = std::mem::take(&mut input.events);
            let (ours, others) = all.into_iter().partition(ours);
            input.events = others;
            (ours, input.modifiers)
        });
        self.take(&events, modifiers)
    }

    fn take(&mut self, events: &[Event], now: Modifiers) -> Option<Captured> {
        let held = |modifiers: Modifiers| -> Vec<Modifier> {
            let all = Modifier::ALL.into_iter();
            all.filter(|one| is_down(modifiers, *one)).collect()
        };
        for event in events {
            let (trigger, modifiers) = match event {
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } => {
                    if *key == Key::Escape && modifiers.is_none() {
                        return Some(Captured::Cancelled);
                    }
                    (ptt::key(key.name()).map(Trigger::Key), *modifiers)
                }
                Event::PointerButton {
                    button,
                    pressed: true,
                    modifiers,
                    ..
                } => {
                    let found = BUTTONS.iter().find(|(own, _)| own == button);
                    (found.map(|(_, number)| Trigger::Mouse(*number)), *modifiers)
                }
                _ => continue,
            };
            if let Some(trigger) = trigger {
                return Some(Captured::Hotkey(Hotkey::new(&held(modifiers), trigger)));
            }
        }
        let now = held(now);
        if now.is_empty() {
            // Modifiers that were let go without another key are wanted themselves.
            let last = *self.seen.last()?;
            let hotkey = Hotkey::new(&self.seen, Trigger::Modifier(last));
            return Some(Captured::Hotkey(hotkey));
        }
        for one in now {
            if !self.seen.contains(&one) {
                self.seen.push(one);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_held_is_pressed_with_all_combinations_that_have_it() {
        let meets =
            |hotkey: &str, keys: &str| meets(&hotkey.parse().unwrap(), keys.parse().unwrap());
        assert!(meets("F8", "F8") && meets("F8", "Ctrl+F8"));
        assert!(meets("Ctrl+M", "Ctrl+M") && meets("Ctrl+M", "Ctrl+Shift+M"));
        assert!(!meets("Ctrl+M", "M") && !meets("F8", "F9"));
        assert!(!meets("Mouse8", "F8") && !meets("LeftCtrl", "Ctrl+M"));
    }

    #[test]
    fn where_the_voice_decides_no_key_is_held() {
        let mut audio = AudioSettings {
            push_to_talk_key: "F8".to_owned(),
            ..AudioSettings::default()
        };
        assert_eq!(talk_key(&audio), None);
        audio.talk_mode = dialtone_engine::settings::TalkMode::PushToMute;
        assert_eq!(talk_key(&audio), "F8".parse().ok());
        audio.push_to_talk_key = "no such key".to_owned();
        assert_eq!(talk_key(&audio), None);
    }

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

    fn pressed(key: Key, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    fn hotkey(text: &str) -> Captured {
        Captured::Hotkey(text.parse().unwrap())
    }

    /// Whether that counts as held while `key` is.
    fn counts(hotkey: &str, key: Key, modifiers: Modifiers) -> bool {
        let mut input = InputState::default();
        input.keys_down.insert(key);
        input.modifiers = modifiers;
        trigger_is_down(&input, hotkey.parse::<Hotkey>().unwrap().trigger())
    }

    #[test]
    fn a_modifier_of_one_side_is_not_that_of_the_other() {
        let (ctrl, shift) = (Modifiers::CTRL, Modifiers::SHIFT);
        assert!(counts("RightCtrl", Key::ControlRight, ctrl));
        assert!(!counts("RightCtrl", Key::ControlLeft, ctrl));
        assert!(counts("LeftCtrl", Key::ControlLeft, ctrl));
        assert!(!counts("LeftShift", Key::ShiftRight, shift));
        assert!(counts("RightShift", Key::ShiftRight, shift));
        // AltGr sets no Alt, and is the right one all the same.
        assert!(counts("RightAlt", Key::AltRight, Modifiers::NONE));
        assert!(counts("RightSuper", Key::SuperRight, Modifiers::NONE));
        // Either side, where none is named.
        for key in [Key::ControlLeft, Key::ControlRight] {
            assert!(counts("Ctrl", key, ctrl));
        }
    }

    #[test]
    fn the_key_that_is_pressed_is_taken_with_its_modifiers() {
        let both = Modifiers::CTRL | Modifiers::SHIFT;
        let take = |key, modifiers| Capture::default().take(&[pressed(key, modifiers)], modifiers);
        assert_eq!(take(Key::F9, Modifiers::NONE), Some(hotkey("F9")));
        assert_eq!(take(Key::Space, both), Some(hotkey("Ctrl+Shift+Space")));
        assert_eq!(
            take(Key::Escape, Modifiers::NONE),
            Some(Captured::Cancelled)
        );
        assert_eq!(
            take(Key::Escape, Modifiers::CTRL),
            Some(hotkey("Ctrl+Escape"))
        );
        assert_eq!(take(Key::BrowserBack, Modifiers::NONE), None, "no such key");
    }

    #[test]
    fn a_side_button_is_taken_and_the_first_button_is_not() {
        let button = |button| Event::PointerButton {
            pos: egui::Pos2::ZERO,
            button,
            pressed: true,
            modifiers: Modifiers::NONE,
        };
        let take = |one| Capture::default().take(&[button(one)], Modifiers::NONE);
        assert_eq!(take(PointerButton::Extra1), Some(hotkey("Mouse8")));
        assert_eq!(take(PointerButton::Primary), None);
    }

    #[test]
    fn modifiers_alone_are_taken_when_they_are_let_go() {
        let mut capture = Capture::default();
        assert_eq!(capture.take(&[], Modifiers::NONE), None);
        assert_eq!(capture.take(&[], Modifiers::CTRL), None);
        assert_eq!(capture.take(&[], Modifiers::NONE), Some(hotkey("Ctrl")));
        let mut both = Capture::default();
        both.take(&[], Modifiers::ALT);
        both.take(&[], Modifiers::ALT | Modifiers::SHIFT);
        assert_eq!(both.take(&[], Modifiers::SHIFT), None);
        assert_eq!(both.take(&[], Modifiers::NONE), Some(hotkey("Alt+Shift")));
    }
}
