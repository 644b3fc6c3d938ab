//! The message field: what it completes, and the way between it and the messages.

use dialtone_gui::demo::harbour;
use egui::{Key, Modifiers};

use crate::common::Window;
use crate::messages::{field, focused};
use crate::{WIDE, key, write};

#[test]
fn escape_leads_from_a_message_to_the_field_and_the_way_back_to_the_latest() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    let latest = focused(&window);
    for _ in 0..3 {
        key(&mut window, Modifiers::NONE, Key::ArrowUp);
    }
    assert_ne!(focused(&window), latest);
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(focused(&window), "Message #general");
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    assert_eq!(focused(&window), latest);
}

#[test]
fn names_channels_and_emojis_are_completed() {
    let mut window = Window::new(harbour(), WIDE);
    write(&mut window, "ask @mi");
    key(&mut window, Modifiers::NONE, Key::Tab);
    assert_eq!(field(&window), "ask @Mikael ");
    write(&mut window, "in #bo");
    key(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(field(&window), "ask @Mikael in #boat-yard ");
    write(&mut window, ":sailb");
    key(&mut window, Modifiers::NONE, Key::Escape);
    key(&mut window, Modifiers::NONE, Key::Tab);
    assert!(field(&window).ends_with(":sailb"), "it was not wanted");
    key(&mut window, Modifiers::SHIFT, Key::Tab);
    write(&mut window, "oat:");
    assert_eq!(field(&window), "ask @Mikael in #boat-yard ⛵");
}

#[test]
fn what_is_typed_at_once_after_a_completed_name_stands_behind_it() {
    let mut window = Window::new(harbour(), WIDE);
    write(&mut window, "@mi");
    // On a slow computer many letters come between two frames.
    let tab = egui::Event::Key {
        key: Key::Tab,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let letters = ["h", "i"].map(|one| egui::Event::Text(one.to_owned()));
    let events = &mut window.harness.input_mut().events;
    events.push(tab);
    events.extend(letters);
    window.settle();
    write(&mut window, " there");
    assert_eq!(field(&window), "@Mikael hi there");
}
