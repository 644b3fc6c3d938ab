//! Tray, starting with the desktop, links, being away: each says why where the desktop does not offer it.

use dialtone_desktop::{Availability, Registered};
use dialtone_engine::settings::DesktopSettings;
use dialtone_words::say;
use egui::Ui;

use super::SettingsAction;
use super::pieces::{minutes, titled};
use crate::desktop::{DesktopView, DesktopWish};
use crate::theme::{Type, palette};
use crate::widgets::{switch, text};

/// After how many minutes one counts as away.
const AWAY_MIN: [u16; 4] = [5, 10, 30, 0];

/// Shows the section.
pub(super) fn show(
    ui: &mut Ui,
    before: DesktopSettings,
    desktop: &DesktopView,
) -> Option<SettingsAction> {
    let mut wanted = before;
    titled(ui, say!("desk-tray"), "", |ui| {
        tray(ui, &mut wanted, &desktop.tray);
    });
    let autostart = titled(ui, say!("desk-starting"), "", |ui| {
        let hint = say!("desk-autostart-hint");
        let words = say!("desk-autostart");
        let flipped = registered(ui, &desktop.kept.autostart, words, hint);
        flipped.map(DesktopWish::Autostart)
    });
    let links = titled(ui, say!("desk-links"), "", |ui| {
        let hint = say!("desk-links-hint");
        let words = say!("desk-open-links");
        let flipped = registered(ui, &desktop.kept.links, words, hint);
        flipped.map(DesktopWish::Links)
    });
    titled(ui, say!("desk-being-away"), "", |ui| {
        away(ui, &mut wanted, &desktop.idle);
    });
    let changed = (wanted != before).then_some(SettingsAction::Desktop(wanted));
    let wish = autostart.or(links).map(SettingsAction::Wish);
    changed.or(wish)
}

fn tray(ui: &mut Ui, wanted: &mut DesktopSettings, tray: &Availability) {
    let words = say!("desk-keep-in-tray");
    let hint = say!("desk-keep-in-tray-hint");
    let reason = tray.reason();
    ui.add_enabled_ui(reason.is_none() || wanted.keep_in_tray, |ui| {
        if switch(ui, wanted.keep_in_tray, words, hint) {
            wanted.keep_in_tray = !wanted.keep_in_tray;
        }
    });
    if let Some(reason) = reason {
        why(ui, &say!("desk-no-tray", reason = sentence(reason)));
    }
}

/// A switch of something that the desktop keeps; what it was flipped to.
fn registered(ui: &mut Ui, now: &Registered, words: &str, hint: &str) -> Option<bool> {
    let usable = matches!(now, Registered::Yes | Registered::No);
    let on = *now == Registered::Yes;
    let flipped = ui
        .add_enabled_ui(usable, |ui| switch(ui, on, words, hint))
        .inner;
    if let Registered::Missing(reason) = now {
        why(ui, &format!("{}.", sentence(reason)));
    }
    flipped.then_some(!on)
}

/// Why something cannot be chosen.
fn why(ui: &mut Ui, words: &str) {
    let color = palette(ui).text_2;
    text::label(ui, words, Type::Hint, color);
}

fn away(ui: &mut Ui, wanted: &mut DesktopSettings, idle: &Availability) {
    if let Some(picked) = minutes(ui, say!("desk-away-after"), wanted.away_after_min, AWAY_MIN) {
        wanted.away_after_min = picked;
    }
    let words = match idle.reason() {
        Some(reason) if wanted.away_after_min > 0 => {
            say!("desk-never-away", reason = sentence(reason))
        }
        _ => say!("desk-away-words").to_owned(),
    };
    why(ui, &words);
}

/// With a capital at its beginning.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_sentence() {
        assert_eq!(
            sentence("this desktop shows no tray"),
            "This desktop shows no tray"
        );
        assert_eq!(sentence(""), "");
    }
}
