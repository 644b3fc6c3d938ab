//! The tray: announced to whoever shows it, whenever they come; its words, its icon, its menu.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use dialtone_desktop::{DesktopEvent, Tray, TrayChoice, TrayState};
use zbus::blocking::fdo::PropertiesProxy;
use zbus::blocking::{Connection, Proxy};
use zbus::interface;
use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Value};

use crate::bus::{Bus, PATIENCE};
use crate::told::{connect, listen, until, wait_for};

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A desktop with a tray, or without anybody who shows it.
struct Watcher {
    items: Sender<String>,
    shown: bool,
}

impl Watcher {
    fn new(shown: bool) -> (Self, Receiver<String>) {
        let (items, receiver) = channel();
        (Self { items, shown }, receiver)
    }
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[expect(clippy::needless_pass_by_value, reason = "as the bus gives it")]
    fn register_status_notifier_item(&self, item: String, #[zbus(header)] header: Header<'_>) {
        assert_eq!(header.sender().unwrap().as_str(), item);
        let _ = self.items.send(item);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.shown
    }
}

fn choice(told: &Receiver<DesktopEvent>) -> TrayChoice {
    wait_for(told, |event| match event {
        DesktopEvent::Tray(choice) => Some(choice),
        _ => None,
    })
}

/// What the menu offers: ids and labels.
fn menu(connection: &Connection, item: &str) -> Vec<(i32, String)> {
    type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
    let proxy = Proxy::new(connection, item.to_owned(), "/MenuBar", MENU).unwrap();
    let names: Vec<String> = Vec::new();
    let (_, (_, _, children)): (u32, Layout) =
        proxy.call("GetLayout", &(0_i32, -1_i32, names)).unwrap();
    let read = |child: OwnedValue| {
        let (id, mut properties, _): Layout = Value::from(child).try_into().unwrap();
        let label = properties.remove("label")?;
        Some((id, String::try_from(label).unwrap()))
    };
    children.into_iter().filter_map(read).collect()
}

type Pixmaps = Vec<(i32, i32, Vec<u8>)>;

/// A property of the icon, as it is now.
fn property(connection: &Connection, item: &str, name: &str) -> OwnedValue {
    let proxy = PropertiesProxy::new(connection, item.to_owned(), "/StatusNotifierItem").unwrap();
    proxy.get(ITEM.try_into().unwrap(), name).unwrap()
}

fn press(connection: &Connection, item: &str, label: &str) {
    let entries = menu(connection, item);
    let (id, _) = entries.iter().find(|(_, one)| one == label).unwrap();
    let proxy = Proxy::new(connection, item.to_owned(), "/MenuBar", MENU).unwrap();
    let event = (*id, "clicked", Value::from(0_i32), 0_u32);
    proxy.call::<_, _, ()>("Event", &event).unwrap();
}

#[test]
fn what_it_shows_follows_the_state_and_its_menu_is_heard() {
    let bus = Bus::start();
    let (watcher, items) = Watcher::new(true);
    let _desktop = bus.serve(NAME, PATH, watcher);
    let (sink, told) = listen();
    let tray = Tray::start(bus.named(), sink);
    let item = items.recv_timeout(PATIENCE).unwrap();
    until(&told, || tray.status().works());
    let host = connect(&bus);
    let proxy = Proxy::new(&host, item.clone(), "/StatusNotifierItem", ITEM).unwrap();
    let mut changes = proxy.receive_signal("NewIcon").unwrap();
    let icon = || -> Pixmaps { property(&host, &item, "IconPixmap").try_into().unwrap() };
    let words = || {
        let value = property(&host, &item, "ToolTip");
        let (.., words): (String, Pixmaps, String, String) = value.try_into().unwrap();
        words
    };
    assert_eq!(words(), "nothing new");
    let plain = icon();
    let labels = |all: Vec<(i32, String)>| all.into_iter().map(|(_, one)| one).collect::<Vec<_>>();
    let entries = labels(menu(&host, &item));
    assert_eq!(entries, ["Open Dialtone", "Do not disturb", "Quit"]);

    tray.show(TrayState {
        unread: 3,
        call: Some((true, false)),
        do_not_disturb: false,
    });
    changes.next().unwrap();
    assert_eq!(words(), "3 unread, in a call, muted");
    assert!(icon() != plain);
    let entries = labels(menu(&host, &item));
    let wanted = [
        "Open Dialtone",
        "Unmute",
        "Deafen",
        "Do not disturb",
        "Quit",
    ];
    assert_eq!(entries, wanted);
    press(&host, &item, "Unmute");
    assert_eq!(choice(&told), TrayChoice::Mute(false));
    press(&host, &item, "Do not disturb");
    assert_eq!(choice(&told), TrayChoice::DoNotDisturb(true));
    press(&host, &item, "Quit");
    assert_eq!(choice(&told), TrayChoice::Quit);
    proxy.call::<_, _, ()>("Activate", &(0_i32, 0_i32)).unwrap();
    assert_eq!(choice(&told), TrayChoice::Open);
    proxy
        .call::<_, _, ()>("SecondaryActivate", &(0_i32, 0_i32))
        .unwrap();
    assert_eq!(choice(&told), TrayChoice::Mute(false));
}

#[test]
fn a_tray_that_comes_and_goes_is_announced_to_each_time() {
    let bus = Bus::start();
    let (sink, told) = listen();
    let tray = Tray::start(bus.named(), sink);
    until(&told, || tray.status().reason().is_some());
    for _ in 0..2 {
        let (watcher, items) = Watcher::new(true);
        let desktop = bus.serve(NAME, PATH, watcher);
        items.recv_timeout(PATIENCE).unwrap();
        until(&told, || tray.status().works());
        desktop.close().unwrap();
        until(&told, || tray.status().reason().is_some());
    }
}

#[test]
fn where_nobody_shows_it_it_is_not_there() {
    let bus = Bus::start();
    let (watcher, items) = Watcher::new(false);
    let _desktop = bus.serve(NAME, PATH, watcher);
    let (sink, told) = listen();
    let tray = Tray::start(bus.named(), sink);
    items.recv_timeout(PATIENCE).unwrap();
    until(&told, || tray.status().reason().is_some());
}
