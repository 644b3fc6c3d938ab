//! Tray, starting with the desktop, links, being away: each says why where the desktop does not offer it.

use dialtone_desktop::{Availability, Registered};
use dialtone_engine::settings::DesktopSettings;
use egui::Ui;

use super::SettingsAction;
use super::pieces::titled;
use crate::desktop::{DesktopView, DesktopWish};
use crate::theme::{Type, palette};
use crate::widgets::{segmented, switch, text};

/// After how many minutes one counts as away.
const AWAY_MIN: [(u16, &str); 4] = [(5, "5 min"), (10, "10 min"), (30, "30 min"), (0, "Never")];

/// Shows the section.
pub(super) fn show(
    ui: &mut Ui,
    before: DesktopSettings,
    desktop: &DesktopView,
) -> Option<SettingsAction> {
    let mut wanted = before;
    titled(ui, "Tray", "", |ui| tray(ui, &mut wanted, &desktop.tray));
    let autostart = titled(ui, "Starting", "", |ui| {
        let hint = "Hidden in the tray, or minimised where there is none";
        let words = "Start when I log in";
        let flipped = registered(ui, &desktop.kept.autostart, words, hint);
        flipped.map(DesktopWish::Autostart)
    });
    let links = titled(ui, "Links", "", |ui| {
        let hint = "An invite that you press in a browser or a letter is shown here, and nothing is joined before you say so";
        let words = "Open dialtone links with this program";
        let flipped = registered(ui, &desktop.kept.links, words, hint);
        flipped.map(DesktopWish::Links)
    });
    titled(ui, "Being away", "", |ui| {
        away(ui, &mut wanted, &desktop.idle);
    });
    let changed = (wanted != before).then_some(SettingsAction::Desktop(wanted));
    let wish = autostart.or(links).map(SettingsAction::Wish);
    changed.or(wish)
}

fn tray(ui: &mut Ui, wanted: &mut DesktopSettings, tray: &Availability) {
    let words = "Keep running in the tray when the window is closed";
    let hint = "You stay in your calls and are told of messages; the tray's menu opens the window again, and ends Dialtone";
    let reason = tray.reason();
    ui.add_enabled_ui(reason.is_none() || wanted.keep_in_tray, |ui| {
        if switch(ui, wanted.keep_in_tray, words, hint) {
            wanted.keep_in_tray = !wanted.keep_in_tray;
        }
    });
    if let Some(reason) = reason {
        why(
            ui,
            &format!("{}: closing the window ends Dialtone.", sentence(reason)),
        );
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
    if let Some(picked) = segmented(ui, "Away after", wanted.away_after_min, &AWAY_MIN) {
        wanted.away_after_min = picked;
    }
    let words = match idle.reason() {
        Some(reason) if wanted.away_after_min > 0 => {
            format!("{}, so you never count as away.", sentence(reason))
        }
        _ => "When nobody has touched this computer for that long, you count as away, and the members see it.".to_owned(),
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
