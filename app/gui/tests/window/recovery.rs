//! The recovery key: written down, and used.

use std::sync::Arc;

use dialtone_engine::snapshot::{JoinProgress, Recovering};
use dialtone_engine::{Command, CommunityCommand, Secret, Snapshot};
use dialtone_gui::demo::harbour;
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{WIDE, press, type_into, wishes};

const WORDS: &str = "roast enter night rain pink foster purse figure emerge canvas online siege";

#[test]
fn the_recovery_key_is_shown_and_forgotten_once_two_words_are_right() {
    let mut snapshot = harbour();
    Arc::make_mut(&mut snapshot.communities[0]).recovery.words = Some(Secret::new(WORDS));
    let mut window = Window::new(snapshot, WIDE);
    press(&mut window, "Show it");
    window.harness.get_by_label_contains("1 roast");
    window.harness.get_by_label_contains("12 siege");
    press(&mut window, "I have written it down");
    type_into(&mut window, "Word 4", "rain");
    type_into(&mut window, "Word 9", "another");
    press(&mut window, "Done");
    let confirmed = CommunityCommand::ConfirmRecovery;
    assert!(!wishes(window.sent()).contains(&confirmed));
    window.harness.get_by_label_contains("another word than");
    press(&mut window, "Show it again");
    press(&mut window, "I have written it down");
    for _ in 0.."another".len() {
        window.harness.get_by_label("Word 9").focus();
        window.settle();
        window.harness.key_press(egui::Key::Backspace);
        window.settle();
    }
    type_into(&mut window, "Word 9", "EMERGE ");
    press(&mut window, "Done");
    assert!(wishes(window.sent()).contains(&confirmed));
}

#[test]
fn who_has_a_recovery_key_comes_back_from_the_first_screen() {
    let mut window = Window::new(Snapshot::default(), WIDE);
    press(&mut window, "I have a recovery key");
    type_into(&mut window, "Server", "chat.example.org:7440");
    type_into(&mut window, "Your name", "Anna");
    type_into(&mut window, "Password", "flint kestrel boat");
    type_into(&mut window, "Recovery key", WORDS);
    press(&mut window, "Come back");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::Recover { server, username, words, .. }]
        if server == "chat.example.org:7440" && username == "Anna" && words.expose() == WORDS)
    );
    window.change_all(|snapshot| {
        snapshot.recovering = Some(Recovering {
            progress: JoinProgress::Failed("The name or the password is wrong.".to_owned()),
        });
    });
    window
        .harness
        .get_by_label_contains("name or the password is wrong");
    press(&mut window, "I have a link instead");
    window.harness.get_by_label("Invite link");
}

#[test]
fn devices_are_listed_and_taken_out_only_after_a_question() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    window
        .harness
        .get_by_label_contains("Linux computer · this one");
    window.harness.get_by_label_contains("Mac · last seen");
    press(&mut window, "Take Mac out");
    window.harness.get_by_label("Take Mac out?");
    press(&mut window, "Take it out");
    let sent = wishes(window.sent());
    let revokes = |wish: &CommunityCommand| matches!(wish, CommunityCommand::RevokeDevice(_));
    assert_eq!(sent.iter().filter(|wish| revokes(wish)).count(), 1);
}
