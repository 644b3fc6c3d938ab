//! A plugin as the voice thread holds it: a stage's real-time half.

use clack_host::prelude::*;

use super::host::Host;
use super::keeper;
use super::run::Run;
use super::threads::as_audio;
use crate::frame::Block;
use crate::node::{Processor, StageFault};

/// A plugin's processor. Wherever it is dropped, it goes back to the plugin thread, which stops and destroys the plugin.
pub(super) struct Audio {
    /// By which the plugin thread knows the plugin.
    slot: u64,
    processor: Option<PluginAudioProcessor<Host>>,
}

impl Audio {
    pub(super) fn new(slot: u64, processor: PluginAudioProcessor<Host>) -> Self {
        Self {
            slot,
            processor: Some(processor),
        }
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        if let Some(processor) = self.processor.take() {
            keeper::give_back(self.slot, processor);
        }
    }
}

/// The real-time half of a stage that is a plugin.
pub(super) struct ClapProcessor {
    audio: Audio,
    run: Run,
    /// The plugin's numbers of the parameters, in the order of the stage's description.
    numbers: Box<[ClapId]>,
}

impl ClapProcessor {
    pub(super) fn new(audio: Audio, run: Run, numbers: Box<[ClapId]>) -> Self {
        Self {
            audio,
            run,
            numbers,
        }
    }
}

impl Processor for ClapProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let processor = self.audio.processor.as_mut();
        let processor = processor.ok_or(StageFault("the plugin is gone"))?;
        as_audio(|| {
            let started = processor.ensure_processing_started();
            let started = started.map_err(|_| StageFault("the plugin refused to start"))?;
            let done = self.run.block(started, &mut block.samples);
            done.map_err(|_| StageFault("the plugin says that it failed"))
        })
    }

    fn set_param(&mut self, index: usize, value: f32) {
        if let Some(number) = self.numbers.get(index) {
            self.run.set(*number, f64::from(value));
        }
    }

    fn reset(&mut self) {
        if let Some(processor) = &mut self.audio.processor {
            as_audio(|| processor.reset());
        }
    }
}
