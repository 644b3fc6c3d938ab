//! How long nobody has touched the computer.

use std::time::Duration;

#[cfg(target_os = "linux")]
mod sources;

use crate::Bus;
use crate::event::Sink;
use crate::service::{Availability, Status};

/// Watches whether somebody is there; told as [`DesktopEvent::Idle`](crate::DesktopEvent).
pub struct Idle {
    status: Status,
    #[cfg(target_os = "linux")]
    _life: crate::service::Life,
}

impl Idle {
    /// Begins to watch: idle is who has touched nothing for `after`. The X server is asked where `display` names one, else whoever on the bus
    /// knows.
    pub fn start(bus: Bus, display: Option<String>, after: Duration, sink: Sink) -> Self {
        let status = Status::new("idle", sink);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (bus, display, after);
            status.missing(dialtone_words::say!("tray-idle-system"));
            Self { status }
        }
        #[cfg(target_os = "linux")]
        {
            let service = sources::Watch::new(bus, display, after);
            Self {
                _life: crate::service::start(service, status.clone()),
                status,
            }
        }
    }

    /// What is known of whoever knows.
    pub fn status(&self) -> Availability {
        self.status.get()
    }
}
