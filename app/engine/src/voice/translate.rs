//! The user's choices in the sound engine's words, and what it says in the user's.

use dialtone_audio::{
    ChainSpec, Cue, DeviceState, Direction, EncoderConfig, EngineError, Meters, PacketDuration,
    VoiceConfig,
};

use super::own_chain::OwnChains;
use crate::settings::{AudioSettings, Preset, TalkMode};

/// A threshold that opens the gate always.
const ALWAYS_OPEN_DBFS: f32 = -100.0;

pub(super) fn talk_mode(mode: TalkMode) -> dialtone_audio::TalkMode {
    match mode {
        TalkMode::VoiceActivity => dialtone_audio::TalkMode::VoiceActivity,
        TalkMode::PushToTalk => dialtone_audio::TalkMode::PushToTalk,
        TalkMode::PushToMute => dialtone_audio::TalkMode::PushToMute,
        TalkMode::Open => dialtone_audio::TalkMode::Open,
    }
}

pub(super) fn encoder(settings: &AudioSettings) -> EncoderConfig {
    let packet = match settings.packet_ms {
        10 => PacketDuration::Ms10,
        40 => PacketDuration::Ms40,
        60 => PacketDuration::Ms60,
        _ => PacketDuration::Ms20,
    };
    let preset = settings.preset.encoder();
    let bitrate = match settings.preset {
        Preset::Voice => settings.bitrate,
        Preset::Music => settings.music_bitrate,
        Preset::LowPower => preset.bitrate,
    };
    EncoderConfig {
        packet,
        bitrate: bitrate.clamp(6_000, packet.most_bitrate().min(256_000)),
        ..preset
    }
}

/// The microphone's chain: one's own, or else the preset's as it is chosen.
pub(super) fn chain(settings: &AudioSettings, own: &OwnChains) -> Result<ChainSpec, EngineError> {
    own.uplink
        .clone()
        .map_or_else(|| preset_chain(settings), Ok)
}

/// The preset's chain with what the settings change of it.
pub(super) fn preset_chain(settings: &AudioSettings) -> Result<ChainSpec, EngineError> {
    let mut chain = settings.preset.uplink()?;
    if !settings.denoise {
        chain.stages.retain(|stage| stage.kind != "denoise");
    } else if settings.strong_denoise {
        let mut stages = chain.stages.iter_mut();
        if let Some(stage) = stages.find(|stage| stage.kind == "denoise") {
            "denoise-strong".clone_into(&mut stage.kind);
        }
    }
    if !settings.auto_gain {
        chain.stages.retain(|stage| stage.kind != "auto-gain");
    }
    for (stage, param, value) in params(settings) {
        // Not every preset has every stage.
        chain.set(stage, param, value);
    }
    Ok(chain)
}

/// Which stages the settings call for, in order; none where one's own chain says which.
pub(super) fn stages_of(settings: &AudioSettings, own: &OwnChains) -> Vec<String> {
    if own.uplink.is_some() {
        return Vec::new();
    }
    preset_chain(settings)
        .map(|chain| chain.stages.into_iter().map(|stage| stage.kind).collect())
        .unwrap_or_default()
}

/// What of a running chain the settings change: stage, parameter, value.
pub(super) fn params(settings: &AudioSettings) -> Vec<(&'static str, &'static str, f32)> {
    let threshold_dbfs = match settings.talk_mode {
        TalkMode::Open => ALWAYS_OPEN_DBFS,
        _ => settings.threshold_dbfs.clamp(ALWAYS_OPEN_DBFS, 0.0),
    };
    vec![
        ("gate", "threshold_dbfs", threshold_dbfs),
        (
            "gate",
            "automatic",
            f32::from(u8::from(settings.auto_threshold)),
        ),
        ("gain", "gain_db", settings.input_gain_db.clamp(-24.0, 24.0)),
    ]
}

/// With what the sound starts. A chain of one's own that cannot be built after all gives way to the preset's.
pub(super) fn voice_config(
    settings: &AudioSettings,
    own: &OwnChains,
) -> Result<VoiceConfig, EngineError> {
    let registry = crate::plugins::registry();
    let builds = |chain: &&ChainSpec| chain.compile(&registry).is_ok();
    let uplink = own.uplink.as_ref().filter(builds).cloned();
    let uplink = uplink.map_or_else(|| preset_chain(settings), Ok)?;
    let mut config = VoiceConfig::with_chain(uplink);
    if let Some(mix) = own.downlink.as_ref().filter(builds) {
        config.downlink_chain = mix.clone();
    }
    config.registry = registry;
    config.encoder = encoder(settings);
    config.talk_mode = talk_mode(settings.talk_mode);
    config.input = settings.input_device.clone().map(dialtone_audio::DeviceId);
    config.output = settings.output_device.clone().map(dialtone_audio::DeviceId);
    Ok(config)
}

/// What each stage adds, in ms, rounded to tenths.
pub(super) fn stages(meters: &Meters) -> Vec<(&'static str, f32)> {
    let delays = &meters.delays;
    let tenths = |ms: f32| (ms * 10.0).round() / 10.0;
    vec![
        ("capture", tenths(delays.capture_ms)),
        ("chain", tenths(delays.chain_ms)),
        ("packet", tenths(delays.packet_ms)),
        ("encoder", tenths(delays.encoder_ms)),
        ("jitter", tenths(delays.jitter_ms)),
        ("mix", tenths(delays.mix_ms)),
        ("ring", tenths(delays.ring_ms)),
        ("playback", tenths(delays.playback_ms)),
    ]
}

