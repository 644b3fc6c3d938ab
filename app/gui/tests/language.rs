//! The choice of the language, in a process of its own: what all of it speaks changes.

use dialtone_engine::handle::channel;
use dialtone_engine::{Command, Snapshot};
use dialtone_gui::demo::{clock, harbour};
use dialtone_gui::state::{Page, SettingsPage};
use dialtone_gui::{App, WindowOptions};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

#[test]
fn the_window_changes_its_language_at_once_and_keeps_the_choice() {
    let (handle, mut side) = channel(Snapshot::default());
    side.publish(harbour());
    let options = WindowOptions {
        clock: Some(clock()),
        reduced_motion: true,
        page: Page::Settings(SettingsPage::Appearance),
        ..WindowOptions::default()
    };
    let mut engine = Some(handle);
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(60)
        .allow_missing_glyphs()
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                if let Some(engine) = engine.take() {
                    *app = Some(App::new(ui.ctx(), engine, &options));
                    ui.ctx().request_repaint();
                } else if let Some(app) = app {
                    app.update(ui.ctx());
                    app.show(ui);
                }
            },
            None,
        );
    harness.run_ok();
    harness
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "Language")
        .focus();
    harness.key_press(egui::Key::Enter);
    harness.run_ok();
    harness.get_by_label("Deutsch").click();
    harness.run_ok();
    let mut snapshot = harbour();
    while let Ok(command) = side.commands.try_recv() {
        if let Command::SetLook(look) = command {
            snapshot.settings.look = look;
        }
    }
    assert_eq!(snapshot.settings.look.language.as_deref(), Some("de"));
    side.publish(snapshot);
    harness.run_ok();
    assert!(harness.query_all_by_label("Bewegung").count() > 0);
    harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Sprache");
    assert_eq!(harness.query_all_by_label("Motion").count(), 0);
}
