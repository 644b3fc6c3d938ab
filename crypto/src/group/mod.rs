//! MLS groups (RFC 9420, openmls): creating, joining, committing, and checking every commit against the roster.
//!
//! ```text
//! founder     Group::create ----------------> group info + tree -> PUT /groups/{id}
//! newcomer    group info + tree -> ExternalJoin::prepare (scratch) -> POST commits -> accepted -> accept() -> Group
//! member      commit bytes -> process_commit: MLS checks -> facts -> public rules -> merge -> EpochSecret
//!             make_commit, make_change -> POST commits -> confirm_commit | discard_commit (or somebody else's commit wins)
//! invited     OwnPackage::generate -> PUT /packages; a welcome + tree -> Group::from_welcome -> Group
//! ```
//!
//! - Handshakes are `PublicMessage`; there are no MLS application messages, and no past epochs are kept.
//! - Every commit carries the committer's roster position as authenticated data (`protocol::group_rules`).
//! - The epoch's exporter secret is taken from the staged commit, so that it can be stored in the same transaction as the merge:
//!   the owner persists [`Group::drain_changes`] together with what the returned [`EpochSecret`] made in the key ring.
//! - The state lives in memory. Its rows are secret and are sealed by
//!   [`RowKey`](crate::rows::RowKey) before they touch a disk. The device's own keys are not among them.

mod commit;
mod epoch;
mod error;
mod facts;
#[cfg(test)]
mod forgeries;
mod gate;
mod guarded;
mod join;
mod package;
mod private;
#[cfg(test)]
mod private_forgeries;
mod provider;
mod state;
mod storage;
mod welcome;

pub use commit::{PendingCommit, Processed};
pub use epoch::{CallSecret, EpochSecret, SignalSecret};
pub use error::GroupError;
pub use gate::SendGate;
pub use join::ExternalJoin;
pub use package::{DevicePackage, OwnPackage};
pub use state::{Group, GroupPublic};
pub use welcome::Invitation;