pub(super) fn device_problem(direction: Direction, state: &DeviceState) -> Option<String> {
    let which = match direction {
        Direction::Input => "Microphone",
        Direction::Output => "Loudspeaker",
    };
    match state {
        DeviceState::Running { .. } | DeviceState::Off => None,
        DeviceState::FellBack { device, reason } => {
            let instead = &device.name;
            Some(format!("{which}: {reason}. {instead} is used meanwhile."))
        }
        DeviceState::Missing { reason, .. } => {
            let meanwhile = match direction {
                Direction::Input => "You can listen meanwhile.",
                Direction::Output => "You can talk meanwhile.",
            };
            Some(format!("{which}: {reason}. {meanwhile}"))
        }
    }
}

/// How loud the short sounds are, as a factor: as all that one hears, or not at all.
pub(super) fn cue_volume(settings: &AudioSettings) -> f32 {
    if settings.call_sounds {
        f32::from(settings.output_percent) / 100.0
    } else {
        0.0
    }
}

/// The short sound of the key, if one is wanted.
pub(super) fn key_cue(settings: &AudioSettings, pressed: bool) -> Option<Cue> {
    let cue = match (settings.talk_mode, pressed) {
        (TalkMode::PushToTalk, true) => Cue::Talk,
        (TalkMode::PushToTalk, false) => Cue::TalkEnd,
        (TalkMode::PushToMute, true) => Cue::Mute,
        (TalkMode::PushToMute, false) => Cue::Unmute,
        (TalkMode::VoiceActivity | TalkMode::Open, _) => return None,
    };
    settings.push_to_talk_sounds.then_some(cue)
}

/// What a person is told of a stage that failed.
pub(super) fn fault_words(stage: &str) -> String {
    match stage {
        "capture" => {
            "The microphone gives something that is no sound. Others may hear gaps: choose another one, or plug it in again."
                .to_owned()
        }
        "uplink" | "sending" => {
            "Your voice could not be sent for a moment. If it happens again, leave the call and join it again."
                .to_owned()
        }
        "downlink" | "talker" => {
            "Somebody's voice could not be played and is left out. Leave the call and join it again to hear them."
                .to_owned()
        }
        stage => format!(
            "\"{stage}\" failed and is left out of what is done to the sound; the call goes on. Join again to bring it back."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_heard_where_a_key_decides_and_sounds_are_wanted() {
        let mut settings = AudioSettings::default();
        assert_eq!(key_cue(&settings, true), None);
        settings.talk_mode = TalkMode::PushToTalk;
        assert_eq!(key_cue(&settings, true), Some(Cue::Talk));
        assert_eq!(key_cue(&settings, false), Some(Cue::TalkEnd));
        settings.talk_mode = TalkMode::PushToMute;
        assert_eq!(key_cue(&settings, true), Some(Cue::Mute));
        settings.push_to_talk_sounds = false;
        assert_eq!(key_cue(&settings, true), None);
    }

    fn kinds(settings: &AudioSettings) -> Vec<String> {
        stages_of(settings, &OwnChains::default())
    }

    #[test]
    fn noise_removal_and_automatic_gain_are_in_the_chain_as_they_are_chosen() {
        let mut settings = AudioSettings::default();
        let has = |settings: &AudioSettings, kind: &str| kinds(settings).iter().any(|k| k == kind);
        assert!(has(&settings, "denoise") && has(&settings, "auto-gain"));
        settings.strong_denoise = true;
        assert!(!has(&settings, "denoise") && has(&settings, "denoise-strong"));
        (settings.denoise, settings.auto_gain) = (false, false);
        for kind in ["denoise", "denoise-strong", "auto-gain"] {
            assert!(!has(&settings, kind), "{kind}");
        }
    }

    #[test]
    fn every_preset_starts_whatever_else_is_chosen() {
        for preset in Preset::ALL {
            for strong_denoise in [false, true] {
                for packet_ms in [10, 20, 40, 60] {
                    let settings = AudioSettings {
                        preset,
                        strong_denoise,
                        packet_ms,
                        music_bitrate: 256_000,
                        ..AudioSettings::default()
                    };
                    let config = voice_config(&settings, &OwnChains::default()).unwrap();
                    config.encoder.check().unwrap();
                    config.chain.compile(&config.registry).unwrap();
                }
            }
        }
    }

    #[test]
    fn the_gate_is_tuned_as_it_is_chosen() {
        let mut settings = AudioSettings {
            auto_threshold: false,
            threshold_dbfs: -33.0,
            ..AudioSettings::default()
        };
        let gate = |settings: &AudioSettings| {
            let chain = chain(settings, &OwnChains::default()).unwrap();
            let gate = chain.stages.into_iter().find(|stage| stage.kind == "gate");
            let number = |name: &str| gate.as_ref()?.settings.get(name)?.as_float();
            (number("threshold_dbfs"), number("automatic"))
        };
        assert_eq!(gate(&settings), (Some(-33.0), Some(0.0)));
        settings.auto_threshold = true;
        assert_eq!(gate(&settings).1, Some(1.0));
        settings.talk_mode = TalkMode::Open;
        assert_eq!(gate(&settings).0, Some(-100.0));
    }
}
