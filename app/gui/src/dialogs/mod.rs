//! Dialogs over the main window: one at a time, closed by Escape, by its own button or by a press beside it.

mod approval;
mod calendar;
mod channel;
mod channel_rules;
mod channel_settings;
mod chronicle;
mod confirm;
pub(crate) mod diagnostics;
mod emoji;
mod export;
pub(crate) mod finder;
mod forgot;
mod invite;
mod invites;
mod knocks;
mod libraries;
mod link;
mod messages;
mod moving;
mod password;
mod people;
mod picture;
mod profile;
mod quality;
mod recovery;
mod remove;
mod safety;
mod wipe;

use std::path::PathBuf;

use dialtone_engine::snapshot::{Community, FileId};
use dialtone_engine::{
    AccountId, ChannelId, ClientEventId, CommunityCommand, CommunityId, DeviceId, Hash,
    MoveCommand, PeopleCommand, Secret,
};
use dialtone_words::say;
use egui::{Context, Id, Response, Ui};

use crate::finder::Goal;
use crate::panels::hearing::HearingAction;
use crate::panels::members::MembersAction;
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Button, Comparison, Look, Measured, heads_dialog, over_all, text};

pub use calendar::CalendarForm;
pub use channel::ChannelForm;
pub use channel_settings::ChannelSettingsForm;
pub use chronicle::ChronicleForm;
pub use diagnostics::DiagnosticsForm;
pub use emoji::{EmojiFor, EmojiForm};
pub use finder::FinderForm;
pub use invite::InviteForm;
pub use invites::InvitesForm;
pub use libraries::LibrariesForm;
pub use messages::DeleteForm;
pub use moving::MoveForm;
pub use password::PasswordForm;
pub use people::PeopleForm;
pub use picture::PictureView;
pub use profile::ProfileForm;
pub use quality::color as quality_color;
pub use recovery::RecoveryForm;
pub use remove::RemoveForm;
pub use wipe::WipeForm;

