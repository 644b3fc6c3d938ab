//! Of what one is told: mentions, what is chosen is kept, and the window that another start asks for.

use std::time::Duration;

use dialtone_engine::control::{ControlAnswer, ControlRequest, ask};
use dialtone_engine::settings::{DoNotDisturb, NotifyLevel};
use dialtone_engine::snapshot::{LinkCheck, Presence, ProfileState};
use dialtone_engine::{ChannelId, Command, CommunityId, Event};

use crate::house::{Client, House, community, is_online};
use crate::lounge::{call, join_lounge};

/// The next message that is told: whether it names one, and how it begins.
fn told(events: &mut tokio::sync::broadcast::Receiver<Event>) -> (bool, Option<String>) {
    loop {
        if let Event::MessageArrived {
            mentioned, text, ..
        } = events.blocking_recv().unwrap()
        {
            return (mentioned, text);
        }
    }
}

#[test]
fn a_message_says_whether_it_names_one() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(1, 3600);
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    anna.open_channel("general");
    mikael.open_channel("general");
    let mut events = mikael.engine.handle.events();
    anna.say("nobody in particular");
    assert_eq!(
        told(&mut events),
        (false, Some("nobody in particular".to_owned()))
    );
    anna.say("ask @Mikael, he knows");
    assert!(told(&mut events).0);
    // Anna is an admin, Mikael is not.
    anna.say("@everyone: at six");
    assert!(told(&mut events).0);
    let mut events = anna.engine.handle.events();
    mikael.say("@everyone: at seven");
    assert!(!told(&mut events).0);
    let mut events = mikael.engine.handle.events();
    anna.say(&"@mikael ".repeat(100));
    let (mentioned, text) = told(&mut events);
    assert!(mentioned);
    assert_eq!(text.unwrap().chars().count(), 200);
}

#[test]
fn what_was_chosen_is_there_at_the_next_start_and_quiet_ends() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let client = Client::open("anna", &profile);
    let (here, channel) = (CommunityId([1; 32]), ChannelId([2; 16]));
    client.send(Command::SetNotifyLevel(
        here,
        channel,
        Some(NotifyLevel::None),
    ));
    client.send(Command::SetDoNotDisturb(DoNotDisturb::On));
    client.wait("both are kept", |snapshot| {
        let settings = &snapshot.settings.notifications;
        settings.do_not_disturb == DoNotDisturb::On && !settings.chosen.is_empty()
    });
    client.close();
    let client = Client::open_once_free("anna", &profile);
    client.wait("both are there", |snapshot| {
        let settings = &snapshot.settings.notifications;
        let chosen = settings.chosen_of(&here, &channel);
        settings.do_not_disturb == DoNotDisturb::On && chosen == Some(NotifyLevel::None)
    });
    client.send(Command::SetDoNotDisturb(DoNotDisturb::Until(1)));
    client.wait("its time is over", |snapshot| {
        snapshot.settings.notifications.do_not_disturb == DoNotDisturb::Off
    });
}

#[cfg(unix)]
#[test]
fn another_start_shows_the_window_and_hands_its_link_over() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let client = Client::open("anna", &profile);
    let show = |link: Option<&str>| {
        let link = link.map(ToOwned::to_owned);
        ask(&profile, &ControlRequest::Show { link }).unwrap()
    };
    let answer = show(None);
    assert!(matches!(&answer, ControlAnswer::Error(why) if why.contains("without a window")));
    client.send(Command::AttachWindow);
    client.wait("it has begun", |snapshot| {
        snapshot.profile == ProfileState::Empty
    });
    let mut events = client.engine.handle.events();
    let until = std::time::Instant::now() + Duration::from_secs(30);
    while show(None) != ControlAnswer::Shown {
        assert!(std::time::Instant::now() < until);
    }
    assert_eq!(show(Some("dialtone://nonsense")), ControlAnswer::Shown);
    client.wait("the link is refused in words", |snapshot| {
        let shown = snapshot.invitation.as_ref();
        shown.is_some_and(|one| matches!(one.checked, LinkCheck::Refused(_)))
    });
    let shows = std::iter::from_fn(|| events.try_recv().ok());
    assert!(shows.filter(|event| *event == Event::Show).count() >= 2);
}

#[test]
fn the_members_see_who_is_away_also_when_they_come_later() {
    let mut house = House::new();
    let anna = house.founder();
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    let sees = |client: &Client, away: bool| {
        let presence = if away {
            Presence::Away
        } else {
            Presence::Online
        };
        client.wait("Anna is online, and away or not", |snapshot| {
            let members = community(snapshot).map(|here| &here.members);
            members.is_some_and(|members| {
                let mut named = members.iter().filter(|one| one.name == "anna");
                named.any(|one| one.presence == presence)
            })
        });
    };
    sees(&mikael, false);
    anna.send(Command::SetAway(true));
    sees(&mikael, true);
    sees(&anna, false);
    let rune = house.client("rune");
    rune.join(&anna.invite(1, 3600), None);
    sees(&rune, true);
    // The server forgets it with the connection; who is away says it again.
    house.stop();
    mikael.wait("the server is gone", |snapshot| !is_online(snapshot));
    house.start();
    sees(&mikael, true);
    anna.send(Command::SetAway(false));
    sees(&mikael, false);
    sees(&rune, false);
}

#[cfg(unix)]
#[test]
fn the_call_is_muted_from_outside() {
    let house = House::new();
    let anna = house.founder();
    let profile = house.folder.path().join("anna");
    let mute = |muted| ask(&profile, &ControlRequest::Mute { muted }).unwrap();
    assert_eq!(
        mute(None),
        ControlAnswer::Error("you are in no call".to_owned())
    );
    join_lounge(&anna);
    let is = |muted: bool| {
        anna.wait("the microphone is so", |snapshot| {
            call(snapshot).is_some_and(|call| call.muted == muted)
        });
    };
    is(false);
    for (wanted, muted) in [
        (None, true),
        (None, false),
        (Some(true), true),
        (Some(true), true),
    ] {
        assert_eq!(mute(wanted), ControlAnswer::Muted(muted));
        is(muted);
    }
}
