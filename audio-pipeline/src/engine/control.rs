//! The thread beside the voice thread: devices, events, and the dropping of what is no longer needed.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::command::{ControlCommand, VoiceCommand};
use super::device::DeviceKeeper;
use super::event::{DeviceState, VoiceEvent};
use super::meters::{Meters, Report};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceList, Direction, ErrorSink, OpenStream,
};
use crate::downlink::{MAX_TALKERS, PlaybackFeed, playback_ring};
use crate::link::TalkerId;
use crate::rt::{RateError, Retired};
use crate::uplink::{CaptureFeed, capture_ring};

/// How often the thread looks around when nothing happens.
const TICK: Duration = Duration::from_millis(20);
/// How often the devices are listed anew.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// Callback length assumed before the first callback, in frames.
const FIRST_CALLBACK: u32 = 240;

/// The way to the voice thread, shared by the handle and this thread; the voice thread never touches the lock.
pub(super) type CommandRing = Arc<Mutex<Producer<VoiceCommand>>>;

pub(super) struct Control {
    pub(super) backend: Box<dyn Backend>,
    pub(super) commands: CommandRing,
    pub(super) inbox: Receiver<ControlCommand>,
    pub(super) outbox: SyncSender<ControlCommand>,
    pub(super) events: SyncSender<VoiceEvent>,
    pub(super) reports: Consumer<Report>,
    pub(super) retired: Consumer<Retired>,
    pub(super) meters: Arc<Mutex<Meters>>,
    pub(super) devices: Arc<Mutex<DeviceList>>,
    pub(super) input: DeviceKeeper,
    pub(super) output: DeviceKeeper,
    pub(super) told: Told,
}

/// What was last told, so that only changes are.
#[derive(Default)]
pub(super) struct Told {
    input: Option<DeviceState>,
    output: Option<DeviceState>,
    speaking: Vec<TalkerId>,
    sending: bool,
    polled: Option<Instant>,
}

