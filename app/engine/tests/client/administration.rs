//! The community's affairs: what its member list says, its invites, reasons, names and places, whom one ignores.

use std::sync::Arc;

use dialtone_engine::snapshot::{
    ChronicleFilter, Community, ExportState, InviteState, ItemBody, LinkCheck, Notice,
    ProfileState, Role, Snapshot,
};
use dialtone_engine::{Command, CommunityCommand, FileCommand, FileSource, PeopleCommand, Secret};

use crate::house::{Client, House, PASSWORD, channel, community, files_below, is_online, messages};
use crate::members::{account, crew, is_out, refused};

fn people(command: PeopleCommand) -> CommunityCommand {
    CommunityCommand::People(command)
}

fn sentences(snapshot: &Snapshot) -> Vec<String> {
    let told = community(snapshot).and_then(|one| one.chronicle.as_ref());
    let entries = told.iter().flat_map(|told| &told.entries);
    entries.map(|entry| entry.sentence.clone()).collect()
}

fn shows(client: &Client, what: &str, is_so: impl Fn(&Community) -> bool) -> Arc<Snapshot> {
    client.wait(what, |snapshot| community(snapshot).is_some_and(&is_so))
}

#[test]
fn every_member_reads_what_was_done_and_why_somebody_was_removed() {
    let house = House::new();
    let (anna, [mikael, saga]) = crew(&house, ["mikael", "saga"]);
    let wish = PeopleCommand::ShowChronicle(Some(ChronicleFilter::default()));
    for client in [&mikael, &saga] {
        client.in_community(people(wish.clone()));
        client.wait("it is in words", |snapshot| {
            let told = sentences(snapshot);
            told.contains(&"saga joined by an invite of anna.".to_owned())
                && told.contains(&"anna founded the community.".to_owned())
        });
    }
    anna.in_community(people(PeopleCommand::Remove {
        account: account(&mikael),
        ban: true,
        reason: " Sold the mooring. ".into(),
    }));
    let words = is_out(&mikael);
    assert!(
        words.contains("They say: \u{201c}Sold the mooring.\u{201d}"),
        "{words}"
    );
    // What is shown follows the member list by itself.
    let shown = saga.wait("the removal is told", |snapshot| {
        let told = sentences(snapshot);
        told.first()
            .is_some_and(|one| one == "anna removed and banned mikael.")
    });
    let told = community(&shown).unwrap().chronicle.clone().unwrap();
    assert_eq!(told.entries[0].reason.as_deref(), Some("Sold the mooring."));
    saga.in_community(people(PeopleCommand::ShowChronicle(None)));
    shows(&saga, "it is not wanted any more", |one| {
        one.chronicle.is_none()
    });
}

#[test]
fn an_invite_is_listed_with_who_came_and_is_taken_back() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let link = anna.invite(3, 3600);
    for client in [&anna, &mikael] {
        client.in_community(people(PeopleCommand::ShowInvites(true)));
    }
    let shown = shows(&mikael, "both invites are listed", |one| {
        one.invites
            .as_ref()
            .is_some_and(|invites| invites.len() == 2)
    });
    let invites = community(&shown).unwrap().invites.clone().unwrap();
    let used: Vec<_> = invites[1]
        .used_by
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(
        (invites[1].state, &used[..]),
        (InviteState::UsedUp, &["mikael"][..])
    );
    assert_eq!((invites[0].state, invites[0].uses), (InviteState::Open, 3));
    let wish = people(PeopleCommand::RevokeInvite(invites[0].id));
    let words = refused(&mikael, wish.clone());
    assert!(words.contains("outranks"), "{words}");
    anna.in_community(wish);
    for client in [&anna, &mikael] {
        shows(client, "it is void", |one| {
            one.invites
                .as_ref()
                .is_some_and(|invites| invites[0].state == InviteState::Void)
        });
    }
    let late = house.client("late");
    assert!(matches!(late.inspect(&link), LinkCheck::Refused(_)));
}

