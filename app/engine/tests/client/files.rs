//! Files from one to the other: sealed on the way and at rest, whole, and no other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_engine::snapshot::{
    Community, FileId, FileState, FileView, ItemBody, Picture, Sending, Snapshot,
};
use dialtone_engine::{Command, CommunityCommand, FileCommand, FileSource, Secret};

use crate::house::{Client, House, PASSWORD, community, files_below, is_online};

/// What nobody but the members may find anywhere.
const SECRET: &[u8] = b"the anchorage behind the third island";

/// A file of the user's with the secret in it, `size` bytes long.
fn file(folder: &Path, name: &str, size: usize) -> PathBuf {
    let content: Vec<u8> = SECRET.iter().copied().cycle().take(size).collect();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// A picture of one colour, from the clipboard.
fn pasted() -> FileSource {
    FileSource::Pixels {
        name: "pasted.png".into(),
        picture: Arc::new(Picture {
            width: 60,
            height: 40,
            rgba: [200, 100, 50, 255].repeat(60 * 40),
        }),
    }
}

fn open(community: &Community) -> Option<&dialtone_engine::snapshot::Channel> {
    let mut channels = community.channels.iter();
    channels
        .find(|channel| Some(channel.id) == community.open)
        .map(AsRef::as_ref)
}

/// The files of the open channel, with how far their message is.
fn files(snapshot: &Snapshot) -> Vec<(FileView, Sending)> {
    let items = community(snapshot)
        .and_then(open)
        .map(|channel| &channel.timeline.items);
    let files = items.into_iter().flatten().flat_map(|item| {
        let files = match &item.body {
            ItemBody::Files { files, .. } => files.clone(),
            _ => Vec::new(),
        };
        files.into_iter().map(|file| (file, item.sending.clone()))
    });
    files.collect()
}

fn sent(snapshot: &Snapshot, name: &str) -> Option<FileView> {
    let mut files = files(snapshot).into_iter();
    let found = files.find(|(file, sending)| file.name == name && *sending == Sending::Sent);
    found.map(|(file, _)| file)
}

fn state(snapshot: &Snapshot, id: &FileId) -> Option<FileState> {
    community(snapshot)?.files.states.get(id).cloned()
}

impl Client {
    fn send_files(&self, sources: Vec<FileSource>, text: &str) {
        let snapshot = self.engine.handle.snapshot();
        let channel = community(&snapshot).unwrap().open.unwrap();
        self.file(FileCommand::Send {
            channel,
            files: sources,
            text: text.into(),
            reply_to: None,
        });
    }

    fn file(&self, command: FileCommand) {
        self.in_community(CommunityCommand::File(command));
    }

    fn has_file(&self, name: &str) -> FileView {
        let snapshot = self.wait("the file is there", |snapshot| {
            sent(snapshot, name).is_some()
        });
        sent(&snapshot, name).unwrap()
    }

    /// Saves a file where there is none yet, and waits until it is there, or the words for why it is not.
    fn saves(&self, file: &FileView, to: &Path) -> Result<(), String> {
        // What an earlier try came to does not count.
        self.file(FileCommand::Stop(file.id));
        self.wait("that is forgotten", |snapshot| {
            !matches!(state(snapshot, &file.id), Some(FileState::Failed(_)))
        });
        self.file(FileCommand::Save {
            file: file.id,
            to: Some(to.to_owned()),
        });
        let failed = |snapshot: &Snapshot| match state(snapshot, &file.id) {
            Some(FileState::Failed(why)) => Some(why),
            _ => None,
        };
        let snapshot = self.wait("it is saved or not", |snapshot| {
            let told = snapshot.notices.iter();
            let mut about = told.filter(|notice| notice.text.contains(&*to.to_string_lossy()));
            about.next().is_some() || failed(snapshot).is_some()
        });
        failed(&snapshot).map_or(Ok(()), Err)
    }
}

/// Two people in *general*.
fn two(house: &House) -> (Client, Client) {
    let anna = house.founder();
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    anna.open_channel("general");
    mikael.open_channel("general");
    (anna, mikael)
}

fn contains(path: &Path, words: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(words.len()).any(|some| some == words)
}

#[test]
fn a_file_comes_as_it_was_and_nothing_of_it_is_readable_on_the_way() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    let path = file(house.folder.path(), "anchorage.txt", 300_000);
    anna.send_files(vec![FileSource::Path(path.clone())], "where we lie tonight");
    let seen = mikael.has_file("anchorage.txt");
    assert_eq!((seen.size, &*seen.media_type), (300_000, "text/plain"));
    let saved = house.folder.path().join("saved.txt");
    mikael.saves(&seen, &saved).unwrap();
    assert_eq!(
        std::fs::read(&path).unwrap(),
        std::fs::read(&saved).unwrap()
    );
    // The server and both profiles have it sealed: neither content nor name, and no length that tells the size.
    let [blob] = &house.blobs()[..] else {
        panic!("one file: {:?}", house.blobs());
    };
    assert_eq!(std::fs::metadata(blob).unwrap().len(), 303_104 + 5 * 16);
    anna.close();
    mikael.close();
    for place in ["server", "anna", "mikael"] {
        for path in files_below(&house.folder.path().join(place)) {
            for words in [SECRET, b"anchorage.txt", b"where we lie tonight"] {
                assert!(!contains(&path, words), "{}", path.display());
            }
        }
    }
}

