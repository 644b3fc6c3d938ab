//! What the composer says around what is typed: where one writes, why not, who else does. Pure.

use dialtone_engine::ChannelId;
use dialtone_engine::snapshot::{Channel, Community, Connection, rest, span};
use dialtone_words::say;

use crate::panels::channels::marked_name;

/// What the composer says around the draft.
#[derive(Debug, PartialEq, Eq)]
pub struct ComposerModel {
    pub(super) channel: ChannelId,
    pub(super) name: String,
    /// The channel's own name.
    pub(super) place: String,
    pub(super) below: String,
    pub(super) blocked: Option<String>,
    /// Why the next message is to wait, though one may write it.
    pub(super) resting: Option<String>,
}

/// The composer of `channel`.
pub fn build(community: &Community, channel: &Channel) -> ComposerModel {
    let blocked = if community.alarm.is_some() {
        Some(say!("line-settle-first").to_owned())
    } else if matches!(community.connection, Connection::Removed { .. }) {
        Some(say!("line-no-member").to_owned())
    } else if community.connection == Connection::WaitingForAdmission {
        Some(say!("line-once-let-in").to_owned())
    } else if !channel.may_write {
        Some(say!("line-admins-write").to_owned())
    } else {
        None
    };
    ComposerModel {
        channel: channel.id,
        name: say!("line-message-to", channel = marked_name(channel)),
        place: marked_name(channel),
        below: channel
            .held_up
            .clone()
            .or_else(|| preparing_words(community, channel))
            .or_else(|| typing_words(community, channel))
            .unwrap_or_else(|| lifetime_words(channel)),
        blocked,
        resting: None,
    }
}

impl ComposerModel {
    /// Where the channel has a pause between messages, says how much of it is left at `now_ms` (ms since 1970).
    #[must_use]
    pub fn at(mut self, channel: &Channel, now_ms: u64) -> Self {
        let left_ms = channel
            .paused_until_ms
            .and_then(|until| until.checked_sub(now_ms));
        self.resting = left_ms.filter(|left| *left > 0).map(|left| {
            let rest = rest(left.div_ceil(1000));
            say!("line-pause", rest = rest)
        });
        self
    }

    /// Says this below the field, where there is something to say.
    #[must_use]
    pub fn with_hint(mut self, words: Option<&str>) -> Self {
        if let Some(words) = words {
            words.clone_into(&mut self.below);
        }
        self
    }
}

/// Files are sealed before they go.
fn preparing_words(community: &Community, channel: &Channel) -> Option<String> {
    let preparing = community.files.preparing.contains(&channel.id);
    preparing.then(|| say!("line-preparing").to_owned())
}

fn typing_words(community: &Community, channel: &Channel) -> Option<String> {
    if matches!(community.connection, Connection::Offline { .. }) {
        return Some(say!("line-when-back").to_owned());
    }
    let names: Vec<&str> = channel
        .typing
        .iter()
        .filter(|account| **account != community.me.account)
        .filter_map(|account| {
            let member = community.members.iter().find(|one| one.account == *account);
            member.map(|member| member.name.as_str())
        })
        .collect();
    Some(match names.as_slice() {
        [] => return None,
        [one] => say!("line-one-writes", one = one),
        [one, two] => say!("line-two-write", one = one, two = two),
        _ => say!("line-several-write").to_owned(),
    })
}

/// What becomes of what one writes, while there is nothing else to say.
fn lifetime_words(channel: &Channel) -> String {
    if channel.lifetime_s == 0 {
        return String::new();
    }
    let span = span(channel.lifetime_s);
    say!("vanish-below", span = span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn says_where_one_writes_and_who_else_does() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let model = build(community, &community.channels[0]);
        assert_eq!(model.name, "Message #general");
        assert_eq!(model.below, "Mikael is writing…");
        assert_eq!(model.blocked, None);
    }

    #[test]
    fn offline_says_what_becomes_of_a_message_not_who_wrote_last() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.connection = Connection::Offline {
            reason: "gone".to_owned(),
            retry_in_s: 3,
        };
        let below = build(&community, &community.channels[0]).below;
        assert!(below.contains("when the server is back"), "{below}");
    }

    #[test]
    fn an_alarm_blocks_writing() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.alarm = Some("forked".to_owned());
        let channel = community.channels[0].clone();
        assert!(build(&community, &channel).blocked.is_some());
    }

    #[test]
    fn where_admins_write_one_is_told_so() {
        let mut community = (*demo::harbour().communities[0]).clone();
        let mut channel = (*community.channels[0]).clone();
        channel.may_write = false;
        let words = build(&community, &channel).blocked.unwrap();
        assert!(words.starts_with("Only admins write"), "{words}");
        community.alarm = Some("forked".to_owned());
        let words = build(&community, &channel).blocked.unwrap();
        assert!(words.contains("warning above"), "{words}");
    }

    #[test]
    fn a_pause_is_told_until_it_is_over() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let mut channel = (*community.channels[0]).clone();
        channel.paused_until_ms = Some(60_000);
        let resting = |now_ms| build(community, &channel).at(&channel, now_ms).resting;
        assert!(resting(35_500).unwrap().ends_with("in 25 seconds."));
        assert!(resting(59_001).unwrap().ends_with("in 1 second."));
        assert_eq!(resting(60_000), None);
        assert_eq!(resting(99_000), None);
    }

    #[test]
    fn what_waits_is_explained_before_who_writes() {
        let snapshot = demo::bad_state("held-up").unwrap();
        let community = &snapshot.communities[0];
        let model = build(community, &community.channels[0]);
        assert!(model.below.contains("waits here"), "{}", model.below);
    }

    #[test]
    fn several_writers() {
        let mut community = (*demo::harbour().communities[0]).clone();
        let everybody: Vec<_> = community.members.iter().map(|one| one.account).collect();
        let mut channel = (*community.channels[0]).clone();
        channel.typing = everybody;
        let words = |community: &Community| build(community, &channel).below;
        assert_eq!(words(&community), "Several people are writing…");
        community.members.clear();
        assert_eq!(words(&community), "");
        channel.lifetime_s = 86_400;
        assert_eq!(
            build(&community, &channel).below,
            "What you write here vanishes after 1 day."
        );
    }
}
