//! Make an invite link: for how many people, for how long; then the link, to copy.

use dialtone_engine::CommunityId;
use dialtone_words::say;
use egui::{Frame, Margin, Stroke, Ui};

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette, radius};
use crate::widgets::{Button, Icon, Look, callout, qr, segmented, text};

const HOUR: u64 = 3600;

/// What is chosen, and the link once it is there.
#[derive(Debug)]
pub struct InviteForm {
    /// Where to.
    pub community: CommunityId,
    /// The community's name.
    pub name: String,
    /// People.
    pub uses: u32,
    /// Seconds.
    pub valid_for_s: u64,
    /// The link is being made.
    pub asked: bool,
    /// The link.
    pub link: Option<String>,
    /// Why there is none.
    problem: Option<String>,
    copied: bool,
    /// Shown as a QR code, too.
    code: bool,
}

impl InviteForm {
    /// For one person, for a day.
    pub fn new(community: CommunityId, name: &str) -> Self {
        Self {
            community,
            name: name.to_owned(),
            uses: 1,
            valid_for_s: 24 * HOUR,
            asked: false,
            link: None,
            problem: None,
            copied: false,
            code: false,
        }
    }

    /// No link was made: says why, and lets one try again.
    pub fn failed(&mut self, reason: String) {
        self.asked = false;
        self.problem = Some(reason);
    }
}

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, form: &mut InviteForm) -> Option<DialogAction> {
    let title = say!("dialog-invite-title", name = form.name);
    heading(ui, &title, say!("dialog-invite-words"));
    match form.link.clone() {
        Some(link) => show_link(ui, form, &link),
        None => show_choices(ui, form),
    }
}

fn show_choices(ui: &mut Ui, form: &mut InviteForm) -> Option<DialogAction> {
    let palette = palette(ui);
    text::label(
        ui,
        say!("dialog-for-how-many"),
        Type::SecondaryStrong,
        palette.text_2,
    );
    let uses = [(1, say!("dialog-one")), (5, "5"), (25, "25"), (100, "100")];
    if let Some(picked) = segmented(ui, say!("dialog-for-how-many"), form.uses, &uses) {
        form.uses = picked;
    }
    ui.add_space(8.0);
    text::label(
        ui,
        say!("dialog-for-how-long"),
        Type::SecondaryStrong,
        palette.text_2,
    );
    let times = [
        (HOUR, say!("dialog-hour")),
        (24 * HOUR, say!("dialog-day")),
        (7 * 24 * HOUR, say!("dialog-week")),
        (30 * 24 * HOUR, say!("dialog-days-30")),
    ];
    if let Some(picked) = segmented(ui, say!("dialog-for-how-long"), form.valid_for_s, &times) {
        form.valid_for_s = picked;
    }
    if let Some(problem) = &form.problem {
        ui.add_space(8.0);
        callout(ui, Icon::Warning, problem, palette.text, palette.bad_bg);
    }
    let words = if form.asked {
        say!("dialog-making-link")
    } else {
        say!("dialog-make-link")
    };
    foot(ui, |ui| {
        let make = Button::new(words).look(Look::Primary).enabled(!form.asked);
        let make = ui.add(make);
        if !form.asked {
            takes_keyboard(ui, &make);
        }
        if make.clicked() {
            form.asked = true;
            form.problem = None;
            return Some(DialogAction::Invite {
                uses: form.uses,
                valid_for_s: form.valid_for_s,
            });
        }
        if ui.add(Button::new(say!("say-cancel"))).clicked() {
            return Some(DialogAction::Close);
        }
        let all = ui.add(Button::new(say!("people-all-invites")).look(Look::Quiet));
        all.clicked().then_some(DialogAction::Invites)
    })
}

fn show_link(ui: &mut Ui, form: &mut InviteForm, link: &str) -> Option<DialogAction> {
    let palette = palette(ui);
    Frame::new()
        .fill(palette.bg_1)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::INPUT)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            egui::ScrollArea::vertical()
                .max_height(140.0)
                .show(ui, |ui| {
                    let mut job =
                        text::wrapped(ui, link, Type::Code, palette.text, ui.available_width());
                    job.wrap.break_anywhere = true;
                    ui.add(egui::Label::new(job).wrap().selectable(true));
                });
        });
    if form.code {
        ui.add_space(8.0);
        // In a low window the buttons below stay in sight.
        let room = (ui.ctx().content_rect().height() - 380.0).clamp(120.0, 260.0);
        qr::show_sized(ui, link, say!("people-link-as-code"), room);
    }
    foot(ui, |ui| {
        let words = if form.copied {
            say!("say-copied")
        } else {
            say!("dialog-copy-link")
        };
        let icon = if form.copied { Icon::Check } else { Icon::Copy };
        let copy = ui.add(Button::new(words).icon(icon).look(Look::Primary));
        takes_keyboard(ui, &copy);
        if copy.clicked() {
            ui.ctx().copy_text(link.to_owned());
            form.copied = true;
        }
        let words = if form.code {
            say!("people-hide-code")
        } else {
            say!("people-show-code")
        };
        if ui.add(Button::new(words).look(Look::Quiet)).clicked() {
            form.code = !form.code;
        }
        ui.add(Button::new(say!("say-done")))
            .clicked()
            .then_some(DialogAction::Close)
    })
}
