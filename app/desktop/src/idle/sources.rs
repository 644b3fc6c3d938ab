//! Who knows it: the X server's screen saver extension; under Wayland GNOME's idle monitor, or the screen saver's service.

use std::convert::Infallible;
use std::time::Duration;

use dialtone_words::say;
use x11rb::connection::Connection as _;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use zbus::Connection;

use crate::Bus;
use crate::bus::{self, Peer};
use crate::event::DesktopEvent;
use crate::service::{Service, Status};

const MUTTER: Peer = Peer {
    service: "org.gnome.Mutter.IdleMonitor",
    path: "/org/gnome/Mutter/IdleMonitor/Core",
    interface: "org.gnome.Mutter.IdleMonitor",
};
const SCREEN_SAVER: Peer = Peer {
    service: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
};
/// It is asked that often, unless less is waited for.
const EVERY: Duration = Duration::from_secs(15);
/// More than a day is nonsense, or no matter.
const LONGEST_MS: u64 = 24 * 3_600_000;

pub(super) struct Watch {
    bus: Bus,
    display: Option<String>,
    after: Duration,
}

/// Whoever answers.
enum Source {
    X(Box<RustConnection>, u32),
    Mutter(Connection),
    ScreenSaver(Connection),
}

impl Watch {
    pub(super) fn new(bus: Bus, display: Option<String>, after: Duration) -> Self {
        Self {
            bus,
            display,
            after,
        }
    }

    async fn source(&self) -> Result<Source, String> {
        if let Some(display) = &self.display {
            return x(display);
        }
        let connection = bus::connect(&self.bus).await?;
        for source in [
            Source::Mutter(connection.clone()),
            Source::ScreenSaver(connection),
        ] {
            if source.idle().await.is_ok() {
                return Ok(source);
            }
        }
        Err(say!("tray-idle-desktop").to_owned())
    }

    async fn watch(&self, status: &Status) -> Result<Infallible, String> {
        let source = self.source().await?;
        let mut was = false;
        loop {
            let idle = match source.idle().await {
                Ok(idle) => idle,
                Err(fault) => {
                    // Who cannot be asked is taken to be there.
                    if was {
                        status.tell(DesktopEvent::Idle(false));
                    }
                    return Err(fault);
                }
            };
            status.works();
            let now = idle >= self.after;
            if now != was {
                was = now;
                status.tell(DesktopEvent::Idle(now));
            }
            let rest = self.after.saturating_sub(idle);
            let soon = Duration::from_millis(100);
            let pause = if now { EVERY } else { rest };
            tokio::time::sleep(pause.clamp(soon, EVERY).min(self.after.max(soon))).await;
        }
    }
}

impl Service for Watch {
    async fn serve(&mut self, status: &Status) -> String {
        let Err(fault) = self.watch(status).await;
        fault
    }
}

fn x(display: &str) -> Result<Source, String> {
    let failed = |error: String| say!("tray-x-unasked", error = error);
    let (connection, screen) =
        x11rb::connect(Some(display)).map_err(|error| failed(error.to_string()))?;
    let root = connection.setup().roots[screen].root;
    let source = Source::X(Box::new(connection), root);
    Ok(source)
}

impl Source {
    async fn idle(&self) -> Result<Duration, String> {
        let ms = match self {
            Self::X(connection, root) => {
                let asked = connection.screensaver_query_info(*root);
                let asked = asked.map_err(|error| error.to_string())?;
                let answer = asked
                    .reply()
                    .map_err(|error| say!("tray-idle-x", error = error.to_string()))?;
                u64::from(answer.ms_since_user_input)
            }
            Self::Mutter(connection) => {
                let answer = bus::call(connection, MUTTER, "GetIdletime", &()).await?;
                answer
                    .body()
                    .deserialize()
                    .map_err(|error| error.to_string())?
            }
            Self::ScreenSaver(connection) => {
                let answer = bus::call(connection, SCREEN_SAVER, "GetSessionIdleTime", &()).await?;
                let ms: u32 = answer
                    .body()
                    .deserialize()
                    .map_err(|error| error.to_string())?;
                u64::from(ms)
            }
        };
        Ok(Duration::from_millis(ms.min(LONGEST_MS)))
    }
}
