//! When others hear one: by voice, while a key is held, always.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::{Preset, TalkMode};
use egui::Ui;

use super::SettingsAction;
use super::pieces::{caption, titled};
use crate::keys::PTT_KEYS;
use crate::theme::{Type, palette};
use crate::widgets::{Choice, Meter, segmented, select, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let before = &snapshot.settings.audio;
    let mut audio = before.clone();
    titled(ui, "Talk", "", |ui| {
        let options = [
            (TalkMode::VoiceActivity, "By voice"),
            (TalkMode::PushToTalk, "By key"),
            (TalkMode::Open, "Always"),
        ];
        if let Some(picked) = segmented(ui, "Talk", audio.talk_mode, &options) {
            audio.talk_mode = picked;
        }
        let words = match audio.talk_mode {
            TalkMode::VoiceActivity if audio.preset == Preset::Music => {
                "With Music everything is sent as long as you are not muted."
            }
            TalkMode::VoiceActivity => {
                "Others hear you when you speak louder than the threshold. The first syllable is kept."
            }
            TalkMode::PushToTalk => {
                "Others hear you while you hold the key and this window has the keyboard."
            }
            TalkMode::Open => "Others hear everything. For instruments and for measuring.",
        };
        let color = palette(ui).text_2;
        text::label(ui, words, Type::Secondary, color);
        if audio.talk_mode == TalkMode::PushToTalk {
            caption(ui, "Key to hold");
            let choices: Vec<_> = PTT_KEYS
                .iter()
                .map(|key| Choice {
                    value: (*key).to_owned(),
                    words: (*key).to_owned(),
                })
                .collect();
            if let Some(picked) = select(ui, "Key to hold", &audio.push_to_talk_key, &choices) {
                audio.push_to_talk_key = picked;
            }
            let color = palette(ui).text_3;
            let words = "Space is a letter while you write, and the key to hold otherwise.";
            text::label(ui, words, Type::Hint, color);
        }
    });
    titled(ui, "Your microphone now", "", |ui| {
        let by_voice = audio.talk_mode == TalkMode::VoiceActivity && audio.preset != Preset::Music;
        Meter::new("Microphone level", snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(by_voice.then_some(snapshot.audio.line_dbfs(&audio)))
            .open(snapshot.audio.gate_open)
            .height(10.0)
            .show(ui);
    });
    (audio != *before).then_some(SettingsAction::Audio(audio))
}
