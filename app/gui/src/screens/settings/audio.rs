//! Devices, the level with its threshold, what is done to the sound.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::{AudioSettings, Preset};
use dialtone_engine::snapshot::AudioDevice;
use dialtone_words::say;
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use super::pieces::{caption, pair, titled, warning};
use super::{SettingsAction, sound_check};
use crate::theme::{Type, palette, text_scale};
use crate::widgets::{Button, Choice, Icon, Meter, Slider, segmented, select, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let before = &snapshot.settings.audio;
    let mut audio = before.clone();
    let mut action = None;
    if let Some(problem) = &snapshot.audio.problem {
        warning(ui, problem);
        let again = Button::new(say!("say-try-again"))
            .icon(Icon::Retry)
            .height(32.0);
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
    titled(ui, say!("set-devices"), "", |ui| {
        let (input, output) = (&mut audio.input_device, &mut audio.output_device);
        pair(
            ui,
            |ui| device(ui, say!("set-microphone"), &snapshot.audio.inputs, input),
            |ui| device(ui, say!("set-speaker"), &snapshot.audio.outputs, output),
        );
        let again = Button::new(say!("set-look-again"))
            .icon(Icon::Retry)
            .height(32.0);
        if ui.add(again).clicked() {
            *action = Some(SettingsAction::RefreshDevices);
        }
    });
}

/// A device of one kind to choose.
pub(crate) fn device(
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
        || say!("set-system-choice").to_owned(),
        |device| say!("set-system-choice-named", name = device.name),
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
            words: say!("set-unplugged", missing = missing),
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
        say!("set-drag-line")
    } else {
        say!("set-line-by-voice")
    };
    titled(ui, say!("set-level-threshold"), aside, |ui| {
        let meter = Meter::new(say!("set-threshold"), snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(Some(snapshot.audio.line_dbfs(audio)))
            .open(snapshot.audio.gate_open)
            .height(22.0)
            .hot_zone();
        if let Some(moved) = meter.show_draggable(ui) {
            (audio.threshold_dbfs, audio.auto_threshold) = (moved, false);
        }
        scale(ui);
        let words = say!("set-line-hint");
        if gated && switch(ui, audio.auto_threshold, say!("set-line-itself"), words) {
            audio.auto_threshold = !audio.auto_threshold;
        }
        let words = level_words(snapshot);
        let color = palette(ui).text_2;
        text::label(ui, &words, Type::Hint, color);
    });
}

/// The level where no line is to be moved.
fn ungated(ui: &mut Ui, snapshot: &Snapshot, audio: &AudioSettings) {
    titled(ui, say!("set-level"), "", |ui| {
        Meter::new(say!("say-microphone-level"), snapshot.audio.gate_dbfs)
            .raw(snapshot.audio.input_dbfs)
            .threshold(snapshot.audio.threshold_dbfs)
            .open(snapshot.audio.gate_open)
            .height(22.0)
            .hot_zone()
            .show(ui);
        scale(ui);
        let words = match &audio.chain_file {
            Some(file) => say!("set-chain-file", file = file.display().to_string()),
            None => say!("set-music-sent").to_owned(),
        };
        let color = palette(ui).text_2;
        text::label(ui, &words, Type::Hint, color);
    });
}

fn level_words(snapshot: &Snapshot) -> String {
    let audio = &snapshot.settings.audio;
    let threshold = snapshot.audio.line_dbfs(audio);
    match snapshot.audio.gate_dbfs {
        None => say!("set-no-microphone").to_owned(),
        Some(level) if !level.is_finite() || level <= -60.0 => {
            say!(
                "set-nothing-heard",
                threshold = dialtone_words::decimal(format_args!("{threshold:.1}"))
            )
        }
        Some(level) => {
            let gate = if snapshot.audio.gate_open {
                say!("set-would-hear")
            } else if level > threshold {
                say!("set-no-speech")
            } else {
                say!("set-silent")
            };
            say!(
                "set-level-now",
                level = format!("{level:.0}"),
                threshold = dialtone_words::decimal(format_args!("{threshold:.1}")),
                gate = gate
            )
        }
    }
}

pub(super) fn scale(ui: &mut Ui) {
    let palette = palette(ui);
    let wide = 60.0 * text_scale(ui).max(1.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 14.0), Sense::hover());
    for (index, words) in ["-60 dBFS", "-48", "-36", "-24", "-12", "0"]
        .into_iter()
        .enumerate()
    {
        let x = rect.left() + rect.width() * index as f32 / 5.0;
        let (align, room) = match index {
            0 => (
                Align::Min,
                Rect::from_x_y_ranges(x..=x + wide, rect.y_range()),
            ),
            5 => (
                Align::Max,
                Rect::from_x_y_ranges(x - wide..=x, rect.y_range()),
            ),
            _ => (
                Align::Center,
                Rect::from_center_size(pos2(x, rect.center().y), vec2(wide, 14.0)),
            ),
        };
        text::paint_in(ui, room, align, words, Type::Hint, palette.text_3);
    }
}

