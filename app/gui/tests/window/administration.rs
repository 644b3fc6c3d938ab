//! The community's affairs: its history, its invites, people's cards, channels' settings.

use dialtone_engine::snapshot::ChronicleKind;
use dialtone_engine::{Command, CommunityCommand, PeopleCommand};
use dialtone_gui::demo::harbour;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::common::Window;
use super::{TALL, WIDE, press, type_into, wishes};

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
    let mut window = Window::new(snapshot, [1280.0, 1100.0]);
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

#[test]
fn a_heading_folds_and_the_keyboard_puts_a_channel_elsewhere() {
    let mut snapshot = harbour();
    let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
    for at in [1, 2] {
        let channel = std::sync::Arc::make_mut(&mut community.channels[at]);
        channel.category = "Boats".to_owned();
        channel.unread = 0;
    }
    let mut window = Window::new(snapshot, WIDE);
    let row = window
        .harness
        .get_by_role_and_label(Role::Button, "boat-yard");
    row.focus();
    window.settle();
    window
        .harness
        .key_press_modifiers(egui::Modifiers::ALT, egui::Key::ArrowUp);
    window.settle();
    window.serve();
    let names: Vec<_> = {
        let channels = &window.engine.state.communities[0].channels;
        channels
            .iter()
            .filter_map(|one| one.name.clone())
            .take(3)
            .collect()
    };
    assert_eq!(names, ["general", "boat-yard", "race-planning"]);
    press(&mut window, "BOATS");
    window.serve();
    assert!(window.harness.query_by_label("boat-yard").is_none());
    press(&mut window, "BOATS");
    window.serve();
    window.harness.get_by_label("boat-yard");
}

#[test]
fn a_channel_is_put_elsewhere_by_hand() {
    let mut window = Window::new(harbour(), WIDE);
    let middle = |window: &Window, name: &str| {
        let row = window.harness.get_by_role_and_label(Role::Button, name);
        row.rect().center()
    };
    let (from, to) = (middle(&window, "boat-yard"), middle(&window, "general"));
    window.harness.drag_at(from);
    window.settle();
    window.harness.hover_at(to - egui::vec2(0.0, 6.0));
    window.settle();
    window.harness.drop_at(to - egui::vec2(0.0, 6.0));
    window.settle();
    let sent = people(window.sent());
    assert!(
        matches!(
            &sent[..],
            [PeopleCommand::PlaceChannel {
                before: Some(_),
                ..
            }]
        ),
        "{sent:?}"
    );
}

#[test]
fn this_computer_is_wiped_only_after_a_word_is_typed() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    press(&mut window, "Wipe this computer…");
    let wipe = window.harness.get_by_role_and_label(Role::Button, "Wipe");
    assert!(wipe.accesskit_node().is_disabled());
    type_into(&mut window, "Type \u{201c}wipe\u{201d} to go on", "wipe");
    press(&mut window, "Wipe");
    let sent = window.sent();
    assert!(sent.contains(&Command::Wipe("wipe".to_owned())), "{sent:?}");
}

#[test]
fn a_press_on_a_picture_or_a_name_shows_who_wrote() {
    let mut window = Window::new(harbour(), WIDE);
    let picture = window.harness.get_by_label("Picture of Mikael").rect();
    for at in [
        picture.center(),
        picture.right_top() + egui::vec2(20.0, 8.0),
    ] {
        window.harness.drag_at(at);
        window.settle();
        window.harness.drop_at(at);
        window.settle();
        window.harness.get_by_label("invited by Anna. Entry 18.");
        press(&mut window, "Close");
    }
}

#[test]
fn ones_history_is_taken_along_after_a_warning() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    press(&mut window, "Take your history of Harbour crew along…");
    window.harness.get_by_label_contains("is not sealed");
    press(&mut window, "Write it");
    window.serve();
    window
        .harness
        .get_by_label_contains("1204 messages and 38 files are in ~/Downloads");
}

#[test]
fn keys_are_locked_by_themselves_only_where_one_wants_it() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    window.harness.get_by_label("15 min").click();
    window.settle();
    let sent = window.sent();
    let is_set =
        |command: &Command| matches!(command, Command::SetLook(look) if look.lock_after_min == 15);
    assert!(sent.iter().any(is_set), "{sent:?}");
}

#[test]
fn a_password_is_changed_once_both_new_ones_are_the_same() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    let change = window.harness.get_all_by_label("Change password…").next();
    change.expect("a button").click();
    window.settle();
    type_into(&mut window, "Password until now", "flint kestrel boat");
    type_into(&mut window, "New password", "another boat");
    type_into(&mut window, "New password again", "another boot");
    window
        .harness
        .get_by_label("This is not the same as above.");
    let button = window.harness.get_by_role_and_label(Role::Button, "Change");
    assert!(button.accesskit_node().is_disabled());
    window.harness.key_press(egui::Key::Backspace);
    window.harness.key_press(egui::Key::Backspace);
    window.settle();
    type_into(&mut window, "New password again", "at");
    press(&mut window, "Change");
    let sent = window.sent();
    assert!(
        sent.iter()
            .any(|one| matches!(one, Command::ChangePassword { old, new, .. }
            if old.expose() == "flint kestrel boat" && new.expose() == "another boat")),
        "{sent:?}"
    );
}
