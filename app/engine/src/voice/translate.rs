//! The user's choices in the sound engine's words, and what it says in the user's.

use dialtone_audio::{
    DeviceState, Direction, EncoderConfig, EngineError, Meters, PacketDuration, VoiceConfig,
};

use crate::settings::{AudioSettings, TalkMode};

pub(super) fn talk_mode(mode: TalkMode) -> dialtone_audio::TalkMode {
    match mode {
        TalkMode::VoiceActivity => dialtone_audio::TalkMode::VoiceActivity,
        TalkMode::PushToTalk => dialtone_audio::TalkMode::PushToTalk,
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
    EncoderConfig {
        packet,
        bitrate: settings.bitrate.clamp(6_000, 128_000),
        ..EncoderConfig::default()
    }
}

pub(super) fn chain(settings: &AudioSettings) -> Result<dialtone_audio::ChainSpec, EngineError> {
    let mut chain = dialtone_audio::ChainSpec::voice()?;
    if !settings.denoise {
        chain.stages.retain(|stage| stage.kind != "denoise");
    }
    Ok(chain)
}

pub(super) fn voice_config(settings: &AudioSettings) -> Result<VoiceConfig, EngineError> {
    let mut config = VoiceConfig::with_chain(chain(settings)?);
    config.registry = crate::plugins::registry();
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
