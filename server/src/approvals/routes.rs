//! `/approvals`: the new device's side.

use axum::Json;
use axum::extract::State;
use dialtone_protocol::http::{ApprovalPost, ApprovalState, ErrorCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service;
use super::table::NotPassed;
use crate::auth::Enrolled;
use crate::error::ApiError;
use crate::http::{ClientAddress, ReadBody};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(say, look))
}

/// What a new device says to those that may approve it.
#[utoipa::path(
    post,
    path = "/approvals",
    tag = "devices",
    security(("enrolment" = [])),
    request_body = ApprovalPost,
    responses((status = 200, description = "how it stands", body = ApprovalState)),
)]
async fn say(
    State(state): State<AppState>,
    address: ClientAddress,
    Enrolled(account, token): Enrolled,
    ReadBody(body): ReadBody<ApprovalPost>,
) -> Result<Json<ApprovalState>, ApiError> {
    if !state.auth.throttles.admit(address.0, state.clock.now()) {
        return Err(ApiError::too_many());
    }
    Ok(Json(service::by_new(
        &state,
        account,
        token,
        body.message.0,
    )?))
}

/// What was said to a new device.
#[utoipa::path(
    get,
    path = "/approvals",
    tag = "devices",
    security(("enrolment" = [])),
    responses((status = 200, description = "how it stands", body = ApprovalState)),
)]
async fn look(
    State(state): State<AppState>,
    Enrolled(account, token): Enrolled,
) -> Result<Json<ApprovalState>, ApiError> {
    Ok(Json(service::look(&state, &account, &token)?))
}

impl From<NotPassed> for ApiError {
    fn from(error: NotPassed) -> Self {
        let code = match &error {
            NotPassed::Unknown => ErrorCode::NotFound,
            NotPassed::Busy | NotPassed::Elsewhere => ErrorCode::Exists,
            NotPassed::TooMany => ErrorCode::TooMany,
            NotPassed::OutOfTurn | NotPassed::Check(_) => ErrorCode::Malformed,
        };
        Self::new(code, error.to_string())
    }
}
