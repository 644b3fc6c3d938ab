//! Files in the window: attached, sent, fetched, looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_engine::snapshot::FileState;
use dialtone_engine::{CommunityCommand, FileCommand, FileSource};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui::{Color32, ColorImage, Event, Key};
use egui_kittest::kittest::Queryable as _;

use super::common::Window;
use super::{press, type_into, wishes};

const TALL: [f32; 2] = [1280.0, 1400.0];

/// What was asked of files, pictures in sight among it.
fn all_asked(window: &mut Window) -> Vec<FileCommand> {
    let file = |wish| match wish {
        CommunityCommand::File(wish) => Some(wish),
        _ => None,
    };
    wishes(window.sent()).into_iter().filter_map(file).collect()
}

/// What was asked of files by a press.
fn asked(window: &mut Window) -> Vec<FileCommand> {
    let mut asked = all_asked(window);
    asked.retain(|one| !matches!(one, FileCommand::Show(_)));
    asked
}

/// Files in every state.
fn with_files() -> Window {
    let snapshot = bad_state("files").expect("the demonstration has files");
    Window::new(snapshot, TALL)
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".to_owned())
    }
}

/// Lets somebody drop this file on the window.
pub(crate) fn drop_file(window: &mut Window, path: &str) {
    let file = Dropped(path.into());
    window
        .harness
        .input_mut()
        .dropped_files
        .push(Arc::new(file));
    window.settle();
}

#[test]
fn dropped_and_pasted_files_go_with_the_text_unless_they_are_taken_off() {
    let mut window = Window::new(harbour(), TALL);
    drop_file(&mut window, "/photos/report.pdf");
    drop_file(&mut window, "/photos/wrong.txt");
    let image = ColorImage::filled([3, 2], Color32::RED);
    window.harness.event(Event::PasteImage(Arc::new(image)));
    window.settle();
    window.harness.get_by_label("Attached: report.pdf");
    press(&mut window, "Take wrong.txt off");
    assert!(
        window
            .harness
            .query_by_label_contains("wrong.txt")
            .is_none()
    );
    type_into(&mut window, "Message #general", "/as it stands");
    window.harness.key_press(Key::Enter);
    window.settle();
    let sent = asked(&mut window);
    let [FileCommand::Send { files, text, .. }] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(text, "/as it stands");
    let [FileSource::Path(path), FileSource::Pixels { picture, .. }] = &files[..] else {
        panic!("{files:?}");
    };
    assert_eq!(path, Path::new("/photos/report.pdf"));
    assert_eq!((picture.width, picture.height), (3, 2));
    assert_eq!(picture.rgba[..4], [255, 0, 0, 255]);
    assert!(window.harness.query_by_label_contains("Attached").is_none());
}

#[test]
fn more_files_than_fit_are_kept_and_not_sent() {
    let mut window = Window::new(harbour(), TALL);
    for number in 0..11 {
        drop_file(&mut window, &format!("/tmp/{number}.txt"));
    }
    window
        .harness
        .get_by_label_contains("a message takes 10 at most");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(asked(&mut window), []);
    window.harness.get_by_label("Attached: 10.txt");
}

#[test]
fn each_file_says_where_it_is_and_what_can_be_done() {
    let mut window = with_files();
    window
        .harness
        .get_by_label("File sailing-instructions.pdf, 340.0 KiB");
    window.harness.get_by_label_contains("24.8 MiB of 70.0 MiB");
    asked(&mut window);
    press(&mut window, "Save sailing-instructions.pdf");
    let tracks = "tracks-of-the-whole-season-with-every-boat.gpx.tar.gz";
    press(&mut window, &format!("Stop fetching {tracks}"));
    press(&mut window, "Cancel");
    let mut sent = wishes(window.sent());
    sent.retain(|wish| !matches!(wish, CommunityCommand::File(FileCommand::Show(_))));
    assert!(
        matches!(
            &sent[..],
            [
                CommunityCommand::File(FileCommand::Save { to: None, .. }),
                CommunityCommand::File(FileCommand::Stop(_)),
                CommunityCommand::Drop(_),
            ]
        ),
        "{sent:?}"
    );
}

