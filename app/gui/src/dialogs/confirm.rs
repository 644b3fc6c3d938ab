//! What cannot be taken back is asked for.

use dialtone_engine::snapshot::FileId;
use dialtone_engine::{AccountId, ChannelId, CommunityId, DeviceId};
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

/// Shows the question whether to delete a file from the server.
pub(super) fn show_delete_file(ui: &mut Ui, file: FileId, name: &str) -> Option<DialogAction> {
    let title = format!("Delete {name}?");
    let words = "Nobody can fetch it any more, and the room that it takes on the server is free again. Its message stays, and so does what \
                 others have saved. It cannot be taken back.";
    heading(ui, &title, words);
    decide(ui, "Delete", DialogAction::DeleteFile(file))
}

/// Shows the question whether to leave a private channel.
pub(super) fn show_leave_channel(
    ui: &mut Ui,
    channel: ChannelId,
    name: &str,
) -> Option<DialogAction> {
    let title = format!("Leave {name}?");
    let words = "You are out at once, and the keys change: you read nothing new. Only somebody who may add people to it can bring \
                 you back.";
    heading(ui, &title, words);
    decide(ui, "Leave", DialogAction::LeaveChannel(channel))
}

/// Shows the question whether to forget a community.
pub(super) fn show_forget(ui: &mut Ui, community: CommunityId, name: &str) -> Option<DialogAction> {
    let title = format!("Forget {name}?");
    let words = "This computer drops its history and its keys. Your account stays on the server, \
                 but you need a new invite to come back.";
    heading(ui, &title, words);
    decide(ui, "Forget", DialogAction::Forget(community))
}

/// Shows the question whether to take a device out.
pub(super) fn show_revoke(
    ui: &mut Ui,
    community: CommunityId,
    device: DeviceId,
    name: &str,
) -> Option<DialogAction> {
    let title = format!("Take {name} out?");
    let words = "It is out at once, and the keys change: it reads nothing new. What it has read stays on it. To use it again, press \
                 the plus there, and add it by another device or by your recovery key.";
    heading(ui, &title, words);
    decide(
        ui,
        "Take it out",
        DialogAction::RevokeDevice(community, device),
    )
}

/// Shows the question whether to pass the founder's role on.
pub(super) fn show_pass_on(ui: &mut Ui, account: AccountId, name: &str) -> Option<DialogAction> {
    let title = format!("Make {name} the founder?");
    let words = "You become an admin, and only they can give the role back.";
    heading(ui, &title, words);
    decide(ui, "Pass it on", DialogAction::PassOn(account))
}

/// Shows the question whether to leave a community.
pub(super) fn show_leave(ui: &mut Ui, name: &str) -> Option<DialogAction> {
    let title = format!("Leave {name}?");
    let words = "You are out at once, and your login, your sessions and what brings your account back are deleted from the server. What is on this computer stays readable, until you forget it in the settings or come back. For \
                 that you need a new invite: your new account then takes the place of what is here.";
    heading(ui, &title, words);
    decide(ui, "Leave", DialogAction::Leave)
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
