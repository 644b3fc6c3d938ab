//! The community that every simulation begins with: made once, by real registrations at a real server, and copied for each seed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dialtone_crypto::invite::{self, InviteTerms};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, Registration, entries};
use dialtone_protocol::ChannelId;
use dialtone_protocol::http::{
    Bytes, InvitePublish, RegisterEntry, RegisterFinish, RegisterStart, RegisterStarted,
    Registered, RosterAppend, RosterHead,
};
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::{HistoryPolicy, Role, Roster};
use dialtone_server::config::{Flags, Settings};
use dialtone_server::{
    AppState, Blobs, BusStart, Clock as _, Parts, Relay, Secrets, ServerLinks, Turn, router,
};

use dialtone_store::Store;
use tokio::sync::mpsc;

use super::chance::Chance;
use super::network::Net;
use super::time::{BEGINS_MS, Time};
use super::trace::Trace;
use crate::net::Line;

/// Accounts that are members at the beginning: the founder, an admin, members.
pub(super) const MEMBERS: usize = 4;
/// Accounts that have knocked and wait.
pub(super) const KNOCKING: usize = 2;
/// Determines every key of the community.
const SEED: u64 = 0x00c0_ffee;
const PASSWORD: &[u8] = b"nobody guesses at this one";

/// An account and its first device.
pub(super) struct Person {
    pub(super) account: AccountKey,
    pub(super) device: Arc<DeviceKey>,
}

/// What all simulations share.
pub(super) struct World {
    _folder: tempfile::TempDir,
    pub(super) settings: Settings,
    /// The server's database, closed.
    pub(super) database: PathBuf,
    /// The member list as it is at the beginning.
    pub(super) roster: Roster,
    /// Members, then those who knock.
    pub(super) people: Vec<Person>,
    /// Open to all, and only from joining on.
    pub(super) channels: [ChannelId; 2],
}

/// The one of this process.
pub(super) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(make())
    })
}

/// A folder in memory, where the system has one.
pub(super) fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        return tempfile::tempdir_in(memory).unwrap();
    }
    tempfile::tempdir().unwrap()
}

/// A server that makes the community.
struct Making {
    store: Arc<dyn Store>,
    links: ServerLinks,
    time: Time,
    net: Arc<Net>,
    chance: Chance,
    people: Vec<Person>,
}

async fn make() -> World {
    let folder = folder();
    let flags = Flags {
        data_dir: Some(folder.path().to_owned()),
        tls: Some("none".into()),
        ..Flags::default()
    };
    let settings = Settings::resolve(&flags, &|_| None).unwrap();
    let database = folder.path().join("simulation.db");
    let mut making = Making::start(&settings, &database).await;
    let (founder, mut roster) = making.found().await;
    making.invite(&founder, &mut roster).await;
    let device = &making.people[0].device;
    let admin = making.people[1].account.account();
    let entry = entries::change_role(device, &roster, admin, Role::Admin).unwrap();
    publish(&founder, &mut roster, entry).await;
    let mut channels = Vec::new();
    for policy in [HistoryPolicy::All, HistoryPolicy::FromJoining] {
        let (lobby, chance) = (roster.view().lobby(), &mut making.chance);
        let made = entries::create_channel(device, &roster, lobby, policy, chance);
        let (channel, entry) = made.unwrap();
        publish(&founder, &mut roster, entry).await;
        channels.push(channel);
    }
    making.knock(&roster).await;
    making.net.serve(None);
    tokio::task::yield_now().await;
    making.store.close().await;
    World {
        _folder: folder,
        settings,
        database,
        roster,
        people: making.people,
        channels: [channels[0], channels[1]],
    }
}

impl Making {
    async fn start(settings: &Settings, database: &Path) -> Self {
        let store = dialtone_store_sqlite::open(database).await.unwrap();
        let time = Time::new();
        let secrets = Secrets::load(settings).unwrap();
        let links = ServerLinks {
            host: "simulation:1".into(),
            server_key: secrets.identity_key(),
        };
        let parts = Parts {
            blobs: Blobs::open(settings, &*store, time.now()).await.unwrap(),
            store: Arc::clone(&store),
            clock: Arc::new(time.clone()),
            secrets,
            certificate: None,
            link_host: links.host.clone(),
            client_url: None,
            relay: Relay::start(None).unwrap(),
            turn: Turn::new(&settings.turn),
            limits: settings.limits,
            observe: settings.observe.clone(),
            retention_days: settings.retention_days,
            bus: BusStart::alone(),
            instance_address: None,
        };
        let state = AppState::start(parts).await.unwrap();
        let (crashes, _) = mpsc::channel(1);
        let net = Net::new(time.clone(), Trace::new(time.clone()), 0, crashes);
        net.serve(Some(router(state)));
        let mut chance = Chance::new(SEED);
        let mut person = || Person {
            account: AccountKey::generate(&mut chance),
            device: Arc::new(DeviceKey::generate(&mut chance).unwrap()),
        };
        let people = (0..MEMBERS + KNOCKING).map(|_| person()).collect();
        Self {
            store,
            links,
            time,
            net,
            chance,
            people,
        }
    }

