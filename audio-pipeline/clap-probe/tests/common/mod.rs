//! The probe's file, under the names that make it behave one way or another, and a scanner for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dialtone_audio::clap::{Scanner, register};
use dialtone_audio::{ChainSpec, Registry};

/// A hanging file takes so long; the others must not, on a busy machine either.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The probe as Cargo has built it: beside the test, or one folder above.
fn built() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let name = format!(
        "{}dialtone_clap_probe{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let folders = test.ancestors().skip(1).take(2);
    let mut files = folders.map(|folder| folder.join(&name));
    files.find(|file| file.is_file()).unwrap()
}

/// Puts the probe into `folder` as `NAME.clap`.
pub(crate) fn place(folder: &Path, name: &str) -> PathBuf {
    let file = folder.canonicalize().unwrap().join(format!("{name}.clap"));
    std::fs::copy(built(), &file).unwrap();
    file
}

/// A scanner that starts the program of this crate.
pub(crate) fn scanner() -> Scanner {
    Scanner::new(env!("CARGO_BIN_EXE_clap-scan").into(), Vec::new()).with_patience(PATIENCE)
}

/// The standard stages, and plugins.
pub(crate) fn registry() -> Registry {
    registry_with(scanner())
}

/// The standard stages, and plugins that this scanner looks into.
pub(crate) fn registry_with(scanner: Scanner) -> Registry {
    let mut registry = Registry::standard();
    register(&mut registry, Arc::new(scanner)).unwrap();
    registry
}

/// A chain of one stage: the probe's plugin of this word.
pub(crate) fn chain(word: &str, file: &Path, settings: &str) -> ChainSpec {
    let file = file.display();
    let text = format!(
        "name = 'Mine'\n[[stage]]\ntype = 'clap:org.dialtone.probe.{word}'\nfile = '{file}'\n{settings}"
    );
    ChainSpec::from_toml(&text).unwrap()
}
