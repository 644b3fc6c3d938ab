//! The history of the community: what its member list says, in words, to be looked through.

use dialtone_engine::snapshot::{
    Chronicle, ChronicleEntry, ChronicleFilter, ChronicleKind, Community,
};
use dialtone_engine::{AccountId, PeopleCommand};
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
const KINDS: [(Option<ChronicleKind>, &str); 7] = [
    (None, "Everything"),
    (Some(ChronicleKind::People), "Who came and went"),
    (Some(ChronicleKind::Roles), "Roles and voices"),
    (Some(ChronicleKind::Devices), "Devices and account keys"),
    (Some(ChronicleKind::Invites), "Invites"),
    (Some(ChronicleKind::Channels), "Channels"),
    (Some(ChronicleKind::Keys), "Keys of the community"),
];

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut ChronicleForm,
    community: &Community,
) -> Option<DialogAction> {
    heading(
        ui,
        "History of the community",
        "Every change, signed by whoever made it and checked by every member. Their order is sure; when each was made is not \
         written down.",
    );
    narrow(ui, form, community);
    let told = community.chronicle.as_deref();
    list(ui, form, told);
    let wanted = (form.asked.as_ref() != Some(&form.filter)).then(|| {
        form.asked = Some(form.filter.clone());
        DialogAction::Affairs(PeopleCommand::ShowChronicle(Some(form.filter.clone())))
    });
    let closed = foot(ui, |ui| {
        let close = ui.add(Button::new("Close"));
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
    Field::new("Find", &mut form.filter.text)
        .hint("A name, a channel, a number")
        .limit(100)
        .show(ui);
    ui.add_space(2.0);
    let kinds = KINDS.map(|(value, words)| Choice {
        value,
        words: words.to_owned(),
    });
    if let Some(kind) = select(ui, "What is shown", &form.filter.kind, &kinds) {
        form.filter.kind = kind;
    }
    let everybody = Choice {
        value: None,
        words: "By and about everybody".to_owned(),
    };
    let members = community.members.iter().map(|member| Choice {
        value: Some(member.account),
        words: format!("By and about {}", member.name),
    });
    let people: Vec<_> = std::iter::once(everybody).chain(members).collect();
    if let Some(account) = select(ui, "About whom", &form.filter.account, &people) {
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
                text::label(ui, "Reading…", Type::Body, palette.text_3);
                return;
            };
            if told.entries.is_empty() {
                let words = "Nothing like this is in the history.";
                text::label(ui, words, Type::Body, palette.text_2);
            }
            for one in &told.entries {
                ui.push_id(one.number, |ui| entry(ui, one));
            }
            let earlier = Button::new("Show earlier ones")
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
        let number = format!("Entry {}", one.number);
        text::label(ui, &number, Type::Hint, palette.text_3);
    });
}
