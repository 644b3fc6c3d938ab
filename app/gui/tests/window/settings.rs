//! The settings of sound: the meter, the threshold, the sound check.

use std::sync::Arc;

use dialtone_engine::Command;
use dialtone_engine::command::CheckSound;
use dialtone_gui::demo::{bad_state, harbour};
use egui::Key;
use egui::accesskit::Role;
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
