//! The window by label and role, as a screen reader and the end-to-end scripts find it.

mod about;
mod accessible;
mod administration;
mod approval;
#[cfg(target_os = "linux")]
#[path = "../../../desktop/tests/services/bus.rs"]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod bus;
mod common;
mod composer;
mod desktop;
mod every_day;
mod files;
mod finding;
mod hints;
mod keyboard;
mod keys;
mod look;
mod messages;
mod moving;
#[cfg(target_os = "linux")]
mod notified;
mod people;
mod pictures;
mod private;
mod quality;
mod recovery;
mod rules;
mod scenes;
mod settings;
mod shortcuts;
mod voice_meter;
mod voices;

use common::Window;
use dialtone_engine::settings::TalkMode;
use dialtone_engine::snapshot::{Connection, ProfileState, Sending};
use dialtone_engine::{Command, CommunityCommand, Snapshot};
use dialtone_gui::demo::{BAD_STATES, bad_state, harbour, invitation};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

const WIDE: [f32; 2] = [1280.0, 800.0];
/// So tall that a page of the settings is seen whole.
const TALL: [f32; 2] = [1280.0, 2400.0];

fn type_into(window: &mut Window, label: &str, text: &str) {
    let find = |window: &Window| {
        window
            .harness
            .query_by_role_and_label(Role::TextInput, label)
            .or_else(|| {
                window
                    .harness
                    .query_by_role_and_label(Role::PasswordInput, label)
            })
            .or_else(|| {
                window
                    .harness
                    .query_by_role_and_label(Role::MultilineTextInput, label)
            })
            .map(|node| node.focus())
            .is_some()
    };
    assert!(find(window), "no field {label}");
    window.settle();
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.settle();
}

/// Presses a key, and lets the window follow.
fn key(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
}

/// Writes where the keyboard is.
fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.settle();
}

fn press(window: &mut Window, label: &str) {
    window
        .harness
        .get_by_role_and_label(Role::Button, label)
        .click();
    window.settle();
}

/// Lets the window run until some words are there, which come by an event that another thread hands over.
fn wait_for(window: &mut Window, words: &str) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while window.harness.query_by_label_contains(words).is_none() {
        assert!(std::time::Instant::now() < until, "never shown: {words}");
        window.serve();
        window.settle();
        std::thread::yield_now();
    }
}

fn wishes(commands: Vec<Command>) -> Vec<CommunityCommand> {
    commands
        .into_iter()
        .filter_map(|command| match command {
            Command::In(_, wish) => Some(wish),
            _ => None,
        })
        .collect()
}

#[test]
fn joining_takes_name_and_password() {
    let snapshot = Snapshot {
        invitation: Some(invitation()),
        ..Snapshot::default()
    };
    let mut window = Window::new(snapshot, WIDE);
    window.harness.get_by_label_contains("The link is genuine");
    press(&mut window, "Join");
    assert!(window.sent().is_empty(), "an empty form must not join");
    window.harness.get_by_label_contains("Choose the name");
    type_into(&mut window, "Your name", "Tomas");
    type_into(&mut window, "Password", "flint kestrel boat");
    press(&mut window, "Join");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::Join { username, password, community_name: None, by_password: false }]
            if username == "Tomas" && password.expose() == "flint kestrel boat"),
        "{sent:?}"
    );
}

#[test]
fn a_founder_names_the_community() {
    let snapshot = bad_state("founding").map(|mut snapshot| {
        if let Some(invitation) = &mut snapshot.invitation {
            invitation.progress = dialtone_engine::snapshot::JoinProgress::Ready;
        }
        snapshot
    });
    let mut window = Window::new(snapshot.unwrap(), WIDE);
    type_into(&mut window, "Community name", "Harbour crew");
    type_into(&mut window, "Your name", "Anna");
    type_into(&mut window, "Password", "flint kestrel boat");
    window.harness.key_press(Key::Enter);
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::Join { community_name: Some(name), .. }] if name == "Harbour crew")
    );
}

