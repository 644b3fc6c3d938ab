#![no_main]
//! The server's secrets in its data folder, as a backup or a hand may have left them: read as they are, or told to be damaged, and never made
//! anew where there is something; what is told has nothing of them.
use std::cell::RefCell;
use std::fs;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

#[expect(dead_code, unused_imports, reason = "the server uses the rest")]
#[path = "../../src/config/mod.rs"]
mod config;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/secrets.rs"]
mod secrets;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/tag.rs"]
mod tag;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/token.rs"]
mod token;

/// Where the server has it.
mod bus {
    pub(crate) use super::tag::Tag;
}

use config::{Flags, Settings};
use secrets::{SECRET_FILES, Secrets};

/// Shorter words of a file may stand in what is told by chance.
const TELLING: usize = 12;

struct Folder {
    folder: TempDir,
    settings: Settings,
    right: Vec<Vec<u8>>,
}

thread_local! {
    static FOLDER: RefCell<Option<Folder>> = const { RefCell::new(None) };
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let settings = Settings::resolve(&flags, &|_| None).expect("settings");
        Secrets::load(&settings).expect("they are made");
        let right = SECRET_FILES.map(|name| fs::read(folder.path().join(name)).expect("a file"));
        Self {
            folder,
            settings,
            right: right.to_vec(),
        }
    }
}

fuzz_target!(|given: (u8, Vec<u8>)| {
    let (which, content) = given;
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(Folder::new);
        let which = usize::from(which) % SECRET_FILES.len();
        let path = folder.folder.path().join(SECRET_FILES[which]);
        fs::write(&path, &content).expect("a file");
        match Secrets::load(&folder.settings) {
            Ok(secrets) => {
                let again = Secrets::load(&folder.settings).expect("they are read again");
                assert_eq!(secrets.fingerprint(), again.fingerprint());
                assert_eq!(secrets.identity_key(), again.identity_key());
                let shown = format!("{secrets:?}");
                assert!(
                    folder
                        .right
                        .iter()
                        .all(|text| !shown.contains(&*String::from_utf8_lossy(text)))
                );
            }
            Err(error) => {
                let told = error.to_string();
                let text = String::from_utf8_lossy(&content);
                let mut words = text.split_whitespace().filter(|word| word.len() >= TELLING);
                let path = path.display().to_string();
                assert!(!words.any(|word| told.contains(word) && !path.contains(word)));
            }
        }
        assert_eq!(fs::read(&path).expect("it is there"), content);
        fs::write(&path, &folder.right[which]).expect("a file");
    });
});
