//! One stage at its place in a running chain: its processor, what it may be asked, and how it has been doing.

use std::time::Instant;

use super::{StageId, StageMeter};
use crate::frame::{BLOCK_SAMPLES, Block, is_sound, mean_square, to_db};
use crate::node::{Cause, NodeInfo, Processor};
use crate::rt::{Cost, guard};

/// A stage that had to be taken out, with what is left of it: to be dropped elsewhere than on the voice thread.
pub struct FailedStage {
    /// Which one.
    pub id: StageId,
    /// Why.
    pub cause: Cause,
    /// Its processor.
    pub processor: Box<dyn Processor>,
}

/// One stage of a compiled chain.
pub(super) struct Stage {
    pub(super) id: StageId,
    pub(super) info: NodeInfo,
    /// The parameters' present values, in the order of the description.
    pub(super) values: Vec<f32>,
    /// The settings that cannot be changed while the stage runs.
    fixed: toml::Table,
    /// `None`: the sound passes by.
    processor: Option<Box<dyn Processor>>,
    failed: Option<FailedStage>,
    meter: Meter,
}

/// How a stage has been doing since this was last read.
#[derive(Clone, Copy, Default)]
struct Meter {
    /// Mean squares of the loudest block.
    input: f32,
    output: f32,
    cost: Cost,
}

/// A block as it was before a stage: what a stage that fails leaves behind must not be heard.
pub(super) struct Before {
    samples: [f32; BLOCK_SAMPLES],
    speech: Option<f32>,
    open: bool,
    pre_roll_blocks: usize,
    gate_level_dbfs: Option<f32>,
    gate_threshold_dbfs: Option<f32>,
}

impl Before {
    pub(super) const fn empty() -> Self {
        Self {
            samples: [0.0; BLOCK_SAMPLES],
            speech: None,
            open: true,
            pre_roll_blocks: 0,
            gate_level_dbfs: None,
            gate_threshold_dbfs: None,
        }
    }

    fn keep(&mut self, block: &Block) {
        self.samples = block.samples;
        self.speech = block.speech;
        self.open = block.open;
        self.pre_roll_blocks = block.pre_roll_blocks;
        self.gate_level_dbfs = block.gate_level_dbfs;
        self.gate_threshold_dbfs = block.gate_threshold_dbfs;
    }

    fn restore(&self, block: &mut Block) {
        block.samples = self.samples;
        block.speech = self.speech;
        block.open = self.open;
        block.pre_roll_blocks = self.pre_roll_blocks;
        block.gate_level_dbfs = self.gate_level_dbfs;
        block.gate_threshold_dbfs = self.gate_threshold_dbfs;
    }
}

impl Stage {
    pub(super) fn new(
        id: StageId,
        info: NodeInfo,
        values: Vec<f32>,
        mut settings: toml::Table,
        processor: Box<dyn Processor>,
    ) -> Self {
        settings.retain(|key, _| !info.params.iter().any(|param| param.name == *key));
        Self {
            id,
            info,
            values,
            fixed: settings,
            processor: Some(processor),
            failed: None,
            meter: Meter::default(),
        }
    }

    /// Sends a block through, whose mean square is `input`; gives the mean square of what comes out. Voice thread.
    pub(super) fn run(&mut self, block: &mut Block, before: &mut Before, input: f32) -> f32 {
        let Some(processor) = &mut self.processor else {
            return input;
        };
        before.keep(block);
        let began = Instant::now();
        let outcome = guard(|| processor.process(block));
        self.meter.cost.note(began.elapsed(), 1);
        let output = mean_square(&block.samples);
        let cause = match outcome {
            Ok(Ok(())) if is_sound(output) => None,
            Ok(Ok(())) => Some(Cause::NotANumber),
            Ok(Err(fault)) => Some(Cause::Failed(fault)),
            Err(_) => Some(Cause::Panicked),
        };
        if let Some(cause) = cause {
            before.restore(block);
            self.fail(cause);
            return input;
        }
        self.meter.input = self.meter.input.max(input);
        self.meter.output = self.meter.output.max(output);
        output
    }

    fn fail(&mut self, cause: Cause) {
        let id = self.id;
        self.failed = self.processor.take().map(|processor| FailedStage {
            id,
            cause,
            processor,
        });
    }

    /// What has failed since this was last asked.
    pub(super) fn take_failed(&mut self) -> Option<FailedStage> {
        self.failed.take()
    }

    /// Sets a parameter, if there is such a one and the value lies within its bounds. Voice thread.
    pub(super) fn set(&mut self, index: usize, value: f32) {
        let fits = self
            .info
            .params
            .get(index)
            .is_some_and(|param| (param.min..=param.max).contains(&value));
        let Some(known) = self.values.get_mut(index).filter(|_| fits) else {
            return;
        };
        *known = value;
        if let Some(processor) = &mut self.processor
            && guard(|| processor.set_param(index, value)).is_err()
        {
            self.fail(Cause::Panicked);
        }
    }

    /// Forgets the sound so far. Voice thread.
    pub(super) fn reset(&mut self) {
        if let Some(processor) = &mut self.processor
            && guard(|| processor.reset()).is_err()
        {
            self.fail(Cause::Panicked);
        }
    }

    /// Whether `older`'s processor can do this stage's work once its parameters are set.
    pub(super) fn can_take_over(&self, older: &Self) -> bool {
        let (mine, its) = (&self.info, &older.info);
        older.processor.is_some()
            && self.id == older.id
            && mine.name == its.name
            && mine.latency_samples == its.latency_samples
            && mine.thread == its.thread
            && mine.params == its.params
            && self.fixed == older.fixed
    }

    /// Goes on with `older`'s processor, which gets this stage's own and glides to its parameters. Voice thread.
    pub(super) fn take_over(&mut self, older: &mut Self) {
        std::mem::swap(&mut self.processor, &mut older.processor);
        std::mem::swap(&mut self.meter, &mut older.meter);
        std::mem::swap(&mut self.values, &mut older.values);
        for index in 0..older.values.len().min(self.values.len()) {
            let wanted = older.values[index];
            if self.values[index].to_bits() != wanted.to_bits() {
                self.set(index, wanted);
            }
        }
    }

    /// Whether its processor runs.
    pub(super) fn runs(&self) -> bool {
        self.processor.is_some()
    }

    /// How it has been doing since this was last read.
    pub(super) fn take_meter(&mut self) -> StageMeter {
        let cost = self.meter.cost.take();
        let read = StageMeter {
            id: self.id,
            input_dbfs: to_db(self.meter.input.sqrt()),
            output_dbfs: to_db(self.meter.output.sqrt()),
            latency_samples: self.latency_samples(),
            cpu_us: cost.mean_us,
            longest_us: cost.longest_us,
            failed: !self.runs(),
        };
        self.meter.input = 0.0;
        self.meter.output = 0.0;
        read
    }

    /// By how many samples it delays the sound now.
    pub(super) fn latency_samples(&self) -> usize {
        if self.runs() {
            self.info.latency_samples
        } else {
            0
        }
    }
}