#[test]
fn a_refused_link_cannot_be_joined() {
    let mut window = Window::new(bad_state("refused").unwrap(), WIDE);
    assert!(
        window
            .harness
            .query_by_role_and_label(Role::Button, "Join")
            .is_none()
    );
    press(&mut window, "Check again");
    assert!(matches!(&window.sent()[..], [Command::InspectLink(_)]));
}

#[test]
fn welcome_takes_a_link() {
    let mut window = Window::new(Snapshot::default(), WIDE);
    type_into(&mut window, "Invite link", " dialtone://x ");
    press(&mut window, "Continue");
    assert_eq!(
        window.sent(),
        [Command::InspectLink("dialtone://x".to_owned())]
    );
}

#[test]
fn unlocking_says_what_went_wrong_and_tries_again() {
    let mut snapshot = harbour();
    snapshot.profile = ProfileState::Locked { error: None };
    let mut window = Window::new(snapshot, WIDE);
    type_into(&mut window, "Password", "wrong");
    press(&mut window, "Unlock");
    window.serve();
    window
        .harness
        .get_by_label_contains("This password does not open");
    type_into(&mut window, "Password", "right");
    press(&mut window, "Unlock");
    window.serve();
    window
        .harness
        .get_by_role_and_label(Role::Button, "general");
}

#[test]
fn enter_sends_and_the_message_appears() {
    let mut window = Window::new(harbour(), WIDE);
    type_into(&mut window, "Message #general", "Hello harbour");
    window.harness.key_press(Key::Enter);
    window.settle();
    let sent = window.sent();
    assert!(
        wishes(sent.clone()).iter().any(|wish| matches!(wish,
            CommunityCommand::Submit { text, .. } if text == "Hello harbour")),
        "{sent:?}"
    );
    for command in sent {
        window.engine.apply(command);
    }
    window.publish();
    window.harness.get_by_label("Hello harbour");
}

#[test]
fn shift_enter_begins_a_line_and_drafts_stay_with_their_channel() {
    let mut window = Window::new(harbour(), WIDE);
    type_into(&mut window, "Message #general", "one");
    window
        .harness
        .key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    window.settle();
    window.harness.event(egui::Event::Text("two".to_owned()));
    window.settle();
    assert!(
        !wishes(window.sent())
            .iter()
            .any(|wish| matches!(wish, CommunityCommand::Submit { .. }))
    );
    press(&mut window, "boat-yard");
    window.serve();
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #boat-yard");
    press(&mut window, "general");
    window.serve();
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #general");
    assert_eq!(field.value().as_deref(), Some("one\ntwo"));
}

#[test]
fn slash_shows_commands_and_tab_completes() {
    let mut window = Window::new(harbour(), WIDE);
    type_into(&mut window, "Message #general", "/voice l");
    window.harness.get_by_label("/voice leave");
    window.harness.key_press(Key::Tab);
    window.settle();
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #general");
    assert_eq!(field.value().as_deref(), Some("/voice leave"));
}

#[test]
fn channels_are_made_renamed_and_deleted_only_after_a_question() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Create channel");
    type_into(&mut window, "Channel name", "regatta");
    press(&mut window, "Create");
    assert!(
        wishes(window.sent()).contains(&CommunityCommand::CreateChannel {
            name: "regatta".to_owned(),
            voice: false
        })
    );
    press(&mut window, "Channel menu");
    press(&mut window, "Delete channel");
    window.harness.get_by_label_contains("Delete #general?");
    assert!(
        !wishes(window.sent())
            .iter()
            .any(|wish| matches!(wish, CommunityCommand::DeleteChannel(_)))
    );
    press(&mut window, "Delete");
    assert!(
        wishes(window.sent())
            .iter()
            .any(|wish| matches!(wish, CommunityCommand::DeleteChannel(_)))
    );
}

#[test]
fn an_invite_that_fails_says_why_and_can_be_tried_again() {
    let mut window = Window::new(bad_state("offline").expect("a known state"), WIDE);
    press(&mut window, "Invite people");
    press(&mut window, "Make link");
    wait_for(&mut window, "cannot be reached");
    window.harness.get_by_label("Make link");
}

