//! Several instances of one server, on one Postgres and a real NATS: whoever is connected to any of them sees and hears the same.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_crypto::approval::{Approver, NewDevice};
use dialtone_crypto::{OsRng, SenderChain};
use dialtone_protocol::approval::ApprovalMessage;
use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::http::{ApprovalPost, ApprovalState};
use dialtone_protocol::sealed::SealedEvent;
use dialtone_protocol::{ChannelId, DeviceId, Hash, strict};
use dialtone_server::config::{BusSettings, Database as Stored};
use dialtone_server::{BusError, SECRET_FILES, Server, StartError};
use dialtone_store::{NewMessage, UnixMillis};
use tempfile::TempDir;

use crate::common::{
    Api, Database, Faults, HOUR_MS, Machine, Nats, Person, Socket, TestServer, log_in, until,
};

struct Several {
    database: Database,
    nats: Nats,
    servers: Vec<TestServer>,
}

impl Several {
    /// `None` where tests on Postgres are skipped.
    async fn start(count: usize) -> Option<Self> {
        let database = Database::create().await?;
        let nats = Nats::start();
        let mut several = Self {
            database,
            nats,
            servers: Vec::new(),
        };
        for _ in 0..count {
            several.add().await;
        }
        Some(several)
    }

    async fn add(&mut self) {
        let (url, bus) = (self.database.url(), self.bus());
        let server = match self.servers.first() {
            None => {
                TestServer::start_set(|settings| {
                    settings.database = Stored::Postgres(url);
                    settings.bus = Some(bus);
                })
                .await
            }
            Some(first) => {
                let mut settings = first.settings();
                let folder = TempDir::new().unwrap();
                for secret in SECRET_FILES {
                    let (from, to) = (settings.data_dir.join(secret), folder.path().join(secret));
                    std::fs::copy(from, to).unwrap();
                }
                folder.path().clone_into(&mut settings.data_dir);
                TestServer::start_on_restored(folder, settings).await
            }
        };
        self.servers.push(server);
    }

    fn bus(&self) -> BusSettings {
        BusSettings::new(self.nats.url(), "127.0.0.1:0")
    }

    /// Somebody, at one of them.
    fn at(&self, person: &Person, place: usize) -> Api {
        Api {
            address: self.servers[place].address,
            token: person.api.token,
            tls_key: None,
        }
    }

    async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
        self.database.drop().await;
    }
}

/// Three people, each connected to another instance, in one channel.
struct Scene {
    several: Several,
    people: Vec<Person>,
    sockets: Vec<Socket>,
    channel: ChannelId,
}

impl Scene {
    async fn start() -> Option<Self> {
        let several = Several::start(3).await?;
        let mut anna = Person::found(&several.servers[0], "anna").await;
        let channel = anna.create_channel().await;
        // Each comes in at another instance.
        let bernd = anna.bring(&several.servers[1], "bernd").await;
        let carla = anna.bring(&several.servers[2], "carla").await;
        let mut people = vec![anna, bernd, carla];
        let mut sockets = Vec::new();
        for (place, person) in people.iter_mut().enumerate() {
            person.fetch_commits().await;
            let (mut socket, _) = Socket::connect(&several.at(person, place)).await;
            socket.send(&person.resume(&[(channel, 0)])).await;
            let caught_up =
                |frame: &ServerFrame| matches!(frame, ServerFrame::CaughtUp).then_some(());
            socket.wait_for(caught_up).await;
            sockets.push(socket);
        }
        Some(Self {
            several,
            people,
            sockets,
            channel,
        })
    }

