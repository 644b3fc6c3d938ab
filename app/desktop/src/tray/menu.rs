//! The tray's menu, as `com.canonical.dbusmenu` has it: the entries are a pure function of the state.
#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface is as the bus has it"
)]

use std::collections::HashMap;

use dialtone_words::say;
use tokio::sync::watch;
use zbus::interface;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, StructureBuilder, Value};

use super::TrayState;
use crate::event::{DesktopEvent, TrayChoice};
use crate::service::Status;

/// Where it is.
pub(super) const PATH: &str = "/MenuBar";

/// One entry; without a choice it is a line between others.
struct Entry {
    id: i32,
    words: &'static str,
    choice: Option<TrayChoice>,
    checked: Option<bool>,
}

/// The entries in order.
fn entries(state: TrayState) -> Vec<Entry> {
    let entry = |id, words, choice| Entry {
        id,
        words,
        choice: Some(choice),
        checked: None,
    };
    let line = |id| Entry {
        id,
        words: "",
        choice: None,
        checked: None,
    };
    let mut all = vec![entry(1, say!("tray-show"), TrayChoice::Open), line(2)];
    if let Some((muted, deafened)) = state.call {
        let quiet = muted || deafened;
        let words = if quiet {
            say!("voice-unmute")
        } else {
            say!("voice-mute")
        };
        all.push(entry(3, words, TrayChoice::Mute(!quiet)));
        let words = if deafened {
            say!("panel-undeafen")
        } else {
            say!("voice-deafen")
        };
        all.push(entry(4, words, TrayChoice::Deafen(!deafened)));
        all.push(line(5));
    }
    all.push(Entry {
        id: 6,
        words: say!("desk-do-not-disturb"),
        choice: Some(TrayChoice::DoNotDisturb(!state.do_not_disturb)),
        checked: Some(state.do_not_disturb),
    });
    all.push(line(7));
    all.push(entry(8, say!("tray-quit"), TrayChoice::Quit));
    all
}

type Properties = HashMap<String, OwnedValue>;
type Layout = (i32, Properties, Vec<OwnedValue>);

fn properties(entry: &Entry) -> Properties {
    let mut all: Vec<(&str, Value<'_>)> = Vec::new();
    if entry.choice.is_none() {
        all.push(("type", "separator".into()));
    } else {
        all.push(("label", entry.words.into()));
    }
    if let Some(checked) = entry.checked {
        all.push(("toggle-type", "checkmark".into()));
        all.push(("toggle-state", i32::from(checked).into()));
    }
    owned(all)
}

fn owned(all: Vec<(&str, Value<'_>)>) -> Properties {
    let own = |(name, value): (&str, Value<'_>)| Some((name.to_owned(), value.try_into().ok()?));
    all.into_iter().filter_map(own).collect()
}

/// The menu on the bus.
pub(super) struct Menu {
    pub(super) state: watch::Receiver<TrayState>,
    pub(super) revision: u32,
    pub(super) status: Status,
}

impl Menu {
    fn press(&self, id: i32, event: &str) -> bool {
        let state = *self.state.borrow();
        let found = entries(state).into_iter().find(|entry| entry.id == id);
        if event == "clicked"
            && let Some(choice) = found.as_ref().and_then(|entry| entry.choice)
        {
            self.status.tell(DesktopEvent::Tray(choice));
        }
        id == 0 || found.is_some()
    }

    fn of(&self, id: i32) -> Option<Properties> {
        if id == 0 {
            return Some(owned(vec![("children-display", "submenu".into())]));
        }
        let state = *self.state.borrow();
        let found = entries(state).into_iter().find(|entry| entry.id == id);
        found.as_ref().map(properties)
    }
}

#[interface(name = "com.canonical.dbusmenu")]
impl Menu {
    fn get_layout(&self, parent: i32, depth: i32, _names: Vec<String>) -> (u32, Layout) {
        let state = *self.state.borrow();
        let mut children = Vec::new();
        if parent == 0 && depth != 0 {
            for entry in entries(state) {
                let layout = StructureBuilder::new()
                    .add_field(entry.id)
                    .add_field(properties(&entry))
                    .add_field(Vec::<OwnedValue>::new())
                    .build();
                let value = layout
                    .ok()
                    .and_then(|layout| Value::from(layout).try_into().ok());
                children.extend(value);
            }
        }
        let own = self.of(parent).unwrap_or_default();
        (self.revision, (parent, own, children))
    }

    fn get_group_properties(&self, ids: Vec<i32>, _names: Vec<String>) -> Vec<(i32, Properties)> {
        let all: Vec<i32> = if ids.is_empty() {
            (0..=8).collect()
        } else {
            ids.into_iter().take(16).collect()
        };
        let found = all.into_iter().filter_map(|id| Some((id, self.of(id)?)));
        found.collect()
    }

    fn get_property(&self, id: i32, name: &str) -> zbus::fdo::Result<OwnedValue> {
        let found = self.of(id).and_then(|mut all| all.remove(name));
        found.ok_or_else(|| zbus::fdo::Error::InvalidArgs("there is no such property".to_owned()))
    }

    fn event(&self, id: i32, event: &str, _data: OwnedValue, _time: u32) {
        self.press(id, event);
    }

    fn event_group(&self, events: Vec<(i32, String, OwnedValue, u32)>) -> Vec<i32> {
        let unknown = events.into_iter().take(16);
        let unknown = unknown.filter(|(id, event, ..)| !self.press(*id, event));
        unknown.map(|(id, ..)| id).collect()
    }

    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    fn about_to_show_group(&self, _ids: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
        (Vec::new(), Vec::new())
    }

    #[zbus(property)]
    fn version(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn text_direction(&self) -> &'static str {
        "ltr"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "normal"
    }

    #[zbus(property)]
    fn icon_theme_path(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(signal)]
    pub(super) async fn layout_updated(
        emitter: &SignalEmitter<'_>,
        revision: u32,
        parent: i32,
    ) -> zbus::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(state: TrayState) -> Vec<&'static str> {
        let all = entries(state).into_iter();
        all.filter(|entry| entry.choice.is_some())
            .map(|entry| entry.words)
            .collect()
    }

    #[test]
    fn the_call_decides_what_there_is() {
        let mut state = TrayState::default();
        assert_eq!(words(state), ["Open Dialtone", "Do not disturb", "Quit"]);
        for (call, mute, deafen) in [
            ((false, false), "Mute", "Deafen"),
            ((true, false), "Unmute", "Deafen"),
            ((false, true), "Unmute", "Undeafen"),
        ] {
            state.call = Some(call);
            assert_eq!(
                words(state),
                ["Open Dialtone", mute, deafen, "Do not disturb", "Quit"]
            );
        }
    }
}
