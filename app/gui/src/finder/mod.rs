//! Finds a place, a person, or something to do, by a few letters. Pure.
//!
//! snapshot -> places, deeds: all there is -> rank: what fits, the best first -> the dialog `finder`

mod deeds;
mod places;
mod rank;

use dialtone_engine::settings::Theme;
use dialtone_engine::{AccountId, ChannelId, CommunityId};

pub use deeds::deeds;
pub use places::places;
pub use rank::rank;

use crate::state::SettingsPage;
use crate::widgets::Icon;

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub title: String,
    /// Where it is, or what it is for.
    pub aside: String,
    /// The keys that do the same.
    pub keys: String,
    /// What stands before it.
    pub sign: EntrySign,
    /// So much is new there.
    pub unread: u32,
    /// What it does.
    pub goal: Goal,
}

/// What stands before an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EntrySign {
    /// An icon.
    Icon(Icon),
    /// A person's disc; whether they are here.
    Face(AccountId, bool),
}

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Show a channel.
    Channel(CommunityId, ChannelId),
    /// Show the conversation with a member.
    Person(CommunityId, AccountId),
    /// Show a community.
    Community(CommunityId),
    /// Do something.
    Deed(Deed),
}

/// Something that the window can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it does")]
pub enum Deed {
    Switch,
    Search,
    Pins,
    PickDay,
    FirstUnread,
    Present,
    JoinCall,
    LeaveCall,
    Mute(bool),
    Deafen(bool),
    Quality,
    Invite,
    CreateChannel,
    Knocks,
    JoinCommunity,
    AttachFiles,
    Emoji,
    Settings(SettingsPage),
    Look(Theme),
    ReducedMotion(bool),
}
