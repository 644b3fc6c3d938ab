//! The history of the community: what its member list says, in words, to be looked through.

use dialtone_engine::snapshot::{
    Chronicle, ChronicleEntry, ChronicleFilter, ChronicleKind, Community,
};
use dialtone_engine::{AccountId, PeopleCommand};
use dialtone_words::say;
use egui::{Frame, Margin, ScrollArea, Ui};

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette, radius};
use crate::widgets::{Button, Choice, Field, Look, select, text};

/// What stands around the list in the dialog, with the smallest of windows in mind.
const AROUND: f32 = 420.0;

/// What is looked for.
#[derive(Debug)]
pub struct ChronicleForm {
    filter: ChronicleFilter,
    /// What the engine was asked for.
    asked: Option<ChronicleFilter>,
}

impl ChronicleForm {
    /// Everything, or what one person did and what was done to them.
    pub fn of(account: Option<AccountId>) -> Self {
        Self {
            filter: ChronicleFilter {
                account,
                ..ChronicleFilter::default()
            },
            asked: None,
        }
    }
}

/// The kinds that one may look at alone.
fn kinds() -> [(Option<ChronicleKind>, &'static str); 7] {
    [
        (None, say!("people-kind-everything")),
        (Some(ChronicleKind::People), say!("people-kind-people")),
        (Some(ChronicleKind::Roles), say!("people-kind-roles")),
        (Some(ChronicleKind::Devices), say!("people-kind-devices")),
        (Some(ChronicleKind::Invites), say!("people-kind-invites")),
        (Some(ChronicleKind::Channels), say!("say-channels")),
        (Some(ChronicleKind::Keys), say!("people-kind-keys")),
    ]
}

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut ChronicleForm,
    community: &Community,
) -> Option<DialogAction> {
    heading(ui, say!("people-history"), say!("people-history-words"));
    narrow(ui, form, community);
    let told = community.chronicle.as_deref();
    list(ui, form, told);
    let wanted = (form.asked.as_ref() != Some(&form.filter)).then(|| {
        form.asked = Some(form.filter.clone());
        DialogAction::Affairs(PeopleCommand::ShowChronicle(Some(form.filter.clone())))
    });
    let closed = foot(ui, |ui| {
        let close = ui.add(Button::new(say!("say-close")));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    });
    closed.or(wanted)
}

/// The fields that narrow the list.
fn narrow(ui: &mut Ui, form: &mut ChronicleForm, community: &Community) {
    let before = (
        form.filter.kind,
        form.filter.account,
        form.filter.text.clone(),
    );
    Field::new(say!("people-find"), &mut form.filter.text)
        .hint(say!("people-find-hint"))
        .limit(100)
        .show(ui);
    ui.add_space(2.0);
    let kinds = kinds().map(|(value, words)| Choice {
        value,
        words: words.to_owned(),
    });
    if let Some(kind) = select(ui, say!("people-what-is-shown"), &form.filter.kind, &kinds) {
        form.filter.kind = kind;
    }
    let everybody = Choice {
        value: None,
        words: say!("people-by-everybody").to_owned(),
    };
    let members = community.members.iter().map(|member| Choice {
        value: Some(member.account),
        words: say!("people-by-named", name = member.name),
    });
    let people: Vec<_> = std::iter::once(everybody).chain(members).collect();
    if let Some(account) = select(ui, say!("people-about-whom"), &form.filter.account, &people) {
        form.filter.account = account;
    }
    if before
        != (
            form.filter.kind,
            form.filter.account,
            form.filter.text.clone(),
        )
    {
        form.filter.most = ChronicleFilter::PAGE;
    }
    ui.add_space(6.0);
}

fn list(ui: &mut Ui, form: &mut ChronicleForm, told: Option<&Chronicle>) {
    let palette = palette(ui);
    let room = ui.ctx().content_rect().height() - AROUND;
    ScrollArea::vertical()
        // Always as high, so that nothing jumps while one types.
        .max_height(room.clamp(90.0, 380.0))
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            let Some(told) = told else {
                text::label(ui, say!("people-reading"), Type::Body, palette.text_3);
                return;
            };
            if told.entries.is_empty() {
                let words = say!("people-history-nothing");
                text::label(ui, words, Type::Body, palette.text_2);
            }
            for one in &told.entries {
                ui.push_id(one.number, |ui| entry(ui, one));
            }
            let earlier = Button::new(say!("people-show-earlier"))
                .look(Look::Quiet)
                .height(32.0);
            if told.more && ui.add(earlier).clicked() {
                form.filter.most += ChronicleFilter::PAGE;
            }
        });
}

fn entry(ui: &mut Ui, one: &ChronicleEntry) {
    let palette = palette(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        text::selectable(ui, &one.sentence, Type::Body, palette.text);
        if let Some(reason) = &one.reason {
            Frame::new()
                .fill(palette.bg_1)
                .corner_radius(radius::INPUT)
                .inner_margin(Margin::symmetric(10, 6))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    text::selectable(ui, reason, Type::Secondary, palette.text_2);
                });
        }
        let number = say!("people-entry", number = one.number);
        text::label(ui, &number, Type::Hint, palette.text_3);
    });
}
