//! Faults of libraries that the server expects: they end one connection, and the target goes on. Each place is told once; whatever else
//! panics is found.
use std::collections::BTreeSet;
use std::panic::{self, PanicHookInfo};
use std::process;
use std::sync::{Mutex, PoisonError};

static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// From now on a panic in a file of these packages does not end the program.
pub fn expect_in(packages: &'static [&'static str]) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let expected = place(info).filter(|place| packages.iter().any(|one| place.contains(one)));
        let Some(place) = expected else {
            before(info);
            process::abort();
        };
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(place.clone()) {
            eprintln!("a library breaks, and is expected to: {place}");
        }
    }));
}

fn place(info: &PanicHookInfo<'_>) -> Option<String> {
    info.location().map(ToString::to_string)
}
