//! How well one hears everybody: from the voice bar, and from a talker's menu.

use dialtone_gui::demo::{bad_state, harbour};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::{WIDE, press};

#[test]
fn the_voice_bar_says_why_and_leads_to_everybodys_numbers() {
    let mut window = Window::new(bad_state("poor-call").unwrap(), WIDE);
    let line = "Call quality: relayed · 24 ms · fair: 12 % of the packets are lost, though most are repaired";
    press(&mut window, line);
    window.settle();
    for label in [
        "Mikael, direct: good",
        "Jo, relayed: fair",
        "12 % of the packets are lost, though most are repaired.",
    ] {
        window.harness.get_by_label(label);
    }
    let lost = window.harness.query_all_by_label_contains("Lost: ");
    assert_eq!(lost.count(), 2, "each has their own numbers");
    window.harness.get_by_role_and_label(
        Role::Image,
        "Jo in the last 5 minutes: a round trip of 74 to 118 ms; at most 12 % were lost.",
    );
    window.change(|community| community.call = None);
    window.settle();
    window.harness.get_by_label("You are in no call.");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(
        window
            .harness
            .query_by_label("You are in no call.")
            .is_none()
    );
}

#[test]
fn a_talkers_menu_says_how_well_they_are_heard() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo, muted");
    window.settle();
    window
        .harness
        .get_by_label("Quality: good, direct, through NAT");
    press(&mut window, "Call quality");
    window.settle();
    window.harness.get_by_label("Mikael, direct: good");
}
