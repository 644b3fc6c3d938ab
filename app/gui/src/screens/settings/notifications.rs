//! Of what one is told, what of it is shown, and when not.

use dialtone_desktop::Availability;
use dialtone_engine::settings::{DoNotDisturb, NotificationSettings, NotifyLevel};
use egui::Ui;

use super::SettingsAction;
use super::pieces::{caption, titled, warning};
use crate::desktop::{DesktopView, DesktopWish, QuietFor};
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Button, Icon, segmented, switch, text};

/// Shows the section.
pub(super) fn show(
    ui: &mut Ui,
    before: &NotificationSettings,
    desktop: &DesktopView,
    clock: &Clock,
) -> Option<SettingsAction> {
    let mut wanted = before.clone();
    titled(ui, "Notifications", "", |ui| {
        shown(ui, &mut wanted, &desktop.notifications);
    });
    titled(ui, "Of what you are told", "", |ui| levels(ui, &mut wanted));
    let quiet = titled(ui, "Do not disturb", "", |ui| {
        quiet(ui, before.do_not_disturb, clock)
    });
    let changed = (wanted != *before).then_some(SettingsAction::Notifications(wanted));
    changed.or(quiet)
}

fn shown(ui: &mut Ui, wanted: &mut NotificationSettings, service: &Availability) {
    if let Some(reason) = service.reason() {
        let words = format!("Nothing can be shown just now: {reason}. Dialtone goes on trying.");
        warning(ui, &words);
    }
    let hint = "While this window is in the background, or another channel is open";
    if switch(ui, wanted.show, "Show notifications", hint) {
        wanted.show = !wanted.show;
    }
    let hint = if wanted.show_text {
        "Who wrote, where, and the text: whoever sees your screen can read it, and the desktop may keep it"
    } else {
        "Only who wrote, and where; the text stays in this window"
    };
    ui.add_enabled_ui(wanted.show, |ui| {
        if switch(ui, wanted.show_text, "Show what was written", hint) {
            wanted.show_text = !wanted.show_text;
        }
    });
}

fn levels(ui: &mut Ui, wanted: &mut NotificationSettings) {
    let options = [
        (NotifyLevel::All, "Everything"),
        (NotifyLevel::Mentions, "Mentions"),
        (NotifyLevel::None, "Nothing"),
    ];
    caption(ui, "In channels");
    let picked = ui.push_id("channels", |ui| {
        segmented(ui, "In channels", wanted.channels, &options)
    });
    if let Some(level) = picked.inner {
        wanted.channels = level;
    }
    caption(ui, "In direct conversations");
    let picked = ui.push_id("direct", |ui| {
        segmented(ui, "In direct conversations", wanted.direct, &options)
    });
    if let Some(level) = picked.inner {
        wanted.direct = level;
    }
    let color = palette(ui).text_2;
    let words = "A mention is your name after an @, or @everyone by an admin. A channel's menu has a choice for that channel alone.";
    text::label(ui, words, Type::Hint, color);
    let chosen = wanted.chosen.len();
    if chosen > 0 {
        let color = palette(ui).text_2;
        text::label(ui, &chosen_words(chosen), Type::Hint, color);
        let forget = Button::new("Let these count everywhere")
            .icon(Icon::Retry)
            .height(32.0);
        if ui.add(forget).clicked() {
            wanted.chosen.clear();
        }
    }
}

fn chosen_words(chosen: usize) -> String {
    match chosen {
        1 => "One channel has a choice of its own.".to_owned(),
        more => format!("{more} channels have a choice of their own."),
    }
}

fn quiet(ui: &mut Ui, now: DoNotDisturb, clock: &Clock) -> Option<SettingsAction> {
    let color = palette(ui).text_2;
    let mut words =
        "While it is on nothing is shown, and calls make no short sounds; you hear people as ever."
            .to_owned();
    if let DoNotDisturb::Until(end_ms) = now.at(clock.now_ms) {
        words = format!("{words} It ends at {}.", clock.time(end_ms));
    }
    text::label(ui, &words, Type::Secondary, color);
    let options = [
        (QuietFor::Off, "Off"),
        (QuietFor::Hour, "For an hour"),
        (QuietFor::Tomorrow, "Until tomorrow"),
        (QuietFor::Always, "On"),
    ];
    let chosen = chosen(now, clock);
    let picked = segmented(ui, "Do not disturb", chosen, &options);
    picked.map(|quiet| SettingsAction::Wish(DesktopWish::Quiet(quiet)))
}

/// Which of the choices it is now.
fn chosen(now: DoNotDisturb, clock: &Clock) -> QuietFor {
    match now.at(clock.now_ms) {
        DoNotDisturb::Off => QuietFor::Off,
        DoNotDisturb::On => QuietFor::Always,
        until
            if Some(until)
                == clock
                    .tomorrow_at(crate::desktop::MORNING)
                    .map(DoNotDisturb::Until) =>
        {
            QuietFor::Tomorrow
        }
        DoNotDisturb::Until(_) => QuietFor::Hour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::desktop::end_of;

    #[test]
    fn what_was_chosen_is_shown_as_chosen() {
        let clock = demo::clock();
        for quiet in [
            QuietFor::Off,
            QuietFor::Hour,
            QuietFor::Tomorrow,
            QuietFor::Always,
        ] {
            assert_eq!(chosen(end_of(quiet, &clock), &clock), quiet);
        }
    }
}
