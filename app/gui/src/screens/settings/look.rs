//! Dark, light, as the desktop says; how big; whether things move.

use dialtone_engine::settings::{Accent, Contrast, Density, LookSettings, Theme};
use egui::{Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::SettingsAction;
use super::pieces::titled;
use crate::appearance::ZOOM_PERCENT;
use crate::theme::{Type, accents, palette, radius, swatch};
use crate::widgets::{focus_ring, segmented, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, before: &LookSettings) -> Option<SettingsAction> {
    let mut look = before.clone();
    titled(ui, "Theme", "", |ui| {
        let options = [
            (Theme::Dark, "Dark"),
            (Theme::Light, "Light"),
            (Theme::System, "As the desktop"),
        ];
        if let Some(picked) = segmented(ui, "Theme", look.theme, &options) {
            look.theme = picked;
        }
    });
    titled(ui, "Contrast", "", |ui| {
        let options = [(Contrast::Normal, "Calm"), (Contrast::High, "High")];
        if let Some(picked) = segmented(ui, "Contrast", look.contrast, &options) {
            look.contrast = picked;
        }
        let color = palette(ui).text_3;
        let words = "High makes text and lines stand out as far as they can.";
        text::label(ui, words, Type::Hint, color);
    });
    titled(ui, "Accent", "", |ui| {
        if let Some(picked) = swatches(ui, look.accent) {
            look.accent = picked;
        }
        let color = palette(ui).text_3;
        let words = "For yourself, for what is live and for what is new.";
        text::label(ui, words, Type::Hint, color);
    });
    titled(ui, "Density", "", |ui| {
        let options = [
            (Density::Comfortable, "Comfortable"),
            (Density::Compact, "Compact"),
        ];
        if let Some(picked) = segmented(ui, "Density", look.density, &options) {
            look.density = picked;
        }
    });
    titled(ui, "Size", "", |ui| {
        let words = ZOOM_PERCENT.map(|percent| format!("{percent} %"));
        let options: Vec<_> = ZOOM_PERCENT
            .into_iter()
            .zip(words.iter().map(String::as_str))
            .collect();
        if let Some(picked) = segmented(ui, "Size", look.zoom_percent, &options) {
            look.zoom_percent = picked;
        }
        let color = palette(ui).text_3;
        let words = size_words(look.zoom_percent);
        text::label(ui, &words, Type::Hint, color);
    });
    titled(ui, "Motion", "", |ui| {
        let hint = "Nothing fades, slides or pulses";
        if switch(ui, look.reduced_motion, "Reduce motion", hint) {
            look.reduced_motion = !look.reduced_motion;
        }
    });
    (look != *before).then_some(SettingsAction::Look(look))
}

/// The accents side by side; the answer is another one, if it was pressed.
fn swatches(ui: &mut Ui, now: Accent) -> Option<Accent> {
    let palette = palette(ui);
    let mut chosen = None;
    ui.horizontal(|ui| {
        for accent in accents() {
            let (rect, response) = ui.allocate_exact_size(vec2(34.0, 34.0), Sense::click());
            let on = accent == now;
            response.widget_info(|| {
                WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, name(accent))
            });
            let color = swatch(accent, palette.dark);
            let middle = rect.center();
            ui.painter().circle_filled(middle, 11.0, color);
            if on || response.hovered() {
                let ring = if on { palette.text } else { palette.text_3 };
                ui.painter()
                    .circle_stroke(middle, 14.5, Stroke::new(1.6, ring));
            }
            focus_ring(ui, &response, radius::ROW);
            if response.on_hover_text(name(accent)).clicked() && !on {
                chosen = Some(accent);
            }
        }
    });
    chosen
}

fn name(accent: Accent) -> &'static str {
    match accent {
        Accent::Sea => "Sea",
        Accent::Sky => "Sky",
        Accent::Violet => "Violet",
        Accent::Rose => "Rose",
        Accent::Sand => "Sand",
    }
}

/// Says the size where it is none of those that are offered.
fn size_words(percent: u16) -> String {
    let keys = "Ctrl and + or - do the same anywhere.";
    if ZOOM_PERCENT.contains(&percent) {
        keys.to_owned()
    } else {
        format!("It is {percent} % now. {keys}")
    }
}
