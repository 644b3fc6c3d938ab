//! Tries everything in a file of plugins, in a process that may die of it.

use std::path::Path;

use clack_host::factory::plugin::PluginFactory;
use clack_host::prelude::*;

use super::describe;
use super::instance::Instance;
use super::load::load;
use super::run::Run;
use super::{FoundPlugin, PluginError, threads};
use crate::frame::BLOCK_SAMPLES;

/// More plugins of one file are not looked at.
const MOST_PLUGINS: usize = 256;
/// How much sound a plugin must bear, in blocks.
const BLOCKS: usize = 4;

/// Loads the file, describes each of its plugins, sends sound through it, and unloads everything again. The present thread is
/// the main thread from then on.
pub(super) fn try_all(file: &Path) -> Result<Vec<FoundPlugin>, PluginError> {
    threads::become_main();
    let entry = load(file)?;
    let factory = entry.get_plugin_factory();
    let descriptors = factory.iter().flat_map(PluginFactory::plugin_descriptors);
    let mut found: Vec<_> = descriptors
        .take(MOST_PLUGINS)
        .filter_map(describe::listed)
        .collect();
    for plugin in &mut found {
        plugin.problem = try_one(&entry, plugin).err();
    }
    Ok(found)
}

fn try_one(entry: &PluginEntry, found: &mut FoundPlugin) -> Result<(), PluginError> {
    let mut plugin = Instance::new(entry, &found.id)?;
    let described = plugin.describe()?;
    let layout = described.layout();
    let params = described.params.into_iter().map(|param| param.found);
    found.inputs = described.inputs;
    found.outputs = described.outputs;
    found.params = params.collect();
    let mut run = Run::new(&layout?, 0);
    let activated = plugin.activate()?;
    found.latency_samples = activated.latency_samples;
    let mut processor = activated.processor;
    let outcome = try_sound(&mut processor, &mut run);
    plugin.call_back();
    plugin.deactivate(processor);
    outcome.map_err(|step| plugin.refused(step))
}

fn try_sound(
    processor: &mut PluginAudioProcessor<super::host::Host>,
    run: &mut Run,
) -> Result<(), &'static str> {
    threads::as_audio(|| {
        let started = processor.ensure_processing_started();
        let started = started.map_err(|_| "begin with sound")?;
        for index in 0..BLOCKS {
            // A tone of 1 kHz at -20 dBFS.
            let mut samples = [0.0; BLOCK_SAMPLES];
            for (at, sample) in samples.iter_mut().enumerate() {
                let turn = (index * BLOCK_SAMPLES + at) as f32 / 48.0;
                *sample = 0.1 * (turn * std::f32::consts::TAU).sin();
            }
            run.block(started, &mut samples)
                .map_err(|_| "work on sound")?;
            if samples.iter().any(|sample| !sample.is_finite()) {
                return Err("give sound that is a number");
            }
        }
        Ok(())
    })
}