impl Control {
    /// Runs until told to stop or until the handle is gone.
    pub(super) fn run(mut self) {
        loop {
            let now = Instant::now();
            self.poll_devices(now);
            self.open_input(now);
            self.open_output(now);
            self.tell_states();
            while let Ok(old) = self.retired.pop() {
                drop(old);
            }
            self.pass_reports();
            match self.inbox.recv_timeout(TICK) {
                Ok(ControlCommand::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(command) => self.obey(command, Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        self.input.close();
        self.output.close();
    }

    fn obey(&mut self, command: ControlCommand, now: Instant) {
        match command {
            ControlCommand::Choose(Direction::Input, id) => self.input.choose(id, now),
            ControlCommand::Choose(Direction::Output, id) => self.output.choose(id, now),
            ControlCommand::Refresh => self.told.polled = None,
            ControlCommand::Broken {
                direction: Direction::Input,
                generation,
                error,
            } => {
                if self.input.broke(generation, &error, now) {
                    self.command(VoiceCommand::Capture(None));
                    self.tell_states();
                }
            }
            ControlCommand::Broken {
                direction: Direction::Output,
                generation,
                error,
            } => {
                if self.output.broke(generation, &error, now) {
                    self.command(VoiceCommand::Playback(None));
                    self.tell_states();
                }
            }
            ControlCommand::Stop => {}
        }
    }

    fn poll_devices(&mut self, now: Instant) {
        if self.told.polled.is_some_and(|at| now < at + POLL_EVERY) {
            return;
        }
        self.told.polled = Some(now);
        // Without an answer the streams' own errors tell; the list is asked for again soon.
        let Ok(list) = self.backend.devices() else {
            return;
        };
        self.input.reconsider(&list, now);
        self.output.reconsider(&list, now);
        let mut known = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != list {
            known.clone_from(&list);
            drop(known);
            self.tell(VoiceEvent::Devices(list));
        }
    }

    fn open_input(&mut self, now: Instant) {
        if !self.input.is_due(now) {
            return;
        }
        let on_error = error_sink(&self.outbox, Direction::Input, self.input.next_generation());
        let backend = &mut self.backend;
        let feed = self.input.open_with(now, |id: Option<&DeviceId>| {
            let (sink, ring) = capture_ring();
            let stream = backend.open_input(id, sink, Arc::clone(&on_error))?;
            let feed = CaptureFeed::new(ring, stream.rate).map_err(refused)?;
            Ok::<(OpenStream, _), BackendError>((stream, Box::new(feed)))
        });
        self.command(VoiceCommand::Capture(feed));
    }

    fn open_output(&mut self, now: Instant) {
        if !self.output.is_due(now) {
            return;
        }
        let on_error = error_sink(
            &self.outbox,
            Direction::Output,
            self.output.next_generation(),
        );
        let backend = &mut self.backend;
        let feed = self.output.open_with(now, |id: Option<&DeviceId>| {
            let (sink, ring) = playback_ring(FIRST_CALLBACK);
            let stream = backend.open_output(id, sink, Arc::clone(&on_error))?;
            let feed = PlaybackFeed::new(ring, stream.rate).map_err(refused)?;
            Ok::<(OpenStream, _), BackendError>((stream, Box::new(feed)))
        });
        self.command(VoiceCommand::Playback(feed));
    }

    fn tell_states(&mut self) {
        let states = [
            (Direction::Input, self.input.state().clone()),
            (Direction::Output, self.output.state().clone()),
        ];
        for (direction, state) in states {
            let told = match direction {
                Direction::Input => &mut self.told.input,
                Direction::Output => &mut self.told.output,
            };
            if told.as_ref() != Some(&state) {
                *told = Some(state.clone());
                self.tell(VoiceEvent::Device { direction, state });
            }
        }
    }

    fn pass_reports(&mut self) {
        while let Ok(report) = self.reports.pop() {
            let meters = report.into_meters();
            self.tell_speaking(&meters);
            self.meters
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&meters);
            self.tell(VoiceEvent::Meters(Box::new(meters)));
        }
    }

    fn tell_speaking(&mut self, meters: &Meters) {
        if self.told.sending != meters.sending {
            self.told.sending = meters.sending;
            self.tell(VoiceEvent::Speaking {
                talker: None,
                speaking: meters.sending,
            });
        }
        let now: Vec<TalkerId> = meters
            .talkers
            .iter()
            .filter(|meter| meter.speaking)
            .map(|meter| meter.talker)
            .take(MAX_TALKERS)
            .collect();
        let before = std::mem::replace(&mut self.told.speaking, now.clone());
        for &talker in now.iter().filter(|talker| !before.contains(talker)) {
            self.tell(VoiceEvent::Speaking {
                talker: Some(talker),
                speaking: true,
            });
        }
        for &talker in before.iter().filter(|talker| !now.contains(talker)) {
            self.tell(VoiceEvent::Speaking {
                talker: Some(talker),
                speaking: false,
            });
        }
    }

    fn tell(&self, event: VoiceEvent) {
        // Whoever does not listen misses events; meters and devices can be asked for at any time.
        let _ = self.events.try_send(event);
    }

    fn command(&self, command: VoiceCommand) {
        let mut ring = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        // Full only if the voice thread stands still; then no device is of use either.
        let _ = ring.push(command);
    }
}

fn refused(error: RateError) -> BackendError {
    BackendError::new(BackendErrorKind::Unsupported, error.to_string())
}

fn error_sink(
    outbox: &SyncSender<ControlCommand>,
    direction: Direction,
    generation: u64,
) -> ErrorSink {
    let outbox = outbox.clone();
    Arc::new(move |error| {
        // A full box means that more trouble is queued than can be handled; the poll finds what is missing.
        let _ = outbox.try_send(ControlCommand::Broken {
            direction,
            generation,
            error,
        });
    })
}
