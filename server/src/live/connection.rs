//! One socket: a reading half and a writing half that run until one of them ends or the connection is cut.

use std::time::Duration;

use dialtone_store::{StoreError, UnixMillis};
use futures_util::StreamExt as _;

use super::CutReason;
use super::hub::Cut;
use super::queue::queue;
use super::reader::Reader;
use super::websocket::Socket;
use super::writer::{Order, Writer};
use crate::auth::{self, Session};
use crate::state::AppState;
use crate::transaction::transact;
use crate::{approvals, calls};

/// Answers and resumes that may wait for the writing half.
const ORDERS: usize = 64;
/// The longest between two looks at the clock.
const LOOK_AT_CLOCK: Duration = Duration::from_mins(1);

/// Runs a connection to its end.
pub(super) async fn run(state: AppState, session: Session, socket: Socket) {
    let registration = state
        .hub
        .register(&session, || auth::role(&state, &session.device));
    let (id, cut) = (registration.id, registration.cut.clone());
    let session = Box::pin(look_again(&state, session, &cut)).await;
    let (sink, stream) = socket.split();
    let (orders, to_write) = queue::<Order>(ORDERS);
    let mut writer = Writer::new(state.clone(), session, registration, sink, to_write);
    let reader = Reader::new(state.clone(), session, stream, orders);
    tracing::debug!("connected");
    let reason = tokio::select! {
        biased;
        reason = cut.wait() => Some(reason),
        () = until(&state, session.expires) => Some(CutReason::SessionEnded),
        () = reader.run() => None,
        reason = writer.run() => reason,
    };
    // Both halves may have ended because it was cut.
    let reason = reason.or(cut.reason());
    if reason == Some(CutReason::TooSlow) {
        state.metrics.slow.inc();
    }
    Box::pin(writer.close(reason)).await;
    if state.hub.unregister(id) {
        calls::disconnected(&state, session.device);
        approvals::disconnected(&state, session.device);
    }
    Box::pin(note_last_seen(&state, session)).await;
    tracing::debug!(?reason, "disconnected");
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
