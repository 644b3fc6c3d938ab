//! What runs here, the log, and the bundle for whoever looks for a mistake.

use std::sync::Arc;

use dialtone_engine::journal::{Bundle, Part, PartKind};
use dialtone_engine::snapshot::Diagnostics;
use dialtone_engine::{Command, CommunityCommand, DiagnosticsCommand};
use dialtone_gui::demo::harbour;
use dialtone_gui::dialogs::Dialog;
use dialtone_gui::state::{Page, SettingsPage};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::press;

fn about() -> Window {
    let mut window = Window::new(harbour(), [1280.0, 1000.0]);
    window.state(|state| state.page = Page::Settings(SettingsPage::About));
    window.settle();
    window
}

/// A bundle of two parts.
pub(crate) fn diagnostics(checking: bool) -> Arc<Diagnostics> {
    let part = |kind, text: &str| Part {
        kind,
        text: text.into(),
    };
    Arc::new(Diagnostics {
        bundle: Bundle {
            parts: vec![
                part(PartKind::System, "Dialtone 0.1.0 on a test\n"),
                part(PartKind::Log, "WARN something was slow\n"),
            ],
        },
        checking,
        folder: Some("/srv/anna/downloads".into()),
        saved: None,
    })
}

#[test]
fn the_servers_are_asked_only_when_one_looks_and_a_newer_one_is_said() {
    let mut window = Window::new(harbour(), [1280.0, 1000.0]);
    let asks = |window: &mut Window| {
        let sent = window.sent();
        let asks = |one: &&Command| matches!(one, Command::In(_, CommunityCommand::AskVersion));
        sent.iter().filter(asks).count()
    };
    assert_eq!(asks(&mut window), 0);
    window.state(|state| state.page = Page::Settings(SettingsPage::About));
    window.settle();
    assert_eq!(asks(&mut window), 3, "once each");
    window.settle();
    assert_eq!(asks(&mut window), 0);
    let version = env!("CARGO_PKG_VERSION");
    window
        .harness
        .get_by_label(&format!("This program is version {version}."));
    let newer = "A server runs a newer version";
    assert!(window.harness.query_by_label_contains(newer).is_none());
    window.change(|community| community.server_version = Some("999.0.0".into()));
    window
        .harness
        .get_by_label("The server of Harbour crew runs 999.0.0.");
    window.harness.get_by_label_contains(newer);
}

#[test]
fn the_log_is_shown_and_the_bundle_read_before_it_is_saved() {
    let mut window = about();
    window.sent();
    press(&mut window, "Show the log");
    assert_eq!(window.sent(), [Command::Diagnose(DiagnosticsCommand::Make)]);
    window.change_all(|all| all.diagnostics = Some(diagnostics(true)));
    window.harness.get_by_label("WARN something was slow");
    window
        .harness
        .get_by_label("The checks run, for a minute at most.");
    let save = window
        .harness
        .get_by_role_and_label(Role::Button, "Save it");
    assert!(egui_kittest::kittest::NodeT::accesskit_node(&save).is_disabled());
    press(&mut window, "All parts");
    press(&mut window, "Versions and system");
    window.harness.get_by_label("Dialtone 0.1.0 on a test");
    window.change_all(|all| all.diagnostics = Some(diagnostics(false)));
    window
        .harness
        .get_by_label("It will be written into /srv/anna/downloads.");
    press(&mut window, "Save it");
    assert_eq!(
        window.sent(),
        [Command::Diagnose(DiagnosticsCommand::Save(None))]
    );
    window.change_all(|all| {
        let mut view = diagnostics(false);
        let path = "/tmp/dialtone-diagnostics.txt".into();
        Arc::make_mut(&mut view).saved = Some(Ok(path));
        all.diagnostics = Some(view);
    });
    window
        .harness
        .get_by_label("It is in /tmp/dialtone-diagnostics.txt.");
    press(&mut window, "Close");
    assert_eq!(
        window.sent(),
        [Command::Diagnose(DiagnosticsCommand::Forget)]
    );
}

#[test]
fn after_a_bad_end_the_bundle_is_offered_and_may_be_refused() {
    let mut window = Window::new(harbour(), [1280.0, 900.0]);
    window.state(|state| state.dialog = Some(Dialog::EndedBadly));
    window.settle();
    window.sent();
    press(&mut window, "Not now");
    assert_eq!(window.sent(), []);
    window.state(|state| state.dialog = Some(Dialog::EndedBadly));
    window.settle();
    press(&mut window, "Look at the bundle");
    assert_eq!(window.sent(), [Command::Diagnose(DiagnosticsCommand::Make)]);
    window.harness.get_by_label("Diagnostics bundle");
}

#[test]
fn the_bundle_goes_where_one_chose_and_its_folder_can_be_shown() {
    let mut window = about();
    press(&mut window, "Save a diagnostics bundle…");
    window.change_all(|all| all.diagnostics = Some(diagnostics(false)));
    window
        .harness
        .get_by_role_and_label(Role::Button, "Another folder…");
    // What the system's dialog answers.
    window.state(|state| {
        if let Some(Dialog::Diagnostics(form)) = &mut state.dialog {
            form.folder = Some("/srv/reports".into());
        }
    });
    window.settle();
    window
        .harness
        .get_by_label("It will be written into /srv/reports.");
    window.sent();
    press(&mut window, "Save it");
    let folder = Some("/srv/reports".into());
    assert_eq!(
        window.sent(),
        [Command::Diagnose(DiagnosticsCommand::Save(folder))]
    );
    assert!(window.harness.query_by_label("Show the folder").is_none());
    window.change_all(|all| {
        let mut view = diagnostics(false);
        let path = "/srv/reports/dialtone-diagnostics.txt".into();
        Arc::make_mut(&mut view).saved = Some(Ok(path));
        all.diagnostics = Some(view);
    });
    window
        .harness
        .get_by_label("It is in /srv/reports/dialtone-diagnostics.txt.");
    press(&mut window, "Show the folder");
    window.harness.get_by_label("Diagnostics bundle");
}

#[test]
fn the_licences_of_the_libraries_are_found_and_only_what_is_in_sight_is_laid_out() {
    let mut window = about();
    press(&mut window, "Licences of the libraries");
    let lines = |window: &Window, words: &str| {
        let shown = window.harness.query_all_by_label_contains(words);
        shown.count()
    };
    assert!(lines(&window, "Apache-2.0") < 60, "not all of them");
    window.harness.get_by_label_contains("accesskit 0.");
    window.harness.key_press(egui::Key::PageDown);
    window.settle();
    assert_eq!(
        lines(&window, "accesskit 0."),
        0,
        "scrolled by the keyboard"
    );
    window.harness.event(egui::Event::Text("eframe".to_owned()));
    window.settle();
    window.harness.get_by_label_contains("eframe 0.");
    window.harness.event(egui::Event::Text("xyz".to_owned()));
    window.settle();
    window.harness.get_by_label("No library is called so.");
    press(&mut window, "Close");
    assert!(window.harness.query_by_label("Find a library").is_none());
}
