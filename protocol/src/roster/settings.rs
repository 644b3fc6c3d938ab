//! What admins set for a channel of everybody's: who writes and speaks in it, and how fast.
//!
//! An entry carries one setting as two numbers, so that a setting of a later version does not end the log of an earlier one: it is
//! kept, and holds for nothing here.

use super::changes::{Actor, require};
use super::rules::EntryError;
use super::view::{Channel, RosterView};
use super::{Role, VoiceStanding};
use crate::content::LONGEST_LIFETIME_S;
use crate::{AccountId, ChannelId, DeviceId};

/// The longest pause between one's messages, in seconds.
pub const LONGEST_PAUSE_S: u32 = 6 * 3600;

/// Who may do something in a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Who {
    /// All who are in it.
    #[default]
    Everyone,
    /// Admins and the founder.
    Admins,
}

impl Who {
    /// Whether somebody of this rank is among them.
    pub fn has(self, rank: Role) -> bool {
        self == Self::Everyone || rank >= Role::Admin
    }

    fn read(value: u64) -> Option<Self> {
        match value {
            0 => Some(Self::Everyone),
            1 => Some(Self::Admins),
            _ => None,
        }
    }
}

/// One setting of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelSetting {
    /// Who writes messages; reactions, and taking back what is one's own, are everybody's.
    Writing(Who),
    /// Who is heard in its calls; everybody may be in them.
    Speaking(Who),
    /// Seconds between two messages of a member; 0: no pause. Admins have none.
    Pause(u32),
    /// Seconds that what is written from here on stays; 0: for good.
    Lifetime(u32),
}

impl ChannelSetting {
    /// As an entry carries it: which, and its value.
    pub fn numbers(self) -> (u32, u64) {
        match self {
            Self::Writing(who) => (0, who as u64),
            Self::Speaking(who) => (1, who as u64),
            Self::Pause(seconds) => (2, seconds.into()),
            Self::Lifetime(seconds) => (3, seconds.into()),
        }
    }

    /// From an entry; none: a setting of a later version.
    ///
    /// # Errors
    /// A value that a known setting does not have.
    pub fn read(setting: u32, value: u64) -> Result<Option<Self>, EntryError> {
        let who = || Who::read(value).ok_or(EntryError::OutOfBounds("channel's setting"));
        let seconds = |most| {
            let seconds = u32::try_from(value).ok();
            let seconds = seconds.filter(|seconds| *seconds <= most);
            seconds.ok_or(EntryError::OutOfBounds("channel's time"))
        };
        Ok(match setting {
            0 => Some(Self::Writing(who()?)),
            1 => Some(Self::Speaking(who()?)),
            2 => Some(Self::Pause(seconds(LONGEST_PAUSE_S)?)),
            3 => Some(Self::Lifetime(seconds(LONGEST_LIFETIME_S)?)),
            _ => None,
        })
    }
}

/// All settings of a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChannelRules {
    /// Who writes.
    pub writing: Who,
    /// Who is heard.
    pub speaking: Who,
    /// Seconds between two messages of a member; 0: none.
    pub pause_s: u32,
    /// Seconds that what is written stays; 0: for good. A message says it itself, so that a change does not touch what is there.
    pub lifetime_s: u32,
}

impl ChannelRules {
    fn with(mut self, setting: ChannelSetting) -> Self {
        match setting {
            ChannelSetting::Writing(who) => self.writing = who,
            ChannelSetting::Speaking(who) => self.speaking = who,
            ChannelSetting::Pause(seconds) => self.pause_s = seconds,
            ChannelSetting::Lifetime(seconds) => self.lifetime_s = seconds,
        }
        self
    }
}

impl Channel {
    /// What holds now.
    pub fn rules(&self) -> ChannelRules {
        let last = self.settings.last();
        last.map(|(_, rules)| *rules).unwrap_or_default()
    }

    /// What held in a log of `length` entries.
    pub fn rules_at(&self, length: u64) -> ChannelRules {
        let mut settings = self.settings.iter().rev();
        let found = settings.find(|(from, _)| *from < length);
        found.map(|(_, rules)| *rules).unwrap_or_default()
    }
}

impl RosterView {
    /// Whether an account might write in a channel when the log was `length` entries long. The directory is not asked about.
    pub fn may_write_at(&self, account: &AccountId, channel: &ChannelId, length: u64) -> bool {
        let rules = self.channels.get(channel);
        let rules = rules
            .map(|channel| channel.rules_at(length))
            .unwrap_or_default();
        let account = self.accounts.get(account);
        let rank = account.and_then(|account| account.role_at(length));
        rules.writing.has(rank.unwrap_or(Role::Member))
    }

    /// Channels in whose calls not everybody is heard, each with the devices that only listen there.
    pub(super) fn listeners(&self) -> impl Iterator<Item = (ChannelId, Vec<DeviceId>)> + '_ {
        let closed = |channel: &Channel| channel.rules().speaking != Who::Everyone;
        let channels = self.channels.iter();
        channels
            .filter(move |(_, channel)| closed(channel))
            .map(|(id, channel)| {
                let speaking = channel.rules().speaking;
                let rank = |device: &DeviceId| self.rank_of(device).unwrap_or(Role::Member);
                let devices = self.devices.keys().copied();
                let silent = devices.filter(|device| !speaking.has(rank(device)));
                (*id, silent.collect())
            })
    }

    pub(super) fn set_channel(
        &mut self,
        actor: Actor,
        id: &ChannelId,
        setting: u32,
        value: u64,
    ) -> Result<(), EntryError> {
        require(actor.rank >= Role::Admin)?;
        let (length, lobby) = (self.length, self.lobby());
        let known = self.channels.get(id).filter(|channel| !channel.closed);
        let known = known.ok_or(EntryError::Unknown("channel"))?;
        // Who has a say in a private channel stands in its group, which the log does not see.
        require(self.current_group(known.group) == lobby)?;
        let Some(setting) = ChannelSetting::read(setting, value)? else {
            return Ok(());
        };
        if let Some(channel) = self.channels.get_mut(id) {
            let rules = channel.rules().with(setting);
            channel.settings.push((length, rules));
        }
        Ok(())
    }
}

/// How somebody is heard who has this standing and only listens.
pub(super) fn heard(standing: VoiceStanding, listens: bool) -> VoiceStanding {
    if listens {
        VoiceStanding::Muted
    } else {
        standing
    }
}
