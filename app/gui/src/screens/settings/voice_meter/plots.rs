//! The plots: the waveform, the spectrum, what has been of a number in the last seconds.

use dialtone_engine::snapshot::{Moment, VoiceMeter};
use egui::{Align, Color32, CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::theme::{Palette, Type, mix, palette};
use crate::widgets::text;

/// Distance from one bar of the waveform to the next, and its width, in points.
const PITCH: f32 = 3.0;
const BAR: f32 = 2.0;
/// Room for the words under a plot.
const CAPTION: f32 = 20.0;
/// The spectrum's scale, in dBFS.
const FLOOR_DBFS: f32 = -92.0;
const TOP_DBFS: f32 = -14.0;
/// The most that the plot of the gain shows, in dB.
pub(super) const MOST_REDUCTION_DB: f32 = 18.0;

/// Takes the room of a plot, and says what it shows to whoever does not see it.
fn place(ui: &mut Ui, height: f32, words: &str) -> Rect {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
    rect
}

/// How high a bar is for the highest sample in it: soft sounds are drawn larger than they are.
fn height_of(peak: f32) -> f32 {
    peak.clamp(0.0, 1.0).powf(0.55)
}

/// The loudest moments of each bar, the newest at the end, and how far the newest bar has come (0-1). A moment stays in its bar
/// while it moves to the left.
fn bars(moments: &[Moment], count: u64, bars: usize) -> (Vec<(f32, f32, bool)>, f32) {
    let per = (VoiceMeter::LONGEST / bars.max(1)).max(1) as u64;
    let first = count - moments.len() as u64;
    let mut all: Vec<(f32, f32, bool)> = Vec::with_capacity(bars + 1);
    let mut latest = None;
    for (at, moment) in (first..).zip(moments) {
        if latest.replace(at / per) != Some(at / per) {
            all.push((0.0, 0.0, false));
        }
        if let Some((before, after, sent)) = all.last_mut() {
            *before = before.max(moment.before);
            *after = after.max(moment.after);
            *sent |= moment.sent;
        }
    }
    let come = (count % per) as f32 / per as f32;
    (all, if come == 0.0 { 1.0 } else { come })
}

/// Shows the last seconds: pale as the microphone gives them, over it as others hear them.
pub(super) fn waveform(ui: &mut Ui, height: f32, meter: Option<&VoiceMeter>, words: &str) {
    let rect = place(ui, height, words);
    let palette = palette(ui);
    let plot = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - CAPTION));
    let painter = ui.painter().with_clip_rect(plot.expand(1.0));
    let middle = plot.center().y;
    painter.hline(plot.x_range(), middle, Stroke::new(1.0, palette.line));
    if let Some(meter) = meter {
        let most = (plot.width() / PITCH) as usize;
        let (all, come) = bars(&meter.moments, meter.count, most);
        let colors = Shades::of(palette);
        for (age, (before, after, sent)) in all.iter().rev().enumerate() {
            let x = plot.right() - (age as f32 + come) * PITCH;
            if x < plot.left() - PITCH {
                break;
            }
            let bar = |peak: f32| {
                let half = (height_of(peak) * plot.height() / 2.0).max(0.75);
                Rect::from_min_max(pos2(x, middle - half), pos2(x + BAR, middle + half))
            };
            let round = CornerRadius::same(1);
            painter.rect_filled(bar(*before), round, colors.pale);
            let color = if *sent { colors.full } else { colors.half };
            painter.rect_filled(bar(*after), round, color);
        }
    }
    let caption = Rect::from_min_max(pos2(rect.left(), plot.bottom()), rect.max);
    let seconds = format!("{} s ago", VoiceMeter::LONGEST / 100);
    text::paint_in(
        ui,
        caption,
        Align::Min,
        &seconds,
        Type::Hint,
        palette.text_3,
    );
    let key = "pale: your microphone · strong: what goes out";
    if caption.width() > 430.0 {
        text::paint_in(ui, caption, Align::Center, key, Type::Hint, palette.text_3);
    }
    text::paint_in(ui, caption, Align::Max, "now", Type::Hint, palette.text_3);
}

/// The accent in three strengths on a card.
struct Shades {
    pale: Color32,
    half: Color32,
    full: Color32,
}

impl Shades {
    fn of(palette: &Palette) -> Self {
        Self {
            pale: mix(palette.bg_3, palette.text_3, 0.34),
            half: mix(palette.bg_3, palette.accent, 0.52),
            full: palette.accent,
        }
    }
}

fn band_share(dbfs: f32) -> f32 {
    ((dbfs - FLOOR_DBFS) / (TOP_DBFS - FLOOR_DBFS)).clamp(0.0, 1.0)
}

