//! Coming in for the first time with a try of the sound; opening by the keyring; what is left without the password.

use std::sync::Arc;

use dialtone_engine::command::CheckSound;
use dialtone_engine::snapshot::{AtOnce, CheckStep, ProfileState};
use dialtone_engine::{Command, CommunityCommand, Secret, Snapshot, wipe_confirmation};
use dialtone_gui::demo::{bad_state, harbour, invitation};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{TALL, WIDE, press, type_into};

const AT_ONCE: &str = "Open without the password on this device";

/// A window of this size in which somebody has joined their first community just now.
fn arrived(size: [f32; 2]) -> Window {
    let snapshot = Snapshot {
        invitation: Some(invitation()),
        ..Snapshot::default()
    };
    let mut window = Window::new(snapshot, size);
    type_into(&mut window, "Your name", "Tomas");
    type_into(&mut window, "Password", "flint kestrel boat");
    press(&mut window, "Join");
    window.serve();
    window
}

fn locked() -> Snapshot {
    let mut snapshot = harbour();
    snapshot.profile = ProfileState::Locked { error: None };
    snapshot
}

#[test]
fn who_comes_in_for_the_first_time_tries_the_sound_and_may_leave_that_out() {
    for size in [[1280.0, 1200.0], [480.0, 1400.0]] {
        let mut window = arrived(size);
        // A call needs the microphone for itself.
        window.change(|community| community.call = None);
        window.harness.get_by_label("Microphone and speaker");
        assert!(window.harness.query_by_label("general").is_none());
        assert!(window.harness.unnamed_widgets().is_empty());
        window
            .harness
            .get_by_role_and_label(Role::ComboBox, "Microphone");
        window
            .harness
            .get_by_role_and_label(Role::ComboBox, "Speaker");
        press(&mut window, "Begin the sound check");
        let sent = window.sent();
        assert!(
            sent.contains(&Command::CheckSound(CheckSound::Begin)),
            "{sent:?}"
        );
        window.change_all(|snapshot| snapshot.audio.check.step = CheckStep::Silence);
        press(&mut window, "Skip the check and go in");
        let sent = window.sent();
        assert!(
            sent.contains(&Command::CheckSound(CheckSound::Stop)),
            "{sent:?}"
        );
        assert!(sent.contains(&Command::SetMeter(false)), "{sent:?}");
        assert!(
            window
                .harness
                .query_by_label("Microphone and speaker")
                .is_none()
        );
    }
}

#[test]
fn the_sound_is_heard_while_it_is_tried_and_the_keyboard_alone_goes_in() {
    let mut window = arrived([1280.0, 1200.0]);
    // The devices are asked for by a meter that runs.
    window.settle();
    window.change_all(|snapshot| {
        snapshot.audio.check = bad_state("sound-checked").unwrap().audio.check;
    });
    let go_in = window.harness.get_by_role_and_label(Role::Button, "Go in");
    go_in.focus();
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    window
        .harness
        .get_by_role_and_label(Role::Button, "general");
    // Who was in before is not stopped.
    let again = Window::new(harbour(), WIDE);
    again.harness.get_by_role_and_label(Role::Button, "general");
}

