//! Dark, light, as the desktop says; how big; whether things move.

use dialtone_engine::settings::{LookSettings, Theme};
use dialtone_words::{LANGUAGES, Language, say};
use egui::Ui;

use super::SettingsAction;
use super::pieces::titled;
use crate::appearance::ZOOM_PERCENT;
use crate::theme::{Type, palette};
use crate::widgets::{Choice, segmented, select, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, before: &LookSettings) -> Option<SettingsAction> {
    let mut look = before.clone();
    titled(ui, say!("set-theme"), "", |ui| {
        let options = [
            (Theme::Dark, say!("set-dark")),
            (Theme::Light, say!("set-light")),
            (Theme::System, say!("set-as-desktop")),
        ];
        if let Some(picked) = segmented(ui, say!("set-theme"), look.theme, &options) {
            look.theme = picked;
        }
    });
    titled(ui, say!("set-size"), "", |ui| {
        let words = ZOOM_PERCENT.map(|percent| format!("{percent} %"));
        let options: Vec<_> = ZOOM_PERCENT
            .into_iter()
            .zip(words.iter().map(String::as_str))
            .collect();
        if let Some(picked) = segmented(ui, say!("set-size"), look.zoom_percent, &options) {
            look.zoom_percent = picked;
        }
        let color = palette(ui).text_3;
        let words = size_words(look.zoom_percent);
        text::label(ui, &words, Type::Hint, color);
    });
    titled(ui, say!("set-motion"), "", |ui| {
        let hint = say!("set-motion-hint");
        if switch(ui, look.reduced_motion, say!("set-reduce-motion"), hint) {
            look.reduced_motion = !look.reduced_motion;
        }
    });
    language(ui, &mut look);
    (look != *before).then_some(SettingsAction::Look(look))
}

/// Which language the window speaks; each is named in itself, so that whoever reads no other one finds it.
fn language(ui: &mut Ui, look: &mut LookSettings) {
    titled(ui, say!("set-language"), "", |ui| {
        let system = dialtone_words::system_language().own_name();
        let mut choices = vec![Choice {
            value: None,
            words: say!("set-language-system", name = system),
        }];
        choices.extend(LANGUAGES.map(|language| Choice {
            value: Some(language),
            words: language.own_name().to_owned(),
        }));
        let now = look.language.as_deref().and_then(Language::of);
        if let Some(picked) = select(ui, say!("set-language"), &now, &choices) {
            look.language = picked.map(|language| language.tag().to_owned());
        }
        let color = palette(ui).text_3;
        text::label(ui, say!("set-language-hint"), Type::Hint, color);
    });
}

/// Says the size where it is none of those that are offered.
fn size_words(percent: u16) -> String {
    let keys = say!("set-zoom-keys");
    if ZOOM_PERCENT.contains(&percent) {
        keys.to_owned()
    } else {
        say!("set-zoom-now", percent = percent, keys = keys)
    }
}
