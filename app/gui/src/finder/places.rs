//! All channels, conversations, people and communities.

use dialtone_engine::snapshot::{Channel, Community};
use dialtone_engine::{CommunityId, Snapshot};
use dialtone_words::say;

use super::{Entry, EntrySign, Goal};
use crate::panels::channels::channel_name;
use crate::widgets::Icon;

/// Every place that one can go to; those of the community `shown` first.
pub fn places(snapshot: &Snapshot, shown: Option<CommunityId>) -> Vec<Entry> {
    let mut communities: Vec<&Community> = snapshot.communities.iter().map(AsRef::as_ref).collect();
    communities.sort_by_key(|one| Some(one.id) != shown);
    let mut all = Vec::new();
    for community in &communities {
        all.extend(community.channels.iter().map(|one| channel(community, one)));
    }
    for community in &communities {
        all.extend(people(community));
    }
    if communities.len() > 1 {
        all.extend(communities.iter().map(|one| whole(one)));
    }
    all
}

fn channel(community: &Community, channel: &Channel) -> Entry {
    let private = channel.private.as_ref();
    let other = private.filter(|one| one.direct).and_then(|one| {
        let mut accounts = one.accounts.iter();
        let other = accounts.find(|account| **account != community.me.account)?;
        (one.accounts.len() == 2).then_some(*other)
    });
    let sign = match (other, private) {
        (Some(account), _) => {
            let mut members = community.members.iter();
            let here = members.any(|one| one.account == account && one.presence.is_connected());
            EntrySign::Face(account, here)
        }
        (None, Some(one)) if one.direct => EntrySign::Icon(Icon::People),
        (None, Some(_)) => EntrySign::Icon(Icon::Lock),
        (None, None) if channel.voice => EntrySign::Icon(Icon::Speaker),
        (None, None) => EntrySign::Icon(Icon::Hash),
    };
    Entry {
        title: channel_name(channel).to_owned(),
        aside: community.name.clone(),
        keys: String::new(),
        sign,
        unread: channel.unread,
        goal: Goal::Channel(community.id, channel.id),
    }
}

/// Members with whom one has no conversation yet.
fn people(community: &Community) -> impl Iterator<Item = Entry> + '_ {
    let spoken_with = |account| {
        community.channels.iter().any(|channel| {
            let private = channel.private.as_ref();
            private.is_some_and(|one| {
                one.direct && one.accounts.len() == 2 && one.accounts.contains(account)
            })
        })
    };
    let members = community.members.iter();
    members
        .filter(move |one| one.account != community.me.account && !spoken_with(&one.account))
        .map(|one| Entry {
            title: one.name.clone(),
            aside: community.name.clone(),
            keys: String::new(),
            sign: EntrySign::Face(one.account, one.presence.is_connected()),
            unread: 0,
            goal: Goal::Person(community.id, one.account),
        })
}

fn whole(community: &Community) -> Entry {
    Entry {
        title: community.name.clone(),
        aside: say!("line-a-community").to_owned(),
        keys: String::new(),
        sign: EntrySign::Icon(Icon::People),
        unread: community.channels.iter().map(|one| one.unread).sum(),
        goal: Goal::Community(community.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn people_with_a_conversation_are_there_once() {
        let all = places(&demo::harbour(), None);
        let count = |title: &str| all.iter().filter(|one| one.title == title).count();
        assert_eq!(count("Mikael"), 1);
        assert_eq!(count("Jo"), 1);
        assert_eq!(count("general"), 1);
        assert!(
            !all.iter()
                .any(|one| matches!(one.goal, Goal::Person(..)) && one.title == "Anna")
        );
    }

    #[test]
    fn the_shown_community_comes_first() {
        let snapshot = demo::harbour();
        let second = snapshot.communities[1].id;
        assert_eq!(places(&snapshot, Some(second))[0].title, "hall");
    }
}
