//! What is done to messages: answered, changed, taken back, reacted to, pinned, found again.

use std::path::Path;
use std::sync::Arc;

use dialtone_engine::snapshot::{
    Channel, Draft, FileState, ItemBody, Quoted, Search, Snapshot, TimelineItem,
};
use dialtone_engine::{
    ChannelId, Command, CommunityCommand, FileCommand, FileSource, Hash, JumpTo, MessageCommand,
};

use crate::house::{Client, House, community};

fn open_channel(snapshot: &Snapshot) -> &Channel {
    let community = community(snapshot).unwrap();
    let open = community.open.unwrap();
    let mut channels = community.channels.iter();
    channels.find(|channel| channel.id == open).unwrap()
}

fn items(snapshot: &Snapshot) -> &[Arc<TimelineItem>] {
    &open_channel(snapshot).timeline.items
}

fn line<'a>(snapshot: &'a Snapshot, text: &str) -> Option<&'a Arc<TimelineItem>> {
    items(snapshot)
        .iter()
        .find(|item| item.body.text() == Some(text))
}

impl Client {
    fn here(&self) -> ChannelId {
        open_channel(&self.engine.handle.snapshot()).id
    }

    /// The hash of a message that is there, or is soon.
    fn hash_of(&self, text: &str) -> Hash {
        let is_there = |snapshot: &Snapshot| line(snapshot, text)?.hash;
        let snapshot = self.wait(text, |snapshot| is_there(snapshot).is_some());
        is_there(&snapshot).unwrap()
    }

    fn with_message(&self, command: MessageCommand) {
        self.in_community(CommunityCommand::Message(command));
    }

    fn answer(&self, target: Hash, text: &str) {
        self.in_community(CommunityCommand::Submit {
            channel: self.here(),
            text: text.into(),
            reply_to: Some(target),
        });
    }

    fn react(&self, target: Hash, emoji: &str, set: bool) {
        self.with_message(MessageCommand::React {
            channel: self.here(),
            target,
            emoji: emoji.into(),
            set,
        });
    }

    fn edit(&self, target: Hash, text: &str) {
        self.with_message(MessageCommand::Edit {
            channel: self.here(),
            target,
            text: text.into(),
        });
    }

    fn delete(&self, target: Hash) {
        self.with_message(MessageCommand::Delete {
            channel: self.here(),
            target,
        });
    }

    fn look_for(&self, text: &str) -> Arc<Search> {
        self.with_message(MessageCommand::Search {
            text: text.into(),
            most: 50,
        });
        let done = |snapshot: &Snapshot| {
            let search = community(snapshot)?.search.clone()?;
            (search.text == text && search.progress_percent.is_none()).then_some(search)
        };
        done(&self.wait("it was looked for", |snapshot| done(snapshot).is_some())).unwrap()
    }

    fn finds(&self, text: &str) -> Vec<String> {
        let search = self.look_for(text);
        let found = search.found.iter();
        let texts = found.map(|one| one.item.body.text().unwrap_or_default().to_owned());
        texts.collect()
    }
}

fn two(house: &House) -> (Client, Client) {
    let anna = house.founder();
    let link = anna.invite(2, 3600);
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    anna.open_channel("general");
    mikael.open_channel("general");
    (anna, mikael)
}

