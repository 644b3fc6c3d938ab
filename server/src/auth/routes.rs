//! `/auth/…` and `/devices`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dialtone_protocol::DeviceId;
use dialtone_protocol::http::{
    Challenge, ChallengeRequest, DeviceEnrol, DeviceList, ErrorCode, LoggedIn, LoginFinish,
    LoginStart, LoginStarted, PasswordFinish, PasswordStart, RegisterFinish, RegisterStart,
    RegisterStarted, Registered, RosterHead, SessionOpened, SessionRequest,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::enrolment::Enrolled;
use super::error::SignInError;
use super::{enrolment, login, password, register, session};
use crate::error::ApiError;
use crate::http::{ClientAddress, CurrentDevice, ReadBody, path_id};
use crate::metrics::{RefusedBy, SignInStep};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register_start))
        .routes(routes!(register_finish))
        .routes(routes!(login_start))
        .routes(routes!(login_finish))
        .routes(routes!(password_start))
        .routes(routes!(password_finish))
        .routes(routes!(challenge))
        .routes(routes!(open_session, close_session))
        .routes(routes!(devices, enrol))
        .routes(routes!(end_sessions))
}

fn admit(state: &AppState, address: ClientAddress) -> Result<(), ApiError> {
    if state.auth.throttles.admit(address.0) {
        Ok(())
    } else {
        state.metrics.refused(RefusedBy::SignIn);
        Err(ApiError::too_many())
    }
}

/// Counts who does not come in; a database that cannot be used is nobody's failure.
fn counted<T, E: Into<ApiError>>(
    state: &AppState,
    step: SignInStep,
    result: Result<T, E>,
) -> Result<T, ApiError> {
    result.map_err(Into::into).inspect_err(|error| {
        if !matches!(error.code(), ErrorCode::Unavailable | ErrorCode::Internal) {
            state.metrics.sign_in_failed(step);
        }
    })
}

/// OPAQUE registration, first half, by the token of an invite.
#[utoipa::path(
    post,
    path = "/auth/register/start",
    tag = "coming in",
    request_body = RegisterStart,
    responses((status = 200, description = "the OPAQUE answer", body = RegisterStarted)),
)]
async fn register_start(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<RegisterStart>,
) -> Result<Json<RegisterStarted>, ApiError> {
    admit(&state, address)?;
    let started = register::start(&state, &body).await;
    counted(&state, SignInStep::Register, started).map(Json)
}

/// OPAQUE registration, second half: the account and its first device.
#[utoipa::path(
    post,
    path = "/auth/register/finish",
    tag = "coming in",
    request_body = RegisterFinish,
    responses((status = 200, description = "registered, or waiting to be let in", body = Registered)),
)]
async fn register_finish(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<RegisterFinish>,
) -> Result<Json<Registered>, ApiError> {
    admit(&state, address)?;
    let registered = register::finish(&state, body).await;
    counted(&state, SignInStep::Register, registered).map(Json)
}

/// OPAQUE login, first half; the same to see for names that nobody has.
#[utoipa::path(
    post,
    path = "/auth/login/start",
    tag = "coming in",
    request_body = LoginStart,
    responses((status = 200, description = "the OPAQUE answer", body = LoginStarted)),
)]
async fn login_start(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ReadBody(body): ReadBody<LoginStart>,
) -> Result<Json<LoginStarted>, ApiError> {
    let name = login::name(&state, &body.username);
    if !state.auth.throttles.admit_name(name, address) {
        state.metrics.refused(RefusedBy::SignIn);
        return Err(SignInError::TooMany.into());
    }
    Ok(Json(login::start(&state, (name, address), &body).await?))
}

/// OPAQUE login, second half: what it gives fetches the recovery files and adds a device.
#[utoipa::path(
    post,
    path = "/auth/login/finish",
    tag = "coming in",
    request_body = LoginFinish,
    responses((status = 200, description = "the password was right", body = LoggedIn)),
)]
async fn login_finish(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<LoginFinish>,
) -> Result<Json<LoggedIn>, ApiError> {
    admit(&state, address)?;
    let proved = login::finish(&state, body).await;
    counted(&state, SignInStep::Login, proved).map(Json)
}

