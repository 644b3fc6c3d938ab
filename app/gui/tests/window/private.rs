//! Private channels and direct conversations in the window.

use dialtone_engine::snapshot::Role as Rank;
use dialtone_engine::{CommunityCommand, PrivateCommand};
use dialtone_gui::demo::harbour;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{WIDE, press, wishes};

fn asked(window: &mut Window) -> Vec<PrivateCommand> {
    let private = |wish| match wish {
        CommunityCommand::Private(wish) => Some(wish),
        _ => None,
    };
    wishes(window.sent())
        .into_iter()
        .filter_map(private)
        .collect()
}

fn choose(window: &mut Window, name: &str) {
    let role = Role::CheckBox;
    window.harness.get_by_role_and_label(role, name).click();
    window.settle();
}

fn types(window: &mut Window, field: &str, text: &str) {
    let role = Role::TextInput;
    let field = window.harness.get_by_role_and_label(role, field);
    field.focus();
    field.type_text(text);
    window.settle();
}

#[test]
fn a_private_channel_is_made_for_chosen_people() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Create channel");
    window.harness.get_by_label_contains("All members can read");
    let role = Role::RadioButton;
    let private = window.harness.get_by_role_and_label(role, "Private");
    private.click();
    window.settle();
    window.harness.get_by_label_contains("Only the people whom");
    types(&mut window, "Channel name", "regatta-jury");
    choose(&mut window, "Saga");
    choose(&mut window, "Jo");
    choose(&mut window, "Jo");
    press(&mut window, "Create");
    let sent = asked(&mut window);
    let [PrivateCommand::Create { name, accounts, .. }] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!((name.as_str(), accounts.len()), ("regatta-jury", 1));
}

#[test]
fn who_is_no_admin_makes_private_channels_alone() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| community.me.role = Rank::Member);
    press(&mut window, "Create channel");
    window.harness.get_by_label_contains("Only the people whom");
    assert!(window.harness.query_by_label("Everybody").is_none());
}

#[test]
fn a_conversation_is_opened_from_the_members_and_shows_who_reads_it() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Tomas, away");
    press(&mut window, "Message");
    let sent = asked(&mut window);
    assert!(matches!(&sent[..], [PrivateCommand::Message(with)] if with.len() == 1));
    window.change(|community| {
        let mut channels = community.channels.iter();
        let talk = channels.find(|one| one.name.as_deref() == Some("Mikael"));
        community.open = talk.map(|talk| talk.id);
    });
    window.harness.get_by_label("In this conversation");
    window.harness.get_by_label_contains("only you and they");
    // There is nothing to change about it but what one is told of it.
    press(&mut window, "Channel menu");
    window
        .harness
        .get_by_label("As in the settings (every message)");
    assert!(window.harness.query_by_label("Rename channel").is_none());
}

#[test]
fn people_are_added_and_taken_out_and_one_leaves_after_a_question() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        let mut channels = community.channels.iter();
        let committee = channels.find(|one| one.name.as_deref() == Some("committee"));
        community.open = committee.map(|committee| committee.id);
    });
    press(&mut window, "Channel menu");
    press(&mut window, "Add people…");
    window.harness.get_by_label("Add people to committee");
    let role = Role::CheckBox;
    let offered = window.harness.get_all_by_role(role).count();
    assert_eq!(offered, 3, "who is in it is not offered");
    choose(&mut window, "Tomas, away");
    press(&mut window, "Add");
    let sent = asked(&mut window);
    assert!(matches!(&sent[..], [PrivateCommand::Add { accounts, .. }] if accounts.len() == 1));
    press(&mut window, "Saga");
    press(&mut window, "Take out of this channel");
    let sent = asked(&mut window);
    assert!(matches!(&sent[..], [PrivateCommand::TakeOut { .. }]));
    press(&mut window, "Channel menu");
    press(&mut window, "Leave channel…");
    assert!(asked(&mut window).is_empty());
    window.harness.get_by_label("Leave committee?");
    press(&mut window, "Leave");
    let sent = asked(&mut window);
    assert!(matches!(&sent[..], [PrivateCommand::Leave(_)]));
}

#[test]
fn people_to_choose_stand_under_who_is_here_and_are_found_by_name() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        for number in 1..=8 {
            let mut more = community.members[1].clone();
            more.account = dialtone_engine::AccountId([100 + number; 32]);
            more.name = format!("Guest {number}");
            community.members.push(more);
        }
    });
    press(&mut window, "Create channel");
    let role = Role::RadioButton;
    let private = window.harness.get_by_role_and_label(role, "Private");
    private.click();
    window.settle();
    for group in ["Online", "Offline"] {
        window.harness.get_by_role_and_label(Role::Group, group);
    }
    let offered = |window: &Window| window.harness.query_all_by_role(Role::CheckBox).count();
    assert!(offered(&window) > 3);
    types(&mut window, "Find somebody", "guest 7");
    assert_eq!(offered(&window), 1);
    choose(&mut window, "Guest 7");
    window.harness.get_by_label("1 person is chosen.");
    types(&mut window, "Find somebody", "x");
    assert_eq!(offered(&window), 0);
    window.harness.get_by_label("Nobody here is called so.");
}
