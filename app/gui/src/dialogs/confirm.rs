//! What cannot be taken back is asked for.

use dialtone_engine::{ChannelId, CommunityId};
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::widgets::{Button, Look};

/// Shows the question whether to delete a channel.
pub(super) fn show_delete(ui: &mut Ui, channel: ChannelId, name: &str) -> Option<DialogAction> {
    let title = format!("Delete #{name}?");
    let words = "Its messages go for everybody, and a call in it ends. It cannot be taken back.";
    heading(ui, &title, words);
    decide(ui, "Delete", DialogAction::Delete(channel))
}

/// Shows the question whether to forget a community.
pub(super) fn show_forget(ui: &mut Ui, community: CommunityId, name: &str) -> Option<DialogAction> {
    let title = format!("Forget {name}?");
    let words = "This computer drops its history and its keys. Your account stays on the server, \
                 but you need a new invite to come back.";
    heading(ui, &title, words);
    decide(ui, "Forget", DialogAction::Forget(community))
}

fn decide(ui: &mut Ui, verb: &str, action: DialogAction) -> Option<DialogAction> {
    foot(ui, |ui| {
        if ui.add(Button::new(verb).look(Look::DangerFilled)).clicked() {
            return Some(action);
        }
        // Enter alone destroys nothing.
        let cancel = ui.add(Button::new("Cancel"));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}
