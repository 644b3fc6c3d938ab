//! `/server/…`, for who holds the admin token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use dialtone_protocol::http::{
    ADMIN_TOKEN_HEADER, AdminQuery, ChannelPage, ChannelRetention, ErrorCode, MemberPage,
    ServerInvite, ServerInviteMade, ServerStats, SessionPage,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::overview::{self, OverviewError};
use super::retention::{self, RetentionError};
use super::service::{self, LinkError, VALID_FOR_S};
use super::sessions;
use crate::error::ApiError;
use crate::http::{ClientAddress, Object, ReadBody, ReadQuery, path_id};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(invite))
        .routes(routes!(members))
        .routes(routes!(list_sessions))
        .routes(routes!(end_session))
        .routes(routes!(channels))
        .routes(routes!(retain))
        .routes(routes!(stats))
}

/// Who holds the admin token.
struct Operator;

impl FromRequestParts<AppState> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        if !state.auth.throttles.admit(address) {
            return Err(ApiError::too_many());
        }
        let token = parts.headers.get(ADMIN_TOKEN_HEADER);
        if token.is_some_and(|token| state.secrets.is_admin_token(token.as_bytes())) {
            return Ok(Self);
        }
        Err(ApiError::new(
            ErrorCode::NotAllowed,
            "the admin token is missing or wrong: it is in the data folder, in `admin-token`",
        ))
    }
}

impl From<OverviewError> for ApiError {
    fn from(error: OverviewError) -> Self {
        match error {
            OverviewError::After(_) => Self::new(ErrorCode::Malformed, error.to_string()),
            OverviewError::Roster(error) => error.into(),
            OverviewError::Store(error) => error.into(),
        }
    }
}

impl From<RetentionError> for ApiError {
    fn from(error: RetentionError) -> Self {
        let code = match error {
            RetentionError::Store(error) => return error.into(),
            RetentionError::TooLong => ErrorCode::Malformed,
            RetentionError::Directory => ErrorCode::NotAllowed,
            RetentionError::Unknown => ErrorCode::NotFound,
        };
        Self::new(code, error.to_string())
    }
}

impl From<LinkError> for ApiError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::OutOfBounds => Self::new(ErrorCode::Malformed, error.to_string()),
            LinkError::Store(error) => error.into(),
        }
    }
}

/// A link of the server's own: to found while nobody founded, else to knock.
#[utoipa::path(
    post,
    path = "/server/invites",
    tag = "server",
    security(("admin" = [])),
    request_body = Option<ServerInvite>,
    responses((status = 200, description = "the link", body = ServerInviteMade)),
)]
async fn invite(
    State(state): State<AppState>,
    _: Operator,
    body: Bytes,
) -> Result<Json<ServerInviteMade>, ApiError> {
    let body = read(&body)?;
    let uses = body.uses.unwrap_or(1);
    let valid_for_s = body.valid_for_s.unwrap_or(VALID_FOR_S);
    let link = service::make(&state, uses, valid_for_s).await?;
    Ok(Json(ServerInviteMade {
        link: link.to_string(),
    }))
}

/// The body; none, or `null`, asks for nothing in particular.
fn read(body: &[u8]) -> Result<ServerInvite, ApiError> {
    if body.is_empty() {
        return Ok(ServerInvite::default());
    }
    let read: Option<Object<ServerInvite>> = serde_json::from_slice(body)
        .map_err(|error| ApiError::new(ErrorCode::Malformed, error.to_string()))?;
    Ok(read.map(|Object(body)| body).unwrap_or_default())
}

/// Members, a page at a time.
#[utoipa::path(
    get,
    path = "/server/members",
    tag = "server",
    security(("admin" = [])),
    params(AdminQuery),
    responses((status = 200, description = "a page of them", body = MemberPage)),
)]
async fn members(
    State(state): State<AppState>,
    _: Operator,
    ReadQuery(query): ReadQuery<AdminQuery>,
) -> Result<Json<MemberPage>, ApiError> {
    let roster = state.roster.current();
    let page = overview::members(&*state.store, roster.as_deref(), &query).await?;
    Ok(Json(page))
}

/// Open sessions, a page at a time.
#[utoipa::path(
    get,
    path = "/server/sessions",
    tag = "server",
    security(("admin" = [])),
    params(AdminQuery),
    responses((status = 200, description = "a page of them", body = SessionPage)),
)]
async fn list_sessions(
    State(state): State<AppState>,
    _: Operator,
    ReadQuery(query): ReadQuery<AdminQuery>,
) -> Result<Json<SessionPage>, ApiError> {
    let mut page = overview::sessions(&*state.store, &query, state.clock.now()).await?;
    let online = state.hub.online();
    for session in &mut page.sessions {
        session.online = Some(online.contains(&session.device));
    }
    Ok(Json(page))
}

/// Ends a session.
#[utoipa::path(
    delete,
    path = "/server/sessions/{id}",
    tag = "server",
    security(("admin" = [])),
    params(("id" = dialtone_protocol::Hash, Path, description = "which session")),
    responses((status = 204, description = "it is over")),
)]
async fn end_session(
    State(state): State<AppState>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if sessions::end(&state, &path_id(&id)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let words = "there is no such open session";
    Err(ApiError::new(ErrorCode::NotFound, words))
}

/// Channels and their sizes, a page at a time.
#[utoipa::path(
    get,
    path = "/server/channels",
    tag = "server",
    security(("admin" = [])),
    params(AdminQuery),
    responses((status = 200, description = "a page of them", body = ChannelPage)),
)]
async fn channels(
    State(state): State<AppState>,
    _: Operator,
    ReadQuery(query): ReadQuery<AdminQuery>,
) -> Result<Json<ChannelPage>, ApiError> {
    let roster = state.roster.current();
    let page = overview::channels(&*state.store, roster.as_deref(), &query).await?;
    Ok(Json(page))
}

/// How long what is written in a channel is kept. What is older is erased within half a minute, for everybody.
#[utoipa::path(
    put,
    path = "/server/channels/{id}/retention",
    tag = "server",
    security(("admin" = [])),
    params(("id" = dialtone_protocol::ChannelId, Path, description = "which channel")),
    request_body = ChannelRetention,
    responses((status = 204, description = "it is set")),
)]
async fn retain(
    State(state): State<AppState>,
    _: Operator,
    Path(id): Path<String>,
    ReadBody(body): ReadBody<ChannelRetention>,
) -> Result<StatusCode, ApiError> {
    let (id, own) = (path_id(&id)?, state.clone());
    let work = async move {
        let roster = own.roster.current();
        retention::set(&*own.store, roster.as_deref(), id, body.days).await
    };
    state.work.complete(work).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What there is on this server, in numbers.
#[utoipa::path(
    get,
    path = "/server/stats",
    tag = "server",
    security(("admin" = [])),
    responses((status = 200, description = "the numbers", body = ServerStats)),
)]
async fn stats(State(state): State<AppState>, _: Operator) -> Result<Json<ServerStats>, ApiError> {
    let mut found = overview::stats(&*state.store).await?;
    found.online = Some(state.hub.online().len() as u64);
    Ok(Json(found))
}
