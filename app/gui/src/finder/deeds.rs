//! Everything that the window can do, where it makes sense.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::Theme;
use dialtone_engine::snapshot::{Community, Connection, Role};
use dialtone_words::say;

use super::{Deed, Entry, EntrySign, Goal};
use crate::shortcuts::{Bindings, Shortcut};
use crate::state::SettingsPage;
use crate::widgets::Icon;

/// What can be done now, with `community` shown.
pub fn deeds(snapshot: &Snapshot, community: Option<&Community>) -> Vec<Entry> {
    let mut all = Vec::new();
    let bindings = Bindings::of(&snapshot.settings.shortcuts);
    let keys = |shortcut| bindings.words(shortcut);
    if let Some(community) = community {
        in_call(&mut all, snapshot, &keys);
        in_channel(&mut all, community, &keys);
        in_community(&mut all, community);
    }
    add(
        &mut all,
        Deed::JoinCommunity,
        say!("panel-join-another"),
        "",
        Icon::Plus,
    );
    settings(&mut all, snapshot, &keys(Shortcut::Settings));
    all
}

fn add(all: &mut Vec<Entry>, deed: Deed, title: &str, keys: &str, icon: Icon) {
    all.push(Entry {
        title: title.to_owned(),
        aside: String::new(),
        keys: keys.to_owned(),
        sign: EntrySign::Icon(icon),
        unread: 0,
        goal: Goal::Deed(deed),
    });
}

/// The keys of a shortcut, in words.
type Keys<'a> = &'a dyn Fn(Shortcut) -> String;

fn in_call(all: &mut Vec<Entry>, snapshot: &Snapshot, keys: Keys<'_>) {
    let call = snapshot
        .communities
        .iter()
        .find_map(|one| one.call.as_ref());
    let Some(call) = call else {
        return;
    };
    let muted = call.muted || call.deafened;
    if muted {
        add(
            all,
            Deed::Mute(false),
            say!("voice-unmute"),
            &keys(Shortcut::Mute),
            Icon::Microphone,
        );
    } else {
        add(
            all,
            Deed::Mute(true),
            say!("voice-mute"),
            &keys(Shortcut::Mute),
            Icon::MicrophoneOff,
        );
    }
    if call.deafened {
        add(
            all,
            Deed::Deafen(false),
            say!("panel-undeafen"),
            &keys(Shortcut::Deafen),
            Icon::Headphones,
        );
    } else {
        add(
            all,
            Deed::Deafen(true),
            say!("voice-deafen"),
            &keys(Shortcut::Deafen),
            Icon::HeadphonesOff,
        );
    }
    add(
        all,
        Deed::Quality,
        say!("panel-show-quality"),
        "",
        Icon::Wifi,
    );
    add(
        all,
        Deed::LeaveCall,
        say!("line-slash-voice-leave"),
        "",
        Icon::HangUp,
    );
}

fn in_channel(all: &mut Vec<Entry>, community: &Community, keys: Keys<'_>) {
    add(
        all,
        Deed::Switch,
        say!("panel-go-to"),
        &keys(Shortcut::Switch),
        Icon::Hash,
    );
    add(
        all,
        Deed::Search,
        say!("panel-search-messages"),
        &keys(Shortcut::Find),
        Icon::Search,
    );
    let open = community.open;
    let channel = community.channels.iter().find(|one| Some(one.id) == open);
    let Some(channel) = channel else {
        return;
    };
    add(all, Deed::Pins, say!("panel-show-pinned"), "", Icon::Pin);
    add(
        all,
        Deed::PickDay,
        say!("panel-go-to-day"),
        "",
        Icon::Calendar,
    );
    if channel.timeline.first_unread.is_some() {
        add(
            all,
            Deed::FirstUnread,
            say!("line-to-unread"),
            "",
            Icon::ArrowDown,
        );
    }
    add(
        all,
        Deed::Present,
        say!("line-to-latest"),
        &keys(Shortcut::Latest),
        Icon::ArrowDown,
    );
    add(all, Deed::AttachFiles, say!("line-attach"), "", Icon::Clip);
    add(all, Deed::Emoji, say!("line-choose-emoji"), "", Icon::Smile);
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
            say!("line-slash-voice-join"),
            "",
            Icon::Headphones,
        );
    }
}

fn in_community(all: &mut Vec<Entry>, community: &Community) {
    let admin = community.me.role >= Role::Admin;
    add(
        all,
        Deed::CreateChannel,
        say!("panel-create-a-channel"),
        "",
        Icon::Plus,
    );
    if admin {
        add(
            all,
            Deed::Invite,
            say!("panel-invite-people"),
            "",
            Icon::PersonPlus,
        );
    }
    if admin && !community.knocking.is_empty() {
        add(
            all,
            Deed::Knocks,
            say!("panel-see-who-waits"),
            "",
            Icon::People,
        );
    }
}

/// The sections of the settings, as they are called there.
fn pages() -> [(SettingsPage, &'static str, Icon); 7] {
    [
        (
            SettingsPage::VoiceMeter,
            say!("panel-settings-meter"),
            Icon::Wave,
        ),
        (
            SettingsPage::Audio,
            say!("panel-settings-audio"),
            Icon::Speaker,
        ),
        (
            SettingsPage::Talking,
            say!("panel-settings-talking"),
            Icon::Microphone,
        ),
        (
            SettingsPage::Appearance,
            say!("panel-settings-look"),
            Icon::Palette,
        ),
        (
            SettingsPage::Shortcuts,
            say!("panel-settings-keyboard"),
            Icon::Keyboard,
        ),
        (
            SettingsPage::Device,
            say!("panel-settings-device"),
            Icon::Gear,
        ),
        (SettingsPage::About, say!("about-find"), Icon::Info),
    ]
}

fn settings(all: &mut Vec<Entry>, snapshot: &Snapshot, keys: &str) {
    for (page, title, icon) in pages() {
        // The shortcut opens this one.
        let keys = if page == SettingsPage::Audio {
            keys
        } else {
            ""
        };
        add(all, Deed::Settings(page), title, keys, icon);
    }
    let look = &snapshot.settings.look;
    for (theme, title) in [
        (Theme::Dark, say!("panel-dark-colours")),
        (Theme::Light, say!("panel-light-colours")),
        (Theme::System, say!("panel-system-colours")),
    ] {
        if look.theme != theme {
            add(all, Deed::Look(theme), title, "", Icon::Palette);
        }
    }
    let (title, still) = if look.reduced_motion {
        (say!("panel-let-move"), false)
    } else {
        (say!("set-reduce-motion"), true)
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