/// Another password, first half.
#[utoipa::path(
    post,
    path = "/auth/password/start",
    tag = "coming in",
    security(("enrolment" = [])),
    request_body = PasswordStart,
    responses((status = 200, description = "the OPAQUE answer", body = RegisterStarted)),
)]
async fn password_start(
    State(state): State<AppState>,
    address: ClientAddress,
    Enrolled(account, _): Enrolled,
    ReadBody(body): ReadBody<PasswordStart>,
) -> Result<Json<RegisterStarted>, ApiError> {
    admit(&state, address)?;
    Ok(Json(password::start(&state, &account, &body).await?))
}

/// Another password, second half.
#[utoipa::path(
    post,
    path = "/auth/password/finish",
    tag = "coming in",
    security(("enrolment" = [])),
    request_body = PasswordFinish,
    responses((status = 204, description = "it is changed")),
)]
async fn password_finish(
    State(state): State<AppState>,
    address: ClientAddress,
    Enrolled(account, _): Enrolled,
    ReadBody(body): ReadBody<PasswordFinish>,
) -> Result<StatusCode, ApiError> {
    admit(&state, address)?;
    password::finish(&state, account, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A nonce for a device to sign; given for any device.
#[utoipa::path(
    post,
    path = "/auth/challenge",
    tag = "coming in",
    request_body = ChallengeRequest,
    responses((status = 200, description = "the nonce", body = Challenge)),
)]
async fn challenge(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<ChallengeRequest>,
) -> Result<Json<Challenge>, ApiError> {
    admit(&state, address)?;
    Ok(Json(session::challenge(&state, address.0, &body)))
}

/// A session, by a signature of the device.
#[utoipa::path(
    post,
    path = "/auth/session",
    tag = "coming in",
    request_body = SessionRequest,
    responses((status = 200, description = "the session", body = SessionOpened)),
)]
async fn open_session(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<SessionRequest>,
) -> Result<Json<SessionOpened>, ApiError> {
    admit(&state, address)?;
    let opened = session::open(&state, &body).await;
    counted(&state, SignInStep::Session, opened).map(Json)
}

/// Ends the session that the request carries.
#[utoipa::path(
    delete,
    path = "/auth/session",
    tag = "coming in",
    security(("session" = [])),
    responses((status = 204, description = "it is over")),
)]
async fn close_session(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
) -> Result<StatusCode, ApiError> {
    session::close(&state, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own devices.
#[utoipa::path(
    get,
    path = "/devices",
    tag = "devices",
    security(("session" = [])),
    responses((status = 200, description = "the devices", body = DeviceList)),
)]
async fn devices(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
) -> Result<Json<DeviceList>, ApiError> {
    Ok(Json(session::devices(&state, &session).await?))
}

/// Adds a device, by an entry of the account or of another device of it.
#[utoipa::path(
    post,
    path = "/devices",
    tag = "devices",
    security(("enrolment" = [])),
    request_body = DeviceEnrol,
    responses((status = 200, description = "where the member list is", body = RosterHead)),
)]
async fn enrol(
    State(state): State<AppState>,
    Enrolled(account, _): Enrolled,
    ReadBody(body): ReadBody<DeviceEnrol>,
) -> Result<Json<RosterHead>, ApiError> {
    let position = enrolment::add_device(&state, account, body.entry.0).await?;
    Ok(Json(RosterHead { position }))
}

/// Ends the sessions of one of one's devices.
#[utoipa::path(
    delete,
    path = "/devices/{id}/sessions",
    tag = "devices",
    security(("session" = [])),
    params(("id" = dialtone_protocol::DeviceId, Path, description = "which device")),
    responses((status = 204, description = "they are over")),
)]
async fn end_sessions(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let device: DeviceId = path_id(&id)?;
    if !session::owns(&state, &session.account, &device).await? {
        return Err(ApiError::new(
            ErrorCode::NotFound,
            "no device of yours has this id",
        ));
    }
    session::end_device_sessions(&state, device).await?;
    Ok(StatusCode::NO_CONTENT)
}
