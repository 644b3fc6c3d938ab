//! One socket: a reading half and a writing half that run until one of them ends or the connection is cut.

use std::time::Duration;

use dialtone_store::{StoreError, UnixMillis};
use tracing::Instrument as _;

use super::CutReason;
use super::hub::Cut;
use super::queue::queue;
use super::reader::Reader;
use super::websocket::Socket;
use super::writer::{Order, Writer};
use crate::auth::{self, Session};
use crate::http::Seated;
use crate::state::AppState;
use crate::transaction::transact;
use crate::{approvals, calls};

/// Answers and resumes that may wait for the writing half.
const ORDERS: usize = 64;
/// The longest between two looks at the clock.
const LOOK_AT_CLOCK: Duration = Duration::from_mins(1);

/// A connection that runs. Its task holds it and little else: what it does for a moment of its life is boxed, since most connections are idle most of
/// theirs, and a future takes as much room then as when it is busy.
struct Connection {
    reader: Reader,
    writer: Writer,
    cut: Cut,
    /// Its place among all connections.
    _seated: Seated,
}

/// Starts a connection, which then runs by itself to its end.
pub(super) async fn begin(state: AppState, session: Session, socket: Socket, seated: Seated) {
    let registration = state
        .hub
        .register(&session, || auth::role(&state, &session.device));
    let cut = registration.cut.clone();
    let session = look_again(&state, session, &cut).await;
    let Socket { incoming, outgoing } = socket;
    let (orders, to_write) = queue::<Order>(ORDERS);
    let connection = Connection {
        reader: Reader::new(state.clone(), session, incoming, orders),
        writer: Writer::new(state, session, registration, outgoing, to_write),
        cut,
        _seated: seated,
    };
    tracing::debug!("connected");
    tokio::spawn(connection.run().in_current_span());
}

impl Connection {
    async fn run(mut self) {
        let Self {
            reader,
            writer,
            cut,
            ..
        } = &mut self;
        let (state, expires) = (writer.state.clone(), writer.session.expires);
        let reason = tokio::select! {
            biased;
            reason = cut.wait() => Some(reason),
            () = until(&state, expires) => Some(CutReason::SessionEnded),
            () = reader.run() => None,
            reason = writer.run() => reason,
        };
        Box::pin(self.end(reason)).await;
    }

    async fn end(self, reason: Option<CutReason>) {
        let Self {
            mut writer, cut, ..
        } = self;
        // Both halves may have ended because it was cut.
        let reason = reason.or(cut.reason());
        let (state, session) = (writer.state.clone(), writer.session);
        if reason == Some(CutReason::TooSlow) {
            state.metrics.slow.inc();
        }
        writer.close(reason).await;
        if state.hub.unregister(writer.id) {
            calls::disconnected(&state, session.device);
            approvals::disconnected(&state, session.device);
        }
        note_last_seen(&state, session).await;
        tracing::debug!(?reason, "disconnected");
    }
}

/// The session may have ended, and the member may be out, since the request for the socket was looked at: who does that from
/// now on finds the connection in the hub.
async fn look_again(state: &AppState, session: Session, cut: &Cut) -> Session {
    match auth::session_of(state, session.token).await {
        Ok(Some(session)) => return session,
        Ok(None) => cut.cut(CutReason::SessionEnded),
        Err(error) => {
            tracing::warn!(%error, "a connection was refused: the database cannot be read");
            cut.cut(CutReason::Later);
        }
    }
    session
}

/// Waits until the clock says so, whatever it was set to in between.
async fn until(state: &AppState, time: UnixMillis) {
    loop {
        let left = time.0.saturating_sub(state.clock.now().0);
        let Ok(left) = u64::try_from(left) else {
            return;
        };
        if left == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(left).min(LOOK_AT_CLOCK)).await;
    }
}

async fn note_last_seen(state: &AppState, session: Session) {
    let now = state.clock.now();
    let touched = transact(&*state.store, |tx| {
        Box::pin(async move { tx.devices().touch(&session.device, now).await })
    })
    .await;
    if let Err(error) = touched {
        let error: StoreError = error;
        tracing::debug!(%error, "last seen was not noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that a connection's task takes, whatever it does.
    fn size<A, F: Future>(_: fn(A) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_idle_connection_takes_little_room() {
        let bytes = size(Connection::run);
        assert!(bytes <= 3_000, "{bytes} bytes: box what it does rarely");
    }
}
