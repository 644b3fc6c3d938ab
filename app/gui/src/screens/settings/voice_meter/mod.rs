//! The voice meter: what others hear of one, stage by stage, and the editor of the chain. One view for the settings and for the
//! window of `dialtone meter`.
//!
//! ```text
//! Snapshot.audio.meter, .chain -> model (pure) -> plots, level, chain -> MeterAction
//! ```

mod add;
mod card;
mod chain;
mod level;
mod model;
mod plots;
mod presets;
mod row;
mod tune;
pub(crate) mod words;

use dialtone_engine::command::ChainCommand;
use dialtone_engine::snapshot::{Moment, VoiceMeter};
use dialtone_engine::{Command, Snapshot};
use dialtone_words::say;
use egui::{Id, Ui, vec2};

use self::chain::ChainState;
use self::model::{Heard, heard};
use self::presets::Question;
use super::pieces::warning;
use crate::theme::palette;
use crate::widgets::{Button, Icon};

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum MeterAction {
    /// These commands follow.
    Send(Vec<Command>),
    /// A file is to be chosen to take a chain from.
    Import,
    /// A file is to be chosen to write the chain into; it is called so at first.
    Export(String),
}

impl MeterAction {
    fn chain(wish: ChainCommand) -> Self {
        Self::Send(vec![Command::Chain(wish)])
    }
}

/// From this width on cards stand beside each other.
const BESIDE: f32 = 720.0;
/// Height of the cards with waveform and spectrum.
const PLOT_CARD: f32 = 158.0;
/// Height of those with small plots, and of what they plot.
const SMALL_CARD: f32 = level::HEIGHT;
const GAP: f32 = 12.0;

fn state_id() -> Id {
    Id::unique("voice meter")
}

/// No dialog for files opened: the path is to be typed instead.
pub(crate) fn ask_for_path(ctx: &egui::Context, import: bool) {
    ctx.data_mut(|data| {
        let state: &mut ChainState = data.get_temp_mut_or_default(state_id());
        state.question = Some(if import {
            Question::ImportFrom(String::new())
        } else {
            Question::ExportTo(String::new())
        });
    });
}

/// Shows all of it in the width that there is.
pub(crate) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<MeterAction> {
    let mut state: ChainState = ui
        .data(|data| data.get_temp(state_id()))
        .unwrap_or_default();
    ui.spacing_mut().item_spacing = vec2(GAP, GAP);
    let mut action = trouble(ui, snapshot);
    let commands = plots(ui, snapshot);
    if !commands.is_empty() {
        action = Some(MeterAction::Send(commands));
    }
    action = chain::show(ui, snapshot, &mut state).or(action);
    ui.data_mut(|data| data.insert_temp(state_id(), state));
    action
}

/// Shows which microphone is heard, where the settings that say so are not at hand.
pub(crate) fn microphone(ui: &mut Ui, snapshot: &Snapshot) -> Option<MeterAction> {
    let mut audio = snapshot.settings.audio.clone();
    let inputs = &snapshot.audio.inputs;
    ui.scope(|ui| {
        ui.set_max_width(420.0);
        super::audio::device(ui, say!("set-microphone"), inputs, &mut audio.input_device);
    });
    let changed = audio != snapshot.settings.audio;
    changed.then(|| MeterAction::Send(vec![Command::SetAudio(audio)]))
}

/// What is wrong with the microphone, and what to do.
fn trouble(ui: &mut Ui, snapshot: &Snapshot) -> Option<MeterAction> {
    let nothing = heard(snapshot) == Heard::Nothing;
    let said = snapshot.audio.problem.as_deref();
    let problem = said.or(nothing.then_some(say!("meter-no-microphone-heard")))?;
    warning(ui, problem);
    if !nothing {
        return None;
    }
    let again = Button::new(say!("say-try-again"))
        .icon(Icon::Retry)
        .height(32.0);
    ui.add(again)
        .clicked()
        .then(|| MeterAction::Send(vec![Command::RefreshDevices]))
}