#[test]
fn channels_get_topics_and_places_and_people_other_names() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let id = |name: &str| {
        let snapshot = anna.engine.handle.snapshot();
        channel(community(&snapshot).unwrap(), name).unwrap().id
    };
    let (general, lounge) = (id("general"), id("lounge"));
    let set = |name: &str| PeopleCommand::SetChannel {
        channel: general,
        name: name.into(),
        topic: "All of it".into(),
        voice: false,
    };
    let words = refused(&mikael, people(set("mine")));
    assert!(words.contains("Only admins"), "{words}");
    anna.in_community(people(set("harbour")));
    anna.in_community(people(PeopleCommand::PlaceChannel {
        channel: lounge,
        category: "Boats".into(),
        before: Some(general),
    }));
    mikael.in_community(people(PeopleCommand::Rename("Mikael of the pier".into())));
    for client in [&anna, &mikael] {
        shows(client, "all is as it was set", |one| {
            let order: Vec<_> = one.channels.iter().map(|one| one.id).collect();
            let found = channel(one, "harbour");
            found.is_some_and(|one| one.topic == "All of it")
                && order == [lounge, general]
                && one.channels[0].category == "Boats"
                && one
                    .members
                    .iter()
                    .any(|member| member.name == "Mikael of the pier")
        });
    }
    // It is as it was after a restart.
    let profile = house.folder.path().join("mikael");
    mikael.close();
    let mikael = Client::open_once_free("mikael", &profile);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    shows(&mikael, "it is kept", |one| {
        one.channels
            .first()
            .is_some_and(|one| one.id == lounge && one.category == "Boats")
    });
}

#[test]
fn who_is_ignored_leaves_nothing_unread_until_one_listens_again() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let lounge = {
        let snapshot = anna.engine.handle.snapshot();
        channel(community(&snapshot).unwrap(), "lounge").unwrap().id
    };
    anna.in_community(people(PeopleCommand::Ignore {
        account: account(&mikael),
        on: true,
    }));
    shows(&anna, "it is noted", |one| {
        one.ignored.len() == 1 && one.members.iter().any(|member| member.ignored)
    });
    anna.in_community(CommunityCommand::Open(lounge));
    shows(&anna, "the lounge is open", |one| one.open == Some(lounge));
    let unread = |client: &Client| {
        let snapshot = client.engine.handle.snapshot();
        channel(community(&snapshot).unwrap(), "general")
            .unwrap()
            .unread
    };
    mikael.say("first");
    mikael.reads("mikael", "first");
    anna.in_community(CommunityCommand::Open({
        let snapshot = anna.engine.handle.snapshot();
        channel(community(&snapshot).unwrap(), "general")
            .unwrap()
            .id
    }));
    let folded = anna.wait("it is folded", |snapshot| {
        let found = community(snapshot).and_then(|one| channel(one, "general"));
        found.is_some_and(|one| {
            let mut items = one.timeline.items.iter();
            items.any(|item| item.body == ItemBody::Ignored(1))
        })
    });
    assert!(messages(&folded).is_empty());
    let general = community(&folded).unwrap().open.unwrap();
    anna.in_community(people(PeopleCommand::ShowIgnored(general)));
    anna.wait("it is shown", |snapshot| !messages(snapshot).is_empty());
    anna.in_community(CommunityCommand::Open(lounge));
    shows(&anna, "the lounge is open", |one| one.open == Some(lounge));
    assert_eq!(unread(&anna), 0);
    anna.in_community(people(PeopleCommand::Ignore {
        account: account(&mikael),
        on: false,
    }));
    shows(&anna, "one listens again", |one| one.ignored.is_empty());
    mikael.say("second");
    anna.wait("it counts", |snapshot| {
        let found = community(snapshot).and_then(|one| channel(one, "general"));
        found.is_some_and(|one| one.unread == 1)
    });
    assert_eq!(
        community(&anna.engine.handle.snapshot()).unwrap().me.role,
        Role::Founder
    );
}

#[test]
fn a_wiped_computer_knows_nothing_and_one_may_come_in_anew() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    mikael.say("to be forgotten");
    anna.reads("mikael", "to be forgotten");
    let profile = house.folder.path().join("mikael");
    mikael.send(Command::Wipe("no".into()));
    mikael.wait("another word wipes nothing", |snapshot| {
        snapshot.profile == ProfileState::Unlocked && !snapshot.notices.is_empty()
    });
    mikael.send(Command::Wipe("wipe".into()));
    mikael.wait("it is wiped", |snapshot| {
        let told = |one: &Notice| one.text.contains("has forgotten everything");
        snapshot.profile == ProfileState::Empty
            && snapshot.communities.is_empty()
            && snapshot.notices.iter().any(told)
    });
    let left = files_below(&profile);
    let kept = |path: &std::path::PathBuf| {
        path.file_name()
            .is_some_and(|name| name == "lock" || name == "control.sock")
    };
    assert!(left.iter().all(kept), "{left:?}");
    let link = anna.invite(1, 3600);
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    assert_eq!(mikael.try_join("mikael2", PASSWORD, None), None);
}

