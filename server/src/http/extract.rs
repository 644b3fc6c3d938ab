//! What handlers take: bodies and queries whose refusals are ours, the client's address, and the device that asks.

use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::str::FromStr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Json, Query, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::roster::Role;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::headers::{bearer, last_hop};
use crate::auth::{self, Session};
use crate::error::ApiError;
use crate::limits::{Door, Network};
use crate::listen::PeerAddress;
use crate::places::{Place, Seat};
use crate::state::AppState;

/// A JSON body.
pub(crate) struct ReadBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for ReadBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        match Json::<Object<T>>::from_request(request, state).await {
            Ok(Json(Object(body))) => Ok(Self(body)),
            Err(rejection) => Err(body_error(&rejection)),
        }
    }
}

/// What is written as a JSON object. Its values alone in a list, which serde takes for a struct as well, are none.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn body_error(rejection: &JsonRejection) -> ApiError {
    match rejection {
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
            ApiError::new(ErrorCode::Malformed, rejection.body_text())
        }
        _ => ApiError::for_status(rejection.status()),
    }
}

/// A query string.
pub(crate) struct ReadQuery<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for ReadQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|rejection| ApiError::new(ErrorCode::Malformed, rejection.body_text()))
    }
}

/// Reads an id of the path.
pub(crate) fn path_id<T: FromStr>(text: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| ApiError::new(ErrorCode::Malformed, error.to_string()))
}

/// Where a request comes from: the connection's other end, or what the proxy in front says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) Network);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let address = client_address(state, &parts.headers, &parts.extensions);
        Ok(Self(address))
    }
}

/// See [`ClientAddress`].
pub(super) fn client_address(
    state: &AppState,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Network {
    let peer = extensions
        .get::<PeerAddress>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
    // `--tls none` says that a proxy is in front; who connects with TLS is the client itself.
    let proxied = state.tls_key().is_none();
    let forwarded = proxied.then(|| last_hop(headers)).flatten();
    forwarded.unwrap_or(peer).into()
}

/// A seat for the connection as a WebSocket.
pub(crate) struct Seated {
    _seat: Option<Seat>,
    /// It counts among its address's for as long.
    _door: Option<Door>,
}

impl FromRequestParts<AppState> for Seated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let Some(place) = parts.extensions.get::<Place>() else {
            // Whoever serves the router by other means bounds connections there.
            return Ok(Self {
                _seat: None,
                _door: None,
            });
        };
        let seat = place.seat().ok_or_else(|| {
            let words = "the server has no room for another connection: try again later";
            ApiError::new(ErrorCode::Unavailable, words)
        })?;
        Ok(Self {
            _seat: Some(seat),
            _door: parts.extensions.get::<Door>().cloned(),
        })
    }
}

/// Counts a request of a session; refused, it was one too many.
pub(crate) fn within_limits(state: &AppState, session: &Session) -> Result<(), ApiError> {
    state.limits.by_session(session).map_err(|too_much| {
        state.metrics.refused(too_much.by);
        ApiError::too_much(too_much.wait)
    })
}

/// The device whose session the request carries; it may still wait for admission.
pub(crate) struct CurrentDevice(pub(crate) Session);

impl FromRequestParts<AppState> for CurrentDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(ApiError::not_signed_in)?;
        let session = auth::find_session(state, token)
            .await?
            .ok_or_else(ApiError::not_signed_in)?;
        if let Some(door) = parts.extensions.get::<Door>() {
            door.known();
        }
        within_limits(state, &session)?;
        Ok(Self(session))
    }
}

/// A device of a member.
pub(crate) struct Member(pub(crate) Session);

impl FromRequestParts<AppState> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let CurrentDevice(session) = CurrentDevice::from_request_parts(parts, state).await?;
        if session.role.is_none() {
            return Err(ApiError::not_a_member());
        }
        Ok(Self(session))
    }
}

/// A device of an admin or of the founder.
pub(crate) struct Admin;

impl FromRequestParts<AppState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Member(session) = Member::from_request_parts(parts, state).await?;
        if session.role < Some(Role::Admin) {
            return Err(ApiError::new(
                ErrorCode::NotAllowed,
                "only admins may do this",
            ));
        }
        Ok(Self)
    }
}