#[test]
fn an_invite_shows_its_link() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Invite people");
    press(&mut window, "Make link");
    wait_for(&mut window, "dialtone://");
    window
        .harness
        .get_by_label_contains("dialtone://harbour.example");
    press(&mut window, "Copy link");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(
        window
            .harness
            .query_by_label_contains("dialtone://")
            .is_none()
    );
}

#[test]
fn the_voice_bar_mutes_deafens_and_leaves() {
    let mut window = Window::new(harbour(), WIDE);
    window
        .harness
        .get_by_label("Call quality: direct · 24 ms · good");
    press(&mut window, "Mute");
    press(&mut window, "Deafen");
    press(&mut window, "Leave call");
    let sent = wishes(window.sent());
    for wish in [
        CommunityCommand::SetMuted(true),
        CommunityCommand::SetDeafened(true),
        CommunityCommand::LeaveCall,
    ] {
        assert!(sent.contains(&wish), "{sent:?}");
    }
    window.engine.apply(Command::In(
        window.engine.state.communities[0].id,
        CommunityCommand::LeaveCall,
    ));
    window.publish();
    assert!(window.harness.query_by_label("Leave call").is_none());
    press(&mut window, "Join call");
    assert!(
        wishes(window.sent())
            .iter()
            .any(|wish| matches!(wish, CommunityCommand::JoinCall(_)))
    );
}

/// The call is in the first community; each place must still show it and let one mute and leave.
fn mutes_from_here(window: &mut Window, place: &str) {
    let call_is_in = window.engine.state.communities[0].id;
    window
        .harness
        .get_by_label_contains("on the water · Harbour crew");
    window.sent();
    press(window, "Mute");
    press(window, "Leave call");
    let sent = window.sent();
    for wish in [
        CommunityCommand::SetMuted(true),
        CommunityCommand::LeaveCall,
    ] {
        assert!(
            sent.contains(&Command::In(call_is_in, wish)),
            "{place}: {sent:?}"
        );
    }
}

#[test]
fn the_call_stays_at_hand_in_other_places() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Kiln street");
    mutes_from_here(&mut window, "another community");
    press(&mut window, "Settings");
    mutes_from_here(&mut window, "settings");
    let mut narrow = Window::new(harbour(), [480.0, 600.0]);
    press(&mut narrow, "Kiln street");
    mutes_from_here(&mut narrow, "a narrow window");
    narrow
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    narrow.settle();
    mutes_from_here(&mut narrow, "settings in a narrow window");
    let mut snapshot = harbour();
    snapshot.invitation = Some(invitation());
    let mut joining = Window::new(snapshot, WIDE);
    mutes_from_here(&mut joining, "joining");
    joining
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::M);
    joining.settle();
    assert!(wishes(joining.sent()).contains(&CommunityCommand::SetMuted(true)));
}

#[test]
fn space_talks_and_does_not_press_what_has_the_keyboard() {
    let mut snapshot = harbour();
    snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
    snapshot.settings.audio.push_to_talk_key = "Space".to_owned();
    let mut window = Window::new(snapshot, WIDE);
    window
        .harness
        .get_by_role_and_label(Role::Button, "Leave call")
        .focus();
    window.settle();
    window.sent();
    window.harness.key_down(Key::Space);
    window.settle();
    window.harness.key_up(Key::Space);
    window.settle();
    let sent = window.sent();
    assert!(sent.contains(&Command::PushToTalk(true)), "{sent:?}");
    assert!(sent.contains(&Command::PushToTalk(false)), "{sent:?}");
    assert!(!wishes(sent).contains(&CommunityCommand::LeaveCall));
}

#[test]
fn the_key_talks_while_it_is_held_and_the_window_has_the_keyboard() {
    let mut snapshot = harbour();
    snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
    let mut window = Window::new(snapshot, WIDE);
    window.harness.key_down(Key::F8);
    window.settle();
    assert!(window.sent().contains(&Command::PushToTalk(true)));
    window.harness.event(egui::Event::WindowFocused(false));
    window.harness.input_mut().focused = false;
    window.settle();
    assert!(window.sent().contains(&Command::PushToTalk(false)));
}

