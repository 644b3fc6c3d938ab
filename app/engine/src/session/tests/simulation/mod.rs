//! Many devices in a group, while everything fails that can: after it is calm, each has healed by itself.
//!
//! ```text
//! seed -> story (what happens, what fails) -> device: the real session, its real database in a folder
//!                                          -> network: pipes in memory      -> server: the real services over SQLite
//! then calm -> oracle: same member list, same epoch, every message that somebody may read, once and in order; no warning;
//!                      in a private group who belongs to it, nobody else, and no key that is not theirs
//! ```
//!
//! One thread and virtual time: a seed decides what happens and what fails, and nearly always the whole run. The server's database has threads
//! of its own, and which of them is first is not the seed's to say; what fails once in many runs of a seed is looked for by playing it often.
//! `DIALTONE_SEED=7` plays one seed and prints its trace, `DIALTONE_SEEDS=1000..4000` plays many.

mod belonging;
mod chance;
mod device;
mod network;
mod oracle;
mod private;
mod scenes;
mod server;
mod store;
mod story;
mod time;
mod trace;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::LocalSet;

use store::{Busy, hold};
use trace::Trace;

/// Seeds of an ordinary run.
const SEEDS: std::ops::Range<u64> = 0..80;
/// So many failures are enough.
const MOST_FAILURES: usize = 5;
/// A long run says how far it is.
const TOLD_EVERY: usize = 100;
/// Lines of a trace that are shown of a failure.
const SHOWN: usize = 120;

/// Plays a seed on a runtime of its own.
fn play(seed: u64) -> (Trace, Result<(), String>) {
    on_a_runtime(async |busy| story::play(seed, busy).await)
}

/// Runs something in virtual time; what it is given keeps time from going on while the server's database works.
fn on_a_runtime<T>(play: impl AsyncFnOnce(Busy) -> T) -> T {
    world::world();
    let busy = Busy::default();
    let handle: Arc<OnceLock<Handle>> = Arc::default();
    let (parking, working) = (Arc::clone(&handle), busy.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || {
            if let Some(handle) = parking.get() {
                hold(&working, handle);
            }
        })
        .build()
        .unwrap();
    let _ = handle.set(runtime.handle().clone());
    LocalSet::new().block_on(&runtime, play(busy))
}

/// The seeds to play, by the environment or as always.
fn seeds() -> Vec<u64> {
    let number = |text: &str| text.trim().parse::<u64>().expect("a seed is a number");
    if let Ok(seed) = std::env::var("DIALTONE_SEED") {
        return vec![number(&seed)];
    }
    let Ok(range) = std::env::var("DIALTONE_SEEDS") else {
        return SEEDS.collect();
    };
    let (from, to) = range.split_once("..").expect("seeds are FROM..TO");
    (number(from)..number(to)).collect()
}

#[test]
fn every_device_heals_once_it_is_calm() {
    let seeds = seeds();
    let next = AtomicU64::new(0);
    let failures = Mutex::new(Vec::new());
    world::world();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let played = next.fetch_add(1, Ordering::Relaxed) as usize;
                    let Some(seed) = seeds.get(played) else {
                        break;
                    };
                    if played > 0 && played.is_multiple_of(TOLD_EVERY) {
                        eprintln!("{played} seeds");
                    }
                    let (trace, healed) = play(*seed);
                    if std::env::var_os("DIALTONE_TRACE").is_some() {
                        eprintln!("seed {seed}\n{}", trace.lines().join("\n"));
                    }
                    if let Err(problem) = healed {
                        eprintln!("seed {seed}: {problem}\n{}", trace.last(SHOWN));
                        failures.lock().push(*seed);
                    }
                    if failures.lock().len() >= MOST_FAILURES {
                        break;
                    }
                }
            });
        }
    });
    let failures = failures.into_inner();
    assert!(
        failures.is_empty(),
        "{} of {} seeds failed; play one by DIALTONE_SEED: {failures:?}",
        failures.len(),
        seeds.len()
    );
}
