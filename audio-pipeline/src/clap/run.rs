//! Sends blocks of mono sound through an activated plugin. Nothing of ours allocates, locks or waits after `new`.

use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;

use super::host::Host;
use super::instance::change;
use super::layout::Layout;
use crate::frame::BLOCK_SAMPLES;

type Channel = [f32; BLOCK_SAMPLES];

/// The buffers between a voice and a plugin, and the changes that go with the next block.
pub(super) struct Run {
    inputs: Side,
    outputs: Side,
    /// At most one for each parameter, for which there is room.
    changes: Vec<ParamValueEvent>,
    /// Samples since the beginning.
    time: u64,
}

/// The ports of one direction.
struct Side {
    ports: AudioPorts,
    channels: Vec<Vec<Channel>>,
    main: usize,
}

impl Side {
    fn new(channels: &[u32], main: usize) -> Self {
        let total: u32 = channels.iter().sum();
        let silence = |&count: &u32| vec![[0.0; BLOCK_SAMPLES]; count as usize];
        Self {
            ports: AudioPorts::with_capacity(total as usize, channels.len()),
            channels: channels.iter().map(silence).collect(),
            main,
        }
    }

    fn main(&mut self) -> &mut [Channel] {
        &mut self.channels[self.main]
    }

    fn as_inputs(&mut self) -> InputAudioBuffers<'_> {
        let ports = self.channels.iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                port.iter_mut().map(InputChannel::variable),
            ),
        });
        self.ports.with_input_buffers(ports)
    }

    fn as_outputs(&mut self) -> OutputAudioBuffers<'_> {
        let ports = self.channels.iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                port.iter_mut().map(<[f32; BLOCK_SAMPLES]>::as_mut_slice),
            ),
        });
        self.ports.with_output_buffers(ports)
    }
}

impl Run {
    /// Buffers for a plugin of this layout with so many parameters.
    pub(super) fn new(layout: &Layout, params: usize) -> Self {
        Self {
            inputs: Side::new(&layout.inputs, layout.main_input),
            outputs: Side::new(&layout.outputs, layout.main_output),
            changes: Vec::with_capacity(params),
            time: 0,
        }
    }

    /// Changes a parameter with the next block.
    pub(super) fn set(&mut self, number: ClapId, value: f64) {
        let waiting = self.changes.iter_mut();
        let mut waiting = waiting.filter(|change| change.param_id() == Some(number));
        if let Some(change) = waiting.next() {
            change.set_value(value);
        } else if self.changes.len() < self.changes.capacity() {
            self.changes.push(change(number, value));
        }
    }

    /// Sends one block through; it is as it was when the plugin fails. Audio thread.
    pub(super) fn block(
        &mut self,
        processor: &mut StartedPluginAudioProcessor<Host>,
        samples: &mut Channel,
    ) -> Result<(), PluginInstanceError> {
        for channel in self.inputs.main() {
            *channel = *samples;
        }
        for channel in self.outputs.main() {
            channel.fill(0.0);
        }
        processor.process(
            &self.inputs.as_inputs(),
            &mut self.outputs.as_outputs(),
            &InputEvents::from_buffer(&self.changes),
            &mut OutputEvents::void(),
            Some(self.time),
            None,
        )?;
        self.changes.clear();
        self.time += BLOCK_SAMPLES as u64;
        let channels = self.outputs.main();
        let share = 1.0 / channels.len() as f32;
        samples.fill(0.0);
        for channel in channels {
            for (sample, heard) in samples.iter_mut().zip(channel) {
                *sample += *heard * share;
            }
        }
        Ok(())
    }
}
