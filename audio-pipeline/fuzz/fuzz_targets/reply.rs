#![no_main]
//! What the process says that looks into a file of plugins; whatever the plugins write there comes along.
use std::path::Path;

use dialtone_audio::clap::{FoundPlugin, PluginError};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the other process writes it")]
#[path = "../../src/clap/reply.rs"]
mod reply;

/// What looks into files, which is none of this.
mod trial {
    use super::{FoundPlugin, Path, PluginError};

    pub(super) fn try_all(_: &Path) -> Result<Vec<FoundPlugin>, PluginError> {
        Err(PluginError::NoAnswer)
    }
}

const BEGIN: &[u8] = b"\n---- dialtone plugins 1 ----\n";
const END: &[u8] = b"\n---- dialtone plugins end ----\n";

fuzz_target!(|bytes: &[u8]| {
    let _ = reply::read(bytes);
    // What is most interesting stands between the two lines.
    let _ = reply::read(&[BEGIN, bytes, END].concat());
});
