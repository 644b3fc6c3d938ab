//! One device: its disk, the backups of it, and the session that runs on it while the program does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_crypto::DeviceKey;
use dialtone_crypto::keystore::ProfileSecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_protocol::http::{Challenge, ChallengeRequest, SessionOpened, SessionRequest};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, ChannelId};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::chance::{Chance, mix};
use super::network::Net;
use super::time::{DeviceClock, Time};
use super::trace::{Trace, note};
use super::world::world;
use crate::CommunityCommand;
use crate::clock::Clock;
use crate::local::faults;
use crate::net::Line;
use crate::session::load;
use crate::session::run::{Tell, Telling, run};
use crate::session::state::State;
use crate::session::supervise::supervise;
use crate::session::{Identity, SessionCommand, SessionConfig, SessionUpdate};
use crate::settings::{AudioSettings, IceSettings};
use crate::snapshot::{Community, Connection, ItemBody};
use crate::voice::{Audio, AudioChoice, CallNetwork};

/// What all of a simulation's devices share.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) seed: u64,
    pub(super) time: Time,
    pub(super) trace: Trace,
    pub(super) net: Arc<Net>,
    pub(super) audio: Arc<Audio>,
}

impl Surroundings {
    pub(super) fn sound() -> Arc<Audio> {
        Arc::new(Audio::new(AudioChoice::Null, AudioSettings::default()))
    }
}

/// What a session has told.
#[derive(Default)]
pub(super) struct Told {
    pub(super) view: Option<Arc<Community>>,
    /// Texts of one's own that were shown, with their channel: they are on the disk.
    pub(super) kept: BTreeMap<String, ChannelId>,
    /// Warnings that ever stood.
    pub(super) alarms: BTreeSet<String>,
}

/// The program, running.
struct Running {
    commands: mpsc::Sender<SessionCommand>,
    task: JoinHandle<()>,
}

/// A copy of the disk, and what was on it.
struct Backup {
    path: PathBuf,
    kept: BTreeMap<String, ChannelId>,
}

pub(super) struct Device {
    pub(super) number: usize,
    pub(super) account: AccountId,
    pub(super) key: Arc<DeviceKey>,
    path: PathBuf,
    row_key: RowKey,
    running: Option<Running>,
    backup: Option<Backup>,
    pub(super) told: Arc<Mutex<Told>>,
    /// How often it was started.
    runs: u64,
    /// How many texts it was given.
    written: u64,
    /// It came back with an older disk.
    pub(super) was_restored: bool,
    /// It is not started again before this, in ms of the simulation.
    pub(super) away_until: u64,
    around: Surroundings,
}

impl Device {
    pub(super) fn new(
        number: usize,
        account: AccountId,
        key: Arc<DeviceKey>,
        folder: &Path,
        around: Surroundings,
    ) -> Self {
        Self {
            number,
            account,
            key,
            path: folder.join(format!("d{number}.db")),
            row_key: RowKey::new(
                &ProfileSecrets::new(&mut Chance::new(number as u64)).database_key,
            ),
            running: None,
            backup: None,
            told: Arc::default(),
            runs: 0,
            written: 0,
            was_restored: false,
            away_until: 0,
            around,
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(super) fn is_online(&self) -> bool {
        let told = self.told.lock();
        let view = told.view.as_ref();
        self.is_running() && view.is_some_and(|view| view.connection == Connection::Online)
    }

    fn config(&self) -> SessionConfig {
        let roster = &world().roster;
        let seed = mix(&[self.around.seed, 11, self.number as u64, self.runs]);
        SessionConfig {
            identity: Identity {
                community: roster.community(),
                server: "simulation:1".into(),
                server_key: *roster.view().server_key(),
                account: self.account,
                username: format!("p{}", self.number),
                device: Arc::clone(&self.key),
            },
            row_key: self.row_key.clone(),
            database: self.path.clone(),
            audio: Arc::clone(&self.around.audio),
            ice: IceSettings::default(),
            call_network: CallNetwork::of_tests(false),
            network: self.around.net.of(self.number),
            clock: Clock::by(Arc::new(DeviceClock::new(self.around.time.clone(), seed))),
            joined: None,
            open: None,
            at_hand: Arc::default(),
            after: None,
        }
    }

    /// Starts the program.
    pub(super) fn start(&mut self) {
        if self.is_running() {
            return;
        }
        note!(self.around.trace, "d{} starts", self.number);
        self.runs += 1;
        let (commands, receiver) = mpsc::channel(128);
        let task = tokio::task::spawn_local(supervise(self.config(), receiver, self.tell(), run));
        self.running = Some(Running { commands, task });
    }

    fn tell(&self) -> Tell {
        let told = Arc::clone(&self.told);
        let (trace, number) = (self.around.trace.clone(), self.number);
        let last = Mutex::new((String::new(), 0));
        // Another one in each run.
        let folder = self.path.parent().unwrap_or(&self.path);
        let folder = folder.display().to_string();
        Arc::new(move |update| -> Telling {
            match update {
                SessionUpdate::View(view) => {
                    let now = (kind(&view.connection), view.members.len());
                    let mut last = last.lock();
                    if *last != now {
                        note!(trace, "d{number} {} ({} members)", now.0, now.1);
                        *last = now;
                    }
                    told.lock().take(number, view);
                }
                SessionUpdate::Notice(_, text) => {
                    note!(trace, "d{number} says: {}", text.replace(&folder, ""));
                    if text.contains("fault of ours") {
                        told.lock().alarms.insert(text);
                    }
                }
                SessionUpdate::Unsent { text, reason, .. } => {
                    note!(trace, "d{number} does not take {text}: {reason}");
                }
                _ => {}
            }
            Box::pin(async {})
        })
    }

    /// Gives the session a command; nothing happens where none runs.
    pub(super) fn command(&self, command: CommunityCommand) {
        if let Some(running) = &self.running {
            let command = SessionCommand::User { command, asker: 0 };
            // Its queue may be full.
            let _ = running.commands.try_send(command);
        }
    }

    /// Writes something that nobody else writes.
    pub(super) fn write(&mut self, channel: ChannelId) {
        self.written += 1;
        let text = format!("d{}-{}", self.number, self.written);
        note!(self.around.trace, "d{} writes {text}", self.number);
        self.command(CommunityCommand::Open(channel));
        self.command(CommunityCommand::Submit {
            channel,
            text,
            reply_to: None,
        });
    }

    /// The program ends between two instructions.
    pub(super) async fn crash(&mut self) {
        if let Some(running) = self.running.take() {
            note!(self.around.trace, "d{} crashes", self.number);
            running.task.abort();
            let _ = running.task.await;
        }
        faults::fail_after(&self.path, None);
    }

    /// The program ends as its user wants.
    pub(super) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            drop(running.commands);
            let _ = running.task.await;
        }
        faults::fail_after(&self.path, None);
    }

