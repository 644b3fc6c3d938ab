//! Two who want the same at the same time: one gets it, the other is told, and nothing is there twice.

use dialtone_crypto::group::ExternalJoin;
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, invite};
use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::http::{
    Bytes, CommitPublish, ErrorCode, EventPage, GroupState, RegisterEntry, RosterPage,
};
use dialtone_protocol::roster::Roster;

use crate::common::{Person, Registration, Socket, TestServer, on_both_stores};

async fn of_two_commits_for_one_epoch_one_is_taken(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let people = [
        anna.bring_outside(&server, "bernd").await,
        anna.bring_outside(&server, "carla").await,
    ];
    anna.fetch_roster().await;
    let lobby = anna.roster.view().lobby();
    let path = format!("/groups/{lobby}");
    let state: GroupState = anna.api.get(&path).await.read();
    let bodies = people.each_ref().map(|person| {
        let (info, tree) = (&state.group_info.0, &state.tree.0);
        let (device, account) = (&person.device, person.account_id());
        let join = ExternalJoin::prepare(lobby, info, tree, &anna.roster, device, account, 0);
        let join = join.unwrap();
        CommitPublish {
            epoch: join.epoch(),
            commit: Bytes(join.commit().to_vec()),
            group_info: Bytes(join.group_info().to_vec()),
            welcome: None,
        }
    });
    let path = format!("{path}/commits");
    let (one, two) = tokio::join!(
        people[0].api.post(&path, &bodies[0]),
        people[1].api.post(&path, &bodies[1]),
    );
    let (won, lost) = if one.status == 200 {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(won.status, 200, "{won:?}");
    assert_eq!(
        (lost.code(), lost.error().epoch),
        (ErrorCode::StaleEpoch, Some(1))
    );
    let state: GroupState = anna.api.get(&format!("/groups/{lobby}")).await.read();
    assert_eq!(state.epoch, 1);
}

async fn the_same_event_sent_twice_at_once_is_stored_once(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let start = anna.chain;
    let frame = anna.send_frame(channel, "one");
    let (other, _) = anna.seal_at(channel, "another under the same sequence", start);
    let other = dialtone_protocol::frame::ClientFrame::Send {
        channel,
        event: other.into(),
        mark: None,
        keep_s: None,
    };
    // None of them waits for the answer to the one before.
    let asked = [
        socket.send(&frame).await,
        socket.send(&frame).await,
        socket.send(&other).await,
    ];
    let mut answers = std::collections::BTreeMap::new();
    while answers.len() < asked.len() {
        let (request, answer) = socket.next_framed().await.expect("an answer");
        if asked.contains(&request) {
            answers.insert(request, answer);
        }
    }
    assert_eq!(answers[&asked[0]], answers[&asked[1]]);
    assert!(matches!(
        answers[&asked[0]],
        ServerFrame::Stored { sequence: 1, .. }
    ));
    assert!(matches!(
        answers[&asked[2]],
        ServerFrame::Refused {
            code: RefusalCode::Clash,
            ..
        }
    ));
    let path = format!("/channels/{channel}/events?after=0");
    let page: EventPage = anna.api.get(&path).await.read();
    assert_eq!(page.events.len(), 1);
}

async fn an_invite_for_one_lets_one_of_two_in(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let api = server.api();
    let header = format!("X-Invite-Token: {}\r\n", link.data.token);
    let page: RosterPage = api.send("GET", "/roster", &header, &[]).await.read();
    let (roster, _) = Roster::replay(page.entries.into_iter().map(|entry| entry.0)).unwrap();
    let mut halves = Vec::new();
    for name in ["bernd", "carla"] {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(&link, &roster, &account, &device).unwrap();
        let entry = RegisterEntry::Roster(Bytes(entry));
        let half = Registration::start(&api, link.data.token, name, entry).await;
        halves.push(half.unwrap());
    }
    let (one, two) = tokio::join!(halves[0].finish(&api), halves[1].finish(&api));
    let (won, lost) = if one.status == 200 {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(won.status, 200, "{won:?}");
    let code = lost.code();
    assert!(
        matches!(code, ErrorCode::InviteUsed | ErrorCode::RosterMoved),
        "{code:?}"
    );
    anna.fetch_roster().await;
    assert_eq!(anna.roster.view().accounts().len(), 2);
}

on_both_stores! {
    of_two_commits_for_one_epoch_one_is_taken,
    the_same_event_sent_twice_at_once_is_stored_once,
    an_invite_for_one_lets_one_of_two_in,
}