#[test]
fn failed_messages_can_be_tried_again_and_dropped() {
    let mut window = Window::new(bad_state("offline").unwrap(), WIDE);
    window.harness.get_by_label_contains("Not connected");
    window.harness.get_by_label_contains("Not sent");
    press(&mut window, "Try again");
    press(&mut window, "Drop");
    press(&mut window, "Try now");
    let sent = window.sent();
    assert!(
        sent.iter()
            .any(|command| matches!(command, Command::Reconnect(_)))
    );
    let sent = wishes(sent);
    assert!(
        sent.iter()
            .any(|wish| matches!(wish, CommunityCommand::Retry(_)))
    );
    assert!(
        sent.iter()
            .any(|wish| matches!(wish, CommunityCommand::Drop(_)))
    );
}

#[test]
fn a_narrow_window_has_the_channels_in_a_drawer() {
    let mut window = Window::new(harbour(), [600.0, 700.0]);
    assert!(window.harness.query_by_label("boat-yard").is_none());
    press(&mut window, "Show channels");
    press(&mut window, "boat-yard");
    window.serve();
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #boat-yard");
    assert!(
        window.harness.query_by_label("committee").is_none(),
        "the drawer closes"
    );
}

#[test]
fn the_timeline_asks_for_earlier_messages_once_and_keeps_its_place() {
    let mut window = Window::new(harbour(), [1280.0, 400.0]);
    let asked = |window: &mut Window| {
        wishes(window.sent())
            .into_iter()
            .filter(|wish| matches!(wish, CommunityCommand::LoadEarlier(_)))
            .count()
    };
    assert_eq!(asked(&mut window), 1, "near the top it asks at once");
    window.settle();
    assert_eq!(asked(&mut window), 0, "and does not ask again");
}

#[test]
fn the_timeline_stays_at_the_bottom_when_messages_come() {
    let mut window = Window::new(harbour(), [1280.0, 500.0]);
    for number in 0..30 {
        window.change(|community| {
            let channel = std::sync::Arc::make_mut(&mut community.channels[0]);
            let mut item = (*channel.timeline.items[0]).clone();
            item.sequence = Some(100 + number);
            item.client_id.0[15] = number as u8 + 1;
            item.body = dialtone_engine::snapshot::ItemBody::Text(format!("line number {number}"));
            item.sending = Sending::Sent;
            channel.timeline.items.push(std::sync::Arc::new(item));
        });
    }
    window.harness.get_by_label("line number 29");
    assert!(
        window.harness.query_by_label("line number 2").is_none(),
        "only what is in sight is laid out"
    );
}

#[test]
fn every_state_is_drawn_at_every_size_without_a_panic() {
    for name in BAD_STATES {
        let snapshot = bad_state(name).unwrap();
        for size in [
            [1280.0, 800.0],
            [700.0, 500.0],
            [480.0, 400.0],
            [300.0, 200.0],
        ] {
            let mut window = Window::new(snapshot.clone(), size);
            window.settle();
            if !snapshot.communities.is_empty() {
                window
                    .harness
                    .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
                window.settle();
            }
        }
    }
}

#[test]
fn every_control_has_a_name() {
    for name in ["nothing", "founding", "locked", "offline", "alarm"] {
        let mut window = Window::new(bad_state(name).unwrap(), WIDE);
        assert!(
            window.harness.unnamed_widgets().is_empty(),
            "{name}: {:?}",
            window.harness.unnamed_widgets()
        );
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
        window.settle();
        assert!(
            window.harness.unnamed_widgets().is_empty(),
            "{name}: {:?}",
            window.harness.unnamed_widgets()
        );
    }
}

#[test]
fn a_community_without_an_open_channel_opens_its_first_once() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Kiln street");
    window.settle();
    let opened = |window: &mut Window| {
        wishes(window.sent())
            .into_iter()
            .filter(|wish| matches!(wish, CommunityCommand::Open(_)))
            .count()
    };
    assert_eq!(opened(&mut window), 1);
    window.settle();
    assert_eq!(opened(&mut window), 0);
    window.change(|community| community.connection = Connection::Online);
}