#[test]
fn answers_changes_and_emojis_reach_the_others() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    anna.say("Wind from the nroth");
    let target = mikael.hash_of("Wind from the nroth");
    mikael.answer(target, "And tomorrow?");
    let quotes = |snapshot: &Snapshot, said: &Quoted| {
        let item = line(snapshot, "And tomorrow?");
        let quote = item.and_then(|item| item.marks.reply.clone());
        quote.is_some_and(|quote| quote.target == target && quote.said == *said)
    };
    let first = Quoted::Text("Wind from the nroth".into());
    for client in [&anna, &mikael] {
        client.wait("the answer quotes", |snapshot| quotes(snapshot, &first));
    }
    anna.edit(target, "Wind from the north");
    let second = Quoted::Text("Wind from the north".into());
    for client in [&anna, &mikael] {
        let snapshot = client.wait("the change is there, and in the quote", |snapshot| {
            line(snapshot, "Wind from the north").is_some() && quotes(snapshot, &second)
        });
        let item = line(&snapshot, "Wind from the north").unwrap();
        assert_eq!(item.marks.versions[0].text, "Wind from the nroth");
        assert_eq!(item.marks.may_edit, client.name == "anna");
    }
    mikael.react(target, "⚓", true);
    anna.react(target, "⚓", true);
    let counts = |snapshot: &Snapshot, count: usize, mine: bool| {
        let item = line(snapshot, "Wind from the north");
        let reactions = item.map(|item| item.marks.reactions.clone());
        reactions.is_some_and(|all| match &all[..] {
            [] => count == 0,
            [one] => one.accounts.len() == count && one.mine == mine,
            _ => false,
        })
    };
    for client in [&anna, &mikael] {
        client.wait("both reacted", |snapshot| counts(snapshot, 2, true));
    }
    mikael.react(target, "⚓", false);
    anna.wait("one is left", |snapshot| counts(snapshot, 1, true));
    mikael.wait("one is left", |snapshot| counts(snapshot, 1, false));
    anna.close();
    let anna = Client::open("anna", &house.folder.path().join("anna"));
    anna.send(Command::Unlock(dialtone_engine::Secret::new(
        crate::house::PASSWORD,
    )));
    anna.wait(
        "the channel that was open is open again, with its marks",
        |snapshot| {
            community(snapshot).is_some_and(|one| one.open.is_some()) && counts(snapshot, 1, true)
        },
    );
}

#[test]
fn only_ones_own_is_changed_and_taken_back_except_by_admins() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    anna.say("Anna's own");
    let annas = mikael.hash_of("Anna's own");
    mikael.edit(annas, "Mikael's words");
    mikael.delete(annas);
    mikael.say("Mikael's own");
    let mikaels = anna.hash_of("Mikael's own");
    // What he tried came before, and counts nowhere.
    for client in [&anna, &mikael] {
        let snapshot = client.wait("both are there", |snapshot| {
            line(snapshot, "Anna's own").is_some() && line(snapshot, "Mikael's own").is_some()
        });
        let item = line(&snapshot, "Anna's own").unwrap();
        assert!(item.marks.versions.is_empty());
        assert_eq!(item.marks.may_delete, client.name == "anna");
    }
    anna.delete(mikaels);
    let deleted = |snapshot: &Snapshot, by: Option<&str>| {
        let by = by.map(str::to_owned);
        items(snapshot)
            .iter()
            .any(|item| item.body == ItemBody::Deleted { by: by.clone() })
    };
    for client in [&anna, &mikael] {
        client.wait("an admin took it back", |snapshot| {
            line(snapshot, "Mikael's own").is_none() && deleted(snapshot, Some("anna"))
        });
    }
    anna.delete(annas);
    for client in [&anna, &mikael] {
        client.wait("she took hers back", |snapshot| {
            line(snapshot, "Anna's own").is_none() && deleted(snapshot, None)
        });
    }
    assert!(mikael.finds("own").is_empty());
}

#[test]
fn what_was_taken_back_is_not_kept_and_its_file_goes() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    anna.in_community(CommunityCommand::File(FileCommand::Send {
        channel: anna.here(),
        files: vec![FileSource::Bytes {
            name: "tides.txt".into(),
            bytes: Arc::from(&b"high at six"[..]),
        }],
        text: "the tides".into(),
        reply_to: None,
    }));
    let target = mikael.hash_of("the tides");
    let snapshot = mikael.engine.handle.snapshot();
    let ItemBody::Files { files, .. } = &line(&snapshot, "the tides").unwrap().body else {
        panic!("a file");
    };
    let file = files[0].id;
    mikael.in_community(CommunityCommand::File(FileCommand::Fetch(file)));
    mikael.wait("it is here", |snapshot| {
        let states = &community(snapshot).unwrap().files.states;
        states.get(&file) == Some(&FileState::Here)
    });
    assert_eq!(house.blobs().len(), 1);
    anna.delete(target);
    mikael.wait("it was taken back", |snapshot| {
        let here = community(snapshot).unwrap().files.states.get(&file);
        line(snapshot, "the tides").is_none() && here != Some(&FileState::Here)
    });
    house.wait_for_blobs(0);
}

