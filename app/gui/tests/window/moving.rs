//! A profile goes to another computer, and comes from one.

use dialtone_engine::snapshot::{MoveProgress, Moving, ProfileState};
use dialtone_engine::{Command, MoveCommand, Secret, Snapshot};
use dialtone_gui::demo::harbour;
use dialtone_gui::state::{Page, SettingsPage};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::press;

fn write(window: &mut Window, role: Role, label: &str, text: &str) {
    window.harness.get_by_role_and_label(role, label).focus();
    window.settle();
    window
        .harness
        .input_mut()
        .events
        .push(egui::Event::Text(text.to_owned()));
    window.settle();
}

#[test]
fn a_profile_is_written_under_a_passphrase_that_was_typed_twice() {
    let mut window = Window::new(harbour(), [1280.0, 2400.0]);
    window.state(|state| state.page = Page::Settings(SettingsPage::Device));
    window.settle();
    press(&mut window, "Move to another computer…");
    window.sent();
    window
        .harness
        .get_by_label_contains("would be taken for a forgery");
    let first = "Passphrase of the file";
    write(&mut window, Role::PasswordInput, first, "far and away");
    let second = "Passphrase again";
    write(&mut window, Role::PasswordInput, second, "far and");
    window
        .harness
        .get_by_label_contains("This is not the same as above.");
    press(&mut window, "Write the file");
    assert_eq!(window.sent(), [], "not while they differ");
    write(&mut window, Role::PasswordInput, second, " away");
    press(&mut window, "Write the file");
    let wish = MoveCommand::Export {
        to: None,
        passphrase: Secret::new("far and away"),
        with_files: true,
    };
    assert_eq!(window.sent(), [Command::Move(wish)]);
}

fn moved(progress: MoveProgress) -> Snapshot {
    Snapshot {
        profile: ProfileState::Moved,
        moving: Some(Moving {
            export: true,
            progress,
        }),
        ..Snapshot::default()
    }
}

#[test]
fn how_far_it_is_is_said_and_one_that_went_opens_only_when_that_is_confirmed() {
    let working = MoveProgress::Working {
        done: 50,
        total: 200,
    };
    let mut window = Window::new(moved(working), [900.0, 800.0]);
    window
        .harness
        .get_by_role_and_label(Role::ProgressIndicator, "25 % is done.");
    press(&mut window, "Stop");
    assert_eq!(window.sent(), [Command::Move(MoveCommand::Stop)]);
    let done = MoveProgress::Done("/srv/a/profile.dialtone".into());
    window.change_all(|all| *all = moved(done));
    window
        .harness
        .get_by_label("It is in /srv/a/profile.dialtone.");
    press(&mut window, "Use it here again…");
    window
        .harness
        .get_by_label_contains("Only where the file was not opened anywhere");
    press(&mut window, "Cancel");
    assert_eq!(window.sent(), []);
    press(&mut window, "Use it here again…");
    press(&mut window, "Use it here, and never the file");
    assert_eq!(window.sent(), [Command::Move(MoveCommand::UseHere)]);
}

#[test]
fn one_is_brought_from_a_file_and_what_is_wrong_with_it_is_said() {
    let mut window = Window::new(Snapshot::default(), [900.0, 800.0]);
    window.settle();
    press(&mut window, "Bring a profile from another computer");
    write(
        &mut window,
        Role::TextInput,
        "File",
        "/media/profile.dialtone",
    );
    let field = "Passphrase of the file";
    write(&mut window, Role::PasswordInput, field, "far and away");
    press(&mut window, "Bring it here");
    let wish = MoveCommand::Import {
        from: "/media/profile.dialtone".into(),
        passphrase: Secret::new("far and away"),
    };
    assert!(window.sent().contains(&Command::Move(wish)));
    window.change_all(|all| {
        all.moving = Some(Moving {
            export: false,
            progress: MoveProgress::Failed("This file is damaged.".into()),
        });
    });
    window.harness.get_by_label("This file is damaged.");
    press(&mut window, "Back");
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Invite link");
}

#[test]
fn whoever_wipes_what_was_brought_is_asked_for_a_link_again() {
    let mut window = Window::new(Snapshot::default(), [900.0, 800.0]);
    window.settle();
    press(&mut window, "Bring a profile from another computer");
    let came = harbour();
    window.change_all(|all| *all = came.clone());
    window.change_all(|all| *all = Snapshot::default());
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Invite link");
}
