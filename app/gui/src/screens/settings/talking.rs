//! When others hear one: by voice, while a key is held, unless a key is held, always.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::{Preset, TalkMode};
use dialtone_words::say;
use egui::Ui;

use super::pieces::titled;
use super::{SettingsAction, talk_key};
use crate::theme::{Type, palette};
use crate::widgets::{Meter, segmented, text};

/// Shows the section; `capturing` while the key is being waited for.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, capturing: bool) -> Option<SettingsAction> {
    let before = &snapshot.settings.audio;
    let mut audio = before.clone();
    titled(ui, say!("set-talk"), "", |ui| {
        let options = [
            (TalkMode::VoiceActivity, say!("set-by-voice")),
            (TalkMode::PushToTalk, say!("set-push-to-talk")),
            (TalkMode::PushToMute, say!("set-push-to-mute")),
            (TalkMode::Open, say!("set-always")),
        ];
        if let Some(picked) = segmented(ui, say!("set-talk"), audio.talk_mode, &options) {
            audio.talk_mode = picked;
        }
        let words = match audio.talk_mode {
            TalkMode::VoiceActivity if audio.preset == Preset::Music => {
                say!("set-talk-music")
            }
            TalkMode::VoiceActivity => {
                say!("set-talk-voice")
            }
            TalkMode::PushToTalk => say!("set-talk-hold"),
            TalkMode::PushToMute => {
                say!("set-talk-hold-mute")
            }
            TalkMode::Open => say!("set-talk-open"),
        };
        let color = palette(ui).text_2;
        text::label(ui, words, Type::Secondary, color);
    });
    let action = if audio.talk_mode.by_key() {
        talk_key::show(ui, &snapshot.audio.push, &mut audio, capturing)
    } else {
        None
    };
    titled(ui, say!("set-microphone-now"), "", |ui| {
        let by_voice = audio.talk_mode.by_voice() && audio.preset != Preset::Music;
        Meter::new(say!("say-microphone-level"), snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(by_voice.then_some(snapshot.audio.line_dbfs(&audio)))
            .open(snapshot.audio.gate_open)
            .height(10.0)
            .show(ui);
    });
    let changed = (audio != *before).then_some(SettingsAction::Audio(audio));
    changed.or(action)
}
