//! The plugins' work.

use clack_extensions::audio_ports::{AudioPortInfoWriter, PluginAudioPorts, PluginAudioPortsImpl};
use clack_extensions::latency::{PluginLatency, PluginLatencyImpl};
use clack_extensions::log::{HostLog, LogSeverity};
use clack_extensions::params::PluginParams;
use clack_plugin::prelude::*;

use crate::journal::Journal;
use crate::kind::{DELAY, Kind};
use crate::params::{FAULT, GAIN, Values};

/// The plugin; which one is told by [`ProbeShared::kind`].
pub(crate) struct Probe;

/// What both threads have.
pub(crate) struct ProbeShared<'a> {
    pub(crate) kind: Kind,
    pub(crate) values: Values,
    host: HostSharedHandle<'a>,
    journal: Journal,
}

/// The main thread's half.
pub(crate) struct ProbeMain<'a> {
    pub(crate) shared: &'a ProbeShared<'a>,
}

/// The audio thread's half.
pub(crate) struct ProbeAudio<'a> {
    pub(crate) shared: &'a ProbeShared<'a>,
    /// The gain's factor at the end of the last block.
    factor: f32,
    late: [f32; DELAY],
    at: usize,
}

impl Plugin for Probe {
    type AudioProcessor<'a> = ProbeAudio<'a>;
    type Shared<'a> = ProbeShared<'a>;
    type MainThread<'a> = ProbeMain<'a>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _: Option<&ProbeShared<'_>>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginLatency>()
            .register::<PluginParams>();
    }
}

impl<'a> ProbeShared<'a> {
    pub(crate) fn new(kind: Kind, host: HostSharedHandle<'a>, journal: Journal) -> Self {
        Self {
            kind,
            values: Values::new(),
            host,
            journal,
        }
    }

    fn note(&self, call: &str) {
        self.journal.note_call(self.host, self.kind.word(), call);
    }

    fn factor(&self) -> f32 {
        10_f32.powf(self.values.get(GAIN) as f32 / 20.0)
    }
}

impl<'a> PluginShared<'a> for ProbeShared<'a> {}

impl<'a> ProbeMain<'a> {
    pub(crate) fn new(shared: &'a ProbeShared<'a>) -> Self {
        shared.note("created");
        Self { shared }
    }
}

impl Drop for ProbeMain<'_> {
    fn drop(&mut self) {
        self.shared
            .journal
            .note(&format!("{} destroyed", self.shared.kind.word()));
    }
}

impl<'a> PluginMainThread<'a, ProbeShared<'a>> for ProbeMain<'a> {
    fn on_main_thread(&self) {
        self.shared.note("called back");
    }
}

impl PluginLatencyImpl for ProbeMain<'_> {
    fn get(&self) -> u32 {
        if self.shared.kind == Kind::Delay {
            DELAY as u32
        } else {
            0
        }
    }
}

impl PluginAudioPortsImpl for ProbeMain<'_> {
    fn count(&self, is_input: bool) -> u32 {
        self.shared.kind.ports(is_input).len() as u32
    }

    fn get(&self, index: u32, is_input: bool, writer: &mut AudioPortInfoWriter<'_>) {
        if let Some(port) = self.shared.kind.port(index, is_input) {
            writer.set(&port);
        }
    }
}

impl<'a> PluginAudioProcessor<'a, ProbeShared<'a>, ProbeMain<'a>> for ProbeAudio<'a> {
    fn activate(
        _host: HostAudioProcessorHandle<'a>,
        _main: &ProbeMain<'a>,
        shared: &'a ProbeShared<'a>,
        configuration: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        let (rate, min, max) = (
            configuration.sample_rate,
            configuration.min_frames_count,
            configuration.max_frames_count,
        );
        shared.note(&format!("activated at {rate} Hz, {min} to {max} frames"));
        if shared.kind == Kind::Refuse {
            if let Some(log) = shared.host.get_extension::<HostLog>() {
                log.log(&shared.host, LogSeverity::Info, c"activating");
                log.log(&shared.host, LogSeverity::Error, c"the licence has run out");
            }
            return Err(PluginError::Message("no"));
        }
        Ok(Self {
            shared,
            factor: shared.factor(),
            late: [0.0; DELAY],
            at: 0,
        })
    }

    fn process(
        &mut self,
        _process: Process<'_>,
        mut audio: Audio<'_>,
        events: Events<'_>,
    ) -> Result<ProcessStatus, PluginError> {
        self.shared.values.follow(events.input);
        let mut factor = (self.factor, self.shared.factor());
        self.factor = factor.1;
        match self.shared.values.get(FAULT) as u32 {
            1 => return Err(PluginError::Message("asked to fail")),
            2 => factor = (f32::NAN, f32::NAN),
            3 => self.shared.host.request_callback(),
            _ => {}
        }
        if self.shared.kind == Kind::NotANumber {
            factor = (f32::NAN, f32::NAN);
        }
        let side = side_chain(&audio);
        let Some(mut pair) = audio.port_pair(0) else {
            return Err(PluginError::Message("there is no port"));
        };
        let Some(channels) = pair.channels()?.into_f32() else {
            return Err(PluginError::Message("there are no samples of 32 bits"));
        };
        for (index, channel) in channels.into_iter().enumerate() {
            let ChannelPair::InputOutput(input, output) = channel else {
                continue;
            };
            if index == 0 {
                self.work(input, output, factor);
                for sample in output.iter_mut() {
                    *sample += side;
                }
            } else {
                output.fill(0.0);
            }
        }
        Ok(ProcessStatus::Continue)
    }

    fn deactivate(self, _main: &ProbeMain<'a>) {
        self.shared.note("deactivated");
    }

    fn reset(&mut self) {
        self.late = [0.0; DELAY];
        self.shared.note("reset");
    }

    fn start_processing(&mut self) -> Result<(), PluginError> {
        self.shared.note("started");
        if self.shared.kind == Kind::Idle {
            return Err(PluginError::Message("not today"));
        }
        Ok(())
    }

    fn stop_processing(&mut self) {
        self.shared.note("stopped");
    }
}

impl ProbeAudio<'_> {
    /// Gain, gliding over the block, and delay.
    fn work(&mut self, input: &[f32], output: &mut [f32], (from, to): (f32, f32)) {
        let count = input.len() as f32;
        for (index, (sample, out)) in input.iter().zip(output).enumerate() {
            let glide = (index + 1) as f32 / count;
            *out = sample * (from + (to - from) * glide);
            if self.shared.kind == Kind::Delay {
                std::mem::swap(out, &mut self.late[self.at]);
                self.at = (self.at + 1) % DELAY;
            }
        }
    }
}

/// What the side chain hears, so that a test notices if it is not silent.
fn side_chain(audio: &Audio<'_>) -> f32 {
    let port = audio.input_port(1);
    let channels = port
        .as_ref()
        .and_then(|port| port.channels().ok()?.into_f32());
    let first = channels.and_then(|channels| channels.channel(0).map(|it| it[0]));
    first.unwrap_or(0.0)
}
