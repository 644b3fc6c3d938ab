//! The key of push-to-talk and push-to-mute: which one, and what hears it while other programs have the keyboard.

use dialtone_engine::ptt::{Hotkey, LONGEST_DELAY_MS, Listening, PushState};
use dialtone_engine::settings::{AudioSettings, BackendChoice};
use egui::Ui;

use super::SettingsAction;
use super::pieces::{caption, titled, warning};
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
    let chosen = titled(ui, "The key", "", |ui| {
        let action = key(ui, audio, capturing);
        delay(ui, audio);
        let words = "Short sounds in a call when the key begins and stops to count";
        if switch(ui, audio.push_to_talk_sounds, "Sounds of the key", words) {
            audio.push_to_talk_sounds = !audio.push_to_talk_sounds;
        }
        action
    });
    let heard = titled(ui, "While you use other programs", "", |ui| {
        anywhere(ui, push, audio)
    });
    chosen.or(heard)
}

fn key(ui: &mut Ui, audio: &mut AudioSettings, capturing: bool) -> Option<SettingsAction> {
    caption(ui, "Key to hold");
    let color = palette(ui).text_2;
    if capturing {
        let words = "Press the key, the combination or the side button that you want. Escape leaves it as it is.";
        text::label(ui, words, Type::Secondary, color);
        let cancel = ui.add(Button::new("Leave it as it is").height(34.0));
        return cancel
            .clicked()
            .then_some(SettingsAction::CaptureKey(false));
    }
    let name = format!("{}: choose another key", audio.push_to_talk_key);
    let choose = Button::new(&name).icon(Icon::Keyboard).look(Look::On);
    let clicked = ui.add(choose.height(34.0)).clicked();
    caption(ui, "Or one that this window does not hear");
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
    if let Some(picked) = select(ui, "Key from a list", &now, &choices) {
        audio.push_to_talk_key = picked;
    }
    match audio.push_to_talk_key.parse::<Hotkey>() {
        Ok(hotkey) if hotkey.writes() => {
            let words = "This key writes. In this window it is not heard while you write; in other programs it is heard, and writes.";
            text::label(ui, words, Type::Hint, color);
        }
        Ok(_) => {}
        Err(error) => warning(ui, &error.to_string()),
    }
    clicked.then_some(SettingsAction::CaptureKey(true))
}

fn words_of(key: &str) -> String {
    match key {
        "Mouse8" => "Mouse8 (side button, back)".to_owned(),
        "Mouse9" => "Mouse9 (side button, forward)".to_owned(),
        key => key.to_owned(),
    }
}

fn delay(ui: &mut Ui, audio: &mut AudioSettings) {
    let ms = audio.push_to_talk_release_ms.min(LONGEST_DELAY_MS);
    let words = format!("Counts as held for {ms} ms after you let it go");
    caption(ui, &words);
    let longest = f32::from(LONGEST_DELAY_MS);
    let slider = Slider::new("Release delay", f32::from(ms), (0.0, longest), 50.0);
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
            let again = Button::new("Try again").icon(Icon::Retry).height(32.0);
            if ui.add(again).clicked() {
                action = Some(SettingsAction::RetryPushToTalk);
            }
        }
        _ => {}
    }
    caption(ui, "What hears the key");
    let choices = BackendChoice::ALL.map(|choice| Choice {
        value: choice,
        words: backend_words(choice).to_owned(),
    });
    let now = audio.push_to_talk_backend;
    if let Some(picked) = select(ui, "What hears the key", &now, &choices) {
        audio.push_to_talk_backend = picked;
    }
    if audio.push_to_talk_backend == BackendChoice::Evdev {
        let words = "Whoever may read the input devices reads every key that you press, passwords too. Dialtone looks at this one alone, \
                     but every other program of yours may then look as well.";
        warning(ui, words);
    }
    let words = "Any desktop can press the key, too: let it run \"dialtone ptt press\" and \"dialtone ptt release\".";
    text::label(ui, words, Type::Hint, colors.text_2);
    action
}

/// What the desktop is going to ask, before it does.
fn ask_first(ui: &mut Ui, audio: &mut AudioSettings) {
    let words = "Under Wayland only the desktop hears a key while another program has the keyboard, so Dialtone has to ask it. The desktop \
                 then shows a question of its own: it names Dialtone and one shortcut, \"Hold to talk\", and lets you accept the key or \
                 choose another. Dialtone learns when that key goes down and up, and nothing else that you type. You can take it \
                 back in the desktop's settings for shortcuts.";
    let color = palette(ui).text_2;
    text::label(ui, words, Type::Secondary, color);
    if ui
        .add(
            Button::new("Let the desktop ask")
                .look(Look::On)
                .height(34.0),
        )
        .clicked()
    {
        audio.push_to_talk_portal = true;
    }
}

fn backend_words(choice: BackendChoice) -> &'static str {
    match choice {
        BackendChoice::Auto => "What suits this desktop",
        BackendChoice::Portal => "The desktop (portal)",
        BackendChoice::Xinput => "X11, by events (xinput)",
        BackendChoice::DeviceQuery => "The system, by asking (device-query)",
        BackendChoice::Evdev => "Linux's input devices (evdev)",
        BackendChoice::Hotkey => "X11, by events or by asking (hotkey)",
        BackendChoice::None => "Nothing: this window alone",
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
