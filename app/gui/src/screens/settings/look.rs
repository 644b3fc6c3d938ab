//! Dark, light, as the desktop says; how big.

use dialtone_engine::settings::Theme;
use egui::Ui;

use super::SettingsAction;
use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::{segmented, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, theme: Theme) -> Option<SettingsAction> {
    let mut action = None;
    titled(ui, "Theme", "", |ui| {
        let options = [
            (Theme::Dark, "Dark"),
            (Theme::Light, "Light"),
            (Theme::System, "As the desktop"),
        ];
        action = segmented(ui, "Theme", theme, &options).map(SettingsAction::Theme);
    });
    titled(ui, "Size", "", |ui| {
        let zoom = ui.ctx().zoom_factor();
        let nearest = [0.8_f32, 0.9, 1.0, 1.15, 1.3, 1.5]
            .into_iter()
            .min_by(|a, b| (a - zoom).abs().total_cmp(&(b - zoom).abs()))
            .unwrap_or(1.0);
        let options = [
            (0.8, "80 %"),
            (0.9, "90 %"),
            (1.0, "100 %"),
            (1.15, "115 %"),
            (1.3, "130 %"),
            (1.5, "150 %"),
        ];
        if let Some(picked) = segmented(ui, "Size", nearest, &options) {
            ui.ctx().set_zoom_factor(picked);
        }
        let color = palette(ui).text_3;
        let words = "Ctrl and + or - do the same anywhere. It holds until the window is closed.";
        text::label(ui, words, Type::Hint, color);
    });
    action
}
