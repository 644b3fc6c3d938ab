//! Who writes and speaks in a channel, and how fast: set in its settings, said where one writes.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Ages, ChannelSetting, Who};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, press, wishes};

/// Opens the settings of the channel that is shown.
fn open_settings(window: &mut Window, channel: &str) {
    let row = window.harness.get_by_role_and_label(Role::Button, channel);
    row.click_secondary();
    window.settle();
    press(window, "Channel settings…");
}

fn set(window: &mut Window) -> Vec<ChannelSetting> {
    let wishes = wishes(window.sent()).into_iter();
    wishes
        .filter_map(|wish| match wish {
            CommunityCommand::SetChannelRule { setting, .. } => Some(setting),
            _ => None,
        })
        .collect()
}

#[test]
fn an_admin_says_who_writes_and_speaks_and_how_fast() {
    let mut window = Window::new(harbour(), WIDE);
    open_settings(&mut window, "race-planning");
    let mut admins = window
        .harness
        .get_all_by_role_and_label(Role::RadioButton, "Admins only");
    admins.next().unwrap().click();
    drop(admins);
    window.settle();
    choose(
        &mut window,
        "Pause between a member's messages",
        "30 seconds",
    );
    press(&mut window, "Save");
    let wanted = [
        ChannelSetting::Writing(Who::Admins),
        ChannelSetting::Pause(30),
    ];
    assert_eq!(set(&mut window), wanted);
}

#[test]
fn a_private_channel_has_no_such_settings() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        let channel = std::sync::Arc::make_mut(&mut community.channels[1]);
        channel.private = Some(dialtone_engine::snapshot::Private {
            direct: false,
            accounts: vec![community.me.account],
            admins: vec![community.me.account],
            may_change: true,
            may_delete: true,
        });
    });
    open_settings(&mut window, "race-planning");
    let found = window
        .harness
        .query_by_role_and_label(Role::ComboBox, "Pause between a member's messages");
    assert!(found.is_none());
}

#[test]
fn where_admins_write_the_field_is_closed_and_says_why() {
    let window = Window::new(bad_state("announcements").unwrap(), WIDE);
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #general");
    assert!(field.accesskit_node().is_disabled());
    window
        .harness
        .get_by_label_contains("Only admins write in this channel.");
}

#[test]
fn a_pause_keeps_what_is_typed_until_it_is_over() {
    let mut window = Window::new(bad_state("paused").unwrap(), WIDE);
    crate::type_into(&mut window, "Message #general", "so soon");
    window
        .harness
        .get_by_label_contains("send the next one in 25 seconds");
    window.harness.key_press(egui::Key::Enter);
    window.settle();
    let sent = |window: &mut Window| {
        let wishes = wishes(window.sent()).into_iter();
        wishes
            .filter(|wish| matches!(wish, CommunityCommand::Submit { .. }))
            .count()
    };
    assert_eq!(sent(&mut window), 0);
    window.change(|community| {
        std::sync::Arc::make_mut(&mut community.channels[0]).paused_until_ms = None;
    });
    press(&mut window, "Send");
    assert_eq!(sent(&mut window), 1, "what was typed was kept");
}

/// What was chosen for how long messages stay.
fn lifetimes(window: &mut Window) -> Vec<u32> {
    let wishes = wishes(window.sent()).into_iter();
    wishes
        .filter_map(|wish| match wish {
            CommunityCommand::SetLifetime { seconds, .. } => Some(seconds),
            _ => None,
        })
        .collect()
}

fn choose(window: &mut Window, name: &str, words: &str) {
    let field = window.harness.get_by_role_and_label(Role::ComboBox, name);
    field.scroll_to_me();
    window.settle();
    let field = window.harness.get_by_role_and_label(Role::ComboBox, name);
    field.click();
    window.settle();
    let line = window
        .harness
        .get_by_role_and_label(Role::MenuItemRadio, words);
    line.click();
    window.settle();
}

#[test]
fn a_channel_and_a_conversation_say_how_long_messages_stay() {
    let mut window = Window::new(harbour(), WIDE);
    open_settings(&mut window, "race-planning");
    choose(&mut window, "How long messages stay", "1 day");
    press(&mut window, "Save");
    assert_eq!(lifetimes(&mut window), [86_400]);
    window.change(|community| {
        let mut channels = community.channels.iter();
        let direct = channels.find(|channel| channel.name.as_deref() == Some("Mikael"));
        community.open = Some(direct.unwrap().id);
    });
    press(&mut window, "Channel menu");
    press(&mut window, "How long messages stay…");
    choose(&mut window, "How long messages stay", "4 weeks");
    press(&mut window, "Save");
    assert_eq!(lifetimes(&mut window), [28 * 86_400]);
}

#[test]
fn what_vanishes_says_so_in_the_title_below_the_field_and_beside_the_message() {
    let window = Window::new(bad_state("vanishing").unwrap(), WIDE);
    let harness = &window.harness;
    harness.get_by_label("Messages vanish after 1 day");
    harness.get_by_label("What you write here vanishes after 1 day.");
    assert!(harness.query_all_by_label_contains("Vanishes: ").count() > 0);
}

#[test]
fn a_server_of_another_age_is_told_of_calmly() {
    let mut window = Window::new(harbour(), WIDE);
    let newer = "This server is newer than this app.";
    assert!(window.harness.query_by_label_contains(newer).is_none());
    window.change(|community| community.server_age = Ages::OtherNewer);
    window.harness.get_by_label_contains(newer);
    window.change(|community| community.server_age = Ages::OtherOlder);
    window
        .harness
        .get_by_label_contains("This server is older than this app.");
}