#[test]
fn ones_history_is_written_with_its_files_and_last_words() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    mikael.say("first words");
    anna.reads("mikael", "first words");
    let general = community(&anna.engine.handle.snapshot())
        .unwrap()
        .open
        .unwrap();
    anna.in_community(CommunityCommand::File(FileCommand::Send {
        channel: general,
        files: vec![FileSource::Bytes {
            name: "chart.txt".into(),
            bytes: b"soundings".to_vec().into(),
        }],
        text: "the chart".into(),
        reply_to: None,
    }));
    anna.wait("it is sent", |snapshot| {
        let found = community(snapshot).and_then(|one| channel(one, "general"));
        found.is_some_and(|one| {
            let last = one.timeline.items.last();
            last.is_some_and(|last| {
                matches!(last.body, ItemBody::Files { .. }) && last.sequence.is_some()
            })
        })
    });
    let to = house.folder.path().join("taken");
    std::fs::create_dir(&to).unwrap();
    for _ in 0..2 {
        anna.in_community(people(PeopleCommand::StopExport));
        shows(&anna, "the last one is forgotten", |one| {
            one.export.is_none()
        });
        anna.in_community(people(PeopleCommand::Export(Some(to.clone()))));
        shows(&anna, "it is written", |one| {
            one.export
                .as_ref()
                .is_some_and(|one| one.state == ExportState::Done)
        });
    }
    let shown = anna.engine.handle.snapshot();
    let export = community(&shown).unwrap().export.clone().unwrap();
    assert_eq!((export.messages, export.files), (2, 1));
    assert!(
        export.folder.ends_with("Dialtone Harbour crew (1)"),
        "a new folder each time: {export:?}"
    );
    let read = |name: &str| std::fs::read_to_string(export.folder.join(name)).unwrap();
    let text = read("01 general.txt");
    assert!(text.contains("mikael: first words"), "{text}");
    assert!(
        text.contains("[chart.txt: 01 general files/2-1 chart.txt]"),
        "{text}"
    );
    assert_eq!(read("01 general.jsonl").lines().count(), 2);
    assert_eq!(read("01 general files/2-1 chart.txt"), "soundings");
    assert!(export.folder.join("02 lounge.txt").exists());
}

#[test]
fn another_password_opens_the_account_and_the_keys_here() {
    const NEW: &str = "another boat entirely";
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let id = community(&mikael.engine.handle.snapshot()).unwrap().id;
    let change = |old: &str, new: &str| Command::ChangePassword {
        community: id,
        old: Secret::new(old),
        new: Secret::new(new),
    };
    let told = |words: &str| {
        let snapshot = mikael.wait("it is told", |snapshot| {
            snapshot.notices.iter().any(|one| one.text.contains(words))
        });
        for notice in &snapshot.notices {
            mikael.send(Command::DismissNotice(notice.id));
        }
    };
    mikael.send(change("not this one", NEW));
    told("was not changed");
    mikael.send(change(PASSWORD, "short"));
    told("at least 8 characters");
    mikael.send(change(PASSWORD, NEW));
    told("also opens the keys");
    let profile = house.folder.path().join("mikael");
    mikael.close();
    let mikael = Client::open_once_free("mikael", &profile);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    mikael.wait("the one before opens nothing", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { error: Some(_) })
    });
    mikael.send(Command::Unlock(Secret::new(NEW)));
    mikael.wait("the new one does", is_online);
    // The account as well: proving the one before is refused, and the new one may be changed again.
    mikael.send(change(PASSWORD, "yet another boat"));
    mikael.wait("the one before is wrong", |snapshot| {
        snapshot
            .notices
            .iter()
            .any(|one| one.text.contains("was not changed"))
    });
    mikael.send(change(NEW, "yet another boat"));
    mikael.wait("the new one is right", |snapshot| {
        snapshot
            .notices
            .iter()
            .any(|one| one.text.contains("also opens the keys"))
    });
    drop(anna);
}
