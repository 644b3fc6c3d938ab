//! One window for each profile: a second start hands its link to the first one, and ends well.
#![cfg(target_os = "linux")]

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(1);

/// An X server of the test's own, or a program on it; it ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn display() -> (Running, String) {
    let mut process = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
        .args(["-nolisten", "tcp", "-noreset"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is needed for this test: ./dev test installs it");
    let mut number = String::new();
    let out = process.stdout.take().expect("it is a pipe");
    std::io::BufReader::new(out)
        .read_line(&mut number)
        .expect("it prints its number");
    (Running(process), format!(":{}", number.trim()))
}

/// The program with this profile, without a display, and on no desktop.
fn dialtone(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialtone"));
    command
        .arg("--profile")
        .arg(folder.join("profile"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_SESSION_TYPE");
    command
}

#[test]
fn a_second_start_shows_the_first_ones_window() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, display) = display();
    let first = dialtone(folder.path())
        .env("DISPLAY", display)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = Running(first);
    let socket = folder.path().join("profile/control.sock");
    let until = Instant::now() + PATIENCE;
    while !socket.exists() {
        assert!(Instant::now() < until, "the first one starts");
        std::thread::yield_now();
    }
    for link in [None, Some("dialtone://nonsense")] {
        let second = dialtone(folder.path()).args(link).output().unwrap();
        assert!(second.status.success(), "{second:?}");
    }
    assert!(
        first.0.try_wait().unwrap().is_none(),
        "the first one runs on"
    );
}

#[test]
fn links_are_registered_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("data/applications/dialtone.desktop");
    let list = folder.path().join("config/mimeapps.list");
    let run = |what: &str| {
        let done = dialtone(folder.path()).args(["desktop", what]).output();
        let done = done.unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    run("install");
    let text = std::fs::read_to_string(&entry).unwrap();
    assert!(text.contains(env!("CARGO_BIN_EXE_dialtone")), "{text}");
    let text = std::fs::read_to_string(&list).unwrap();
    assert!(
        text.contains("x-scheme-handler/dialtone=dialtone.desktop"),
        "{text}"
    );
    run("uninstall");
    assert!(!entry.exists());
}