#[test]
fn a_picture_that_is_not_ready_is_asked_for_once_and_again_after_a_failure() {
    let mut window = with_files();
    let shown = |commands: &[FileCommand]| {
        let shows = commands
            .iter()
            .filter(|one| matches!(one, FileCommand::Show(_)));
        shows.count()
    };
    assert_eq!(shown(&all_asked(&mut window)), 1);
    window.settle();
    assert_eq!(shown(&all_asked(&mut window)), 0);
    window
        .harness
        .get_by_label_contains("Picture start-line.png")
        .click();
    window.settle();
    let sent = all_asked(&mut window);
    assert!(
        matches!(&sent[..], [FileCommand::Fetch(_), FileCommand::Show(_)]),
        "{sent:?}"
    );
}

#[test]
fn a_picture_is_looked_at_saved_and_closed() {
    let mut window = with_files();
    asked(&mut window);
    press(&mut window, "Picture evening.jpg, 2.4 MiB");
    window.serve();
    let role = Role::Image;
    window.harness.get_by_role_and_label(role, "evening.jpg");
    window.harness.get_by_role_and_label(Role::Button, "Close");
    let save = "Save evening.jpg";
    let saves = window.harness.get_all_by_role_and_label(Role::Button, save);
    saves.last().unwrap().click();
    window.settle();
    assert!(matches!(asked(&mut window)[..], [FileCommand::Save { .. }]));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(matches!(asked(&mut window)[..], [FileCommand::View(None)]));
    assert!(
        window
            .harness
            .query_by_role_and_label(role, "evening.jpg")
            .is_none()
    );
}

#[test]
fn a_picture_that_goes_from_the_engine_is_asked_for_again() {
    let mut window = with_files();
    all_asked(&mut window);
    window.change(|community| {
        Arc::make_mut(&mut community.files.pictures).clear();
        community.files.states.clear();
    });
    let again = all_asked(&mut window);
    let shows = again
        .iter()
        .filter(|one| matches!(one, FileCommand::Show(_)));
    assert_eq!(shows.count(), 2, "the picture and the portrait: {again:?}");
}

#[test]
fn ones_own_picture_is_chosen_and_removed_in_the_settings() {
    let mut window = with_files();
    window.change(|community| {
        let me = community.me.account;
        let portrait = community.members.iter().find_map(|member| member.picture);
        let mut members = community.members.iter_mut();
        members.find(|member| member.account == me).unwrap().picture = portrait;
    });
    press(&mut window, "Settings");
    press(&mut window, "Keys and communities");
    window
        .harness
        .get_by_role_and_label(Role::Image, "Your picture");
    asked(&mut window);
    press(&mut window, "Remove");
    assert!(matches!(
        asked(&mut window)[..],
        [FileCommand::SetPicture(None)]
    ));
}

#[test]
fn a_file_is_deleted_from_the_server_only_after_a_question() {
    let mut window = with_files();
    asked(&mut window);
    press(&mut window, "More for sailing-instructions.pdf");
    press(&mut window, "Delete from the server…");
    window
        .harness
        .get_by_label("Delete sailing-instructions.pdf?");
    assert_eq!(asked(&mut window), []);
    press(&mut window, "Delete");
    assert!(matches!(asked(&mut window)[..], [FileCommand::Delete(_)]));
    // Who has no right to it is offered nothing.
    window.change(|community| community.me.role = dialtone_engine::snapshot::Role::Member);
    let more = "More for sailing-instructions.pdf";
    assert!(window.harness.query_by_label(more).is_none());
}

#[test]
fn a_failed_file_says_why() {
    let mut window = with_files();
    window.change(|community| {
        let channel = &community.channels[0];
        let mut files = channel
            .timeline
            .items
            .iter()
            .filter_map(|item| match &item.body {
                dialtone_engine::snapshot::ItemBody::Files { files, .. } => Some(files),
                _ => None,
            });
        let id = files.nth(1).unwrap()[0].id;
        let why = FileState::Failed("What came is another file.".to_owned());
        community.files.states.insert(id, why);
    });
    window
        .harness
        .get_by_label_contains("What came is another file.");
    asked(&mut window);
    press(&mut window, "Try again to save sailing-instructions.pdf");
    assert!(matches!(asked(&mut window)[..], [FileCommand::Save { .. }]));
}
