//! Stages and their numbers in words.

use dialtone_engine::snapshot::{Moment, ParamView, StageReading, StageView};
use dialtone_words::say;

/// A kind of stage that comes with the program.
pub(crate) struct Kind {
    /// Its registered name.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    /// What it does, in a sentence.
    pub(crate) does: &'static str,
}

/// All that come with the program, in the order in which they make sense.
pub(crate) fn kinds() -> [Kind; 9] {
    [
        Kind {
            name: "high-pass",
            title: say!("set-stage-rumble"),
            does: say!("meter-does-rumble"),
        },
        Kind {
            name: "echo-cancel",
            title: say!("set-stage-echo"),
            does: say!("meter-does-echo"),
        },
        Kind {
            name: "denoise",
            title: say!("set-stage-noise"),
            does: say!("meter-does-noise"),
        },
        Kind {
            name: "denoise-strong",
            title: say!("meter-strong-noise"),
            does: say!("meter-does-strong-noise"),
        },
        Kind {
            name: "voice-detect",
            title: say!("set-stage-speech"),
            does: say!("meter-does-speech"),
        },
        Kind {
            name: "gain",
            title: say!("set-gain"),
            does: say!("meter-does-gain"),
        },
        Kind {
            name: "gate",
            title: say!("set-stage-gate"),
            does: say!("meter-does-gate"),
        },
        Kind {
            name: "auto-gain",
            title: say!("set-stage-auto-gain"),
            does: say!("meter-does-auto-gain"),
        },
        Kind {
            name: "limiter",
            title: say!("set-stage-limiter"),
            does: say!("meter-does-limiter"),
        },
    ]
}

/// The kind of this name.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    kinds().into_iter().find(|kind| kind.name == name)
}

/// A kind of stage by what it does; one that is not known by the end of its name.
pub(crate) fn title(name: &str) -> String {
    let own = || {
        let plugin = name.strip_prefix("clap:").unwrap_or(name);
        let last = plugin.rsplit('.').next().unwrap_or(plugin);
        last.to_owned()
    };
    kind(name).map_or_else(own, |kind| kind.title.to_owned())
}

