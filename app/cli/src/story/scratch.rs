//! A folder for as long as something is measured.

use std::path::Path;

/// Does the work in a folder of its own, which is gone afterwards, however it ended.
pub(crate) fn in_scratch<T>(
    name: &str,
    work: impl FnOnce(&Path) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let folder = std::env::temp_dir().join(format!("dialtone-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = work(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    done
}
