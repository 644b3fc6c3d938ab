//! Groups: good commits are taken, stale, foreign and unlisted ones are not.

use std::io::Read as _;

use dialtone_crypto::group::ExternalJoin;
use dialtone_crypto::{DeviceKey, OsRng, entries};
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{Bytes, CommitPublish, ErrorCode, GroupState};
use dialtone_protocol::roster::Roster;
use flate2::read::GzDecoder;

use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn a_commit_is_taken_told_to_everybody_and_served_to_who_joins(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    socket.send(&anna.resume(&[])).await;
    let mut bernd = anna.bring(&server, "bernd").await;
    let epoch = socket
        .wait_for(|frame| match frame {
            ServerFrame::Commit { epoch, .. } => Some(*epoch),
            _ => None,
        })
        .await;
    assert_eq!(epoch, 0);
    anna.fetch_commits().await;
    assert_eq!(anna.rotate().await.status, 200);
    bernd.fetch_commits().await;
    assert_eq!(bernd.rotate().await.status, 200);
    let path = format!("/groups/{}", anna.roster.view().lobby());
    let state: GroupState = bernd.api.get(&path).await.read();
    assert_eq!(state.epoch, 3);
    anna.fetch_commits().await;
    // What was stored of the group is enough to go on after a restart.
    let server = server.restart().await;
    anna.api.address = server.address;
    assert_eq!(anna.rotate().await.status, 200);
}

async fn a_commit_of_an_epoch_that_is_over_is_refused_with_the_current_one(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let mut bernd = anna.bring(&server, "bernd").await;
    let late = anna.rotate().await;
    assert_eq!((late.status, late.error().epoch), (409, Some(1)));
    assert_eq!(late.code(), ErrorCode::StaleEpoch);
    assert_eq!(bernd.rotate().await.status, 200);
    // The same under the number of the current epoch: the commit itself says where it was made.
    let group = anna.group.as_mut().unwrap();
    let pending = group.make_commit(&anna.device, &anna.roster).unwrap();
    let body = CommitPublish {
        epoch: 2,
        commit: Bytes(pending.commit),
        group_info: Bytes(pending.group_info),
        welcome: None,
    };
    let path = format!("/groups/{}/commits", anna.roster.view().lobby());
    let late = anna.api.post(&path, &body).await;
    assert_eq!(late.code(), ErrorCode::StaleEpoch);
    assert_eq!(late.error().epoch, Some(2));
}

async fn a_commit_that_another_device_uploads_or_with_another_group_info_is_refused(
    server: TestServer,
) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    // The group info of the epoch before is Anna's too: only what it says gives it away.
    assert_eq!(anna.rotate().await.status, 200);
    let lobby = anna.roster.view().lobby();
    let path = format!("/groups/{lobby}");
    let before: GroupState = anna.api.get(&path).await.read();
    let group = anna.group.as_mut().unwrap();
    let pending = group.make_commit(&anna.device, &anna.roster).unwrap();
    let path = format!("{path}/commits");
    let mut body = CommitPublish {
        epoch: pending.epoch,
        commit: Bytes(pending.commit),
        group_info: Bytes(pending.group_info),
        welcome: None,
    };
    let foreign = bernd.api.post(&path, &body).await;
    assert_eq!(foreign.code(), ErrorCode::NotAllowed);
    let good = std::mem::replace(&mut body.group_info, before.group_info);
    let mixed = anna.api.post(&path, &body).await;
    assert_eq!(mixed.code(), ErrorCode::CommitInvalid);
    // Its signature is the last that stands in it.
    body.group_info = good.clone();
    *body.group_info.0.last_mut().unwrap() ^= 1;
    let unsigned = anna.api.post(&path, &body).await;
    assert_eq!(unsigned.code(), ErrorCode::CommitInvalid);
    // The key for joining: two bytes of length, then 1216 of key.
    let length = [0x44, 0xc0];
    let key = good.0.windows(2).position(|two| two == length).unwrap() + 2;
    body.group_info = good.clone();
    body.group_info.0[key..key + 3].fill(0xff);
    let unsealable = anna.api.post(&path, &body).await;
    assert_eq!(unsealable.code(), ErrorCode::CommitInvalid);
    let message = unsealable.error().message;
    assert!(message.contains("nobody can seal to"), "{message}");
    body.group_info = good;
    let mut broken = body.clone();
    let last = broken.commit.0.len() / 2;
    broken.commit.0[last] ^= 1;
    let answer = anna.api.post(&path, &broken).await;
    assert!(answer.status == 422 || answer.status == 400, "{answer:?}");
    assert_eq!(anna.api.post(&path, &body).await.status, 200);
}

