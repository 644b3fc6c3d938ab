//! Changes to bytes that are right: what is signed or sealed is nothing that one comes upon by chance.
use libfuzzer_sys::arbitrary::{self, Arbitrary};

/// At most so many bytes are changed.
const MOST: usize = 16;

#[derive(Debug, Clone, Arbitrary)]
pub struct Edits {
    /// Where, and by what.
    changes: Vec<(u16, u8)>,
    /// How much of it is left.
    cut: Option<u16>,
    /// What stands behind it.
    behind: Option<Vec<u8>>,
}

impl Edits {
    pub fn of(&self, right: &[u8]) -> Vec<u8> {
        let mut bytes = right.to_vec();
        for (at, change) in self.changes.iter().take(MOST) {
            let length = bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(usize::from(*at) % length) {
                *byte ^= change;
            }
        }
        if let Some(cut) = self.cut {
            bytes.truncate(usize::from(cut));
        }
        bytes.extend(self.behind.iter().flatten());
        bytes
    }
}
