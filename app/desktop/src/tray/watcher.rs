//! The tray's place: announced to `org.kde.StatusNotifierWatcher`, again when that comes anew.

use std::convert::Infallible;

use dialtone_words::say;
use tokio::sync::watch;
use tokio::time::timeout;
use zbus::Connection;

use super::TrayState;
use super::item::{self, Item};
use super::menu::{self, Menu};
use crate::Bus;
use crate::asking::{Asking, Next};
use crate::bus::{self, PATIENCE, Peer};
use crate::service::{Service, Status};

const WATCHER: Peer = Peer {
    service: "org.kde.StatusNotifierWatcher",
    path: "/StatusNotifierWatcher",
    interface: "org.kde.StatusNotifierWatcher",
};

/// The icon, on one bus.
pub(super) struct Watched {
    bus: Bus,
    state: watch::Receiver<TrayState>,
}

impl Watched {
    pub(super) fn new(bus: Bus, state: watch::Receiver<TrayState>) -> Self {
        Self { bus, state }
    }

    async fn talk(&mut self, status: &Status) -> Result<Infallible, String> {
        let connection = bus::connect(&self.bus).await?;
        self.serve_objects(&connection, status).await?;
        let name = connection.unique_name().map(ToString::to_string);
        let name = name.ok_or(say!("tray-bus-ended"))?;
        let mut asking = Asking::new(&connection, WATCHER).await?;
        loop {
            asking.went(status, announce(&connection, &name).await);
            loop {
                tokio::select! {
                    next = asking.next() => match next? {
                        Next::Again => break,
                        Next::Signal(signal) if is_of_hosts(&signal) => break,
                        Next::Signal(_) => {}
                        Next::Gone => status.missing(say!("tray-none")),
                    },
                    changed = self.state.changed() => {
                        if changed.is_err() {
                            // Its handle is gone, and it ends at once.
                            std::future::pending::<()>().await;
                        }
                        tell(&connection).await?;
                    }
                }
            }
        }
    }

    async fn serve_objects(&self, connection: &Connection, status: &Status) -> Result<(), String> {
        let item = Item {
            state: self.state.clone(),
            status: status.clone(),
        };
        let menu = Menu {
            state: self.state.clone(),
            revision: 1,
            status: status.clone(),
        };
        let server = connection.object_server();
        let failed = |error: zbus::Error| say!("tray-no-icon", error = error.to_string());
        server.at(item::PATH, item).await.map_err(failed)?;
        server.at(menu::PATH, menu).await.map_err(failed)?;
        Ok(())
    }
}

impl Service for Watched {
    async fn serve(&mut self, status: &Status) -> String {
        let Err(fault) = self.talk(status).await;
        fault
    }
}

/// Lets the watcher know of the icon, and looks whether anybody shows it.
async fn announce(connection: &Connection, name: &str) -> Result<(), String> {
    let asked = bus::call(connection, WATCHER, "RegisterStatusNotifierItem", &name);
    asked.await.map_err(|fault| {
        tracing::debug!("tray: {}", fault.words);
        say!("tray-none").to_owned()
    })?;
    let property = (WATCHER.interface, "IsStatusNotifierHostRegistered");
    let peer = Peer {
        interface: "org.freedesktop.DBus.Properties",
        ..WATCHER
    };
    let answer = bus::call(connection, peer, "Get", &property).await?;
    let body = answer.body();
    let shown: zbus::zvariant::Value<'_> = body.deserialize().map_err(|error| error.to_string())?;
    match bool::try_from(shown) {
        Ok(false) => Err(say!("tray-none").to_owned()),
        // A watcher that answers anything else is taken to show it.
        _ => Ok(()),
    }
}

fn is_of_hosts(signal: &zbus::Message) -> bool {
    let header = signal.header();
    let member = header.member().map(zbus::names::MemberName::as_str);
    matches!(
        member,
        Some("StatusNotifierHostRegistered" | "StatusNotifierHostUnregistered")
    )
}

/// Says that icon, words and menu are others.
async fn tell(connection: &Connection) -> Result<(), String> {
    let all = async {
        let server = connection.object_server();
        let item = server.interface::<_, Item>(item::PATH).await?;
        Item::new_icon(item.signal_emitter()).await?;
        Item::new_tool_tip(item.signal_emitter()).await?;
        let menu = server.interface::<_, Menu>(menu::PATH).await?;
        let revision = {
            let mut menu = menu.get_mut().await;
            menu.revision = menu.revision.wrapping_add(1);
            menu.revision
        };
        Menu::layout_updated(menu.signal_emitter(), revision, 0).await
    };
    match timeout(PATIENCE, all).await {
        Ok(told) => told.map_err(|error| error.to_string()),
        Err(_) => Err(say!("tray-bus-silent").to_owned()),
    }
}
