//! The plugin thread: the one main thread that CLAP wants in a program. Plugins are made, called back and destroyed here.
//!
//! ```text
//! any thread    load(order) ---------> plugin thread: file, instance, values, activate -> Ready
//! any thread    Audio dropped -------> stop, deactivate, destroy; the file goes with its last plugin
//! ```
//!
//! There is one for the whole program, however many engines and registries there are: plugins of one file share what they
//! have in memory, and may be entered by one main thread only. It begins with the first plugin and stays.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clack_host::prelude::*;

use super::audio::Audio;
use super::describe::Param;
use super::host::Host;
use super::instance::Instance;
use super::layout::Layout;
use super::load::load as load_file;
use super::{PluginError, threads};
use crate::rt::guard;

/// So much may wait for the thread: more than chains can hold. What finds no room is never destroyed.
const JOBS: usize = 256;
/// Once a plugin has taken longer than it may, the next one is waited for no longer than this.
const IMPATIENCE: Duration = Duration::from_millis(500);
/// How often plugins are called back that have asked for it.
const CALL_BACK_EVERY: Duration = Duration::from_millis(20);

/// The way to the thread, once it runs.
static JOBS_IN: Mutex<Option<SyncSender<Job>>> = Mutex::new(None);
/// Whether somebody has given up waiting for it, and it has not come back since.
static STUCK: AtomicBool = AtomicBool::new(false);

/// What shall be loaded, and how it shall be set.
pub(super) struct Order {
    pub(super) file: PathBuf,
    pub(super) id: String,
    /// Parameters by their keys.
    pub(super) values: Vec<(String, f64)>,
    /// How long it may take.
    pub(super) patience: Duration,
}

/// A plugin that waits for its first block.
pub(super) struct Ready {
    pub(super) audio: Audio,
    pub(super) layout: Layout,
    pub(super) params: Vec<Param>,
    pub(super) latency_samples: u32,
}

enum Job {
    Load(Order, SyncSender<Result<Ready, PluginError>>),
    GiveBack(u64, PluginAudioProcessor<Host>),
    Settle(SyncSender<usize>),
}

/// Loads a plugin on the plugin thread, and waits for it: not for the voice thread.
pub(super) fn load(order: Order) -> Result<Ready, PluginError> {
    let (reply, answer) = sync_channel(1);
    let mut patience = order.patience;
    if STUCK.load(Ordering::Acquire) {
        patience = patience.min(IMPATIENCE);
    }
    let jobs = jobs()?;
    if jobs.try_send(Job::Load(order, reply)).is_err() {
        return Err(PluginError::Busy);
    }
    match answer.recv_timeout(patience) {
        Ok(ready) => ready,
        Err(RecvTimeoutError::Timeout) => {
            STUCK.store(true, Ordering::Release);
            Err(PluginError::Busy)
        }
        Err(RecvTimeoutError::Disconnected) => Err(PluginError::Refused {
            step: "load".to_owned(),
            said: String::new(),
        }),
    }
}

/// Takes a processor back whose stage is gone. Any thread; does not wait.
pub(super) fn give_back(slot: u64, processor: PluginAudioProcessor<Host>) {
    let job = Job::GiveBack(slot, processor);
    let jobs = JOBS_IN.lock().unwrap_or_else(PoisonError::into_inner);
    let refused = jobs.as_ref().map(|jobs| jobs.try_send(job));
    if let Some(Err(TrySendError::Full(job) | TrySendError::Disconnected(job))) = refused {
        // Only the plugin thread may touch it, and that one hangs: better never than elsewhere.
        std::mem::forget(job);
    }
}

/// Waits until the plugins whose stages are gone have been destroyed, and gives how many are left; `None` when that takes
/// longer than `patience`. For the end of a program, which must not pull a plugin's file away under it.
pub fn settle(patience: Duration) -> Option<usize> {
    let jobs = JOBS_IN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let Some(jobs) = jobs else {
        return Some(0);
    };
    let (reply, answer) = sync_channel(1);
    jobs.try_send(Job::Settle(reply)).ok()?;
    answer.recv_timeout(patience).ok()
}

/// The way to the thread, which is started if it does not run yet.
fn jobs() -> Result<SyncSender<Job>, PluginError> {
    let mut known = JOBS_IN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(jobs) = &*known {
        return Ok(jobs.clone());
    }
    let (jobs, inbox) = sync_channel(JOBS);
    let thread = std::thread::Builder::new().name("dialtone-plugins".to_owned());
    let started = thread.spawn(move || Keeper::default().run(&inbox));
    started.map_err(|error| PluginError::Refused {
        step: "load".to_owned(),
        said: format!(": {error}"),
    })?;
    *known = Some(jobs.clone());
    Ok(jobs)
}

/// What the thread keeps.
#[derive(Default)]
struct Keeper {
    plugins: BTreeMap<u64, Instance>,
    next: u64,
}

impl Keeper {
    fn run(mut self, inbox: &Receiver<Job>) {
        threads::become_main();
        loop {
            let job = if self.plugins.is_empty() {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                inbox.recv_timeout(CALL_BACK_EVERY)
            };
            match job {
                Ok(job) => {
                    // A plugin that is written in Rust may panic through; what it leaves behind is not touched again.
                    let _ = guard(|| self.obey(job));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for plugin in self.plugins.values_mut() {
                let _ = guard(|| plugin.call_back());
            }
            STUCK.store(false, Ordering::Release);
        }
    }

    fn obey(&mut self, job: Job) {
        match job {
            Job::Load(order, reply) => {
                // Nobody waits any more: what was loaded comes back by its own drop.
                let _ = reply.try_send(self.load(order));
            }
            Job::GiveBack(slot, processor) => {
                if let Some(mut plugin) = self.plugins.remove(&slot) {
                    plugin.deactivate(processor);
                }
            }
            Job::Settle(reply) => {
                let _ = reply.try_send(self.plugins.len());
            }
        }
    }

    fn load(&mut self, order: Order) -> Result<Ready, PluginError> {
        let entry = load_file(&order.file)?;
        let mut plugin = Instance::new(&entry, &order.id)?;
        let mut described = plugin.describe()?;
        let layout = described.layout()?;
        if !order.values.is_empty() {
            plugin.set(&find(&described.params, order.values)?);
            described = plugin.describe()?;
        }
        let activated = plugin.activate()?;
        self.next += 1;
        self.plugins.insert(self.next, plugin);
        Ok(Ready {
            audio: Audio::new(self.next, activated.processor),
            layout,
            params: described.params,
            latency_samples: activated.latency_samples,
        })
    }
}

/// The parameters' numbers for their keys.
fn find(params: &[Param], values: Vec<(String, f64)>) -> Result<Vec<(ClapId, f64)>, PluginError> {
    let find = |(key, value): (String, f64)| {
        let known = params.iter().find(|param| param.found.key == key);
        match known {
            Some(param) => Ok((param.number, value)),
            None => Err(PluginError::NoSuchParam {
                param: key,
                known: keys(params),
            }),
        }
    };
    values.into_iter().map(find).collect()
}

fn keys(params: &[Param]) -> String {
    let mut keys: Vec<_> = params
        .iter()
        .map(|param| param.found.key.as_str())
        .collect();
    keys.truncate(32);
    keys.join(", ")
}
