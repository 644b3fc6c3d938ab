//! `GET /roster`, `POST /roster`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use dialtone_protocol::http::{
    Bytes, ErrorCode, INVITE_TOKEN_HEADER, RosterAppend, RosterHead, RosterPage, RosterQuery,
};
use dialtone_store::PageSize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Company, append};
use crate::error::ApiError;
use crate::http::{ClientAddress, Member, ReadBody, ReadQuery, bearer, token, within_limits};
use crate::limits::Network;
use crate::state::AppState;
use crate::{auth, invites};

const DEFAULT_PAGE: u32 = 500;
const MOST_PAGE: u32 = 1000;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page, publish))
}

/// The member list, by a session, an enrolment or the token of an invite.
#[utoipa::path(
    get,
    path = "/roster",
    tag = "members",
    security(("session" = []), ("enrolment" = []), ("invite" = [])),
    params(RosterQuery),
    responses((status = 200, description = "a page of it", body = RosterPage)),
)]
async fn page(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ReadQuery(query): ReadQuery<RosterQuery>,
) -> Result<Json<RosterPage>, ApiError> {
    check_reader(&state, address, &headers).await?;
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MOST_PAGE);
    let Some(roster) = state.roster.current() else {
        return Err(ApiError::new(
            ErrorCode::NotFound,
            "nobody founded a community on this server yet",
        ));
    };
    let mut size = PageSize::new(limit);
    let entries = roster
        .entries_from(query.from)
        .iter()
        .take_while(|bytes| {
            let room = !size.is_full();
            size.add(bytes.len());
            room
        })
        .map(|bytes| Bytes(bytes.clone()))
        .collect();
    Ok(Json(RosterPage {
        entries,
        position: roster.position(),
    }))
}

/// Whoever has a session (waiting ones too), has proved a password, or holds an invite's token.
async fn check_reader(
    state: &AppState,
    address: Network,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    if let Some(token) = bearer(headers) {
        return match auth::find_session(state, token).await? {
            Some(session) => within_limits(state, &session),
            None => Err(ApiError::not_signed_in()),
        };
    }
    if auth::Enrolled::of(state, headers).await.is_some() {
        return Ok(());
    }
    let token = token(headers, INVITE_TOKEN_HEADER).ok_or_else(ApiError::not_signed_in)?;
    invites::find_usable(state, address, token).await?;
    Ok(())
}

/// Appends an entry to the member list.
#[utoipa::path(
    post,
    path = "/roster",
    tag = "members",
    security(("session" = [])),
    request_body = RosterAppend,
    responses((status = 200, description = "where it is", body = RosterHead)),
)]
async fn publish(
    State(state): State<AppState>,
    Member(_): Member,
    ReadBody(body): ReadBody<RosterAppend>,
) -> Result<Json<RosterHead>, ApiError> {
    let position = append(&state, body.entry.0, Company::Alone).await?;
    Ok(Json(RosterHead { position }))
}
