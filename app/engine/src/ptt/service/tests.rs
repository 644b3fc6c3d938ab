//! With backends that do what a test tells them.

use std::sync::mpsc::{Receiver, Sender, channel};

use super::super::testing::PATIENCE;
use super::*;

/// What a test tells a backend.
enum Cue {
    Listen,
    Hold(bool),
    DeviceGone,
    End(Fault),
    Panic,
}

/// A backend that was started: to tell it what to do.
struct Started {
    kind: BackendKind,
    hotkey: String,
    cues: Sender<Cue>,
}

struct Scripted {
    kind: BackendKind,
    available: Result<(), String>,
    started: Sender<Started>,
}

impl Backend for Scripted {
    fn available(&self) -> Result<(), String> {
        self.available.clone()
    }

    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault> {
        let (cues, todo) = channel();
        let ender = cues.clone();
        stop.on_stop(move || {
            let _ = ender.send(Cue::End(Fault::Lost("stopped".into())));
        });
        let (kind, hotkey) = (self.kind, hotkey.to_string());
        let _ = self.started.send(Started { kind, hotkey, cues });
        for cue in todo {
            match cue {
                Cue::Listen => sink.listening(None),
                Cue::Hold(held) => sink.held(held),
                Cue::DeviceGone => sink.lost(),
                Cue::End(_) if stop.is_stopped() => return Ok(()),
                Cue::End(fault) => return Err(fault),
                Cue::Panic => panic!("as a library might"),
            }
        }
        Ok(())
    }
}

struct Scene {
    push: PushToTalk,
    started: Receiver<Started>,
    applied: Receiver<bool>,
    runtime: tokio::runtime::Runtime,
}

fn scene(desktop: Desktop, available: fn(BackendKind) -> Result<(), String>) -> Scene {
    let (started, told_of_starts) = channel();
    let (applied, told_of_keys) = channel();
    let backends = move |kind| {
        Box::new(Scripted {
            kind,
            available: available(kind),
            started: started.clone(),
        }) as Box<dyn Backend>
    };
    let apply = move |held| {
        let _ = applied.send(held);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let push = PushToTalk::new(desktop, Box::new(backends), Box::new(apply));
    runtime.spawn(push.clone().watch_delay());
    Scene {
        push,
        started: told_of_starts,
        applied: told_of_keys,
        runtime,
    }
}

impl Scene {
    fn started(&self) -> Started {
        self.started.recv_timeout(PATIENCE).unwrap()
    }

    fn applied(&self) -> bool {
        self.applied.recv_timeout(PATIENCE).unwrap()
    }

    /// Waits until what is shown is so.
    fn shows(&self, is_so: impl Fn(&PushState) -> bool) -> PushState {
        self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                loop {
                    let view = self.push.view();
                    if is_so(&view) {
                        return view;
                    }
                    self.push.changed().await;
                }
            })
            .await
            .unwrap()
        })
    }
}

const X11: Desktop = Desktop {
    display: super::super::Display::X11,
    wayland_hotkey_fallback: false,
};
const WAYLAND: Desktop = Desktop {
    display: super::super::Display::Wayland,
    wayland_hotkey_fallback: false,
};

fn wish() -> Wish {
    Wish {
        active: true,
        hotkey: "F8".into(),
        backend: BackendChoice::Auto,
        release_ms: 0,
        portal_allowed: false,
    }
}

/// Everything can be used.
const ALL: fn(BackendKind) -> Result<(), String> = |_| Ok(());

fn running(view: &PushState, of: BackendKind) -> bool {
    matches!(view.listening, Listening::Running { backend, .. } if backend == of)
}

#[test]
fn a_key_that_is_heard_reaches_the_voice_and_the_snapshot() {
    let scene = scene(X11, ALL);
    scene.push.configure(wish());
    let backend = scene.started();
    assert_eq!(
        (backend.kind, &*backend.hotkey),
        (BackendKind::XInput, "F8")
    );
    backend.cues.send(Cue::Listen).unwrap();
    scene.shows(|view| running(view, BackendKind::XInput));
    backend.cues.send(Cue::Hold(true)).unwrap();
    assert!(scene.applied());
    scene.shows(|view| view.held);
    backend.cues.send(Cue::Hold(false)).unwrap();
    assert!(!scene.applied());
    scene.push.stop();
}

#[test]
fn the_release_delay_holds_a_little_longer() {
    let scene = scene(X11, ALL);
    scene.push.configure(Wish {
        release_ms: 150,
        ..wish()
    });
    scene.push.set(Source::Socket, true);
    assert!(scene.applied());
    let began = std::time::Instant::now();
    scene.push.set(Source::Socket, false);
    assert!(!scene.applied());
    assert!(began.elapsed() >= Duration::from_millis(150));
    scene.push.toggle(Source::Socket);
    assert!(scene.applied());
}

