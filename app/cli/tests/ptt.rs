//! `dialtone ptt`, and any other program, press the key of a running client.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// A client without a window; it ends with the test.
struct Client {
    process: Child,
    reports: std::io::Lines<BufReader<ChildStdout>>,
}

fn dialtone(profile: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialtone"));
    command.arg("--profile").arg(profile).env_remove("DISPLAY");
    command
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_SESSION_TYPE");
    command
}

impl Client {
    fn start(profile: &Path, flags: &[&str]) -> Self {
        let mut process = dialtone(profile)
            .arg("bot")
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let out = process.stdout.take().expect("it is a pipe");
        let mut client = Self {
            process,
            reports: BufReader::new(out).lines(),
        };
        client.wait(|_| true);
        client
    }

    /// The next report whose key is so.
    fn wait(&mut self, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self
                .reports
                .next()
                .expect("the client runs")
                .expect("it writes text");
            let report: Value = serde_json::from_str(&line).expect("a report is JSON");
            if report["report"] == "state" && is_so(&report["key"]) {
                return report["key"].clone();
            }
        }
    }

    fn is_held(&mut self, held: bool) {
        self.wait(|key| key["held"] == held);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn ptt(profile: &Path, action: &str) -> Output {
    dialtone(profile)
        .args(["ptt", action])
        .output()
        .expect("the program starts")
}

fn presses(profile: &Path, action: &str) {
    let done = ptt(profile, action);
    assert!(done.status.success(), "{action}: {done:?}");
    assert!(done.stdout.is_empty() && done.stderr.is_empty(), "{done:?}");
}

fn refused(profile: &Path, action: &str, why: &str) {
    let done = ptt(profile, action);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && said.contains(why), "{said}");
}

/// One line to the socket, as a script writes it, and the answer.
fn ask(profile: &Path, line: &str) -> String {
    let mut socket = UnixStream::connect(profile.join("control.sock")).expect("the client listens");
    socket.write_all(line.as_bytes()).expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn the_key_is_pressed_released_and_turned_over_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    refused(&profile, "press", "start it first");
    let mut client = Client::start(&profile, &["--voice-ptt=F9"]);
    presses(&profile, "press");
    client.is_held(true);
    presses(&profile, "release");
    client.is_held(false);
    for held in [true, false] {
        presses(&profile, "toggle");
        client.is_held(held);
    }
    let status = String::from_utf8(ptt(&profile, "status").stdout).unwrap();
    assert!(status.contains("in this window only"), "{status}");
    assert!(status.contains("It is not held."), "{status}");

    let answer = ask(&profile, "{\"do\":\"ptt\",\"action\":\"press\"}\n");
    assert!(answer.starts_with("{\"key\":{\"held\":true,"), "{answer}");
    client.is_held(true);
}

#[test]
fn the_socket_is_its_owners_alone_and_bears_with_nonsense() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let mut client = Client::start(&profile, &["--voice-ptm"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&profile.join("control.sock")), 0o600);
    assert_eq!(mode(&profile), 0o700);
    for nonsense in [
        "\n",
        "{}\n",
        "{\"do\":\"ptt\",\"action\":\"smash\"}\n",
        "\u{0}\u{1}\n",
    ] {
        let answer = ask(&profile, nonsense);
        assert!(answer.starts_with("{\"error\":"), "{answer}");
    }
    // A line without an end is given up at 64 KiB, and many who say nothing keep nobody else waiting for long.
    let endless = ask(&profile, &"x".repeat(64 * 1024));
    assert!(endless.starts_with("{\"error\":"), "{endless}");
    let _silent: Vec<_> = (0..8)
        .map(|_| UnixStream::connect(profile.join("control.sock")).unwrap())
        .collect();
    presses(&profile, "press");
    client.is_held(true);
}

#[test]
fn flags_hold_for_one_run_and_where_no_key_decides_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    drop(Client::start(&profile, &["--voice-ptt=Mouse8"]));
    let _client = Client::start(&profile, &[]);
    refused(&profile, "press", "choose push-to-talk or push-to-mute");
    let status = ptt(&profile, "status");
    assert!(
        String::from_utf8(status.stdout)
            .unwrap()
            .contains("by voice")
    );
}

#[test]
fn a_backend_that_cannot_be_used_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let nowhere = "unix:path=/nowhere/bus";
    let mut client = dialtone(&profile);
    client
        .args(["bot", "--voice-ptt", "--voice-ptt-backend", "portal"])
        .env("DBUS_SESSION_BUS_ADDRESS", nowhere)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut process = client.spawn().unwrap();
    let out = process.stdout.take().unwrap();
    let mut client = Client {
        process,
        reports: BufReader::new(out).lines(),
    };
    let key = client.wait(|key| key["remarks"].as_array().is_some_and(|one| !one.is_empty()));
    let why = key["remarks"][0].as_str().unwrap();
    assert!(why.starts_with("portal: no message bus"), "{why}");
    presses(&profile, "press");
    client.is_held(true);
}

#[test]
fn the_meter_and_the_counters_are_written_once_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let mut client = dialtone(&profile);
    client
        .args(["bot", "--voice-meter", "--voice-debug"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut process = client.spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut has = |words: &str| {
        let found = lines.by_ref().map_while(Result::ok);
        let found = found.take(60).find(|line| line.contains(words));
        assert!(found.is_some(), "no line has {words}");
    };
    has("dBFS");
    has("packets sent");
    drop(process.stdin.take());
    let _ = process.wait();
}
