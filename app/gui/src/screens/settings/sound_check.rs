//! The sound check: silence, speech, what they say about the microphone, and how one sounds to others.

use dialtone_engine::Snapshot;
use dialtone_engine::command::CheckSound;
use dialtone_engine::settings::AudioSettings;
use dialtone_engine::snapshot::{CheckResult, CheckStep, SoundCheck};
use dialtone_words::say;
use egui::{CornerRadius, Id, Sense, Ui, vec2};

use super::SettingsAction;
use super::pieces::{caption, pair, titled, warning};
use super::voice_meter::words::title as stage_words;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Choice, Icon, Look, Urgency, announce, select, text};

/// How long the two recordings last, in seconds: for the bar.
const PART_S: f32 = 5.0;

/// Shows the card; the threshold is changed in `audio`.
pub(crate) fn show(
    ui: &mut Ui,
    snapshot: &Snapshot,
    audio: &mut AudioSettings,
) -> Option<SettingsAction> {
    let check = &snapshot.audio.check;
    let in_call = snapshot.communities.iter().any(|one| one.call.is_some());
    let mut wish = None;
    titled(ui, say!("set-sound-check"), "", |ui| {
        if let Some(problem) = &check.problem {
            warning(ui, problem);
        }
        match check.step {
            CheckStep::Off => wish = begin(ui, in_call),
            CheckStep::Silence | CheckStep::Speech => wish = recording(ui, check),
            CheckStep::Working => {
                let color = palette(ui).text_2;
                text::label(ui, say!("set-check-moment"), Type::Secondary, color);
            }
            CheckStep::Ready | CheckStep::Playing => {
                if let Some(result) = &check.result {
                    found(ui, result, audio);
                }
                wish = hearing(ui, check, in_call);
            }
        }
    });
    wish.map(SettingsAction::CheckSound)
}

fn begin(ui: &mut Ui, in_call: bool) -> Option<CheckSound> {
    let color = palette(ui).text_2;
    let words = if in_call {
        say!("set-leave-first")
    } else {
        say!("set-check-words")
    };
    text::label(ui, words, Type::Secondary, color);
    let button = Button::new(say!("set-check-begin"))
        .icon(Icon::Microphone)
        .height(32.0)
        .enabled(!in_call);
    ui.add(button).clicked().then_some(CheckSound::Begin)
}

fn recording(ui: &mut Ui, check: &SoundCheck) -> Option<CheckSound> {
    let palette = palette(ui);
    let words = if check.step == CheckStep::Silence {
        say!("set-be-silent")
    } else {
        say!("set-now-speak")
    };
    let label = text::label(ui, words, Type::SecondaryStrong, palette.text);
    announce(ui, &label, Urgency::Urgent);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    let round = CornerRadius::same(3);
    ui.painter().rect_filled(rect, round, palette.bg_1);
    let mut done = rect;
    done.set_width(rect.width() * (1.0 - check.left_s / PART_S).clamp(0.0, 1.0));
    ui.painter().rect_filled(done, round, palette.accent);
    let left = format!("{:.0} s", check.left_s.ceil());
    text::label(ui, &left, Type::Hint, palette.text_2);
    let stop = Button::new(say!("set-stop")).height(32.0);
    ui.add(stop).clicked().then_some(CheckSound::Stop)
}

fn found(ui: &mut Ui, result: &CheckResult, audio: &mut AudioSettings) {
    let palette = palette(ui);
    if result.good {
        let label = text::label(ui, result.words, Type::SecondaryStrong, palette.text);
        announce(ui, &label, Urgency::Polite);
    } else {
        warning(ui, result.words);
    }
    let levels = say!(
        "set-check-result",
        room = format!("{:.0}", result.room_dbfs),
        voice = format!("{:.0}", result.voice_dbfs),
        threshold = format!("{:.0}", result.threshold_dbfs)
    );
    text::label(ui, &levels, Type::Hint, palette.text_2);
    if !audio.has_line() {
        return;
    }
    let is_set =
        !audio.auto_threshold && (audio.threshold_dbfs - result.threshold_dbfs).abs() < 0.5;
    let words = if is_set {
        say!("set-threshold-set")
    } else {
        say!("set-use-threshold")
    };
    let button = Button::new(words)
        .look(if is_set { Look::Plain } else { Look::Primary })
        .height(32.0)
        .enabled(!is_set);
    if ui.add(button).clicked() {
        audio.threshold_dbfs = result.threshold_dbfs.round();
        audio.auto_threshold = false;
    }
}

fn hearing(ui: &mut Ui, check: &SoundCheck, in_call: bool) -> Option<CheckSound> {
    let key = Id::unique("sound check: stage left out");
    let without: Option<String> = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    // What was chosen may be in the chain no more.
    let without = without.filter(|stage| check.stages.contains(stage));
    let mut wish = None;
    let is_playing = check.step == CheckStep::Playing;
    pair(
        ui,
        |ui| {
            caption(ui, say!("set-how-you-sound"));
            ui.horizontal_wrapped(|ui| {
                if is_playing {
                    let stop = Button::new(say!("set-stop")).icon(Icon::Close).height(32.0);
                    if ui.add(stop).clicked() {
                        wish = Some(CheckSound::Stop);
                    }
                    return;
                }
                let hear = Button::new(say!("set-hear-yourself"))
                    .icon(Icon::Speaker)
                    .height(32.0)
                    .enabled(!in_call);
                if ui.add(hear).clicked() {
                    let without = without.clone();
                    wish = Some(CheckSound::Hear { without });
                }
                let raw = Button::new(say!("set-as-recorded"))
                    .height(32.0)
                    .enabled(!in_call);
                if ui.add(raw).clicked() {
                    wish = Some(CheckSound::HearRaw);
                }
                let again = Button::new(say!("say-check-again"))
                    .icon(Icon::Retry)
                    .height(32.0)
                    .enabled(!in_call);
                if ui.add(again).clicked() {
                    wish = Some(CheckSound::Begin);
                }
            });
        },
        |ui| {
            caption(ui, say!("set-leave-out"));
            let choices = stage_choices(&check.stages);
            if let Some(picked) = select(ui, say!("set-leave-out"), &without, &choices) {
                ui.data_mut(|data| data.insert_temp(key, picked));
            }
        },
    );
    wish
}

fn stage_choices(stages: &[String]) -> Vec<Choice<Option<String>>> {
    let mut choices = vec![Choice {
        value: None,
        words: say!("set-leave-nothing").to_owned(),
    }];
    choices.extend(stages.iter().map(|id| Choice {
        value: Some(id.clone()),
        words: stage_words(id),
    }));
    choices
}

#[cfg(test)]
mod tests {
    use dialtone_engine::settings::Preset;

    use super::*;

    #[test]
    fn every_stage_can_be_left_out_and_is_named() {
        let stages = ["denoise".to_owned(), "clap:x".to_owned()];
        let words: Vec<String> = stage_choices(&stages)
            .into_iter()
            .map(|choice| choice.words)
            .collect();
        assert_eq!(words, ["Nothing", "Noise removal", "x"]);
    }

    #[test]
    fn every_stage_of_a_preset_has_a_name() {
        for preset in Preset::ALL {
            for stage in preset.uplink().unwrap().stages {
                assert_ne!(stage_words(&stage.kind), stage.kind);
            }
        }
    }
}
