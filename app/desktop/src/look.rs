//! How the desktop wants programs to look, by the portal `org.freedesktop.portal.Settings`: at the start, and whenever it changes.

#[cfg(target_os = "linux")]
mod portal;

use crate::Bus;
use crate::event::Sink;
use crate::service::{Availability, Status};

/// Watches the desktop's look; what it says is told as [`DesktopEvent::Look`](crate::DesktopEvent).
pub struct LookWatch {
    status: Status,
    #[cfg(target_os = "linux")]
    _life: crate::service::Life,
}

impl LookWatch {
    /// Begins to ask.
    pub fn start(bus: Bus, sink: Sink) -> Self {
        let status = Status::new("look", sink);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = bus;
            status.missing(dialtone_words::say!("tray-look-system"));
            Self { status }
        }
        #[cfg(target_os = "linux")]
        {
            let service = portal::Settings::new(bus);
            Self {
                _life: crate::service::start(service, status.clone()),
                status,
            }
        }
    }

    /// What is known of the portal.
    pub fn status(&self) -> Availability {
        self.status.get()
    }
}
