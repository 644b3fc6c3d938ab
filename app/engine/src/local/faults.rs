//! Disks that fail: a test says after how many transactions, on its own thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::LocalError;

thread_local! {
    /// How many transactions a file still takes.
    static LEFT: RefCell<HashMap<PathBuf, u32>> = RefCell::new(HashMap::new());
}

/// The file takes so many transactions more, then nothing; `None`: it works.
pub(crate) fn fail_after(path: &Path, transactions: Option<u32>) {
    LEFT.with_borrow_mut(|left| match transactions {
        Some(transactions) => left.insert(path.to_owned(), transactions),
        None => left.remove(path),
    });
}

/// Whether the file has failed.
pub(crate) fn has_failed(path: &Path) -> bool {
    LEFT.with_borrow(|left| left.get(path) == Some(&0))
}

/// A transaction begins.
pub(super) fn check(path: &Path) -> Result<(), LocalError> {
    if has_failed(path) {
        return Err(LocalError::Unusable {
            path: path.to_owned(),
            reason: "the disk failed".into(),
        });
    }
    Ok(())
}

/// A transaction is to be committed.
pub(super) fn spend(path: &Path) -> Result<(), LocalError> {
    check(path)?;
    LEFT.with_borrow_mut(|left| {
        if let Some(left) = left.get_mut(path) {
            *left -= 1;
        }
    });
    Ok(())
}
