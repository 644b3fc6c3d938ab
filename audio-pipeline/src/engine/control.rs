//! The thread beside the voice thread: devices, events, and the dropping of what is no longer needed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::command::{ControlCommand, Feed, VoiceCommand};
use super::device::DeviceKeeper;
use super::event::{DeviceState, Fault, VoiceEvent};
use super::meters::{Meters, Report};
use super::opening::{list_aside, open_aside};
use crate::backend::{Backend, BackendError, DeviceList, Direction};
use crate::downlink::MAX_TALKERS;
use crate::link::TalkerId;
use crate::rt::{Retired, guard};

/// How often the thread looks around when nothing happens.
const TICK: Duration = Duration::from_millis(20);
/// How often the devices are listed anew.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// A listing that takes longer is left behind; so many may be, at most.
const LIST_PATIENCE: Duration = Duration::from_secs(10);
const MOST_HANGING: u32 = 3;

/// The way to the voice thread, shared by the handle and this thread; the voice thread never touches the lock.
pub(super) type CommandRing = Arc<Mutex<Producer<VoiceCommand>>>;

pub(super) struct Control {
    /// Never asked itself: others are made from it, for threads of their own.
    pub(super) backend: Box<dyn Backend>,
    pub(super) lister: Lister,
    pub(super) commands: CommandRing,
    pub(super) inbox: Receiver<ControlCommand>,
    pub(super) outbox: SyncSender<ControlCommand>,
    pub(super) events: SyncSender<VoiceEvent>,
    pub(super) reports: Consumer<Report>,
    pub(super) faults: Consumer<Fault>,
    pub(super) retired: Consumer<Retired>,
    pub(super) meters: Arc<Mutex<Meters>>,
    pub(super) devices: Arc<Mutex<DeviceList>>,
    pub(super) input: DeviceKeeper,
    pub(super) output: DeviceKeeper,
    pub(super) told: Told,
    /// Set when the handle is gone, in case the box had no room to say so.
    pub(super) stop: Arc<AtomicBool>,
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

/// The backend that lists devices, while it is not at it.
#[derive(Default)]
pub(super) struct Lister {
    idle: Option<Box<dyn Backend>>,
    since: Option<Instant>,
    hanging: u32,
}

impl Control {
    /// Runs until told to stop or until the handle is gone.
    pub(super) fn run(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            self.poll_devices(now);
            self.watch(now);
            self.open(now);
            self.tell_states();
            while let Ok(old) = self.retired.pop() {
                // Its destructor may be a stranger's.
                let _ = guard(|| drop(old));
            }
            while let Ok(Fault {
                direction,
                stage,
                talker,
                cause,
            }) = self.faults.pop()
            {
                self.tell(VoiceEvent::Fault {
                    direction,
                    stage,
                    talker,
                    cause,
                });
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
            ControlCommand::Choose(direction, id) => {
                self.keeper(direction).choose(id, now);
                self.take_away(direction);
            }
            ControlCommand::Refresh => self.told.polled = None,
            ControlCommand::Broken {
                direction,
                generation,
                error,
            } => {
                if self.keeper(direction).broke(generation, &error, now) {
                    self.take_away(direction);
                }
            }
            ControlCommand::Opened {
                direction,
                generation,
                opened,
            } => {
                let feed = self.keeper(direction).finished(generation, opened, now);
                if let Some(feed) = feed {
                    self.command(match feed {
                        Feed::Capture(feed) => VoiceCommand::Capture(Some(feed)),
                        Feed::Playback(feed) => VoiceCommand::Playback(Some(feed)),
                    });
                }
            }
            ControlCommand::Listed(backend, listed) => self.listed(backend, listed, now),
            ControlCommand::Stop => {}
        }
    }

    fn keeper(&mut self, direction: Direction) -> &mut DeviceKeeper {
        match direction {
            Direction::Input => &mut self.input,
            Direction::Output => &mut self.output,
        }
    }

    /// The voice thread has no device of this direction any more.
    fn take_away(&mut self, direction: Direction) {
        self.command(match direction {
            Direction::Input => VoiceCommand::Capture(None),
            Direction::Output => VoiceCommand::Playback(None),
        });
        self.tell_states();
    }

    fn poll_devices(&mut self, now: Instant) {
        if let Some(since) = self.lister.since {
            if now < since + LIST_PATIENCE || self.lister.hanging >= MOST_HANGING {
                return;
            }
            // Left behind; the next one begins anew.
            self.lister.hanging += 1;
            self.lister.since = None;
        }
        if self.told.polled.is_some_and(|at| now < at + POLL_EVERY) {
            return;
        }
        self.told.polled = Some(now);
        let idle = self.lister.idle.take();
        let backend = idle.unwrap_or_else(|| self.backend.again());
        if list_aside(backend, &self.outbox) {
            self.lister.since = Some(now);
        }
    }

    fn listed(
        &mut self,
        backend: Box<dyn Backend>,
        listed: Result<DeviceList, BackendError>,
        now: Instant,
    ) {
        if self.lister.idle.is_none() && self.lister.since.take().is_some() {
            self.lister.idle = Some(backend);
        }
        self.lister.hanging = 0;
        // Without an answer the streams' own errors tell; the list is asked for again soon.
        let Ok(list) = listed else {
            return;
        };
        for direction in [Direction::Input, Direction::Output] {
            if self.keeper(direction).reconsider(&list, now) {
                self.take_away(direction);
            }
        }
        let mut known = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != list {
            known.clone_from(&list);
            drop(known);
            self.tell(VoiceEvent::Devices(list));
        }
    }

    fn watch(&mut self, now: Instant) {
        for direction in [Direction::Input, Direction::Output] {
            if self.keeper(direction).watch(now) {
                self.take_away(direction);
            }
        }
    }

    fn open(&mut self, now: Instant) {
        for direction in [Direction::Input, Direction::Output] {
            let keeper = self.keeper(direction);
            if !keeper.is_due(now) {
                continue;
            }
            let wish = keeper.begin(now);
            open_aside(wish, self.backend.again(), &self.outbox);
        }
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
