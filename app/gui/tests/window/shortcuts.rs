//! The shortcuts in the settings: given, refused, taken over, cleared, reset; and heard and said from then on.

use dialtone_engine::Command;
use dialtone_engine::settings::{ShortcutSettings, TalkMode};
use dialtone_gui::demo::harbour;
use dialtone_gui::state::{Page, SettingsPage};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::press;

fn shortcuts() -> Window {
    let mut window = Window::new(harbour(), [1280.0, 1900.0]);
    window.state(|state| state.page = Page::Settings(SettingsPage::Shortcuts));
    window.settle();
    window.sent();
    window
}

fn kept(window: &Window) -> &ShortcutSettings {
    &window.engine.state.settings.shortcuts
}

#[test]
fn a_shortcut_gets_the_keys_that_are_pressed_and_counts_from_then_on() {
    let mut window = shortcuts();
    press(&mut window, "Search messages: Ctrl+F. Change");
    window
        .harness
        .get_by_label("Search messages: press the new keys. Escape leaves it as it is.");
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::J);
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetShortcuts(wish)] if wish.keys("find") == Some("Ctrl+J")),
        "{sent:?}"
    );
    window.change_all(|all| all.settings.shortcuts.give("find", "Ctrl+J"));
    window
        .harness
        .get_by_label("Search messages: Ctrl+J. Change");
    window.state(|state| state.page = Page::Chat);
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::F);
    window.settle();
    assert!(window.harness.query_by_label("Search messages").is_none());
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::J);
    window.settle();
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Search messages");
    // What can be done is listed with the keys that count now.
    let modifiers = Modifiers::CTRL | Modifiers::SHIFT;
    window.harness.key_press_modifiers(modifiers, Key::P);
    window.settle();
    let entries = dialtone_gui::finder::deeds(&window.engine.state, None);
    assert!(entries.iter().all(|one| one.keys != "Ctrl+F"));
}

#[test]
fn keys_of_another_are_taken_over_only_when_that_is_confirmed() {
    let mut window = shortcuts();
    press(&mut window, "Search messages: Ctrl+F. Change");
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::M);
    window.settle();
    assert_eq!(window.sent(), [], "neither muted nor changed");
    window
        .harness
        .get_by_label_contains("Ctrl+M does this already: Mute or unmute in a call");
    press(&mut window, "Leave it as it is");
    assert_eq!(window.sent(), []);
    press(&mut window, "Search messages: Ctrl+F. Change");
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::M);
    window.settle();
    press(&mut window, "Take over");
    window.serve();
    assert_eq!(kept(&window).keys("find"), Some("Ctrl+M"));
    assert_eq!(kept(&window).keys("mute"), Some(""));
    window
        .harness
        .get_by_label("Mute or unmute in a call: no keys. Change");
    press(&mut window, "All keys as at first");
    window.serve();
    assert!(kept(&window).is_untouched());
    window
        .harness
        .get_by_label("Mute or unmute in a call: Ctrl+M. Change");
}

#[test]
fn keys_that_write_are_refused_and_escape_leaves_it() {
    let mut window = shortcuts();
    press(&mut window, "Search messages: Ctrl+F. Change");
    window.harness.key_press(Key::G);
    window.settle();
    window.harness.get_by_label_contains("These keys write.");
    press(&mut window, "Search messages: Ctrl+F. Change");
    window.harness.key_press(Key::Escape);
    window.settle();
    window
        .harness
        .get_by_label("Search messages: Ctrl+F. Change");
    assert_eq!(window.sent(), [], "and the settings are still open");
}

#[test]
fn one_is_cleared_and_reset_by_the_keyboard() {
    let mut window = shortcuts();
    let name = "Search messages: take the keys away";
    window.harness.get_by_label(name).focus();
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    window.serve();
    assert_eq!(kept(&window).keys("find"), Some(""));
    window
        .harness
        .get_by_label("Search messages: back to Ctrl+F")
        .focus();
    window.settle();
    window.harness.key_press(Key::Space);
    window.settle();
    window.serve();
    assert!(kept(&window).is_untouched());
}

#[test]
fn a_message_answers_to_the_keys_that_it_was_given() {
    let mut window = Window::new(harbour(), [1280.0, 900.0]);
    window.change_all(|all| all.settings.shortcuts.give("reply", "Ctrl+J"));
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.settle();
    window.harness.key_press(Key::R);
    window.settle();
    let replies = |window: &Window| {
        let shown = window.harness.query_by_label_contains("Replying to");
        shown.is_some()
    };
    assert!(!replies(&window));
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::J);
    window.settle();
    assert!(replies(&window));
}

#[test]
fn the_key_that_is_held_to_talk_is_in_the_way_as_another_shortcut_is() {
    let mut window = shortcuts();
    window.change_all(|all| {
        all.settings.audio.talk_mode = TalkMode::PushToTalk;
        "F8".clone_into(&mut all.settings.audio.push_to_talk_key);
    });
    press(&mut window, "Search messages: Ctrl+F. Change");
    window.harness.key_press(Key::F8);
    window.settle();
    let told = |sent: Vec<Command>| {
        let mut sent = sent.into_iter();
        sent.any(|one| matches!(one, Command::SetShortcuts(_)))
    };
    assert!(!told(window.sent()), "nothing is given");
    window
        .harness
        .get_by_label_contains("F8 is held to talk. Choose other keys");
    press(&mut window, "Choose the key to talk");
    window.harness.get_by_label("F8: choose another key");
}

#[test]
fn a_shortcut_that_has_the_key_to_talk_already_says_so_on_both_pages() {
    let mut window = shortcuts();
    window.change_all(|all| {
        all.settings.audio.talk_mode = TalkMode::PushToTalk;
        "Ctrl+F".clone_into(&mut all.settings.audio.push_to_talk_key);
    });
    let words = "This is also the key that is held to talk: one press does both.";
    window.harness.get_by_label(words);
    window.state(|state| state.page = Page::Settings(SettingsPage::Talking));
    window.settle();
    window
        .harness
        .get_by_label_contains("Ctrl+F does this in the window as well: Search messages.");
    window.change_all(|all| all.settings.audio.talk_mode = TalkMode::VoiceActivity);
    window.state(|state| state.page = Page::Settings(SettingsPage::Shortcuts));
    window.settle();
    assert!(window.harness.query_by_label(words).is_none());
}
