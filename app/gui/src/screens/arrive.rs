//! The last step of coming in for the first time: microphone and loudspeaker, tried and heard, and whether the keys open without the password from now on.

use dialtone_engine::command::CheckSound;
use dialtone_engine::snapshot::CheckStep;
use dialtone_engine::{Command, Snapshot};
use dialtone_words::say;
use egui::Ui;

use super::centered;
use super::settings::{SettingsAction, at_once, audio, sound_check};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Look, Meter, text};

/// What was pressed.
#[derive(Debug, PartialEq)]
pub enum ArriveAction {
    /// This is to be done.
    Send(Command),
    /// Go in; with what is to be done before.
    GoIn(Option<Command>),
}

/// Shows the step.
pub fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<ArriveAction> {
    centered::wide_card(ui, "arrive", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        text::label(ui, say!("arrive-title"), Type::Heading, palette.text);
        text::label(ui, say!("arrive-words"), Type::Body, palette.text_2);
        ui.add_space(12.0);
        let wish = sound(ui, snapshot);
        ui.add_space(10.0);
        let flipped = at_once::show(ui, snapshot.keyring.at_once);
        ui.add_space(14.0);
        let button = Button::large(go_in(snapshot)).look(Look::Primary);
        if ui.add(button).clicked() {
            return Some(ArriveAction::GoIn(stop(snapshot)));
        }
        flipped.or(wish).map(ArriveAction::Send)
    })
}

/// The devices, the level, the check.
fn sound(ui: &mut Ui, snapshot: &Snapshot) -> Option<Command> {
    let before = &snapshot.settings.audio;
    let mut changed = before.clone();
    let palette = palette(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    if let Some(problem) = &snapshot.audio.problem {
        super::settings::warning(ui, problem);
    }
    let (inputs, outputs) = (&snapshot.audio.inputs, &snapshot.audio.outputs);
    audio::device(
        ui,
        say!("set-microphone"),
        inputs,
        &mut changed.input_device,
    );
    Meter::new(say!("say-microphone-level"), snapshot.audio.gate_dbfs)
        .raw(snapshot.audio.input_dbfs)
        .open(snapshot.audio.gate_open)
        .height(18.0)
        .hot_zone()
        .show(ui);
    let words = if snapshot.audio.gate_dbfs.is_none() {
        say!("set-no-microphone")
    } else {
        say!("arrive-speak")
    };
    text::label(ui, words, Type::Hint, palette.text_2);
    ui.add_space(4.0);
    audio::device(ui, say!("set-speaker"), outputs, &mut changed.output_device);
    ui.add_space(4.0);
    let step = sound_check::show(ui, snapshot, &mut changed);
    if changed != *before {
        return Some(Command::SetAudio(changed));
    }
    match step {
        Some(SettingsAction::CheckSound(step)) => Some(Command::CheckSound(step)),
        _ => None,
    }
}

/// What the button says: that the check is left out, where it was.
fn go_in(snapshot: &Snapshot) -> &'static str {
    if snapshot.audio.check.result.is_some() {
        say!("arrive-go-in")
    } else {
        say!("arrive-skip")
    }
}

/// A check that runs ends with the step.
fn stop(snapshot: &Snapshot) -> Option<Command> {
    let runs = !matches!(snapshot.audio.check.step, CheckStep::Off | CheckStep::Ready);
    runs.then_some(Command::CheckSound(CheckSound::Stop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn the_button_says_whether_the_check_was_left_out_and_a_running_one_ends() {
        let mut snapshot = demo::harbour();
        assert_eq!(go_in(&snapshot), "Skip the check and go in");
        assert_eq!(stop(&snapshot), None);
        snapshot.audio.check.step = CheckStep::Silence;
        let stopped = Some(Command::CheckSound(CheckSound::Stop));
        assert_eq!(stop(&snapshot), stopped);
        let checked = demo::bad_state("sound-checked").unwrap();
        assert_eq!(go_in(&checked), "Go in");
        assert_eq!(stop(&checked), None);
    }
}