#[test]
fn files_wait_for_the_server_over_a_restart_without_the_users_own_ones() {
    let mut house = House::new();
    let (anna, mikael) = two(&house);
    house.stop();
    anna.wait("it is offline", |snapshot| !is_online(snapshot));
    let one = file(house.folder.path(), "one.txt", 100);
    let two = file(house.folder.path(), "two.txt", 70_000);
    let sources = [&one, &two].map(|path| FileSource::Path(path.clone()));
    anna.send_files(sources.into(), "both");
    anna.wait("they wait", |snapshot| {
        let waiting = files(snapshot);
        waiting.len() == 2
            && waiting
                .iter()
                .all(|(_, sending)| *sending == Sending::Pending)
    });
    anna.say("and words overtake them");
    anna.close();
    let written = std::fs::read(&two).unwrap();
    std::fs::remove_file(one).unwrap();
    std::fs::remove_file(two).unwrap();
    house.start();
    let anna = house.client("anna");
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is online", is_online);
    mikael.reads("anna", "and words overtake them");
    let seen = mikael.has_file("two.txt");
    mikael.has_file("one.txt");
    let saved = house.folder.path().join("saved.txt");
    mikael.saves(&seen, &saved).unwrap();
    assert_eq!(std::fs::read(saved).unwrap(), written);
    assert_eq!(house.blobs().len(), 2);
}

#[test]
fn a_message_that_waits_for_its_files_can_be_dropped_and_leaves_nothing() {
    let mut house = House::new();
    let (anna, _mikael) = two(&house);
    house.stop();
    anna.wait("it is offline", |snapshot| !is_online(snapshot));
    anna.send_files(vec![pasted()], "");
    let snapshot = anna.wait("it waits", |snapshot| !files(snapshot).is_empty());
    // One sees what one is about to send.
    let picture = files(&snapshot)[0].0.id;
    anna.file(FileCommand::Show(picture));
    anna.wait("it is shown", |snapshot| {
        let shown = &community(snapshot).unwrap().files.pictures;
        shown.contains_key(&picture)
    });
    let channel = community(&snapshot).and_then(open).unwrap();
    let id = channel.timeline.items.last().unwrap().client_id;
    anna.in_community(CommunityCommand::Drop(id));
    anna.wait("it is gone", |snapshot| files(snapshot).is_empty());
    let kept = files_below(&house.folder.path().join("anna/communities"));
    let sealed = |path: &&PathBuf| path.to_string_lossy().contains(".files");
    assert_eq!(kept.iter().filter(sealed).count(), 0);
    house.start();
    anna.wait("it is back", is_online);
    anna.say("nothing came before this");
    anna.reads("anna", "nothing came before this");
    assert!(house.blobs().is_empty());
}

#[test]
fn pictures_are_shown_and_so_are_people() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    let source = pasted();
    let FileSource::Pixels { picture, .. } = source.clone() else {
        panic!("{source:?}");
    };
    anna.send_files(vec![source], "");
    let seen = mikael.has_file("pasted.png");
    assert_eq!(seen.picture, Some((60, 40)));
    mikael.file(FileCommand::Show(seen.id));
    let shown = mikael.wait("it is shown", |snapshot| {
        community(snapshot)
            .unwrap()
            .files
            .pictures
            .contains_key(&seen.id)
    });
    assert_eq!(community(&shown).unwrap().files.pictures[&seen.id], picture);
    mikael.file(FileCommand::View(Some(seen.id)));
    mikael.wait("it is looked at", |snapshot| {
        let viewed = &community(snapshot).unwrap().files.viewed;
        viewed.as_ref().is_some_and(|(id, _)| *id == seen.id)
    });
    let saved = house.folder.path().join("portrait.png");
    mikael.saves(&seen, &saved).unwrap();
    anna.file(FileCommand::SetPicture(Some(FileSource::Path(saved))));
    let face = |snapshot: &Snapshot| {
        let members = &community(snapshot)?.members;
        members.iter().find(|member| member.name == "anna")?.picture
    };
    let snapshot = mikael.wait("she has a picture", |snapshot| face(snapshot).is_some());
    let id = face(&snapshot).unwrap();
    mikael.file(FileCommand::Show(id));
    let snapshot = mikael.wait("it is shown", |snapshot| {
        community(snapshot)
            .unwrap()
            .files
            .pictures
            .contains_key(&id)
    });
    let pixels = &community(&snapshot).unwrap().files.pictures[&id];
    assert_eq!((pixels.width, pixels.height), (128, 128));
    anna.file(FileCommand::SetPicture(None));
    mikael.wait("she has none any more", |snapshot| face(snapshot).is_none());
}

