//! Everything that the window can do, where it makes sense.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::Theme;
use dialtone_engine::snapshot::{Community, Connection, Role};

use super::{Deed, Entry, EntrySign, Goal};
use crate::state::SettingsPage;
use crate::widgets::Icon;

/// What can be done now, with `community` shown.
pub fn deeds(snapshot: &Snapshot, community: Option<&Community>) -> Vec<Entry> {
    let mut all = Vec::new();
    if let Some(community) = community {
        in_call(&mut all, snapshot);
        in_channel(&mut all, community);
        in_community(&mut all, community);
    }
    add(
        &mut all,
        Deed::JoinCommunity,
        "Join another community",
        "",
        Icon::Plus,
    );
    settings(&mut all, snapshot);
    all
}

fn add(all: &mut Vec<Entry>, deed: Deed, title: &str, keys: &'static str, icon: Icon) {
    all.push(Entry {
        title: title.to_owned(),
        aside: String::new(),
        keys,
        sign: EntrySign::Icon(icon),
        unread: 0,
        goal: Goal::Deed(deed),
    });
}

fn in_call(all: &mut Vec<Entry>, snapshot: &Snapshot) {
    let call = snapshot
        .communities
        .iter()
        .find_map(|one| one.call.as_ref());
    let Some(call) = call else {
        return;
    };
    let muted = call.muted || call.deafened;
    if muted {
        add(all, Deed::Mute(false), "Unmute", "Ctrl+M", Icon::Microphone);
    } else {
        add(all, Deed::Mute(true), "Mute", "Ctrl+M", Icon::MicrophoneOff);
    }
    if call.deafened {
        add(
            all,
            Deed::Deafen(false),
            "Undeafen",
            "Ctrl+D",
            Icon::Headphones,
        );
    } else {
        add(
            all,
            Deed::Deafen(true),
            "Deafen",
            "Ctrl+D",
            Icon::HeadphonesOff,
        );
    }
    add(
        all,
        Deed::Quality,
        "Show the call's quality",
        "",
        Icon::Wifi,
    );
    add(all, Deed::LeaveCall, "Leave the call", "", Icon::HangUp);
}

fn in_channel(all: &mut Vec<Entry>, community: &Community) {
    add(
        all,
        Deed::Switch,
        "Go to a channel or a person",
        "Ctrl+K",
        Icon::Hash,
    );
    add(all, Deed::Search, "Search messages", "Ctrl+F", Icon::Search);
    let open = community.open;
    let channel = community.channels.iter().find(|one| Some(one.id) == open);
    let Some(channel) = channel else {
        return;
    };
    add(all, Deed::Pins, "Show pinned messages", "", Icon::Pin);
    add(all, Deed::PickDay, "Go to a day", "", Icon::Calendar);
    if channel.timeline.first_unread.is_some() {
        add(
            all,
            Deed::FirstUnread,
            "Go to the first unread",
            "",
            Icon::ArrowDown,
        );
    }
    add(
        all,
        Deed::Present,
        "Go to the latest",
        "Ctrl+End",
        Icon::ArrowDown,
    );
    add(all, Deed::AttachFiles, "Attach files", "", Icon::Clip);
    add(all, Deed::Emoji, "Choose an emoji", "", Icon::Smile);
    let here = community
        .call
        .as_ref()
        .is_some_and(|call| call.channel == channel.id);
    let usable = matches!(
        community.connection,
        Connection::Online | Connection::CatchingUp
    );
    if !here && usable {
        add(
            all,
            Deed::JoinCall,
            "Join this channel's call",
            "",
            Icon::Headphones,
        );
    }
}

fn in_community(all: &mut Vec<Entry>, community: &Community) {
    let admin = community.me.role >= Role::Admin;
    add(all, Deed::CreateChannel, "Create a channel", "", Icon::Plus);
    if admin {
        add(all, Deed::Invite, "Invite people", "", Icon::PersonPlus);
    }
    if admin && !community.knocking.is_empty() {
        add(
            all,
            Deed::Knocks,
            "See who waits to be let in",
            "",
            Icon::People,
        );
    }
}

/// The sections of the settings, as they are called there.
const PAGES: [(SettingsPage, &str, &str, Icon); 6] = [
    (
        SettingsPage::VoiceMeter,
        "Settings: voice meter",
        "",
        Icon::Wave,
    ),
    (
        SettingsPage::Audio,
        "Settings: audio",
        "Ctrl+,",
        Icon::Speaker,
    ),
    (
        SettingsPage::Talking,
        "Settings: talking",
        "",
        Icon::Microphone,
    ),
    (
        SettingsPage::Appearance,
        "Settings: appearance",
        "",
        Icon::Palette,
    ),
    (
        SettingsPage::Shortcuts,
        "Settings: keyboard",
        "",
        Icon::Keyboard,
    ),
    (
        SettingsPage::Device,
        "Settings: this device",
        "",
        Icon::Gear,
    ),
];

fn settings(all: &mut Vec<Entry>, snapshot: &Snapshot) {
    for (page, title, keys, icon) in PAGES {
        add(all, Deed::Settings(page), title, keys, icon);
    }
    let look = &snapshot.settings.look;
    for (theme, title) in [
        (Theme::Dark, "Dark colours"),
        (Theme::Light, "Light colours"),
        (Theme::System, "Colours as the system has them"),
    ] {
        if look.theme != theme {
            add(all, Deed::Look(theme), title, "", Icon::Palette);
        }
    }
    let (title, still) = if look.reduced_motion {
        ("Let things move", false)
    } else {
        ("Reduce motion", true)
    };
    add(all, Deed::ReducedMotion(still), title, "", Icon::Eye);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use std::sync::Arc;

    fn titles(snapshot: &Snapshot) -> Vec<String> {
        let community = snapshot.communities.first().map(AsRef::as_ref);
        let all = deeds(snapshot, community);
        all.into_iter().map(|one| one.title).collect()
    }

    #[test]
    fn only_what_makes_sense_is_offered() {
        let mut snapshot = demo::harbour();
        let all = titles(&snapshot);
        for title in [
            "Mute",
            "Deafen",
            "Leave the call",
            "Invite people",
            "Search messages",
        ] {
            assert!(all.iter().any(|one| one == title), "{title}");
        }
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        community.call = None;
        community.me.role = Role::Member;
        let all = titles(&snapshot);
        for title in ["Mute", "Leave the call", "Invite people"] {
            assert!(!all.iter().any(|one| one == title), "{title}");
        }
        let all = titles(&Snapshot::default());
        assert!(all.iter().any(|one| one == "Join another community"));
        assert!(!all.iter().any(|one| one == "Search messages"));
    }
}
