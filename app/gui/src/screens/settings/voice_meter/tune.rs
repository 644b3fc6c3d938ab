//! A stage unfolded: what it does, its parameters, and what else one may do with it.

use dialtone_engine::command::ChainEdit;
use dialtone_engine::snapshot::{ParamView, StageReading, StageView};
use egui::{Align, Frame, Layout, Margin, Ui};

use super::super::pieces::{pair, warning};
use super::model::step_to;
use super::words;
use crate::theme::{Type, palette, radius};
use crate::widgets::{Button, Icon, Look, Slider, switch, text};

/// Shows it; `at` is its place among `count`.
pub(super) fn show(
    ui: &mut Ui,
    (stage, title): (&StageView, &str),
    reading: Option<&StageReading>,
    (at, count): (usize, usize),
) -> Option<ChainEdit> {
    let palette = palette(ui);
    let mut edit = None;
    Frame::new()
        .fill(palette.bg_2)
        .corner_radius(radius::ROW)
        .inner_margin(Margin::symmetric(14, 12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 8.0;
            if let Some(problem) = &stage.problem {
                warning(ui, problem);
            }
            text::label(ui, &about(stage, reading), Type::Hint, palette.text_2);
            let half = stage.params.len().div_ceil(2);
            let (first, second) = stage.params.split_at(half);
            let (mut left, mut right) = (None, None);
            pair(
                ui,
                |ui| left = params(ui, &stage.id, title, first),
                |ui| right = params(ui, &stage.id, title, second),
            );
            edit = left
                .or(right)
                .or_else(|| buttons(ui, stage, title, (at, count)));
        });
    ui.add_space(6.0);
    edit
}

/// What it does, and what it takes.
fn about(stage: &StageView, reading: Option<&StageReading>) -> String {
    let does = words::kind(&stage.kind).map_or("A plugin of another maker.", |kind| kind.does);
    let Some(reading) = reading.filter(|reading| reading.cost.mean_us > 0.0) else {
        return does.to_owned();
    };
    let cost = reading.cost;
    let delay = if reading.delay_ms > 0.05 {
        format!("; {:.1} ms late", reading.delay_ms)
    } else {
        String::new()
    };
    format!(
        "{does} It takes {} of each 10 ms, {} at worst{delay}.",
        words::microseconds(cost.mean_us),
        words::microseconds(cost.worst_us)
    )
}

fn params(ui: &mut Ui, stage: &str, title: &str, params: &[ParamView]) -> Option<ChainEdit> {
    let palette = palette(ui);
    let mut edit = None;
    for param in params {
        let set = |value| ChainEdit::Set {
            stage: stage.to_owned(),
            param: param.name.clone(),
            value,
        };
        let words = words::param_title(&param.name);
        ui.push_id(&param.name, |ui| {
            if words::is_switch(param) {
                let on = param.value > 0.5;
                if switch(ui, on, &words, "") {
                    edit = Some(set(f32::from(u8::from(!on))));
                }
                return;
            }
            ui.horizontal(|ui| {
                text::label(ui, &words, Type::Hint, palette.text_2);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let value = words::value(param);
                    text::label(ui, &value, Type::HintStrong, palette.text);
                });
            });
            let name = format!("{title}: {words}");
            let slider = Slider::new(
                &name,
                param.value,
                (param.min, param.max),
                words::step(param),
            );
            if let Some(value) = slider.show(ui) {
                edit = Some(set(value));
            }
        });
    }
    edit
}

fn buttons(
    ui: &mut Ui,
    stage: &StageView,
    title: &str,
    (at, count): (usize, usize),
) -> Option<ChainEdit> {
    let mut edit = None;
    let usual = |param: &ParamView| (param.value - param.usual).abs() < f32::EPSILON;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let to = |to| ChainEdit::Move {
            stage: stage.id.clone(),
            to,
        };
        let reset = Button::new("Reset")
            .icon(Icon::Retry)
            .height(28.0)
            .enabled(!stage.params.iter().all(usual));
        if ui.add(reset).clicked() {
            edit = Some(ChainEdit::Reset(stage.id.clone()));
        }
        for (words, by) in [("Move up", -1), ("Move down", 1)] {
            let place = step_to(at, count, by);
            let button = Button::new(words).height(28.0).enabled(place.is_some());
            if let (true, Some(place)) = (ui.add(button).clicked(), place) {
                edit = Some(to(place));
            }
        }
        let remove = Button::new("Remove")
            .icon(Icon::Trash)
            .look(Look::Danger)
            .height(28.0);
        let remove = ui
            .add(remove)
            .on_hover_text(format!("Take \"{title}\" out of the chain"));
        if remove.clicked() {
            edit = Some(ChainEdit::Remove(stage.id.clone()));
        }
    });
    edit
}
