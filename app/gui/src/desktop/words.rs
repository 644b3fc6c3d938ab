//! What a notification says: who and where; what was written only where one allows it. Pure.

use dialtone_desktop::{Note, Tag};
use dialtone_engine::snapshot::{Channel, Community};
use dialtone_engine::{AccountId, ChannelId, CommunityId, Snapshot};

use crate::panels::channels::{channel_name, marked_name};
use dialtone_words::say;

/// The notification of a message; nothing where its channel is not known.
pub(super) fn note(
    snapshot: &Snapshot,
    place: (CommunityId, ChannelId),
    from: AccountId,
    mentioned: bool,
    text: Option<&str>,
) -> Option<Note> {
    let (community, channel) = find(snapshot, place)?;
    let mut members = community.members.iter();
    let name = members
        .find(|member| member.account == from)
        .map_or(say!("desk-somebody"), |member| member.name.as_str());
    let mut title = title(community, channel, name);
    if snapshot.communities.len() > 1 {
        title = format!("{title} ({})", community.name);
    }
    let text = text.filter(|_| snapshot.settings.notifications.show_text);
    let body = match (text, mentioned) {
        (Some(text), _) => text.to_owned(),
        (None, true) => say!("desk-mentioned").to_owned(),
        (None, false) => say!("desk-new-message").to_owned(),
    };
    Some(Note {
        tag: tag(place),
        title,
        body,
    })
}

fn title(community: &Community, channel: &Channel, name: &str) -> String {
    let me = community.me.account;
    match &channel.private {
        Some(private) if private.direct => {
            let others = private.accounts.iter().filter(|one| **one != me).count();
            if others > 1 {
                say!(
                    "desk-to-and-you",
                    name = name,
                    others = others_of(channel_name(channel), name)
                )
            } else {
                name.to_owned()
            }
        }
        _ => say!("desk-name-in", name = name, channel = marked_name(channel)),
    }
}

/// Whom a conversation is with, besides who writes.
fn others_of(names: &str, writer: &str) -> String {
    let others: Vec<&str> = names.split(", ").filter(|name| *name != writer).collect();
    others.join(", ")
}

/// A channel and its community.
pub(super) fn find(
    snapshot: &Snapshot,
    (community, channel): (CommunityId, ChannelId),
) -> Option<(&Community, &Channel)> {
    let mut communities = snapshot.communities.iter();
    let community = communities.find(|one| one.id == community)?;
    let channel = community.channels.iter().find(|one| one.id == channel)?;
    Some((community, channel))
}

/// By what the desktop names a channel's notification.
pub(super) fn tag((community, channel): (CommunityId, ChannelId)) -> Tag {
    let mut bytes = [0; 48];
    bytes[..32].copy_from_slice(&community.0);
    bytes[32..].copy_from_slice(&channel.0);
    Tag(bytes)
}

/// And back.
pub(super) fn place(Tag(bytes): Tag) -> (CommunityId, ChannelId) {
    let (mut community, mut channel) = ([0; 32], [0; 16]);
    community.copy_from_slice(&bytes[..32]);
    channel.copy_from_slice(&bytes[32..]);
    (CommunityId(community), ChannelId(channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    fn told(show_text: bool, name: &str, writer: &str, mentioned: bool) -> (String, String) {
        let mut snapshot = demo::harbour();
        snapshot.communities.truncate(1);
        snapshot.settings.notifications.show_text = show_text;
        let community = &snapshot.communities[0];
        let mut channels = community.channels.iter();
        let found = channels.find(|one| one.name.as_deref() == Some(name));
        let (id, channel) = (community.id, found.unwrap().id);
        let mut members = community.members.iter();
        let from = members.find(|one| one.name == writer).unwrap().account;
        let note = note(&snapshot, (id, channel), from, mentioned, Some("the text"));
        let note = note.unwrap();
        assert_eq!(place(note.tag), (id, channel));
        (note.title, note.body)
    }

    #[test]
    fn what_was_written_is_shown_only_where_that_is_allowed() {
        let (title, body) = told(false, "general", "Mikael", false);
        assert_eq!(
            (title.as_str(), body.as_str()),
            ("Mikael in #general", "New message")
        );
        assert_eq!(
            told(false, "general", "Mikael", true).1,
            "You are mentioned"
        );
        assert_eq!(told(true, "general", "Mikael", true).1, "the text");
    }

    #[test]
    fn it_says_who_and_where() {
        for (channel, title) in [
            ("general", "Mikael in #general"),
            ("committee", "Mikael in committee"),
            ("Mikael", "Mikael"),
        ] {
            assert_eq!(told(false, channel, "Mikael", false).0, title);
        }
        assert_eq!(
            told(false, "Jo, Tomas", "Jo", false).0,
            "Jo to Tomas and you"
        );
    }

    #[test]
    fn with_several_communities_it_says_which() {
        let mut snapshot = demo::harbour();
        let mut other = (*snapshot.communities[0]).clone();
        other.id = CommunityId([77; 32]);
        other.name = "Elsewhere".to_owned();
        let (channel, from) = (other.channels[0].id, other.members[1].account);
        snapshot.communities.push(std::sync::Arc::new(other));
        let place = (CommunityId([77; 32]), channel);
        let note = note(&snapshot, place, from, false, None).unwrap();
        assert!(note.title.ends_with("(Elsewhere)"), "{}", note.title);
    }
}
