//! The directory: names of channels, people and the community, from its events in order.

use std::collections::{BTreeMap, VecDeque};

use dialtone_protocol::content::{Attachment, EventBody, REASON_LIMIT, TOPIC_LIMIT, is_valid_name};
use dialtone_protocol::roster::{Role, RosterView};
use dialtone_protocol::{AccountId, ChannelId, DeviceId};
use dialtone_words::say;
use minicbor::{Decode, Encode};

use super::attachments::{id_of, is_portrait};
use super::records::StoredEvent;
use crate::snapshot::FileId;

/// A channel's name and topic.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ChannelInfo {
    /// As shown.
    #[n(0)]
    pub name: String,
    /// As shown.
    #[n(1)]
    pub topic: String,
    /// Listed under *Voice*.
    #[n(2)]
    pub voice: bool,
}

impl ChannelInfo {
    /// What an event says, if it names a channel and the name can be shown.
    pub(crate) fn read(body: &EventBody) -> Option<Self> {
        match body {
            EventBody::ChannelInfo {
                name, topic, voice, ..
            } if is_valid_name(name) && topic.chars().count() <= TOPIC_LIMIT => Some(Self {
                name: name.clone(),
                topic: topic.clone(),
                voice: *voice,
            }),
            _ => None,
        }
    }

    /// The event that says so.
    pub(crate) fn of(self, channel: ChannelId) -> EventBody {
        EventBody::ChannelInfo {
            channel,
            name: self.name,
            topic: self.topic,
            voice: self.voice,
        }
    }
}

/// How long what is written in a private channel stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Lifetime {
    /// Where it was said: an earlier word that can be read only now changes nothing.
    #[n(0)]
    pub sequence: u64,
    /// 0: for good.
    #[n(1)]
    pub seconds: u32,
}

/// Where a channel stands in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Under which heading; empty: none.
    pub category: String,
    /// Those of one heading are in the order of this, then as they were made.
    pub place: u64,
}

/// Why somebody is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    by: AccountId,
    /// Length of the member list when it was said.
    length: u64,
    text: String,
}

/// Reasons that are kept for one account: it may be removed, come back, and be removed again.
const REASONS: usize = 16;

/// Who said something, and what they might do then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Author {
    /// Whose device it was.
    pub account: AccountId,
    /// Which one.
    pub device: DeviceId,
    /// The role at the member list's length that the event names: whoever is no admin any more was one then.
    pub role: Role,
}

/// The author of an event that was opened.
pub(crate) fn author(event: &StoredEvent, roster: &RosterView) -> Option<Author> {
    let account = roster.device(&event.device)?.account;
    Some(Author {
        account,
        device: event.device,
        role: event.role.unwrap_or(Role::Member),
    })
}

/// Every name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    /// The community's.
    pub community: Option<String>,
    /// Channels'.
    pub channels: BTreeMap<ChannelId, ChannelInfo>,
    /// People's.
    pub people: BTreeMap<AccountId, String>,
    /// People's, as they look.
    pub pictures: BTreeMap<AccountId, (FileId, Attachment)>,
    /// Devices'.
    pub devices: BTreeMap<DeviceId, String>,
    /// Where channels stand that were placed.
    pub places: BTreeMap<ChannelId, Place>,
    /// How long what is written in private channels stays, in seconds, and the sequence of the event that says so.
    pub lifetimes: BTreeMap<ChannelId, Lifetime>,
    reasons: BTreeMap<AccountId, VecDeque<Reason>>,
}

impl Directory {
    /// Takes one verified event in. What its sender might not say, or is not a name, changes nothing.
    pub(crate) fn apply(&mut self, author: Author, body: &EventBody) {
        let Author {
            account,
            device,
            role,
        } = author;
        match body {
            EventBody::ChannelInfo { channel, .. } if role >= Role::Admin => {
                if let Some(info) = ChannelInfo::read(body) {
                    self.channels.insert(*channel, info);
                }
            }
            EventBody::Profile { name, picture } if is_valid_name(name) => {
                self.people.insert(account, name.clone());
                match picture.as_ref().filter(|picture| is_portrait(picture)) {
                    Some(picture) => self
                        .pictures
                        .insert(account, (id_of(picture), picture.clone())),
                    None => self.pictures.remove(&account),
                };
            }
            EventBody::Device { name } if is_valid_name(name) => {
                self.devices.insert(device, name.clone());
            }
            EventBody::CommunityInfo { name } if role >= Role::Admin && is_valid_name(name) => {
                self.community = Some(name.clone());
            }
            EventBody::ChannelPlace {
                channel,
                category,
                place,
            } if role >= Role::Admin && (category.is_empty() || is_valid_name(category)) => {
                let category = category.clone();
                let place = *place;
                self.places.insert(*channel, Place { category, place });
            }
            EventBody::Removal {
                account: whom,
                reason,
                length,
            } if role >= Role::Admin && reason.chars().count() <= REASON_LIMIT => {
                let reasons = self.reasons.entry(*whom).or_default();
                if reasons.len() == REASONS {
                    reasons.pop_front();
                }
                reasons.push_back(Reason {
                    by: account,
                    length: *length,
                    text: reason.clone(),
                });
            }
            _ => {}
        }
    }

    /// Where a channel stands.
    pub(crate) fn place(&self, channel: &ChannelId) -> Place {
        self.places.get(channel).cloned().unwrap_or_default()
    }

    /// Why `by` has removed somebody with the entry of this number, if they have said so.
    pub(crate) fn reason(&self, account: &AccountId, by: &AccountId, number: u64) -> Option<&str> {
        let reasons = self.reasons.get(account)?;
        let before = reasons
            .iter()
            .filter(|one| one.by == *by && one.length < number);
        before
            .max_by_key(|one| one.length)
            .map(|one| one.text.as_str())
    }

    /// A person's name, or a short form of their id while it is not known.
    pub(crate) fn person(&self, account: &AccountId) -> String {
        self.people.get(account).cloned().unwrap_or_else(|| {
            let id = account.to_string();
            say!("history-member", short = id.get(..6).unwrap_or(&id))
        })
    }
}
