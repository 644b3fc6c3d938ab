//! What is somebody else's and there: by its id, nobody else reads, changes or ends it.

use dialtone_crypto::approval::NewDevice;
use dialtone_crypto::group::{Group, OwnPackage};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, Registration as Opaque, entries, invite};
use dialtone_protocol::approval::{ApprovalEnd, ApprovalMessage};
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::http::{
    ApprovalPost, ApprovalState, Bytes, CommitPublish, ErrorCode, GroupCreate, HistoryPut,
    PackageList, PackagePut, PasswordFinish, PasswordStart, RecoveryFiles, RegisterEntry,
    RegisterStarted, SessionOpened,
};
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::{ChannelId, DeviceId, GroupId, strict};
use dialtone_server::RelayClient;
use serde_json::json;

use crate::blobs::{content, path as blob, put};
use crate::common::{
    Api, Machine, Person, Registration, Socket, TestServer, log_in, on_both_stores, open_session,
};
use crate::keys::grant_frame;

/// The private group of [`private_group`].
pub(crate) const PRIVATE: GroupId = GroupId([1; 17]);

pub(crate) fn now_s() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Names a channel for a private group of one's own; gives what makes the group.
pub(crate) async fn private_group(by: &mut Person) -> (ChannelId, GroupCreate) {
    by.fetch_roster().await;
    let history = HistoryPolicy::All;
    let made = entries::create_channel(&by.device, &by.roster, PRIVATE, history, &mut OsRng);
    let (channel, entry) = made.unwrap();
    assert_eq!(by.publish(entry).await.status, 200);
    let account = by.account_id();
    let private = PrivateGroup {
        kind: PrivateKind::Channel,
        channel,
        history,
        accounts: [account].into(),
        admins: [account].into(),
    };
    let made = Group::create_private(PRIVATE, &by.device, account, &by.roster, &private);
    let (_, public, _) = made.unwrap();
    let body = GroupCreate {
        group_info: Bytes(public.group_info),
        tree: Bytes(public.tree),
    };
    (channel, body)
}

async fn nothing_of_another_community_is_reached(server: TestServer) {
    let elsewhere = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let mut far = Person::found(&elsewhere, "anna").await;
    let (channel, theirs) = (anna.create_channel().await, far.create_channel().await);
    let bernd = anna.bring(&server, "bernd").await;
    // What was proved to one server is nothing to the other.
    let mut foreign = far.api.clone();
    foreign.address = server.address;
    assert_eq!(
        foreign.get("/channels").await.code(),
        ErrorCode::NotSignedIn
    );
    let proved = log_in(&elsewhere.api(), "anna").await.enrolment;
    let machine = Machine::new(&server, proved);
    assert_eq!(
        machine.get("/recovery").await.code(),
        ErrorCode::NotSignedIn
    );
    for path in [
        format!("/channels/{theirs}/events"),
        format!("/groups/{}", far.group.as_ref().unwrap().id()),
    ] {
        assert_eq!(
            anna.api.get(&path).await.code(),
            ErrorCode::NotFound,
            "{path}"
        );
    }
    let packages = format!("/packages/{}", far.account_id());
    let none: PackageList = anna.api.get(&packages).await.read();
    assert!(none.packages.is_empty());
    let path = format!("/channels/{channel}/events");
    assert_eq!(bernd.api.get(&path).await.status, 200);
    // An entry of another community's list.
    let list: dialtone_protocol::http::RosterPage = far.api.get("/roster").await.read();
    for entry in [&list.entries[0], &Bytes(vec![0; 3])] {
        let answer = bernd.api.post("/roster", &json!({"entry": entry})).await;
        assert_eq!(answer.status / 100, 4, "{answer:?}");
    }
}

