//! The key of push-to-talk and push-to-mute: which one, and what hears it while other programs have the keyboard.

use dialtone_engine::ptt::{Hotkey, LONGEST_DELAY_MS, Listening, PushState};
use dialtone_engine::settings::{AudioSettings, BackendChoice};
use dialtone_words::say;
use egui::Ui;

use super::SettingsAction;
use super::pieces::{caption, titled, warning};
use crate::keys;
use crate::shortcuts::{self, Shortcut};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Choice, Icon, Look, Slider, select, switch, text};

/// Keys that the window does not hear, or does not tell apart, so that they cannot be chosen by pressing them.
const LISTED: [&str; 12] = [
    "F8",
    "Mouse8",
    "Mouse9",
    "LeftCtrl",
    "RightCtrl",
    "LeftAlt",
    "RightAlt",
    "RightShift",
    "RightSuper",
    "CapsLock",
    "Numpad0",
    "ScrollLock",
];

/// Shows the cards of the key.
pub(super) fn show(
    ui: &mut Ui,
    push: &PushState,
    audio: &mut AudioSettings,
    capturing: bool,
) -> Option<SettingsAction> {
    let chosen = titled(ui, say!("set-the-key"), "", |ui| {
        let action = key(ui, audio, capturing);
        delay(ui, audio);
        let words = say!("set-key-sounds-hint");
        if switch(ui, audio.push_to_talk_sounds, say!("set-key-sounds"), words) {
            audio.push_to_talk_sounds = !audio.push_to_talk_sounds;
        }
        action
    });
    let heard = titled(ui, say!("set-other-programs"), "", |ui| {
        anywhere(ui, push, audio)
    });
    chosen.or(heard)
}

fn key(ui: &mut Ui, audio: &mut AudioSettings, capturing: bool) -> Option<SettingsAction> {
    caption(ui, say!("set-key-to-hold"));
    let color = palette(ui).text_2;
    if capturing {
        let words = say!("set-press-key");
        text::label(ui, words, Type::Secondary, color);
        let cancel = ui.add(Button::new(say!("set-leave-key")).height(34.0));
        return cancel
            .clicked()
            .then_some(SettingsAction::CaptureKey(false));
    }
    let name = say!("set-choose-key", key = audio.push_to_talk_key);
    let choose = Button::new(&name).icon(Icon::Keyboard).look(Look::On);
    let clicked = ui.add(choose.height(34.0)).clicked();
    caption(ui, say!("set-unheard-key"));
    let now = audio.push_to_talk_key.clone();
    let listed = LISTED.iter().map(|key| (*key).to_owned());
    let own = (!LISTED.contains(&now.as_str())).then(|| now.clone());
    let choices: Vec<_> = own
        .into_iter()
        .chain(listed)
        .map(|key| Choice {
            words: words_of(&key),
            value: key,
        })
        .collect();
    if let Some(picked) = select(ui, say!("set-key-list"), &now, &choices) {
        audio.push_to_talk_key = picked;
    }
    match audio.push_to_talk_key.parse::<Hotkey>() {
        Ok(hotkey) if shortcut_of(ui, &hotkey).is_some() => {
            let does = shortcut_of(ui, &hotkey).map_or("", Shortcut::words);
            warning(
                ui,
                &say!("key-talk-does", keys = hotkey.to_string(), other = does),
            );
        }
        Ok(hotkey) if hotkey.writes() => {
            let words = say!("set-key-writes");
            text::label(ui, words, Type::Hint, color);
        }
        Ok(_) => {}
        Err(error) => warning(ui, &error.to_string()),
    }
    clicked.then_some(SettingsAction::CaptureKey(true))
}

/// The shortcut that the window hears by the same press.
fn shortcut_of(ui: &Ui, hotkey: &Hotkey) -> Option<Shortcut> {
    let bindings = shortcuts::of(ui.ctx());
    let meets = |one: &Shortcut| {
        let own = bindings.keys(*one);
        own.is_some_and(|own| keys::meets(hotkey, own))
    };
    Shortcut::ALL.into_iter().find(meets)
}

fn words_of(key: &str) -> String {
    match key {
        "Mouse8" => say!("set-mouse-back").to_owned(),
        "Mouse9" => say!("set-mouse-forward").to_owned(),
        key => key.to_owned(),
    }
}

fn delay(ui: &mut Ui, audio: &mut AudioSettings) {
    let ms = audio.push_to_talk_release_ms.min(LONGEST_DELAY_MS);
    let words = say!("set-release", ms = ms);
    caption(ui, &words);
    let longest = f32::from(LONGEST_DELAY_MS);
    let slider = Slider::new(
        say!("set-release-delay"),
        f32::from(ms),
        (0.0, longest),
        50.0,
    );
    if let Some(moved) = slider.show(ui) {
        audio.push_to_talk_release_ms = moved.round() as u16;
    }
}

fn anywhere(ui: &mut Ui, push: &PushState, audio: &mut AudioSettings) -> Option<SettingsAction> {
    let colors = palette(ui);
    text::label(ui, &push.words(), Type::Secondary, colors.text);
    for remark in push.remarks() {
        text::label(ui, remark, Type::Hint, colors.text_2);
    }
    let mut action = None;
    match push.listening {
        Listening::AskFirst => ask_first(ui, audio),
        Listening::Waiting | Listening::Nothing if !push.passed_over.is_empty() => {
            let again = Button::new(say!("say-try-again"))
                .icon(Icon::Retry)
                .height(32.0);
            if ui.add(again).clicked() {
                action = Some(SettingsAction::RetryPushToTalk);
            }
        }
        _ => {}
    }
    caption(ui, say!("set-what-hears"));
    let choices = BackendChoice::ALL.map(|choice| Choice {
        value: choice,
        words: backend_words(choice).to_owned(),
    });
    let now = audio.push_to_talk_backend;
    if let Some(picked) = select(ui, say!("set-what-hears"), &now, &choices) {
        audio.push_to_talk_backend = picked;
    }
    if audio.push_to_talk_backend == BackendChoice::Evdev {
        let words = say!("set-evdev-words");
        warning(ui, words);
    }
    let words = say!("set-desktop-press");
    text::label(ui, words, Type::Hint, colors.text_2);
    action
}

/// What the desktop is going to ask, before it does.
fn ask_first(ui: &mut Ui, audio: &mut AudioSettings) {
    let words = say!("set-wayland-words");
    let color = palette(ui).text_2;
    text::label(ui, words, Type::Secondary, color);
    if ui
        .add(Button::new(say!("set-let-ask")).look(Look::On).height(34.0))
        .clicked()
    {
        audio.push_to_talk_portal = true;
    }
}

fn backend_words(choice: BackendChoice) -> &'static str {
    match choice {
        BackendChoice::Auto => say!("set-backend-auto"),
        BackendChoice::Portal => say!("set-backend-portal"),
        BackendChoice::Xinput => say!("set-backend-xinput"),
        BackendChoice::DeviceQuery => say!("set-backend-query"),
        BackendChoice::Evdev => say!("set-backend-evdev"),
        BackendChoice::Hotkey => say!("set-backend-hotkey"),
        BackendChoice::None => say!("set-backend-none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_key_is_one() {
        for key in LISTED {
            assert_eq!(key.parse::<Hotkey>().unwrap().to_string(), key);
        }
    }

    #[test]
    fn each_backend_has_words_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            BackendChoice::ALL.map(backend_words).into_iter().collect();
        assert_eq!(words.len(), BackendChoice::ALL.len());
    }
}
