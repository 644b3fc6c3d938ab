//! `/invites` and `/knocks`.

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use dialtone_protocol::http::{
    ErrorCode, InviteFound, InviteLookup, InvitePublish, KnockList, RosterHead,
};
use dialtone_protocol::sealed::GRANT_LIMIT;
use dialtone_store::TokenHash;

use super::service;
use crate::error::ApiError;
use crate::http::{Admin, ClientAddress, ReadBody};
use crate::roster::{self, Company};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    // A pack in base64, and an entry.
    let publish_limit = GRANT_LIMIT * 4 / 3 + 32 * 1024;
    Router::new()
        .route(
            "/invites",
            post(publish).layer(DefaultBodyLimit::max(publish_limit)),
        )
        .route("/invites/lookup", post(lookup))
        .route("/knocks", get(knocks))
}

async fn lookup(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ReadBody(body): ReadBody<InviteLookup>,
) -> Result<Json<InviteFound>, ApiError> {
    let invite = service::find_usable(&state, address, &body.token).await?;
    Ok(Json(service::found(&state, invite)))
}

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

async fn knocks(State(state): State<AppState>, _: Admin) -> Result<Json<KnockList>, ApiError> {
    Ok(Json(service::knocks(&state).await?))
}
