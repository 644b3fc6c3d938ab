//! The message bus: connected to and asked with patience, so that nothing that hangs there holds a service for ever.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;
use zbus::zvariant::DynamicType;
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::Bus;

/// The longest that the bus, or somebody on it, may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// What the bus answers where a service is not there, and is not to be started.
const UNKNOWN: &str = "org.freedesktop.DBus.Error.ServiceUnknown";
/// Signals that wait to be read; more than these are not read by anybody.
const SIGNALS: usize = 64;

/// Somebody on the bus.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) service: &'static str,
    pub(crate) path: &'static str,
    pub(crate) interface: &'static str,
}

/// Connects to a bus.
///
/// # Errors
/// In words.
pub(crate) async fn connect(bus: &Bus) -> Result<Connection, String> {
    let builder = match bus {
        Bus::Session => zbus::connection::Builder::session(),
        Bus::At(address) => zbus::connection::Builder::address(address.as_str()),
    };
    let connect = async { builder?.build().await };
    match timeout(PATIENCE, connect).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(format!(
            "the desktop's message bus cannot be reached ({error})"
        )),
        Err(_) => Err("the desktop's message bus does not answer".to_owned()),
    }
}

/// Calls a method.
///
/// # Errors
/// In words.
pub(crate) async fn call<B>(
    connection: &Connection,
    to: Peer,
    method: &str,
    body: &B,
) -> Result<Message, String>
where
    B: Serialize + DynamicType,
{
    let asked = connection.call_method(Some(to.service), to.path, Some(to.interface), method, body);
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(zbus::Error::MethodError(name, ..))) if name.as_str() == UNKNOWN => {
            Err(format!("nobody on this desktop offers {}", to.service))
        }
        Ok(Err(zbus::Error::MethodError(name, text, _))) => {
            let text = text.unwrap_or_else(|| name.to_string());
            Err(format!("{} refused ({text})", to.service))
        }
        Ok(Err(error)) => Err(format!("{} cannot be asked ({error})", to.service)),
        Err(_) => Err(format!("{} does not answer", to.service)),
    }
}

/// What somebody tells, and nobody in their place.
///
/// # Errors
/// In words.
pub(crate) async fn signals(connection: &Connection, of: Peer) -> Result<MessageStream, String> {
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(of.service)
        .and_then(|rule| rule.interface(of.interface))
        .map_err(|error| words(&error))?
        .build();
    listen(connection, rule).await
}

/// Comings and goings of a service.
///
/// # Errors
/// In words.
pub(crate) async fn owners(
    connection: &Connection,
    service: &'static str,
) -> Result<MessageStream, String> {
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender("org.freedesktop.DBus")
        .and_then(|rule| rule.interface("org.freedesktop.DBus"))
        .and_then(|rule| rule.member("NameOwnerChanged"))
        .and_then(|rule| rule.arg(0, service))
        .map_err(|error| words(&error))?
        .build();
    listen(connection, rule).await
}

async fn listen(connection: &Connection, rule: MatchRule<'_>) -> Result<MessageStream, String> {
    let listening = MessageStream::for_match_rule(rule, connection, Some(SIGNALS));
    match timeout(PATIENCE, listening).await {
        Ok(stream) => stream.map_err(|error| words(&error)),
        Err(_) => Err("the desktop's message bus does not answer".to_owned()),
    }
}

/// Whether a service is there after a message of [`owners`].
pub(crate) fn has_owner(message: &Message) -> bool {
    let body = message.body();
    let read: Result<(&str, &str, &str), _> = body.deserialize();
    read.is_ok_and(|(_, _, new)| !new.is_empty())
}

fn words(error: &zbus::Error) -> String {
    format!("the desktop's message bus cannot be used ({error})")
}
