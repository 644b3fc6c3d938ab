//! Devices, the level with its threshold, what is done to the sound.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::{AudioSettings, Preset};
use dialtone_engine::snapshot::AudioDevice;
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use super::pieces::{caption, pair, titled, warning};
use super::{SettingsAction, sound_check};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Choice, Icon, Meter, Slider, segmented, select, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let before = &snapshot.settings.audio;
    let mut audio = before.clone();
    let mut action = None;
    if let Some(problem) = &snapshot.audio.problem {
        warning(ui, problem);
        let again = Button::new("Try again").icon(Icon::Retry).height(32.0);
        if ui.add(again).clicked() {
            action = Some(SettingsAction::RefreshDevices);
        }
    }
    devices(ui, snapshot, &mut audio, &mut action);
    level(ui, snapshot, &mut audio);
    action = sound_check::show(ui, snapshot, &mut audio).or(action);
    purpose(ui, &mut audio);
    processing(ui, &mut audio);
    packets(ui, &mut audio);
    if audio == *before {
        action
    } else {
        Some(SettingsAction::Audio(audio))
    }
}

fn devices(
    ui: &mut Ui,
    snapshot: &Snapshot,
    audio: &mut AudioSettings,
    action: &mut Option<SettingsAction>,
) {
    titled(ui, "Devices", "", |ui| {
        let (input, output) = (&mut audio.input_device, &mut audio.output_device);
        pair(
            ui,
            |ui| device(ui, "Microphone", &snapshot.audio.inputs, input),
            |ui| device(ui, "Speaker", &snapshot.audio.outputs, output),
        );
        let again = Button::new("Look for devices again")
            .icon(Icon::Retry)
            .height(32.0);
        if ui.add(again).clicked() {
            *action = Some(SettingsAction::RefreshDevices);
        }
    });
}

/// A device of one kind to choose.
pub(super) fn device(
    ui: &mut Ui,
    name: &str,
    devices: &[AudioDevice],
    chosen: &mut Option<String>,
) {
    ui.spacing_mut().item_spacing.y = 6.0;
    caption(ui, name);
    let choices = device_choices(devices, chosen.as_deref());
    if let Some(picked) = select(ui, name, chosen, &choices) {
        *chosen = picked;
    }
}

/// The system's choice, every device, and the chosen one even while it is unplugged.
fn device_choices(devices: &[AudioDevice], chosen: Option<&str>) -> Vec<Choice<Option<String>>> {
    let default = devices.iter().find(|device| device.is_default);
    let system = default.map_or_else(
        || "The system's choice".to_owned(),
        |device| format!("The system's choice ({})", device.name),
    );
    let mut choices = vec![Choice {
        value: None,
        words: system,
    }];
    let known = chosen.and_then(|id| AudioDevice::find(devices, id));
    choices.extend(devices.iter().map(|device| {
        Choice {
            // The chosen one stays so under another name.
            value: chosen
                .filter(|_| known == Some(device))
                .or(Some(&device.id))
                .map(str::to_owned),
            words: device.name.clone(),
        }
    }));
    if let (Some(missing), None) = (chosen, known) {
        choices.push(Choice {
            value: Some(missing.to_owned()),
            words: format!("{missing} (not plugged in)"),
        });
    }
    choices
}

