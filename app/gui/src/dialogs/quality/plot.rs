//! The last minutes of one talker: the round trip as a line, what was lost as bars below it.

use dialtone_engine::snapshot::{Quality, Reading};
use dialtone_words::say;
use egui::{
    Align, Color32, CornerRadius, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::theme::{Type, palette};
use crate::widgets::text;

const HEIGHT: f32 = 112.0;
/// Of it, the line of the round trip.
const LINE_SHARE: f32 = 0.54;
const CAPTION: f32 = 16.0;
/// The scale ends at the highest value, and at least here.
const LEAST_MS: f32 = 100.0;
const LEAST_PERCENT: f32 = 20.0;

/// Shows it.
pub(super) fn show(ui: &mut Ui, name: &str, quality: &Quality) {
    let palette = palette(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let history = &quality.history;
    let words = in_words(name, history);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let corner = CornerRadius::same(6);
    ui.painter().rect_filled(rect, corner, palette.code_bg);
    let inner = rect.shrink2(vec2(8.0, 6.0));
    let (upper, lower) = inner.split_top_bottom_at_fraction(LINE_SHARE);
    let ms = highest(history, |reading| reading.round_trip_ms).unwrap_or(0.0);
    let ms = ms.max(LEAST_MS);
    let percent = highest(history, |reading| reading.loss_percent).unwrap_or(0.0);
    let percent = percent.max(LEAST_PERCENT);
    let room = strip(
        ui,
        upper,
        &say!("voice-plot-round-trip", ms = format!("{ms:.0}")),
    );
    line(ui, room, history, ms, palette.accent);
    let room = strip(
        ui,
        lower,
        &say!("voice-plot-lost", percent = format!("{percent:.0}")),
    );
    bars(ui, room, history, percent);
}

/// What stands over a part of the plot, and the line that it ends on; gives the room between them.
fn strip(ui: &Ui, place: Rect, caption: &str) -> Rect {
    let palette = palette(ui);
    let (above, below) = place.split_top_bottom_at_y(place.top() + CAPTION);
    text::paint_in(ui, above, Align::Min, caption, Type::Hint, palette.text_3);
    let room = Rect::from_min_max(below.min, below.max - vec2(0.0, 4.0));
    let baseline = Stroke::new(1.0, palette.line);
    ui.painter().hline(room.x_range(), room.bottom(), baseline);
    room
}

/// Where a reading stands from left to right: the newest at the right edge, whatever there is of older ones.
fn across(room: Rect, index: usize, count: usize) -> f32 {
    let age = (count - 1 - index) as f32;
    room.right() - room.width() * age / (Quality::LONGEST - 1) as f32
}

fn known(number: Option<f32>) -> Option<f32> {
    number.filter(|number| number.is_finite() && *number >= 0.0)
}

fn highest(history: &[Reading], of: impl Fn(&Reading) -> Option<f32>) -> Option<f32> {
    history
        .iter()
        .filter_map(|reading| known(of(reading)))
        .reduce(f32::max)
}

/// The round trip; where it is not known there is no line.
fn line(ui: &Ui, room: Rect, history: &[Reading], most: f32, color: Color32) {
    let stroke = Stroke::new(1.5, color);
    let mut run: Vec<Pos2> = Vec::new();
    let mut runs = Vec::new();
    for (index, reading) in history.iter().enumerate() {
        match known(reading.round_trip_ms) {
            Some(ms) => {
                let y = room.bottom() - room.height() * (ms / most).min(1.0);
                run.push(pos2(across(room, index, history.len()), y));
            }
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    for run in runs {
        match run[..] {
            [] => {}
            [alone] => {
                ui.painter().circle_filled(alone, 1.0, color);
            }
            _ => {
                ui.painter().line(run, stroke);
            }
        }
    }
}

/// What was lost, and within it what was not repaired.
fn bars(ui: &Ui, room: Rect, history: &[Reading], most: f32) {
    let palette = palette(ui);
    // A little wider than a second, so that no seams show.
    let width = room.width() / Quality::LONGEST as f32 + 1.0;
    for (index, reading) in history.iter().enumerate() {
        for (number, color) in [
            (reading.loss_percent, palette.attention),
            (reading.concealed_percent, palette.bad),
        ] {
            let Some(percent) = known(number).filter(|percent| *percent > 0.0) else {
                continue;
            };
            let height = room.height() * (percent / most).min(1.0);
            let left = (across(room, index, history.len()) - width).max(room.left());
            let bar = Rect::from_min_max(
                pos2(left, room.bottom() - height.max(1.0)),
                pos2(left + width, room.bottom()),
            );
            ui.painter().rect_filled(bar, CornerRadius::ZERO, color);
        }
    }
}

/// The same for whoever does not see it.
fn in_words(name: &str, history: &[Reading]) -> String {
    let Some(ms) = highest(history, |reading| reading.round_trip_ms) else {
        return say!("voice-plot-nothing", name = name);
    };
    let all = history
        .iter()
        .filter_map(|reading| known(reading.round_trip_ms));
    let least = all.reduce(f32::min).unwrap_or(ms);
    let minutes = history.len().div_ceil(60);
    let lost = highest(history, |reading| reading.loss_percent);
    let lost = lost.map_or_else(
        || say!("voice-plot-lost-unknown").to_owned(),
        |percent| say!("voice-plot-lost-most", percent = format!("{percent:.0}")),
    );
    let span = say!("voice-plot-span", minutes = minutes);
    say!(
        "voice-plot-words",
        name = name,
        span = span,
        least = format!("{least:.0}"),
        ms = format!("{ms:.0}"),
        lost = lost
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(numbers: &[(Option<f32>, Option<f32>)]) -> Vec<Reading> {
        let reading = |(round_trip_ms, loss_percent): &(Option<f32>, Option<f32>)| Reading {
            round_trip_ms: *round_trip_ms,
            loss_percent: *loss_percent,
            ..Reading::default()
        };
        numbers.iter().map(reading).collect()
    }

    #[test]
    fn the_plot_is_told_in_words_too() {
        let history = readings(&[
            (Some(20.0), None),
            (None, Some(3.0)),
            (Some(90.0), Some(0.0)),
        ]);
        assert_eq!(
            in_words("Jo", &history),
            "Jo in the last minute: a round trip of 20 to 90 ms; at most 3 % were lost."
        );
        assert_eq!(in_words("Jo", &[]), "Jo: nothing was measured yet.");
        let nonsense = readings(&[(Some(f32::NAN), None)]);
        assert_eq!(in_words("Jo", &nonsense), "Jo: nothing was measured yet.");
    }

    #[test]
    fn the_newest_reading_stands_at_the_right_edge_and_the_oldest_at_the_left() {
        let room = Rect::from_min_max(pos2(10.0, 0.0), pos2(309.0, 50.0));
        assert!((across(room, 0, 1) - 309.0).abs() < 1e-3);
        let all = Quality::LONGEST;
        assert!((across(room, 0, all) - 10.0).abs() < 1e-3);
        assert!((across(room, all - 1, all) - 309.0).abs() < 1e-3);
    }
}
