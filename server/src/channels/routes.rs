//! `GET /channels` and `GET /channels/{id}/events`.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use dialtone_protocol::ChannelId;
use dialtone_protocol::http::{ChannelHeads, ErrorCode, EventPage, EventQuery};

use super::{access, service};
use crate::error::ApiError;
use crate::http::{Member, ReadQuery, path_id};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/channels", get(heads))
        .route("/channels/{id}/events", get(page))
}

async fn heads(
    State(state): State<AppState>,
    Member(session): Member,
) -> Result<Json<ChannelHeads>, ApiError> {
    let roster = state.roster.founded()?;
    Ok(Json(
        service::heads(&state, &roster, &session.device).await?,
    ))
}

async fn page(
    State(state): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadQuery(query): ReadQuery<EventQuery>,
) -> Result<Json<EventPage>, ApiError> {
    let channel: ChannelId = path_id(&id)?;
    let unknown = || {
        ApiError::new(
            ErrorCode::NotFound,
            "there is no such channel that you may see",
        )
    };
    if !access::may_see(&state, &session.device, &channel) {
        return Err(unknown());
    }
    let page = service::page(&state, channel, &query).await?;
    page.map(Json).ok_or_else(unknown)
}
