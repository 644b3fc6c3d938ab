//! A session that breaks: it is told, nothing given to it meanwhile is lost, and it runs again.

use std::sync::Arc;

use dialtone_crypto::keystore::ProfileSecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{OsRng, entries};
use dialtone_protocol::ChannelId;
use tokio::sync::{mpsc, oneshot};

use super::scene::{self, Person, server_key, wait};
use crate::CommunityCommand;
use crate::session::load;
use crate::session::run::{Tell, Telling};
use crate::session::supervise::{End, supervise};
use crate::session::{SessionCommand, SessionConfig, SessionUpdate, view};
use crate::snapshot::{Connection, Severity};

const CHANNEL: ChannelId = ChannelId([3; 16]);

fn config(folder: &tempfile::TempDir) -> SessionConfig {
    let anna = Person::new();
    let founded = entries::found(&anna.account, &anna.device, server_key(), &mut OsRng).unwrap();
    let row_key = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
    let path = folder.path().join("community.db");
    scene::config(&path, &row_key, &anna, &founded.roster)
}

/// Where updates go: to the test.
fn telling() -> (Tell, mpsc::Receiver<SessionUpdate>) {
    let (sender, updates) = mpsc::channel(64);
    let tell = move |update| -> Telling {
        assert!(sender.try_send(update).is_ok(), "it tells too much");
        Box::pin(async {})
    };
    (Arc::new(tell), updates)
}

/// The next update that is wanted; others are passed over.
async fn next<T>(
    updates: &mut mpsc::Receiver<SessionUpdate>,
    wanted: impl Fn(SessionUpdate) -> Option<T>,
) -> T {
    loop {
        let update = updates.recv().await.expect("the session tells more");
        if let Some(found) = wanted(update) {
            return found;
        }
    }
}

/// The first run ends by `end`; the second one is awaited, and may go on.
async fn breaks_and_comes_back(end: impl Fn() -> End, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (tell, mut updates) = telling();
    let (commands, receiver) = mpsc::channel(8);
    let (again, runs_again) = oneshot::channel();
    let (mut again, mut end) = (Some(again), Some(end));
    let run = async |config: &mut SessionConfig,
                     commands: &mut mpsc::Receiver<SessionCommand>,
                     tell: &Tell| {
        if let Some(end) = end.take() {
            let mut shown = view::stub(&config.identity, Connection::Online);
            Arc::make_mut(&mut shown).open = Some(CHANNEL);
            tell(SessionUpdate::View(shown)).await;
            return end();
        }
        again.take().unwrap().send(config.open).unwrap();
        assert!(commands.recv().await.is_none());
        End::Stopped
    };
    let session = supervise(config(&folder), receiver, tell, run);
    let user = async {
        let told = next(&mut updates, |update| match update {
            SessionUpdate::Notice(Severity::Error, text) => Some(text),
            _ => None,
        });
        let told = told.await;
        assert!(told.contains(words), "{told}");
        let reason = next(&mut updates, |update| match update {
            SessionUpdate::View(shown) => match &shown.connection {
                Connection::Offline { reason, .. } => Some(reason.clone()),
                _ => None,
            },
            _ => None,
        });
        let reason = reason.await;
        assert!(reason.contains(words), "{reason}");
        let submit = CommunityCommand::Submit {
            channel: CHANNEL,
            text: "not lost".into(),
            reply_to: None,
        };
        let submit = SessionCommand::User {
            command: submit,
            asker: 0,
        };
        commands.send(submit).await.unwrap();
        let back = next(&mut updates, |update| match update {
            SessionUpdate::Unsent { text, .. } => Some(text),
            _ => None,
        });
        assert_eq!(back.await, "not lost");
        // Nobody has to wait for the pause.
        commands.send(SessionCommand::Reconnect).await.unwrap();
        assert_eq!(runs_again.await.unwrap(), Some(CHANNEL), "what was open");
        drop(commands);
    };
    tokio::join!(session, user);
}

#[test]
fn a_panic_is_told_and_the_session_runs_again() {
    wait(breaks_and_comes_back(
        || panic!("as a bug would"),
        "fault of ours",
    ));
}

#[test]
fn a_disk_that_fails_is_told_and_the_session_runs_again() {
    wait(breaks_and_comes_back(
        || End::Broke("the disk is full".into()),
        "disk is full",
    ));
}

#[test]
fn a_session_that_is_opened_again_knows_whether_the_user_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder);
    let at_hand = Arc::clone(&config.at_hand);
    let mut opened = || {
        let (state, ..) = load::open(&mut config).unwrap();
        (state.looking.attends, state.away.own)
    };
    assert_eq!(opened(), (true, false));
    at_hand.set_attends(false);
    at_hand.set_away(true);
    assert_eq!(opened(), (false, true));
}
