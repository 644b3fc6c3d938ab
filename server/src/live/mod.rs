//! The live part: one WebSocket a device, and the hub that hands out what happens.
//!
//! ```text
//! socket -> connection::read -> dispatch -> the domain's service -> answer -+
//! service -> Hub::publish_* -> each connection's bounded queue -------------+-> connection::write -> socket
//!                                                    catch_up (from the store) -+
//! ```
//!
//! A frame is encoded once for all its readers. A reader whose queue is full is cut with [`CutReason::TooSlow`]: it comes
//! back and resumes from its cursors, so nothing is lost. Close codes: 1001 the server stops, 1013 its database cannot be read, 4000 too slow, 4001 the
//! session ended or the member is out, 4002 too many bad frames, 4003 the device connected anew.

mod abroad;
mod audience;
mod catch_up;
mod connection;
mod dispatch;
mod greeting;
mod hub;
mod outgoing;
mod presence;
mod queue;
mod reader;
mod routes;
mod streams;
mod websocket;
mod writer;

pub(crate) use dispatch::Refusal;
pub(crate) use hub::{ConnectionId, CutReason, Hub};
pub(crate) use outgoing::Frame;
pub(crate) use presence::tell as tell_presence;
pub(crate) use routes::router;