#[test]
fn pins_are_listed_with_the_latest_first() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    anna.say("one");
    anna.say("two");
    let (one, two) = (mikael.hash_of("one"), mikael.hash_of("two"));
    let pin = |client: &Client, target, set| {
        let channel = client.here();
        client.with_message(MessageCommand::Pin {
            channel,
            target,
            set,
        });
    };
    anna.with_message(MessageCommand::ShowPins(Some(anna.here())));
    let shows = |texts: &[&str]| {
        anna.wait("the pins", |snapshot| {
            let pins = community(snapshot).and_then(|one| one.pins.clone());
            pins.is_some_and(|pins| {
                let shown = pins.items.iter().filter_map(|item| item.body.text());
                shown.eq(texts.iter().copied())
            })
        });
    };
    shows(&[]);
    pin(&mikael, two, true);
    shows(&["two"]);
    pin(&anna, one, true);
    shows(&["one", "two"]);
    pin(&anna, two, false);
    shows(&["one"]);
    anna.delete(one);
    shows(&[]);
}

#[test]
fn messages_are_found_by_words_people_channels_and_what_they_have() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    anna.say("Wind from the north");
    mikael.reads("anna", "Wind from the north");
    mikael.say("No wind at Über-Bucht, see https://example.org");
    anna.reads("mikael", "No wind at Über-Bucht, see https://example.org");
    assert_eq!(
        anna.finds("WIND"),
        [
            "No wind at Über-Bucht, see https://example.org",
            "Wind from the north"
        ]
    );
    assert_eq!(anna.finds("wind from:anna in:gen"), ["Wind from the north"]);
    assert_eq!(anna.finds("uber has:link").len(), 1);
    assert!(anna.finds("wind before:2001-01-01").is_empty());
    let wrong = anna.look_for("wind from:nobody");
    assert!(wrong.problem.as_ref().unwrap().contains("nobody"));
    let found = anna.look_for("north");
    let (from, to) = found.found[0].places[0];
    assert_eq!(&found.found[0].item.body.text().unwrap()[from..to], "north");
    // What changes afterwards is found as it is now.
    let target = anna.hash_of("Wind from the north");
    anna.edit(target, "Wind from the west");
    mikael.hash_of("Wind from the west");
    mikael.say("so it is");
    anna.reads("mikael", "so it is");
    assert!(anna.finds("the north").is_empty());
    assert_eq!(anna.finds("the west").len(), 1);
}

#[test]
fn one_goes_to_any_part_of_a_long_channel_and_back() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    for number in 0..450 {
        anna.say(&format!("number {number}"));
        if number % 50 == 49 {
            anna.hash_of(&format!("number {number}"));
        }
    }
    anna.say("number 450");
    anna.in_community(CommunityCommand::CreateChannel {
        name: "yard".into(),
        voice: false,
    });
    anna.open_channel("yard");
    anna.open_channel("general");
    let found = anna.look_for("\"number 7\"");
    let oldest = found.found.last().unwrap();
    assert_eq!(oldest.item.body.text(), Some("number 7"));
    let (channel, target) = (oldest.channel, oldest.item.hash.unwrap());
    anna.with_message(MessageCommand::Jump(channel, JumpTo::Message(target)));
    let snapshot = anna.wait("around it", |snapshot| {
        let timeline = &open_channel(snapshot).timeline;
        let wanted = line(snapshot, "number 7").and_then(|item| item.sequence);
        timeline.jumped.is_some_and(|jumped| jumped.to == wanted) && wanted.is_some()
    });
    assert!(open_channel(&snapshot).timeline.has_later);
    assert!(line(&snapshot, "number 449").is_none());
    anna.with_message(MessageCommand::LoadLater(channel));
    anna.wait("a page later", |snapshot| {
        line(snapshot, "number 100").is_some()
    });
    // Whoever writes sees what they write.
    anna.say("here");
    anna.wait("the present", |snapshot| {
        !open_channel(snapshot).timeline.has_later && line(snapshot, "here").is_some()
    });
    anna.with_message(MessageCommand::Jump(channel, JumpTo::Moment(0)));
    anna.wait("the beginning", |snapshot| {
        line(snapshot, "number 0").is_some() && open_channel(snapshot).timeline.has_later
    });
    anna.with_message(MessageCommand::Jump(channel, JumpTo::Present));
    anna.wait("the present again", |snapshot| {
        let timeline = &open_channel(snapshot).timeline;
        !timeline.has_later && timeline.jumped.is_some_and(|jumped| jumped.to.is_none())
    });
}

