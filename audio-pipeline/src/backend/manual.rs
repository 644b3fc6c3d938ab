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
    sink: Sink,
    on_error: ErrorSink,
}

struct World {
    devices: Vec<(Direction, DeviceInfo)>,
    streams: Vec<Running>,
    next: u64,
    rate: u32,
    channels: usize,
    spoken: VecDeque<f32>,
    heard: Vec<f32>,
    opened: Vec<DeviceId>,
    /// Devices that are used by another program.
    busy: Vec<DeviceId>,
    /// Devices that do not answer.
    hanging: Vec<DeviceId>,
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
            streams: Vec::new(),
            next: 0,
            rate,
            channels,
            spoken: VecDeque::new(),
            heard: Vec::new(),
            opened: Vec::new(),
            busy: Vec::new(),
            hanging: Vec::new(),
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
        let is_default = !world.devices.iter().any(|(known, _)| *known == direction);
        let device = DeviceInfo {
            id: DeviceId(name.to_owned()),
            name: name.to_owned(),
            is_default,
        };
        world.devices.push((direction, device));
    }

    /// Pulls a device out: its streams break.
    pub fn unplug(&self, name: &str) {
        let broken: Vec<ErrorSink> = {
            let mut world = self.world();
            world.devices.retain(|(_, device)| device.id.0 != name);
            for direction in [Direction::Input, Direction::Output] {
                if let Some((_, device)) = world
                    .devices
                    .iter_mut()
                    .find(|(known, _)| *known == direction)
                {
                    device.is_default = true;
                }
            }
            let (gone, kept) = world
                .streams
                .drain(..)
                .partition(|stream| stream.device.0 == name);
            world.streams = kept;
            Vec::into_iter(gone)
                .map(|stream: Running| stream.on_error)
                .collect()
        };
        for on_error in broken {
            on_error(BackendError::new(
                BackendErrorKind::NotThere,
                format!("unplugged: {name}"),
            ));
        }
    }

    /// Another program takes the device, or gives it back. A stream that runs goes on.
    pub fn set_busy(&self, name: &str, busy: bool) {
        let mut world = self.world();
        world.busy.retain(|id| id.0 != name);
        if busy {
            world.busy.push(DeviceId(name.to_owned()));
        }
    }

    /// Opening the device takes for ever from now on, or ends.
    pub fn set_hanging(&self, name: &str, hanging: bool) {
        let mut world = self.world();
        world.hanging.retain(|id| id.0 != name);
        if hanging {
            world.hanging.push(DeviceId(name.to_owned()));
        }
        drop(world);
        self.0.1.notify_all();
    }

    /// Says something into the microphone: one channel at the devices' rate, heard with the coming ticks.
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

    /// Whether a stream of this direction runs.
    pub fn is_running(&self, direction: Direction) -> bool {
        self.world().streams.iter().any(|stream| {
            matches!(
                (&stream.sink, direction),
                (Sink::Capture(_), Direction::Input) | (Sink::Playback(_), Direction::Output)
            )
        })
    }

    /// Lets the devices run for `frames`: one callback each.
    pub fn tick(&self, frames: usize) {
        let mut world = self.world();
        let channels = world.channels;
        let mut spoken = Vec::with_capacity(frames * channels);
        for _ in 0..frames {
            let sample = world.spoken.pop_front().unwrap_or(0.0);
            spoken.extend(std::iter::repeat_n(sample, channels));
        }
        let mut played = vec![0.0; frames * channels];
        for stream in &mut world.streams {
            match &mut stream.sink {
                Sink::Capture(sink) => sink.push(&spoken, channels, |sample: f32| sample),
                Sink::Playback(sink) => sink.fill(&mut played, channels, |sample| sample),
            }
        }
        let heard = played.chunks(channels).filter_map(<[f32]>::first).copied();
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
        let wanted = |device: &DeviceInfo| id.map_or(device.is_default, |id| device.id == *id);
        let found = world
            .devices
            .iter()
            .find(|(known, device)| *known == direction && wanted(device));
        let Some((_, device)) = found.cloned() else {
            return Err(BackendError::new(
                BackendErrorKind::NotThere,
                format!("no such {direction}"),
            ));
        };
        while world.hanging.contains(&device.id) {
            let woken = self.0.0.1.wait(world);
            world = woken.unwrap_or_else(PoisonError::into_inner);
        }
        if world.busy.contains(&device.id) {
            return Err(BackendError::new(
                BackendErrorKind::Busy,
                format!("taken: {}", device.name),
            ));
        }
        let (number, rate) = (world.next, world.rate);
        world.next += 1;
        world.opened.push(device.id.clone());
        world.streams.push(Running {
            number,
            device: device.id.clone(),
            sink,
            on_error,
        });
        let stream = Box::new(Guard(self.0.clone(), number));
        Ok(OpenStream {
            device,
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
            let devices = world
                .devices
                .iter()
                .filter(move |(direction, _)| *direction == wanted);
            devices.map(|(_, device)| device.clone()).collect()
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