async fn who_joins_gets_the_group_compressed_and_always_the_current_one(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let path = format!("/groups/{}", anna.roster.view().lobby());
    for epoch in 0..2 {
        let plain = anna.api.get(&path).await;
        for _ in 0..2 {
            let packed = anna
                .api
                .send("GET", &path, "Accept-Encoding: gzip\r\n", &[])
                .await;
            assert_eq!(packed.status, 200);
            assert!(packed.body.len() < plain.body.len() * 9 / 10);
            let mut read = Vec::new();
            GzDecoder::new(packed.body.as_slice())
                .read_to_end(&mut read)
                .unwrap();
            assert_eq!(read, plain.body);
        }
        assert_eq!(plain.read::<GroupState>().epoch, epoch);
        assert_eq!(anna.rotate().await.status, 200);
    }
    anna.api.token = None;
    let refused = anna
        .api
        .send("GET", &path, "Accept-Encoding: gzip\r\n", &[])
        .await;
    assert_eq!(refused.status, 401);
}

async fn a_device_that_the_roster_does_not_list_does_not_get_in(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let mut bernd = Person::join(&server, &link, "bernd").await;
    // Bernd adds a second device to a copy of the roster that the server does not have.
    let second = DeviceKey::generate(&mut OsRng).unwrap();
    let added = entries::add_device(&bernd.device, &bernd.roster, second.public_keys()).unwrap();
    bernd.roster.append(added).unwrap();
    bernd.device = second;
    let lobby = bernd.roster.view().lobby();
    let state: GroupState = bernd.api.get(&format!("/groups/{lobby}")).await.read();
    let join = ExternalJoin::prepare(
        lobby,
        &state.group_info.0,
        &state.tree.0,
        &bernd.roster,
        &bernd.device,
        bernd.account_id(),
        0,
    )
    .unwrap();
    let body = CommitPublish {
        epoch: join.epoch(),
        commit: Bytes(join.commit().to_vec()),
        group_info: Bytes(join.group_info().to_vec()),
        welcome: None,
    };
    let path = format!("/groups/{lobby}/commits");
    let answer = bernd.api.post(&path, &body).await;
    assert_eq!(answer.code(), ErrorCode::CommitInvalid);
}

async fn a_group_is_made_once_and_only_as_the_roster_names_it(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    assert_eq!(anna.create_group().await.code(), ErrorCode::Exists);
    let other = dialtone_protocol::GroupId([3; 17]);
    let path = format!("/groups/{other}");
    assert_eq!(anna.api.get(&path).await.code(), ErrorCode::NotFound);
}

async fn a_groups_first_commit_names_no_older_roster_than_the_one_that_names_the_group(
    server: TestServer,
) {
    let mut anna = Person::found(&server, "anna").await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_roster().await;
    bernd.fetch_roster().await;
    let lobby = anna.roster.view().lobby();
    let reset = entries::reset_group(&anna.device, &anna.roster, lobby, &mut OsRng);
    let (lobby, entry) = reset.unwrap();
    assert_eq!(anna.publish(entry).await.status, 200);
    // Anna knows more than the entry that names the group when she makes it.
    anna.create_channel().await;
    assert_eq!(anna.create_group().await.status, 201);
    let before = bernd.roster.clone();
    bernd.fetch_roster().await;
    let (mut naming, _) = Roster::replay(before.entries_from(0).to_vec()).unwrap();
    let entry = bernd.roster.entries_from(before.position().length)[0].clone();
    naming.append(entry).unwrap();
    let path = format!("/groups/{lobby}");
    let state: GroupState = bernd.api.get(&path).await.read();
    let join = |roster: &Roster| {
        let (info, tree) = (&state.group_info.0, &state.tree.0);
        let account = bernd.account_id();
        ExternalJoin::prepare(lobby, info, tree, roster, &bernd.device, account, 0).unwrap()
    };
    let (older, exact) = (join(&before), join(&naming));
    let body = |join: &ExternalJoin| CommitPublish {
        epoch: join.epoch(),
        commit: Bytes(join.commit().to_vec()),
        group_info: Bytes(join.group_info().to_vec()),
        welcome: None,
    };
    let path = format!("{path}/commits");
    let refused = bernd.api.post(&path, &body(&older)).await;
    assert_eq!(refused.code(), ErrorCode::CommitInvalid);
    let message = refused.error().message;
    assert!(message.contains("older member list"), "{message}");
    assert_eq!(bernd.api.post(&path, &body(&exact)).await.status, 200);
    // Who made the group judges the same.
    anna.fetch_commits().await;
    assert_eq!(anna.group.as_ref().unwrap().epoch(), 1);
}

on_both_stores! {
    who_joins_gets_the_group_compressed_and_always_the_current_one,
    a_commit_is_taken_told_to_everybody_and_served_to_who_joins,
    a_commit_of_an_epoch_that_is_over_is_refused_with_the_current_one,
    a_commit_that_another_device_uploads_or_with_another_group_info_is_refused,
    a_device_that_the_roster_does_not_list_does_not_get_in,
    a_group_is_made_once_and_only_as_the_roster_names_it,
    a_groups_first_commit_names_no_older_roster_than_the_one_that_names_the_group,
}
