//! Linux's devices themselves, `/dev/input/event*`: only where the user chose it, because whoever may read them reads every key.
//!
//! Only devices that have a key of the hotkey are read, and of what they tell only these keys are looked at.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use dialtone_words::say;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::oneshot;

use super::backend::{Backend, Fault, Sink, Stop};
use super::hotkey::{Hotkey, Part};
use super::matcher::Matcher;

/// How often it is looked for devices that were plugged in.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// More devices than these are not read.
const MOST_DEVICES: usize = 64;

/// A key of a device went down or up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyChange {
    /// Linux's code.
    pub(crate) code: u16,
    pub(crate) down: bool,
}

/// One device that was opened.
#[async_trait]
pub(crate) trait Device: Send {
    /// Whether it has this key.
    fn has(&self, code: u16) -> bool;

    /// The next key.
    ///
    /// # Errors
    /// The device is gone.
    async fn next(&mut self) -> io::Result<KeyChange>;
}

/// Where devices are.
pub(crate) trait Devices: Send {
    /// Their places.
    ///
    /// # Errors
    /// They cannot be listed.
    fn list(&self) -> io::Result<Vec<PathBuf>>;

    /// Opens one. Called within a tokio runtime.
    ///
    /// # Errors
    /// It cannot be read, or it is no such device.
    fn open(&self, place: &Path) -> io::Result<Box<dyn Device>>;
}

/// The backend.
pub(crate) struct Evdev<D> {
    devices: D,
}

impl Evdev<InputFolder> {
    /// With the devices of this machine.
    pub(crate) fn of_this_machine() -> Self {
        Self::new(InputFolder)
    }
}

impl<D: Devices> Evdev<D> {
    /// With these devices.
    pub(crate) fn new(devices: D) -> Self {
        Self { devices }
    }

    /// In words why nothing can be read, unless something can.
    fn look(&self) -> Result<(), String> {
        let places = self
            .devices
            .list()
            .map_err(|error| say!("reach-no-list", error = error.to_string()))?;
        let mut refused = false;
        for place in &places {
            match self.devices.open(place) {
                Ok(_) => return Ok(()),
                Err(error) => refused |= error.kind() == io::ErrorKind::PermissionDenied,
            }
        }
        Err(if refused {
            say!("reach-not-allowed")
        } else {
            say!("reach-no-device")
        }
        .to_owned())
    }
}

impl<D: Devices> Backend for Evdev<D> {
    fn available(&self) -> Result<(), String> {
        let runtime = runtime().map_err(|error| error.to_string())?;
        let _guard = runtime.enter();
        self.look()
    }

    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault> {
        let runtime = runtime().map_err(|error| Fault::Unavailable(error.to_string()))?;
        let matcher = matcher(hotkey).map_err(|words| Fault::Unavailable(words.to_owned()))?;
        let (sender, stopped) = oneshot::channel();
        stop.on_stop(move || {
            let _ = sender.send(());
        });
        runtime.block_on(async {
            let reading = Reading::new(&self.devices, codes(hotkey), matcher);
            tokio::select! {
                ended = reading.run(sink) => ended,
                _ = stopped => Ok(()),
            }
        })
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build()
}

/// Linux's code of a part: the side buttons as X numbers them.
fn code(part: Part) -> Option<u16> {
    const MIDDLE: u16 = 0x112;
    const RIGHT: u16 = 0x111;
    const SIDE: u16 = 0x113;
    match part {
        Part::Key(key) => Some(key.linux),
        Part::Mouse(2) => Some(MIDDLE),
        Part::Mouse(3) => Some(RIGHT),
        Part::Mouse(number @ 8..=12) => Some(SIDE + u16::from(number) - 8),
        Part::Mouse(_) => None,
    }
}

fn codes(hotkey: &Hotkey) -> Vec<u16> {
    hotkey
        .groups()
        .into_iter()
        .flatten()
        .filter_map(code)
        .collect()
}

fn matcher(hotkey: &Hotkey) -> Result<Matcher, &'static str> {
    Matcher::new(hotkey, |part| {
        code(part).map(u32::from).into_iter().collect()
    })
}

