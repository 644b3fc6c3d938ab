//! Whether memory grows: the server's resident memory after each fault, the first fifth of it beside the last. Each process is judged by itself:
//! one that is started again begins anew, and says nothing of what the one before it kept.

use std::collections::HashMap;

use crate::error::LoadError;
use crate::statistics::median;

/// What caches may take once they are in use, in KiB.
const CACHES_KB: f64 = 16.0 * 1024.0;
/// From so many on it is judged: before that all is caches being filled.
const FEWEST: usize = 5;

/// Resident memory of all processes over time, in KiB.
#[derive(Debug, Default)]
pub(super) struct Memory {
    all: Samples,
    processes: HashMap<u32, Samples>,
}

#[derive(Debug, Default)]
struct Samples(Vec<f64>);

impl Memory {
    /// A process takes so much now.
    pub(super) fn note(&mut self, process: u32, resident_kb: u64) {
        let kb = resident_kb as f64;
        self.all.0.push(kb);
        self.processes.entry(process).or_default().0.push(kb);
    }

    /// The median of the first fifth of all.
    pub(super) fn first_kb(&self) -> f64 {
        self.all.first_kb()
    }

    /// Of the last fifth.
    pub(super) fn last_kb(&self) -> f64 {
        self.all.last_kb()
    }

    /// The most that any took.
    pub(super) fn most_kb(&self) -> f64 {
        self.all.0.iter().copied().fold(0.0, f64::max)
    }

    /// What could be judged, in words, so that nobody takes for a proof what is none.
    ///
    /// # Errors
    /// When that of one process grew by more than caches do.
    pub(super) fn judge(&self) -> Result<String, LoadError> {
        let mut judged = 0;
        for samples in self.processes.values() {
            judged += usize::from(samples.judge()?);
        }
        let of = self.processes.len();
        Ok(match judged {
            0 => format!("not judged: none of {of} processes was looked at {FEWEST} times"),
            _ => format!("flat in {judged} of {of} processes, the others too short to be judged"),
        })
    }
}

impl Samples {
    fn first_kb(&self) -> f64 {
        median(self.0.iter().take(self.fifth()).copied())
    }

    fn last_kb(&self) -> f64 {
        median(self.0.iter().rev().take(self.fifth()).copied())
    }

    /// Whether they are enough.
    fn judge(&self) -> Result<bool, LoadError> {
        if self.0.len() < FEWEST {
            return Ok(false);
        }
        let (first, last) = (self.first_kb(), self.last_kb());
        if last > first + first / 4.0 + CACHES_KB {
            return Err(LoadError::Unsound(format!(
                "the server's memory grew from {first:.0} to {last:.0} KiB"
            )));
        }
        Ok(true)
    }

    fn fifth(&self) -> usize {
        self.0.len().div_ceil(5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(kb: impl IntoIterator<Item = u64>) -> Memory {
        let mut memory = Memory::default();
        for kb in kb {
            memory.note(1, kb);
        }
        memory
    }

    #[test]
    fn what_grows_is_told_from_what_varies() {
        let varies = memory((0..100).map(|n| 40_000 + n % 7 * 900));
        assert!(varies.judge().unwrap().starts_with("flat in 1 of 1"));
        let grows = memory((0..100).map(|n| 40_000 + n * 400));
        assert!(grows.judge().is_err());
        // One outlier at the end says nothing.
        let mut kb = vec![40_000; 99];
        kb.push(400_000);
        assert!(memory(kb).judge().is_ok());
    }

    #[test]
    fn each_process_is_judged_by_itself_and_what_is_not_is_said() {
        let short = memory([1, 400_000]);
        assert!(short.judge().unwrap().starts_with("not judged"));
        let mut memory = Memory::default();
        for (process, kb) in (1..100).zip((0..).map(|n| 40_000 + n * 400)) {
            memory.note(process, kb);
        }
        let words = memory.judge().unwrap();
        assert!(words.starts_with("not judged: none of 99"), "{words}");
        for kb in [40_000; FEWEST] {
            memory.note(100, kb);
        }
        let words = memory.judge().unwrap();
        assert!(words.starts_with("flat in 1 of 100"), "{words}");
        for kb in [400_000; FEWEST] {
            memory.note(100, kb);
        }
        assert!(memory.judge().is_err(), "among the others");
        assert!(memory.most_kb() > 399_999.0);
    }
}
