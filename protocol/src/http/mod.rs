//! HTTP: JSON bodies, one file for each domain of the server.
//!
//! Bytes are unpadded base64url ([`Bytes`]); ids likewise. Authorised requests carry `Authorization: Bearer TOKEN`.
//!
//! | request | bodies | who |
//! |---|---|---|
//! | `GET /health`, `GET /ready` | [`Health`], [`Ready`] | all |
//! | `GET /identity?nonce=` | [`IdentityBody`] | all |
//! | `POST /server/invites` | [`ServerInvite`] -> [`ServerInviteMade`] | `X-Admin-Token` |
//! | `GET /server/members?after=&limit=` | [`MemberPage`] | `X-Admin-Token` |
//! | `GET /server/sessions?after=&limit=`, `DELETE /server/sessions/{id}` | [`SessionPage`] | `X-Admin-Token` |
//! | `GET /server/channels?after=&limit=` | [`ChannelPage`] | `X-Admin-Token` |
//! | `PUT /server/channels/{id}/retention` | [`ChannelRetention`] | `X-Admin-Token` |
//! | `GET /server/stats` | [`ServerStats`] | `X-Admin-Token` |
//! | `POST /invites/lookup` | [`InviteLookup`] -> [`InviteFound`] | holder of the token |
//! | `POST /auth/register/start`, `/finish` | [`RegisterStart`] … | holder of the token |
//! | `POST /auth/login/start`, `/finish` | [`LoginStart`] … | all |
//! | `POST /auth/challenge`, `/auth/session` | [`ChallengeRequest`] … | a device |
//! | `DELETE /auth/session` | – | session |
//! | `GET /devices`, `DELETE /devices/{id}/sessions` | [`DeviceList`] | session |
//! | `PUT /recovery/history` | [`HistoryPut`] | session |
//! | `DELETE /recovery/password` | – | session |
//! | `GET /recovery` | [`RecoveryFiles`] | `X-Enrolment-Token` |
//! | `POST /devices` | [`DeviceEnrol`] -> [`RosterHead`] | `X-Enrolment-Token` |
//! | `POST /approvals` | [`ApprovalPost`] -> [`ApprovalState`] | `X-Enrolment-Token` |
//! | `GET /approvals` | [`ApprovalState`] | `X-Enrolment-Token` |
//! | `POST /invites` | [`InvitePublish`] -> [`RosterHead`] | session, admin |
//! | `GET /roster?from=&limit=`, `POST /roster` | [`RosterPage`], [`RosterAppend`] -> [`RosterHead`] | session (get: or `X-Invite-Token`, `X-Enrolment-Token`) |
//! | `GET /knocks` | [`KnockList`] | session, admin |
//! | `PUT /groups/{id}` | [`GroupCreate`] | session |
//! | `GET /groups/{id}` | [`GroupState`] | session |
//! | `POST /groups/{id}/commits`, `GET …?from=` | [`CommitPublish`] -> [`CommitAccepted`], [`CommitPage`] | session |
//! | `GET /groups/{id}/welcome`, `DELETE /groups/{id}/welcome` | [`WelcomeInfo`] | session |
//! | `PUT /packages`, `GET /packages/{account}` | [`PackagePut`], [`PackageList`] | session |
//! | `GET /blobs` | [`BlobRoom`] | session |
//! | `PUT /blobs/{id}`, `GET /blobs/{id}`, `DELETE /blobs/{id}` | bytes, see [`BlobRoom`] | session (delete: who sent it, or an admin) |
//! | `GET /channels` | [`ChannelHeads`] | session |
//! | `GET /channels/{id}/events?before=&after=&limit=` | [`EventPage`] | session |

mod admin;
mod approvals;
mod auth;
mod blobs;
mod bytes;
mod channels;
mod error;
mod groups;
mod invites;
mod recovery;
mod roster;
mod server;

pub use admin::*;
pub use approvals::*;
pub use auth::*;
pub use blobs::*;
pub use bytes::Bytes;
pub use channels::*;
pub use error::{ErrorBody, ErrorCode};
pub use groups::*;
pub use invites::*;
pub use recovery::*;
pub use roster::*;
pub use server::*;

/// The header that carries the admin token.
pub const ADMIN_TOKEN_HEADER: &str = "X-Admin-Token";
/// The header that carries an invite's token where one has no session yet.
pub const INVITE_TOKEN_HEADER: &str = "X-Invite-Token";
/// The header that carries what a proved password gives: for some minutes one may fetch the recovery files and add a device.
pub const ENROLMENT_TOKEN_HEADER: &str = "X-Enrolment-Token";
/// The longest body of a request, in bytes (a group of 1,000 devices fits).
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
