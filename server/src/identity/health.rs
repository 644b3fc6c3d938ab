//! Whether the server can do its work: whether its database takes writes.

use std::time::Duration;

use dialtone_protocol::http::ErrorCode;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::ApiError;
use crate::state::AppState;

/// How long a good answer is given again, so that asking often costs no more than asking once a second.
const FRESH: Duration = Duration::from_secs(1);

type Answer = Result<(), ApiError>;

/// The last answer; who asks while another one asks waits for the same.
#[derive(Default)]
pub(crate) struct Health {
    last: Mutex<Option<(Instant, Answer)>>,
}

/// Whether requests should be sent here: the database and the place for files take writes, and the server does not stop.
pub(super) async fn ready(state: &AppState) -> Answer {
    let unavailable = |words: &str| Err(ApiError::new(ErrorCode::Unavailable, words));
    if state.blobs.is_stopping() {
        return unavailable("the server stops");
    }
    check(state).await?;
    if !state.blobs.takes_files().await {
        return unavailable("the server's place for files cannot be written to");
    }
    Ok(())
}

/// Asks the database, or gives the answer that came while one waited for one's turn.
pub(super) async fn check(state: &AppState) -> Answer {
    let asked = Instant::now();
    let mut last = state.health.last.lock().await;
    if let Some((at, answer)) = &*last
        && (*at >= asked || (answer.is_ok() && at.elapsed() < FRESH))
    {
        return answer.clone();
    }
    let answer = state.store.ping().await.map_err(ApiError::from);
    *last = Some((Instant::now(), answer.clone()));
    answer
}
