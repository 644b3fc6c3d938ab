//! What the backends' tests share: a backend on a thread of its own, and what it tells.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::backend::{Backend, Fault, Sink, Stop};

/// The longest that a test waits for something that must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// What a backend told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Listening(Option<String>),
    Held(bool),
    Lost,
}

struct Recorder(Sender<Told>);

impl Sink for Recorder {
    fn listening(&self, trigger: Option<String>) {
        let _ = self.0.send(Told::Listening(trigger));
    }

    fn held(&self, held: bool) {
        let _ = self.0.send(Told::Held(held));
    }

    fn lost(&self) {
        let _ = self.0.send(Told::Lost);
    }
}

/// A backend that runs.
pub(super) struct Running {
    told: Receiver<Told>,
    stop: Stop,
    thread: JoinHandle<Result<(), Fault>>,
}

impl Running {
    /// Starts it; it may not listen yet.
    pub(super) fn start(mut backend: impl Backend + 'static, hotkey: &str) -> Self {
        let (sender, told) = channel();
        let (stop, hotkey) = (Stop::default(), hotkey.parse().unwrap());
        let stopped = stop.clone();
        let run = move || backend.run(&hotkey, &Recorder(sender), &stopped);
        Self {
            told,
            stop,
            thread: std::thread::spawn(run),
        }
    }

    /// Starts it, and waits until it listens.
    pub(super) fn listening(backend: impl Backend + 'static, hotkey: &str) -> Self {
        let running = Self::start(backend, hotkey);
        let first = running.next();
        assert!(matches!(first, Told::Listening(_)), "{first:?}");
        running
    }

    /// What it tells next.
    pub(super) fn next(&self) -> Told {
        self.told
            .recv_timeout(PATIENCE)
            .expect("the backend tells something")
    }

    /// What it has told until now and nobody has read.
    pub(super) fn unread(&self) -> Vec<Told> {
        self.told.try_iter().collect()
    }

    /// Stops it; what it ended with.
    pub(super) fn stop(self) -> Result<(), Fault> {
        self.stop.stop();
        self.thread.join().unwrap()
    }

    /// Waits until it ends by itself; it may still tell something before.
    pub(super) fn ended(self) -> Result<(), Fault> {
        let silent = loop {
            if let Err(silent) = self.told.recv_timeout(PATIENCE) {
                break silent;
            }
        };
        assert_eq!(silent, RecvTimeoutError::Disconnected, "it ends");
        self.thread.join().unwrap()
    }
}

/// An X server of a test's own, without a screen; it ends with the test.
#[cfg(target_os = "linux")]
pub(super) struct XServer {
    process: std::process::Child,
    pub(super) display: String,
}

#[cfg(target_os = "linux")]
impl XServer {
    pub(super) fn start() -> Self {
        use std::io::BufRead as _;
        use std::process::{Command, Stdio};

        // It draws a free number, and prints it once it can be connected to.
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is needed for this test: ./dev test installs it");
        let mut number = String::new();
        let out = process.stdout.take().unwrap();
        std::io::BufReader::new(out).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        Self { process, display }
    }

    pub(super) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(target_os = "linux")]
impl Drop for XServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A person at the X server's keyboard and mouse.
#[cfg(target_os = "linux")]
pub(super) struct Hands {
    pub(super) connection: x11rb::rust_connection::RustConnection,
    pub(super) root: u32,
}

#[cfg(target_os = "linux")]
impl Hands {
    pub(super) fn at(server: &XServer) -> Self {
        Self::on(&server.display)
    }

    pub(super) fn on(display: &str) -> Self {
        use x11rb::connection::Connection as _;

        let (connection, screen) =
            x11rb::rust_connection::RustConnection::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// The code of the key that means this, without modifiers.
    pub(super) fn code(&self, name: &str) -> u8 {
        use x11rb::connection::Connection as _;
        use x11rb::protocol::xproto::ConnectionExt as _;

        let keysym = super::keys::find(name).unwrap().keysym;
        let setup = self.connection.setup();
        let (first, count) = (setup.min_keycode, setup.max_keycode - setup.min_keycode);
        let layout = self.connection.get_keyboard_mapping(first, count).unwrap();
        let layout = layout.reply().unwrap();
        let width = usize::from(layout.keysyms_per_keycode);
        let mut rows = (first..).zip(layout.keysyms.chunks(width));
        let found = rows.find(|(_, meanings)| meanings.contains(&keysym));
        found.expect("the layout has this key").0
    }

    pub(super) fn key(&self, name: &str, down: bool) {
        self.fake(if down { 2 } else { 3 }, self.code(name));
    }

    pub(super) fn button(&self, number: u8, down: bool) {
        self.fake(if down { 4 } else { 5 }, number);
    }

    pub(super) fn fake(&self, kind: u8, detail: u8) {
        use x11rb::protocol::xtest::ConnectionExt as _;

        let sent = self
            .connection
            .xtest_fake_input(kind, detail, 0, self.root, 0, 0, 0);
        sent.unwrap().check().unwrap();
    }
}
