//! `/invites` and `/knocks`.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use dialtone_protocol::http::{
    ErrorCode, InviteFound, InviteLookup, InvitePublish, KnockList, RosterHead,
};
use dialtone_protocol::sealed::GRANT_LIMIT;
use dialtone_store::TokenHash;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service;
use crate::error::ApiError;
use crate::http::{Admin, ClientAddress, ReadBody};
use crate::roster::{self, Company};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    // A pack in base64, and an entry.
    let publish_limit = GRANT_LIMIT * 4 / 3 + 32 * 1024;
    let publishing = OpenApiRouter::new()
        .routes(routes!(publish))
        .layer(DefaultBodyLimit::max(publish_limit));
    publishing.routes(routes!(lookup)).routes(routes!(knocks))
}

/// What an invite opens, for who holds its token.
#[utoipa::path(
    post,
    path = "/invites/lookup",
    tag = "members",
    request_body = InviteLookup,
    responses((status = 200, description = "what it opens", body = InviteFound)),
)]
async fn lookup(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ReadBody(body): ReadBody<InviteLookup>,
) -> Result<Json<InviteFound>, ApiError> {
    let invite = service::find_usable(&state, address, body.token.into()).await?;
    Ok(Json(service::found(&state, invite)))
}

/// An invite, by its entry of the member list.
#[utoipa::path(
    post,
    path = "/invites",
    tag = "members",
    security(("session" = [])),
    request_body = InvitePublish,
    responses((status = 200, description = "where the member list is", body = RosterHead)),
)]
async fn publish(
    State(state): State<AppState>,
    _: Admin,
    ReadBody(body): ReadBody<InvitePublish>,
) -> Result<Json<RosterHead>, ApiError> {
    let pack = body.pack.map(|pack| pack.0);
    if pack.as_ref().is_some_and(|pack| pack.len() > GRANT_LIMIT) {
        return Err(ApiError::new(
            ErrorCode::TooLarge,
            "the invite's pack is larger than allowed",
        ));
    }
    let company = Company::Invite {
        token: TokenHash(body.token_hash.0),
        pack,
    };
    let position = roster::append(&state, body.entry.0, company).await?;
    Ok(Json(RosterHead { position }))
}

/// Who waits to be let in.
#[utoipa::path(
    get,
    path = "/knocks",
    tag = "members",
    security(("session" = [])),
    responses((status = 200, description = "who waits", body = KnockList)),
)]
async fn knocks(State(state): State<AppState>, _: Admin) -> Result<Json<KnockList>, ApiError> {
    Ok(Json(service::knocks(&state).await?))
}
