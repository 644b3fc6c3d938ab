//! The bundle for whoever looks for a mistake: what is in it, part by part, before it is written; and the offer of it after a bad end.

use std::path::{Path, PathBuf};

use dialtone_engine::journal::{Part, PartKind};
use dialtone_engine::snapshot::Diagnostics;
use dialtone_words::say;
use egui::{Context, Id, Modal, ScrollArea, Ui};

use super::{DialogAction, foot, heading, stands, takes_keyboard};
use crate::theme::{Type, palette, palette_of, text_scale};
use crate::widgets::{Button, Icon, Look, Row, Urgency, announce, callout, dialog, text};

/// Which part is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiagnosticsForm {
    /// None: the list of them.
    pub part: Option<PartKind>,
    /// The folder that was chosen for it; none: that for downloads.
    pub folder: Option<PathBuf>,
}

/// A part in words: what it is, and what is in it.
fn words(kind: PartKind) -> (&'static str, &'static str) {
    match kind {
        PartKind::System => (say!("log-part-system"), say!("log-part-system-words")),
        PartKind::Devices => (say!("log-part-devices"), say!("log-part-devices-words")),
        PartKind::Settings => (say!("say-settings"), say!("log-part-settings-words")),
        PartKind::Findings => (say!("log-part-checks"), say!("log-part-checks-words")),
        PartKind::Log => (say!("log-part-log"), say!("log-part-log-words")),
    }
}

/// Shows the dialog, wider than others.
pub(crate) fn show(
    ctx: &Context,
    form: &mut DiagnosticsForm,
    view: Option<&Diagnostics>,
) -> Option<DialogAction> {
    let colors = palette_of(ctx);
    let room = ctx.content_rect();
    let width = (room.width() - 96.0).clamp(220.0, 720.0);
    let modal = Modal::new(Id::unique("dialog"))
        .backdrop_color(colors.veil)
        .frame(dialog(colors))
        .show(ctx, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 4.0;
            let most = (room.height() - 320.0).clamp(120.0, 420.0);
            let action = contents(ui, form, view, most);
            stands(ui);
            action
        });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn contents(
    ui: &mut Ui,
    form: &mut DiagnosticsForm,
    view: Option<&Diagnostics>,
    most: f32,
) -> Option<DialogAction> {
    heading(ui, say!("log-title"), say!("log-words"));
    let parts = view.map_or(&[][..], |view| &view.bundle.parts);
    let shown = parts.iter().find(|part| Some(part.kind) == form.part);
    if let Some(part) = shown {
        part_of(ui, part, most);
    } else if let Some(pressed) = list(ui, parts) {
        form.part = Some(pressed);
    }
    let folder = form.folder.as_deref();
    let mut action = place(ui, folder.or(view.and_then(|view| view.folder.as_deref())));
    action = said(ui, view).or(action);
    let pressed = foot(ui, |ui| {
        let ready = view.is_some_and(|view| !view.checking);
        let save = Button::new(say!("log-save"))
            .look(Look::Primary)
            .enabled(ready);
        let mut action = None;
        if ui.add(save).clicked() {
            action = Some(DialogAction::SaveDiagnostics(form.folder.clone()));
        }
        let close = ui.add(Button::new(say!("say-close")));
        takes_keyboard(ui, &close);
        if close.clicked() {
            action = Some(DialogAction::Close);
        }
        if form.part.is_some() && ui.add(Button::new(say!("log-all-parts"))).clicked() {
            form.part = None;
        }
        action
    });
    pressed.or(action)
}

/// Where it will be written, and the way to another folder.
fn place(ui: &mut Ui, folder: Option<&Path>) -> Option<DialogAction> {
    ui.add_space(8.0);
    let color = palette(ui).text_2;
    let words = match folder {
        Some(folder) => say!("log-goes-to", folder = folder.display().to_string()),
        None => say!("log-no-folder").to_owned(),
    };
    text::label(ui, &words, Type::Secondary, color);
    let other = Button::new(say!("log-other-folder")).height(28.0);
    ui.add(other)
        .clicked()
        .then(|| DialogAction::ChooseFolder(folder.map(Path::to_owned)))
}

/// What is in it; the part that was pressed, to be read.
fn list(ui: &mut Ui, parts: &[Part]) -> Option<PartKind> {
    let mut pressed = None;
    for part in parts {
        let (title, about) = words(part.kind);
        let size = part.text.len().div_ceil(1_024);
        let aside = say!("log-kilobytes", size = size);
        let row = Row::new(title).icon(Icon::File);
        ui.push_id(part.kind as u8, |ui| {
            let row = row.show(ui).on_hover_text(aside);
            if row.clicked() {
                pressed = Some(part.kind);
            }
            ui.horizontal(|ui| {
                ui.add_space(36.0);
                text::label(ui, about, Type::Hint, palette(ui).text_2);
            });
        });
    }
    pressed
}

/// A part as it will be written.
fn part_of(ui: &mut Ui, part: &Part, most: f32) {
    let colors = palette(ui);
    text::label(ui, words(part.kind).0, Type::BodyStrong, colors.text);
    ScrollArea::both()
        .max_height(most)
        .min_scrolled_height(most)
        .auto_shrink(false)
        .stick_to_bottom(part.kind == PartKind::Log)
        .show(ui, |ui| {
            if part.text.is_empty() {
                text::label(ui, say!("log-empty"), Type::Secondary, colors.text_2);
            }
            lines(ui, &part.text);
        });
}

/// The newest lines: more is in the file.
fn lines(ui: &mut Ui, all: &str) {
    const MOST: usize = 400;
    let from = all.lines().count().saturating_sub(MOST);
    for line in all.lines().skip(from) {
        let job = egui::text::LayoutJob::simple_singleline(
            line.to_owned(),
            Type::Code.font(text_scale(ui)),
            palette(ui).text,
        );
        let label = egui::Label::new(job).extend().selectable(true);
        ui.add(label);
    }
}

/// How far it has come, and where it went.
fn said(ui: &mut Ui, view: Option<&Diagnostics>) -> Option<DialogAction> {
    let colors = palette(ui);
    let view = view?;
    ui.add_space(8.0);
    let (words, color) = match &view.saved {
        Some(Ok(path)) => (
            say!("log-saved", path = path.display().to_string()),
            colors.text,
        ),
        Some(Err(reason)) => (say!("log-not-saved", reason = reason), colors.bad),
        None if view.checking => (say!("log-checking").to_owned(), colors.text_2),
        None => return None,
    };
    let label = text::selectable(ui, &words, Type::Secondary, color);
    announce(ui, &label, Urgency::Polite);
    let path = view.saved.as_ref()?.as_ref().ok()?;
    let show = Button::new(say!("log-show-folder")).icon(Icon::File);
    let pressed = ui.add(show.height(28.0)).clicked();
    pressed.then(|| DialogAction::ShowFile(path.clone()))
}

/// Says that the program ended badly the last time.
pub(super) fn show_ended_badly(ui: &mut Ui) -> Option<DialogAction> {
    heading(ui, say!("log-ended-badly"), say!("log-ended-words"));
    let colors = palette(ui);
    let words = say!("log-nothing-leaves");
    callout(ui, Icon::Info, words, colors.text, colors.bg_3);
    foot(ui, |ui| {
        let look = Button::new(say!("log-look")).look(Look::Primary);
        if ui.add(look).clicked() {
            return Some(DialogAction::Diagnose);
        }
        let close = ui.add(Button::new(say!("log-not-now")));
        takes_keyboard(ui, &close);
        close.clicked().then_some(DialogAction::Close)
    })
}
