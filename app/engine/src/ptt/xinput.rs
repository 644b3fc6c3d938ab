//! X11: raw events of all keyboards and mice, by the extension `XInput2`. Nothing is polled, side buttons and bare modifiers are heard,
//! and nothing is taken away from other programs.

use std::sync::Arc;

use dialtone_words::say;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{
    self, ConnectionExt as _, Device, EventMask as DeviceEvents, HierarchyMask, XIEventMask,
};
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, NONE};

use super::backend::{Backend, Fault, Sink, Stop};
use super::hotkey::{Hotkey, Part};
use super::keys::Key;
use super::matcher::Matcher;

/// Buttons and keys are numbered anew each; a matcher has one row of numbers.
const BUTTONS: u32 = 0x1_0000;
/// From 2.1 on, raw events are told also while another program has grabbed the keyboard, as games do.
const VERSION: (u16, u16) = (2, 1);
/// X numbers a key by Linux's code and this.
const LINUX_OFFSET: u32 = 8;

/// The backend, for one X server.
pub(crate) struct XInput {
    display: Option<String>,
}

impl XInput {
    /// For the X server of this name, or the one that `DISPLAY` names.
    pub(crate) fn new(display: Option<String>) -> Self {
        Self { display }
    }

    fn connect(&self) -> Result<(RustConnection, usize), String> {
        let failed =
            |error: &dyn std::fmt::Display| say!("reach-no-x-why", error = error.to_string());
        let (connection, screen) =
            RustConnection::connect(self.display.as_deref()).map_err(|error| match error {
                ConnectError::DisplayParsingError(_) => failed(&say!("reach-no-display")),
                other => failed(&other),
            })?;
        let old = say!("reach-old-x");
        let extension = connection.extension_information(xinput::X11_EXTENSION_NAME);
        extension
            .map_err(|error| failed(&error))?
            .ok_or_else(|| old.to_owned())?;
        let version = connection.xinput_xi_query_version(VERSION.0, VERSION.1);
        let version = version.map_err(|error| failed(&error))?.reply();
        let version = version.map_err(|error| failed(&error))?;
        if (version.major_version, version.minor_version) < VERSION {
            return Err(old.to_owned());
        }
        Ok((connection, screen))
    }
}

impl Backend for XInput {
    fn available(&self) -> Result<(), String> {
        self.connect().map(drop)
    }

    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault> {
        let (connection, screen) = self.connect().map_err(Fault::Unavailable)?;
        let connection = Arc::new(connection);
        let listening = Listening::begin(&connection, screen, hotkey.clone());
        let mut listening = listening.map_err(|error| match error {
            Setup::Key(words) => Fault::Unavailable(words.to_owned()),
            Setup::Server(error) => {
                Fault::Unavailable(say!("reach-x-refuses", error = error.to_string()))
            }
        })?;
        let (waker, window) = (Arc::clone(&connection), listening.window);
        stop.on_stop(move || wake(&waker, window));
        sink.listening(None);
        let lost = |error: &dyn std::fmt::Display| {
            Fault::Lost(say!("reach-x-gone", error = error.to_string()))
        };
        loop {
            let event = connection.wait_for_event().map_err(|error| lost(&error))?;
            if stop.is_stopped() {
                return Ok(());
            }
            listening
                .handle(&event, sink)
                .map_err(|error| lost(&error))?;
        }
    }
}

/// An event to ourselves ends the waiting. If it cannot be sent, the connection is gone, and the waiting has ended too.
fn wake(connection: &RustConnection, window: Window) {
    let event = ClientMessageEvent::new(32, window, NONE, [0; 5]);
    let _ = connection.send_event(false, window, EventMask::NO_EVENT, event);
    let _ = connection.flush();
}

