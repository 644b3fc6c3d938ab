//! A text as a QR code (ISO/IEC 18004), dark on light whatever the theme: cameras read nothing else well.

use egui::{Color32, CornerRadius, Rect, Sense, Ui, pos2, vec2};
use qrcode::{Color, EcLevel, QrCode};

/// A side in points, its quiet zone included.
const SIDE: f32 = 164.0;
/// Light modules around it, as the standard asks for.
const QUIET: usize = 4;

/// Shows `text`; a screen reader says `name`. Text that no code holds is not shown.
pub(super) fn show(ui: &mut Ui, text: &str, name: &str) {
    show_sized(ui, text, name, SIDE);
}

/// The same, `side` points wide or as wide as there is room.
pub(crate) fn show_sized(ui: &mut Ui, text: &str, name: &str, side: f32) {
    let side = side.min(ui.available_width());
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M) else {
        return;
    };
    let width = code.width();
    ui.vertical_centered(|ui| {
        let (place, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
        let painter = ui.painter();
        painter.rect_filled(place, CornerRadius::same(8), Color32::WHITE);
        // Whole pixels: no seams between modules.
        let pixels = ui.ctx().pixels_per_point();
        let module = (side * pixels / (width + 2 * QUIET) as f32)
            .floor()
            .max(1.0)
            / pixels;
        let corner = place.center() - vec2(1.0, 1.0) * (module * width as f32 / 2.0);
        let corner = pos2(
            (corner.x * pixels).round() / pixels,
            (corner.y * pixels).round() / pixels,
        );
        for (index, color) in code.into_colors().into_iter().enumerate() {
            if color == Color::Light {
                continue;
            }
            let at = vec2((index % width) as f32, (index / width) as f32) * module;
            let square = Rect::from_min_size(corner + at, vec2(module, module));
            painter.rect_filled(square, CornerRadius::ZERO, Color32::BLACK);
        }
    });
}
