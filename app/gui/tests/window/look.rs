//! How the window looks: contrast, accent, density, the size of text.

use dialtone_engine::Command;
use dialtone_engine::settings::{Accent, Contrast, Density, LookSettings, TextSize};
use dialtone_gui::demo::harbour;
use dialtone_gui::state::{Page, SettingsPage};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;

fn looks(window: &mut Window) -> Vec<LookSettings> {
    let sent = window.sent().into_iter();
    let looks = sent.filter_map(|command| match command {
        Command::SetLook(look) => Some(look),
        _ => None,
    });
    looks.collect()
}

fn open() -> Window {
    let mut window = Window::new(harbour(), [1280.0, 1200.0]);
    let app = window.harness.state_mut().as_mut();
    app.expect("a window").state_mut().page = Page::Settings(SettingsPage::Appearance);
    window.settle();
    window.sent();
    window
}

#[test]
fn contrast_accent_density_and_text_are_chosen_by_their_names() {
    for (name, fits) in [
        (
            "High",
            (|look| look.contrast == Contrast::High) as fn(&LookSettings) -> bool,
        ),
        ("Violet", |look| look.accent == Accent::Violet),
        ("Compact", |look| look.density == Density::Compact),
        ("Larger", |look| look.text == TextSize::Larger),
    ] {
        let mut window = open();
        window
            .harness
            .get_by_role_and_label(Role::RadioButton, name)
            .click();
        window.settle();
        let looks = looks(&mut window);
        assert!(looks.iter().any(fits), "{name}: {looks:?}");
    }
}

#[test]
fn a_compact_window_has_lower_rows() {
    let height = |density| {
        let mut snapshot = harbour();
        snapshot.settings.look.density = density;
        let window = Window::new(snapshot, [1280.0, 800.0]);
        let row = window
            .harness
            .get_by_role_and_label(Role::Button, "boat-yard");
        row.rect().height()
    };
    assert!(height(Density::Compact) < height(Density::Comfortable));
}

/// The window with this look, and how high a message of one line, a row of the channels and an icon's button are in it.
fn heights(look: impl FnOnce(&mut LookSettings)) -> [f32; 3] {
    let mut snapshot = harbour();
    look(&mut snapshot.settings.look);
    let window = Window::new(snapshot, [1280.0, 800.0]);
    let high = |node: egui_kittest::Node<'_>| node.rect().height();
    let message = window
        .harness
        .get_by_label_contains("They are. I drop them");
    let row = window
        .harness
        .get_by_role_and_label(Role::Button, "boat-yard");
    let button = window
        .harness
        .get_by_role_and_label(Role::Button, "Attach files");
    [high(message), high(row), high(button)]
}

#[test]
fn larger_text_makes_messages_and_lists_grow_and_no_icon() {
    let normal = heights(|_| {});
    let larger = heights(|look| look.text = TextSize::Larger);
    let small = heights(|look| look.text = TextSize::Small);
    for place in 0..2 {
        assert!(larger[place] > normal[place] + 4.0, "{normal:?} {larger:?}");
        assert!(small[place] < normal[place], "{normal:?} {small:?}");
    }
    assert!((larger[2] - normal[2]).abs() < 0.1 && (small[2] - normal[2]).abs() < 0.1);
}

#[test]
fn text_changes_its_size_while_the_window_is_open() {
    let mut window = Window::new(harbour(), [1280.0, 800.0]);
    let high = |window: &Window| {
        let row = window
            .harness
            .get_by_role_and_label(Role::Button, "boat-yard");
        row.rect().height()
    };
    let before = high(&window);
    window.change_all(|snapshot| snapshot.settings.look.text = TextSize::Larger);
    assert!(high(&window) > before);
    window.change_all(|snapshot| snapshot.settings.look.text = TextSize::Normal);
    assert!((high(&window) - before).abs() < 0.1);
}

#[test]
fn a_compact_timeline_has_its_messages_closer_together() {
    // From the first to the last of those that are in sight in both.
    let span = |density| {
        let mut snapshot = harbour();
        snapshot.settings.look.density = density;
        let window = Window::new(snapshot, [1280.0, 800.0]);
        let top = |words: &str| window.harness.get_by_label_contains(words).rect().top();
        top("They are. I drop them") - top("I took two for the knots")
    };
    let (compact, calm) = (span(Density::Compact), span(Density::Comfortable));
    assert!(compact < 0.85 * calm, "{compact} {calm}");
}
