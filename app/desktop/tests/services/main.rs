//! The desktop's services against pretended ones on message buses of the tests' own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bus;
mod idle;
mod keyring;
mod look;
mod notifications;
mod reveal;
mod secrets;
mod told;
mod tray;
