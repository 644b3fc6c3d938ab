//! Questions to the one instance in whose memory something waits.

use std::time::Instant;

use serde::de::DeserializeOwned;

use super::Question;
use crate::bus::Tag;
use crate::state::AppState;

/// Asks another instance; `None` when it is this one, or gone.
pub(crate) async fn ask<T: DeserializeOwned>(
    state: &AppState,
    whom: Tag,
    question: &Question,
) -> Option<T> {
    if state.bus.is_here(whom) || !state.peers.is_alive(whom, Instant::now()) {
        return None;
    }
    let question = serde_json::to_vec(question).ok()?;
    let answer = state.bus.ask(whom, question).await?;
    serde_json::from_slice(&answer).ok()
}
