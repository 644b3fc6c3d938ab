//! The community's affairs: its history, its invites, people's cards, channels' settings.

use dialtone_engine::snapshot::ChronicleKind;
use dialtone_engine::{Command, CommunityCommand, PeopleCommand};
use dialtone_gui::demo::harbour;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{WIDE, press, type_into, wishes};

fn people(commands: Vec<Command>) -> Vec<PeopleCommand> {
    let wishes = wishes(commands).into_iter();
    wishes
        .filter_map(|wish| match wish {
            CommunityCommand::People(wish) => Some(wish),
            _ => None,
        })
        .collect()
}

#[test]
fn the_history_is_shown_searched_and_let_go() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "History of the community");
    window.serve();
    window.harness.get_by_label("Anna founded the community.");
    window
        .harness
        .get_by_label_contains("Sold somebody else's mooring");
    window.harness.get_by_label("Entry 57");
    type_into(&mut window, "Find", "device");
    window.serve();
    window.harness.get_by_label("Jo added a device.");
    assert!(
        window
            .harness
            .query_by_label("Anna founded the community.")
            .is_none()
    );
    let what = "What is shown";
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, what)
        .click();
    window.settle();
    window.harness.get_by_label("Invites").click();
    window.settle();
    let sent = people(window.sent());
    assert!(
        matches!(&sent[..], [PeopleCommand::ShowChronicle(Some(filter))]
            if filter.kind == Some(ChronicleKind::Invites) && filter.text == "device"),
        "{sent:?}"
    );
    press(&mut window, "Close");
    assert_eq!(people(window.sent()), [PeopleCommand::ShowChronicle(None)]);
}

#[test]
fn an_invite_is_shown_with_who_came_and_taken_back() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Invite people");
    press(&mut window, "All invites");
    window.serve();
    window.harness.get_by_label("Mikael · 1 of 5 used");
    window.harness.get_by_label("Used by Jo");
    assert!(window.harness.query_by_label_contains("Used up").is_none());
    press(&mut window, "Show the one that is over");
    window.harness.get_by_label_contains("Used up");
    press(&mut window, "Take back entry 52");
    let sent = people(window.sent());
    assert!(
        matches!(sent[..], [PeopleCommand::RevokeInvite(_)]),
        "{sent:?}"
    );
    press(&mut window, "New invite");
    assert_eq!(people(window.sent()), [PeopleCommand::ShowInvites(false)]);
    press(&mut window, "Make link");
    window.serve();
    super::wait_for(&mut window, "dialtone://harbour.example");
    press(&mut window, "Show as code");
    window.harness.get_by_label("The link as a QR code");
}

#[test]
fn a_card_tells_who_somebody_is_and_lets_one_ignore_them() {
    let mut snapshot = harbour();
    let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
    let mut members = community.members.iter_mut();
    let jo = members.find(|one| one.name == "Jo").unwrap();
    jo.looks_like = Some("J0".to_owned());
    let mut window = Window::new(snapshot, WIDE);
    press(&mut window, "Jo, a name like another's");
    press(&mut window, "Profile…");
    window
        .harness
        .get_by_label_contains("has nearly the same name");
    window.harness.get_by_label("invited by Mikael. Entry 27.");
    window
        .harness
        .get_by_label("One device, added with entry 27.");
    window
        .harness
        .get_by_label_contains("You have not compared safety words");
    press(&mut window, "Ignore");
    window.serve();
    window.harness.get_by_label_contains("You ignore them");
    press(&mut window, "Listen to them again");
    let sent = people(window.sent());
    assert!(
        matches!(sent[..], [PeopleCommand::Ignore { on: false, .. }]),
        "{sent:?}"
    );
}

#[test]
fn one_calls_oneself_otherwise() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Anna, founder");
    press(&mut window, "Profile…");
    press(&mut window, "Change your name");
    type_into(&mut window, "Your name here", " of the pier");
    press(&mut window, "Save");
    let wanted = PeopleCommand::Rename("Anna of the pier".to_owned());
    assert_eq!(people(window.sent()), [wanted]);
}

#[test]
fn a_reason_goes_with_a_removal() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo");
    press(&mut window, "Remove…");
    type_into(&mut window, "Why (they and all members read it)", "Spam.");
    press(&mut window, "Remove");
    let sent = people(window.sent());
    assert!(
        matches!(&sent[..], [PeopleCommand::Remove { reason, ban: false, .. }] if reason == "Spam."),
        "{sent:?}"
    );
}

#[test]
fn a_channel_gets_a_topic_and_a_heading() {
    let mut window = Window::new(harbour(), WIDE);
    let row = window
        .harness
        .get_by_role_and_label(Role::Button, "race-planning");
    row.click_secondary();
    window.settle();
    press(&mut window, "Channel settings…");
    type_into(&mut window, "Topic", "Sundays at ten");
    type_into(&mut window, "Heading in the list", "Boats");
    press(&mut window, "Save");
    window.serve();
    window.harness.get_by_label("BOATS");
    let community = &window.engine.state.communities[0];
    let mut channels = community.channels.iter();
    let found = channels.find(|one| one.name.as_deref() == Some("race-planning"));
    assert_eq!(found.unwrap().topic, "Sundays at ten");
}
