//! Devices that a test plugs, unplugs and clocks by hand.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, Direction,
    ErrorSink, OpenStream,
};
use crate::downlink::PlaybackSink;
use crate::frame::SAMPLE_RATE;
use crate::uplink::CaptureSink;

enum Sink {
    Capture(CaptureSink),
    Playback(PlaybackSink),
}

struct Running {
    number: u64,
    device: DeviceId,
    rate: u32,
    sink: Sink,
    on_error: ErrorSink,
}

/// How opening a device goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Opens,
    Refuses(BackendErrorKind),
    Hangs,
}

struct Plugged {
    direction: Direction,
    info: DeviceInfo,
    rate: u32,
    mood: Mood,
}

struct World {
    devices: Vec<Plugged>,
    /// Of devices that are not plugged in (yet), too.
    moods: Vec<(String, Mood)>,
    streams: Vec<Running>,
    next: u64,
    rate: u32,
    channels: usize,
    spoken: VecDeque<f32>,
    heard: Vec<f32>,
    opened: Vec<DeviceId>,
    asked: Vec<DeviceId>,
}

/// The test's hand on the devices. Clones share them.
#[derive(Clone)]
pub struct ManualDevices(Arc<(Mutex<World>, Condvar)>);

/// The backend that goes with [`ManualDevices`].
pub struct ManualBackend(ManualDevices);

impl Default for ManualDevices {
    fn default() -> Self {
        Self::new(SAMPLE_RATE, 1)
    }
}

impl ManualDevices {
    /// No devices yet; those to come run at `rate` with `channels`.
    #[must_use]
    pub fn new(rate: u32, channels: usize) -> Self {
        let world = World {
            devices: Vec::new(),
            moods: Vec::new(),
            streams: Vec::new(),
            next: 0,
            rate,
            channels,
            spoken: VecDeque::new(),
            heard: Vec::new(),
            opened: Vec::new(),
            asked: Vec::new(),
        };
        Self(Arc::new((Mutex::new(world), Condvar::new())))
    }

    /// The backend that shows these devices.
    #[must_use]
    pub fn backend(&self) -> ManualBackend {
        ManualBackend(self.clone())
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plugs a device in; the first of a direction is the default.
    pub fn plug(&self, direction: Direction, name: &str) {
        let mut world = self.world();
        let is_default = !world
            .devices
            .iter()
            .any(|known| known.direction == direction);
        let mood = world.moods.iter().find(|(of, _)| of == name);
        let plugged = Plugged {
            direction,
            info: DeviceInfo {
                id: DeviceId(name.to_owned()),
                name: name.to_owned(),
                is_default,
            },
            rate: world.rate,
            mood: mood.map_or(Mood::Opens, |(_, mood)| *mood),
        };
        world.devices.push(plugged);
    }

    /// Pulls a device out: its streams break. Where it was the default, the first that is left becomes that.
    pub fn unplug(&self, name: &str) {
        {
            let mut world = self.world();
            world.devices.retain(|device| device.info.id.0 != name);
            for direction in [Direction::Input, Direction::Output] {
                let mut left = (world.devices.iter_mut()).filter(|one| one.direction == direction);
                if left.all(|one| !one.info.is_default)
                    && let Some(first) =
                        (world.devices.iter_mut()).find(|one| one.direction == direction)
                {
                    first.info.is_default = true;
                }
            }
        }
        self.break_streams(name, BackendErrorKind::NotThere, "unplugged");
    }

    /// The system uses this device by default from now on, as somebody chose in its settings. Streams go on.
    pub fn set_default(&self, name: &str) {
        let mut world = self.world();
        let of = (world.devices.iter()).find(|device| device.info.id.0 == name);
        let Some(direction) = of.map(|device| device.direction) else {
            return;
        };
        for device in world
            .devices
            .iter_mut()
            .filter(|one| one.direction == direction)
        {
            device.info.is_default = device.info.id.0 == name;
        }
    }

    /// The device runs at another rate from now on, in Hz, as a headset does that goes to its narrow-band profile: its streams break.
    pub fn set_rate(&self, name: &str, rate: u32) {
        for device in &mut self.world().devices {
            if device.info.id.0 == name {
                device.rate = rate;
            }
        }
        self.break_streams(name, BackendErrorKind::Rebuild, "another profile");
    }

    /// Another program takes the device, or gives it back. A stream that runs goes on.
    pub fn set_busy(&self, name: &str, busy: bool) {
        self.set_mood(name, busy, Mood::Refuses(BackendErrorKind::Busy));
    }

    /// The system forbids the device, or allows it again. A stream that runs goes on.
    pub fn set_denied(&self, name: &str, denied: bool) {
        self.set_mood(name, denied, Mood::Refuses(BackendErrorKind::NotAllowed));
    }

    /// Opening the device takes for ever from now on, or ends.
    pub fn set_hanging(&self, name: &str, hanging: bool) {
        self.set_mood(name, hanging, Mood::Hangs);
        self.0.1.notify_all();
    }

    fn set_mood(&self, name: &str, on: bool, mood: Mood) {
        let mood = if on { mood } else { Mood::Opens };
        let mut world = self.world();
        world.moods.retain(|(of, _)| of != name);
        world.moods.push((name.to_owned(), mood));
        for device in &mut world.devices {
            if device.info.id.0 == name {
                device.mood = mood;
            }
        }
    }

    fn break_streams(&self, name: &str, kind: BackendErrorKind, what: &str) {
        let (gone, kept) = {
            let mut world = self.world();
            let streams = std::mem::take(&mut world.streams);
            streams
                .into_iter()
                .partition(|stream| stream.device.0 == name)
        };
        self.world().streams.extend::<Vec<_>>(kept);
        for stream in Vec::into_iter(gone) {
            (stream.on_error)(BackendError::new(kind, format!("{what}: {name}")));
        }
    }

    /// Says something into the microphone: one channel at the devices' first rate, heard with the coming ticks.
    pub fn speak(&self, sound: &[f32]) {
        self.world().spoken.extend(sound);
    }

    /// What the loudspeaker played since the last call.
    pub fn heard(&self) -> Vec<f32> {
        std::mem::take(&mut self.world().heard)
    }

    /// The devices that were opened, in order.
    pub fn opened(&self) -> Vec<DeviceId> {
        self.world().opened.clone()
    }

    /// How often this device was to be opened, whatever came of it.
    pub fn asked_for(&self, name: &str) -> usize {
        self.world().asked.iter().filter(|id| id.0 == name).count()
    }

    /// Whether a stream of this direction runs.
    pub fn is_running(&self, direction: Direction) -> bool {
        self.world().streams.iter().any(|stream| {
            matches!(
                (&stream.sink, direction),
                (Sink::Capture(_), Direction::Input) | (Sink::Playback(_), Direction::Output)
            )
        })
    }

    /// Lets the devices run for `frames` at their first rate: one callback each. One that runs at another rate gets as much time of it, each of
    /// its samples the nearest.
    pub fn tick(&self, frames: usize) {
        let mut world = self.world();
        let (channels, first) = (world.channels, world.rate);
        let spoken: Vec<f32> = (0..frames)
            .map(|_| world.spoken.pop_front().unwrap_or(0.0))
            .collect();
        let mut heard = vec![0.0_f32; frames];
        for stream in &mut world.streams {
            let own = (frames as u64 * u64::from(stream.rate) / u64::from(first)) as usize;
            match &mut stream.sink {
                Sink::Capture(sink) => {
                    let at = |frame: usize| spoken.get(frame * frames / own.max(1)).copied();
                    let said = (0..own)
                        .flat_map(|frame| std::iter::repeat_n(at(frame).unwrap_or(0.0), channels));
                    let said: Vec<f32> = said.collect();
                    sink.push(&said, channels, |sample: f32| sample);
                }
                Sink::Playback(sink) => {
                    let mut played = vec![0.0; own * channels];
                    sink.fill(&mut played, channels, |sample| sample);
                    for (frame, sample) in heard.iter_mut().enumerate() {
                        let at = frame * own / frames.max(1) * channels;
                        *sample += played.get(at).copied().unwrap_or(0.0);
                    }
                }
            }
        }
        world.heard.extend(heard);
    }
}

/// Ends its stream when dropped.
struct Guard(ManualDevices, u64);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0
            .world()
            .streams
            .retain(|stream| stream.number != self.1);
    }
}

