//! One plugin at work, as the main thread sees it: made, described, set, activated.

use std::ffi::CString;

use clack_extensions::latency::PluginLatency;
use clack_extensions::params::PluginParams;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;

use super::describe::{self, Param};
use super::host::{self, Host, Main, Shared};
use super::layout::Layout;
use super::{FoundPort, PluginError};
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};

/// A stage that delays the sound by more than this, in samples (1 s), is of no use in a call.
const LONGEST_LATENCY: u32 = SAMPLE_RATE;

/// A plugin of a loaded file. Stays on the main thread.
pub(super) struct Instance {
    plugin: PluginInstance<Host>,
}

/// What a plugin has, before it is activated.
pub(super) struct Described {
    pub(super) inputs: Vec<FoundPort>,
    pub(super) outputs: Vec<FoundPort>,
    pub(super) params: Vec<Param>,
}

/// A plugin's real-time half, and what became known with its activation.
pub(super) struct Activated {
    pub(super) processor: PluginAudioProcessor<Host>,
    pub(super) latency_samples: u32,
}

impl Instance {
    /// Makes the plugin `id` of a file.
    pub(super) fn new(entry: &PluginEntry, id: &str) -> Result<Self, PluginError> {
        let factory = entry.get_plugin_factory();
        let factory = factory.ok_or_else(|| PluginError::Load {
            reason: "the file offers no plugins".to_owned(),
        })?;
        let ids = || {
            let all = factory.plugin_descriptors().filter_map(|it| it.id());
            all.map(|id| id.to_string_lossy().into_owned())
        };
        let asked = CString::new(id).ok().filter(|_| ids().any(|it| it == id));
        let asked = asked.ok_or_else(|| PluginError::NoSuchPlugin {
            id: id.to_owned(),
            known: ids().take(32).collect::<Vec<_>>().join(", "),
        })?;
        let made = PluginInstance::<Host>::new(
            |()| Shared::default(),
            |_| Main,
            entry,
            &asked,
            &host::info(),
        );
        let plugin = made.map_err(|error| PluginError::Refused {
            step: "start".to_owned(),
            said: format!(": {error}"),
        })?;
        Ok(Self { plugin })
    }

    /// Reads ports and parameters.
    pub(super) fn describe(&mut self) -> Result<Described, PluginError> {
        let plugin = self.plugin.plugin_handle();
        Ok(Described {
            inputs: describe::ports(plugin, true)?,
            outputs: describe::ports(plugin, false)?,
            params: describe::params(plugin),
        })
    }

    /// Sets parameters before it is activated.
    pub(super) fn set(&mut self, values: &[(ClapId, f64)]) {
        let Some(mut plugin) = self.plugin.inactive_plugin_handle() else {
            return;
        };
        let Some(params) = plugin.get_extension::<PluginParams>() else {
            return;
        };
        let event = |&(number, value): &(ClapId, f64)| change(number, value);
        let events: Vec<ParamValueEvent> = values.iter().map(event).collect();
        let changes = InputEvents::from_buffer(&events);
        params.flush(&mut plugin, &changes, &mut OutputEvents::void());
    }

    /// Makes it ready for blocks of 10 ms at 48 kHz.
    pub(super) fn activate(&mut self) -> Result<Activated, PluginError> {
        let block = BLOCK_SAMPLES as u32;
        let configuration = PluginAudioConfiguration {
            sample_rate: f64::from(SAMPLE_RATE),
            min_frames_count: block,
            max_frames_count: block,
        };
        let activated = self.plugin.activate(|_, _| (), configuration);
        let stopped = activated.map_err(|_| self.refused("work at 48 kHz in blocks of 10 ms"))?;
        let plugin = self.plugin.plugin_handle();
        let latency = plugin.get_extension::<PluginLatency>();
        let latency_samples = latency.map_or(0, |latency| latency.get(&plugin));
        if latency_samples > LONGEST_LATENCY {
            self.plugin.deactivate(stopped);
            let seconds = latency_samples / SAMPLE_RATE;
            let reason = format!("it would delay the sound by more than {seconds} s");
            return Err(PluginError::Ports { reason });
        }
        Ok(Activated {
            processor: stopped.into(),
            latency_samples,
        })
    }

    /// Takes its processor back and stops it. The present thread is the audio thread for that: nobody else holds it.
    pub(super) fn deactivate(&mut self, processor: PluginAudioProcessor<Host>) {
        let stopped = super::threads::as_audio(|| processor.into_stopped());
        self.plugin.deactivate(stopped);
    }

    /// Gives it the call on the main thread that it has asked for, if it has.
    pub(super) fn call_back(&mut self) {
        if self.plugin.access_shared_handler(Shared::take_callback) {
            self.plugin.call_on_main_thread_callback();
        }
    }

    /// The error for a step that it refused, with what it said about it.
    pub(super) fn refused(&self, step: &str) -> PluginError {
        PluginError::Refused {
            step: step.to_owned(),
            said: self.plugin.access_shared_handler(Shared::complaints),
        }
    }
}

impl Described {
    /// Which ports the voice takes.
    pub(super) fn layout(&self) -> Result<Layout, PluginError> {
        Layout::of(&self.inputs, &self.outputs)
    }
}

/// A parameter's new value, from the first sample of a block on.
pub(super) fn change(number: ClapId, value: f64) -> ParamValueEvent {
    ParamValueEvent::new(0, number, Pckn::match_all(), value)
}
