//! Somebody speaks into a microphone that does not exist, through a chain that can be changed.

use std::sync::Arc;

use dialtone_engine::Snapshot;
use dialtone_engine::command::{ChainCommand, ChainEdit};
use dialtone_engine::settings::AudioSettings;
use dialtone_engine::snapshot::{
    ChainSource, ChainView, Cost, Moment, OwnChain, PacketReading, ParamView, PluginView,
    PluginsView, StageReading, StageView, VoiceMeter,
};

use super::community::harbour;

/// The Harbour crew, with the voice meter open.
pub fn metered() -> Snapshot {
    let mut snapshot = harbour();
    open(&mut snapshot);
    snapshot
}

/// The view opens.
pub(super) fn open(snapshot: &mut Snapshot) {
    snapshot.audio.threshold_dbfs = Some(-37.0);
    snapshot.audio.meter = Some(Arc::new(reading()));
    snapshot.audio.chain = Some(Arc::new(chain(&snapshot.settings.audio)));
}

/// The view closes.
pub(super) fn close(snapshot: &mut Snapshot) {
    snapshot.audio.meter = None;
    snapshot.audio.chain = None;
}

/// Four seconds of some words with pauses between them.
fn moments() -> Vec<Moment> {
    let words = [
        (20, 62, 0.16),
        (84, 140, 0.42),
        (146, 176, 0.3),
        (196, 258, 0.2),
        (300, 346, 0.66),
        (350, 400, 0.5),
    ];
    let mut reduction = 0.0_f32;
    (0..VoiceMeter::LONGEST)
        .map(|at| {
            let inside = words
                .iter()
                .find(|(from, to, _)| (*from..*to).contains(&at));
            let time = at as f32;
            let hum = 0.006 + 0.003 * (time * 0.7).sin().abs();
            let loud = inside.map_or(0.0, |(from, to, loud)| {
                let along = (at - from) as f32 / (to - from) as f32;
                let syllable = (along * 3.0 * std::f32::consts::PI).sin().abs();
                loud * (0.25 + 0.75 * syllable) * (along * std::f32::consts::PI).sin().sqrt()
            });
            let grain = 0.82 + 0.18 * (time * 2.3).sin();
            let after = loud * grain * 0.9;
            reduction = (reduction * 0.93).max(if after > 0.46 {
                (after - 0.46) * 30.0
            } else {
                0.0
            });
            let spoken = inside.is_some();
            let level = 20.0 * (after * 0.35).max(0.0006).log10();
            Moment {
                before: (loud * grain + hum).min(1.0),
                after: after + if spoken { 0.002 } else { 0.0008 },
                level_dbfs: level,
                threshold_dbfs: Some(-37.0),
                speech: Some(if spoken {
                    0.9 + 0.08 * (time * 0.31).sin()
                } else {
                    0.06 + 0.05 * (time * 0.17).sin()
                }),
                open: spoken,
                sent: spoken,
                reduction_db: reduction,
            }
        })
        .collect()
}

fn spectrum(noise: f32) -> Vec<f32> {
    (0..VoiceMeter::BANDS)
        .map(|band| {
            let at = band as f32;
            let formants = [
                (1.6, -24.0, 1.6),
                (6.5, -33.0, 3.4),
                (11.0, -40.0, 3.0),
                (27.0, -56.0, 5.0),
                (38.0, -64.0, 6.0),
            ];
            let voice = formants
                .iter()
                .map(|(middle, level, wide)| level - ((at - middle) / wide).powi(2) * 5.0)
                .fold(-96.0, f32::max);
            voice.max(noise - at * 0.22 + 1.5 * (at * 1.9).sin())
        })
        .collect()
}