async fn devices_and_packages_and_files_of_another_stay_as_they_are(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let sessions = format!("/devices/{}/sessions", anna.device.id());
    let refused = bernd.api.delete(&sessions).await;
    assert_eq!(refused.code(), ErrorCode::NotFound);
    assert_eq!(anna.api.get("/devices").await.status, 200);

    let package = |person: &Person| {
        let own = OwnPackage::generate(&person.device, person.account_id(), now_s()).unwrap();
        PackagePut {
            package: Bytes(own.public),
        }
    };
    let annas = package(&anna);
    assert_eq!(anna.api.put("/packages", &annas).await.status, 204);
    let refused = bernd.api.put("/packages", &annas).await;
    assert_eq!(refused.code(), ErrorCode::Malformed);
    let kept = async |person: &Person| {
        let path = format!("/packages/{}", person.account_id());
        let list: PackageList = bernd.api.get(&path).await.read();
        let kept = list.packages.into_iter();
        kept.map(|one| (one.device, one.package))
            .collect::<Vec<_>>()
    };
    assert!(kept(&bernd).await.is_empty());
    assert_eq!(kept(&anna).await, [(anna.device.id(), annas.package)]);

    let bytes = content(9_000);
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    let other = put(&bernd.api, 1, &content(8_000)).await;
    assert_eq!(other.code(), ErrorCode::Exists);
    let refused = bernd.api.delete(&blob(1)).await;
    assert_eq!(refused.code(), ErrorCode::NotAllowed);
    // Whoever was told the id may read it: what is in it is sealed.
    assert_eq!(bernd.api.get(&blob(1)).await.body, bytes);
}

async fn a_private_group_of_another_is_not_there(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (channel, group) = private_group(&mut anna).await;
    let path = format!("/groups/{PRIVATE}");
    assert_eq!(anna.api.put(&path, &group).await.status, 201);
    for path in [
        path.clone(),
        format!("{path}/commits?from=0"),
        format!("{path}/welcome"),
        format!("/channels/{channel}/events"),
    ] {
        let refused = bernd.api.get(&path).await;
        assert_eq!(refused.code(), ErrorCode::NotFound, "{path}");
    }
    let commit = CommitPublish {
        epoch: 0,
        commit: Bytes(vec![1; 100]),
        group_info: group.group_info.clone(),
        welcome: None,
    };
    let commits = format!("{path}/commits");
    let refused = bernd.api.post(&commits, &commit).await;
    assert_eq!(refused.code(), ErrorCode::NotFound);
    let refused = bernd.api.put(&path, &group).await;
    assert!(refused.status / 100 == 4, "{refused:?}");
    let taken = bernd.api.delete(&format!("{path}/welcome")).await;
    assert_eq!(taken.status, 204, "nothing was there for him");
    assert_eq!(anna.api.get(&path).await.status, 200);
    let (mut socket, _) = Socket::connect(&bernd.api).await;
    let join = ClientFrame::JoinCall { channel };
    assert_eq!(socket.refusal(&join).await, RefusalCode::Unknown);
}

/// Bo, whose account has a recovery key, and a session of theirs.
async fn bo(server: &TestServer, anna: &mut Person) -> Api {
    let link = anna.invite(server, 1, u64::MAX / 2000).await;
    let mut api = server.api();
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = invite::join(&link, &anna.roster, &account, &device).unwrap();
    let entry = RegisterEntry::Roster(Bytes(entry));
    let started = Registration::start(&api, link.data.token, "bo", entry).await;
    let registration = started.unwrap().with_recovery(vec![7; 100]);
    assert_eq!(registration.finish(&api).await.status, 200);
    let community = anna.roster.community();
    let opened: SessionOpened = open_session(&api, &device, &community, &link).await.read();
    api.token = Some(opened.token);
    api
}

async fn a_proved_password_reaches_its_own_account_alone(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let bo = bo(&server, &mut anna).await;
    let history = |counter, file: &[u8]| HistoryPut {
        counter,
        file: Bytes(file.to_vec()),
    };
    let path = "/recovery/history";
    assert_eq!(bo.put(path, &history(1, b"of bo")).await.status, 204);
    let proved =
        async |name: &str| Machine::new(&server, log_in(&server.api(), name).await.enrolment);
    let (bos, bernds, annas) = (
        proved("bo").await,
        proved("bernd").await,
        proved("anna").await,
    );
    // Recovery: Bernd's account has no files, and Bo's are Bo's.
    assert_eq!(bernds.get("/recovery").await.code(), ErrorCode::NotFound);
    let refused = bernd.api.put(path, &history(9, b"of bernd")).await;
    assert_eq!(refused.code(), ErrorCode::Exists);
    let files: RecoveryFiles = bos.get("/recovery").await.read();
    assert_eq!(files.account, Bytes(vec![7; 100]));
    assert_eq!(files.history, Some(Bytes(b"of bo".to_vec())));

    // Approvals: what Anna's new device asks is for what proved her password.
    let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let post = |message: &ApprovalMessage| ApprovalPost {
        message: strict::encode(message).into(),
    };
    let ask = post(&ApprovalMessage::Ask(new.ask().to_vec().into()));
    assert_eq!(annas.post("/approvals", &ask).await.status, 200);
    assert_eq!(bernds.get("/approvals").await.code(), ErrorCode::NotFound);
    let end = post(&ApprovalMessage::End(ApprovalEnd::Cancelled));
    let refused = bernds.post("/approvals", &end).await;
    assert_eq!(refused.code(), ErrorCode::NotFound);
    let waits: ApprovalState = annas.get("/approvals").await.read();
    assert_eq!(waits.message, None, "it was ended by another");

    // Passwords: Bernd's changes, and nobody else's.
    let (registration, request) = Opaque::start(b"another boat entirely", &mut OsRng).unwrap();
    let start = PasswordStart {
        request: Bytes(request),
    };
    let started = bernds.post("/auth/password/start", &start).await;
    let response = started.read::<RegisterStarted>().response;
    let (upload, _) = registration.finish(&response.0, &mut OsRng).unwrap();
    let finish = PasswordFinish {
        upload: Bytes(upload),
        password_copy: None,
    };
    let changed = bernds.post("/auth/password/finish", &finish).await;
    assert_eq!(changed.status, 204);
    for name in ["anna", "bo"] {
        log_in(&server.api(), name).await;
    }
}

