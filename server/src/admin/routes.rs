//! `POST /server/invites`, for who holds the admin token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use dialtone_protocol::http::{ADMIN_TOKEN_HEADER, ErrorCode, ServerInvite, ServerInviteMade};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, LinkError, VALID_FOR_S};
use crate::error::ApiError;
use crate::http::ClientAddress;
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(invite))
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
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ServerInviteMade>, ApiError> {
    if !state.auth.throttles.admit(address, state.clock.now()) {
        return Err(ApiError::too_many());
    }
    let right = headers
        .get(ADMIN_TOKEN_HEADER)
        .is_some_and(|token| state.secrets.is_admin_token(token.as_bytes()));
    if !right {
        return Err(ApiError::new(
            ErrorCode::NotAllowed,
            "the admin token is missing or wrong: it is in the data folder, in `admin-token`",
        ));
    }
    let body = read(&body)?;
    let uses = body.uses.unwrap_or(1);
    let valid_for_s = body.valid_for_s.unwrap_or(VALID_FOR_S);
    let link = service::make(&state, uses, valid_for_s).await?;
    Ok(Json(ServerInviteMade {
        link: link.to_string(),
    }))
}

/// The body; none asks for nothing in particular.
fn read(body: &[u8]) -> Result<ServerInvite, ApiError> {
    if body.is_empty() {
        return Ok(ServerInvite::default());
    }
    serde_json::from_slice(body)
        .map_err(|error| ApiError::new(ErrorCode::Malformed, error.to_string()))
}
