//! The card with the level and the line of voice activity.

use dialtone_engine::snapshot::VoiceMeter;
use dialtone_engine::{Command, Snapshot};
use dialtone_words::say;
use egui::{Align, Layout, Ui};

use super::super::audio::scale;
use super::card;
use super::model::{Line, line, line_hint};
use super::words::decibels;
use crate::theme::{Type, around_line, palette};
use crate::widgets::{Button, Look, Meter, text};

/// Shows it; what follows when the line is moved.
pub(super) fn show(ui: &mut Ui, size: (f32, f32), snapshot: &Snapshot) -> Vec<Command> {
    let drawn = line(snapshot);
    let hint = line_hint(snapshot, drawn.as_ref());
    let color = palette(ui).text_2;
    let hint = if size.0 < 420.0 { "" } else { hint };
    card::sized(ui, size, (say!("set-level-threshold"), hint, color), |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let meter = meter(snapshot, drawn.as_ref());
        let mut commands = Vec::new();
        if let Some(line) = &drawn {
            if let Some(dbfs) = meter.show_draggable(ui) {
                commands = line.moved(snapshot, dbfs);
            }
        } else {
            meter.show(ui);
        }
        scale(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.set_height(around_line(ui, 26.0));
            if let Some(line) = &drawn {
                let look = if line.automatic {
                    Look::On
                } else {
                    Look::Plain
                };
                let button = Button::new(say!("meter-by-itself")).look(look).height(26.0);
                let pressed = ui.add(button).on_hover_text(say!("set-line-hint"));
                pressed.widget_info(|| {
                    let words = say!("set-line-itself");
                    egui::WidgetInfo::selected(egui::Role::Switch, true, line.automatic, words)
                });
                if pressed.clicked() {
                    commands.push(line.follow(snapshot, !line.automatic));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = state(snapshot, drawn.as_ref());
                let galley = text::line(ui, &words, Type::Hint, color, ui.available_width());
                ui.add(egui::Label::new(galley));
            });
        });
        commands
    })
}

fn meter(snapshot: &Snapshot, line: Option<&Line>) -> Meter<'static> {
    let now = snapshot.audio.meter.as_deref().and_then(VoiceMeter::now);
    let level = now.map(|now| now.level_dbfs);
    Meter::new(say!("set-threshold"), snapshot.audio.gate_dbfs.or(level))
        .raw(snapshot.audio.input_dbfs)
        .threshold(line.map(|line| line.dbfs))
        .open(now.map_or(snapshot.audio.gate_open, |now| now.open))
        .height(22.0)
        .hot_zone()
}

/// The level and the line in numbers, to the half of a decibel.
fn state(snapshot: &Snapshot, line: Option<&Line>) -> String {
    let line = line.map(|line| say!("meter-line-at", db = decibels(line.dbfs)));
    let level = match snapshot.audio.gate_dbfs {
        None => Some(say!("meter-not-running").to_owned()),
        Some(level) if !level.is_finite() || level <= -60.0 => {
            Some(say!("meter-nothing-heard").to_owned())
        }
        Some(level) => Some(format!("{level:.0} dBFS").replace('-', "\u{2212}")),
    };
    let all: Vec<String> = level.into_iter().chain(line).collect();
    all.join(" · ")
}

/// How high the card is.
pub(super) const HEIGHT: f32 = 136.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::metered;

    #[test]
    fn level_and_line_are_told_in_numbers() {
        let mut snapshot = metered();
        let told = |snapshot: &Snapshot| state(snapshot, line(snapshot).as_ref());
        assert_eq!(told(&snapshot), "\u{2212}25 dBFS · line \u{2212}37.0 dBFS");
        snapshot.audio.gate_dbfs = Some(f32::NEG_INFINITY);
        assert!(told(&snapshot).starts_with("nothing is heard"));
        snapshot.audio.gate_dbfs = None;
        assert!(told(&snapshot).contains("not running"));
    }
}