async fn a_frame_reaches_nothing_of_anothers(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    // A call that Bernd is not in.
    let join = ClientFrame::JoinCall { channel };
    let ServerFrame::Joined(state) = a.ask(&join).await else {
        panic!("not joined")
    };
    let call = state.call;
    let leave = ClientFrame::LeaveCall { call };
    assert_eq!(b.refusal(&leave).await, RefusalCode::Unknown);
    let (_client, sdp) = RelayClient::new().unwrap();
    let offer = ClientFrame::RelayOffer { call, sdp };
    assert_eq!(b.refusal(&offer).await, RefusalCode::NotAllowed);
    let ServerFrame::Joined(state) = b.ask(&join).await else {
        panic!("not joined")
    };
    assert_eq!(state.devices, [anna.device.id(), bernd.device.id()]);

    // An approval of Anna's account.
    let machine = Machine::new(&server, log_in(&server.api(), "anna").await.enrolment);
    let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let ask = ApprovalPost {
        message: strict::encode(&ApprovalMessage::Ask(new.ask().to_vec().into())).into(),
    };
    assert_eq!(machine.post("/approvals", &ask).await.status, 200);
    let told = |frame: &ServerFrame| match frame {
        ServerFrame::Approval { id, .. } => Some(*id),
        _ => None,
    };
    let id = a.wait_for(told).await;
    for message in [
        ApprovalMessage::End(ApprovalEnd::Differ),
        ApprovalMessage::Challenge(vec![1].into()),
        ApprovalMessage::Welcome(vec![1].into()),
    ] {
        let frame = ClientFrame::Approval {
            id,
            message: strict::encode(&message).into(),
        };
        assert_eq!(b.refusal(&frame).await, RefusalCode::Unknown);
    }
    let waits: ApprovalState = machine.get("/approvals").await.read();
    assert_eq!(waits.message, None, "it was ended by another");

    // A grant that waits for Anna.
    let granted = |frame: &ServerFrame| match frame {
        ServerFrame::Grant { id, .. } => Some(*id),
        _ => None,
    };
    let grant = grant_frame(&bernd, anna.device.id());
    assert_eq!(b.ask(&grant).await, ServerFrame::Done);
    let number = a.wait_for(granted).await;
    let taken = ClientFrame::GrantsTaken { ids: vec![number] };
    assert_eq!(b.ask(&taken).await, ServerFrame::Done);
    a.send(&anna.resume(&[])).await;
    assert_eq!(a.wait_for(granted).await, number, "another let it go");

    // A message that Anna has sealed, and will send herself.
    let sealed = anna.send_frame(channel, "hers");
    assert_eq!(b.refusal(&sealed).await, RefusalCode::NotAllowed);
    let answer = a.ask(&sealed).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");

    // A device that nobody here has.
    let ClientFrame::Grant { grant, .. } = grant else {
        unreachable!()
    };
    let to = DeviceId([9; 32]);
    let nobody = ClientFrame::Grant { to, grant };
    assert_eq!(b.refusal(&nobody).await, RefusalCode::Unknown);
}

on_both_stores! {
    nothing_of_another_community_is_reached,
    devices_and_packages_and_files_of_another_stay_as_they_are,
    a_private_group_of_another_is_not_there,
    a_proved_password_reaches_its_own_account_alone,
    a_frame_reaches_nothing_of_anothers,
}