/// The dialog that is open.
#[derive(Debug)]
pub enum Dialog {
    /// Paste a link to join another community.
    Link(String),
    /// Make an invite.
    Invite(InviteForm),
    /// Make a channel.
    CreateChannel(ChannelForm),
    /// The invites that were made.
    Invites(InvitesForm),
    /// What the member list says, in words.
    Chronicle(ChronicleForm),
    /// One person.
    Profile(AccountId, ProfileForm),
    /// What a channel is.
    ChannelSettings(ChannelId, ChannelSettingsForm),
    /// Ask whether to delete a channel.
    DeleteChannel(ChannelId, String),
    /// Choose who else belongs to a private channel of this name.
    AddPeople(ChannelId, String, PeopleForm),
    /// Ask whether to leave a private channel of this name.
    LeaveChannel(ChannelId, String),
    /// Ask whether to forget a community.
    Forget(CommunityId, String),
    /// Who waits to be let in.
    Knocks,
    /// Change one's password in the community of this name.
    ChangePassword(CommunityId, String, PasswordForm),
    /// Take one's history of this community along.
    Export(CommunityId),
    /// Take the profile to another computer.
    Move(MoveForm),
    /// What is left to do without the password of the keys.
    Forgot,
    /// Ask whether to wipe this computer.
    Wipe(WipeForm),
    /// Ask whether to remove a member of this name.
    RemoveMember(AccountId, String, RemoveForm),
    /// Ask whether to pass the founder's role on.
    PassOn(AccountId, String),
    /// Ask whether to leave the community of this name.
    Leave(String),
    /// Compare safety words with a member.
    Safety(AccountId, String),
    /// The recovery key.
    Recovery(RecoveryForm),
    /// A new device asks to be added to the account in this community.
    Approval(CommunityId, Comparison),
    /// How well one hears everybody in the call of this community.
    Quality(CommunityId),
    /// A picture by itself.
    Picture(PictureView),
    /// Ask whether to delete a file of this name from the server.
    DeleteFile(FileId, String),
    /// Ask whether to take a device of one's own, in this community and of this name, out.
    RevokeDevice(CommunityId, DeviceId, String),
    /// Ask whether to take a message back.
    DeleteMessage(DeleteForm),
    /// What a message said before it was edited.
    Versions(ChannelId, ClientEventId),
    /// Ask whether to open an address that the words of its link do not tell.
    OpenLink(String),
    /// Choose an emoji.
    Emoji(EmojiForm),
    /// The libraries that are in this program.
    Libraries(LibrariesForm),
    /// Choose a day to go to.
    Calendar(CalendarForm),
    /// Find a place, or something to do.
    Finder(FinderForm),
    /// The bundle for whoever looks for a mistake.
    Diagnostics(DiagnosticsForm),
    /// The program did not come to its end the last time.
    EndedBadly,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogAction {
    /// Nothing; close it.
    Close,
    /// Save this file.
    SaveFile(FileId),
    /// Delete it from the server.
    DeleteFile(FileId),
    /// Look at this link.
    Inspect(String),
    /// Make an invite for so many people and seconds.
    Invite {
        /// People.
        uses: u32,
        /// Seconds.
        valid_for_s: u64,
    },
    /// Make a channel.
    Create {
        /// Its name.
        name: String,
        /// Listed under *Voice*.
        voice: bool,
    },
    /// Make a private channel.
    CreatePrivate {
        /// Its name.
        name: String,
        /// Listed under *Voice*.
        voice: bool,
        /// Who else belongs to it.
        accounts: Vec<AccountId>,
    },
    /// Put people into a private channel.
    AddPeople(ChannelId, Vec<AccountId>),
    /// Leave a private channel.
    LeaveChannel(ChannelId),
    /// What one does about people; it is done with that.
    People(PeopleCommand),
    /// The same, and the dialog stays.
    Affairs(PeopleCommand),
    /// These, in order.
    Wishes(Vec<CommunityCommand>),
    /// What one does with a member.
    Member(MembersAction),
    /// How one hears somebody changes.
    Hear(HearingAction),
    /// Look at the invites that there are.
    Invites,
    /// Make another one.
    NewInvite,
    /// Go where one's own picture is chosen.
    OwnPicture,
    /// Delete a channel.
    Delete(ChannelId),
    /// Come back to an account that one has: by another device, or by the recovery key.
    ComeBack {
        /// By another device.
        by_device: bool,
    },
    /// Forget a community on this computer.
    Forget(CommunityId),
    /// Change one's password in a community.
    ChangePassword {
        /// Where.
        community: CommunityId,
        /// The one until now.
        old: Secret,
        /// The one from now on.
        new: Secret,
    },
    /// Take the profile to another computer.
    Move(MoveCommand),
    /// Ask whether to wipe this computer.
    AskWipe {
        /// To come back with the recovery key afterwards.
        comes_back: bool,
    },
    /// Wipe this computer.
    Wipe {
        /// What was typed.
        typed: String,
        /// Show afterwards how one comes back with the recovery key.
        comes_back: bool,
    },
    /// Keep the recovery key in a file.
    SaveRecovery(CommunityId),
    /// Let somebody in.
    Admit(AccountId),
    /// Remove a member.
    RemoveMember {
        /// Whom.
        account: AccountId,
        /// They may not come back with the same account.
        ban: bool,
    },
    /// Make somebody the founder in one's place.
    PassOn(AccountId),
    /// Leave the community.
    Leave,
    /// The safety words with this member are the same.
    SafetySame(AccountId),
    /// Take a device of one's own out.
    RevokeDevice(CommunityId, DeviceId),
    /// Go on with a new device.
    Approve(CommunityId),
    /// Refuse it.
    RefuseDevice(CommunityId),
    /// The codes are the same at both devices.
    CodesSame(CommunityId),
    /// They are not.
    CodesDiffer(CommunityId),
    /// The recovery key is written down.
    RecoveryConfirmed,
    /// The safety words with this member differ.
    SafetyDiffers(AccountId),
    /// Take a message back.
    DeleteMessage(ChannelId, Hash),
    /// Set this emoji to a message.
    React(ChannelId, Hash, String),
    /// Put this emoji into the text.
    InsertEmoji(String),
    /// Open this address in the browser.
    OpenLink(String),
    /// Go to what was said in a channel from this moment on (ms since 1970).
    GoToMoment(ChannelId, u64),
    /// Go where that leads, or do it.
    Go(Goal),
    /// Put the bundle for whoever looks for a mistake together, and show it.
    Diagnose,
    /// Write it.
    SaveDiagnostics(Option<PathBuf>),
    /// Choose another folder than this one for it.
    ChooseFolder(Option<PathBuf>),
    /// Show where a file is.
    ShowFile(PathBuf),
}

/// Shows `open` over everything.
pub fn show(
    ctx: &Context,
    open: &mut Dialog,
    community: Option<&Community>,
    clock: &Clock,
) -> Option<DialogAction> {
    if let Dialog::Picture(view) = open {
        return picture::show(ctx, view, community);
    }
    if let Dialog::Libraries(form) = open {
        return libraries::show(ctx, form);
    }
    if let Dialog::Emoji(form) = open {
        return emoji::show(ctx, form);
    }
    let modal = over_all(ctx, Id::unique("dialog"), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let action = contents(ui, open, community, clock);
        stands(ui);
        action
    });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn contents(
    ui: &mut Ui,
    open: &mut Dialog,
    community: Option<&Community>,
    clock: &Clock,
) -> Option<DialogAction> {
    match open {
        Dialog::Link(text) => link::show(ui, text),
        Dialog::Invite(form) => invite::show(ui, form),
        Dialog::CreateChannel(form) => channel::show_create(ui, form, community?),
        Dialog::AddPeople(id, name, form) => people::show_add(ui, *id, (name, form), community?),
        Dialog::LeaveChannel(id, name) => confirm::show_leave_channel(ui, *id, name),
        Dialog::Invites(form) => invites::show(ui, form, community?, clock),
        Dialog::Chronicle(form) => chronicle::show(ui, form, community?),
        Dialog::Profile(account, form) => profile::show(ui, *account, form, community?),
        Dialog::ChannelSettings(id, form) => channel_settings::show(ui, *id, form, community?),
        Dialog::DeleteChannel(id, name) => confirm::show_delete(ui, *id, name),
        Dialog::Forget(id, name) => confirm::show_forget(ui, *id, name),
        Dialog::RemoveMember(account, name, form) => remove::show(ui, *account, (name, form)),
        Dialog::PassOn(account, name) => confirm::show_pass_on(ui, *account, name),
        Dialog::RevokeDevice(community, device, name) => {
            confirm::show_revoke(ui, *community, *device, name)
        }
        Dialog::Approval(_, comparison) => approval::show(ui, comparison, community, clock),
        Dialog::Recovery(form) => recovery::show(ui, form, community),
        Dialog::Safety(account, name) => safety::show(ui, *account, name, community),
        Dialog::DeleteFile(id, name) => confirm::show_delete_file(ui, *id, name),
        // Shown without a dialog's ground.
        Dialog::Picture(_)
        | Dialog::Emoji(_)
        | Dialog::Finder(_)
        | Dialog::Libraries(_)
        | Dialog::Diagnostics(_) => None,
        Dialog::DeleteMessage(form) => messages::show_delete(ui, form),
        Dialog::Versions(channel, id) => {
            messages::show_versions(ui, (*channel, *id), community, clock)
        }
        Dialog::OpenLink(address) => messages::show_link(ui, address),
        Dialog::Calendar(form) => calendar::show(ui, form, clock),
        Dialog::Leave(name) => confirm::show_leave(ui, name),
        Dialog::Export(_) => export::show(ui, community?),
        Dialog::ChangePassword(id, name, form) => password::show(ui, *id, (name, form)),
        Dialog::Move(form) => moving::show(ui, form),
        Dialog::Forgot => forgot::show(ui),
        Dialog::Wipe(form) => wipe::show(ui, form),
        Dialog::Quality(_) => quality::show(ui, community),
        Dialog::EndedBadly => diagnostics::show_ended_badly(ui),
        Dialog::Knocks => knocks::show(ui, community.map_or(&[], |one| &one.knocking)),
    }
}

/// One that grows stands in the middle at once, not when something moves next.
fn stands(ui: &Ui) {
    let height = Measured::new(ui, Id::unique("dialog height"), 0.0);
    height.shown(ui, ui.min_rect().height());
}

/// The dialog's title and what it is about.
fn heading(ui: &mut Ui, title: &str, words: &str) {
    let palette = palette(ui);
    let heading = text::label(ui, title, Type::Heading, palette.text);
    heads_dialog(ui, &heading);
    if !words.is_empty() {
        text::label(ui, words, Type::Body, palette.text_2);
    }
    ui.add_space(12.0);
}

/// Gives the keyboard to `response` while nothing in the dialog has it, as when it has just opened.
fn takes_keyboard(ui: &Ui, response: &Response) {
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
}

/// The row of buttons at the foot, the last one first (it stands at the right).
fn foot<R>(ui: &mut Ui, buttons: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(14.0);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        buttons(ui)
    })
    .inner
}

/// A foot with nothing but the way out.
fn close(ui: &mut Ui) -> Option<DialogAction> {
    foot(ui, |ui| {
        let close = ui.add(Button::new(say!("say-close")));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    })
}

/// A foot with two answers, the good one first, and a way to give none.
fn choose(
    ui: &mut Ui,
    (yes, accepted): (&str, DialogAction),
    (no, refused): (&str, DialogAction),
) -> Option<DialogAction> {
    foot(ui, |ui| {
        if ui.add(Button::new(yes).look(Look::Primary)).clicked() {
            return Some(accepted);
        }
        if ui.add(Button::new(no).look(Look::Danger)).clicked() {
            return Some(refused);
        }
        // Whoever is writing when it appears presses nothing by accident.
        let later = ui.add(Button::new(say!("dialog-not-now")));
        takes_keyboard(ui, &later);
        later.clicked().then_some(DialogAction::Close)
    })
}
