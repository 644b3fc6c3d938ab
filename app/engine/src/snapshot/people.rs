//! People in a community as a window shows them, oneself among them.

use dialtone_protocol::{AccountId, DeviceId};

use super::FileId;
use crate::command::Secret;

pub use dialtone_protocol::roster::VoiceStanding;

/// Oneself in a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// One's account.
    pub account: AccountId,
    /// This device.
    pub device: DeviceId,
    /// One's name.
    pub name: String,
    /// One's role.
    pub role: Role,
    /// What admins see of one's keys while one waits to be let in: both compare it by voice.
    pub fingerprint: String,
    /// How one's voice is heard in calls.
    pub voice: VoiceStanding,
    /// The name of who said so last.
    pub voice_by: Option<String>,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads, writes, talks.
    Member,
    /// Also channels, invites, admission.
    Admin,
    /// Also admins' roles.
    Founder,
}

/// Whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// None of their devices is connected.
    Offline,
    /// Connected, but nobody has touched their computers for a while, as these say.
    Away,
    /// Connected.
    Online,
}

impl Presence {
    /// One of their devices is connected.
    pub fn is_connected(self) -> bool {
        self != Self::Offline
    }
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub account: AccountId,
    /// The name; a short form of the id while the profile is not known.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Whether they are here.
    pub presence: Presence,
    /// How trust reached them, in words: "invited by Anna".
    pub trust: String,
    /// One has compared safety words with them, and their key is still the same.
    pub verified: bool,
    /// Their picture, if they have chosen one.
    pub picture: Option<FileId>,
    /// How their voice is heard in calls.
    pub voice: VoiceStanding,
    /// The number of the entry of the member list by which they came, from 1 on.
    pub since: u64,
    /// Of each of their devices the number of the entry that added it.
    pub devices: Vec<u64>,
    /// One ignores them.
    pub ignored: bool,
    /// The name of a member who was here before, and is called nearly the same.
    pub looks_like: Option<String>,
}

/// A device of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDevice {
    /// Which.
    pub id: DeviceId,
    /// What it is called; a short form of its id while that is not known.
    pub name: String,
    /// The one that shows this.
    pub this: bool,
    /// Connected now.
    pub online: bool,
    /// When the server saw it last, by its clock: ms since 1970; none while it was not asked.
    pub last_seen_ms: Option<u64>,
}

/// Safety words: the same at both if the server shows both the same keys and the same member list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// With whom.
    pub account: AccountId,
    /// To be read to each other.
    pub words: Vec<String>,
    /// Length of the member list: both must have the same.
    pub length: u64,
}

/// What brings the account back on another machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoveryView {
    /// There is a recovery key.
    pub exists: bool,
    /// Number of the history file that this device sent last; 0 before the first.
    pub file: u64,
    /// Its words, until somebody has confirmed that they are written down; then no device has them any more.
    pub words: Option<Secret>,
    /// The password alone opens the account on another computer; asked for by
    /// [`CommunityCommand::LookAtDevices`](crate::CommunityCommand).
    pub by_password: bool,
}

/// Somebody who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knock {
    /// Who would become this account.
    pub account: AccountId,
    /// Fingerprint to compare by voice: the same as [`Me::fingerprint`] over there.
    pub fingerprint: String,
}
