//! The sound as the window shows it, and what the running sound has told.

use std::sync::Arc;

use dialtone_audio::{DeviceState, Direction, Meters, VoiceEvent};

use super::super::translate::{device_problem, encoder, fault_words, stages};
use super::{Audio, Inner};
use crate::snapshot::{AudioDevice, AudioState};

impl Audio {
    /// Sound as the window shows it.
    pub fn view(&self) -> AudioState {
        let mut inner = self.inner.lock();
        inner.take_events();
        let meters = inner
            .running
            .as_ref()
            .map(|running| running.engine.meters());
        let view = &mut inner.view;
        view.input_dbfs = meters.as_ref().map(|meters| meters.input_dbfs);
        view.gate_dbfs = meters.as_ref().map(|meters| meters.gate_dbfs);
        view.threshold_dbfs = meters.as_ref().and_then(|meters| meters.threshold_dbfs);
        view.speech = meters
            .as_ref()
            .and_then(|meters| meters.speech)
            .unwrap_or(0.0);
        view.gate_open = meters.as_ref().is_some_and(|meters| meters.voice_open);
        view.stages_ms = meters.as_ref().map(stages).unwrap_or_default();
        view.underruns = meters
            .as_ref()
            .map_or(0, |meters| meters.playback_underruns);
        let problems = [inner.input_problem.clone(), inner.output_problem.clone()];
        let problems = problems.into_iter().flatten();
        let problems: Vec<String> = problems.chain(inner.faults.iter().cloned()).collect();
        inner.view.check = inner.mind_check();
        inner.view.problem = (!problems.is_empty()).then(|| problems.join(" "));
        inner.look(meters.as_ref());
        inner.view.clone()
    }
}

impl Inner {
    /// The voice meter's view of what runs, while it is open.
    fn look(&mut self, meters: Option<&Meters>) {
        let (Some(watch), Some(running)) = (&mut self.watch, &self.running) else {
            self.view.meter = None;
            self.view.chain = self.watch.as_ref().map(|_| self.desk.view(&self.settings));
            return;
        };
        if watch.is_detached()
            && let Err(error) = watch.attach(&running.engine)
        {
            tracing::warn!("the microphone cannot be looked at: {error}");
        }
        if let Some(meters) = meters {
            watch.take(meters, |id| self.desk.kind(id));
        }
        let hz = meters.map_or(0, |meters| meters.capture_hz);
        let microphone = self.microphone.clone().filter(|_| hz > 0);
        let reading = watch.read(microphone.map(|name| (name, hz)), &encoder(&self.settings));
        self.view.meter = Some(Arc::new(reading));
        self.view.chain = Some(self.desk.view(&self.settings));
    }

    pub(super) fn take_events(&mut self) {
        let Some(running) = &self.running else {
            self.faults.clone_from(&self.own.words);
            return;
        };
        let events: Vec<VoiceEvent> = running.events.try_iter().collect();
        for event in events {
            match event {
                VoiceEvent::Device { direction, state } => {
                    let problem = device_problem(direction, &state);
                    match direction {
                        Direction::Input => {
                            let capture = fault_words("capture");
                            self.faults.retain(|words| !words.starts_with(&capture));
                            self.input_problem = problem;
                            self.microphone = match &state {
                                DeviceState::Running { device }
                                | DeviceState::FellBack { device, .. } => Some(device.name.clone()),
                                _ => None,
                            };
                        }
                        Direction::Output => self.output_problem = problem,
                    }
                }
                VoiceEvent::Devices(list) => self.show_devices(&list),
                VoiceEvent::Fault {
                    direction,
                    stage,
                    cause,
                    ..
                } => {
                    tracing::warn!("{stage} ({direction:?}) is left out of the call: {cause}");
                    let words = format!("{} ({cause})", fault_words(&stage));
                    if !self.faults.contains(&words) {
                        self.faults.push(words);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn show_devices(&mut self, list: &dialtone_audio::DeviceList) {
        let shown = |devices: &[dialtone_audio::DeviceInfo]| {
            let devices = devices.iter().map(|device| AudioDevice {
                id: device.id.0.clone(),
                name: device.name.clone(),
                is_default: device.is_default,
            });
            devices.collect()
        };
        self.view.inputs = shown(&list.inputs);
        self.view.outputs = shown(&list.outputs);
    }
}