/// The cards above the chain; the commands that follow when the line is moved.
fn plots(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Command> {
    let width = ui.available_width();
    if width < BESIDE {
        waveform(ui, (width, PLOT_CARD), snapshot);
        spectrum(ui, (width, PLOT_CARD), snapshot);
        let commands = level::show(ui, (width, level::HEIGHT), snapshot);
        let half = ((width - GAP) / 2.0).floor();
        ui.horizontal(|ui| {
            speech(ui, (half, SMALL_CARD), snapshot);
            reduction(ui, (width - GAP - half, SMALL_CARD), snapshot);
        });
        return commands;
    }
    let left = ((width - GAP) * 0.565).floor();
    let right = width - GAP - left;
    ui.horizontal(|ui| {
        waveform(ui, (left, PLOT_CARD), snapshot);
        spectrum(ui, (right, PLOT_CARD), snapshot);
    });
    let half = ((right - GAP) / 2.0).floor();
    ui.horizontal(|ui| {
        let commands = level::show(ui, (left, level::HEIGHT), snapshot);
        speech(ui, (half, SMALL_CARD), snapshot);
        reduction(ui, (right - GAP - half, SMALL_CARD), snapshot);
        commands
    })
    .inner
}

fn meter(snapshot: &Snapshot) -> Option<&VoiceMeter> {
    snapshot.audio.meter.as_deref()
}

fn waveform(ui: &mut Ui, size: (f32, f32), snapshot: &Snapshot) {
    let palette = palette(ui);
    let heard = heard(snapshot);
    let color = match heard {
        Heard::Speaking => palette.accent,
        Heard::Muted | Heard::Nothing => palette.bad,
        Heard::Silent | Heard::Starting => palette.text_2,
    };
    card::sized(
        ui,
        size,
        (say!("meter-waveform"), heard.word(), color),
        |ui| {
            let words = say!("meter-waveform-words", word = heard.word());
            plots::waveform(ui, ui.available_height(), meter(snapshot), &words);
        },
    );
}

fn spectrum(ui: &mut Ui, size: (f32, f32), snapshot: &Snapshot) {
    let color = palette(ui).text_2;
    card::sized(
        ui,
        size,
        (say!("meter-spectrum"), "0\u{2013}12 kHz", color),
        |ui| {
            plots::spectrum(ui, ui.available_height(), meter(snapshot));
        },
    );
}

fn moments(snapshot: &Snapshot) -> &[Moment] {
    meter(snapshot).map_or(&[], |meter| &meter.moments)
}

fn speech(ui: &mut Ui, size: (f32, f32), snapshot: &Snapshot) {
    let palette = palette(ui);
    let now = meter(snapshot).and_then(VoiceMeter::now);
    let speech = now.and_then(|now| now.speech);
    let aside = match (speech, now) {
        (Some(speech), _) => format!("{:.0} %", speech * 100.0),
        (None, Some(_)) => say!("meter-not-judged").to_owned(),
        (None, None) => String::new(),
    };
    let color = match speech {
        Some(speech) if speech > 0.6 => palette.accent,
        _ => palette.text_2,
    };
    card::sized(ui, size, (say!("meter-probability"), &aside, color), |ui| {
        let words = say!("meter-probability-words");
        let height = ui.available_height();
        plots::history(ui, height, moments(snapshot), words, false, |now| {
            now.speech
        });
    });
}

fn reduction(ui: &mut Ui, size: (f32, f32), snapshot: &Snapshot) {
    let palette = palette(ui);
    let chain = snapshot.audio.chain.as_deref();
    let reduces = chain.is_some_and(|chain| {
        let mut stages = chain.stages.iter().filter(|stage| stage.enabled);
        stages.any(|stage| matches!(stage.kind.as_str(), "limiter" | "auto-gain"))
    });
    let now = meter(snapshot).and_then(VoiceMeter::now);
    let (aside, color) = match now {
        _ if !reduces => (say!("meter-no-stage").to_owned(), palette.text_2),
        Some(now) if now.reduction_db >= 0.1 => {
            let db = words::decibels(-now.reduction_db);
            (format!("{db} dB"), palette.attention)
        }
        Some(_) => (say!("meter-none").to_owned(), palette.text_2),
        None => (String::new(), palette.text_2),
    };
    card::sized(ui, size, (say!("meter-reduction"), &aside, color), |ui| {
        let words = say!("meter-reduction-words");
        let height = ui.available_height();
        plots::history(ui, height, moments(snapshot), words, true, |now| {
            Some(now.reduction_db / plots::MOST_REDUCTION_DB)
        });
    });
}