/// What a parameter is called.
pub(super) fn param_title(name: &str) -> String {
    match name {
        "cutoff_hz" => say!("meter-below"),
        "suppression_db" => say!("meter-left-by"),
        "mix" => say!("meter-strength"),
        "threshold_dbfs" => say!("set-threshold"),
        "automatic" => say!("set-line-itself"),
        "speech_probability" => say!("meter-how-sure"),
        "hold_ms" => say!("meter-stays-open"),
        "pre_roll_ms" => say!("meter-sends-before"),
        "target_dbfs" => say!("meter-level-to-reach"),
        "max_gain_db" => say!("meter-adds-most"),
        "min_gain_db" => say!("meter-takes-most"),
        "ceiling_dbfs" => say!("meter-ceiling"),
        "release_ms" => say!("meter-lets-go"),
        "gain_db" => say!("meter-gain"),
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// Whether a parameter is a share of one that people read in percent.
fn in_percent(param: &ParamView) -> bool {
    matches!(
        param.name.as_str(),
        "mix" | "speech_probability" | "attenuation"
    ) && param.max <= 1.0
}

/// Whether a parameter is a switch.
pub(super) fn is_switch(param: &ParamView) -> bool {
    param.step >= 1.0 && param.min.abs() < 1e-6 && (param.max - 1.0).abs() < 1e-6
}

/// By how much an arrow key moves a parameter.
pub(super) fn step(param: &ParamView) -> f32 {
    let span = (param.max - param.min).max(f32::EPSILON);
    match (param.step, param.unit.as_str()) {
        (step, _) if step > 0.0 => step,
        (_, "dB" | "dBFS") => 0.5,
        (_, "Hz" | "ms") if span >= 100.0 => 5.0,
        _ => span / 100.0,
    }
}

/// A parameter's value with its unit.
pub(super) fn value(param: &ParamView) -> String {
    if in_percent(param) {
        return format!("{:.0} %", param.value * 100.0);
    }
    let number = match param.unit.as_str() {
        "Hz" | "ms" => format!("{:.0}", param.value),
        "dB" | "dBFS" => decibels(param.value),
        _ => dialtone_words::decimal(format_args!("{:.2}", param.value)),
    };
    let text = format!("{number} {}", param.unit);
    text.trim_end().to_owned()
}

/// A number of decibels with one decimal and a proper minus.
pub(super) fn decibels(db: f32) -> String {
    let rounded = (db * 10.0).round() / 10.0;
    // No minus before nothing.
    let rounded = if rounded.abs() < 0.05 { 0.0 } else { rounded };
    dialtone_words::decimal(format_args!("{rounded:.1}")).replace('-', "\u{2212}")
}

/// The same with a sign.
fn change(db: f32) -> String {
    let plus = if db >= 0.05 { "+" } else { "" };
    format!("{plus}{} dB", decibels(db))
}

/// A time of each 10 ms.
pub(super) fn microseconds(us: f32) -> String {
    if us < 0.95 {
        "<1 µs".to_owned()
    } else {
        format!("{us:.0} µs")
    }
}

/// What a stage says of itself just now.
pub(super) fn says(
    stage: &StageView,
    reading: Option<&StageReading>,
    now: Option<&Moment>,
) -> String {
    if let Some(problem) = &stage.problem {
        return say!("meter-left-out", problem = problem);
    }
    if !stage.enabled {
        return say!("meter-switched-off").to_owned();
    }
    if reading.is_some_and(|reading| reading.failed) {
        return say!("meter-failed").to_owned();
    }
    let param = |name: &str| stage.param(name).map(value);
    let changed = reading.map_or(0.0, |reading| reading.change_db);
    match stage.kind.as_str() {
        "high-pass" => param("cutoff_hz").unwrap_or_default(),
        "echo-cancel" | "denoise" | "denoise-strong" => match -changed {
            removed if removed >= 0.5 => say!("meter-removed", db = format!("{removed:.0}")),
            _ => say!("meter-nothing-to-remove").to_owned(),
        },
        "voice-detect" => match now.and_then(|now| now.speech) {
            Some(speech) => say!("meter-speech", percent = format!("{:.0}", speech * 100.0)),
            None => String::new(),
        },
        "gain" => change(stage.param("gain_db").map_or(0.0, |param| param.value)),
        "gate" => gate(stage, now),
        "limiter" if -changed < 0.1 => {
            let ceiling = param("ceiling_dbfs").unwrap_or_default();
            say!("meter-ceiling-at", ceiling = ceiling)
        }
        _ => change(changed),
    }
}

fn gate(stage: &StageView, now: Option<&Moment>) -> String {
    let is = if now.is_some_and(|now| now.open) {
        say!("meter-open")
    } else {
        say!("meter-closed")
    };
    let by_itself = stage.param("automatic").is_some_and(|one| one.value > 0.5);
    match now.and_then(|now| now.threshold_dbfs) {
        Some(line) if by_itself => say!("meter-gate-line-itself", is = is, db = decibels(line)),
        Some(line) => say!("meter-gate-line", is = is, db = decibels(line)),
        None => is.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(name: &str, unit: &str, value: f32, (min, max): (f32, f32)) -> ParamView {
        ParamView {
            name: name.to_owned(),
            unit: unit.to_owned(),
            min,
            max,
            step: 0.0,
            value,
            usual: value,
        }
    }

    fn stage(kind: &str, params: Vec<ParamView>) -> StageView {
        StageView {
            id: kind.to_owned(),
            kind: kind.to_owned(),
            enabled: true,
            params,
            problem: None,
        }
    }

    fn reading(change_db: f32) -> StageReading {
        StageReading {
            id: String::new(),
            level_dbfs: -20.0,
            change_db,
            cost: dialtone_engine::snapshot::Cost::default(),
            delay_ms: 0.0,
            failed: false,
        }
    }

    #[test]
    fn numbers_have_units_and_signs() {
        assert_eq!(value(&param("mix", "", 0.6, (0.0, 1.0))), "60 %");
        assert_eq!(
            value(&param("x", "dB", -4.06, (-9.0, 9.0))),
            "\u{2212}4.1 dB"
        );
        assert_eq!(value(&param("x", "Hz", 80.4, (1.0, 900.0))), "80 Hz");
        assert_eq!(value(&param("Depth", "", 0.25, (0.0, 2.0))), "0.25");
        assert_eq!(
            (decibels(-0.01), change(4.1)),
            ("0.0".into(), "+4.1 dB".into())
        );
        assert_eq!(change(-0.04), "0.0 dB");
        assert_eq!(microseconds(0.2), "<1 µs");
    }

    #[test]
    fn steps_suit_the_unit() {
        let of = |unit, bounds| step(&param("x", unit, 0.0, bounds));
        assert!((of("dB", (-24.0, 24.0)) - 0.5).abs() < 1e-6);
        assert!((of("ms", (0.0, 2_000.0)) - 5.0).abs() < 1e-6);
        assert!((of("", (0.0, 1.0)) - 0.01).abs() < 1e-6);
        assert!(of("", (1.0, 1.0)) > 0.0);
        let switch = ParamView {
            step: 1.0,
            ..param("automatic", "", 1.0, (0.0, 1.0))
        };
        assert!(is_switch(&switch) && !is_switch(&param("mix", "", 1.0, (0.0, 1.0))));
    }

    #[test]
    fn each_stage_says_what_it_does_now() {
        let now = Moment {
            speech: Some(0.97),
            open: true,
            threshold_dbfs: Some(-42.0),
            ..Moment::default()
        };
        let said = |kind: &str, change: f32, params| {
            says(&stage(kind, params), Some(&reading(change)), Some(&now))
        };
        assert_eq!(said("echo-cancel", -34.2, vec![]), "34 dB removed");
        assert_eq!(said("denoise", 0.1, vec![]), "nothing to remove");
        assert_eq!(said("voice-detect", 0.0, vec![]), "speech 97 %");
        assert_eq!(
            said("gate", 0.0, vec![]),
            "open · line at \u{2212}42.0 dBFS"
        );
        assert_eq!(said("auto-gain", 4.1, vec![]), "+4.1 dB");
        assert_eq!(said("limiter", -2.0, vec![]), "\u{2212}2.0 dB");
        assert_eq!(said("clap:org.example.comb", 0.3, vec![]), "+0.3 dB");
        let off = StageView {
            enabled: false,
            ..stage("gain", vec![])
        };
        assert_eq!(says(&off, None, None), "switched off");
        assert_eq!(says(&stage("voice-detect", vec![]), None, None), "");
    }

    #[test]
    fn stages_have_titles() {
        assert_eq!(title("auto-gain"), "Automatic gain");
        assert_eq!(title("clap:org.example.comb"), "comb");
        assert_eq!(title("reverb"), "reverb");
    }
}
