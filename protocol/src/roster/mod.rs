//! The roster: the signed log of who belongs to a community and who may do what, and its public verification.
//!
//! ```text
//! travelled bytes -> SignedEntry (strict CBOR) -> Roster::append: previous hash, signatures, rank -> RosterView
//! ```
//!
//! Every client replays the whole log; the server replays it only to route. The first entry that is invalid or unknown
//! ends the log: the part before it is kept.

mod changes;
mod entry;
mod log;
mod rules;
mod settings;
mod standings;
#[cfg(test)]
mod tests;
mod view;

pub use entry::{
    BOX_KEY_BYTES, Change, DeviceKeys, ENTRY_LIMIT, Entry, EntrySignature, HistoryPolicy,
    KnockRequest, Role, SignedEntry, SignedKnock, Signer, VoiceStanding,
};
pub use log::{Roster, RosterPosition};
pub use rules::EntryError;
pub use settings::{ChannelRules, ChannelSetting, LONGEST_PAUSE_S, Who};
pub use standings::Standings;
pub use view::{Account, Channel, Device, GroupReset, Invite, JoinedBy, RosterView};
