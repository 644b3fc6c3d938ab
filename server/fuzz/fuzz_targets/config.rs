#![no_main]
//! The settings file, and the same values as variables: what is wrong is said with its name, and nothing secret is in what is said.
use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

#[expect(dead_code, unused_imports, reason = "the server uses the rest")]
#[path = "../../src/config/mod.rs"]
mod config;

use config::{FILE_NAME, Flags, Settings};

/// The variables that are secret.
const SECRETS: [&str; 3] = [
    "DIALTONE_ADMIN_TOKEN",
    "DIALTONE_USERNAME_PEPPER",
    "TURN_SECRET",
];
/// What they are, and nothing else is.
const SECRET: &str = "hunter2hunter2hunter2";

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

fuzz_target!(|text: &str| {
    if text.contains(SECRET) {
        return;
    }
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a folder"));
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let file = folder.path().join(FILE_NAME);
        fs::write(&file, text).expect("a file");
        check(&flags, &|_| None);
        fs::remove_file(&file).expect("a file");
        // Each line `NAME=value` as a variable.
        let variable = |name: &str| {
            if SECRETS.contains(&name) {
                return Some(OsString::from(SECRET));
            }
            let mut pairs = text.lines().filter_map(|line| line.split_once('='));
            let found = pairs.find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        check(&flags, &variable);
    });
});

fn check(flags: &Flags, variable: &dyn Fn(&str) -> Option<OsString>) {
    match Settings::resolve(flags, variable) {
        Ok(settings) => {
            assert!(settings.max_connections > 0);
            let told = format!("{settings:?}");
            assert!(!told.contains(SECRET), "{told}");
        }
        Err(error) => assert!(!error.to_string().contains(SECRET)),
    }
}
