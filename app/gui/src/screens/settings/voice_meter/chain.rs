//! The card with the chain: every stage in order, and what can be changed.

use dialtone_engine::Snapshot;
use dialtone_engine::command::{ChainCommand, ChainEdit};
use dialtone_engine::snapshot::{ChainSource, ChainView, VoiceMeter};
use dialtone_words::say;
use egui::{Align, CornerRadius, Layout, Rect, Sense, Stroke, Ui, vec2};

use super::super::pieces::warning;
use super::model::{capture_row, drop_place, end_rows, stage_row, step_to};
use super::presets::{self, Question};
use super::{MeterAction, add, row, tune};
use crate::theme::{Type, around_line, mix, palette, size};
use crate::widgets::{Icon, IconButton, Look, card, text, text_button};

/// What the view remembers of the chain.
#[derive(Debug, Clone, Default)]
pub(super) struct ChainState {
    /// The stage whose parameters are in sight.
    unfolded: Option<String>,
    /// What is being asked.
    pub(super) question: Option<Question>,
}

/// Shows it.
pub(super) fn show(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut ChainState,
) -> Option<MeterAction> {
    let palette = palette(ui);
    let chain = snapshot.audio.chain.as_deref()?;
    card(palette)
        .fill(palette.bg_3)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut action = heading(ui, snapshot, chain, state);
            ui.add_space(8.0);
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                action = action
                    .take()
                    .or_else(|| presets::ask(ui, chain, &mut state.question));
                if let Some(problem) = &chain.problem {
                    warning(ui, problem);
                }
            });
            row::fixed(ui, &capture_row(snapshot));
            let edit = stages(ui, snapshot, chain, state);
            for end in end_rows(snapshot) {
                row::fixed(ui, &end);
            }
            ui.add_space(6.0);
            let added = add::show(ui, chain);
            let wish = edit.map(ChainCommand::Edit).or(added);
            action.or(wish.map(MeterAction::chain))
        })
        .inner
}

fn heading(
    ui: &mut Ui,
    snapshot: &Snapshot,
    chain: &ChainView,
    state: &mut ChainState,
) -> Option<MeterAction> {
    let palette = palette(ui);
    let mut action = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        ui.set_height(around_line(ui, 28.0));
        text::label(ui, say!("meter-chain"), Type::SecondaryStrong, palette.text);
        action = presets::menu(ui, chain, &mut state.question);
        let undo = IconButton::new(Icon::Back, say!("meter-take-back"))
            .look(Look::Quiet)
            .size(28.0, 28.0)
            .enabled(chain.can_undo);
        if ui.add(undo).clicked() {
            action = Some(MeterAction::chain(ChainCommand::Undo));
        }
        let preset = ChainSource::Preset(snapshot.settings.audio.preset);
        if chain.source != preset
            && ui.available_width() > 130.0
            && text_button(ui, say!("meter-back-to-preset")).clicked()
        {
            action = Some(MeterAction::chain(ChainCommand::Choose(preset)));
        }
        let total = snapshot
            .audio
            .meter
            .as_deref()
            .map_or(0.0, VoiceMeter::total_us);
        if total > 0.0 && ui.available_width() > 100.0 {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = say!("meter-of-10-ms", total = format!("{total:.0}"));
                text::label(ui, &words, Type::HintStrong, palette.text_2);
            });
        }
    });
    action
}

/// The stages; what is to be changed of them.
fn stages(
    ui: &mut Ui,
    snapshot: &Snapshot,
    chain: &ChainView,
    state: &mut ChainState,
) -> Option<ChainEdit> {
    let meter = snapshot.audio.meter.as_deref();
    let count = chain.stages.len();
    let mut edit = None;
    let mut rects: Vec<Rect> = Vec::with_capacity(count);
    let mut drag = None;
    for (at, stage) in chain.stages.iter().enumerate() {
        let shown = stage_row(meter, stage);
        let unfolded = state.unfolded.as_ref() == Some(&stage.id);
        let id = ui.scope_id().with(("stage", &stage.id));
        let top = ui.cursor().top();
        let done = row::stage(ui, &shown, id, unfolded, stage.enabled);
        if unfolded {
            ui.push_id(("tune", &stage.id), |ui| {
                let reading = meter.and_then(|meter| meter.stage(&stage.id));
                let named = (stage, shown.title.as_str());
                edit = tune::show(ui, named, reading, (at, count)).or(edit.take());
            });
        }
        rects.push(Rect::from_x_y_ranges(
            ui.min_rect().x_range(),
            top..=ui.cursor().top(),
        ));
        if done.unfold {
            state.unfolded = (!unfolded).then(|| stage.id.clone());
        }
        if done.switch {
            edit = Some(ChainEdit::Enable {
                stage: stage.id.clone(),
                on: !stage.enabled,
            });
        }
        if let Some(to) = (done.step != 0)
            .then(|| step_to(at, count, done.step))
            .flatten()
        {
            edit = Some(moved(&stage.id, to));
        }
        if let Some((y, released)) = done.dragged {
            drag = Some((at, y, released));
        }
    }
    if count == 0 {
        let color = palette(ui).text_2;
        let (rect, _) = ui.allocate_exact_size(
            vec2(ui.available_width(), around_line(ui, 34.0)),
            Sense::hover(),
        );
        let words = say!("meter-no-stage-at-all");
        let room = rect.shrink2(vec2(28.0, 0.0));
        text::paint_in(ui, room, Align::Min, words, Type::Secondary, color);
    }
    edit.or_else(|| dragged(ui, chain, &rects, drag))
}

fn moved(stage: &str, to: usize) -> ChainEdit {
    ChainEdit::Move {
        stage: stage.to_owned(),
        to,
    }
}

/// Shows where a dragged stage would come to stand, and puts it there when it is let go.
fn dragged(
    ui: &Ui,
    chain: &ChainView,
    rects: &[Rect],
    drag: Option<(usize, f32, bool)>,
) -> Option<ChainEdit> {
    let (at, y, released) = drag?;
    let middles: Vec<f32> = rects.iter().map(|rect| rect.center().y).collect();
    let to = drop_place(&middles, at, y);
    if released {
        return (to != at).then(|| moved(&chain.stages[at].id, to));
    }
    let palette = palette(ui);
    let veil = mix(palette.bg_3, palette.accent, 0.12).gamma_multiply(0.5);
    ui.painter()
        .rect_filled(rects[at], CornerRadius::same(8), veil);
    let line = if to >= at {
        rects.get(to).map(Rect::bottom)
    } else {
        rects.get(to).map(Rect::top)
    };
    if let Some(line) = line.filter(|_| to != at) {
        let x = rects[at].x_range();
        ui.painter()
            .hline(x, line, Stroke::new(2.0, palette.accent));
        ui.painter().circle_filled(
            egui::pos2(x.min + size::ICON / 4.0, line),
            4.0,
            palette.accent,
        );
    }
    None
}