#[test]
fn a_server_that_gives_another_file_or_none_is_found_out() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    for name in ["first.txt", "second.txt", "third.txt"] {
        let path = file(house.folder.path(), name, 50_000 + name.len());
        anna.send_files(vec![FileSource::Path(path)], "");
        anna.has_file(name);
    }
    let [first, second, third] =
        ["first.txt", "second.txt", "third.txt"].map(|name| mikael.has_file(name));
    let blobs = house.blobs();
    assert_eq!(blobs.len(), 3);
    // The three look alike: one of them stands in for the others, then some bit is another one.
    let genuine = std::fs::read(&blobs[0]).unwrap();
    for blob in &blobs {
        std::fs::write(blob, &genuine).unwrap();
    }
    let place = |number: usize| house.folder.path().join(format!("saved {number}"));
    let told: Vec<_> = [&first, &second, &third]
        .iter()
        .enumerate()
        .map(|(number, file)| mikael.saves(file, &place(number)))
        .collect();
    let lies: Vec<&String> = told.iter().filter_map(|told| told.as_ref().err()).collect();
    assert_eq!(lies.len(), 2, "{told:?}");
    assert!(
        lies.iter().all(|told| told.contains("something else")),
        "{told:?}"
    );
    let fooled = [&first, &second, &third][told.iter().position(Result::is_err).unwrap()];
    for blob in &blobs {
        std::fs::write(blob, &genuine[..genuine.len() - 1]).unwrap();
    }
    assert!(mikael.saves(fooled, &place(3)).is_err());
    for blob in &blobs {
        std::fs::remove_file(blob).unwrap();
    }
    let told = mikael.saves(fooled, &place(4)).unwrap_err();
    assert!(!told.is_empty());
    assert!((0..5).filter(|number| place(*number).exists()).count() == 1);
}

#[test]
fn who_sent_a_file_deletes_it_from_the_server_and_nobody_else() {
    let house = House::new();
    let (anna, mikael) = two(&house);
    let path = file(house.folder.path(), "draft.txt", 5_000);
    anna.send_files(vec![FileSource::Path(path)], "");
    let file = mikael.has_file("draft.txt");
    anna.has_file("draft.txt");
    mikael.file(FileCommand::Delete(file.id));
    mikael.wait("he is told that he may not", |snapshot| {
        let mut told = snapshot.notices.iter();
        told.any(|notice| notice.text.contains("draft.txt was not deleted"))
    });
    assert_eq!(house.blobs().len(), 1);
    anna.file(FileCommand::Delete(file.id));
    anna.wait("it is deleted", |snapshot| {
        let now = state(snapshot, &file.id);
        matches!(now, Some(FileState::Failed(why)) if why.contains("deleted"))
    });
    let told = mikael.saves(&file, &house.folder.path().join("saved.txt"));
    assert!(
        told.unwrap_err()
            .contains("does not have this file any more")
    );
}

#[test]
fn what_has_no_room_goes_back_with_the_reason() {
    let house = House::with_quota(Some(1));
    let anna = house.founder();
    anna.open_channel("general");
    let small = file(house.folder.path(), "small.txt", 600_000);
    anna.send_files(vec![FileSource::Path(small)], "");
    anna.has_file("small.txt");
    let large = file(house.folder.path(), "large.txt", 700_000);
    let mut events = anna.engine.handle.events();
    anna.send_files(vec![FileSource::Path(large)], "for the record");
    let (text, reason) = anna.event(&mut events, |event| match event {
        dialtone_engine::Event::Unsent { text, reason, .. } => Some((text, reason)),
        _ => None,
    });
    assert_eq!(text, "for the record");
    assert!(
        reason.starts_with("There is no room for large.txt"),
        "{reason}"
    );
    assert_eq!(house.blobs().len(), 1);
}
