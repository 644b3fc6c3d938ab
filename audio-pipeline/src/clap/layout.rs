//! Whether a plugin's ways in and out suit a mono voice.

use super::{FoundPort, PluginError};

/// Bounds on what a plugin may ask for besides the main way.
const MOST_PORTS: usize = 16;
const MOST_CHANNELS: u32 = 64;

/// How many channels each port has, and which one the voice takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) inputs: Vec<u32>,
    pub(super) outputs: Vec<u32>,
    pub(super) main_input: usize,
    pub(super) main_output: usize,
}

impl Layout {
    /// The layout of a plugin with these ports.
    pub(super) fn of(inputs: &[FoundPort], outputs: &[FoundPort]) -> Result<Self, PluginError> {
        let channels = |ports: &[FoundPort]| ports.iter().map(|port| port.channels).collect();
        Ok(Self {
            inputs: channels(inputs),
            outputs: channels(outputs),
            main_input: main("input", inputs)?,
            main_output: main("output", outputs)?,
        })
    }
}

fn main(which: &str, ports: &[FoundPort]) -> Result<usize, PluginError> {
    let wrong = |reason: String| Err(PluginError::Ports { reason });
    if ports.is_empty() {
        return wrong(format!("it has no audio {which}"));
    }
    let total = ports
        .iter()
        .fold(0_u32, |sum, port| sum.saturating_add(port.channels));
    if ports.len() > MOST_PORTS || total > MOST_CHANNELS {
        let count = ports.len();
        return wrong(format!(
            "it has {count} audio {which}s with {total} channels; {MOST_PORTS} with {MOST_CHANNELS} are possible"
        ));
    }
    // Where none says so, the first one is meant.
    let index = ports.iter().position(|port| port.main).unwrap_or(0);
    match ports[index].channels {
        1 | 2 => Ok(index),
        channels => wrong(format!(
            "its main audio {which} has {channels} channels, where one or two are possible"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(channels: u32, main: bool) -> FoundPort {
        FoundPort {
            name: String::new(),
            channels,
            main,
        }
    }

    #[test]
    fn mono_stereo_and_side_chains_suit() {
        let layout = Layout::of(&[port(2, false), port(1, true)], &[port(2, false)]).unwrap();
        assert_eq!((layout.main_input, layout.main_output), (1, 0));
        assert_eq!((layout.inputs, layout.outputs), (vec![2, 1], vec![2]));
    }

    #[test]
    fn what_does_not_suit_is_named() {
        let told = |inputs: &[FoundPort], outputs: &[FoundPort]| {
            Layout::of(inputs, outputs).unwrap_err().to_string()
        };
        let mono = [port(1, true)];
        assert!(told(&[], &mono).contains("no audio input"));
        assert!(told(&mono, &[]).contains("no audio output"));
        assert!(told(&[port(6, true)], &mono).contains("6 channels"));
        assert!(told(&mono, &[port(0, true)]).contains("0 channels"));
        assert!(told(&vec![port(1, true); 17], &mono).contains("17 audio inputs"));
        assert!(told(&[port(1, true), port(u32::MAX, false)], &mono).contains("possible"));
    }
}
