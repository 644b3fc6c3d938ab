//! The parameters, which every plugin of the file has.

use std::ffi::CStr;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use clack_extensions::params::{
    ParamDisplayWriter, ParamInfo, ParamInfoFlags, ParamInfoWriter, PluginAudioProcessorParams,
    PluginMainThreadParams,
};
use clack_plugin::events::event_types::ParamValueEvent;
use clack_plugin::prelude::*;
use clack_plugin::utils::Cookie;

use crate::plugin::{ProbeAudio, ProbeMain};

/// In dB.
pub(crate) const GAIN: usize = 0;
/// 0: works; 1: says that it failed; 2: gives what is no number; 3: asks to be called on the main thread.
pub(crate) const FAULT: usize = 1;

struct Param {
    number: u32,
    name: &'static str,
    min: f64,
    max: f64,
    default: f64,
    flags: ParamInfoFlags,
}

const PARAMS: [Param; 4] = [
    Param {
        number: 7,
        name: "Gain",
        min: -60.0,
        max: 24.0,
        default: 0.0,
        flags: ParamInfoFlags::IS_AUTOMATABLE,
    },
    Param {
        number: 9,
        name: "Fault",
        min: 0.0,
        max: 3.0,
        default: 0.0,
        flags: ParamInfoFlags::IS_STEPPED,
    },
    Param {
        number: 11,
        name: "Level",
        min: 0.0,
        max: 1.0,
        default: 0.0,
        flags: ParamInfoFlags::IS_READONLY,
    },
    Param {
        number: 12,
        name: "Secret",
        min: 0.0,
        max: 1.0,
        default: 0.0,
        flags: ParamInfoFlags::IS_HIDDEN,
    },
];

/// The parameters' present values.
pub(crate) struct Values([AtomicU64; PARAMS.len()]);

impl Values {
    pub(crate) fn new() -> Self {
        Self(PARAMS.map(|param| AtomicU64::new(param.default.to_bits())))
    }

    pub(crate) fn get(&self, index: usize) -> f64 {
        f64::from_bits(self.0[index].load(Ordering::Relaxed))
    }

    /// Takes over what has changed.
    pub(crate) fn follow(&self, events: &InputEvents<'_>) {
        for event in events {
            let Some(change) = event.as_event::<ParamValueEvent>() else {
                continue;
            };
            if let Some(index) = change.param_id().and_then(index) {
                let value = change.value().clamp(PARAMS[index].min, PARAMS[index].max);
                self.0[index].store(value.to_bits(), Ordering::Relaxed);
            }
        }
    }
}

fn index(number: ClapId) -> Option<usize> {
    PARAMS.iter().position(|param| number.get() == param.number)
}

impl PluginMainThreadParams for ProbeMain<'_> {
    fn count(&self) -> u32 {
        PARAMS.len() as u32
    }

    fn get_info(&self, index: u32, info: &mut ParamInfoWriter<'_>) {
        if let Some(param) = PARAMS.get(index as usize) {
            info.set(&ParamInfo {
                id: ClapId::new(param.number),
                flags: param.flags,
                cookie: Cookie::empty(),
                name: param.name.as_bytes(),
                module: b"Probe",
                min_value: param.min,
                max_value: param.max,
                default_value: param.default,
            });
        }
    }

    fn get_value(&self, number: ClapId) -> Option<f64> {
        index(number).map(|index| self.shared.values.get(index))
    }

    fn value_to_text(
        &self,
        number: ClapId,
        value: f64,
        writer: &mut ParamDisplayWriter<'_>,
    ) -> std::fmt::Result {
        match index(number) {
            Some(GAIN) => write!(writer, "{value:.1} dB"),
            Some(_) => write!(writer, "{value:.0}"),
            None => Err(std::fmt::Error),
        }
    }

    fn text_to_value(&self, _number: ClapId, text: &CStr) -> Option<f64> {
        text.to_str().ok()?.trim_end_matches(" dB").parse().ok()
    }

    fn flush(&self, changes: &InputEvents<'_>, _out: &mut OutputEvents<'_>) {
        self.shared.values.follow(changes);
    }
}

impl PluginAudioProcessorParams for ProbeAudio<'_> {
    fn flush(&mut self, changes: &InputEvents<'_>, _out: &mut OutputEvents<'_>) {
        self.shared.values.follow(changes);
    }
}
