//! Opening and listing on threads of their own, which are left behind when a device does not answer.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::command::{ControlCommand, Feed, Opened};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, DeviceId, Direction, ErrorSink, OpenStream,
};
use crate::downlink::{PlaybackFeed, playback_ring};
use crate::rt::{Beat, RateError};
use crate::uplink::{CaptureFeed, capture_ring};

/// Callback length assumed before the first callback, in frames.
const FIRST_CALLBACK: u32 = 240;

/// What is to be opened.
pub(super) struct Wish {
    pub(super) direction: Direction,
    pub(super) generation: u64,
    /// Tried before the default device.
    pub(super) wanted: Option<DeviceId>,
    /// Where that does not open, the default device is.
    pub(super) or_default: bool,
}

/// Opens a device; the answer comes as a command, if it comes.
pub(super) fn open_aside(
    wish: Wish,
    mut backend: Box<dyn Backend>,
    outbox: &SyncSender<ControlCommand>,
) {
    let Wish {
        direction,
        generation,
        wanted,
        or_default,
    } = wish;
    let on_error = error_sink(outbox, direction, generation);
    let answer = outbox.clone();
    let work = move || {
        let mut open = |id: Option<&DeviceId>| open(&mut *backend, direction, id, &on_error);
        let opened = match wanted {
            None => open(None),
            Some(wanted) => open(Some(&wanted)).or_else(|error| {
                if !or_default {
                    return Err(error);
                }
                open(None).map(|opened| Opened {
                    instead: Some(error),
                    ..opened
                })
            }),
        };
        // Some sound systems want their connection for as long as the stream runs.
        let opened = opened.map(|opened| Opened {
            stream: Box::new((opened.stream, backend)),
            ..opened
        });
        // With nobody left to take it, it is dropped here.
        let _ = answer.send(ControlCommand::Opened {
            direction,
            generation,
            opened,
        });
    };
    let thread = std::thread::Builder::new().name(format!("dialtone-open-{direction}"));
    if let Err(error) = thread.spawn(work) {
        let error = BackendError::new(BackendErrorKind::Other, error.to_string());
        let _ = outbox.try_send(ControlCommand::Opened {
            direction,
            generation,
            opened: Err(error),
        });
    }
}

/// Lists the devices; the answer comes as a command, if it comes. `false`: no thread was to be had.
pub(super) fn list_aside(
    mut backend: Box<dyn Backend>,
    outbox: &SyncSender<ControlCommand>,
) -> bool {
    let answer = outbox.clone();
    let work = move || {
        let listed = backend.devices();
        let _ = answer.send(ControlCommand::Listed(backend, listed));
    };
    let thread = std::thread::Builder::new().name("dialtone-list".to_owned());
    thread.spawn(work).is_ok()
}

fn open(
    backend: &mut dyn Backend,
    direction: Direction,
    id: Option<&DeviceId>,
    on_error: &ErrorSink,
) -> Result<Opened, BackendError> {
    let on_error = Arc::clone(on_error);
    match direction {
        Direction::Input => {
            let (sink, ring) = capture_ring();
            let stream = backend.open_input(id, sink, on_error)?;
            let beat = ring.beat();
            let feed = CaptureFeed::new(ring, stream.rate).map_err(refused)?;
            Ok(opened(stream, beat, Feed::Capture(Box::new(feed))))
        }
        Direction::Output => {
            let (sink, ring) = playback_ring(FIRST_CALLBACK);
            let stream = backend.open_output(id, sink, on_error)?;
            let beat = ring.beat();
            let feed = PlaybackFeed::new(ring, stream.rate).map_err(refused)?;
            Ok(opened(stream, beat, Feed::Playback(Box::new(feed))))
        }
    }
}

fn opened(stream: OpenStream, beat: Beat, feed: Feed) -> Opened {
    Opened {
        device: stream.device,
        stream: stream.stream,
        feed,
        instead: None,
        beat,
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
