//! The message bus: connected to and asked with patience, so that nothing that hangs there holds a service for ever.

use std::time::Duration;

use dialtone_words::say;
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
        Ok(Err(error)) => Err(say!("tray-bus-unreachable", error = error.to_string())),
        Err(_) => Err(say!("tray-bus-silent").to_owned()),
    }
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) struct Fault {
    /// In words.
    pub(crate) words: String,
    /// Nothing was answered.
    pub(crate) silent: bool,
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.words
    }
}

/// Calls a method.
///
/// # Errors
/// [`Fault`]
pub(crate) async fn call<B>(
    connection: &Connection,
    to: Peer,
    method: &str,
    body: &B,
) -> Result<Message, Fault>
where
    B: Serialize + DynamicType,
{
    let asked = connection.call_method(Some(to.service), to.path, Some(to.interface), method, body);
    let service = to.service;
    let words = match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(zbus::Error::MethodError(name, ..))) if name.as_str() == UNKNOWN => {
            say!("tray-nobody-offers", service = service)
        }
        Ok(Err(zbus::Error::MethodError(name, text, _))) => {
            let text = text.unwrap_or_else(|| name.to_string());
            say!("tray-refused", service = service, error = text)
        }
        Ok(Err(error)) => say!(
            "tray-cannot-ask",
            service = service,
            error = error.to_string()
        ),
        Err(_) => {
            let words = say!("tray-silent", service = service);
            let silent = true;
            return Err(Fault { words, silent });
        }
    };
    let silent = false;
    Err(Fault { words, silent })
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
        Err(_) => Err(say!("tray-bus-silent").to_owned()),
    }
}

/// Whether a service is there after a message of [`owners`].
pub(crate) fn has_owner(message: &Message) -> bool {
    let body = message.body();
    let read: Result<(&str, &str, &str), _> = body.deserialize();
    read.is_ok_and(|(_, _, new)| !new.is_empty())
}

fn words(error: &zbus::Error) -> String {
    say!("tray-bus-unusable", error = error.to_string())
}
