//! The recovery key: written down, and used.

use std::sync::Arc;

use dialtone_engine::snapshot::{Here, JoinProgress, Recovering};
use dialtone_engine::{Command, CommunityCommand, DeviceId, Secret, Snapshot};
use dialtone_gui::demo::{harbour, invitation};
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{TALL, WIDE, press, type_into, wishes};

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
        if server == "chat.example.org:7440" && username == "Anna"
            && words.as_ref().is_some_and(|words| words.expose() == WORDS))
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
    let mut window = Window::new(harbour(), TALL);
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

#[test]
fn six_words_that_were_made_here_may_open_the_account_alone() {
    let snapshot = Snapshot {
        invitation: Some(invitation()),
        ..Snapshot::default()
    };
    let mut window = Window::new(snapshot, [1280.0, 1000.0]);
    type_into(&mut window, "Your name", "Tomas");
    press(&mut window, "Make six words for me");
    let role = egui::accesskit::Role::Switch;
    let alone = "Open my account with this password alone";
    window.harness.get_by_role_and_label(role, alone).click();
    window.settle();
    press(&mut window, "Join");
    let sent = window.sent();
    let [
        Command::Join {
            password,
            by_password,
            ..
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    assert!(*by_password && dialtone_engine::is_generated_password(password.expose()));
    press(&mut window, "Choose my own password");
    window.harness.get_by_label("Password");
}

#[test]
fn who_is_in_already_opens_the_community_instead_of_joining_it() {
    let mut snapshot = harbour();
    let id = snapshot.communities[1].id;
    let mut link = invitation();
    link.here = Some(Here::In(id));
    snapshot.invitation = Some(link);
    let mut window = Window::new(snapshot, [1280.0, 1000.0]);
    assert!(window.harness.query_by_label("Password").is_none());
    press(&mut window, "Open it");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::DismissInvitation]),
        "{sent:?}"
    );
    assert_eq!(
        window
            .harness
            .state_mut()
            .as_mut()
            .unwrap()
            .state_mut()
            .community,
        Some(id)
    );
}

#[test]
fn who_has_communities_here_comes_back_to_another_from_the_dialog_of_the_plus() {
    let mut window = Window::new(harbour(), [1280.0, 1000.0]);
    press(&mut window, "Join another community");
    press(&mut window, "I have a recovery key");
    type_into(&mut window, "Server", "chat.example.org:7440");
    type_into(&mut window, "Your name", "Anna");
    type_into(&mut window, "Password", "correct horse battery");
    type_into(&mut window, "Recovery key", "one two three");
    window.sent();
    press(&mut window, "Come back");
    let sent = window.sent();
    assert!(matches!(&sent[..], [Command::Recover { .. }]), "{sent:?}");
    // Once this computer is another device there, the community is shown.
    window.change(|community| community.me.device = DeviceId([77; 32]));
    assert!(window.harness.query_by_label("Recovery key").is_none());
    press(&mut window, "Join another community");
    press(&mut window, "I have an account on another device");
    press(&mut window, "I have a link instead");
    assert!(window.harness.query_by_label("Server").is_none());
}

#[test]
fn who_needs_no_recovery_key_comes_back_without_one() {
    let mut window = Window::new(Snapshot::default(), [1280.0, 1000.0]);
    press(&mut window, "I have a recovery key");
    press(&mut window, "My password alone opens my account");
    assert!(window.harness.query_by_label("Recovery key").is_none());
    type_into(&mut window, "Server", "chat.example.org:7440");
    type_into(&mut window, "Your name", "Anna");
    type_into(&mut window, "Password", "one two three four five six");
    press(&mut window, "Come back");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::Recover { words: None, .. }]),
        "{sent:?}"
    );
}

#[test]
fn that_the_password_opens_the_account_alone_is_switched_off_in_the_settings() {
    let mut window = Window::new(harbour(), [1280.0, 1000.0]);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    let words = "Your password alone opens the account";
    assert!(window.harness.query_by_label(words).is_none());
    window.change(|community| community.recovery.by_password = true);
    window.sent();
    window.harness.get_by_label(words).click();
    window.settle();
    assert!(wishes(window.sent()).contains(&CommunityCommand::ForbidPassword));
}
