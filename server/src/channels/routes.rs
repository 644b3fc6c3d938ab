//! `GET /channels` and `GET /channels/{id}/events`.

use axum::Json;
use axum::extract::{Path, State};
use dialtone_protocol::ChannelId;
use dialtone_protocol::http::{ChannelHeads, ErrorCode, EventPage, EventQuery};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{access, service};
use crate::error::ApiError;
use crate::http::{Member, ReadQuery, path_id};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(heads))
        .routes(routes!(page))
}

/// How far each channel that one may see reaches.
#[utoipa::path(
    get,
    path = "/channels",
    tag = "messages",
    security(("session" = [])),
    responses((status = 200, description = "their heads", body = ChannelHeads)),
)]
async fn heads(
    State(state): State<AppState>,
    Member(session): Member,
) -> Result<Json<ChannelHeads>, ApiError> {
    let roster = state.roster.founded()?;
    Ok(Json(
        service::heads(&state, &roster, &session.device).await?,
    ))
}

/// Sealed events of a channel.
#[utoipa::path(
    get,
    path = "/channels/{id}/events",
    tag = "messages",
    security(("session" = [])),
    params(("id" = dialtone_protocol::ChannelId, Path, description = "which channel"), EventQuery),
    responses((status = 200, description = "a page of them", body = EventPage)),
)]
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
