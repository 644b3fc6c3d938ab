//! Private groups: they are for those whom they name, and for nobody else.

use dialtone_crypto::group::{
    DevicePackage, ExternalJoin, Group, Invitation, OwnPackage, PendingCommit, Processed,
};
use dialtone_crypto::{OsRng, SenderChain, entries};
use dialtone_protocol::frame::{CallState, ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::http::{
    Bytes, ChannelHeads, CommitPage, CommitPublish, ErrorCode, GroupCreate, GroupState,
    PackageList, PackagePut, WelcomeInfo,
};
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::{ChannelId, GroupId};

use crate::common::{Answer, Person, Socket, TestServer, on_both_stores};

const GROUP: GroupId = GroupId([1; 17]);

fn now_s() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Anna founded; Bernd and Carla are members. All are in the lobby.
pub(crate) struct Scene {
    pub(crate) server: TestServer,
    pub(crate) anna: Person,
    pub(crate) bernd: Person,
    carla: Person,
}

impl Scene {
    pub(crate) async fn new(server: TestServer) -> Self {
        let mut anna = Person::found(&server, "anna").await;
        let bernd = anna.bring(&server, "bernd").await;
        let carla = anna.bring(&server, "carla").await;
        Self {
            server,
            anna,
            bernd,
            carla,
        }
    }

    /// Bernd names a private channel in the roster; everybody reads that.
    async fn name_channel(&mut self) -> ChannelId {
        let bernd = &mut self.bernd;
        bernd.fetch_roster().await;
        let history = HistoryPolicy::All;
        let (channel, entry) =
            entries::create_channel(&bernd.device, &bernd.roster, GROUP, history, &mut OsRng)
                .unwrap();
        assert_eq!(bernd.publish(entry).await.status, 200);
        self.anna.fetch_roster().await;
        self.carla.fetch_roster().await;
        channel
    }

    /// Bernd makes the group, for himself and `others`.
    pub(crate) async fn make(&mut self, kind: PrivateKind, others: &[&str]) -> ChannelId {
        let channel = self.name_channel().await;
        let mut private = private(kind, channel, &self.bernd);
        for name in others {
            let other = if *name == "anna" {
                &self.anna
            } else {
                &self.carla
            };
            private.accounts.insert(other.account_id());
        }
        let answer = create(&mut self.bernd, &private).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        channel
    }

    /// Carla's key package, as the server hands it out.
    pub(crate) async fn package(&self) -> (OwnPackage, DevicePackage) {
        let carla = &self.carla;
        let own = OwnPackage::generate(&carla.device, carla.account_id(), now_s()).unwrap();
        let put = PackagePut {
            package: Bytes(own.public.clone()),
        };
        assert_eq!(carla.api.put("/packages", &put).await.status, 204);
        let path = format!("/packages/{}", carla.account_id());
        let list: PackageList = self.bernd.api.get(&path).await.read();
        let [found] = list.packages.as_slice() else {
            panic!("{list:?}")
        };
        assert_eq!(found.device, carla.device.id());
        (own, DevicePackage::read(&found.package.0).unwrap())
    }

    /// Bernd puts Carla in.
    pub(crate) async fn add_carla(&mut self, added: DevicePackage) -> Answer {
        let bernd = &mut self.bernd;
        let group = bernd.group.as_mut().unwrap();
        let mut after = group.private().unwrap();
        after.accounts.insert(self.carla.account_id());
        let made = group
            .make_change(&bernd.device, &bernd.roster, &after, vec![added])
            .unwrap();
        publish(bernd, made).await
    }

    /// Carla gets in by the welcome that waits for her.
    async fn enter_carla(&mut self, own: &OwnPackage) {
        let carla = &mut self.carla;
        let path = format!("/groups/{GROUP}/welcome");
        let welcome: WelcomeInfo = carla.api.get(&path).await.read();
        let invitation = Invitation {
            welcome: &welcome.welcome.0,
            tree: &welcome.tree.0,
            package: &own.rows,
        };
        let (device, account) = (&carla.device, carla.account_id());
        let (group, secret) =
            Group::from_welcome(GROUP, &invitation, &carla.roster, device, account, 1).unwrap();
        assert_eq!(group.epoch(), welcome.epoch);
        go_private(carla, group, secret);
        assert_eq!(carla.api.delete(&path).await.status, 204);
        let gone = carla.api.get(&path).await;
        assert_eq!(gone.code(), ErrorCode::NotFound);
    }
}

fn private(kind: PrivateKind, channel: ChannelId, by: &Person) -> PrivateGroup {
    PrivateGroup {
        kind,
        channel,
        history: HistoryPolicy::All,
        accounts: [by.account_id()].into(),
        admins: match kind {
            PrivateKind::Channel => [by.account_id()].into(),
            PrivateKind::Direct => [].into(),
        },
    }
}

/// From here on the person writes in the private group.
fn go_private(person: &mut Person, group: Group, secret: dialtone_crypto::group::EpochSecret) {
    person.ring.insert_epoch(secret);
    person.group = Some(group);
    person.chain = SenderChain::START;
}

async fn create(by: &mut Person, private: &PrivateGroup) -> Answer {
    let account = by.account_id();
    let (group, public, secret) =
        Group::create_private(GROUP, &by.device, account, &by.roster, private).unwrap();
    let body = GroupCreate {
        group_info: Bytes(public.group_info),
        tree: Bytes(public.tree),
    };
    let answer = by.api.put(&format!("/groups/{GROUP}"), &body).await;
    go_private(by, group, secret);
    answer
}

/// Publishes one's own commit and takes it in.
async fn publish(by: &mut Person, made: PendingCommit) -> Answer {
    let body = CommitPublish {
        epoch: made.epoch,
        commit: Bytes(made.commit),
        group_info: Bytes(made.group_info),
        welcome: made.welcome.map(Bytes),
    };
    let path = format!("/groups/{GROUP}/commits");
    let answer = by.api.post(&path, &body).await;
    let group = by.group.as_mut().unwrap();
    if answer.status == 200 {
        by.ring.insert_epoch(group.confirm_commit().unwrap());
    } else {
        group.discard_commit().unwrap();
    }
    answer
}

async fn follow(person: &mut Person) {
    let group = person.group.as_mut().unwrap();
    let path = format!("/groups/{GROUP}/commits?from={}", group.epoch());
    let page: CommitPage = person.api.get(&path).await.read();
    for commit in page.commits {
        let processed = group.process_commit(commit.epoch, &commit.commit.0, &person.roster);
        if let Processed::Applied(secret) = processed.unwrap() {
            person.ring.insert_epoch(secret);
        }
    }
}

fn sees(heads: &ChannelHeads, channel: ChannelId) -> bool {
    heads.channels.iter().any(|head| head.channel == channel)
}

async fn who_is_put_in_gets_in_and_reads_what_was_written_meanwhile(server: TestServer) {
    let mut scene = Scene::new(server).await;
    let channel = scene.make(PrivateKind::Channel, &[]).await;
    let (own, package) = scene.package().await;
    assert_eq!(scene.add_carla(package).await.status, 200);
    // Bernd writes while Carla is away, then the server starts anew.
    let (mut b, _) = Socket::connect(&scene.bernd.api).await;
    let frame = scene.bernd.send_frame(channel, "for Carla");
    assert!(matches!(b.ask(&frame).await, ServerFrame::Stored { .. }));
    drop(b);
    scene.server = scene.server.restart().await;
    for person in [&mut scene.bernd, &mut scene.carla, &mut scene.anna] {
        person.api.address = scene.server.address;
    }
    scene.enter_carla(&own).await;
    let heads: ChannelHeads = scene.carla.api.get("/channels").await.read();
    assert!(sees(&heads, channel));
    let (mut c, _) = Socket::connect(&scene.carla.api).await;
    c.send(&scene.carla.resume(&[(channel, 0)])).await;
    let sequence = c
        .wait_for(|frame| match frame {
            ServerFrame::Event {
                sequence,
                channel: of,
                ..
            } if *of == channel => Some(*sequence),
            _ => None,
        })
        .await;
    assert_eq!(sequence, 1);
    let key = |person: &Person| {
        let epoch = person.group.as_ref().unwrap().epoch();
        person.ring.sealing_key(GROUP, epoch, channel).unwrap().id()
    };
    assert_eq!(key(&scene.bernd), key(&scene.carla));
    let frame = scene.carla.send_frame(channel, "thanks");
    assert!(matches!(
        c.ask(&frame).await,
        ServerFrame::Stored { sequence: 2, .. }
    ));
}

/// Nothing of the group, its channel or its call comes, up to the first frame that `ends`.
async fn hears_nothing(
    socket: &mut Socket,
    channel: ChannelId,
    ends: impl Fn(&ServerFrame) -> bool,
) {
    loop {
        let frame = socket.next().await;
        if ends(&frame) {
            return;
        }
        match frame {
            ServerFrame::Commit { group, .. } => assert_ne!(group, GROUP),
            ServerFrame::Event { channel: of, .. }
            | ServerFrame::Call(CallState { channel: of, .. }) => assert_ne!(of, channel),
            _ => {}
        }
    }
}

async fn who_is_not_in_sees_nothing_of_it(server: TestServer) {
    let mut scene = Scene::new(server).await;
    let channel = scene.make(PrivateKind::Channel, &["carla"]).await;
    let (mut a, _) = Socket::connect(&scene.anna.api).await;
    a.send(&scene.anna.resume(&[(channel, 0)])).await;
    a.wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    let (mut b, _) = Socket::connect(&scene.bernd.api).await;
    let group = scene.bernd.group.as_mut().unwrap();
    let made = group
        .make_commit(&scene.bernd.device, &scene.bernd.roster)
        .unwrap();
    assert_eq!(publish(&mut scene.bernd, made).await.status, 200);
    let frame = scene.bernd.send_frame(channel, "not for Anna");
    assert!(matches!(b.ask(&frame).await, ServerFrame::Stored { .. }));
    let call = ClientFrame::JoinCall { channel };
    assert!(matches!(b.ask(&call).await, ServerFrame::Joined(_)));
    // Everything that Anna is told up to a message for everybody: nothing of the group, its channel or its call.
    let directory = scene.anna.directory();
    let (mut c, _) = Socket::connect(&scene.carla.api).await;
    let frame = scene.carla.send_frame(directory, "for everybody");
    assert!(matches!(c.ask(&frame).await, ServerFrame::Stored { .. }));
    let marks = |frame: &ServerFrame| match frame {
        ServerFrame::Event { channel: of, .. } => *of == directory,
        _ => false,
    };
    hears_nothing(&mut a, channel, marks).await;
    // The founder, who asks for all of it.
    for path in [
        format!("/groups/{GROUP}"),
        format!("/groups/{GROUP}/commits?from=0"),
        format!("/groups/{GROUP}/welcome"),
        format!("/channels/{channel}/events"),
    ] {
        assert_eq!(scene.anna.api.get(&path).await.code(), ErrorCode::NotFound);
    }
    let heads: ChannelHeads = scene.anna.api.get("/channels").await.read();
    assert!(!sees(&heads, channel));
    assert_eq!(a.refusal(&call).await, RefusalCode::Unknown);
    let frame = ClientFrame::Send {
        channel,
        event: scene.anna.seal(scene.anna.directory(), "in").into(),
        mark: None,
        keep_s: None,
    };
    assert_eq!(a.refusal(&frame).await, RefusalCode::Unknown);
    let late = scene.anna.resume(&[(channel, 0)]);
    let ClientFrame::Resume {
        roster_length,
        channels,
        mut groups,
    } = late
    else {
        unreachable!()
    };
    groups.push(dialtone_protocol::frame::GroupCursor {
        group: GROUP,
        epoch: 0,
    });
    let late = ClientFrame::Resume {
        roster_length,
        channels,
        groups,
    };
    a.send(&late).await;
    // Nor when she says that she knows of it.
    hears_nothing(&mut a, channel, |frame| {
        matches!(frame, ServerFrame::CaughtUp)
    })
    .await;
    drop(a);
    let (_, welcome) = Socket::connect(&scene.anna.api).await;
    let ServerFrame::Welcome { calls, .. } = welcome else {
        panic!("{welcome:?}")
    };
    assert_eq!(calls, []);
}

async fn who_is_taken_out_is_told_and_sees_no_more(server: TestServer) {
    let mut scene = Scene::new(server).await;
    let channel = scene.make(PrivateKind::Channel, &[]).await;
    let (own, package) = scene.package().await;
    assert_eq!(scene.add_carla(package).await.status, 200);
    scene.enter_carla(&own).await;
    let (mut c, _) = Socket::connect(&scene.carla.api).await;
    c.send(&scene.carla.resume(&[(channel, 0)])).await;
    c.wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    let bernd = &mut scene.bernd;
    let group = bernd.group.as_mut().unwrap();
    let after = group.private().unwrap().without(&scene.carla.account_id());
    let made = group
        .make_change(&bernd.device, &bernd.roster, &after, Vec::new())
        .unwrap();
    assert_eq!(publish(bernd, made).await.status, 200);
    let told = c
        .wait_for(|frame| match frame {
            ServerFrame::Commit {
                group,
                epoch,
                commit,
            } if *group == GROUP => Some((*epoch, commit.to_vec())),
            _ => None,
        })
        .await;
    let carla = &mut scene.carla;
    let out = carla
        .group
        .as_mut()
        .unwrap()
        .process_commit(told.0, &told.1, &carla.roster);
    assert!(out.is_err());
    let (mut b, _) = Socket::connect(&scene.bernd.api).await;
    let frame = scene.bernd.send_frame(channel, "without Carla");
    assert!(matches!(b.ask(&frame).await, ServerFrame::Stored { .. }));
    let path = format!("/channels/{channel}/events");
    assert_eq!(scene.carla.api.get(&path).await.code(), ErrorCode::NotFound);
    let call = ClientFrame::JoinCall { channel };
    assert_eq!(c.refusal(&call).await, RefusalCode::Unknown);
}

async fn who_leaves_says_so_and_the_next_commit_removes_them(server: TestServer) {
    let mut scene = Scene::new(server).await;
    scene.make(PrivateKind::Channel, &[]).await;
    let (own, package) = scene.package().await;
    assert_eq!(scene.add_carla(package).await.status, 200);
    scene.enter_carla(&own).await;
    let carla = &mut scene.carla;
    let group = carla.group.as_mut().unwrap();
    let after = group.private().unwrap().without(&carla.account.account());
    let made = group
        .make_change(&carla.device, &carla.roster, &after, Vec::new())
        .unwrap();
    assert_eq!(publish(carla, made).await.status, 200);
    let bernd = &mut scene.bernd;
    follow(bernd).await;
    let group = bernd.group.as_mut().unwrap();
    assert_eq!(group.members().len(), 2);
    let made = group.make_commit(&bernd.device, &bernd.roster).unwrap();
    assert_eq!(publish(bernd, made).await.status, 200);
    assert_eq!(bernd.group.as_ref().unwrap().members().len(), 1);
}

async fn only_who_named_the_channel_makes_its_group(server: TestServer) {
    let mut scene = Scene::new(server).await;
    let channel = scene.name_channel().await;
    let others = private(PrivateKind::Channel, channel, &scene.carla);
    let refused = create(&mut scene.carla, &others).await;
    assert_eq!(refused.code(), ErrorCode::NotAllowed);
    // Nobody sees a channel whose group nobody made.
    let heads: ChannelHeads = scene.bernd.api.get("/channels").await.read();
    assert!(!sees(&heads, channel));
    // Nor is it the lobby's by a group without a nature.
    let bernd = &mut scene.bernd;
    let account = bernd.account_id();
    let (_, public, _) = Group::create(GROUP, &bernd.device, account, &bernd.roster).unwrap();
    let body = GroupCreate {
        group_info: Bytes(public.group_info),
        tree: Bytes(public.tree),
    };
    let plain = bernd.api.put(&format!("/groups/{GROUP}"), &body).await;
    assert_eq!(plain.code(), ErrorCode::CommitInvalid);
    let own = private(PrivateKind::Channel, channel, bernd);
    assert_eq!(create(bernd, &own).await.status, 201);
    let again = create(bernd, &own).await;
    assert_eq!(again.code(), ErrorCode::Exists);
}

async fn who_may_starts_a_private_group_again_and_nobody_else(server: TestServer) {
    let mut scene = Scene::new(server).await;
    let channel = scene.make(PrivateKind::Channel, &["carla"]).await;
    // Anna founded the community and does not belong to it; Carla belongs to it and is none of its admins.
    for person in [&mut scene.anna, &mut scene.carla] {
        let reset = entries::reset_group(&person.device, &person.roster, GROUP, &mut OsRng);
        let refused = person.publish(reset.unwrap().1).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }
    let bernd = &mut scene.bernd;
    let reset = entries::reset_group(&bernd.device, &bernd.roster, GROUP, &mut OsRng);
    let (new, entry) = reset.unwrap();
    assert_eq!(bernd.publish(entry).await.status, 200);
    // The old one takes no commit any more, and still shows what led to it.
    let group = bernd.group.as_mut().unwrap();
    let made = group.make_commit(&bernd.device, &bernd.roster).unwrap();
    assert_eq!(publish(bernd, made).await.code(), ErrorCode::NotFound);
    follow(bernd).await;
    // Until the new one is made, the channel is seen by those of the old one.
    scene.carla.fetch_roster().await;
    scene.anna.fetch_roster().await;
    let sees_it = async |person: &Person| {
        let heads: ChannelHeads = person.api.get("/channels").await.read();
        sees(&heads, channel)
    };
    assert!(sees_it(&scene.bernd).await && sees_it(&scene.carla).await);
    assert!(!sees_it(&scene.anna).await);
    let path = format!("/groups/{new}");
    assert_eq!(scene.carla.api.get(&path).await.code(), ErrorCode::NotFound);
    // It is made by who may, for the same channel, as the same kind.
    let create_as = async |by: &Person, private: &PrivateGroup| {
        let made = Group::create_private(new, &by.device, by.account_id(), &by.roster, private);
        let body = GroupCreate {
            group_info: Bytes(made.as_ref().unwrap().1.group_info.clone()),
            tree: Bytes(made.unwrap().1.tree),
        };
        by.api.put(&path, &body).await
    };
    let mut again = private(PrivateKind::Channel, channel, &scene.bernd);
    let others = private(PrivateKind::Channel, channel, &scene.carla);
    let refused = create_as(&scene.carla, &others).await;
    assert_eq!(refused.code(), ErrorCode::NotAllowed);
    let mut talk = private(PrivateKind::Direct, channel, &scene.bernd);
    talk.accounts.insert(scene.carla.account_id());
    let refused = create_as(&scene.bernd, &talk).await;
    assert_eq!(refused.code(), ErrorCode::CommitInvalid);
    again.accounts.insert(scene.anna.account_id());
    let refused = create_as(&scene.bernd, &again).await;
    assert_eq!(
        refused.code(),
        ErrorCode::CommitInvalid,
        "nobody comes by a reset"
    );
    again.accounts = [scene.bernd.account_id()].into();
    assert_eq!(create_as(&scene.bernd, &again).await.status, 201);
    assert_eq!(
        create_as(&scene.bernd, &again).await.code(),
        ErrorCode::Exists
    );
    assert!(sees_it(&scene.bernd).await && !sees_it(&scene.carla).await);
}

async fn others_devices_come_in_by_themselves(server: TestServer) {
    let mut scene = Scene::new(server).await;
    scene.make(PrivateKind::Direct, &["carla"]).await;
    let carla = &mut scene.carla;
    let path = format!("/groups/{GROUP}");
    let state: GroupState = carla.api.get(&path).await.read();
    let (info, tree) = (&state.group_info.0, &state.tree.0);
    let (device, account) = (&carla.device, carla.account.account());
    let join = ExternalJoin::prepare(GROUP, info, tree, &carla.roster, device, account, 1);
    let join = join.unwrap();
    let body = CommitPublish {
        epoch: join.epoch(),
        commit: Bytes(join.commit().to_vec()),
        group_info: Bytes(join.group_info().to_vec()),
        welcome: None,
    };
    let answer = carla.api.post(&format!("{path}/commits"), &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    follow(&mut scene.bernd).await;
    assert_eq!(scene.bernd.group.as_ref().unwrap().members().len(), 2);
}

async fn key_packages_are_the_devices_own(server: TestServer) {
    let scene = Scene::new(server).await;
    let (carla, bernd) = (&scene.carla, &scene.bernd);
    let own = OwnPackage::generate(&carla.device, carla.account_id(), now_s()).unwrap();
    let put = |package: Vec<u8>| PackagePut {
        package: Bytes(package),
    };
    let foreign = bernd.api.put("/packages", &put(own.public.clone())).await;
    assert_eq!(foreign.code(), ErrorCode::Malformed);
    let stranger = OwnPackage::generate(&carla.device, bernd.account_id(), now_s()).unwrap();
    let wrong = carla.api.put("/packages", &put(stranger.public)).await;
    assert_eq!(wrong.code(), ErrorCode::Malformed);
    for at in (0..own.public.len()).step_by(211) {
        let mut damaged = own.public.clone();
        damaged[at] ^= 1;
        let refused = carla.api.put("/packages", &put(damaged)).await;
        assert_eq!(refused.code(), ErrorCode::Malformed, "byte {at}");
    }
    let mut long = own.public.clone();
    long.push(0);
    let refused = carla.api.put("/packages", &put(long)).await;
    assert_eq!(refused.code(), ErrorCode::Malformed);
    let path = format!("/packages/{}", carla.account_id());
    let list: PackageList = bernd.api.get(&path).await.read();
    assert_eq!(list.packages, []);
    assert_eq!(
        carla.api.put("/packages", &put(own.public)).await.status,
        204
    );
    let list: PackageList = bernd.api.get(&path).await.read();
    assert_eq!(list.packages.len(), 1);
}

on_both_stores! {
    who_may_starts_a_private_group_again_and_nobody_else,
    who_is_put_in_gets_in_and_reads_what_was_written_meanwhile,
    who_is_not_in_sees_nothing_of_it,
    who_is_taken_out_is_told_and_sees_no_more,
    who_leaves_says_so_and_the_next_commit_removes_them,
    only_who_named_the_channel_makes_its_group,
    others_devices_come_in_by_themselves,
    key_packages_are_the_devices_own,
}