fn level(ui: &mut Ui, snapshot: &Snapshot, audio: &mut AudioSettings) {
    let gated = audio.talk_mode.by_voice();
    if !audio.has_line() {
        ungated(ui, snapshot, audio);
        return;
    }
    let aside = if gated {
        "drag the line: below it you are silent"
    } else {
        "the line counts only when talking by voice"
    };
    titled(ui, "Level and threshold", aside, |ui| {
        let meter = Meter::new("Threshold", snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(Some(snapshot.audio.line_dbfs(audio)))
            .open(snapshot.audio.gate_open)
            .height(22.0)
            .hot_zone();
        if let Some(moved) = meter.show_draggable(ui) {
            (audio.threshold_dbfs, audio.auto_threshold) = (moved, false);
        }
        scale(ui);
        let words = "The line stays above the room's noise; moving it switches this off";
        if gated && switch(ui, audio.auto_threshold, "Set the line by itself", words) {
            audio.auto_threshold = !audio.auto_threshold;
        }
        let words = level_words(snapshot);
        let color = palette(ui).text_2;
        text::label(ui, &words, Type::Hint, color);
    });
}

/// The level where no line is to be moved.
fn ungated(ui: &mut Ui, snapshot: &Snapshot, audio: &AudioSettings) {
    titled(ui, "Level", "", |ui| {
        Meter::new("Microphone level", snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(snapshot.audio.threshold_dbfs)
            .open(snapshot.audio.gate_open)
            .height(22.0)
            .hot_zone()
            .show(ui);
        scale(ui);
        let words = match &audio.chain_file {
            Some(file) => format!(
                "What is done to your voice is said in a file of yours: {}. The voice meter changes it, or a copy of it. Look for devices again after you have changed it by hand.",
                file.display()
            ),
            None => {
                "Music is sent as long as you are not muted; by key, while you hold it.".to_owned()
            }
        };
        let color = palette(ui).text_2;
        text::label(ui, &words, Type::Hint, color);
    });
}

fn level_words(snapshot: &Snapshot) -> String {
    let audio = &snapshot.settings.audio;
    let threshold = snapshot.audio.line_dbfs(audio);
    match snapshot.audio.gate_dbfs {
        None => "The microphone is not running. Choose one that works above.".to_owned(),
        Some(level) if !level.is_finite() || level <= -60.0 => {
            format!("Nothing is heard · threshold {threshold:.1} dBFS")
        }
        Some(level) => {
            let gate = if snapshot.audio.gate_open {
                "others would hear you"
            } else if level > threshold {
                "loud enough, but it does not sound like speech"
            } else {
                "silent"
            };
            format!("{level:.0} dBFS · threshold {threshold:.1} dBFS · {gate}")
        }
    }
}

pub(super) fn scale(ui: &mut Ui) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 14.0), Sense::hover());
    for (index, words) in ["-60 dBFS", "-48", "-36", "-24", "-12", "0"]
        .into_iter()
        .enumerate()
    {
        let x = rect.left() + rect.width() * index as f32 / 5.0;
        let (align, room) = match index {
            0 => (
                Align::Min,
                Rect::from_x_y_ranges(x..=x + 60.0, rect.y_range()),
            ),
            5 => (
                Align::Max,
                Rect::from_x_y_ranges(x - 60.0..=x, rect.y_range()),
            ),
            _ => (
                Align::Center,
                Rect::from_center_size(pos2(x, rect.center().y), vec2(60.0, 14.0)),
            ),
        };
        text::paint_in(ui, room, align, words, Type::Hint, palette.text_3);
    }
}

fn processing(ui: &mut Ui, audio: &mut AudioSettings) {
    titled(ui, "What is done to the sound", "", |ui| {
        let own = audio.chain_file.is_some();
        let mut gain_db = audio.input_gain_db;
        pair(
            ui,
            |ui| {
                if own {
                    caption(ui, "Microphone gain: as your file says");
                    return;
                }
                caption(ui, &format!("Microphone gain: {gain_db:+.0} dB"));
                let gain = Slider::new("Microphone gain", gain_db, (-24.0, 24.0), 1.0);
                if let Some(moved) = gain.show(ui) {
                    gain_db = moved;
                }
            },
            |ui| {
                caption(
                    ui,
                    &format!("All that you hear: {} %", audio.output_percent),
                );
                let now = f32::from(audio.output_percent);
                let volume = Slider::new("All that you hear", now, (0.0, 200.0), 5.0);
                if let Some(moved) = volume.show(ui) {
                    audio.output_percent = moved.round() as u16;
                }
            },
        );
        audio.input_gain_db = gain_db;
        if audio.preset == Preset::Voice && !own {
            own_voice(ui, audio);
        }
        let even = "Brings everybody who talks to the same loudness";
        if switch(ui, audio.level_talkers, "Level the talkers", even) {
            audio.level_talkers = !audio.level_talkers;
        }
        let sounds = "Who comes and goes, muting; messages to you or in the call's channel while another is open";
        if switch(ui, audio.call_sounds, "Short sounds in a call", sounds) {
            audio.call_sounds = !audio.call_sounds;
        }
    });
}

/// What is done to one's own voice.
fn own_voice(ui: &mut Ui, audio: &mut AudioSettings) {
    let noise = "Takes out fans, keys and traffic before others hear you";
    if switch(ui, audio.denoise, "Remove background noise", noise) {
        audio.denoise = !audio.denoise;
    }
    let strong = "For loud rooms: takes more away, computes more, and is heard 20 ms later";
    if audio.denoise && switch(ui, audio.strong_denoise, "Remove it strongly", strong) {
        audio.strong_denoise = !audio.strong_denoise;
    }
    let even = "Brings your voice to the same loudness, near the microphone or far";
    if switch(ui, audio.auto_gain, "Even out my voice", even) {
        audio.auto_gain = !audio.auto_gain;
    }
}

