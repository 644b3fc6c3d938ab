//! Dark, light, as the desktop says; how big; whether things move.

use dialtone_engine::settings::{Accent, Contrast, Density, LookSettings, TextSize, Theme};
use dialtone_words::{LANGUAGES, Language, say};
use egui::{Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::SettingsAction;
use super::pieces::titled;
use crate::appearance::ZOOM_PERCENT;
use crate::shortcuts::{self, Bindings, Shortcut};
use crate::theme::{Type, accents, palette, radius, swatch};
use crate::widgets::{Choice, focus_ring, segmented, select, switch, text};

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
    titled(ui, say!("set-contrast"), "", |ui| {
        let options = [
            (Contrast::Normal, say!("set-contrast-calm")),
            (Contrast::High, say!("set-contrast-high")),
        ];
        if let Some(picked) = segmented(ui, say!("set-contrast"), look.contrast, &options) {
            look.contrast = picked;
        }
        let color = palette(ui).text_3;
        let words = say!("set-contrast-words");
        text::label(ui, words, Type::Hint, color);
    });
    titled(ui, say!("set-accent"), "", |ui| {
        if let Some(picked) = swatches(ui, look.accent) {
            look.accent = picked;
        }
        let color = palette(ui).text_3;
        let words = say!("set-accent-words");
        text::label(ui, words, Type::Hint, color);
    });
    titled(ui, say!("set-density"), "", |ui| {
        let options = [
            (Density::Comfortable, say!("set-comfortable")),
            (Density::Compact, say!("set-compact")),
        ];
        if let Some(picked) = segmented(ui, say!("set-density"), look.density, &options) {
            look.density = picked;
        }
        let color = palette(ui).text_3;
        text::label(ui, say!("set-density-words"), Type::Hint, color);
    });
    titled(ui, say!("set-text-size"), "", |ui| {
        let options = [
            (TextSize::Small, say!("set-text-small")),
            (TextSize::Normal, say!("set-text-normal")),
            (TextSize::Large, say!("set-text-large")),
            (TextSize::Larger, say!("set-text-larger")),
        ];
        if let Some(picked) = segmented(ui, say!("set-text-size"), look.text, &options) {
            look.text = picked;
        }
        let color = palette(ui).text_3;
        text::label(ui, say!("set-text-size-words"), Type::Hint, color);
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
        let words = size_words(look.zoom_percent, &shortcuts::of(ui.ctx()));
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
        Accent::Sea => say!("set-accent-sea"),
        Accent::Sky => say!("set-accent-sky"),
        Accent::Violet => say!("set-accent-violet"),
        Accent::Rose => say!("set-accent-rose"),
        Accent::Sand => say!("set-accent-sand"),
    }
}

/// Says the size where it is none of those that are offered.
fn size_words(percent: u16, bindings: &Bindings) -> String {
    let [bigger, smaller] = [Shortcut::Bigger, Shortcut::Smaller].map(|one| bindings.words(one));
    let keys = if bigger.is_empty() || smaller.is_empty() {
        String::new()
    } else {
        say!("set-zoom-keys", bigger = bigger, smaller = smaller)
    };
    if ZOOM_PERCENT.contains(&percent) {
        keys
    } else {
        say!("set-zoom-now", percent = percent, keys = keys)
    }
}