    async fn link(&self, uses: usize) -> Link {
        let made = self
            .links
            .make(&*self.store, uses as u32, 3600, self.time.now());
        made.await.unwrap()
    }

    /// The founder's session, and the member list.
    async fn found(&mut self) -> (Line, Roster) {
        let founder = &self.people[0];
        let server = self.links.server_key;
        let chance = &mut self.chance;
        let founding = entries::found(&founder.account, &founder.device, server, chance).unwrap();
        let by = RegisterEntry::Roster(Bytes(founding.entry));
        register(&self.net, &self.link(1).await, 0, by).await;
        let line = Line::new(met(&self.net, 0).await);
        let line = super::device::sign_in(line, &self.people[0].device, &founding.roster).await;
        (line, founding.roster)
    }

    /// The founder invites the other members.
    async fn invite(&mut self, founder: &Line, roster: &mut Roster) {
        let terms = InviteTerms {
            server: self.links.host.clone(),
            uses: MEMBERS as u32,
            expires_s: BEGINS_MS / 1000 + 3600,
            role: Role::Member,
            community_name: "Harbour crew".into(),
            inviter_name: "p0".into(),
        };
        let device = &self.people[0].device;
        let issued = invite::issue(device, roster, terms, &[], &mut self.chance).unwrap();
        let body = InvitePublish {
            entry: Bytes(issued.entry.clone()),
            token_hash: issued.token_hash,
            pack: None,
        };
        let posted = founder.post::<_, RosterHead>("/invites", &body);
        posted.await.unwrap();
        roster.append(issued.entry).unwrap();
        for (number, person) in self.people.iter().enumerate().take(MEMBERS).skip(1) {
            let entry =
                invite::join(&issued.link, roster, &person.account, &person.device).unwrap();
            let by = RegisterEntry::Roster(Bytes(entry.clone()));
            register(&self.net, &issued.link, number, by).await;
            roster.append(entry).unwrap();
        }
    }

    /// The others knock.
    async fn knock(&self, roster: &Roster) {
        let link = self.link(KNOCKING).await;
        for (number, person) in self.people.iter().enumerate().skip(MEMBERS) {
            let knock = entries::knock(&roster.community(), &person.account, &person.device);
            register(&self.net, &link, number, RegisterEntry::Knock(Bytes(knock))).await;
        }
    }
}

async fn met(net: &Arc<Net>, device: usize) -> Arc<dyn crate::net::Endpoint> {
    let nowhere = dialtone_protocol::PublicKey([0; 32]);
    let network = net.of(device);
    let met = network.meet("simulation:1", nowhere, dialtone_protocol::Hash([0; 32]), 0);
    met.await.unwrap()
}

async fn register(net: &Arc<Net>, link: &Link, number: usize, entry: RegisterEntry) {
    let server = Line::new(met(net, number).await);
    let token = link.data.token;
    let username = format!("p{number}");
    let (registration, request) = Registration::start(PASSWORD, &mut OsRng).unwrap();
    let start = RegisterStart {
        token,
        username: username.clone(),
        request: Bytes(request),
    };
    let started: RegisterStarted = server.post("/auth/register/start", &start).await.unwrap();
    let (upload, _) = registration
        .finish(&started.response.0, &mut OsRng)
        .unwrap();
    let finish = RegisterFinish {
        token,
        username,
        upload: Bytes(upload),
        entry,
        password_copy: None,
        recovery: None,
    };
    let _: Registered = server.post("/auth/register/finish", &finish).await.unwrap();
}

async fn publish(line: &Line, roster: &mut Roster, entry: Vec<u8>) {
    let body = RosterAppend {
        entry: Bytes(entry.clone()),
    };
    line.post::<_, RosterHead>("/roster", &body).await.unwrap();
    roster.append(entry).unwrap();
}
