//! A CLAP plugin for the tests of the voice engine: several plugins in one file, some of which misbehave.
//!
//! ```text
//! the file's name  -> entry: loads as it should | crashes | aborts | hangs | exits | floods | fails   (FileKind)
//! the plugin's id  -> plugin: gain, delay, stereo; or refuses, gives no number, has no input ...      (Kind)
//! FILE.journal, if it is there, gets a line for each call that CLAP has rules about                   (journal)
//! ```
//!
//! Cargo builds it as a library that can be loaded, beside the tests of this crate.

mod crash;
mod entry;
mod journal;
mod kind;
mod params;
mod plugin;

clack_plugin::clack_export_entry!(entry::ProbeEntry);