    /// Everybody writes `count` events, one after the other of each, and each reads all of them.
    async fn talk(&mut self, count: u64, last: &mut u64) {
        for round in 0..count {
            for (person, socket) in self.people.iter_mut().zip(&mut self.sockets) {
                let frame = person.send_frame(self.channel, &format!("{round}"));
                socket.send(&frame).await;
            }
        }
        let all = *last + count * self.people.len() as u64;
        for socket in &mut self.sockets {
            let mut expected = *last + 1;
            while expected <= all {
                match socket.next().await {
                    ServerFrame::Event {
                        channel, sequence, ..
                    } if channel == self.channel => {
                        assert_eq!(sequence, expected);
                        expected += 1;
                    }
                    ServerFrame::Refused { code, message, .. } => panic!("{code:?}: {message}"),
                    _ => {}
                }
            }
        }
        *last = all;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_written_at_any_instance_comes_once_and_in_order_at_all() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let mut last = 0;
    scene.talk(60, &mut last).await;
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nats_is_gone_the_database_tells_and_nothing_is_lost() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let mut last = 0;
    scene.talk(5, &mut last).await;
    scene.several.nats.kill();
    scene.talk(20, &mut last).await;
    // A channel that begins while nobody hears of it.
    let channel = scene.people[0].create_channel().await;
    let before = std::mem::replace(&mut scene.people[0].chain, SenderChain::START);
    for number in 0..3 {
        let frame = scene.people[0].send_frame(channel, &format!("new {number}"));
        let answer = scene.sockets[0].ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    }
    for socket in &mut scene.sockets[1..] {
        for expected in 1..=3 {
            let of_it = |frame: &ServerFrame| match frame {
                ServerFrame::Event {
                    channel: of,
                    sequence,
                    ..
                } if *of == channel => Some(*sequence),
                _ => None,
            };
            assert_eq!(socket.wait_for(of_it).await, expected);
        }
    }
    scene.people[0].chain = before;
    scene.several.nats.start_again();
    scene.talk(20, &mut last).await;
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_connected_anywhere_is_online_and_who_stops_is_gone() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let ids: Vec<DeviceId> = scene.people.iter().map(|one| one.device.id()).collect();
    let (mut again, _) = Socket::connect(&scene.several.at(&scene.people[2], 0)).await;
    // It connected elsewhere: what it had is cut there.
    assert_eq!(scene.sockets[2].close_code().await, Some(4003));
    let ServerFrame::Done = again.ask(&ClientFrame::Away { away: true }).await else {
        panic!("not taken");
    };
    let bernds = &mut scene.sockets[1];
    let away = |frame: &ServerFrame| match frame {
        ServerFrame::Away { devices, away } => Some((devices.clone(), *away)),
        _ => None,
    };
    assert_eq!(bernds.wait_for(away).await, (vec![ids[2]], true));
    // Whoever comes now is told of all, wherever they are.
    let mut welcomed = Vec::new();
    let (_anna, welcome) = Socket::connect(&scene.several.at(&scene.people[0], 2)).await;
    if let ServerFrame::Welcome { online, .. } = welcome {
        welcomed = online;
    }
    for id in &ids[1..] {
        assert!(welcomed.contains(id));
    }
    // The first instance stops: Carla, who was at it, is offline.
    let first = scene.several.servers.remove(0);
    first.stop().await;
    let offline = |frame: &ServerFrame| match frame {
        ServerFrame::Presence { device, online } => (!online).then_some(*device),
        _ => None,
    };
    while bernds.wait_for(offline).await != ids[2] {}
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_on_one_instance_and_whoever_comes_to_another_is_sent_there() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let join = ClientFrame::JoinCall {
        channel: scene.channel,
    };
    let ServerFrame::Joined(call) = scene.sockets[0].ask(&join).await else {
        panic!("not joined");
    };
    let [_, bernds, _] = &mut scene.sockets[..] else {
        panic!("three");
    };
    let running = |frame: &ServerFrame| match frame {
        ServerFrame::Call(state) => Some(state.clone()),
        _ => None,
    };
    assert_eq!(bernds.wait_for(running).await, call);
    let ServerFrame::Refused { at, .. } = bernds.ask(&join).await else {
        panic!("let in");
    };
    let there = scene.several.servers[0].address;
    assert_eq!(at, Some(there.to_string()));
    let (mut moved, welcome) = Socket::connect(&scene.several.at(&scene.people[1], 0)).await;
    let ServerFrame::Welcome { calls, .. } = welcome else {
        panic!("no welcome");
    };
    assert_eq!(calls, std::slice::from_ref(&call));
    let ServerFrame::Joined(both) = moved.ask(&join).await else {
        panic!("not joined");
    };
    assert_eq!(both.devices.len(), 2);
    assert_eq!(both.call, call.call);
    // Its instance stops: the call is over, and begins anew wherever somebody joins.
    let carlas = &mut scene.sockets[2];
    let first = scene.several.servers.remove(0);
    first.stop().await;
    let over = |frame: &ServerFrame| running(frame).filter(|state| state.devices.is_empty());
    assert_eq!(carlas.wait_for(over).await.call, call.call);
    let ServerFrame::Joined(anew) = carlas.ask(&join).await else {
        panic!("not joined");
    };
    assert_ne!(anew.call, call.call);
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_in_may_go_on_at_another_instance_than_it_began() {
    let Some(several) = Several::start(2).await else {
        return;
    };
    let [first, second] = &several.servers[..] else {
        panic!("two");
    };
    let anna = Person::found(first, "anna").await;
    let (mut annas, _) = Socket::connect(&several.at(&anna, 1)).await;
    // The password is proved at one, and what it gave is good at the other.
    let token = log_in(&first.api(), "anna").await.enrolment;
    let machine = Machine::new(second, token);
    let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let ask = ApprovalMessage::Ask(new.ask().to_vec().into());
    let post = |message: &ApprovalMessage| ApprovalPost {
        message: strict::encode(message).into(),
    };
    until(async || {
        let state = machine.post("/approvals", &post(&ask)).await;
        state.status == 200
    })
    .await;
    let asked = |frame: &ServerFrame| match frame {
        ServerFrame::Approval { id, message } => Some((*id, message.clone())),
        _ => None,
    };
    let (id, message) = annas.wait_for(asked).await;
    assert_eq!(ApprovalMessage::read(&message).unwrap(), ask);
    let approver = Approver::new(
        new.ask(),
        &anna.device,
        anna.account_id(),
        &anna.roster,
        &mut OsRng,
    );
    let challenge = approver.unwrap().challenge().to_vec();
    let challenge = ApprovalMessage::Challenge(challenge.into());
    let answer = ClientFrame::Approval {
        id,
        message: strict::encode(&challenge).into(),
    };
    assert_eq!(annas.ask(&answer).await, ServerFrame::Done);
    let state: ApprovalState = machine.get("/approvals").await.read();
    assert!(state.online);
    let told = ApprovalMessage::read(&state.message.unwrap().0).unwrap();
    assert_eq!(told, challenge);
    several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_with_other_secrets_does_not_start_beside_the_others() {
    let Some(several) = Several::start(1).await else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let mut settings = several.servers[0].settings();
    folder.path().clone_into(&mut settings.data_dir);
    // All but one are the same.
    let from = several.servers[0].settings().data_dir;
    for secret in &SECRET_FILES[..3] {
        std::fs::copy(from.join(secret), folder.path().join(secret)).unwrap();
    }
    let store = dialtone_store_postgres::connect(&several.database.url()).await;
    let store: Arc<dyn dialtone_store::Store> = Faults::new(store.unwrap());
    let refused = Server::start_on(&settings, store).await.err();
    let other = matches!(refused, Some(StartError::Bus(BusError::OtherSecrets)));
    assert!(other, "{refused:?}");
    settings.bus = Some(BusSettings::new("nats://127.0.0.1:1", "127.0.0.1:0"));
    let store = dialtone_store_postgres::connect(&several.database.url()).await;
    let refused = Server::start_on(&settings, store.unwrap()).await.err();
    let unreachable = matches!(refused, Some(StartError::Bus(BusError::Connect(_))));
    assert!(unreachable, "{refused:?}");
    several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_has_just_started_takes_no_running_call() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let join = ClientFrame::JoinCall {
        channel: scene.channel,
    };
    let ServerFrame::Joined(call) = scene.sockets[0].ask(&join).await else {
        panic!("not joined");
    };
    scene.several.add().await;
    // It may not have heard of the others yet.
    let (mut carlas, _) = Socket::connect(&scene.several.at(&scene.people[2], 3)).await;
    let ServerFrame::Refused { at, .. } = carlas.ask(&join).await else {
        panic!("let in");
    };
    let there = scene.several.servers[0].address;
    assert_eq!(at, Some(there.to_string()));
    // And the call goes on.
    let (mut moved, _) = Socket::connect(&scene.several.at(&scene.people[2], 0)).await;
    let ServerFrame::Joined(both) = moved.ask(&join).await else {
        panic!("not joined");
    };
    assert_eq!((both.call, both.devices.len()), (call.call, 2));
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_whose_clocks_are_hours_apart_agree_where_a_call_is() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    scene.several.servers[1].clock.set_ahead(HOUR_MS);
    scene.several.servers[2].clock.set_ahead(-HOUR_MS);
    let join = ClientFrame::JoinCall {
        channel: scene.channel,
    };
    let joined = scene.sockets[0].ask(&join).await;
    assert!(matches!(joined, ServerFrame::Joined(_)), "{joined:?}");
    let there = Some(scene.several.servers[0].address.to_string());
    // The claim has run out by the one's clock, and has not been made by the other's.
    for other in [1, 2] {
        let ServerFrame::Refused { at, .. } = scene.sockets[other].ask(&join).await else {
            panic!("let in at {other}");
        };
        assert_eq!(at, there);
    }
    let mut last = 0;
    scene.talk(3, &mut last).await;
    scene.several.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_and_never_told_comes_by_the_database() {
    let Some(mut scene) = Box::pin(Scene::start()).await else {
        return;
    };
    let mut last = 0;
    scene.talk(1, &mut last).await;
    // As an instance leaves it that dies between the two.
    let anna = &mut scene.people[0];
    let sealed = anna.seal(scene.channel, "nobody tells of this");
    let (_, header) = SealedEvent::read(&sealed).unwrap();
    let event = NewMessage {
        channel: scene.channel,
        device: anna.device.id(),
        device_sequence: header.device_sequence,
        client_event_id: header.client_id,
        event_hash: Hash::of(&sealed),
        sealed: sealed.clone(),
        expires: None,
    };
    let url = scene.several.database.url();
    let store = dialtone_store_postgres::connect(&url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.messages().append(&event, UnixMillis(1)).await.unwrap();
    tx.commit().await.unwrap();
    let began = Instant::now();
    for socket in &mut scene.sockets {
        let of_it = |frame: &ServerFrame| match frame {
            ServerFrame::Event { event, .. } => (**event == sealed).then_some(()),
            _ => None,
        };
        socket.wait_for(of_it).await;
    }
    // Two looks, five seconds apart.
    let took = began.elapsed();
    println!("all had it after {:.1} s", took.as_secs_f64());
    assert!(took < Duration::from_secs(20), "{took:?}");
    scene.several.stop().await;
}
