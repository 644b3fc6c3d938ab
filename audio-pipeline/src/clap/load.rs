//! The only unsafe code of this module: a plugin's file becomes a part of this program.

#![expect(
    unsafe_code,
    reason = "loading a file of foreign machine code cannot be safe, and clack-host says so"
)]

use std::path::Path;

use clack_host::entry::PluginEntry;

use super::PluginError;

/// Loads a plugin's file and starts it up. Main thread.
///
/// # Errors
/// [`PluginError::Missing`], or [`PluginError::Load`] with what the loader says.
pub(super) fn load(file: &Path) -> Result<PluginEntry, PluginError> {
    if !file.exists() {
        let file = file.to_owned();
        return Err(PluginError::Missing { file });
    }
    // SAFETY: none can be had: the file's code does what it does. A person has chosen it, and it has been through all of
    // this in another process (`Scanner`); what remains is said in this module's documentation. That `clap_entry` is what
    // CLAP says is the file's promise.
    let loaded = unsafe { PluginEntry::load(file) };
    loaded.map_err(|error| PluginError::Load {
        reason: error.to_string(),
    })
}
