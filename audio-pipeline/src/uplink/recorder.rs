//! A recording of the microphone as it is, before the chain.

use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::frame::SAMPLE_RATE;

/// Makes both ends of a recording of at most this duration. Allocates all of it.
pub fn recorder(longest: Duration) -> (Tape, Recorder) {
    let samples = longest.as_secs_f64() * f64::from(SAMPLE_RATE);
    let (producer, tape) = RingBuffer::new(samples as usize);
    (Tape(producer), Recorder { tape })
}

/// The voice thread's end of a recording.
pub struct Tape(Producer<f32>);

impl Tape {
    /// Takes samples as long as there is room. Voice thread; does not allocate.
    pub fn write(&mut self, samples: &[f32]) {
        // What has no room is past the end of the recording.
        let _ = self.0.push_partial_slice(samples);
    }
}

/// A recording that is being made: the microphone as it is, before the chain, at 48 kHz.
pub struct Recorder {
    tape: Consumer<f32>,
}

impl Recorder {
    /// How long it is by now.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.tape.slots() as f64 / f64::from(SAMPLE_RATE))
    }

    /// Whether it is as long as was asked for.
    pub fn is_full(&self) -> bool {
        self.tape.slots() == self.tape.buffer().capacity()
    }

    /// Ends it and gives the samples.
    #[must_use]
    pub fn finish(mut self) -> Vec<f32> {
        let count = self.tape.slots();
        match self.tape.read_chunk(count) {
            Ok(chunk) => chunk.into_iter().collect(),
            // There are as many as were counted.
            Err(_) => Vec::new(),
        }
    }
}
