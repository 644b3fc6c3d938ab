//! The service `org.freedesktop.Notifications`, as the Desktop Notifications Specification 1.2 has it.
//!
//! ```text
//! find it (what can it do?) ─► show, take back, hear what is pressed ─► it went or hangs ─► find it again
//! ```

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_words::say;
use futures_util::StreamExt as _;
use zbus::zvariant::Value;
use zbus::{Connection, Message, MessageStream};

use super::{Change, Note, Pending};
use crate::Bus;
use crate::bus::{self, Peer};
use crate::event::{DesktopEvent, Tag};
use crate::service::{Backoff, Service, Status};

const SERVER: Peer = Peer {
    service: "org.freedesktop.Notifications",
    path: "/org/freedesktop/Notifications",
    interface: "org.freedesktop.Notifications",
};
/// The action of pressing the notification itself.
const DEFAULT: &str = "default";

/// The desktop's notifications, on one bus.
pub(super) struct Server {
    bus: Bus,
    pending: Arc<Pending>,
}

impl Server {
    pub(super) fn new(bus: Bus, pending: Arc<Pending>) -> Self {
        Self { bus, pending }
    }

    async fn talk(&self, status: &Status) -> Result<Infallible, String> {
        let connection = bus::connect(&self.bus).await?;
        // Before anything is shown, so that nothing that is told of it is missed.
        let mut signals = bus::signals(&connection, SERVER).await?;
        let mut owners = bus::owners(&connection, SERVER.service).await?;
        let mut backoff = Backoff::default();
        loop {
            let fault = match Talk::begin(&connection).await {
                Ok(talk) => {
                    status.works();
                    let ended = talk.serve(&self.pending, &mut signals, &mut owners, status);
                    match ended.await {
                        Ended::Bus => return Err(say!("tray-bus-ended").to_owned()),
                        Ended::Owner(true) => {
                            backoff.reset();
                            continue;
                        }
                        Ended::Owner(false) => say!("tray-notifications-ended").to_owned(),
                        Ended::Fault(fault) => fault,
                    }
                }
                Err(fault) => fault,
            };
            status.missing(fault);
            let pause = Duration::from_secs(backoff.next_s());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                come = appears(&mut owners) => {
                    if !come {
                        return Err(say!("tray-bus-ended").to_owned());
                    }
                    backoff.reset();
                }
            }
        }
    }
}

impl Service for Server {
    async fn serve(&mut self, status: &Status) -> String {
        let Err(fault) = self.talk(status).await;
        fault
    }
}

/// Waits until the service has an owner; false when the bus ended.
async fn appears(owners: &mut MessageStream) -> bool {
    while let Some(message) = owners.next().await {
        if message.is_ok_and(|message| bus::has_owner(&message)) {
            return true;
        }
    }
    false
}

/// Why one server is not talked to any more.
enum Ended {
    /// The bus is gone.
    Bus,
    /// The service belongs to another program now, or to none.
    Owner(bool),
    /// It does not do what is asked.
    Fault(String),
}

/// With one run of the service, which numbers what it shows.
struct Talk<'a> {
    connection: &'a Connection,
    /// It reads markup in the text.
    markup: bool,
    actions: bool,
    shown: BTreeMap<Tag, u32>,
}

impl<'a> Talk<'a> {
    async fn begin(connection: &'a Connection) -> Result<Self, String> {
        let answer = bus::call(connection, SERVER, "GetCapabilities", &()).await?;
        let body = answer.body();
        let can: Vec<&str> = body.deserialize().map_err(|error| error.to_string())?;
        Ok(Self {
            connection,
            markup: can.contains(&"body-markup"),
            actions: can.contains(&"actions"),
            shown: BTreeMap::new(),
        })
    }

    async fn serve(
        mut self,
        pending: &Pending,
        signals: &mut MessageStream,
        owners: &mut MessageStream,
        status: &Status,
    ) -> Ended {
        loop {
            while let Some((tag, change)) = pending.take(Instant::now()) {
                if let Err((fault, change)) = self.change(tag, change).await {
                    if let Some(change) = change {
                        pending.give_back(tag, change);
                    }
                    return Ended::Fault(fault);
                }
            }
            tokio::select! {
                () = pending.more.notified() => {}
                signal = signals.next() => match signal {
                    Some(Ok(signal)) => self.signal(&signal, status),
                    Some(Err(_)) => {}
                    None => return Ended::Bus,
                },
                owner = owners.next() => match owner {
                    Some(Ok(owner)) => return Ended::Owner(bus::has_owner(&owner)),
                    Some(Err(_)) => {}
                    None => return Ended::Bus,
                },
            }
        }
    }

    async fn change(&mut self, tag: Tag, change: Change) -> Result<(), (String, Option<Change>)> {
        match change {
            Change::Show(note, since) => match self.show(&note).await {
                Ok(id) => {
                    self.shown.insert(tag, id);
                    Ok(())
                }
                Err(fault) => Err((fault, Some(Change::Show(note, since)))),
            },
            Change::Withdraw => {
                let Some(id) = self.shown.remove(&tag) else {
                    return Ok(());
                };
                let which = (id,);
                let closed = bus::call(self.connection, SERVER, "CloseNotification", &which);
                // That it was closed already is none of anybody's business.
                match closed.await {
                    Err(fault) if fault.silent => Err((fault.words, None)),
                    _ => Ok(()),
                }
            }
        }
    }

    async fn show(&self, note: &Note) -> Result<u32, String> {
        let replaced = self.shown.get(&note.tag).copied().unwrap_or(0);
        let body = if self.markup {
            escaped(&note.body)
        } else {
            note.body.clone()
        };
        let actions: &[&str] = if self.actions {
            &[DEFAULT, say!("tray-open")]
        } else {
            &[]
        };
        let hints: HashMap<&str, Value<'_>> = HashMap::from([
            ("desktop-entry", Value::from("dialtone")),
            ("category", Value::from("im.received")),
        ]);
        let wish = (
            "Dialtone",
            replaced,
            "dialtone",
            &note.title,
            &body,
            actions,
            hints,
            -1_i32,
        );
        let answer = bus::call(self.connection, SERVER, "Notify", &wish).await?;
        answer
            .body()
            .deserialize()
            .map_err(|error| error.to_string())
    }

    fn signal(&mut self, signal: &Message, status: &Status) {
        let header = signal.header();
        let member = header.member().map(zbus::names::MemberName::as_str);
        let body = signal.body();
        match member {
            Some("ActionInvoked") => {
                let Ok((id, DEFAULT)) = body.deserialize::<(u32, &str)>() else {
                    return;
                };
                let pressed = self.shown.iter().find(|(_, shown)| **shown == id);
                if let Some((tag, _)) = pressed {
                    status.tell(DesktopEvent::Pressed(*tag));
                }
            }
            Some("NotificationClosed") => {
                if let Ok((id, _)) = body.deserialize::<(u32, u32)>() {
                    self.shown.retain(|_, shown| *shown != id);
                }
            }
            _ => {}
        }
    }
}

/// The text without markup in it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_looks_like_markup_is_shown_as_written() {
        let text = super::escaped("<b>a & b</b> <img src=\"file:///x\"/>");
        assert_eq!(
            text,
            "&lt;b&gt;a &amp; b&lt;/b&gt; &lt;img src=\"file:///x\"/&gt;"
        );
    }
}
