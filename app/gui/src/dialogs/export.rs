//! Taking one's history along: what is written, that it is not sealed, how far it has come.

use dialtone_engine::PeopleCommand;
use dialtone_engine::snapshot::{Community, ExportState, ExportView};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, Look, callout, text};

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, community: &Community) -> Option<DialogAction> {
    let title = say!("people-export-title", name = community.name);
    heading(ui, &title, say!("people-export-words"));
    let colors = palette(ui);
    let warning = say!("people-export-warning");
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
            Some(ExportState::Working) => {
                (say!("set-stop"), PeopleCommand::StopExport, Look::Plain)
            }
            _ => (
                say!("people-export-begin"),
                PeopleCommand::Export(None),
                Look::Primary,
            ),
        };
        let act = ui.add(Button::new(words).look(look));
        if act.clicked() {
            return Some(DialogAction::Affairs(wish));
        }
        let close = ui.add(Button::new(say!("say-close")));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    })
}

/// How far it has come.
fn words(export: &ExportView) -> String {
    let (messages, files) = (export.messages, export.files);
    let written = say!("people-export-written", messages = messages, files = files);
    let folder = export.folder.display().to_string();
    match &export.state {
        ExportState::Working => say!("people-export-working", written = written),
        ExportState::Done => say!("people-export-done", written = written, folder = folder),
        ExportState::Stopped => {
            say!("people-export-stopped", written = written, folder = folder)
        }
        ExportState::Failed(why) => {
            say!("people-export-failed", written = written, why = why)
        }
    }
}
