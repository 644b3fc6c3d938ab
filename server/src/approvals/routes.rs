//! `/approvals`: the new device's side.

use axum::Json;
use axum::extract::State;
use dialtone_protocol::http::{ApprovalPost, ApprovalState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Told};
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
    if !state.auth.throttles.admit(address.0) {
        return Err(ApiError::too_many());
    }
    answer(service::by_new(&state, account, token, body.message.0).await)
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
    answer(service::look(&state, account, token).await)
}

fn answer(told: Told) -> Result<Json<ApprovalState>, ApiError> {
    told.map(Json)
        .map_err(|(code, words)| ApiError::new(code, words))
}
