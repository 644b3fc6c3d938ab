//! Who is heard by everybody: from a talker's menu and a member's, and what one is told oneself.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Role as Rank, VoiceStanding};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, press, wishes};

/// What was said of voices; it is done.
fn says(window: &mut Window) -> Vec<VoiceStanding> {
    let sent = window.sent();
    for command in sent.clone() {
        window.engine.apply(command);
    }
    window.publish();
    let said = wishes(sent).into_iter().filter_map(|wish| match wish {
        CommunityCommand::SetVoiceStanding { standing, .. } => Some(standing),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_talkers_menu_mutes_for_everyone_and_lets_speak_again() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo, muted");
    press(&mut window, "Mute for everyone");
    assert_eq!(says(&mut window), [VoiceStanding::Muted]);
    let row = window.harness.get_all_by_label("Jo, muted for everyone");
    assert_eq!(row.count(), 2, "in the call, and among the members");
    window.change(|community| community.me.role = Rank::Member);
    assert!(window.harness.query_by_label("Let speak again").is_none());
}

#[test]
fn a_talkers_menu_gives_priority() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo, muted");
    let switch = window
        .harness
        .get_by_role_and_label(Role::Switch, "Priority speaker");
    switch.click();
    window.settle();
    assert_eq!(says(&mut window), [VoiceStanding::Priority]);
}

#[test]
fn a_members_menu_does_the_same_and_a_plain_member_has_no_such_choice() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Tomas, away");
    press(&mut window, "Mute for everyone");
    assert_eq!(says(&mut window), [VoiceStanding::Muted]);
    press(&mut window, "Tomas, away, muted for everyone");
    press(&mut window, "Let speak again");
    assert_eq!(says(&mut window), [VoiceStanding::Ordinary]);
    window.change(|community| community.me.role = Rank::Member);
    press(&mut window, "Tomas, away");
    assert!(window.harness.query_by_label("Mute for everyone").is_none());
}

#[test]
fn why_somebody_is_not_heard_is_said_at_once_and_in_their_menu() {
    let mut window = Window::new(bad_state("withheld").unwrap(), WIDE);
    let words = "Mikael, not heard: nothing shows that it is their voice";
    let row = window.harness.get_by_label(words);
    assert_eq!(row.accesskit_node().live(), Live::Assertive);
    press(&mut window, words);
    window
        .harness
        .get_by_label_contains("their device has not signed what comes");
}

#[test]
fn who_is_muted_is_told_in_the_voice_bar() {
    let window = Window::new(bad_state("silenced").unwrap(), WIDE);
    window
        .harness
        .get_by_label("An admin muted you (Mikael): nobody hears you");
    let talker = window.harness.get_all_by_label("Anna, muted for everyone");
    assert!(talker.count() > 0);
}
