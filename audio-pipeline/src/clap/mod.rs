//! Plugins of other makers as stages, by [CLAP](https://cleveraudio.org): found, looked into, and placed in a chain.
//!
//! ```text
//! folders -> files -> Scanner -> one child process a file: load, describe, try -> FoundPlugin, or a PluginError
//!
//! TOML: type = "clap:ID", file -> the same, once a file -> plugin thread: load, set, activate -> Processor (voice thread)
//!                                                     stop, deactivate, destroy <- dropped, anywhere
//! ```
//!
//! # What a plugin can break, and what not
//!
//! A plugin is a program of somebody else, and it runs as a part of this one.
//!
//! - **Looking into a file** happens in a process of its own. What crashes, hangs, talks nonsense or floods is told of as a
//!   [`PluginError`], the other files are listed, and this program goes on. The child loads every plugin of the file, sends
//!   sound through it and unloads it again, so that most of what would crash here crashes there. A stage is only made of a
//!   file that has passed.
//! - **A crash while it processes**, or in a loading that went well in the child, ends this program: a plugin that has been
//!   placed in a chain shares its memory. So does one that writes where it should not. One that **hangs while it processes**
//!   keeps the voice thread, and with it the call.
//! - **A plugin may allocate, lock or wait** on the voice thread. What is ours does not (`clap-probe/tests/stage.rs` counts);
//!   for the rest only the stage's time tells ([`crate::StageMeter::cpu_us`]).
//! - A failure that the plugin reports, and sound that is no number, take the stage out of the chain as with any other.
//! - Plugins need not glide to a new value; most do.
//!
//! # In a chain's file
//!
//! ```toml
//! [[stage]]
//! type = "clap:org.example.comb"     # "clap:" and the plugin's id
//! file = "/usr/lib/clap/comb.clap"   # may be left out once the file has been scanned
//! id = "comb"                        # needed when the name has more than 47 bytes
//! Depth = 0.25                       # a parameter, by its name; `Depth#7` (with its number) where two have the same
//! ```
//!
//! The sound is mono: a plugin with two channels is fed the same on both and its channels are averaged. Other inputs
//! (side chains) hear silence. What a plugin keeps apart from its parameters (its *state*) is not stored, and its window is
//! not shown. A value that it changes by itself is not followed.
//!
//! # Threads
//!
//! CLAP wants one main thread for all that is not processing. Here that is a thread of its own ([`settle`] waits for it),
//! which also gives plugins the calls that they ask for. CLAP's audio thread is whichever thread holds the processor: the
//! voice thread starts and processes; the plugin thread stops what comes back to it.

mod audio;
mod describe;
mod error;
mod folders;
mod found;
mod host;
mod instance;
mod keeper;
mod layout;
mod load;
mod node;
mod reply;
mod run;
mod scan;
mod threads;
mod trial;

pub use error::PluginError;
pub use folders::{plugin_files, search_folders};
pub use found::{FoundParam, FoundPlugin, FoundPort, ScannedFile};
pub use keeper::settle;
pub use node::{PREFIX, register};
pub use reply::tell_of;
pub use scan::Scanner;
