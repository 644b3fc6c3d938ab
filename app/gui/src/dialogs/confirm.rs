//! What cannot be taken back is asked for.

use dialtone_engine::snapshot::FileId;
use dialtone_engine::{AccountId, ChannelId, CommunityId, DeviceId};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::widgets::{Button, Look};

/// Shows the question whether to delete a channel.
pub(super) fn show_delete(ui: &mut Ui, channel: ChannelId, name: &str) -> Option<DialogAction> {
    let title = say!("dialog-delete-channel", name = name);
    let words = say!("dialog-delete-channel-words");
    heading(ui, &title, words);
    decide(ui, say!("dialog-delete"), DialogAction::Delete(channel))
}

/// Shows the question whether to delete a file from the server.
pub(super) fn show_delete_file(ui: &mut Ui, file: FileId, name: &str) -> Option<DialogAction> {
    let title = say!("dialog-delete-named", name = name);
    let words = say!("dialog-delete-file-words");
    heading(ui, &title, words);
    decide(ui, say!("dialog-delete"), DialogAction::DeleteFile(file))
}

/// Shows the question whether to leave a private channel.
pub(super) fn show_leave_channel(
    ui: &mut Ui,
    channel: ChannelId,
    name: &str,
) -> Option<DialogAction> {
    let title = say!("dialog-leave-named", name = name);
    let words = say!("dialog-leave-channel-words");
    heading(ui, &title, words);
    decide(
        ui,
        say!("dialog-leave"),
        DialogAction::LeaveChannel(channel),
    )
}

/// Shows the question whether to forget a community.
pub(super) fn show_forget(ui: &mut Ui, community: CommunityId, name: &str) -> Option<DialogAction> {
    let title = say!("dialog-forget-named", name = name);
    let words = say!("dialog-forget-words");
    heading(ui, &title, words);
    decide(ui, say!("set-forget"), DialogAction::Forget(community))
}

/// Shows the question whether to take a device out.
pub(super) fn show_revoke(
    ui: &mut Ui,
    community: CommunityId,
    device: DeviceId,
    name: &str,
) -> Option<DialogAction> {
    let title = say!("dialog-take-named-out", name = name);
    let words = say!("dialog-take-out-words");
    heading(ui, &title, words);
    decide(
        ui,
        say!("dialog-take-it-out"),
        DialogAction::RevokeDevice(community, device),
    )
}

/// Shows the question whether to pass the founder's role on.
pub(super) fn show_pass_on(ui: &mut Ui, account: AccountId, name: &str) -> Option<DialogAction> {
    let title = say!("dialog-make-founder", name = name);
    let words = say!("dialog-make-founder-words");
    heading(ui, &title, words);
    decide(ui, say!("dialog-pass-on"), DialogAction::PassOn(account))
}

/// Shows the question whether to leave a community.
pub(super) fn show_leave(ui: &mut Ui, name: &str) -> Option<DialogAction> {
    let title = say!("dialog-leave-named", name = name);
    let words = say!("dialog-leave-words");
    heading(ui, &title, words);
    decide(ui, say!("dialog-leave"), DialogAction::Leave)
}

fn decide(ui: &mut Ui, verb: &str, action: DialogAction) -> Option<DialogAction> {
    foot(ui, |ui| {
        if ui.add(Button::new(verb).look(Look::DangerFilled)).clicked() {
            return Some(action);
        }
        // Enter alone destroys nothing.
        let cancel = ui.add(Button::new(say!("say-cancel")));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}
