//! Of what one is told, what of it is shown, and when not.

use dialtone_desktop::Availability;
use dialtone_engine::settings::{DoNotDisturb, NotificationSettings, NotifyLevel};
use dialtone_words::say;
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
    titled(ui, say!("desk-notifications"), "", |ui| {
        shown(ui, &mut wanted, &desktop.notifications);
    });
    titled(ui, say!("desk-of-what"), "", |ui| levels(ui, &mut wanted));
    let quiet = titled(ui, say!("desk-do-not-disturb"), "", |ui| {
        quiet(ui, before.do_not_disturb, clock)
    });
    let changed = (wanted != *before).then_some(SettingsAction::Notifications(wanted));
    changed.or(quiet)
}

fn shown(ui: &mut Ui, wanted: &mut NotificationSettings, service: &Availability) {
    if let Some(reason) = service.reason() {
        let words = say!("desk-nothing-shown", reason = reason);
        warning(ui, &words);
    }
    let hint = say!("desk-show-hint");
    if switch(ui, wanted.show, say!("desk-show"), hint) {
        wanted.show = !wanted.show;
    }
    let hint = if wanted.show_text {
        say!("desk-text-hint")
    } else {
        say!("desk-no-text-hint")
    };
    ui.add_enabled_ui(wanted.show, |ui| {
        if switch(ui, wanted.show_text, say!("desk-show-text"), hint) {
            wanted.show_text = !wanted.show_text;
        }
    });
}

fn levels(ui: &mut Ui, wanted: &mut NotificationSettings) {
    let options = [
        (NotifyLevel::All, say!("desk-everything")),
        (NotifyLevel::Mentions, say!("desk-mentions")),
        (NotifyLevel::None, say!("desk-nothing")),
    ];
    caption(ui, say!("desk-in-channels"));
    let picked = ui.push_id("channels", |ui| {
        segmented(ui, say!("desk-in-channels"), wanted.channels, &options)
    });
    if let Some(level) = picked.inner {
        wanted.channels = level;
    }
    caption(ui, say!("desk-in-direct"));
    let picked = ui.push_id("direct", |ui| {
        segmented(ui, say!("desk-in-direct"), wanted.direct, &options)
    });
    if let Some(level) = picked.inner {
        wanted.direct = level;
    }
    let color = palette(ui).text_2;
    let words = say!("desk-mention-words");
    text::label(ui, words, Type::Hint, color);
    let chosen = wanted.chosen.len();
    if chosen > 0 {
        let color = palette(ui).text_2;
        let words = say!("desk-channels-own", count = chosen);
        text::label(ui, &words, Type::Hint, color);
        let forget = Button::new(say!("desk-count-everywhere"))
            .icon(Icon::Retry)
            .height(32.0);
        if ui.add(forget).clicked() {
            wanted.chosen.clear();
        }
    }
}

fn quiet(ui: &mut Ui, now: DoNotDisturb, clock: &Clock) -> Option<SettingsAction> {
    let color = palette(ui).text_2;
    let words = match now.at(clock.now_ms) {
        DoNotDisturb::Until(end_ms) => {
            say!("desk-quiet-words-until", time = clock.time(end_ms))
        }
        _ => say!("desk-quiet-words").to_owned(),
    };
    text::label(ui, &words, Type::Secondary, color);
    let options = [
        (QuietFor::Off, say!("desk-off")),
        (QuietFor::Hour, say!("desk-for-hour")),
        (QuietFor::Tomorrow, say!("desk-until-tomorrow")),
        (QuietFor::Always, say!("desk-on")),
    ];
    let chosen = chosen(now, clock);
    let picked = segmented(ui, say!("desk-do-not-disturb"), chosen, &options);
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
