//! Ending sessions: at once here, and soon where somebody beside this server did.

use dialtone_protocol::Hash;
use dialtone_store::TokenHash;

use super::overview::OverviewError;
use crate::live::CutReason;
use crate::state::AppState;
use crate::transaction::settle;

/// How far back it is looked for sessions that were ended, in milliseconds: twelve rounds of housekeeping.
const LOOK_BACK_MS: i64 = 60_000;
/// Most of them that one look takes in.
const AT_ONCE: u32 = 1000;

/// Ends a session and cuts its connection; `false` when there is no such open one.
pub(super) async fn end(state: &AppState, id: &Hash) -> Result<bool, OverviewError> {
    let (token, now, own) = (TokenHash(id.0), state.clock.now(), state.clone());
    let work = async move {
        let ended = settle(&*own.store, |tx| {
            Box::pin(async move { tx.sessions().revoke(&token, now).await })
        })
        .await
        .result?;
        own.hub.end_session(&token);
        Ok(ended)
    };
    state.work.complete(work).await
}

/// Cuts the connections of sessions that were ended by a command beside the server, or by another server on the same database.
pub(crate) async fn cut_ended(state: &AppState) {
    let since = state.clock.now().plus(-LOOK_BACK_MS);
    let ended = async {
        let mut tx = state.store.read().await?;
        tx.sessions().revoked_since(since, AT_ONCE).await
    };
    match ended.await {
        Ok(ended) => {
            for session in ended {
                state
                    .hub
                    .cut_session(&session.token, CutReason::SessionEnded);
            }
        }
        // It is said by what looks at the database once a minute.
        Err(error) => tracing::debug!(%error, "ended sessions are looked for later"),
    }
}
