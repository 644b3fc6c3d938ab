//! How the window looks: contrast, accent, density.

use dialtone_engine::Command;
use dialtone_engine::settings::{Accent, Contrast, Density, LookSettings};
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
fn contrast_accent_and_density_are_chosen_by_their_names() {
    for (name, fits) in [
        (
            "High",
            (|look| look.contrast == Contrast::High) as fn(&LookSettings) -> bool,
        ),
        ("Violet", |look| look.accent == Accent::Violet),
        ("Compact", |look| look.density == Density::Compact),
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
