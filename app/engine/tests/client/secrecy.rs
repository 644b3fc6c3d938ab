//! A whole session with everything logged, and then: nothing in the log or in the bundle names anybody, says what was written,
//! or opens anything.

use std::path::PathBuf;

use dialtone_engine::journal;
use dialtone_engine::settings::IceSettings;
use dialtone_engine::{
    Command, CommunityCommand, DiagnosticsCommand, FileCommand, FileSource, PrivateCommand, Secret,
};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::house::{House, PASSWORD, community, files_below, is_online};
use crate::private::account;

const BODY: &str = "the anchorage behind the third island";
const WHISPERED: &str = "bring the spare rudder at dawn";
const CHANNEL: &str = "moorings";
const FILE: &str = "chart of the skerries.txt";
const NEW_PASSWORD: &str = "another boat entirely";
const PERSON: &str = "mikaela-nordlund";
const TURN_PASSWORD: &str = "turn-hunter2";

/// The log of this program, as the program sets it up, with more in it.
fn log_into(profile: &std::path::Path) {
    let filter = EnvFilter::new("info,dialtone_engine=trace,dialtone_crypto=trace");
    let kept = tracing_subscriber::fmt::layer()
        .with_writer(journal::writer)
        .with_ansi(false)
        .with_filter(filter);
    // Only one can be set for the process; this is the only test that does.
    tracing_subscriber::registry().with(kept).init();
    journal::catch_panics();
    let begun = journal::begin(profile).unwrap();
    assert!(!begun.ended_badly);
}

#[test]
fn neither_the_log_nor_the_bundle_tells_anything_of_anybody() {
    let house = House::new();
    let profile = house.folder.path().join("anna");
    log_into(&profile);
    let anna = house.founder();
    let link = anna.invite(1, 3600);
    let friend = house.client(PERSON);
    live(&house, &anna, &friend, &link);
    let id = community(&friend.engine.handle.snapshot()).unwrap().id;
    let path = bundle(&anna, &house);
    let ice = IceSettings {
        turn_pass: TURN_PASSWORD.into(),
        ..IceSettings::default()
    };
    tracing::warn!("what was chosen: {ice:?}");

    let account = account(&friend).to_string();
    let device = community(&friend.engine.handle.snapshot())
        .unwrap()
        .me
        .device;
    let token = link.rsplit(['#', '/']).next().unwrap().to_owned();
    let secrets = [
        BODY,
        WHISPERED,
        CHANNEL,
        FILE,
        "skerries",
        PERSON,
        PASSWORD,
        NEW_PASSWORD,
        TURN_PASSWORD,
        "Harbour crew",
        "127.0.0.1",
        &link,
        &token,
        &account,
        &device.to_string(),
        &id.to_string(),
        &house.folder.path().display().to_string(),
    ];
    let mut files = files_below(&profile.join("log"));
    files.push(path);
    assert_untold(&files, &secrets);
    friend.close();
    anna.close();
    // The thread that broke would have been the program's end.
    assert!(journal::begin(&profile).unwrap().ended_badly);
    journal::end();
    assert!(!journal::begin(&profile).unwrap().ended_badly);
}

/// None of these stands in one of the files.
fn assert_untold(files: &[PathBuf], secrets: &[&str]) {
    let mut lines = 0;
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        lines += text.lines().count();
        for secret in secrets {
            // In pieces, too: a name that was cut is still a name.
            let found = text.find(*secret);
            assert!(
                found.is_none(),
                "{secret} is in {}: {}",
                file.display(),
                text.lines().find(|line| line.contains(*secret)).unwrap()
            );
        }
    }
    assert!(lines > 20, "{lines} lines are no log");
}

