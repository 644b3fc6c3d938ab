//! Taking one's history along: what is written, that it is not sealed, how far it has come.

use dialtone_engine::PeopleCommand;
use dialtone_engine::snapshot::{Community, ExportState, ExportView};
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, Look, callout, text};

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, community: &Community) -> Option<DialogAction> {
    let title = format!("Take your history of {} along", community.name);
    heading(
        ui,
        &title,
        "Every channel that you can read is written into a new folder among your downloads: a text to read, lines of JSON for \
         programs, and the files that are on this computer.",
    );
    let colors = palette(ui);
    let warning = "What is written is not sealed: whoever gets at the folder reads all of it.";
    callout(ui, Icon::Warning, warning, colors.text, colors.attention_bg);
    if let Some(export) = &community.export {
        ui.add_space(8.0);
        let color = match export.state {
            ExportState::Failed(_) => colors.bad,
            _ => colors.text,
        };
        text::selectable(ui, &words(export), Type::Body, color);
    }
    let state = community.export.as_ref().map(|export| &export.state);
    foot(ui, |ui| {
        let (words, wish, look) = match state {
            Some(ExportState::Working) => ("Stop", PeopleCommand::StopExport, Look::Plain),
            _ => ("Write it", PeopleCommand::Export(None), Look::Primary),
        };
        let act = ui.add(Button::new(words).look(look));
        if act.clicked() {
            return Some(DialogAction::Affairs(wish));
        }
        let close = ui.add(Button::new("Close"));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    })
}

/// How far it has come.
fn words(export: &ExportView) -> String {
    let count = |number: u64, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    };
    let messages = count(export.messages, "message", "messages");
    let written = format!("{messages} and {}", count(export.files, "file", "files"));
    let folder = export.folder.display();
    match &export.state {
        ExportState::Working => format!("Writing: {written} so far."),
        ExportState::Done => format!("{written} are in {folder}."),
        ExportState::Stopped => format!("Stopped: {written} are in {folder}."),
        ExportState::Failed(why) => format!("It did not come to its end after {written}: {why}."),
    }
}
