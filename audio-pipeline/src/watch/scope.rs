//! The ring between the voice thread and whoever looks at the microphone.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::frame::BLOCK_SAMPLES;
use crate::uplink::UplinkReport;

/// Room in the ring: 0.64 s. Whoever looks more rarely misses what came after that.
const BLOCKS: usize = 64;

/// One block of 10 ms on its way through the chain.
#[derive(Clone, Copy, Debug)]
pub struct ScopeBlock {
    /// As the microphone gave it.
    pub before: [f32; BLOCK_SAMPLES],
    /// As the chain left it.
    pub after: [f32; BLOCK_SAMPLES],
    /// Levels, and whether it was sent.
    pub report: UplinkReport,
}

/// The voice thread's end.
pub struct Scope {
    ring: Producer<ScopeBlock>,
    block: ScopeBlock,
}

/// The end of whoever looks; dropping it ends the looking.
pub struct ScopeReader {
    ring: Consumer<ScopeBlock>,
}

/// Makes both ends. Allocates all of the ring.
pub fn scope() -> (Box<Scope>, ScopeReader) {
    let (producer, consumer) = RingBuffer::new(BLOCKS);
    let block = ScopeBlock {
        before: [0.0; BLOCK_SAMPLES],
        after: [0.0; BLOCK_SAMPLES],
        report: UplinkReport::default(),
    };
    let scope = Scope {
        ring: producer,
        block,
    };
    (Box::new(scope), ScopeReader { ring: consumer })
}

impl Scope {
    /// Notes a block before the chain. Voice thread; does not allocate.
    pub fn before(&mut self, samples: &[f32; BLOCK_SAMPLES]) {
        self.block.before = *samples;
    }

    /// Notes the same block after the chain, and hands both over. Voice thread; does not allocate.
    pub fn after(&mut self, samples: &[f32; BLOCK_SAMPLES], report: UplinkReport) {
        self.block.after = *samples;
        self.block.report = report;
        // Full means that nobody looks just now: the next block is as good.
        let _ = self.ring.push(self.block);
    }

    /// Whether anybody looks.
    pub fn is_watched(&self) -> bool {
        !self.ring.is_abandoned()
    }
}

impl ScopeReader {
    /// The next block, if there is one; never waits.
    pub fn take(&mut self) -> Option<ScopeBlock> {
        self.ring.pop().ok()
    }

    /// Whether the voice thread still has its end: not after the engine has stopped.
    pub fn is_live(&self) -> bool {
        !self.ring.is_abandoned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_in_order_and_what_has_no_room_is_left_out() {
        let (mut scope, mut reader) = scope();
        for index in 0..100_u8 {
            scope.before(&[f32::from(index); BLOCK_SAMPLES]);
            scope.after(&[-f32::from(index); BLOCK_SAMPLES], UplinkReport::default());
        }
        let taken: Vec<ScopeBlock> = std::iter::from_fn(|| reader.take()).collect();
        assert_eq!(taken.len(), BLOCKS);
        for (index, block) in (0_u8..).zip(&taken) {
            let (before, after) = (block.before[479], block.after[0]);
            assert!((before - f32::from(index)).abs() < 1e-6 && (before + after).abs() < 1e-6);
        }
    }

    #[test]
    fn each_end_knows_when_the_other_is_gone() {
        let (scope_end, reader) = scope();
        assert!(scope_end.is_watched() && reader.is_live());
        drop(reader);
        assert!(!scope_end.is_watched());
        let (scope_end, reader) = scope();
        drop(scope_end);
        assert!(!reader.is_live());
    }
}