impl ManualBackend {
    fn open(
        &self,
        direction: Direction,
        id: Option<&DeviceId>,
        sink: Sink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let mut world = self.0.world();
        world.asked.extend(id.cloned());
        let (info, rate) = loop {
            let mut devices = world
                .devices
                .iter()
                .filter(|one| one.direction == direction);
            let found = match id {
                Some(id) => id.find(devices, |one| Some(one.info.id.clone())),
                None => devices.find(|one| one.info.is_default),
            };
            let Some(found) = found else {
                let words = format!("no such {direction}");
                return Err(BackendError::new(BackendErrorKind::NotThere, words));
            };
            match found.mood {
                Mood::Opens => break (found.info.clone(), found.rate),
                Mood::Refuses(kind) => {
                    let words = format!("refused: {}", found.info.name);
                    return Err(BackendError::new(kind, words));
                }
                Mood::Hangs => {
                    let woken = self.0.0.1.wait(world);
                    world = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        let number = world.next;
        world.next += 1;
        world.opened.push(info.id.clone());
        world.streams.push(Running {
            number,
            device: info.id.clone(),
            rate,
            sink,
            on_error,
        });
        let stream = Box::new(Guard(self.0.clone(), number));
        Ok(OpenStream {
            device: info,
            rate,
            callback_frames: 480,
            stream,
        })
    }
}

impl Backend for ManualBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(Self(self.0.clone()))
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        let world = self.0.world();
        let of = |wanted| {
            let devices = world.devices.iter();
            let devices = devices.filter(move |device| device.direction == wanted);
            devices.map(|device| device.info.clone()).collect()
        };
        Ok(DeviceList {
            inputs: of(Direction::Input),
            outputs: of(Direction::Output),
        })
    }

    fn open_input(
        &mut self,
        id: Option<&DeviceId>,
        sink: CaptureSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        self.open(Direction::Input, id, Sink::Capture(sink), on_error)
    }

    fn open_output(
        &mut self,
        id: Option<&DeviceId>,
        sink: PlaybackSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        self.open(Direction::Output, id, Sink::Playback(sink), on_error)
    }
}
