//! Accounts and sessions. OPAQUE messages are RFC 9807's, as [`Suite`](crate::opaque::Suite) writes them.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::{AccountId, DeviceId, Hash, Signature};

/// `POST /auth/register/start`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RegisterStart {
    /// The link's token.
    pub token: Hash,
    /// As typed.
    pub username: String,
    /// OPAQUE `RegistrationRequest`.
    pub request: Bytes,
}

/// Answer of `POST /auth/register/start`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RegisterStarted {
    /// OPAQUE `RegistrationResponse`.
    pub response: Bytes,
}

/// `POST /auth/register/finish`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RegisterFinish {
    /// The link's token.
    pub token: Hash,
    /// As typed.
    pub username: String,
    /// OPAQUE `RegistrationUpload`.
    pub upload: Bytes,
    /// How one comes in.
    pub entry: RegisterEntry,
    /// The account file, sealed under the recovery key: at most 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Bytes>,
    /// The recovery key, sealed under the password ([`PASSWORD_COPY_BYTES`](super::PASSWORD_COPY_BYTES)): where the password alone is
    /// to open the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_copy: Option<Bytes>,
}

/// How one comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RegisterEntry {
    /// A `Founded` or `Joined` entry, to be appended in the same step.
    Roster(Bytes),
    /// A [`SignedKnock`](crate::roster::SignedKnock).
    Knock(Bytes),
}

/// Answer of `POST /auth/register/finish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct Registered {
    /// The account.
    pub account: AccountId,
    /// Its first device; open a session with its key.
    pub device: DeviceId,
}

/// `POST /auth/password/start`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct PasswordStart {
    /// OPAQUE `RegistrationRequest` of the new password.
    pub request: Bytes,
}

/// `POST /auth/password/finish`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct PasswordFinish {
    /// OPAQUE `RegistrationUpload` of the new password.
    pub upload: Bytes,
    /// The recovery key, sealed under the new password: where the password alone is to open the account on, as it did before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_copy: Option<Bytes>,
}

/// `POST /auth/login/start`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct LoginStart {
    /// As typed.
    pub username: String,
    /// OPAQUE `CredentialRequest` (KE1).
    pub request: Bytes,
}

/// Answer of `POST /auth/login/start`; unknown names get one that looks the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct LoginStarted {
    /// Names the attempt for a minute.
    pub attempt: Hash,
    /// OPAQUE `CredentialResponse` (KE2).
    pub response: Bytes,
}

/// `POST /auth/login/finish`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct LoginFinish {
    /// From the start.
    pub attempt: Hash,
    /// OPAQUE `CredentialFinalization` (KE3).
    pub finalization: Bytes,
}

/// Answer of `POST /auth/login/finish`: the password is right.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct LoggedIn {
    /// Whose.
    pub account: AccountId,
    /// For [`ENROLMENT_TOKEN_HEADER`](super::ENROLMENT_TOKEN_HEADER), for ten minutes. Secret.
    pub enrolment: Hash,
}

/// `POST /auth/challenge`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChallengeRequest {
    /// Which device wants in.
    pub device: DeviceId,
}

/// Answer of `POST /auth/challenge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct Challenge {
    /// To be signed within a minute, once.
    pub nonce: Hash,
}

/// `POST /auth/session`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct SessionRequest {
    /// Which device.
    pub device: DeviceId,
    /// From the challenge.
    pub nonce: Hash,
    /// CBOR of [`SessionProof`](crate::identity::SessionProof).
    pub proof: Bytes,
    /// By the device key over `proof`, purpose `session`, of the community (none before it is founded).
    pub signature: Signature,
    /// The client's [`REVISION`](crate::revision::REVISION); 0 of one that says none.
    #[serde(default)]
    pub revision: u32,
}

/// Answer of `POST /auth/session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct SessionOpened {
    /// Goes into `Authorization: Bearer`. Secret; the server keeps its hash only.
    pub token: Hash,
    /// ms since 1970.
    pub expires_ms: u64,
    /// Let in by the roster; else one waits for admission.
    pub member: bool,
    /// The server's [`REVISION`](crate::revision::REVISION); 0 of one that says none.
    #[serde(default)]
    pub revision: u32,
}

/// `GET /devices`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct DeviceList {
    /// One's own.
    pub devices: Vec<DeviceInfo>,
    /// The server has a copy of the recovery key that the password opens.
    #[serde(default)]
    pub password_copy: bool,
}

/// A device as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct DeviceInfo {
    /// Which.
    pub id: DeviceId,
    /// ms since 1970.
    pub created_ms: u64,
    /// ms since 1970.
    pub last_seen_ms: u64,
    /// Open sessions.
    pub sessions: u32,
}