fn processing(ui: &mut Ui, audio: &mut AudioSettings) {
    titled(ui, say!("set-done-to-sound"), "", |ui| {
        let own = audio.chain_file.is_some();
        let mut gain_db = audio.input_gain_db;
        pair(
            ui,
            |ui| {
                if own {
                    caption(ui, say!("set-gain-by-file"));
                    return;
                }
                caption(
                    ui,
                    &say!("set-gain-now", gain_db = format!("{gain_db:+.0}")),
                );
                let gain = Slider::new(say!("set-gain"), gain_db, (-24.0, 24.0), 1.0);
                if let Some(moved) = gain.show(ui) {
                    gain_db = moved;
                }
            },
            |ui| {
                caption(ui, &say!("set-volume-now", percent = audio.output_percent));
                let now = f32::from(audio.output_percent);
                let volume = Slider::new(say!("set-volume"), now, (0.0, 200.0), 5.0);
                if let Some(moved) = volume.show(ui) {
                    audio.output_percent = moved.round() as u16;
                }
            },
        );
        audio.input_gain_db = gain_db;
        if audio.preset == Preset::Voice && !own {
            own_voice(ui, audio);
        }
        let even = say!("set-level-talkers-hint");
        if switch(ui, audio.level_talkers, say!("set-level-talkers"), even) {
            audio.level_talkers = !audio.level_talkers;
        }
        let sounds = say!("set-call-sounds-hint");
        if switch(ui, audio.call_sounds, say!("set-call-sounds"), sounds) {
            audio.call_sounds = !audio.call_sounds;
        }
    });
}

/// What is done to one's own voice.
fn own_voice(ui: &mut Ui, audio: &mut AudioSettings) {
    let noise = say!("set-noise-hint");
    if switch(ui, audio.denoise, say!("set-noise"), noise) {
        audio.denoise = !audio.denoise;
    }
    let strong = say!("set-strong-noise-hint");
    if audio.denoise && switch(ui, audio.strong_denoise, say!("set-strong-noise"), strong) {
        audio.strong_denoise = !audio.strong_denoise;
    }
    let even = say!("set-even-hint");
    if switch(ui, audio.auto_gain, say!("set-even"), even) {
        audio.auto_gain = !audio.auto_gain;
    }
}

fn purpose(ui: &mut Ui, audio: &mut AudioSettings) {
    titled(ui, say!("set-what-you-send"), "", |ui| {
        let options = Preset::ALL.map(|preset| (preset, title(preset)));
        if let Some(picked) = segmented(ui, say!("set-what-you-send"), audio.preset, &options) {
            audio.preset = picked;
        }
        let words = match audio.preset {
            Preset::Voice => say!("set-preset-voice"),
            Preset::Music => {
                say!("set-preset-music")
            }
            Preset::LowPower => {
                say!("set-preset-light")
            }
        };
        let color = palette(ui).text_2;
        text::label(ui, words, Type::Secondary, color);
        match audio.preset {
            Preset::Voice => {
                let rates = [24, 32, 48, 64];
                bitrate(ui, say!("set-speech-quality"), rates, &mut audio.bitrate);
            }
            Preset::Music => {
                let rates = [96, 128, 192, 256];
                bitrate(
                    ui,
                    say!("set-music-quality"),
                    rates,
                    &mut audio.music_bitrate,
                );
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
    titled(ui, say!("set-packet-length"), "", |ui| {
        let options = [(10, "10 ms"), (20, "20 ms"), (40, "40 ms"), (60, "60 ms")];
        if let Some(picked) = segmented(ui, say!("set-packet-length"), audio.packet_ms, &options) {
            audio.packet_ms = picked;
        }
        let words = match audio.packet_ms {
            10 => say!("set-packet-10"),
            20 => say!("set-packet-20"),
            40 => say!("set-packet-40"),
            _ => say!("set-packet-60"),
        };
        let color = palette(ui).text_3;
        text::label(ui, words, Type::Hint, color);
    });
}

/// What a preset is called.
pub(super) fn title(preset: Preset) -> &'static str {
    match preset {
        Preset::Voice => say!("set-preset-voice-title"),
        Preset::Music => say!("set-preset-music-title"),
        Preset::LowPower => say!("set-preset-light-title"),
    }
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