/// The devices that are being read.
struct Reading<'a, D> {
    devices: &'a D,
    codes: Vec<u16>,
    matcher: Matcher,
    /// Places that need not be opened again: they are read, or have no such key.
    known: BTreeSet<PathBuf>,
}

type Read = (PathBuf, Box<dyn Device>, io::Result<KeyChange>);

async fn read(place: PathBuf, mut device: Box<dyn Device>) -> Read {
    let change = device.next().await;
    (place, device, change)
}

impl<'a, D: Devices> Reading<'a, D> {
    fn new(devices: &'a D, codes: Vec<u16>, matcher: Matcher) -> Self {
        Self {
            devices,
            codes,
            matcher,
            known: BTreeSet::new(),
        }
    }

    async fn run(mut self, sink: &dyn Sink) -> Result<(), Fault> {
        let mut reads = FuturesUnordered::new();
        reads.extend(self.find().into_iter().map(|(place, one)| read(place, one)));
        if reads.is_empty() {
            let words = say!("reach-no-device-has-key");
            return Err(Fault::Unavailable(words.to_owned()));
        }
        sink.listening(None);
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some((place, device, change)) = reads.next() => {
                    if self.told(&place, change.ok(), sink) {
                        reads.push(read(place, device));
                    }
                }
                _ = look.tick() => {
                    let room = MOST_DEVICES.saturating_sub(reads.len());
                    let found = self.find().into_iter().take(room);
                    reads.extend(found.map(|(place, one)| read(place, one)));
                }
            }
        }
    }

    /// A device told of a key, or of nothing because it is gone. Whether it can be read on.
    fn told(&mut self, place: &Path, change: Option<KeyChange>, sink: &dyn Sink) -> bool {
        let Some(KeyChange { code, down }) = change else {
            self.known.remove(place);
            // It may have been that device's key; nobody would tell that it is up.
            if self.matcher.clear().is_some() {
                sink.lost();
            }
            return false;
        };
        if let Some(held) = self.matcher.change(code.into(), down) {
            sink.held(held);
        }
        true
    }

    /// Devices that are new and have a key of the hotkey.
    fn find(&mut self) -> Vec<(PathBuf, Box<dyn Device>)> {
        let places = self.devices.list().unwrap_or_default();
        self.known.retain(|known| places.contains(known));
        let mut found = Vec::new();
        for place in places {
            if found.len() >= MOST_DEVICES || self.known.contains(&place) {
                continue;
            }
            // What cannot be opened is tried again: a new device belongs to nobody for a moment.
            let Ok(device) = self.devices.open(&place) else {
                continue;
            };
            self.known.insert(place.clone());
            if self.codes.iter().any(|code| device.has(*code)) {
                found.push((place, device));
            }
        }
        found
    }
}

/// This machine's devices.
pub(crate) struct InputFolder;

impl Devices for InputFolder {
    fn list(&self) -> io::Result<Vec<PathBuf>> {
        let mut places = Vec::new();
        for entry in std::fs::read_dir("/dev/input")? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.starts_with("event")) {
                places.push(path);
            }
        }
        Ok(places)
    }

    fn open(&self, place: &Path) -> io::Result<Box<dyn Device>> {
        let stream = ::evdev::Device::open(place)?.into_event_stream()?;
        Ok(Box::new(Opened(stream)))
    }
}

struct Opened(::evdev::EventStream);

#[async_trait]
impl Device for Opened {
    fn has(&self, code: u16) -> bool {
        let keys = self.0.device().supported_keys();
        keys.is_some_and(|keys| keys.contains(::evdev::KeyCode::new(code)))
    }

    async fn next(&mut self) -> io::Result<KeyChange> {
        loop {
            let event = self.0.next_event().await?;
            if event.event_type() == ::evdev::EventType::KEY {
                return Ok(KeyChange {
                    code: event.code(),
                    // 2 is a repeat.
                    down: event.value() != 0,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
