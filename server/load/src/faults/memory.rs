//! Whether memory grows: the server's resident memory after each fault, the first fifth of it beside the last.

use crate::error::LoadError;
use crate::statistics::median;

/// What caches may take once they are in use, in KiB.
const CACHES_KB: f64 = 16.0 * 1024.0;
/// From so many on it is judged: before that all is caches being filled.
const FEWEST: usize = 5;

/// Resident memory over time, in KiB.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<f64>);

impl Memory {
    pub(super) fn note(&mut self, resident_kb: u64) {
        self.0.push(resident_kb as f64);
    }

    /// The first fifth's median.
    pub(super) fn first_kb(&self) -> f64 {
        median(self.0.iter().take(self.fifth()).copied())
    }

    /// The last fifth's.
    pub(super) fn last_kb(&self) -> f64 {
        median(self.0.iter().rev().take(self.fifth()).copied())
    }

    /// # Errors
    /// When it grew by more than caches do.
    pub(super) fn check_flat(&self) -> Result<(), LoadError> {
        let (first, last) = (self.first_kb(), self.last_kb());
        if self.0.len() >= FEWEST && last > first + first / 4.0 + CACHES_KB {
            return Err(LoadError::Unsound(format!(
                "the server's memory grew from {first:.0} to {last:.0} KiB"
            )));
        }
        Ok(())
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
            memory.note(kb);
        }
        memory
    }

    #[test]
    fn what_grows_is_told_from_what_varies() {
        assert!(
            memory((0..100).map(|n| 40_000 + n % 7 * 900))
                .check_flat()
                .is_ok()
        );
        assert!(
            memory((0..100).map(|n| 40_000 + n * 400))
                .check_flat()
                .is_err()
        );
        // One outlier at the end says nothing.
        let mut kb = vec![40_000; 99];
        kb.push(400_000);
        assert!(memory(kb).check_flat().is_ok());
        assert!(memory([1, 400_000]).check_flat().is_ok(), "too few");
    }
}
