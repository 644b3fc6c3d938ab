//! People: who knocks, roles, removal, and being out oneself.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Connection, Role as Rank};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{WIDE, press, wishes};

#[test]
fn members_get_roles_and_are_removed_only_after_a_question() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo");
    window.harness.get_by_label_contains("nvited by");
    press(&mut window, "Make an admin");
    let sent = wishes(window.sent());
    assert!(sent.iter().any(|wish| matches!(
        wish,
        CommunityCommand::ChangeRole {
            role: Rank::Admin,
            ..
        }
    )));
    press(&mut window, "Jo");
    press(&mut window, "Remove…");
    assert!(wishes(window.sent()).is_empty());
    window.harness.get_by_label("Remove Jo?");
    let switch = Role::Switch;
    let ban = window
        .harness
        .get_by_role_and_label(switch, "Ban this account");
    ban.click();
    window.settle();
    press(&mut window, "Remove");
    let sent = wishes(window.sent());
    assert!(matches!(
        sent[..],
        [CommunityCommand::RemoveMember { ban: true, .. }]
    ));
}

#[test]
fn who_is_out_is_told_and_cannot_write() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        community.call = None;
        community.connection = Connection::Removed {
            reason: "Mikael has removed you from this community.".to_owned(),
        };
    });
    window
        .harness
        .get_by_label_contains("Mikael has removed you");
    window
        .harness
        .get_by_label_contains("You are no member here any more");
}

#[test]
fn who_knocks_is_let_in_without_a_question_only_where_an_admin_wants_it() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    let label = "Let in whoever knocks at Harbour crew";
    let switch = Role::Switch;
    window.harness.get_by_role_and_label(switch, label).click();
    window.settle();
    let wanted = wishes(window.sent());
    assert!(wanted.contains(&CommunityCommand::AdmitAutomatically(true)));
    window.change(|community| {
        community.admits_automatically = false;
        community.me.role = Rank::Member;
    });
    assert!(window.harness.query_by_label(label).is_none());
}

#[test]
fn somebody_who_knocks_is_let_in() {
    let mut window = Window::new(bad_state("alarm").unwrap(), WIDE);
    window.harness.get_by_label_contains("Nothing is sent here");
    press(&mut window, "Look");
    let button = window.harness.get_all_by_label("Let in").next();
    button.expect("a button").click();
    window.settle();
    assert!(
        wishes(window.sent())
            .iter()
            .any(|wish| matches!(wish, CommunityCommand::Admit(_)))
    );
}

#[test]
fn a_server_that_was_put_back_says_so_and_leads_to_where_one_begins_anew() {
    let mut window = Window::new(bad_state("put-back").unwrap(), WIDE);
    window.harness.get_by_label_contains("older backup");
    press(&mut window, "Begin anew…");
    window.harness.get_by_label("Forget Harbour crew");
}

#[test]
fn safety_words_are_shown_and_a_comparison_is_remembered() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo");
    press(&mut window, "Compare safety words…");
    window.serve();
    window.settle();
    window
        .harness
        .get_by_label_contains("roast      enter      night      rain");
    window.harness.get_by_label_contains("entry 57");
    window.sent();
    press(&mut window, "They are the same");
    let sent = wishes(window.sent());
    assert!(matches!(
        sent[..],
        [CommunityCommand::SetVerified { verified: true, .. }]
    ));
    window.change(|community| {
        let mut members = community.members.iter_mut();
        members.find(|one| one.name == "Jo").unwrap().verified = true;
    });
    press(&mut window, "Jo, verified");
}