fn stages_read() -> Vec<StageReading> {
    let stage = |id: &str, level_dbfs, change_db, mean_us, worst_us| StageReading {
        id: id.to_owned(),
        level_dbfs,
        change_db,
        cost: Cost { mean_us, worst_us },
        delay_ms: if id == "limiter" { 2.0 } else { 0.0 },
        failed: false,
    };
    vec![
        stage("high-pass", -22.4, -0.4, 2.0, 9.0),
        stage("echo-cancel", -25.8, -34.2, 75.0, 131.0),
        stage("denoise", -26.7, -9.1, 37.0, 74.0),
        stage("voice-detect", -26.7, 0.0, 21.0, 52.0),
        stage("gain", -26.7, 0.0, 0.6, 3.0),
        stage("gate", -26.7, 0.0, 6.0, 14.0),
        stage("auto-gain", -22.6, 4.1, 5.0, 13.0),
        stage("limiter", -23.8, -1.2, 3.0, 8.0),
    ]
}

fn reading() -> VoiceMeter {
    VoiceMeter {
        microphone: Some(("Harbour mic".to_owned(), 48_000)),
        moments: moments(),
        count: VoiceMeter::LONGEST as u64 + 2,
        spectrum_before: spectrum(-72.0),
        spectrum_after: spectrum(-90.0),
        capture_dbfs: -22.0,
        capture: Cost {
            mean_us: 8.0,
            worst_us: 19.0,
        },
        stages: stages_read(),
        packets: PacketReading {
            bitrate: 32_000,
            packet_ms: 20,
            repairs: true,
            bytes: 80,
            encoding: Cost {
                mean_us: 154.0,
                worst_us: 240.0,
            },
            sending: Cost {
                mean_us: 1.2,
                worst_us: 6.0,
            },
        },
    }
}

fn param(name: &str, unit: &str, value: f32, (min, max): (f32, f32)) -> ParamView {
    ParamView {
        name: name.to_owned(),
        unit: unit.to_owned(),
        min,
        max,
        step: if name == "automatic" { 1.0 } else { 0.0 },
        value,
        usual: value,
    }
}

/// What a stage of this kind can be tuned by.
fn params(kind: &str, audio: &AudioSettings) -> Vec<ParamView> {
    match kind {
        "high-pass" => vec![param("cutoff_hz", "Hz", 80.0, (20.0, 500.0))],
        "echo-cancel" => vec![param("suppression_db", "dB", 9.0, (0.0, 40.0))],
        "denoise" => vec![param("mix", "", 1.0, (0.0, 1.0))],
        "gain" => vec![param("gain_db", "dB", audio.input_gain_db, (-30.0, 30.0))],
        "gate" => vec![
            param(
                "threshold_dbfs",
                "dBFS",
                audio.threshold_dbfs,
                (-100.0, 0.0),
            ),
            param(
                "automatic",
                "",
                f32::from(u8::from(audio.auto_threshold)),
                (0.0, 1.0),
            ),
            param("speech_probability", "", 0.6, (0.0, 1.0)),
            param("hold_ms", "ms", 300.0, (0.0, 2_000.0)),
            param("pre_roll_ms", "ms", 200.0, (0.0, 200.0)),
        ],
        "auto-gain" => vec![
            param("target_dbfs", "dBFS", -20.0, (-40.0, -10.0)),
            param("max_gain_db", "dB", 20.0, (0.0, 30.0)),
            param("min_gain_db", "dB", -15.0, (-30.0, 0.0)),
        ],
        "limiter" => vec![
            param("ceiling_dbfs", "dBFS", -1.0, (-24.0, 0.0)),
            param("release_ms", "ms", 80.0, (5.0, 1_000.0)),
        ],
        _ => Vec::new(),
    }
}

fn stage(kind: &str, audio: &AudioSettings) -> StageView {
    StageView {
        id: kind.to_owned(),
        kind: kind.to_owned(),
        enabled: true,
        params: params(kind, audio),
        problem: None,
    }
}

