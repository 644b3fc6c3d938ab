//! Dark, light, as the desktop says; how big; whether things move.

use dialtone_engine::settings::{LookSettings, Theme};
use egui::Ui;

use super::SettingsAction;
use super::pieces::titled;
use crate::appearance::ZOOM_PERCENT;
use crate::theme::{Type, palette};
use crate::widgets::{segmented, switch, text};

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

/// Says the size where it is none of those that are offered.
fn size_words(percent: u16) -> String {
    let keys = "Ctrl and + or - do the same anywhere.";
    if ZOOM_PERCENT.contains(&percent) {
        keys.to_owned()
    } else {
        format!("It is {percent} % now. {keys}")
    }
}
