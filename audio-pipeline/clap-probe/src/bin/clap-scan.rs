//! Looks into a file of plugins, as the client does in a process of its own.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let file = std::env::args_os().nth(1).unwrap_or_default();
    dialtone_audio::clap::tell_of(Path::new(&file), std::io::stdout())
}