#[test]
fn the_switch_is_there_where_a_keyring_is_and_says_what_it_means() {
    let mut snapshot = harbour();
    let mut window = Window::new(snapshot.clone(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    window
        .harness
        .get_by_label_contains("There is no keyring on this desktop");
    snapshot.keyring.at_once = AtOnce::Off;
    let mut window = Window::new(snapshot, TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    window
        .harness
        .get_by_role_and_label(Role::Switch, AT_ONCE)
        .click();
    window.settle();
    assert!(window.sent().contains(&Command::OpenAtOnce(true)));
    window.change_all(|snapshot| snapshot.keyring.at_once = AtOnce::Changing);
    window
        .harness
        .get_by_label_contains("Asking the system's keyring");
    window.change_all(|snapshot| snapshot.keyring.at_once = AtOnce::On);
    window
        .harness
        .get_by_role_and_label(Role::Switch, AT_ONCE)
        .click();
    window.settle();
    assert!(window.sent().contains(&Command::OpenAtOnce(false)));
    let mut first = arrived([1280.0, 1200.0]);
    first.change_all(|snapshot| snapshot.keyring.at_once = AtOnce::Off);
    first
        .harness
        .get_by_role_and_label(Role::Switch, AT_ONCE)
        .click();
    first.settle();
    assert!(first.sent().contains(&Command::OpenAtOnce(true)));
}

#[test]
fn a_keyring_is_not_waited_for_and_what_it_said_is_shown() {
    let mut snapshot = harbour();
    snapshot.profile = ProfileState::AskingKeyring;
    let mut window = Window::new(snapshot, WIDE);
    window.harness.get_by_label_contains("keyring is asked");
    assert!(window.harness.query_by_label("Password").is_none());
    press(&mut window, "Use the password instead");
    assert_eq!(window.sent(), [Command::UsePassword]);
    window.change_all(|snapshot| {
        snapshot.profile = ProfileState::Locked { error: None };
        snapshot.keyring.problem = Some("The keyring is locked.".to_owned());
    });
    window
        .harness
        .get_by_label_contains("The keyring is locked");
    type_into(&mut window, "Password", "right");
    press(&mut window, "Unlock");
    assert_eq!(window.sent(), [Command::Unlock(Secret::new("right"))]);
}

#[test]
fn who_forgot_the_password_wipes_from_the_unlock_screen_after_a_question() {
    let mut window = Window::new(locked(), WIDE);
    press(&mut window, "Forgot the password?");
    window.harness.get_by_label_contains("Nobody can reset it");
    press(&mut window, "Try another password");
    press(&mut window, "Forgot the password?");
    press(&mut window, "Wipe, then use my recovery key…");
    window.harness.get_by_label_contains("are deleted here");
    press(&mut window, "Wipe");
    assert!(window.sent().is_empty(), "nothing was typed");
    let word = wipe_confirmation();
    let label = format!("Type \u{201c}{word}\u{201d} to go on");
    type_into(&mut window, &label, word);
    press(&mut window, "Wipe");
    let wipe = Command::Wipe(word.to_owned());
    assert_eq!(window.sent(), std::slice::from_ref(&wipe));
    window.change_all(|snapshot| *snapshot = Snapshot::default());
    window.harness.get_by_label("Recovery key");
    let mut window = Window::new(locked(), WIDE);
    press(&mut window, "Forgot the password?");
    press(&mut window, "Wipe this computer…");
    type_into(&mut window, &label, word);
    press(&mut window, "Wipe");
    assert_eq!(window.sent(), [wipe]);
    window.change_all(|snapshot| *snapshot = Snapshot::default());
    window.harness.get_by_label("Invite link");
}

#[test]
fn one_leaves_a_community_and_deletes_the_account_there_after_a_question() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    press(&mut window, "Leave Kiln street and delete my account there");
    window.harness.get_by_label("Leave Kiln street?");
    window
        .harness
        .get_by_label_contains("deleted from the server");
    let leaves = |window: &mut Window| {
        let sent = window.sent();
        let id = window.engine.state.communities[1].id;
        sent.contains(&Command::In(id, CommunityCommand::Leave))
    };
    press(&mut window, "Cancel");
    assert!(!leaves(&mut window));
    press(&mut window, "Leave Kiln street and delete my account there");
    press(&mut window, "Leave");
    assert!(leaves(&mut window));
}

#[test]
fn the_recovery_key_is_copied_before_it_is_confirmed() {
    let words = "roast enter night rain pink foster purse figure emerge canvas online siege";
    let mut snapshot = harbour();
    Arc::make_mut(&mut snapshot.communities[0]).recovery.words = Some(Secret::new(words));
    let mut window = Window::new(snapshot, WIDE);
    press(&mut window, "Show it");
    window
        .harness
        .get_by_role_and_label(Role::Button, "Save to a file…");
    window
        .harness
        .get_by_role_and_label(Role::Button, "Copy")
        .click();
    window.harness.step();
    let output = &window.harness.output().platform_output;
    let copied = output
        .commands
        .iter()
        .any(|command| matches!(command, egui::OutputCommand::CopyText(text) if text == words));
    assert!(copied, "{:?}", output.commands);
}
