//! Notifications: shown as they are written, replaced, taken back, pressed; and a service that is slow, gone or silent.

#![expect(
    clippy::used_underscore_binding,
    reason = "the interface is as the bus has it"
)]

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use dialtone_desktop::{DesktopEvent, Note, Notifications, Tag};
use zbus::interface;
use zbus::zvariant::OwnedValue;

use crate::bus::{Bus, PATIENCE};
use crate::told::{connect, listen, until, wait_for};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What the pretended desktop was asked.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Notify {
        replaces: u32,
        summary: String,
        body: String,
        actions: Vec<String>,
    },
    Close(u32),
}

/// A desktop that shows notifications.
struct Server {
    asked: Sender<Asked>,
    capabilities: Vec<&'static str>,
    next: u32,
    /// It takes what it is asked, and never answers.
    silent: bool,
}

impl Server {
    fn new(capabilities: &[&'static str]) -> (Self, Receiver<Asked>) {
        let (asked, receiver) = channel();
        let server = Self {
            asked,
            capabilities: capabilities.to_vec(),
            next: 10,
            silent: false,
        };
        (server, receiver)
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    async fn get_capabilities(&self) -> Vec<String> {
        if self.silent {
            std::future::pending::<()>().await;
        }
        self.capabilities.iter().map(ToString::to_string).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "as the bus has it")]
    fn notify(
        &mut self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let asked = Asked::Notify {
            replaces,
            summary,
            body,
            actions,
        };
        let _ = self.asked.send(asked);
        self.next += u32::from(replaces == 0);
        if replaces == 0 { self.next } else { replaces }
    }

    fn close_notification(&self, id: u32) {
        let _ = self.asked.send(Asked::Close(id));
    }
}

fn note(number: u8, title: &str, body: &str) -> Note {
    Note {
        tag: Tag([number; 48]),
        title: title.to_owned(),
        body: body.to_owned(),
    }
}

fn shown(replaces: u32, summary: &str, body: &str) -> Asked {
    Asked::Notify {
        replaces,
        summary: summary.to_owned(),
        body: body.to_owned(),
        actions: vec!["default".to_owned(), "Open".to_owned()],
    }
}

fn next(asked: &Receiver<Asked>) -> Asked {
    asked.recv_timeout(PATIENCE).expect("the desktop is asked")
}

#[test]
fn one_is_shown_replaced_pressed_and_taken_back() {
    let bus = Bus::start();
    let (server, asked) = Server::new(&["body", "body-markup", "actions"]);
    let desktop = bus.serve(NAME, PATH, server);
    let (sink, told) = listen();
    let notifications = Notifications::start(bus.named(), sink);
    notifications.show(note(1, "Anna in #general", "1 < 2 & <b>you</b>"));
    assert_eq!(
        next(&asked),
        shown(
            0,
            "Anna in #general",
            "1 &lt; 2 &amp; &lt;b&gt;you&lt;/b&gt;"
        )
    );
    notifications.show(note(2, "Ben", "hello"));
    assert_eq!(next(&asked), shown(0, "Ben", "hello"));
    // The next of the same conversation takes the place of the first.
    notifications.show(note(1, "Anna in #general", "again"));
    assert_eq!(next(&asked), shown(11, "Anna in #general", "again"));

    // A stranger on the bus cannot press it.
    let stranger = connect(&bus);
    let press = |by: &zbus::blocking::Connection, id: u32| {
        by.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(id, "default"))
            .unwrap();
    };
    let pressed = || {
        wait_for(&told, |event| match event {
            DesktopEvent::Pressed(tag) => Some(tag),
            _ => None,
        })
    };
    press(&stranger, 11);
    press(&desktop, 99);
    press(&desktop, 12);
    assert_eq!(pressed(), Tag([2; 48]));

    notifications.withdraw(Tag([1; 48]));
    assert_eq!(next(&asked), Asked::Close(11));
    notifications.withdraw(Tag([9; 48]));
    notifications.show(note(3, "Cleo", "hello"));
    assert_eq!(next(&asked), shown(0, "Cleo", "hello"));
    // What the desktop closed by itself is not replaced any more; once the later signal is heard, so is this one.
    let closed = (12_u32, 2_u32);
    desktop
        .emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &closed)
        .unwrap();
    press(&desktop, 13);
    assert_eq!(pressed(), Tag([3; 48]));
    notifications.show(note(2, "Ben", "anew"));
    assert_eq!(next(&asked), shown(0, "Ben", "anew"));
}

#[test]
fn plain_text_stays_as_it_is_where_nothing_reads_markup() {
    let bus = Bus::start();
    let (server, asked) = Server::new(&["body"]);
    let _desktop = bus.serve(NAME, PATH, server);
    let notifications = Notifications::start(bus.named(), listen().0);
    notifications.show(note(1, "Anna", "a < b"));
    let Asked::Notify { body, actions, .. } = next(&asked) else {
        panic!("nothing is shown");
    };
    assert_eq!(body, "a < b");
    assert!(actions.is_empty(), "{actions:?}");
}

#[test]
fn a_desktop_that_dies_is_found_again() {
    let bus = Bus::start();
    let (sink, told) = listen();
    let notifications = Notifications::start(bus.named(), sink);
    // There is none at first.
    until(&told, || notifications.status().reason().is_some());
    let (server, asked) = Server::new(&["actions"]);
    let desktop = bus.serve(NAME, PATH, server);
    until(&told, || notifications.status().works());
    notifications.show(note(1, "Anna", "one"));
    assert_eq!(next(&asked), shown(0, "Anna", "one"));

    desktop.close().unwrap();
    until(&told, || notifications.status().reason().is_some());
    notifications.show(note(1, "Anna", "two"));
    let (server, asked) = Server::new(&["actions"]);
    let _desktop = bus.serve(NAME, PATH, server);
    // The new one knows nothing of what the old one showed.
    assert_eq!(next(&asked), shown(0, "Anna", "two"));
    until(&told, || notifications.status().works());
}

#[test]
fn a_desktop_that_never_answers_holds_nobody_up() {
    let bus = Bus::start();
    let (mut server, asked) = Server::new(&["actions"]);
    server.silent = true;
    let desktop = bus.serve(NAME, PATH, server);
    let (sink, told) = listen();
    let notifications = Notifications::start(bus.named(), sink);
    let began = Instant::now();
    for number in 0..200 {
        notifications.show(note(number, "Anna", "hello"));
        notifications.withdraw(Tag([number; 48]));
    }
    assert!(began.elapsed() < Duration::from_secs(1));
    until(&told, || notifications.status().reason().is_some());
    let reason = notifications.status();
    assert!(
        reason.reason().unwrap().contains("does not answer"),
        "{reason:?}"
    );
    let began = Instant::now();
    drop(desktop);
    drop(notifications);
    assert!(began.elapsed() < Duration::from_secs(1));
    assert!(asked.try_recv().is_err());
}

#[test]
fn without_a_bus_it_says_so() {
    let (sink, told) = listen();
    let nowhere = dialtone_desktop::Bus::At("unix:path=/nowhere/at/all".to_owned());
    let notifications = Notifications::start(nowhere, sink);
    notifications.show(note(1, "Anna", "hello"));
    until(&told, || notifications.status().reason().is_some());
}
