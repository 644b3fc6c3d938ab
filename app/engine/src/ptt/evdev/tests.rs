//! With recorded devices: what the kernel would tell, as a list.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::super::testing::{Running, Told};
use super::*;

/// What a recorded device does.
#[derive(Clone)]
enum Record {
    /// It may not be opened.
    Refused,
    /// It has these keys, and tells what comes.
    Keys(Vec<u16>),
}

type Wire = mpsc::UnboundedReceiver<KeyChange>;

/// The devices of a machine that is not there.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Places>>);

type Places = BTreeMap<PathBuf, (Record, Option<Wire>)>;

struct Recording {
    keys: Vec<u16>,
    wire: Option<Wire>,
}

impl Recorded {
    /// Plugs one in. What is sent is what it tells; it is pulled out when the sender is dropped.
    fn plug_in(&self, place: &str, keys: &[u16]) -> mpsc::UnboundedSender<KeyChange> {
        let (sender, wire) = unbounded();
        let record = (Record::Keys(keys.to_vec()), Some(wire));
        self.0.lock().insert(place.into(), record);
        sender
    }
}

#[expect(clippy::disallowed_methods, reason = "a test sends a few keys")]
fn unbounded() -> (mpsc::UnboundedSender<KeyChange>, Wire) {
    mpsc::unbounded_channel()
}

impl Devices for Recorded {
    fn list(&self) -> io::Result<Vec<PathBuf>> {
        Ok(self.0.lock().keys().cloned().collect())
    }

    fn open(&self, place: &Path) -> io::Result<Box<dyn Device>> {
        let mut all = self.0.lock();
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let (record, wire) = all.get_mut(place).ok_or_else(missing)?;
        match record {
            Record::Refused => Err(io::ErrorKind::PermissionDenied.into()),
            Record::Keys(keys) => Ok(Box::new(Recording {
                keys: keys.clone(),
                wire: wire.take(),
            })),
        }
    }
}

#[async_trait]
impl Device for Recording {
    fn has(&self, code: u16) -> bool {
        self.keys.contains(&code)
    }

    async fn next(&mut self) -> io::Result<KeyChange> {
        let wire = self.wire.as_mut();
        let gone = || io::Error::from_raw_os_error(19);
        wire.ok_or_else(gone)?.recv().await.ok_or_else(gone)
    }
}

const F8: u16 = 66;
const SIDE: u16 = 0x113;
const A: u16 = 30;

fn key(code: u16, down: bool) -> KeyChange {
    KeyChange { code, down }
}

#[test]
fn recorded_keys_are_heard_and_others_are_not_told() {
    let devices = Recorded::default();
    let keyboard = devices.plug_in("event3", &[A, F8]);
    let running = Running::listening(Evdev::new(devices), "F8");
    for (code, down) in [
        (A, true),
        (F8, true),
        // Repeats.
        (F8, true),
        (A, false),
        (F8, false),
        (A, true),
        (F8, true),
    ] {
        keyboard.send(key(code, down)).unwrap();
    }
    let told = [running.next(), running.next(), running.next()];
    assert_eq!(
        told,
        [Told::Held(true), Told::Held(false), Told::Held(true)]
    );
    assert_eq!(running.unread(), []);
    running.stop().unwrap();
}

#[test]
fn a_combination_may_come_from_two_devices() {
    let devices = Recorded::default();
    let keyboard = devices.plug_in("event3", &[A, 29, 97]);
    let mouse = devices.plug_in("event5", &[0x110, SIDE]);
    let running = Running::listening(Evdev::new(devices), "Ctrl+Mouse8");
    keyboard.send(key(97, true)).unwrap();
    mouse.send(key(SIDE, true)).unwrap();
    assert_eq!(running.next(), Told::Held(true));
    keyboard.send(key(97, false)).unwrap();
    assert_eq!(running.next(), Told::Held(false));
    running.stop().unwrap();
}

#[test]
fn a_keyboard_that_is_pulled_out_lets_go_and_is_read_again_when_it_comes_back() {
    let devices = Recorded::default();
    let keyboard = devices.plug_in("event3", &[F8]);
    let running = Running::listening(Evdev::new(devices.clone()), "F8");
    keyboard.send(key(F8, true)).unwrap();
    assert_eq!(running.next(), Told::Held(true));
    drop(keyboard);
    assert_eq!(running.next(), Told::Lost);
    let again = devices.plug_in("event3", &[F8]);
    again.send(key(F8, true)).unwrap();
    assert_eq!(running.next(), Told::Held(true));
    running.stop().unwrap();
}

#[test]
fn why_nothing_can_be_read_is_said() {
    let devices = Recorded::default();
    let why = Evdev::new(devices.clone()).available().unwrap_err();
    assert!(why.contains("no input device"), "{why}");
    let refused = (Record::Refused, None);
    devices.0.lock().insert("event0".into(), refused);
    let why = Evdev::new(devices.clone()).available().unwrap_err();
    assert!(why.contains("group \"input\""), "{why}");
    let _mouse = devices.plug_in("event1", &[SIDE]);
    assert_eq!(Evdev::new(devices.clone()).available(), Ok(()));
    let ended = Running::start(Evdev::new(devices), "F8").ended();
    assert!(matches!(ended, Err(Fault::Unavailable(why)) if why.contains("has the key")));
}

#[test]
fn this_machine_can_be_asked() {
    // Whatever it has: the answer is yes, or words.
    if let Err(why) = Evdev::of_this_machine().available() {
        assert!(why.contains("input device"), "{why}");
    }
}

#[test]
fn a_button_that_linux_does_not_know_is_said() {
    let devices = Recorded::default();
    let _mouse = devices.plug_in("event1", &[SIDE]);
    let ended = Running::start(Evdev::new(devices), "Mouse20").ended();
    assert!(matches!(ended, Err(Fault::Unavailable(_))));
}
