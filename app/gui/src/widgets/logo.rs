//! The sign of Dialtone: one and a half waves.

use std::f32::consts::TAU;

use egui::{Color32, Painter, Rect, Shape, Stroke, pos2};

/// Paints it into `rect`.
pub fn logo(painter: &Painter, rect: Rect, color: Color32) {
    let thickness = rect.width() * 0.075;
    let room = rect.shrink2(egui::vec2(thickness, thickness));
    let steps = 48;
    let points: Vec<_> = (0..=steps)
        .map(|step| {
            let along = step as f32 / steps as f32;
            let height = (along * 1.5 * TAU).sin();
            pos2(
                room.left() + along * room.width(),
                room.center().y - height * room.height() * 0.5,
            )
        })
        .collect();
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        painter.circle_filled(*first, thickness / 2.0, color);
        painter.circle_filled(*last, thickness / 2.0, color);
    }
    painter.add(Shape::line(points, Stroke::new(thickness, color)));
}