/// All that one does, and some of what goes wrong.
fn live(house: &House, anna: &crate::house::Client, friend: &crate::house::Client, link: &str) {
    anna.open_channel("general");
    friend.join(link, None);
    friend.open_channel("general");
    anna.in_community(CommunityCommand::CreateChannel {
        name: CHANNEL.into(),
        voice: false,
    });
    anna.channel(CHANNEL);
    friend.say(BODY);
    anna.reads(PERSON, BODY);
    talk(anna, friend);
    upload(house, friend);
    // A conversation of two, and what goes wrong there.
    let whom = vec![account(friend)];
    anna.in_community(CommunityCommand::Private(PrivateCommand::Message(whom)));
    anna.wait("the conversation is open", |snapshot| {
        let community = community(snapshot).unwrap();
        let open = community.open;
        let mut channels = community.channels.iter();
        channels.any(|one| Some(one.id) == open && one.private.is_some())
    });
    anna.say(WHISPERED);
    let id = community(&friend.engine.handle.snapshot()).unwrap().id;
    for (old, new) in [("wrong password", NEW_PASSWORD), (PASSWORD, NEW_PASSWORD)] {
        let told = friend.engine.handle.snapshot().notices.len();
        friend.send(Command::ChangePassword {
            community: id,
            old: Secret::new(old),
            new: Secret::new(new),
        });
        friend.wait("the password is changed or not", |snapshot| {
            snapshot.notices.len() > told
        });
    }
    assert_ne!(
        friend.inspect(&link.replace("127.0.0.1", "127.0.0.9")),
        dialtone_engine::snapshot::LinkCheck::Genuine
    );
    let broken = std::thread::Builder::new()
        .name("breaks".into())
        .spawn(|| panic!("the message was {BODY:?}"));
    assert!(broken.unwrap().join().is_err());
    // The connection breaks, and comes back.
    anna.send(Command::Reconnect(id));
    anna.wait("it is there again", is_online);
}

/// Both are in a call for a moment.
fn talk(anna: &crate::house::Client, friend: &crate::house::Client) {
    let channel = anna.channel("general");
    for client in [anna, friend] {
        client.in_community(CommunityCommand::JoinCall(channel));
    }
    anna.wait("both are in the call", |snapshot| {
        community(snapshot).unwrap().others_in_call().count() == 1
    });
    for client in [anna, friend] {
        client.in_community(CommunityCommand::LeaveCall);
    }
}

fn upload(house: &House, friend: &crate::house::Client) {
    let path = house.folder.path().join(FILE);
    std::fs::write(&path, BODY.repeat(1_000)).unwrap();
    let channel = friend.channel("general");
    let missing = house.folder.path().join("no such chart.txt");
    for path in [path, missing] {
        friend.in_community(CommunityCommand::File(FileCommand::Send {
            channel,
            files: vec![FileSource::Path(path)],
            text: BODY.into(),
            reply_to: None,
        }));
    }
    friend.wait("the file is sent", |snapshot| {
        let community = community(snapshot).unwrap();
        community.files.states.values().count() > 0
    });
}

/// The bundle, written.
fn bundle(anna: &crate::house::Client, house: &House) -> PathBuf {
    anna.send(Command::Diagnose(DiagnosticsCommand::Make));
    let snapshot = anna.wait("the checks are over", |snapshot| {
        let view = snapshot.diagnostics.as_ref();
        view.is_some_and(|view| !view.checking)
    });
    let bundle = &snapshot.diagnostics.as_ref().unwrap().bundle;
    assert_eq!(bundle.parts.len(), 5, "{bundle:?}");
    let folder = house.folder.path().join("bundles");
    std::fs::create_dir_all(&folder).unwrap();
    let wish = DiagnosticsCommand::Save(Some(folder.clone()));
    anna.send(Command::Diagnose(wish));
    let snapshot = anna.wait("it is written", |snapshot| {
        let view = snapshot.diagnostics.as_ref();
        view.is_some_and(|view| view.saved.is_some())
    });
    let saved = snapshot.diagnostics.as_ref().unwrap().saved.clone();
    let path = saved.unwrap().unwrap();
    assert_eq!(path.parent(), Some(folder.as_path()), "where one chose");
    path
}