/// Shows how loud each band is, up to 12 kHz.
pub(super) fn spectrum(ui: &mut Ui, height: f32, meter: Option<&VoiceMeter>) {
    let rect = place(ui, height, "Spectrum of your voice, from 0 to 12 kHz");
    let palette = palette(ui);
    let plot = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - CAPTION));
    let painter = ui.painter();
    painter.hline(
        plot.x_range(),
        plot.bottom(),
        Stroke::new(1.0, palette.line),
    );
    let step = plot.width() / VoiceMeter::BANDS as f32;
    let colors = Shades::of(palette);
    let bar = |band: usize, share: f32| {
        let left = plot.left() + step * band as f32;
        let top = plot.bottom() - (plot.height() * share).max(0.0);
        Rect::from_min_max(
            pos2(left, top),
            pos2(left + (step - 1.5).max(1.0), plot.bottom()),
        )
    };
    let top = CornerRadius {
        nw: 2,
        ne: 2,
        sw: 0,
        se: 0,
    };
    let (before, after) = meter.map_or((&[][..], &[][..]), |meter| {
        (&meter.spectrum_before[..], &meter.spectrum_after[..])
    });
    for (band, level) in before.iter().enumerate() {
        painter.rect_filled(bar(band, band_share(*level)), top, colors.pale);
    }
    for (band, level) in after.iter().enumerate() {
        let share = band_share(*level);
        let color = mix(colors.half, colors.full, (share * 1.5).min(1.0));
        painter.rect_filled(bar(band, share), top, color);
    }
    let caption = Rect::from_min_max(pos2(rect.left(), plot.bottom()), rect.max);
    for (at, words) in [
        (0.0, "0"),
        (0.25, "3"),
        (0.5, "6"),
        (0.75, "9"),
        (1.0, "12 kHz"),
    ] {
        let align =
            [Align::Min, Align::Center, Align::Max][usize::from(at > 0.0) + usize::from(at > 0.9)];
        let x = caption.left() + caption.width() * at;
        let room = match align {
            Align::Min => Rect::from_x_y_ranges(x..=x + 50.0, caption.y_range()),
            Align::Center => Rect::from_x_y_ranges(x - 25.0..=x + 25.0, caption.y_range()),
            Align::Max => Rect::from_x_y_ranges(x - 60.0..=x, caption.y_range()),
        };
        text::paint_in(ui, room, align, words, Type::Hint, palette.text_3);
    }
}

/// Shows a share (0-1) of each moment of the last seconds, standing on the ground or hanging from the top.
pub(super) fn history(
    ui: &mut Ui,
    height: f32,
    moments: &[Moment],
    words: &str,
    hanging: bool,
    share: impl Fn(&Moment) -> Option<f32>,
) {
    let rect = place(ui, height, words);
    let palette = palette(ui);
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(6), palette.code_bg);
    let plot = rect.shrink2(vec2(6.0, 5.0));
    let color = if hanging {
        palette.attention
    } else {
        palette.accent
    };
    let fill = mix(palette.code_bg, color, 0.34);
    let across = |index: usize| {
        let age = (moments.len() - 1 - index) as f32;
        plot.right() - plot.width() * age / (VoiceMeter::LONGEST - 1) as f32
    };
    let base = if hanging { plot.top() } else { plot.bottom() };
    let along = |share: f32| {
        let height = plot.height() * share.clamp(0.0, 1.0);
        if hanging {
            base + height
        } else {
            base - height
        }
    };
    let width = plot.width() / VoiceMeter::LONGEST as f32 + 0.6;
    let mut run = Vec::new();
    let mut runs = Vec::new();
    for (index, moment) in moments.iter().enumerate() {
        match share(moment).filter(|share| share.is_finite()) {
            Some(share) => {
                let point = pos2(across(index), along(share));
                let left = (point.x - width).max(plot.left());
                let column = Rect::from_two_pos(pos2(left, base), point);
                painter.rect_filled(column, CornerRadius::ZERO, fill);
                run.push(point);
            }
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    for run in runs {
        if run.len() > 1 {
            painter.line(run, Stroke::new(1.5, color));
        }
    }
    painter.hline(plot.x_range(), base, Stroke::new(1.0, palette.line));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(peaks: &[f32]) -> Vec<Moment> {
        let moment = |peak: &f32| Moment {
            before: *peak,
            after: *peak / 2.0,
            ..Moment::default()
        };
        peaks.iter().map(moment).collect()
    }

    #[test]
    fn a_moment_stays_in_its_bar_while_others_come() {
        // 100 bars of four moments each.
        let (all, come) = bars(&moments(&[0.1, 0.9, 0.1, 0.1, 0.2, 0.3]), 6, 100);
        assert_eq!(all.len(), 2);
        assert!((all[0].0 - 0.9).abs() < 1e-6 && (all[1].1 - 0.15).abs() < 1e-6);
        assert!((come - 0.5).abs() < 1e-6);
        // Two have scrolled out.
        let (later, come) = bars(&moments(&[0.1, 0.1, 0.2, 0.3, 0.1, 0.1]), 8, 100);
        assert_eq!(later.len(), 2);
        assert!((later[1].0 - 0.3).abs() < 1e-6 && (come - 1.0).abs() < 1e-6);
        assert_eq!(bars(&[], 0, 0).0.len(), 0);
    }

    #[test]
    fn bands_stay_on_the_plot() {
        assert!(band_share(f32::NEG_INFINITY).abs() < 1e-6);
        assert!((band_share(6.0) - 1.0).abs() < 1e-6);
        assert!(band_share(-60.0) > 0.3 && height_of(7.0) <= 1.0);
    }
}
