//! The microphone's level with the threshold on it; the threshold can be dragged where it is asked for.
//!
//! pale: what the microphone picks up | solid: what is left without the noise, which is what the threshold is compared with

use egui::{
    CornerRadius, CursorIcon, Key, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::frame::focus_with_arrows;
use crate::theme::{mix, palette};

/// The lowest level shown, in dBFS.
const FLOOR_DBFS: f32 = -60.0;

/// Where `dbfs` stands on the meter, from 0 to 1. Silence and nonsense stand at 0.
pub fn level_share(dbfs: f32) -> f32 {
    if dbfs.is_nan() {
        return 0.0;
    }
    ((dbfs - FLOOR_DBFS) / -FLOOR_DBFS).clamp(0.0, 1.0)
}

/// The level in dBFS at `share` of the meter, in steps of half a decibel.
pub fn share_level(share: f32) -> f32 {
    let dbfs = FLOOR_DBFS - share.clamp(0.0, 1.0) * FLOOR_DBFS;
    (dbfs * 2.0).round() / 2.0
}

/// A level meter.
#[must_use]
pub struct Meter<'a> {
    name: &'a str,
    level_dbfs: Option<f32>,
    raw_dbfs: Option<f32>,
    threshold_dbfs: Option<f32>,
    open: bool,
    height: f32,
    hot_zone: bool,
}

impl<'a> Meter<'a> {
    /// Of `level_dbfs`, the level that the threshold is compared with; `None` while nothing is captured.
    pub fn new(name: &'a str, level_dbfs: Option<f32>) -> Self {
        Self {
            name,
            level_dbfs,
            raw_dbfs: None,
            threshold_dbfs: None,
            open: true,
            height: 6.0,
            hot_zone: false,
        }
    }

    /// With the level before noise was taken out, paler behind the other.
    pub fn raw(mut self, dbfs: Option<f32>) -> Self {
        self.raw_dbfs = dbfs;
        self
    }

    /// With the threshold drawn on it.
    pub fn threshold(mut self, dbfs: Option<f32>) -> Self {
        self.threshold_dbfs = dbfs;
        self
    }

    /// Whether the gate is open: the bar is bright then.
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// Height in points.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// With the last 7 dB marked as too loud.
    pub fn hot_zone(mut self) -> Self {
        self.hot_zone = true;
        self
    }

    /// Shows it; nothing on it can be moved.
    pub fn show(self, ui: &mut Ui) -> Response {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::hover());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Meter, true, self.name);
            info.value = self.level_dbfs.map(f64::from);
            info
        });
        self.paint(ui, rect);
        response
    }

    /// Shows it with a threshold that can be dragged, or moved with the arrow keys; the answer is the new one, if it moved.
    pub fn show_draggable(self, ui: &mut Ui) -> Option<f32> {
        let sense = Sense::click_and_drag();
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), self.height), sense);
        focus_with_arrows(ui, &response);
        let now = self.threshold_dbfs.unwrap_or(FLOOR_DBFS);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(now), self.name));
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        self.paint(ui, rect);
        super::focus_ring(ui, &response, 6);
        let pointed = response
            .interact_pointer_pos()
            .filter(|_| response.dragged() || response.clicked())
            .map(|at| share_level((at.x - rect.left()) / rect.width().max(1.0)));
        let stepped = if response.has_focus() {
            arrow_steps(ui)
        } else {
            0.0
        };
        let moved = pointed.unwrap_or(now + stepped).clamp(FLOOR_DBFS, 0.0);
        ((moved - now).abs() > 0.01).then_some(moved)
    }

    fn paint(&self, ui: &Ui, rect: Rect) {
        let palette = palette(ui);
        let corner = CornerRadius::same((self.height / 2.0).min(6.0) as u8);
        let painter = ui.painter();
        let trough = palette.trough();
        painter.rect_filled(rect, corner, trough);
        if self.hot_zone {
            let from = rect.left() + rect.width() * level_share(-7.0);
            let zone = Rect::from_min_max(pos2(from, rect.top()), rect.max);
            let right = CornerRadius {
                nw: 0,
                sw: 0,
                ..corner
            };
            painter.rect_filled(zone, right, palette.attention_bg);
        }
        let strength = if self.open { 1.0 } else { 0.45 };
        for (level, share) in [(self.raw_dbfs, 0.25), (self.level_dbfs, strength)] {
            let Some(level) = level else { continue };
            let to = rect.left() + rect.width() * level_share(level);
            let filled = Rect::from_min_max(rect.min, pos2(to, rect.bottom()));
            let color = mix(trough, palette.accent, share);
            let clip = filled.intersect(painter.clip_rect());
            painter
                .with_clip_rect(clip)
                .rect_filled(rect, corner, color);
        }
        if let Some(threshold) = self.threshold_dbfs {
            let x = rect.left() + rect.width() * level_share(threshold);
            let thick = if self.height > 10.0 { 3.0 } else { 2.0 };
            let over = if self.height > 10.0 { 3.0 } else { 1.0 };
            painter.vline(
                x.clamp(rect.left() + 1.0, rect.right() - 1.0),
                (rect.top() - over)..=(rect.bottom() + over),
                Stroke::new(thick, palette.text),
            );
        }
    }
}

fn arrow_steps(ui: &Ui) -> f32 {
    ui.input(|input| {
        let up = input.num_presses(Key::ArrowRight) + input.num_presses(Key::ArrowUp);
        let down = input.num_presses(Key::ArrowLeft) + input.num_presses(Key::ArrowDown);
        up as f32 - down as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stay_on_the_meter() {
        assert!((level_share(-60.0)).abs() < 1e-6);
        assert!((level_share(0.0) - 1.0).abs() < 1e-6);
        assert!((level_share(-30.0) - 0.5).abs() < 1e-6);
        assert!(level_share(f32::NEG_INFINITY).abs() < 1e-6);
        assert!(level_share(f32::NAN).abs() < 1e-6);
        assert!((level_share(12.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_place_is_a_level() {
        assert!((share_level(0.5) + 30.0).abs() < 1e-6);
        assert!((share_level(-3.0) + 60.0).abs() < 1e-6);
        assert!((share_level(level_share(-45.0)) + 45.0).abs() < 1e-6);
    }
}
