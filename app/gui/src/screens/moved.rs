//! The profile goes to another computer, or went; and the form by which one comes from there.

use dialtone_engine::snapshot::{MoveProgress, Moving};
use dialtone_engine::{MoveCommand, Secret};
use dialtone_words::say;
use egui::{Sense, Ui, WidgetInfo, vec2};

use super::centered;
use crate::theme::{Type, palette, radius};
use crate::widgets::{Button, Field, Icon, Look, Urgency, announce, callout, text, text_button};

/// What is typed to bring a profile here, and what was asked about the one that went.
#[derive(Default)]
pub struct MovedForm {
    /// Where the file is.
    pub path: String,
    passphrase: String,
    /// To use the profile here again was pressed once.
    asked: bool,
}

/// What was decided.
pub enum MovedAction {
    /// This.
    Send(MoveCommand),
    /// Choose the file in the system's dialog.
    Choose,
    /// Back to the welcome.
    Back,
}

/// How far it has come, in words, and as a share where that is known.
fn said(progress: &MoveProgress) -> (String, Option<f32>) {
    match progress {
        MoveProgress::Working { total: 0, .. } => (say!("move-preparing").to_owned(), None),
        MoveProgress::Working { done, total } => {
            let share = *done as f32 / *total as f32;
            let percent = (share * 100.0).round() as u32;
            (say!("move-percent", percent = percent), Some(share))
        }
        MoveProgress::Done(path) => (say!("move-done", path = path.display().to_string()), None),
        MoveProgress::Failed(reason) => (reason.clone(), None),
    }
}

/// Shows the screen of a profile that goes, or went.
pub fn show(ui: &mut Ui, moving: Option<&Moving>, form: &mut MovedForm) -> Option<MovedAction> {
    centered::card(ui, "moved", |ui| {
        let colors = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 6.0;
        let working = moving.filter(|view| matches!(view.progress, MoveProgress::Working { .. }));
        if let Some(view) = working {
            text::label(ui, say!("move-going"), Type::Heading, colors.text);
            return progress(ui, &view.progress);
        }
        text::label(ui, say!("move-gone"), Type::Heading, colors.text);
        if let Some(view) = moving {
            let (words, _) = said(&view.progress);
            let label = text::selectable(ui, &words, Type::Body, colors.text);
            announce(ui, &label, Urgency::Polite);
            ui.add_space(8.0);
        }
        text::label(ui, say!("move-gone-words"), Type::Body, colors.text_2);
        ui.add_space(14.0);
        if !form.asked {
            let again = Button::large(say!("move-use-here"));
            form.asked = ui.add(again).clicked();
            return None;
        }
        let words = say!("move-use-here-words");
        callout(ui, Icon::Warning, words, colors.text, colors.attention_bg);
        ui.add_space(8.0);
        let sure = Button::large(say!("move-use-here-sure")).look(Look::Danger);
        if ui.add(sure).clicked() {
            form.asked = false;
            return Some(MovedAction::Send(MoveCommand::UseHere));
        }
        if ui.add(Button::large(say!("say-cancel"))).clicked() {
            form.asked = false;
        }
        None
    })
}

fn progress(ui: &mut Ui, progress: &MoveProgress) -> Option<MovedAction> {
    let (words, share) = said(progress);
    let colors = palette(ui);
    let label = text::label(ui, &words, Type::Body, colors.text_2);
    announce(ui, &label, Urgency::Polite);
    ui.add_space(8.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &words));
    ui.painter().rect_filled(rect, radius::ROW, colors.line);
    let width = rect.width() * share.unwrap_or(0.0).clamp(0.0, 1.0);
    let filled = egui::Rect::from_min_size(rect.min, vec2(width, rect.height()));
    ui.painter().rect_filled(filled, radius::ROW, colors.accent);
    ui.add_space(14.0);
    let stop = ui.add(Button::large(say!("move-stop")));
    stop.clicked()
        .then_some(MovedAction::Send(MoveCommand::Stop))
}

/// Shows the form by which a profile comes from another computer.
pub fn show_import(
    ui: &mut Ui,
    moving: Option<&Moving>,
    form: &mut MovedForm,
) -> Option<MovedAction> {
    centered::card(ui, "import", |ui| {
        let colors = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 6.0;
        text::label(ui, say!("move-bring"), Type::Heading, colors.text);
        if let Some(view) = moving
            && matches!(view.progress, MoveProgress::Working { .. })
        {
            return progress(ui, &view.progress);
        }
        text::label(ui, say!("move-bring-words"), Type::Body, colors.text_2);
        ui.add_space(14.0);
        Field::new(say!("move-file"), &mut form.path)
            .focus_first()
            .show(ui);
        let mut action = None;
        if text_button(ui, say!("move-choose-file")).clicked() {
            action = Some(MovedAction::Choose);
        }
        let field = Field::new(say!("move-passphrase"), &mut form.passphrase)
            .password()
            .show(ui);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if let Some(MoveProgress::Failed(reason)) = moving.map(|view| &view.progress) {
            ui.add_space(8.0);
            let label = callout(ui, Icon::Warning, reason, colors.text, colors.bad_bg);
            announce(ui, &label, Urgency::Urgent);
        }
        ui.add_space(14.0);
        let ready = !form.path.trim().is_empty() && !form.passphrase.is_empty();
        let bring = Button::large(say!("move-bring-it"));
        let pressed = ui.add(bring.look(Look::Primary).enabled(ready)).clicked();
        if ready && (pressed || entered) {
            action = Some(MovedAction::Send(MoveCommand::Import {
                from: form.path.trim().into(),
                passphrase: Secret::new(std::mem::take(&mut form.passphrase)),
            }));
        }
        ui.vertical_centered(|ui| {
            if text_button(ui, say!("move-back")).clicked() {
                action = Some(MovedAction::Back);
            }
        });
        action
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_said_as_a_share() {
        let (words, share) = said(&MoveProgress::Working {
            done: 25,
            total: 100,
        });
        assert!(words.contains("25") && share == Some(0.25), "{words}");
        let (_, share) = said(&MoveProgress::Working { done: 0, total: 0 });
        assert_eq!(share, None);
    }
}
