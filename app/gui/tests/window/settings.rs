//! The settings of sound: the meter, the threshold, the sound check.

use std::sync::Arc;

use dialtone_engine::Command;
use dialtone_engine::command::CheckSound;
use dialtone_engine::ptt::Listening;
use dialtone_engine::settings::TalkMode;
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::{WIDE, press};

#[test]
fn settings_run_the_meter_and_change_the_sound() {
    let mut window = Window::new(harbour(), [1280.0, 1500.0]);
    press(&mut window, "Settings");
    window.settle();
    assert!(window.sent().contains(&Command::SetMeter(true)));
    window
        .harness
        .get_by_role_and_label(Role::Switch, "Remove background noise")
        .click();
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetAudio(audio)] if !audio.denoise),
        "{sent:?}"
    );
    window.harness.key_press(Key::Escape);
    window.settle();
    window.settle();
    assert!(window.sent().contains(&Command::SetMeter(false)));
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #general");
}

#[test]
fn the_threshold_moves_with_the_arrow_keys() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Settings");
    window.sent();
    window
        .harness
        .get_by_role_and_label(Role::Slider, "Threshold")
        .focus();
    window.settle();
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    let sent = window.sent();
    assert!(
        sent.iter().any(|command| matches!(command,
            Command::SetAudio(audio) if (audio.threshold_dbfs + 36.0).abs() < 0.01)),
        "{sent:?}"
    );
}

#[test]
fn the_sound_check_is_begun_heard_and_its_threshold_used() {
    let settings = |snapshot| {
        let mut window = Window::new(snapshot, [1280.0, 1500.0]);
        press(&mut window, "Settings");
        window.settle();
        window.sent();
        window
    };
    let mut free = harbour();
    Arc::make_mut(&mut free.communities[0]).call = None;
    let mut window = settings(free);
    press(&mut window, "Begin the sound check");
    window.settle();
    assert_eq!(window.sent(), [Command::CheckSound(CheckSound::Begin)]);

    let mut window = settings(bad_state("sound-checking").unwrap());
    window
        .harness
        .get_by_label("Now speak as you would in a call.");
    press(&mut window, "Stop");
    window.settle();
    assert_eq!(window.sent(), [Command::CheckSound(CheckSound::Stop)]);

    let mut window = settings(bad_state("sound-checked").unwrap());
    press(&mut window, "Hear yourself");
    window.settle();
    let hear = CheckSound::Hear { without: None };
    assert_eq!(window.sent(), [Command::CheckSound(hear)]);
    press(&mut window, "Use this threshold");
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetAudio(audio)]
            if (audio.threshold_dbfs + 46.0).abs() < 0.01 && !audio.auto_threshold),
        "{sent:?}"
    );
}

fn talking(snapshot: dialtone_engine::Snapshot) -> Window {
    let mut window = Window::new(snapshot, [1280.0, 1500.0]);
    press(&mut window, "Settings");
    press(&mut window, "Talking");
    window.settle();
    window.sent();
    window
}

fn by_key() -> dialtone_engine::Snapshot {
    let mut snapshot = harbour();
    snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
    snapshot
}

/// The keys that the settings were changed to.
fn chosen_keys(window: &mut Window) -> Vec<String> {
    let sent = window.sent().into_iter();
    let keys = sent.filter_map(|command| match command {
        Command::SetAudio(audio) => Some(audio.push_to_talk_key),
        _ => None,
    });
    keys.collect()
}

#[test]
fn the_key_is_chosen_by_pressing_it_and_talks_only_afterwards() {
    let mut window = talking(by_key());
    press(&mut window, "F8: choose another key");
    window.settle();
    window.harness.key_press_modifiers(Modifiers::CTRL, Key::F8);
    window.settle();
    assert_eq!(chosen_keys(&mut window), ["Ctrl+F8"]);
    press(&mut window, "F8: choose another key");
    window.settle();
    window.harness.key_press(Key::Escape);
    window.settle();
    assert_eq!(window.sent(), [], "it stays, and so do the settings");
    window.harness.get_by_label("F8: choose another key");
    window.harness.key_down(Key::F8);
    window.settle();
    assert_eq!(window.sent(), [Command::PushToTalk(true)]);
}

#[test]
fn a_side_button_and_a_bare_modifier_can_be_chosen_and_held() {
    let mut window = talking(by_key());
    press(&mut window, "F8: choose another key");
    window.settle();
    let button = |pressed| egui::Event::PointerButton {
        pos: egui::pos2(600.0, 1_400.0),
        button: egui::PointerButton::Extra1,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.harness.event(button(true));
    window.settle();
    assert_eq!(chosen_keys(&mut window), ["Mouse8"]);
    window.harness.event(button(false));
    window.change_all(|snapshot| {
        snapshot.settings.audio = by_key().settings.audio;
        "Mouse8".clone_into(&mut snapshot.settings.audio.push_to_talk_key);
    });
    window.sent();
    window.harness.event(button(true));
    window.settle();
    assert_eq!(window.sent(), [Command::PushToTalk(true)]);
    window.harness.event(button(false));
    window.settle();
    assert_eq!(window.sent(), [Command::PushToTalk(false)]);
}

#[test]
fn before_the_desktop_asks_it_is_said_what_it_will_ask() {
    let mut window = talking(bad_state("key-asks-first").unwrap());
    window
        .harness
        .get_by_label_contains("nothing else that you type");
    press(&mut window, "Let the desktop ask");
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetAudio(audio)] if audio.push_to_talk_portal),
        "{sent:?}"
    );
}

#[test]
fn what_hears_the_key_is_said_and_why_others_do_not() {
    let mut window = talking(bad_state("key-falls-back").unwrap());
    for words in [
        "by device-query",
        "side buttons of the mouse",
        "evdev: the input devices may not be read",
        "xinput: the X server has no XInput",
        "passwords too",
        "dialtone ptt press",
    ] {
        window.harness.get_by_label_contains(words);
    }
    window.change_all(|snapshot| snapshot.audio.push.listening = Listening::Nothing);
    window.harness.get_by_label_contains("in this window only");
    press(&mut window, "Try again");
    window.settle();
    assert_eq!(window.sent(), [Command::RetryPushToTalk]);
    window
        .harness
        .get_by_role_and_label(Role::Switch, "Sounds of the key")
        .click();
    window.settle();
    let sent = window.sent();
    assert!(matches!(&sent[..], [Command::SetAudio(audio)] if !audio.push_to_talk_sounds));
}
