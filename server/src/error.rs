//! What a refused HTTP request answers: every domain's error becomes an [`ApiError`], once, here or beside it.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::roster::RosterPosition;
use dialtone_store::StoreError;

use crate::http::RequestId;

/// A refusal with its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Box<Refused>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    body: ErrorBody,
    /// When to try again, in seconds.
    wait_s: Option<u64>,
}

/// What is sent: the name of the request is no part of what clients read, and is for who asks the server's admin.
#[derive(serde::Serialize)]
struct Sent<'a> {
    #[serde(flatten)]
    body: &'a ErrorBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
}

/// How long to wait where it is not known better, in seconds.
const WAIT_S: u64 = 5;

impl ApiError {
    /// A refusal. `message` is for people: what happened, and what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Refused {
            body: ErrorBody {
                code,
                message: message.into(),
                position: None,
                epoch: None,
            },
            wait_s: (code == ErrorCode::TooMany).then_some(WAIT_S),
        }))
    }

    /// A refusal that the web library made, in our words; the answer keeps its `status`.
    pub(crate) fn for_status(status: StatusCode) -> Self {
        let (code, words) = match status {
            StatusCode::METHOD_NOT_ALLOWED => (
                ErrorCode::NotFound,
                "there is something at this address, but not for this method",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                (ErrorCode::TooLarge, "the request is larger than allowed")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                ErrorCode::Malformed,
                "the request's body must be application/json",
            ),
            StatusCode::UPGRADE_REQUIRED => {
                (ErrorCode::Malformed, "this address is for WebSockets only")
            }
            _ if status.is_client_error() => (ErrorCode::Malformed, "the request cannot be read"),
            _ => (ErrorCode::Internal, "a fault of the server: tell its admin"),
        };
        Self::new(code, words)
    }

    /// Also tells where the roster is.
    #[must_use]
    pub fn at_position(mut self, position: RosterPosition) -> Self {
        self.0.body.position = Some(position);
        self
    }

    /// Also tells the group's epoch.
    #[must_use]
    pub fn at_epoch(mut self, epoch: u64) -> Self {
        self.0.body.epoch = Some(epoch);
        self
    }

    /// Why, for programs.
    pub fn code(&self) -> ErrorCode {
        self.0.body.code
    }

    /// The session is missing or over.
    pub(crate) fn not_signed_in() -> Self {
        Self::new(
            ErrorCode::NotSignedIn,
            "there is no session, or it ended: sign in again",
        )
    }

    /// Only members may do this.
    pub(crate) fn not_a_member() -> Self {
        Self::new(
            ErrorCode::NotAllowed,
            "an admin has not let you in yet, or you are no member any more",
        )
    }

    /// Too much, too fast.
    pub(crate) fn too_many() -> Self {
        Self::new(
            ErrorCode::TooMany,
            "too many requests: wait a little, then try again",
        )
    }

    /// The same, and for how long.
    pub(crate) fn too_much(wait: Duration) -> Self {
        let mut refused = Self::too_many();
        refused.0.wait_s = Some(wait.as_secs_f64().ceil().max(1.0) as u64);
        refused
    }
}

/// The HTTP status of a code.
fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Malformed | ErrorCode::UsernameInvalid => StatusCode::BAD_REQUEST,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::NotSignedIn | ErrorCode::WrongCredentials => StatusCode::UNAUTHORIZED,
        ErrorCode::NotAllowed => StatusCode::FORBIDDEN,
        ErrorCode::NotFound | ErrorCode::InviteUnknown => StatusCode::NOT_FOUND,
        ErrorCode::InviteExpired | ErrorCode::InviteUsed => StatusCode::GONE,
        ErrorCode::UsernameTaken
        | ErrorCode::RosterMoved
        | ErrorCode::StaleEpoch
        | ErrorCode::Exists => StatusCode::CONFLICT,
        ErrorCode::EntryInvalid | ErrorCode::CommitInvalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::TooOld => StatusCode::UPGRADE_REQUIRED,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Refused { body, wait_s } = *self.0;
        let request = RequestId::current();
        let sent = Sent {
            body: &body,
            request: request.as_ref().map(RequestId::as_str),
        };
        let mut response = (status(body.code), Json(sent)).into_response();
        if let Some(seconds) = wait_s {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_uncertain() {
            tracing::warn!(%error, "the database cannot be used");
            Self::new(
                ErrorCode::Unavailable,
                "the server's database went away in the middle: look whether it was done before you try again",
            )
        } else if is_passing(&error) {
            tracing::warn!(%error, "the database cannot be used");
            Self::new(
                ErrorCode::Unavailable,
                "the server's database cannot be used now: nothing was changed, try again shortly",
            )
        } else {
            tracing::error!(%error, "the database answered with what should not happen");
            Self::new(ErrorCode::Internal, "a fault of the server: tell its admin")
        }
    }
}

/// Whether trying again later can help.
pub(crate) fn is_passing(error: &StoreError) -> bool {
    error.is_unavailable() || error.is_conflict()
}
