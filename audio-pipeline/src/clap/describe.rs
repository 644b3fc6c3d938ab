//! What a loaded plugin says of itself, within bounds and without what would disturb a terminal.

use std::ffi::CStr;

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_host::plugin::PluginDescriptor;
use clack_host::prelude::*;

use super::{FoundParam, FoundPlugin, FoundPort, PluginError};

const LONGEST_TEXT: usize = 256;
const MOST_FEATURES: usize = 64;
/// More ports than can be used, so that the message can say so.
const MOST_PORTS: u32 = 64;
const MOST_PARAMS: u32 = 1_024;
/// What else stands in a stage's table of a chain's file.
const TAKEN: [&str; 4] = ["type", "id", "enabled", "file"];

/// A parameter with the number that the plugin knows it by.
pub(super) struct Param {
    pub(super) number: ClapId,
    pub(super) found: FoundParam,
}

/// A plugin as its file lists it; ports and parameters are not known yet.
pub(super) fn listed(descriptor: &PluginDescriptor) -> Option<FoundPlugin> {
    let told = |text: Option<&CStr>| text.map(|text| clean(text.to_bytes())).unwrap_or_default();
    // A longer or unreadable id could not be asked for.
    let id = descriptor.id()?.to_str().ok()?;
    if id.is_empty() || id.len() > LONGEST_TEXT || id.chars().any(char::is_control) {
        return None;
    }
    let features = descriptor.features().take(MOST_FEATURES);
    Some(FoundPlugin {
        id: id.to_owned(),
        name: told(descriptor.name()),
        vendor: told(descriptor.vendor()),
        version: told(descriptor.version()),
        features: features.map(|feature| clean(feature.to_bytes())).collect(),
        problem: None,
        latency_samples: 0,
        inputs: Vec::new(),
        outputs: Vec::new(),
        params: Vec::new(),
    })
}

/// Where sound goes in (or comes out). Main thread.
pub(super) fn ports(
    plugin: PluginMainThreadHandle<'_>,
    is_input: bool,
) -> Result<Vec<FoundPort>, PluginError> {
    let Some(ports) = plugin.get_extension::<PluginAudioPorts>() else {
        return Ok(Vec::new());
    };
    let mut buffer = AudioPortInfoBuffer::new();
    let mut found = Vec::new();
    for index in 0..ports.count(&plugin, is_input).min(MOST_PORTS) {
        let Some(port) = ports.get(&plugin, index, is_input, &mut buffer) else {
            let reason = "it does not tell what its audio ports are".to_owned();
            return Err(PluginError::Ports { reason });
        };
        found.push(FoundPort {
            name: clean(port.name),
            channels: port.channel_count,
            main: port.flags.contains(AudioPortFlags::IS_MAIN),
        });
    }
    Ok(found)
}

/// The parameters that a person may turn. Main thread.
pub(super) fn params(plugin: PluginMainThreadHandle<'_>) -> Vec<Param> {
    let Some(params) = plugin.get_extension::<PluginParams>() else {
        return Vec::new();
    };
    let mut buffer = ParamInfoBuffer::new();
    let mut found = Vec::new();
    for index in 0..params.count(&plugin).min(MOST_PARAMS) {
        let Some(param) = params.get_info(&plugin, index, &mut buffer) else {
            continue;
        };
        let kept_back = ParamInfoFlags::IS_HIDDEN | ParamInfoFlags::IS_READONLY;
        let bounds = (param.min_value as f32, param.max_value as f32);
        let sound = bounds.0.is_finite() && bounds.1.is_finite() && bounds.0 <= bounds.1;
        if param.flags.intersects(kept_back) || !sound {
            continue;
        }
        let (min, max) = (param.min_value, param.max_value);
        let default = within(param.default_value, min, max, min);
        found.push(Param {
            number: param.id,
            found: FoundParam {
                key: String::new(),
                name: clean(param.name),
                group: clean(param.module),
                min,
                max,
                default,
                value: default,
                text: String::new(),
                stepped: param.flags.contains(ParamInfoFlags::IS_STEPPED),
            },
        });
    }
    name(&mut found);
    for param in &mut found {
        read_value(plugin, &params, param);
    }
    found
}

fn read_value(plugin: PluginMainThreadHandle<'_>, params: &PluginParams, param: &mut Param) {
    let found = &mut param.found;
    let value = params.get_value(&plugin, param.number);
    found.value = within(
        value.unwrap_or(f64::NAN),
        found.min,
        found.max,
        found.default,
    );
    let mut text = [0; LONGEST_TEXT];
    if let Ok(text) = params.value_to_text(&plugin, param.number, found.value, &mut text) {
        found.text = clean(text);
    }
}

/// Gives each parameter what it is called in a chain's file: its name, and with its number behind it where that is not
/// enough.
fn name(params: &mut [Param]) {
    let names: Vec<String> = params
        .iter()
        .map(|param| param.found.name.clone())
        .collect();
    for (index, param) in params.iter_mut().enumerate() {
        let name = &names[index];
        let alone = names.iter().filter(|other| *other == name).count() == 1;
        param.found.key = if alone && !name.is_empty() && !TAKEN.contains(&name.as_str()) {
            name.clone()
        } else {
            format!("{name}#{}", param.number.get())
        };
    }
}

/// `value` within its bounds, or `otherwise` if it is no number.
fn within(value: f64, min: f64, max: f64, otherwise: f64) -> f64 {
    if value.is_nan() {
        otherwise
    } else {
        value.clamp(min, max)
    }
}

/// Text from outside: bounded, and on one line.
fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(LONGEST_TEXT).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(number: u32, name: &str) -> Param {
        Param {
            number: ClapId::new(number),
            found: FoundParam {
                key: String::new(),
                name: name.to_owned(),
                group: String::new(),
                min: 0.0,
                max: 1.0,
                default: 0.0,
                value: 0.0,
                text: String::new(),
                stepped: false,
            },
        }
    }

    #[test]
    fn a_name_that_would_not_do_gets_the_number() {
        let mut params = [(1, "Gain"), (2, "Mix"), (7, "Mix"), (3, "file"), (4, "")]
            .map(|(number, text)| param(number, text));
        name(&mut params);
        let keys: Vec<_> = params
            .iter()
            .map(|param| param.found.key.as_str())
            .collect();
        assert_eq!(keys, ["Gain", "Mix#2", "Mix#7", "file#3", "#4"]);
    }

    #[test]
    fn text_from_outside_is_bounded_and_on_one_line() {
        assert_eq!(clean(b"A\x1b[31m\nB\xff"), "A [31m B\u{fffd}");
        assert_eq!(clean(&[b'x'; 1_000]).len(), LONGEST_TEXT);
    }

    #[test]
    fn values_stay_within_bounds() {
        assert!((within(f64::NAN, 0.0, 1.0, 0.5) - 0.5).abs() < 1e-12);
        assert!((within(f64::INFINITY, 0.0, 1.0, 0.5) - 1.0).abs() < 1e-12);
    }
}
