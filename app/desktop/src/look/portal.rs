//! The portal: what it says of each setting, and what follows from it.

use std::convert::Infallible;

use zbus::Connection;
use zbus::zvariant::Value;

use crate::Bus;
use crate::asking::{Asking, Next};
use crate::bus::{self, Peer};
use crate::event::{DesktopEvent, SystemLook};
use crate::service::{Service, Status};

const PORTAL: Peer = Peer {
    service: "org.freedesktop.portal.Desktop",
    path: "/org/freedesktop/portal/desktop",
    interface: "org.freedesktop.portal.Settings",
};
const APPEARANCE: &str = "org.freedesktop.appearance";
const GNOME: &str = "org.gnome.desktop.interface";
/// All that is asked for.
const ASKED: [(&str, &str); 4] = [
    (APPEARANCE, "color-scheme"),
    (APPEARANCE, "contrast"),
    (APPEARANCE, "reduced-motion"),
    (GNOME, "enable-animations"),
];

/// The settings, on one bus.
pub(super) struct Settings {
    bus: Bus,
}

impl Settings {
    pub(super) fn new(bus: Bus) -> Self {
        Self { bus }
    }

    async fn talk(&self, status: &Status) -> Result<Infallible, String> {
        let connection = bus::connect(&self.bus).await?;
        let mut asking = Asking::new(&connection, PORTAL).await?;
        loop {
            let mut look = SystemLook::default();
            let read = read_all(&connection, &mut look).await;
            let known = read.is_ok();
            asking.went(status, read);
            if known {
                status.tell(DesktopEvent::Look(look));
            }
            loop {
                match asking.next().await? {
                    Next::Again => break,
                    Next::Gone => {}
                    Next::Signal(signal) => {
                        let body = signal.body();
                        if let Ok((space, key, value)) =
                            body.deserialize::<(&str, &str, Value<'_>)>()
                            && take(&mut look, space, key, &value)
                        {
                            status.tell(DesktopEvent::Look(look));
                        }
                    }
                }
            }
        }
    }
}

impl Service for Settings {
    async fn serve(&mut self, status: &Status) -> String {
        let Err(fault) = self.talk(status).await;
        fault
    }
}

/// Reads whatever the portal knows; that it does not know one setting is no fault.
async fn read_all(connection: &Connection, look: &mut SystemLook) -> Result<(), String> {
    let mut fault = None;
    let mut answered = false;
    for (space, key) in ASKED {
        match bus::call(connection, PORTAL, "Read", &(space, key)).await {
            Ok(answer) => {
                answered = true;
                let body = answer.body();
                if let Ok(value) = body.deserialize::<Value<'_>>() {
                    take(look, space, key, &value);
                }
            }
            Err(error) if error.silent => return Err(error.words),
            Err(error) => fault = Some(error.words),
        }
    }
    match fault {
        Some(fault) if !answered => Err(fault),
        _ => Ok(()),
    }
}

/// Takes one setting in; whether it is one that counts, and another than before.
fn take(look: &mut SystemLook, space: &str, key: &str, value: &Value<'_>) -> bool {
    let before = *look;
    match (space, key) {
        (APPEARANCE, "color-scheme") => {
            look.dark = match number(value) {
                Some(1) => Some(true),
                Some(2) => Some(false),
                _ => None,
            };
        }
        (APPEARANCE, "contrast") => look.more_contrast = number(value).map(|number| number == 1),
        (APPEARANCE, "reduced-motion") => {
            look.reduced_motion = number(value).map(|number| number == 1);
        }
        // Where the desktop says both, the portal's own word counts.
        (GNOME, "enable-animations") if look.reduced_motion != Some(true) => {
            look.reduced_motion = flag(value).map(|on| !on);
        }
        _ => {}
    }
    *look != before
}

/// Old portals wrap the value twice.
fn bare<'a>(value: &'a Value<'a>) -> &'a Value<'a> {
    let mut value = value;
    for _ in 0..3 {
        match value {
            Value::Value(inner) => value = inner,
            _ => break,
        }
    }
    value
}

fn number(value: &Value<'_>) -> Option<u32> {
    bare(value).downcast_ref::<u32>().ok()
}

fn flag(value: &Value<'_>) -> Option<bool> {
    bare(value).downcast_ref::<bool>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_counts_as_the_portal_says() {
        let mut look = SystemLook::default();
        let wrapped = Value::Value(Box::new(Value::Value(Box::new(Value::U32(1)))));
        assert!(take(&mut look, APPEARANCE, "color-scheme", &wrapped));
        assert_eq!(look.dark, Some(true));
        assert!(!take(&mut look, APPEARANCE, "color-scheme", &Value::U32(1)));
        assert!(take(&mut look, APPEARANCE, "color-scheme", &Value::U32(2)));
        assert_eq!(look.dark, Some(false));
        for nonsense in [Value::U32(7), Value::from("dark"), Value::Bool(true)] {
            take(&mut look, APPEARANCE, "color-scheme", &nonsense);
            assert_eq!(look.dark, None);
        }
        assert!(take(
            &mut look,
            GNOME,
            "enable-animations",
            &Value::Bool(false)
        ));
        assert_eq!(look.reduced_motion, Some(true));
        assert!(take(&mut look, APPEARANCE, "contrast", &Value::U32(1)));
        assert!(!take(
            &mut look,
            "org.other",
            "color-scheme",
            &Value::U32(1)
        ));
    }
}
