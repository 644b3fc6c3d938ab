//! Old chains, talkers and streams leave the voice thread through a ring and are dropped on the other side.
//!
//! A full ring parks them; nothing is ever freed on the voice thread while parking space remains, and there is more of
//! it than objects that can be under way.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::chain::CompiledChain;
use crate::downlink::{Clip, PlaybackFeed, Talker};
use crate::node::Processor;
use crate::uplink::{CaptureFeed, Tape};
use crate::watch::Scope;

const RING: usize = 64;
const PARKING: usize = 256;

/// Something that the voice thread no longer needs.
pub enum Retired {
    /// A chain that was replaced.
    Chain(Box<CompiledChain>),
    /// The processor of a stage that failed.
    Stage(Box<dyn Processor>),
    /// A talker who left.
    Talker(Box<Talker>),
    /// A recording that was played.
    Clip(Box<Clip>),
    /// The voice thread's end of a recording that another follows.
    Tape(Tape),
    /// The voice thread's end of a look at the microphone that is over.
    Scope(Box<Scope>),
    /// The voice thread's end of a closed microphone.
    Capture(Box<CaptureFeed>),
    /// The voice thread's end of a closed loudspeaker.
    Playback(Box<PlaybackFeed>),
}

/// The voice thread's end.
pub struct RetireBin {
    ring: Producer<Retired>,
    parked: Vec<Retired>,
}

/// Makes both ends; whoever holds the consumer drops what comes.
pub fn retire_ring() -> (RetireBin, Consumer<Retired>) {
    let (ring, consumer) = RingBuffer::new(RING);
    (
        RetireBin {
            ring,
            parked: Vec::with_capacity(PARKING),
        },
        consumer,
    )
}

impl RetireBin {
    /// Sends something away. Voice thread; neither allocates nor frees.
    pub fn put(&mut self, old: Retired) {
        if let Err(rtrb::PushError::Full(old)) = self.ring.push(old)
            && self.parked.len() < PARKING
        {
            self.parked.push(old);
        }
    }

    /// Whether so much is parked that no further change should be taken for now.
    pub fn is_crowded(&self) -> bool {
        self.parked.len() >= PARKING / 2
    }

    /// Tries again what is parked. Voice thread, once a turn.
    pub fn flush(&mut self) {
        while let Some(old) = self.parked.pop() {
            if let Err(rtrb::PushError::Full(old)) = self.ring.push(old) {
                self.parked.push(old);
                return;
            }
        }
    }
}
