//! Whether somebody is there: by the bus, and by a real X server.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dialtone_desktop::{DesktopEvent, Idle};
use zbus::interface;

use crate::bus::Bus;
use crate::told::{listen, until, wait_for};

struct ScreenSaver(Arc<AtomicU32>);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn get_session_idle_time(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

fn idle(told: &std::sync::mpsc::Receiver<DesktopEvent>) -> bool {
    wait_for(told, |event| match event {
        DesktopEvent::Idle(idle) => Some(idle),
        _ => None,
    })
}

#[test]
fn the_screen_savers_service_is_asked() {
    let bus = Bus::start();
    let ms = Arc::new(AtomicU32::new(10_000));
    let path = "/org/freedesktop/ScreenSaver";
    let server = ScreenSaver(Arc::clone(&ms));
    let _desktop = bus.serve("org.freedesktop.ScreenSaver", path, server);
    let (sink, told) = listen();
    let watch = Idle::start(bus.named(), None, Duration::from_millis(500), sink);
    assert!(idle(&told));
    assert!(watch.status().works());
    ms.store(0, Ordering::Relaxed);
    assert!(!idle(&told));
}

#[test]
fn where_nobody_knows_nobody_is_idle() {
    let bus = Bus::start();
    let (sink, told) = listen();
    let watch = Idle::start(bus.named(), None, Duration::from_millis(500), sink);
    until(&told, || watch.status().reason().is_some());
}

struct XServer(Child, String);

impl XServer {
    fn start() -> Self {
        use std::io::BufRead as _;

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
        Self(process, format!(":{}", number.trim()))
    }
}

impl Drop for XServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_x_server_is_asked_and_may_die() {
    let mut server = XServer::start();
    let (sink, told) = listen();
    let nowhere = dialtone_desktop::Bus::At("unix:path=/nowhere/at/all".to_owned());
    let display = Some(server.1.clone());
    let watch = Idle::start(nowhere, display, Duration::from_millis(300), sink);
    assert!(idle(&told), "nobody touches it");
    assert!(watch.status().works());
    let _ = server.0.kill();
    assert!(!idle(&told), "who cannot be asked is taken to be there");
    until(&told, || watch.status().reason().is_some());
}