#[test]
fn while_no_key_is_wanted_nothing_is_heard() {
    let scene = scene(X11, ALL);
    scene.push.set(Source::Window, true);
    scene.push.configure(Wish {
        active: false,
        ..wish()
    });
    scene.push.set(Source::Socket, true);
    assert!(!scene.push.is_wanted() && scene.applied.try_recv().is_err());
    assert_eq!(scene.push.view(), PushState::default());
    assert!(scene.started.try_recv().is_err());
}

#[test]
fn what_cannot_be_used_is_said_and_the_next_is_taken() {
    let scene = scene(X11, |kind| match kind {
        BackendKind::XInput => Err("it is too old".into()),
        _ => Ok(()),
    });
    scene.push.configure(wish());
    let backend = scene.started();
    backend.cues.send(Cue::Listen).unwrap();
    let view = scene.shows(|view| running(view, BackendKind::DeviceQuery));
    assert_eq!(view.passed_over, ["xinput: it is too old."]);
    assert!(view.remarks().count() > 1, "and what it does not hear");
    let no = Fault::Unavailable("it broke".into());
    backend.cues.send(Cue::End(no)).unwrap();
    let view = scene.shows(|view| view.listening == Listening::Nothing);
    assert_eq!(
        view.passed_over,
        ["xinput: it is too old.", "device-query: it broke."]
    );
}

#[test]
fn under_wayland_the_user_is_told_before_the_desktop_asks() {
    let scene = scene(WAYLAND, ALL);
    scene.push.configure(wish());
    scene.shows(|view| view.listening == Listening::AskFirst);
    assert!(scene.started.try_recv().is_err(), "nothing was asked");
    scene.push.configure(Wish {
        portal_allowed: true,
        ..wish()
    });
    let backend = scene.started();
    assert_eq!(backend.kind, BackendKind::Portal);
    let no = Fault::Refused("you said no".into());
    backend.cues.send(Cue::End(no)).unwrap();
    let view = scene.shows(|view| view.listening == Listening::Nothing);
    assert_eq!(view.passed_over, ["portal: you said no."]);
    scene.push.retry();
    assert_eq!(scene.started().kind, BackendKind::Portal);
}

#[test]
fn a_lost_backend_lets_go_and_is_started_again() {
    let scene = scene(X11, ALL);
    scene.push.configure(Wish {
        release_ms: 2_000,
        ..wish()
    });
    for end in [Cue::End(Fault::Lost("gone".into())), Cue::Panic] {
        let backend = scene.started();
        backend.cues.send(Cue::Listen).unwrap();
        backend.cues.send(Cue::Hold(true)).unwrap();
        assert!(scene.applied());
        backend.cues.send(end).unwrap();
        assert!(!scene.applied(), "at once");
        let view = scene.shows(|view| view.listening == Listening::Waiting);
        assert_eq!(view.passed_over.len(), 1);
    }
    scene.push.stop();
}

#[test]
fn a_device_that_goes_lets_go_at_once() {
    let scene = scene(X11, ALL);
    scene.push.configure(Wish {
        release_ms: 2_000,
        ..wish()
    });
    let backend = scene.started();
    backend.cues.send(Cue::Hold(true)).unwrap();
    assert!(scene.applied());
    let began = std::time::Instant::now();
    backend.cues.send(Cue::DeviceGone).unwrap();
    assert!(!scene.applied());
    assert!(began.elapsed() < Duration::from_millis(1_900));
}

#[test]
fn another_key_starts_anew_and_what_the_old_one_tells_does_not_count() {
    let scene = scene(X11, ALL);
    scene.push.configure(wish());
    let old = scene.started();
    old.cues.send(Cue::Hold(true)).unwrap();
    assert!(scene.applied());
    scene.push.configure(Wish {
        hotkey: "Mouse8".into(),
        ..wish()
    });
    assert!(!scene.applied(), "what was held is let go");
    let new = scene.started();
    assert_eq!(new.hotkey, "Mouse8");
    let _ = old.cues.send(Cue::Hold(true));
    new.cues.send(Cue::Listen).unwrap();
    scene.shows(|view| running(view, BackendKind::XInput));
    assert!(scene.applied.try_recv().is_err());
    // The delay alone changes nothing else.
    scene.push.configure(Wish {
        hotkey: "Mouse8".into(),
        release_ms: 90,
        ..wish()
    });
    assert!(running(&scene.push.view(), BackendKind::XInput));
}

#[test]
fn what_is_no_key_is_said() {
    let scene = scene(X11, ALL);
    scene.push.configure(Wish {
        hotkey: "no such key".into(),
        ..wish()
    });
    let view = scene.push.view();
    assert_eq!(view.listening, Listening::Nothing);
    assert!(view.passed_over[0].contains("no such key"));
    assert!(scene.started.try_recv().is_err());
}
