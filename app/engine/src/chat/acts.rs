//! What an event does to an earlier one, as it is remembered beside it: another text, taken back, an emoji, a pin.
//!
//! Whether an act counts is decided when the message is shown ([`super::fold`]): it may be here before the message can be opened.

use dialtone_protocol::content::{EventBody, EventContent, TEXT_LIMIT, is_reaction};
use dialtone_protocol::roster::Role;
use dialtone_protocol::{AccountId, ChannelId, Hash};
use minicbor::{Decode, Encode};

use super::records::{StoredEvent, Verdict};

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Act {
    /// Whose.
    #[n(0)]
    pub account: AccountId,
    /// They were an admin at the member list's length that the event names.
    #[n(1)]
    pub admin: bool,
    /// Their clock, ms since 1970.
    #[n(2)]
    pub time_ms: u64,
    /// What.
    #[n(3)]
    pub what: What,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum What {
    /// Another text.
    #[n(0)]
    Edit(#[n(0)] String),
    /// Taken back.
    #[n(1)]
    Delete,
    /// An emoji.
    #[n(2)]
    Reaction {
        /// One emoji.
        #[n(0)]
        emoji: String,
        /// Set or taken back.
        #[n(1)]
        set: bool,
    },
    /// Pinned, or not any more.
    #[n(3)]
    Pin(#[n(0)] bool),
}

impl Act {
    /// What an event does, and to which one; `None`: nothing, or what cannot be.
    pub(crate) fn of(event: &StoredEvent) -> Option<(Hash, Self)> {
        let Verdict::Opened(content) = &event.verdict else {
            return None;
        };
        let admin = event.role.is_some_and(|role| role >= Role::Admin);
        Self::by(event.account?, admin, content)
    }

    /// The same of what `account` says.
    pub(crate) fn by(
        account: AccountId,
        admin: bool,
        content: &EventContent,
    ) -> Option<(Hash, Self)> {
        let (target, what) = match &content.body {
            EventBody::Edit { target, text } if text.len() <= TEXT_LIMIT => {
                (target, What::Edit(text.clone()))
            }
            EventBody::Delete { target } => (target, What::Delete),
            EventBody::Reaction { target, emoji, set } if is_reaction(emoji) => {
                let (emoji, set) = (emoji.clone(), *set);
                (target, What::Reaction { emoji, set })
            }
            EventBody::Pin { target, set } => (target, What::Pin(*set)),
            _ => return None,
        };
        let act = Self {
            account,
            admin,
            time_ms: content.time_ms,
            what,
        };
        Some((*target, act))
    }

    /// Whether it takes back what `author` wrote.
    pub(crate) fn deletes(&self, author: Option<AccountId>) -> bool {
        self.what == What::Delete && (self.admin || Some(self.account) == author)
    }
}

/// Which event something that is said is to, if it only does something to another one.
pub(crate) fn target_of(body: &EventBody) -> Option<Hash> {
    match body {
        EventBody::Edit { target, .. }
        | EventBody::Delete { target }
        | EventBody::Reaction { target, .. }
        | EventBody::Pin { target, .. } => Some(*target),
        _ => None,
    }
}

/// The key of a row that belongs to an event of a channel.
pub(crate) fn event_key(channel: &ChannelId, event: &Hash) -> [u8; 48] {
    let mut key = [0; 48];
    key[..16].copy_from_slice(&channel.0);
    key[16..].copy_from_slice(&event.0);
    key
}

/// The key of an act's row: acts on one event stand together, in their order.
pub(crate) fn act_key(channel: &ChannelId, target: &Hash, sequence: u64) -> [u8; 56] {
    let mut key = [0; 56];
    key[..48].copy_from_slice(&event_key(channel, target));
    key[48..].copy_from_slice(&sequence.to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(body: EventBody) -> Option<What> {
        let content = EventContent {
            time_ms: 1,
            lifetime_s: None,
            body,
        };
        let act = Act::by(AccountId([1; 32]), false, &content);
        act.map(|(_, act)| act.what)
    }

    #[test]
    fn what_is_no_emoji_is_no_reaction() {
        let set = |emoji: &str| {
            reads(EventBody::Reaction {
                target: Hash([1; 32]),
                emoji: emoji.into(),
                set: true,
            })
        };
        assert!(set("⚓").is_some());
        assert!(set("first").is_none() && set(&"⚓".repeat(100)).is_none());
    }

    #[test]
    fn a_text_that_is_too_long_is_no_edit() {
        let edit = |length: usize| {
            reads(EventBody::Edit {
                target: Hash([1; 32]),
                text: "x".repeat(length),
            })
        };
        assert!(edit(TEXT_LIMIT).is_some() && edit(TEXT_LIMIT + 1).is_none());
    }
}