/// Listening cannot begin.
enum Setup {
    Key(&'static str),
    Server(ReplyOrIdError),
}

impl From<ReplyOrIdError> for Setup {
    fn from(error: ReplyOrIdError) -> Self {
        Self::Server(error)
    }
}

impl From<ReplyError> for Setup {
    fn from(error: ReplyError) -> Self {
        Self::Server(error.into())
    }
}

impl From<ConnectionError> for Setup {
    fn from(error: ConnectionError) -> Self {
        Self::Server(error.into())
    }
}

struct Listening {
    connection: Arc<RustConnection>,
    window: Window,
    hotkey: Hotkey,
    matcher: Matcher,
}

impl Listening {
    fn begin(
        connection: &Arc<RustConnection>,
        screen: usize,
        hotkey: Hotkey,
    ) -> Result<Self, Setup> {
        let root = connection
            .setup()
            .roots
            .get(screen)
            .ok_or(Setup::Key(say!("reach-no-screen")))?
            .root;
        let window = connection.generate_id()?;
        // Never shown: where the event that ends the waiting is sent.
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_ONLY,
                COPY_FROM_PARENT,
                &CreateWindowAux::new(),
            )?
            .check()?;
        let matcher = matcher(connection, &hotkey)?;
        let raw = XIEventMask::RAW_KEY_PRESS
            | XIEventMask::RAW_KEY_RELEASE
            | XIEventMask::RAW_BUTTON_PRESS
            | XIEventMask::RAW_BUTTON_RELEASE;
        let of = |device: Device, events| DeviceEvents {
            deviceid: u8::from(device).into(),
            mask: vec![events],
        };
        let events = [
            of(Device::ALL_MASTER, raw),
            of(Device::ALL, XIEventMask::HIERARCHY),
        ];
        connection.xinput_xi_select_events(root, &events)?.check()?;
        Ok(Self {
            connection: Arc::clone(connection),
            window,
            hotkey,
            matcher,
        })
    }

    fn handle(&mut self, event: &Event, sink: &dyn Sink) -> Result<(), ReplyOrIdError> {
        let changed = match event {
            Event::XinputRawKeyPress(event) => self.matcher.change(event.detail, true),
            Event::XinputRawKeyRelease(event) => self.matcher.change(event.detail, false),
            Event::XinputRawButtonPress(event) => self.matcher.change(BUTTONS + event.detail, true),
            Event::XinputRawButtonRelease(event) => {
                self.matcher.change(BUTTONS + event.detail, false)
            }
            Event::XinputHierarchy(event) => {
                let gone = HierarchyMask::SLAVE_REMOVED | HierarchyMask::DEVICE_DISABLED;
                if u32::from(event.flags) & u32::from(gone) != 0 && self.matcher.clear().is_some() {
                    // It may have been that device's key; nobody would tell that it is up.
                    sink.lost();
                }
                None
            }
            Event::MappingNotify(_) => match matcher(&self.connection, &self.hotkey) {
                Ok(matcher) => self.matcher.replace(matcher),
                // The new layout has no such key: the old place stays.
                Err(Setup::Key(_)) => None,
                Err(Setup::Server(error)) => return Err(error),
            },
            _ => None,
        };
        if let Some(held) = changed {
            sink.held(held);
        }
        Ok(())
    }
}

/// The hotkey by the codes of the layout in use.
fn matcher(connection: &RustConnection, hotkey: &Hotkey) -> Result<Matcher, Setup> {
    let setup = connection.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let count = last.saturating_sub(first).saturating_add(1);
    let layout = connection.get_keyboard_mapping(first, count)?.reply()?;
    let layout = Layout {
        first: first.into(),
        width: usize::from(layout.keysyms_per_keycode).max(1),
        keysyms: layout.keysyms,
    };
    let codes = |part| match part {
        Part::Mouse(button) => vec![BUTTONS + u32::from(button)],
        Part::Key(key) => layout.codes(key),
    };
    Matcher::new(hotkey, codes).map_err(Setup::Key)
}

/// Which keys write what, as the X server has it.
struct Layout {
    first: u32,
    /// How many meanings each key has: plain, with Shift, and so on.
    width: usize,
    keysyms: Vec<u32>,
}

impl Layout {
    /// The codes of the keys that mean `key`: plain, or else with a modifier (the numbers of the keypad), or else by the place that it
    /// has on most keyboards (a letter on a layout without Latin ones).
    fn codes(&self, key: &Key) -> Vec<u32> {
        let having = |has: &dyn Fn(&[u32]) -> bool| -> Vec<u32> {
            let rows = (self.first..).zip(self.keysyms.chunks(self.width));
            rows.filter(|(_, meanings)| has(meanings))
                .map(|(code, _)| code)
                .collect()
        };
        let plain = having(&|meanings| meanings.first() == Some(&key.keysym));
        if !plain.is_empty() {
            return plain;
        }
        let any = having(&|meanings| meanings.contains(&key.keysym));
        if !any.is_empty() {
            return any;
        }
        vec![LINUX_OFFSET + u32::from(key.linux)]
    }
}

#[cfg(test)]
mod tests;
