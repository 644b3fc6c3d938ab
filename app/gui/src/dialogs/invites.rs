//! The invites that were made: who came by each, which still opens, and taking one back.

use dialtone_engine::PeopleCommand;
use dialtone_engine::snapshot::{Community, InviteState, InviteView, Role};
use dialtone_words::say;
use egui::{Align, Layout, ScrollArea, Ui};

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Button, Look, text};

/// What stands around the list in the dialog, with the smallest of windows in mind.
const AROUND: f32 = 280.0;
/// Names that are shown of those who came by one invite.
const NAMES: usize = 12;

/// What is shown.
#[derive(Debug, Default)]
pub struct InvitesForm {
    asked: bool,
    /// Also those that nobody can use any more.
    all: bool,
}

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut InvitesForm,
    community: &Community,
    clock: &Clock,
) -> Option<DialogAction> {
    heading(ui, say!("people-invites"), say!("people-invites-words"));
    let mut action = None;
    match &community.invites {
        None => {
            text::label(ui, say!("people-reading"), Type::Body, palette(ui).text_3);
        }
        Some(invites) => action = list(ui, form, invites, clock),
    }
    if !form.asked {
        form.asked = true;
        action = Some(DialogAction::Affairs(PeopleCommand::ShowInvites(true)));
    }
    let may_invite = community.me.role >= Role::Admin;
    let closed = foot(ui, |ui| {
        let new = Button::new(say!("people-new-invite")).look(Look::Primary);
        if may_invite && ui.add(new).clicked() {
            return Some(DialogAction::NewInvite);
        }
        let close = ui.add(Button::new(say!("say-close")));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    });
    closed.or(action)
}

fn list(
    ui: &mut Ui,
    form: &mut InvitesForm,
    invites: &[InviteView],
    clock: &Clock,
) -> Option<DialogAction> {
    let palette = palette(ui);
    let is_shown = |invite: &&InviteView| form.all || invite.state == InviteState::Open;
    let shown: Vec<&InviteView> = invites.iter().filter(is_shown).collect();
    let over = invites
        .iter()
        .filter(|one| one.state != InviteState::Open)
        .count();
    let mut action = None;
    let room = ui.ctx().content_rect().height() - AROUND;
    ScrollArea::vertical()
        .max_height(room.clamp(90.0, 420.0))
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            if shown.is_empty() {
                let words = say!("people-no-invite-open");
                text::label(ui, words, Type::Body, palette.text_2);
            }
            for invite in shown {
                action = ui
                    .push_id(invite.number, |ui| line(ui, invite, clock))
                    .inner
                    .or(action.take());
            }
            if over > 0 && !form.all {
                let words = say!("people-show-over", count = over);
                let all = Button::new(&words).look(Look::Quiet).height(32.0);
                form.all = ui.add(all).clicked();
            }
        });
    action
}

fn line(ui: &mut Ui, invite: &InviteView, clock: &Clock) -> Option<DialogAction> {
    let palette = palette(ui);
    let mut action = None;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if invite.may_revoke {
                let name = say!("people-take-back-entry", number = invite.number);
                let back = Button::new(say!("people-take-back"))
                    .look(Look::Quiet)
                    .height(30.0);
                if ui.add(back).accessible_name(name).clicked() {
                    let wish = PeopleCommand::RevokeInvite(invite.id);
                    action = Some(DialogAction::Affairs(wish));
                }
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                text::label(ui, &title(invite), Type::BodyMedium, palette.text);
                let color = if invite.state == InviteState::Open {
                    palette.text_2
                } else {
                    palette.text_3
                };
                text::label(ui, &words(invite, clock), Type::Secondary, color);
                if !invite.used_by.is_empty() {
                    text::label(ui, &came(invite), Type::Secondary, palette.text_2);
                }
            });
        });
    });
    action
}

fn title(invite: &InviteView) -> String {
    let used = invite.used_by.len();
    say!(
        "people-invite-used",
        name = invite.by_name,
        used = used,
        uses = invite.uses
    )
}

/// How long it opens, or why no more.
fn words(invite: &InviteView, clock: &Clock) -> String {
    let state = match invite.state {
        InviteState::Open => say!(
            "people-invite-open",
            day = clock.day(invite.expires_ms),
            time = clock.time(invite.expires_ms)
        ),
        InviteState::UsedUp => say!("people-invite-used-up").to_owned(),
        InviteState::Expired => {
            say!("people-invite-expired", day = clock.day(invite.expires_ms))
        }
        InviteState::Void => say!("people-invite-void").to_owned(),
    };
    let number = invite.number;
    match invite.role {
        Role::Member => say!("people-invite-state", state = state, number = number),
        _ => say!("people-invite-state-admins", state = state, number = number),
    }
}

/// Who came by it.
fn came(invite: &InviteView) -> String {
    let names = invite.used_by.iter().map(|(_, name)| name.as_str());
    let shown: Vec<&str> = names.take(NAMES).collect();
    let more = invite.used_by.len() - shown.len();
    let names = shown.join(", ");
    if more > 0 {
        say!("people-used-by-more", names = names, count = more)
    } else {
        say!("people-used-by", names = names)
    }
}