fn purpose(ui: &mut Ui, audio: &mut AudioSettings) {
    titled(ui, "What you send", "", |ui| {
        let options = Preset::ALL.map(|preset| (preset, preset.title()));
        if let Some(picked) = segmented(ui, "What you send", audio.preset, &options) {
            audio.preset = picked;
        }
        let words = match audio.preset {
            Preset::Voice => "Echo and noise are taken out, and only speech is sent.",
            Preset::Music => {
                "Everything is sent as it is, in high quality: wear headphones, or others hear themselves."
            }
            Preset::LowPower => {
                "Speech alone, with as little computing as possible: for weak machines."
            }
        };
        let color = palette(ui).text_2;
        text::label(ui, words, Type::Secondary, color);
        match audio.preset {
            Preset::Voice => {
                let rates = [24, 32, 48, 64];
                bitrate(ui, "Quality of speech", rates, &mut audio.bitrate);
            }
            Preset::Music => {
                let rates = [96, 128, 192, 256];
                bitrate(ui, "Quality of music", rates, &mut audio.music_bitrate);
            }
            Preset::LowPower => {}
        }
    });
}

fn bitrate(ui: &mut Ui, name: &str, kbps: [u32; 4], chosen: &mut u32) {
    let options = kbps.map(|kbps| (kbps * 1_000, kbps_words(kbps)));
    let options: Vec<(u32, &str)> = options
        .iter()
        .map(|(rate, words)| (*rate, words.as_str()))
        .collect();
    if let Some(picked) = segmented(ui, name, *chosen, &options) {
        *chosen = picked;
    }
}

fn kbps_words(kbps: u32) -> String {
    format!("{kbps} kb/s")
}

fn packets(ui: &mut Ui, audio: &mut AudioSettings) {
    titled(ui, "Length of a packet", "", |ui| {
        let options = [(10, "10 ms"), (20, "20 ms"), (40, "40 ms"), (60, "60 ms")];
        if let Some(picked) = segmented(ui, "Length of a packet", audio.packet_ms, &options) {
            audio.packet_ms = picked;
        }
        let words = match audio.packet_ms {
            10 => "Least delay, most traffic.",
            20 => "A good middle for most networks.",
            40 => "A little more delay, less traffic.",
            _ => "For slow lines: more delay, least traffic.",
        };
        let color = palette(ui).text_3;
        text::label(ui, words, Type::Hint, color);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn an_unplugged_device_stays_chosen_and_is_named() {
        let devices = demo::harbour().audio.inputs;
        let choices = device_choices(&devices, Some("usb:gone"));
        assert!(
            choices[0]
                .words
                .starts_with("The system's choice (Harbour mic")
        );
        assert!(choices.last().unwrap().words.contains("not plugged in"));
        assert_eq!(device_choices(&devices, None).len(), devices.len() + 1);
        assert_eq!(device_choices(&[], None).len(), 1);
    }

    #[test]
    fn a_headset_in_its_other_profile_stays_chosen() {
        let mut devices = demo::harbour().audio.outputs;
        let [music, telephone] = ["a2dp_sink", "headset_head_unit"]
            .map(|profile| format!("pulseaudio:bluez_sink.00_1A_7D_DA_71_13.{profile}"));
        devices[0].id.clone_from(&telephone);
        let values = |devices: &[AudioDevice]| -> Vec<_> {
            let choices = device_choices(devices, Some(&music));
            choices.into_iter().filter_map(|one| one.value).collect()
        };
        assert_eq!(values(&devices)[0], music);
        assert_eq!(values(&devices).len(), devices.len());
        // Both are there: the one that was chosen is.
        devices[1].id.clone_from(&music);
        assert_eq!(values(&devices)[..2], [telephone, music.clone()]);
    }

    #[test]
    fn the_level_is_in_words() {
        let mut snapshot = demo::harbour();
        assert!(level_words(&snapshot).contains("others would hear you"));
        snapshot.audio.gate_open = false;
        assert!(level_words(&snapshot).ends_with("does not sound like speech"));
        snapshot.settings.audio.auto_threshold = false;
        snapshot.settings.audio.threshold_dbfs = -10.0;
        assert!(level_words(&snapshot).ends_with("silent"));
        snapshot.audio.gate_dbfs = Some(f32::NEG_INFINITY);
        assert!(level_words(&snapshot).starts_with("Nothing is heard"));
        snapshot.audio.gate_dbfs = None;
        assert!(level_words(&snapshot).contains("not running"));
    }
}
