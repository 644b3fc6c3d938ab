//! The icon itself, as `org.kde.StatusNotifierItem` has it.
#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface is as the bus has it"
)]

use tokio::sync::watch;
use zbus::interface;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

use super::icon::{self, Pixmap};
use super::{TrayState, menu};
use crate::event::{DesktopEvent, TrayChoice};
use crate::service::Status;

/// Where it is.
pub(super) const PATH: &str = "/StatusNotifierItem";

/// The icon on the bus.
pub(super) struct Item {
    pub(super) state: watch::Receiver<TrayState>,
    pub(super) status: Status,
}

#[interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    fn activate(&self, _x: i32, _y: i32) {
        self.status.tell(DesktopEvent::Tray(TrayChoice::Open));
    }

    /// The middle button mutes: the fastest way there is.
    fn secondary_activate(&self, _x: i32, _y: i32) {
        let call = self.state.borrow().call;
        if let Some((muted, deafened)) = call {
            let choice = TrayChoice::Mute(!(muted || deafened));
            self.status.tell(DesktopEvent::Tray(choice));
        }
    }

    fn context_menu(&self, _x: i32, _y: i32) {}

    fn scroll(&self, _delta: i32, _orientation: &str) {}

    #[zbus(property)]
    fn category(&self) -> &'static str {
        "Communications"
    }

    #[zbus(property)]
    fn id(&self) -> &'static str {
        "dialtone"
    }

    #[zbus(property)]
    fn title(&self) -> &'static str {
        "Dialtone"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "Active"
    }

    #[zbus(property)]
    fn window_id(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn icon_name(&self) -> &'static str {
        ""
    }

    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<Pixmap> {
        icon::draw(*self.state.borrow())
    }

    #[zbus(property)]
    fn overlay_icon_name(&self) -> &'static str {
        ""
    }

    #[zbus(property)]
    fn attention_icon_name(&self) -> &'static str {
        ""
    }

    #[zbus(property)]
    fn tool_tip(&self) -> (String, Vec<Pixmap>, String, String) {
        let words = self.state.borrow().words();
        (String::new(), Vec::new(), "Dialtone".to_owned(), words)
    }

    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn menu(&self) -> OwnedObjectPath {
        zbus::zvariant::ObjectPath::from_static_str_unchecked(menu::PATH).into()
    }

    #[zbus(signal)]
    pub(super) async fn new_icon(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_tool_tip(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}