    /// Its disk takes so many transactions more.
    pub(super) fn fail_disk_after(&self, transactions: u32) {
        note!(
            self.around.trace,
            "d{}'s disk fails after {transactions}",
            self.number
        );
        faults::fail_after(&self.path, Some(transactions));
    }

    pub(super) fn disk_has_failed(&self) -> bool {
        faults::has_failed(&self.path)
    }

    /// The disk works again; the program was not ended.
    pub(super) fn mend_disk(&self) {
        faults::fail_after(&self.path, None);
    }

    /// Copies the disk of a program that does not run.
    pub(super) fn back_up(&mut self) {
        if self.is_running() || !self.path.is_file() {
            return;
        }
        note!(self.around.trace, "d{} is copied", self.number);
        let path = self.path.with_extension("backup");
        std::fs::copy(&self.path, &path).unwrap();
        let kept = self.told.lock().kept.clone();
        self.backup = Some(Backup { path, kept });
    }

    /// Puts the copy back.
    pub(super) fn restore(&mut self) {
        let Some(backup) = self.backup.as_ref().filter(|_| !self.is_running()) else {
            return;
        };
        note!(
            self.around.trace,
            "d{} is put back from its copy",
            self.number
        );
        for ending in ["db-wal", "db-shm"] {
            let _ = std::fs::remove_file(self.path.with_extension(ending));
        }
        std::fs::copy(&backup.path, &self.path).unwrap();
        self.told.lock().kept.clone_from(&backup.kept);
        self.was_restored = true;
    }

    /// What is on the disk.
    pub(super) fn state(&self) -> (State, crate::local::Database) {
        let (state, database, _) = load::open(&mut self.config()).unwrap();
        (state, database)
    }
}

impl Told {
    fn take(&mut self, number: usize, view: Arc<Community>) {
        for channel in view
            .channels
            .iter()
            .filter(|channel| Some(channel.id) == view.open)
        {
            let mine = channel
                .timeline
                .items
                .iter()
                .filter(|item| item.from == view.me.account);
            for item in mine {
                if let ItemBody::Text(text) = &item.body
                    && writer_of(text) == Some(number)
                {
                    self.kept.insert(text.clone(), channel.id);
                }
            }
        }
        self.alarms.extend(view.alarm.clone());
        self.view = Some(view);
    }
}

fn kind(connection: &Connection) -> String {
    let words = match connection {
        Connection::Opening => "opens",
        Connection::Connecting => "connects",
        Connection::CatchingUp => "catches up",
        Connection::Online => "is online",
        Connection::Offline { reason, .. } => return format!("is offline: {reason}"),
        Connection::Removed { .. } => "is out",
        Connection::WaitingForAdmission => "waits",
        Connection::Unusable { .. } => "cannot be used",
    };
    words.to_owned()
}

/// Opens a session for requests.
pub(super) async fn sign_in(line: Line, device: &DeviceKey, roster: &Roster) -> Line {
    try_sign_in(line, device, roster).await.unwrap()
}

async fn try_sign_in(line: Line, key: &DeviceKey, roster: &Roster) -> Option<Line> {
    let device = key.id();
    let request = ChallengeRequest { device };
    let challenge: Challenge = line.post("/auth/challenge", &request).await.ok()?;
    let proof = SessionProof {
        version: 1,
        nonce: challenge.nonce,
        server_key: *roster.view().server_key(),
        tls_key: None,
    };
    let (proof, signature) = key.sign_session(&roster.community(), &proof);
    let request = SessionRequest {
        device,
        nonce: challenge.nonce,
        proof: proof.into(),
        signature,
        revision: REVISION,
    };
    let opened: SessionOpened = line.post("/auth/session", &request).await.ok()?;
    Some(line.with_session(opened.token))
}

/// Texts by who was asked to write them: `d3-7` is of device 3.
pub(super) fn writer_of(text: &str) -> Option<usize> {
    let (writer, _) = text.strip_prefix('d')?.split_once('-')?;
    writer.parse().ok()
}

/// How often each text stands in a list.
pub(super) fn counts<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    counts
}
