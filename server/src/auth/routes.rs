//! `/auth/…` and `/devices`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use dialtone_protocol::DeviceId;
use dialtone_protocol::http::{
    Challenge, ChallengeRequest, DeviceEnrol, DeviceList, ErrorCode, LoggedIn, LoginFinish,
    LoginStart, LoginStarted, PasswordFinish, PasswordStart, RegisterFinish, RegisterStart,
    RegisterStarted, Registered, RosterHead, SessionOpened, SessionRequest,
};

use super::enrolment::Enrolled;
use super::error::SignInError;
use super::{enrolment, login, password, register, session};
use crate::error::ApiError;
use crate::http::{ClientAddress, CurrentDevice, ReadBody, path_id};
use crate::metrics::{RefusedBy, SignInStep};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/auth/register/start", post(register_start))
        .route("/auth/register/finish", post(register_finish))
        .route("/auth/login/start", post(login_start))
        .route("/auth/login/finish", post(login_finish))
        .route("/auth/password/start", post(password_start))
        .route("/auth/password/finish", post(password_finish))
        .route("/auth/challenge", post(challenge))
        .route("/auth/session", post(open_session).delete(close_session))
        .route("/devices", get(devices).post(enrol))
        .route("/devices/{id}/sessions", delete(end_sessions))
}

fn admit(state: &AppState, address: ClientAddress) -> Result<(), ApiError> {
    if state.auth.throttles.admit(address.0, state.clock.now()) {
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

async fn register_start(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<RegisterStart>,
) -> Result<Json<RegisterStarted>, ApiError> {
    admit(&state, address)?;
    let started = register::start(&state, &body).await;
    counted(&state, SignInStep::Register, started).map(Json)
}

async fn register_finish(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<RegisterFinish>,
) -> Result<Json<Registered>, ApiError> {
    admit(&state, address)?;
    let registered = register::finish(&state, body).await;
    counted(&state, SignInStep::Register, registered).map(Json)
}

async fn login_start(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ReadBody(body): ReadBody<LoginStart>,
) -> Result<Json<LoginStarted>, ApiError> {
    let name = login::name(&state, &body.username);
    let now = state.clock.now();
    if !state.auth.throttles.admit_name(name, address, now) {
        state.metrics.refused(RefusedBy::SignIn);
        return Err(SignInError::TooMany.into());
    }
    Ok(Json(login::start(&state, name, &body).await?))
}

async fn login_finish(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<LoginFinish>,
) -> Result<Json<LoggedIn>, ApiError> {
    admit(&state, address)?;
    let proved = login::finish(&state, &body);
    counted(&state, SignInStep::Login, proved).map(Json)
}

async fn password_start(
    State(state): State<AppState>,
    address: ClientAddress,
    Enrolled(account, _): Enrolled,
    ReadBody(body): ReadBody<PasswordStart>,
) -> Result<Json<RegisterStarted>, ApiError> {
    admit(&state, address)?;
    Ok(Json(password::start(&state, &account, &body).await?))
}

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

async fn challenge(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<ChallengeRequest>,
) -> Result<Json<Challenge>, ApiError> {
    admit(&state, address)?;
    Ok(Json(session::challenge(&state, &body)))
}

async fn open_session(
    State(state): State<AppState>,
    address: ClientAddress,
    ReadBody(body): ReadBody<SessionRequest>,
) -> Result<Json<SessionOpened>, ApiError> {
    admit(&state, address)?;
    let opened = session::open(&state, &body).await;
    counted(&state, SignInStep::Session, opened).map(Json)
}

async fn close_session(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
) -> Result<StatusCode, ApiError> {
    session::close(&state, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn devices(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
) -> Result<Json<DeviceList>, ApiError> {
    Ok(Json(session::devices(&state, &session).await?))
}

async fn enrol(
    State(state): State<AppState>,
    Enrolled(account, _): Enrolled,
    ReadBody(body): ReadBody<DeviceEnrol>,
) -> Result<Json<RosterHead>, ApiError> {
    let position = enrolment::add_device(&state, account, body.entry.0).await?;
    Ok(Json(RosterHead { position }))
}

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
