//! From a message to the desktop and back: what a notification says, and what follows when it is pressed or read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface is as the bus has it"
)]

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use dialtone_engine::settings::{DoNotDisturb, NotifyLevel};
use dialtone_engine::{AccountId, ChannelId, CommunityCommand, CommunityId, Event, Snapshot};
use dialtone_gui::demo::harbour;
use dialtone_gui::desktop::DesktopOptions;
use zbus::interface;
use zbus::zvariant::OwnedValue;

use crate::bus::{Bus, PATIENCE};
use crate::common::Window;
use crate::{WIDE, wishes};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Title and text of what is shown; a number of what is taken back.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Shown(String, String),
    Closed(u32),
}

struct Desktop(Sender<Asked>);

#[interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions"]
    }

    #[expect(clippy::too_many_arguments, reason = "as the bus has it")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let _ = self.0.send(Asked::Shown(summary, body));
        7
    }

    fn close_notification(&self, id: u32) {
        let _ = self.0.send(Asked::Closed(id));
    }
}

/// A window on a desktop that shows notifications.
struct Scene {
    window: Window,
    asked: Receiver<Asked>,
    desktop: zbus::blocking::Connection,
    _bus: Bus,
}

impl Scene {
    fn new(snapshot: Snapshot) -> Self {
        let bus = Bus::start();
        let (sender, asked) = channel();
        let desktop = bus.serve(NAME, PATH, Desktop(sender));
        let options = DesktopOptions {
            bus: bus.named(),
            ..DesktopOptions::default()
        };
        let window = Window::on(snapshot, WIDE, Some(options));
        Self {
            window,
            asked,
            desktop,
            _bus: bus,
        }
    }

    fn arrives(&mut self, place: (CommunityId, ChannelId), from: AccountId, mentioned: bool) {
        self.window.tell(Event::MessageArrived {
            community: place.0,
            channel: place.1,
            from,
            mentioned,
            text: Some("see you at six".to_owned()),
        });
    }

    fn next(&self) -> Asked {
        self.asked.recv_timeout(PATIENCE).unwrap()
    }

    /// The next of the window's wishes; it runs until there is one.
    fn wish(&mut self) -> CommunityCommand {
        let until = std::time::Instant::now() + PATIENCE;
        loop {
            self.window.harness.run_steps(1);
            if let Some(wish) = wishes(self.window.sent()).pop() {
                return wish;
            }
            assert!(std::time::Instant::now() < until, "nothing is wished");
            std::thread::yield_now();
        }
    }
}

/// A channel of the first community, by its name.
fn place(snapshot: &Snapshot, name: &str) -> (CommunityId, ChannelId) {
    let community = &snapshot.communities[0];
    let mut channels = community.channels.iter();
    let found = channels.find(|one| one.name.as_deref() == Some(name));
    (community.id, found.unwrap().id)
}

fn one_community() -> Snapshot {
    let mut snapshot = harbour();
    snapshot.communities.truncate(1);
    snapshot
}

fn mikael(snapshot: &Snapshot) -> AccountId {
    let mut members = snapshot.communities[0].members.iter();
    members.find(|one| one.name == "Mikael").unwrap().account
}

#[test]
fn a_message_is_told_without_its_text_and_pressing_it_opens_its_channel() {
    let snapshot = one_community();
    let (direct, from) = (place(&snapshot, "Mikael"), mikael(&snapshot));
    let general = place(&snapshot, "general");
    let mut scene = Scene::new(snapshot);
    scene.window.sent();
    // A channel tells mentions alone.
    scene.arrives(general, from, false);
    scene.arrives(direct, from, false);
    let shown = |title: &str, body: &str| Asked::Shown(title.to_owned(), body.to_owned());
    assert_eq!(scene.next(), shown("Mikael", "New message"));
    let pressed = (7_u32, "default");
    scene
        .desktop
        .emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &pressed)
        .unwrap();
    assert_eq!(scene.wish(), CommunityCommand::Open(direct.1));

    scene.window.change_all(|all| {
        all.settings.notifications.show_text = true;
        let community = std::sync::Arc::make_mut(&mut all.communities[0]);
        for channel in &mut community.channels {
            std::sync::Arc::make_mut(channel).unread = 1;
        }
    });
    scene.arrives(direct, from, false);
    assert_eq!(scene.next(), shown("Mikael", "see you at six"));
    // It is read, here or at another device.
    scene.window.change(|community| {
        for channel in &mut community.channels {
            std::sync::Arc::make_mut(channel).unread = 0;
        }
    });
    assert_eq!(scene.next(), Asked::Closed(7));
}

#[test]
fn nothing_is_told_of_what_is_muted_and_while_one_is_not_to_be_disturbed() {
    let mut snapshot = one_community();
    let (direct, from) = (place(&snapshot, "Mikael"), mikael(&snapshot));
    let settings = &mut snapshot.settings.notifications;
    settings.choose(&direct.0, &direct.1, Some(NotifyLevel::None));
    let committee = place(&snapshot, "committee");
    let open = place(&snapshot, "general");
    let mut scene = Scene::new(snapshot);
    // One looks at the channel that is open, since the window has the keyboard.
    scene.arrives(open, from, true);
    scene.arrives(direct, from, true);
    // In their order: had the first been told, it would come before the second.
    scene.arrives(committee, from, true);
    let told = "Mikael in committee".to_owned();
    let body = "You are mentioned".to_owned();
    assert_eq!(scene.next(), Asked::Shown(told, body));
    scene
        .window
        .change_all(|all| all.settings.notifications.do_not_disturb = DoNotDisturb::On);
    scene.arrives(committee, from, true);
    let silent = scene.asked.recv_timeout(Duration::from_millis(500));
    assert_eq!(silent, Err(RecvTimeoutError::Timeout));
}