#[test]
fn what_comes_while_nobody_looks_is_new_in_the_open_channel_too() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    mikael.say("seen");
    anna.reads("mikael", "seen");
    anna.send(Command::Attend(false));
    mikael.say("hello @anna");
    mikael.say("and more");
    let snapshot = anna.wait("two are new", |snapshot| open_channel(snapshot).unread == 2);
    let first = line(&snapshot, "hello @anna").unwrap();
    assert!(first.marks.mentions_me);
    assert_eq!(open_channel(&snapshot).mentions, 1);
    assert_eq!(
        open_channel(&snapshot).timeline.first_unread,
        first.sequence
    );
    anna.send(Command::Attend(true));
    let snapshot = anna.wait("all are seen", |snapshot| {
        open_channel(snapshot).unread == 0
    });
    assert_eq!(open_channel(&snapshot).mentions, 0);
    // The line stays where it was while one reads.
    assert!(open_channel(&snapshot).timeline.first_unread.is_some());
}

/// Whether these bytes are anywhere in a folder.
fn is_written(folder: &Path, bytes: &[u8]) -> bool {
    let mut entries = std::fs::read_dir(folder).unwrap();
    entries.any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_written(&path, bytes);
        }
        let all = std::fs::read(&path).unwrap_or_default();
        all.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn emojis_that_were_used_are_there_after_a_restart_and_nobody_reads_them_on_the_disk() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    for emoji in ["⛵", "🎉", "⛵"] {
        anna.with_message(MessageCommand::UseEmoji(emoji.into()));
    }
    let used = |snapshot: &Snapshot| community(snapshot).map(|one| Arc::clone(&one.emojis));
    let wanted = Some(Arc::new(vec!["⛵".to_owned(), "🎉".to_owned()]));
    anna.wait("both", |snapshot| used(snapshot) == wanted);
    anna.close();
    let profile = house.folder.path().join("anna");
    assert!(!is_written(&profile, "⛵".as_bytes()));
    let anna = Client::open("anna", &profile);
    anna.send(Command::Unlock(dialtone_engine::Secret::new(
        crate::house::PASSWORD,
    )));
    anna.wait("both again", |snapshot| used(snapshot) == wanted);
}

#[test]
fn a_draft_is_there_after_a_restart() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    anna.say("first");
    let target = anna.hash_of("first");
    let draft = Draft {
        text: "half a thou".into(),
        reply_to: Some(target),
    };
    anna.with_message(MessageCommand::SaveDraft(anna.here(), draft.clone()));
    anna.close();
    let anna = Client::open("anna", &house.folder.path().join("anna"));
    anna.send(Command::Unlock(dialtone_engine::Secret::new(
        crate::house::PASSWORD,
    )));
    let has = |snapshot: &Snapshot| {
        let community = community(snapshot)?;
        community.open?;
        open_channel(snapshot).draft.as_deref().cloned()
    };
    anna.wait("the draft", |snapshot| has(snapshot) == Some(draft.clone()));
    anna.with_message(MessageCommand::SaveDraft(anna.here(), Draft::default()));
    anna.open_channel("general");
}
