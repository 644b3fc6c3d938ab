//! Which emojis one used last: kept on this computer, sealed, for they tell what one wrote.

use std::sync::Arc;

use super::inbox::encode;
use super::run::{Ended, Session};
use crate::local::{Database, LocalError, Table};

/// The row of [`Table::Meta`].
const ROW: &[u8] = b"emojis";

/// So many are remembered.
const REMEMBERED: usize = 18;

/// The longest that is taken for one, in bytes: families of several people with skin tones are shorter.
const LONGEST: usize = 64;

/// From the disk; what cannot be read is as if none had been used.
pub(super) fn load(database: &Database) -> Result<Arc<Vec<String>>, LocalError> {
    let row = database.get(Table::Meta, ROW)?;
    let mut used = row.and_then(|row| minicbor::decode::<Vec<String>>(&row).ok());
    let used = used.get_or_insert_default();
    used.truncate(REMEMBERED);
    Ok(Arc::new(std::mem::take(used)))
}

/// `used` with this one first, and once.
fn with_first(used: &[String], emoji: String) -> Vec<String> {
    let others = used.iter().filter(|one| **one != emoji).cloned();
    let rest: Vec<String> = others.take(REMEMBERED - 1).collect();
    std::iter::once(emoji).chain(rest).collect()
}

impl Session {
    /// Notes that one used this emoji.
    pub(super) fn use_emoji(&mut self, emoji: String) -> Result<(), Ended> {
        let known = self.state.emojis.first() == Some(&emoji);
        if known || emoji.is_empty() || emoji.len() > LONGEST {
            return Ok(());
        }
        let used = with_first(&self.state.emojis, emoji);
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, ROW, &encode(&used))?;
        transaction.commit()?;
        self.state.emojis = Arc::new(used);
        self.state.dirty = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_comes_first_and_once() {
        let mut used = Vec::new();
        for emoji in ["a", "b", "a"] {
            used = with_first(&used, emoji.to_owned());
        }
        assert_eq!(used, ["a", "b"]);
        for number in 0..40 {
            used = with_first(&used, number.to_string());
        }
        assert_eq!(used.len(), REMEMBERED);
        assert_eq!(used[0], "39");
    }
}
