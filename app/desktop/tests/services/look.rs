//! The look that the desktop wants: read at the start, and when it changes.

#![expect(clippy::unused_self, reason = "the interface is as the bus has it")]

use dialtone_desktop::{DesktopEvent, LookWatch, SystemLook};
use zbus::interface;
use zbus::zvariant::{OwnedValue, Value};

use crate::bus::Bus;
use crate::told::{listen, until, wait_for};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";

/// A portal that knows two of the settings.
struct Portal;

#[interface(name = "org.freedesktop.portal.Settings")]
impl Portal {
    #[expect(clippy::needless_pass_by_value, reason = "as the bus gives it")]
    fn read(&self, space: String, key: String) -> zbus::fdo::Result<OwnedValue> {
        let value = match (space.as_str(), key.as_str()) {
            (APPEARANCE, "color-scheme") => Value::Value(Box::new(Value::U32(2))),
            ("org.gnome.desktop.interface", "enable-animations") => Value::Bool(false),
            _ => return Err(zbus::fdo::Error::Failed("not known".to_owned())),
        };
        Ok(value.try_into().unwrap())
    }
}

#[test]
fn what_the_portal_says_counts_and_so_do_its_changes() {
    let bus = Bus::start();
    let portal = bus.serve(NAME, PATH, Portal);
    let (sink, told) = listen();
    let watch = LookWatch::start(bus.named(), sink);
    let look = || {
        wait_for(&told, |event| match event {
            DesktopEvent::Look(look) => Some(look),
            _ => None,
        })
    };
    let light = SystemLook {
        dark: Some(false),
        more_contrast: None,
        reduced_motion: Some(true),
    };
    assert_eq!(look(), light);
    assert!(watch.status().works());
    let change = (APPEARANCE, "color-scheme", Value::U32(1));
    portal
        .emit_signal(None::<&str>, PATH, SETTINGS, "SettingChanged", &change)
        .unwrap();
    let dark = SystemLook {
        dark: Some(true),
        ..light
    };
    assert_eq!(look(), dark);
}

#[test]
fn without_a_portal_nothing_is_said_until_one_comes() {
    let bus = Bus::start();
    let (sink, told) = listen();
    let watch = LookWatch::start(bus.named(), sink);
    until(&told, || watch.status().reason().is_some());
    let _portal = bus.serve(NAME, PATH, Portal);
    until(&told, || watch.status().works());
}