fn chain(audio: &AudioSettings) -> ChainView {
    let kinds = [
        "high-pass",
        "echo-cancel",
        "denoise",
        "voice-detect",
        "gain",
        "gate",
        "auto-gain",
        "limiter",
    ];
    ChainView {
        name: audio.preset.title().to_owned(),
        source: ChainSource::Preset(audio.preset),
        stages: kinds.iter().map(|kind| stage(kind, audio)).collect(),
        own: vec![OwnChain {
            name: "Podcast".to_owned(),
            file: "podcast".to_owned(),
        }],
        plugins: PluginsView::NotLooked,
        problem: None,
        can_undo: false,
        folder: Some("/profile/chains".into()),
    }
}

/// Carries out a wish of the editor, as far as a demonstration can.
pub(super) fn apply(snapshot: &mut Snapshot, past: &mut Vec<ChainView>, wish: ChainCommand) {
    let audio = snapshot.settings.audio.clone();
    let Some(shown) = &mut snapshot.audio.chain else {
        return;
    };
    let now = Arc::make_mut(shown);
    let before = now.clone();
    now.problem = None;
    match wish {
        ChainCommand::Edit(edit) => {
            change(&mut now.stages, &audio, edit);
            if before.source == ChainSource::Preset(audio.preset) {
                now.name = format!("{}, changed", before.name);
                now.source = ChainSource::Own("voice-changed".to_owned());
            }
        }
        ChainCommand::Undo => {
            if let Some(earlier) = past.pop() {
                *now = earlier;
                now.can_undo = !past.is_empty();
            }
            return;
        }
        ChainCommand::Choose(ChainSource::Preset(preset)) => {
            *now = chain(&AudioSettings { preset, ..audio });
        }
        ChainCommand::Choose(source @ ChainSource::Own(_)) => now.source = source,
        ChainCommand::SaveAs(name) | ChainCommand::Rename(name) => {
            now.source = ChainSource::Own("named".to_owned());
            now.name = name;
        }
        ChainCommand::Delete => *now = chain(&audio),
        ChainCommand::Import(path) => {
            now.problem = Some(format!(
                "{} cannot be read: there is no such file.",
                path.display()
            ));
            return;
        }
        ChainCommand::FindPlugins => {
            now.plugins = PluginsView::Found(vec![PluginView {
                kind: "clap:org.example.comb".to_owned(),
                name: "Comb".to_owned(),
                vendor: "Example Audio".to_owned(),
                file: "/usr/lib/clap/comb.clap".into(),
                problem: None,
            }]);
            return;
        }
        ChainCommand::Choose(ChainSource::File(_)) | ChainCommand::Export(_) => return,
    }
    past.push(before);
    now.can_undo = true;
}

fn change(stages: &mut Vec<StageView>, audio: &AudioSettings, edit: ChainEdit) {
    let place = |stages: &[StageView], id: &str| stages.iter().position(|stage| stage.id == id);
    match edit {
        ChainEdit::Add { kind, at, .. } => stages.insert(at.min(stages.len()), stage(&kind, audio)),
        ChainEdit::Remove(id) => stages.retain(|stage| stage.id != id),
        ChainEdit::Move { stage, to } => {
            if let Some(at) = place(stages, &stage) {
                let moved = stages.remove(at);
                stages.insert(to.min(stages.len()), moved);
            }
        }
        ChainEdit::Enable { stage, on } => {
            if let Some(at) = place(stages, &stage) {
                stages[at].enabled = on;
            }
        }
        ChainEdit::Set {
            stage,
            param,
            value,
        } => {
            let at = place(stages, &stage);
            let found =
                at.and_then(|at| stages[at].params.iter_mut().find(|one| one.name == param));
            if let Some(found) = found {
                found.value = value;
            }
        }
        ChainEdit::Reset(id) => {
            if let Some(at) = place(stages, &id) {
                for param in &mut stages[at].params {
                    param.value = param.usual;
                }
            }
        }
    }
}
