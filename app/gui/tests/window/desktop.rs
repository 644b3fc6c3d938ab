//! Notifications, not being disturbed and the desktop's services, as the window shows and changes them.

use dialtone_desktop::{Availability, Kept, Registered};
use dialtone_engine::Command;
use dialtone_engine::settings::{DesktopSettings, DoNotDisturb, NotifyLevel};
use dialtone_gui::demo::{clock, harbour};
use dialtone_gui::desktop::{DesktopView, DesktopWish};
use egui::accesskit::Role;
use egui::{ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, press};

fn section(name: &str) -> Window {
    let mut window = Window::new(harbour(), [1280.0, 1100.0]);
    press(&mut window, "Settings");
    press(&mut window, name);
    window.settle();
    window.sent();
    window
}

fn flip(window: &mut Window, label: &str) {
    let found = window.harness.get_by_role_and_label(Role::Switch, label);
    found.click();
    window.settle();
}

fn choose(window: &mut Window, label: &str) {
    let found = window
        .harness
        .get_by_role_and_label(Role::RadioButton, label);
    found.click();
    window.settle();
}

#[test]
fn what_was_written_is_shown_only_once_that_is_chosen() {
    let mut window = section("Notifications");
    window
        .harness
        .get_by_label_contains("A mention is your name");
    assert!(!harbour().settings.notifications.show_text);
    flip(&mut window, "Show what was written");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetNotifications(wish)] if wish.show_text && wish.show),
        "{sent:?}"
    );
    flip(&mut window, "Show notifications");
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetNotifications(wish)] if !wish.show),
        "{sent:?}"
    );
}

#[test]
fn a_service_that_is_not_there_is_said_so() {
    let mut window = section("Notifications");
    let missing = "this desktop shows no notifications";
    window.state(|state| {
        state.desktop.notifications = Availability::Missing(missing.to_owned());
    });
    window.harness.get_by_label_contains(missing);
}

#[test]
fn not_being_disturbed_is_chosen_for_a_while_and_shown_in_ones_row() {
    let mut window = section("Notifications");
    choose(&mut window, "For an hour");
    let until = DoNotDisturb::Until(clock().now_ms + 3_600_000);
    assert_eq!(window.sent(), [Command::SetDoNotDisturb(until)]);

    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Do not disturb");
    press(&mut window, "Do not disturb until tomorrow");
    window.settle();
    window.serve();
    window.harness.get_by_label_contains("Quiet until 08:00");
    press(&mut window, "Do not disturb");
    press(&mut window, "Let me be disturbed again");
    window.settle();
    window.serve();
    window.harness.get_by_label_contains("Anna, Online");
}

#[test]
fn a_channel_is_muted_in_its_menu_and_marked_in_the_list() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Channel menu");
    window.harness.get_by_label("As in the settings (mentions)");
    window.sent();
    press(&mut window, "Nothing");
    window.settle();
    let community = &harbour().communities[0];
    let (id, open) = (community.id, community.open.unwrap());
    let wish = Command::SetNotifyLevel(id, open, Some(NotifyLevel::None));
    assert_eq!(window.sent(), std::slice::from_ref(&wish));
    window.engine.apply(wish);
    window.publish();
    window.settle();
    let mut rows = window
        .harness
        .get_all_by_role_and_label(Role::Button, "general");
    let muted = |description: Option<String>| {
        description.is_some_and(|one| one.contains("notifications off"))
    };
    assert!(rows.any(|row| muted(row.accesskit_node().description())));
}

#[test]
fn the_desktops_switches_say_why_they_cannot_be_used() {
    let mut window = section("Desktop");
    let missing = || Availability::Missing("this desktop shows no tray".to_owned());
    window.state(|state| {
        state.desktop = DesktopView {
            tray: missing(),
            kept: Kept {
                links: Registered::No,
                autostart: Registered::Missing("the disk is full".to_owned()),
            },
            ..DesktopView::default()
        };
    });
    window
        .harness
        .get_by_label("This desktop shows no tray: closing the window ends Dialtone.");
    window.harness.get_by_label("The disk is full.");
    flip(&mut window, "Start when I log in");
    flip(
        &mut window,
        "Keep running in the tray when the window is closed",
    );
    assert!(window.sent().is_empty(), "they cannot be used");
    window
        .harness
        .get_by_role_and_label(Role::Switch, "Open dialtone links with this program");

    window.state(|state| {
        state.desktop.tray = Availability::Works;
    });
    flip(
        &mut window,
        "Keep running in the tray when the window is closed",
    );
    let kept = DesktopSettings {
        keep_in_tray: true,
        ..DesktopSettings::default()
    };
    assert_eq!(window.sent(), [Command::SetDesktop(kept)]);
    choose(&mut window, "Never");
    let never = DesktopSettings {
        away_after_min: 0,
        ..DesktopSettings::default()
    };
    assert_eq!(window.sent(), [Command::SetDesktop(never)]);
}

#[test]
fn a_wish_reaches_the_desktop_once() {
    let mut window = section("Desktop");
    window.state(|state| {
        state.desktop.kept.links = Registered::No;
    });
    flip(&mut window, "Open dialtone links with this program");
    let mut taken = Vec::new();
    window.state(|state| taken.append(&mut state.desktop_wishes));
    // The window without a desktop has taken it and done nothing.
    assert_eq!(taken, Vec::<DesktopWish>::new());
    assert!(window.sent().is_empty());
}

/// Closes the window as its frame does; what it asks of the window system then.
fn close(window: &mut Window) -> Vec<ViewportCommand> {
    let input = window.harness.input_mut();
    let root = input.viewports.entry(ViewportId::ROOT).or_default();
    root.events.push(ViewportEvent::Close);
    window.harness.step();
    let input = window.harness.input_mut();
    let root = input.viewports.entry(ViewportId::ROOT).or_default();
    root.events.clear();
    let output = window.harness.output();
    output.viewport_output[&ViewportId::ROOT].commands.clone()
}

#[test]
fn a_closed_window_stays_in_the_tray_only_where_that_is_wished_and_there_is_one() {
    for (wished, tray, stays) in [
        (true, Availability::Works, true),
        (false, Availability::Works, false),
        (true, Availability::Missing("none".to_owned()), false),
        (true, Availability::Starting, false),
    ] {
        let mut snapshot = harbour();
        snapshot.settings.desktop.keep_in_tray = wished;
        let mut window = Window::new(snapshot, WIDE);
        window.state(|state| state.desktop.tray = tray.clone());
        let asked = close(&mut window);
        let has = |command| asked.contains(&command);
        assert_eq!(
            has(ViewportCommand::CancelClose),
            stays,
            "{wished} {tray:?}"
        );
        assert_eq!(has(ViewportCommand::Visible(false)), stays);
    }
}
