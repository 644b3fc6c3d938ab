//! One socket: a reading half and a writing half that run until one of them ends or the connection is cut.

use axum::extract::ws::WebSocket;
use dialtone_store::StoreError;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use super::reader::Reader;
use super::writer::{Order, Writer};
use crate::auth::Session;
use crate::calls;
use crate::state::AppState;
use crate::transaction::transact;

/// Answers and resumes that may wait for the writing half.
const ORDERS: usize = 64;

/// Runs a connection to its end.
pub(super) async fn run(state: AppState, session: Session, socket: WebSocket) {
    let registration = state
        .hub
        .register(session.device, session.token, session.role);
    let (id, cut) = (registration.id, registration.cut.clone());
    let (sink, stream) = socket.split();
    let (orders, to_write) = mpsc::channel::<Order>(ORDERS);
    let mut writer = Writer::new(state.clone(), session, registration, sink, to_write);
    let reader = Reader::new(state.clone(), session, stream, orders);
    tracing::debug!("connected");
    let reason = tokio::select! {
        reason = cut.wait() => Some(reason),
        () = reader.run() => None,
        reason = writer.run() => reason,
    };
    // Both halves may have ended because it was cut.
    let reason = reason.or(cut.reason());
    writer.close(reason).await;
    if state.hub.unregister(id) {
        calls::disconnected(&state, session.device);
    }
    note_last_seen(&state, session).await;
    tracing::debug!(?reason, "disconnected");
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
