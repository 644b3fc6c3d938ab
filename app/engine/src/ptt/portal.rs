//! The desktop's own shortcuts, by the portal `org.freedesktop.portal.GlobalShortcuts`: the way under Wayland.
//!
//! The desktop asks its user whether it may, and which key; what it then passes on is that this shortcut went down or up, and nothing else
//! that is typed.

use std::pin::pin;
use std::time::Duration;

use ashpd::desktop::global_shortcuts::{
    BindShortcutsOptions, GlobalShortcuts, NewShortcut, Shortcut,
};
use ashpd::desktop::{CreateSessionOptions, ResponseError};
use dialtone_words::say;
use futures_util::StreamExt as _;
use tokio::sync::oneshot;
use tokio::time::timeout;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use super::backend::{Backend, Fault, Sink, Stop};
use super::hotkey::Hotkey;

const SERVICE: &str = "org.freedesktop.portal.Desktop";
const OBJECT: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.GlobalShortcuts";
/// By this the desktop remembers what the user answered.
const SHORTCUT: &str = "push-to-talk";
/// The longest that the bus or the portal may take where nobody is asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// The backend, on one message bus.
pub(crate) struct Portal {
    bus: Option<String>,
}

impl Portal {
    /// On the bus of this address, or that of the session.
    pub(crate) fn new(bus: Option<String>) -> Self {
        Self { bus }
    }

    async fn connect(&self) -> Result<zbus::Connection, String> {
        let connect = async {
            match &self.bus {
                None => zbus::connection::Builder::session()?.build().await,
                Some(bus) => {
                    let bus = zbus::connection::Builder::address(bus.as_str())?;
                    bus.build().await
                }
            }
        };
        let connected = timeout(PATIENCE, connect).await;
        match connected {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(say!("reach-no-bus", error = error.to_string())),
            Err(_) => Err(say!("reach-bus-silent").to_owned()),
        }
    }

    async fn look(&self) -> Result<(), String> {
        let connection = self.connect().await?;
        let proxy = zbus::Proxy::new(&connection, SERVICE, OBJECT, INTERFACE);
        let proxy = proxy.await.map_err(|error| error.to_string())?;
        match timeout(PATIENCE, proxy.get_property::<u32>("version")).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(say!("reach-no-shortcuts", error = error.to_string())),
            Err(_) => Err(say!("reach-portal-silent").to_owned()),
        }
    }

    async fn listen(&self, hotkey: &Hotkey, sink: &dyn Sink) -> Result<(), Fault> {
        let connection = self.connect().await.map_err(Fault::Unavailable)?;
        let begun = timeout(PATIENCE, Conversation::begin(&connection)).await;
        let silent = |_| Fault::Unavailable(say!("reach-portal-silent").to_owned());
        let talk = begun
            .map_err(silent)?
            .map_err(|error| unavailable(&error))?;
        let listened = talk.listen(hotkey, sink).await;
        // So that the desktop forgets the shortcut now; the connection's end would do it, too.
        let _ = timeout(Duration::from_secs(1), talk.session.close()).await;
        listened
    }
}

impl Backend for Portal {
    fn available(&self) -> Result<(), String> {
        let runtime = runtime().map_err(|error| error.to_string())?;
        runtime.block_on(self.look())
    }

    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault> {
        let runtime = runtime().map_err(|error| Fault::Unavailable(error.to_string()))?;
        let (sender, stopped) = oneshot::channel();
        stop.on_stop(move || {
            let _ = sender.send(());
        });
        runtime.block_on(async {
            tokio::select! {
                ended = self.listen(hotkey, sink) => ended,
                _ = stopped => Ok(()),
            }
        })
    }
}

/// For waiting alone: the bus has threads of its own.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build()
}

fn unavailable(error: &ashpd::Error) -> Fault {
    Fault::Unavailable(say!("reach-no-shortcut", error = error.to_string()))
}

/// What was begun with the desktop's portal.
struct Conversation {
    shortcuts: GlobalShortcuts,
    session: ashpd::desktop::Session<GlobalShortcuts>,
    bus: DBusProxy<'static>,
}

impl Conversation {
    async fn begin(connection: &zbus::Connection) -> Result<Self, ashpd::Error> {
        let shortcuts = GlobalShortcuts::with_connection(connection.clone()).await?;
        Ok(Self {
            session: shortcuts
                .create_session(CreateSessionOptions::default())
                .await?,
            shortcuts,
            bus: DBusProxy::new(connection).await?,
        })
    }

    async fn listen(&self, hotkey: &Hotkey, sink: &dyn Sink) -> Result<(), Fault> {
        let failed = |error: ashpd::Error| unavailable(&error);
        let of_bus = |error: zbus::Error| unavailable(&error.into());
        // Before the shortcut is bound, so that nothing is missed.
        let activated = self.shortcuts.receive_activated().await.map_err(failed)?;
        let deactivated = self.shortcuts.receive_deactivated().await.map_err(failed)?;
        let changed = self.shortcuts.receive_shortcuts_changed().await;
        let closed = self.session.receive_closed().await.map_err(failed)?;
        let service = BusName::from_static_str(SERVICE).map_err(|error| of_bus(error.into()))?;
        let names = [(0, service.as_str())];
        let owner = self.bus.receive_name_owner_changed_with_args(&names);
        let mut owner = pin!(owner.await.map_err(of_bus)?);
        let (mut activated, mut deactivated) = (pin!(activated), pin!(deactivated));
        let (mut changed, mut closed) = (pin!(changed.map_err(failed)?), pin!(closed));

        sink.listening(self.bind(hotkey).await?);
        let lost = |why: &str| Err(Fault::Lost(why.to_owned()));
        let gone = say!("reach-portal-ended");
        loop {
            tokio::select! {
                event = activated.next() => match event {
                    Some(event) if event.shortcut_id() == SHORTCUT => sink.held(true),
                    Some(_) => {}
                    None => return lost(gone),
                },
                event = deactivated.next() => match event {
                    Some(event) if event.shortcut_id() == SHORTCUT => sink.held(false),
                    Some(_) => {}
                    None => return lost(gone),
                },
                event = changed.next() => match event {
                    Some(event) => sink.listening(trigger(event.shortcuts())),
                    None => return lost(gone),
                },
                _ = closed.next() => return lost(say!("reach-shortcut-ended")),
                _ = owner.next() => return lost(say!("reach-portal-anew")),
            }
        }
    }

    /// Waits as long as the user thinks about the desktop's question.
    async fn bind(&self, hotkey: &Hotkey) -> Result<Option<String>, Fault> {
        let wish = hotkey.portal_trigger();
        let shortcut = NewShortcut::new(SHORTCUT, say!("reach-shortcut"));
        let wished = [shortcut.preferred_trigger(wish.as_deref())];
        let options = BindShortcutsOptions::default();
        let asked = self
            .shortcuts
            .bind_shortcuts(&self.session, &wished, None, options);
        let answer = asked.await.and_then(|request| request.response());
        match answer {
            Ok(bound) => Ok(trigger(bound.shortcuts())),
            Err(ashpd::Error::Response(ResponseError::Cancelled)) => {
                Err(Fault::Refused(say!("reach-you-said-no").to_owned()))
            }
            Err(error) => Err(unavailable(&error)),
        }
    }
}

/// The key that the desktop has given, in its words.
fn trigger(shortcuts: &[Shortcut]) -> Option<String> {
    let ours = shortcuts.iter().find(|one| one.id() == SHORTCUT)?;
    let words: String = ours.trigger_description().chars().take(64).collect();
    (!words.trim().is_empty()).then_some(words)
}

#[cfg(test)]
mod tests;
