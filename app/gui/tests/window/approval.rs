//! One device adds another: asked, compared, told.

use dialtone_engine::snapshot::{ApprovalStage, Asking};
use dialtone_engine::{Command, CommunityCommand, Snapshot};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{WIDE, press, type_into, wishes};

const CODE: &str = "Code 2 0 4 7 1 8";

fn asked() -> Snapshot {
    bad_state("asked").expect("a state of this name")
}

#[test]
fn a_new_device_that_asks_cannot_be_missed_and_enter_alone_does_nothing() {
    let mut window = Window::new(harbour(), WIDE);
    window.change_all(|snapshot| snapshot.communities = asked().communities);
    window
        .harness
        .get_by_label("A new device asks to be added to your account");
    window
        .harness
        .get_by_label_contains("It calls itself \"Linux computer\"");
    window.harness.get_by_label_contains("Asked at");
    window.harness.get_by_label_contains("knows your password");
    window.sent();
    // Whoever is just writing presses Enter: nothing is decided, and the question is still there.
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(wishes(window.sent()).is_empty());
    window
        .harness
        .get_by_label("A new device asks to be added to your account.");
    press(&mut window, "Look");
    press(&mut window, "Refuse");
    let refused = CommunityCommand::Approve(false);
    assert!(wishes(window.sent()).contains(&refused));
}

#[test]
fn the_code_is_compared_and_what_follows_is_shown() {
    let mut window = Window::new(asked(), WIDE);
    press(&mut window, "It is mine, go on");
    assert!(wishes(window.sent()).contains(&CommunityCommand::Approve(true)));
    window.change(|community| {
        community.approval.as_mut().unwrap().stage = ApprovalStage::Waiting;
    });
    window.harness.get_by_label("One moment");
    window
        .change_all(|snapshot| snapshot.communities = bad_state("comparing").unwrap().communities);
    window.harness.get_by_label(CODE);
    press(&mut window, "They are the same");
    let same = CommunityCommand::CompareCode { same: true };
    assert!(wishes(window.sent()).contains(&same));
    window
        .change_all(|snapshot| snapshot.communities = bad_state("confirmed").unwrap().communities);
    window.harness.get_by_label("Waiting for the new device");
    // It is over: the dialog goes by itself.
    window.change(|community| community.approval = None);
    assert!(
        window
            .harness
            .query_by_label("Waiting for the new device")
            .is_none()
    );
}

#[test]
fn codes_that_differ_are_told_to_the_engine() {
    let mut window = Window::new(bad_state("comparing").unwrap(), WIDE);
    press(&mut window, "They differ");
    let differ = CommunityCommand::CompareCode { same: false };
    assert!(wishes(window.sent()).contains(&differ));
}

#[test]
fn whoever_wants_it_compares_the_whole() {
    let snapshot = bad_state("comparing").unwrap();
    let approval = snapshot.communities[0].approval.as_ref().unwrap();
    let ApprovalStage::Compare(code) = approval.stage.clone() else {
        unreachable!()
    };
    let mut window = Window::new(snapshot, WIDE);
    press(&mut window, "Compare more than six digits");
    window
        .harness
        .get_by_role_and_label(Role::Image, "The whole code as a picture");
    let field = "The line of the other device";
    type_into(&mut window, field, "x");
    window.harness.get_by_label("They differ.");
    window.harness.get_by_label(field).focus();
    window.settle();
    window.harness.key_press(Key::Backspace);
    window.settle();
    type_into(&mut window, field, &format!("{} ", code.whole));
    window.harness.get_by_label("They are the same.");
}

#[test]
fn a_new_computer_asks_from_the_first_screen_and_compares() {
    let mut window = Window::new(Snapshot::default(), WIDE);
    press(&mut window, "I have an account on another device");
    type_into(&mut window, "Server", "chat.example.org:7440");
    type_into(&mut window, "Your name", "Anna");
    type_into(&mut window, "Password", "flint kestrel boat");
    press(&mut window, "Ask the other device");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::AskApproval { server, username, .. }]
        if server == "chat.example.org:7440" && username == "Anna")
    );
    let show = |window: &mut Window, asking| {
        window.change_all(|snapshot| snapshot.asking = Some(asking));
    };
    show(&mut window, Asking::Waiting { online: false });
    window
        .harness
        .get_by_label_contains("None of your other devices is connected");
    show(&mut window, Asking::Waiting { online: true });
    window.harness.get_by_label_contains("Go on there");
    press(&mut window, "Cancel");
    assert_eq!(window.sent(), [Command::DismissAsking]);
    show(&mut window, bad_state("codes").unwrap().asking.unwrap());
    window.harness.get_by_label(CODE);
    press(&mut window, "They differ");
    assert_eq!(window.sent(), [Command::CompareCode { same: false }]);
    press(&mut window, "They are the same");
    assert_eq!(window.sent(), [Command::CompareCode { same: true }]);
    show(&mut window, Asking::Confirmed);
    window.harness.get_by_label("Waiting for the other device");
    show(
        &mut window,
        bad_state("ask-failed").unwrap().asking.unwrap(),
    );
    window.harness.get_by_label_contains("has refused");
    press(&mut window, "I have a recovery key instead");
    window.harness.get_by_label("Recovery key");
    assert_eq!(window.sent(), [Command::DismissAsking]);
}

#[test]
fn the_code_is_reached_and_answered_by_the_keyboard_alone() {
    let mut window = Window::new(bad_state("codes").unwrap(), WIDE);
    let focused = |window: &Window, label: &str| {
        let button = window.harness.get_by_role_and_label(Role::Button, label);
        button.is_focused()
    };
    for _ in 0..8 {
        if focused(&window, "They are the same") {
            break;
        }
        window
            .harness
            .key_press_modifiers(Modifiers::NONE, Key::Tab);
        window.settle();
    }
    assert!(focused(&window, "They are the same"));
    window.harness.key_press(Key::Space);
    window.settle();
    assert_eq!(window.sent(), [Command::CompareCode { same: true }]);
}

/// Passes that a frame takes once nothing changes any more.
fn passes(window: &mut Window) -> u64 {
    window.settle();
    let before = window.harness.ctx.cumulative_pass_nr();
    for _ in 0..5 {
        window.harness.step();
    }
    window.harness.ctx.cumulative_pass_nr() - before
}

#[test]
fn every_state_of_it_comes_to_rest() {
    let waiting = |online| Snapshot {
        asking: Some(Asking::Waiting { online }),
        ..Snapshot::default()
    };
    let mut states = vec![waiting(false), waiting(true)];
    states.extend(
        ["codes", "ask-failed", "asked", "comparing", "confirmed"]
            .map(|name| bad_state(name).expect("a state of this name")),
    );
    for (number, state) in states.into_iter().enumerate() {
        let mut window = Window::new(state, WIDE);
        assert_eq!(passes(&mut window), 5, "state {number}");
        window.harness.hover_at(egui::pos2(640.0, 400.0));
        assert_eq!(passes(&mut window), 5, "state {number}, under the pointer");
    }
}
