//! A server and clients of one test, each in a folder of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_engine::moving::Work;
use dialtone_engine::settings::{AudioSettings, TalkMode};
use dialtone_engine::snapshot::{
    Channel, Community, Connection, ItemBody, JoinProgress, LinkCheck, Snapshot,
};
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{
    ChannelId, Command, CommunityCommand, Engine, EngineConfig, Event, Secret, StartError,
};
use dialtone_protocol::link::Link;
use dialtone_server::Server;
use dialtone_server::config::{Flags, Settings};
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server in this process, over real sockets.
pub(crate) struct House {
    runtime: Runtime,
    data: PathBuf,
    pub(crate) folder: tempfile::TempDir,
    running: Option<(CancellationToken, tokio::task::JoinHandle<()>)>,
    pub(crate) address: String,
    pub(crate) link: String,
    /// What an account may store, in MiB.
    quota_mb: Option<u32>,
    /// Where calls are relayed.
    udp: Option<&'static str>,
    /// Addresses of TURN servers, and the secret shared with them.
    turn: Option<(String, String)>,
    /// How much it takes of a device.
    rate: Option<&'static str>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with_quota(None)
    }

    /// With room for files of so many MiB for each account.
    pub(crate) fn with_quota(quota_mb: Option<u32>) -> Self {
        Self::set(quota_mb, None, None)
    }

    /// In a network without UDP.
    pub(crate) fn without_udp() -> Self {
        Self::set(None, Some("none"), None)
    }

    /// With TURN servers at these addresses, which know this secret.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_turn(urls: &[String], secret: &str) -> Self {
        Self::set(None, None, Some((urls.join(" "), secret.to_owned())))
    }

    fn set(
        quota_mb: Option<u32>,
        udp: Option<&'static str>,
        turn: Option<(String, String)>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let data = folder.path().join("server");
        let address = "127.0.0.1:0".to_owned();
        let mut house = Self {
            runtime,
            data,
            folder,
            running: None,
            address,
            link: String::new(),
            quota_mb,
            udp,
            turn,
            rate: None,
        };
        house.start();
        house
    }

    /// From its next start on it takes so many requests of a device, each second and at once.
    pub(crate) fn take_only(&mut self, rate: &'static str) {
        self.rate = Some(rate);
    }

    /// How the server is set up.
    pub(crate) fn settings(&self) -> Settings {
        let flags = Flags {
            data_dir: Some(self.data.clone()),
            listen: Some(self.address.clone()),
            blob_quota_mb: self.quota_mb.map(|mb| mb.to_string()),
            udp: self.udp.map(ToOwned::to_owned),
            ..Flags::default()
        };
        let turn = |name: &str| {
            let (urls, secret) = self.turn.clone()?;
            match name {
                "TURN_URLS" => Some(urls),
                "TURN_SECRET" => Some(secret),
                _ => None,
            }
        };
        let environment = |name: &str| match name {
            "DIALTONE_RATE_PER_DEVICE" => self.rate.map(OsString::from),
            _ => turn(name).map(OsString::from),
        };
        Settings::resolve(&flags, &environment).unwrap()
    }

    /// The sealed files that the server has on its disk.
    pub(crate) fn blobs(&self) -> Vec<PathBuf> {
        files_below(&self.data.join("blobs"))
    }

    /// Until the server has so many of them: it deletes when it is asked to, and tells nobody when it has.
    pub(crate) fn wait_for_blobs(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.blobs().len() != count {
            assert!(Instant::now() < until, "{:?}", self.blobs());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Where the server runs.
    pub(crate) fn handle(&self) -> Handle {
        self.runtime.handle().clone()
    }

    /// Starts the server, on the port it had before.
    pub(crate) fn start(&mut self) {
        let settings = self.settings();
        let (server, link) = self.runtime.block_on(async {
            let server = Server::start(&settings).await.unwrap();
            let link = server.founding_link().await.unwrap();
            (server, link)
        });
        self.address = server.address().to_string();
        if let Some(link) = link {
            self.link = link.to_string();
        }
        let stop = CancellationToken::new();
        let serving = stop.clone();
        let task = self.runtime.spawn(async move {
            server.serve(serving).await;
        });
        self.running = Some((stop, task));
    }

    /// Stops the server and waits until it has.
    pub(crate) fn stop(&mut self) {
        if let Some((stop, task)) = self.running.take() {
            stop.cancel();
            self.runtime.block_on(task).unwrap();
        }
    }

    /// Keeps what the server has, which must not run.
    pub(crate) fn back_up(&self) {
        copy(&self.data, &self.data.with_extension("backup"));
    }

    /// The server, which must not run, has what was kept, and no more.
    pub(crate) fn put_back(&self) {
        std::fs::remove_dir_all(&self.data).unwrap();
        copy(&self.data.with_extension("backup"), &self.data);
    }

    /// Another server begins at the same address, with keys of its own.
    pub(crate) fn set_up_anew(&mut self) {
        self.stop();
        self.data.set_extension("anew");
        self.start();
    }

    /// A link that the server itself makes, for one person.
    pub(crate) fn knock_link(&self) -> String {
        let settings = self.settings();
        let made = dialtone_server::make_link(&settings, 1, 3600);
        let link = self.runtime.block_on(made).unwrap();
        through(&self.address, &link.to_string())
    }

    pub(crate) fn client(&self, name: &str) -> Client {
        Client::open(name, &self.folder.path().join(name))
    }

    /// The client of that name will hide its address.
    pub(crate) fn hide(&self, name: &str) {
        let profile = self.folder.path().join(name);
        std::fs::create_dir_all(&profile).unwrap();
        let settings = "[ice]\nhide-address = true\n";
        std::fs::write(profile.join("settings.toml"), settings).unwrap();
    }

    /// A client that speaks a file, through whatever the microphone takes in.
    pub(crate) fn talker(&self, name: &str) -> Client {
        self.talker_over(name, false)
    }

    /// The same; its direct calls go over TURN servers alone if that is wanted.
    pub(crate) fn talker_over(&self, name: &str, turn_calls: bool) -> Client {
        let sound = self.folder.path().join(format!("{name}.wav"));
        std::fs::write(&sound, humming(pitch_of(name))).unwrap();
        let audio = AudioChoice::Files {
            speak: Some(sound),
            hear: None,
            repeat: false,
            cue: None,
        };
        let config = EngineConfig {
            profile: self.folder.path().join(name),
            audio,
            loopback_calls: true,
            turn_calls,
            ..EngineConfig::default()
        };
        let client = Client::configured(name, config).unwrap();
        client.send(Command::SetAudio(AudioSettings {
            talk_mode: TalkMode::Open,
            denoise: false,
            auto_gain: false,
            ..AudioSettings::default()
        }));
        client
    }

    /// The founder and whom she has invited, anna and mikael, both with "general" open.
    pub(crate) fn founder_and_member(&self) -> (Client, Client) {
        let anna = self.founder();
        anna.open_channel("general");
        let mikael = self.client("mikael");
        mikael.join(&anna.invite(1, 3600), None);
        mikael.open_channel("general");
        (anna, mikael)
    }

    /// A client that has founded the community.
    pub(crate) fn founder(&self) -> Client {
        self.founded_by(self.client("anna"))
    }

    pub(crate) fn founded_by(&self, client: Client) -> Client {
        client.join(&self.link, Some("Harbour crew"));
        client.wait("its channels are there", |snapshot| {
            community(snapshot).is_some_and(|community| channel(community, "general").is_some())
        });
        client
    }
}

/// One client.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) engine: Engine,
}

/// Copies a folder that nobody writes to.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn community(snapshot: &Snapshot) -> Option<&Community> {
    snapshot.communities.first().map(AsRef::as_ref)
}

pub(crate) fn channel<'a>(community: &'a Community, name: &str) -> Option<&'a Channel> {
    let mut channels = community.channels.iter();
    channels
        .find(|channel| channel.name.as_deref() == Some(name))
        .map(AsRef::as_ref)
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The same link, with another address in the server's place.
pub(crate) fn through(address: &str, link: &str) -> String {
    let mut link: Link = link.parse().unwrap();
    address.clone_into(&mut link.server);
    link.to_string()
}

/// The warning that stands, if any.
pub(crate) fn standing_alarm(snapshot: &Snapshot) -> Option<String> {
    community(snapshot)?.alarm.clone()
}

/// The messages of the open channel, as (name, text).
pub(crate) fn messages(snapshot: &Snapshot) -> Vec<(String, String)> {
    let Some(community) = community(snapshot) else {
        return Vec::new();
    };
    let open = community
        .channels
        .iter()
        .filter(|channel| Some(channel.id) == community.open);
    let items = open.flat_map(|channel| &channel.timeline.items);
    let texts = items.filter_map(|item| match &item.body {
        ItemBody::Text(text) if item.sequence.is_some() => {
            Some((item.from_name.clone(), text.clone()))
        }
        _ => None,
    });
    texts.collect()
}

impl Client {
    pub(crate) fn open(name: &str, profile: &Path) -> Self {
        Self::with_audio(name, profile, AudioChoice::Null)
    }

    /// Opens a profile that a request of the client before, which was closed in the middle of it, still holds for a moment.
    pub(crate) fn open_once_free(name: &str, profile: &Path) -> Self {
        let until = Instant::now() + PATIENCE;
        loop {
            match Self::try_open(name, profile, AudioChoice::Null) {
                Ok(client) => return client,
                Err(error) => assert!(Instant::now() < until, "{error}"),
            }
            std::thread::yield_now();
        }
    }

    pub(crate) fn with_audio(name: &str, profile: &Path, audio: AudioChoice) -> Self {
        Self::try_open(name, profile, audio).unwrap()
    }

    fn try_open(name: &str, profile: &Path, audio: AudioChoice) -> Result<Self, StartError> {
        let config = EngineConfig {
            profile: profile.to_owned(),
            audio,
            loopback_calls: true,
            ..EngineConfig::default()
        };
        Self::configured(name, config)
    }

    pub(crate) fn configured(name: &str, config: EngineConfig) -> Result<Self, StartError> {
        Ok(Self {
            name: name.into(),
            engine: Engine::spawn(EngineConfig {
                key_work: Work::ForTests,
                ..config
            })?,
        })
    }

    pub(crate) fn send(&self, command: Command) {
        self.engine.handle.send(command).unwrap();
    }

    pub(crate) fn in_community(&self, command: CommunityCommand) {
        let id = community(&self.engine.handle.snapshot()).unwrap().id;
        self.send(Command::In(id, command));
    }

    /// Waits until something is true of the snapshot, woken by the engine's events.
    pub(crate) fn wait(&self, what: &str, is_true: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let mut events = self.engine.handle.events();
        let until = Instant::now() + PATIENCE;
        loop {
            let snapshot = self.engine.handle.snapshot();
            if is_true(&snapshot) {
                return snapshot;
            }
            assert!(
                Instant::now() < until,
                "{} waited in vain until {what}: {snapshot:#?}",
                self.name
            );
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let _ = runtime.block_on(async {
                tokio::time::timeout(Duration::from_millis(200), events.recv()).await
            });
        }
    }

    /// Waits for the warning that stops sealing; its words.
    pub(crate) fn alarm(&self) -> String {
        let snapshot = self.wait("the lie is told", |snapshot| {
            standing_alarm(snapshot).is_some()
        });
        standing_alarm(&snapshot).unwrap()
    }

    /// Looks at a link and waits for the verdict.
    pub(crate) fn inspect(&self, link: &str) -> LinkCheck {
        self.send(Command::DismissInvitation);
        self.wait("the last link is gone", |snapshot| {
            snapshot.invitation.is_none()
        });
        self.send(Command::InspectLink(link.into()));
        let snapshot = self.wait("the link is checked", |snapshot| {
            let invitation = snapshot.invitation.as_ref();
            invitation.is_some_and(|invitation| {
                invitation.link == link && invitation.checked != LinkCheck::Checking
            })
        });
        snapshot.invitation.as_ref().unwrap().checked.clone()
    }

    /// Tries to join by the link last looked at; the reason if it failed.
    pub(crate) fn try_join(
        &self,
        username: &str,
        password: &str,
        name: Option<&str>,
    ) -> Option<String> {
        self.send(Command::Join {
            username: username.into(),
            password: Secret::new(password),
            community_name: name.map(Into::into),
            by_password: false,
        });
        let failed = |snapshot: &Snapshot| match snapshot.invitation.as_ref()?.progress.clone() {
            JoinProgress::Failed(reason) => Some(reason),
            _ => None,
        };
        let snapshot = self.wait("it has joined or failed", |snapshot| {
            failed(snapshot).is_some() || is_online(snapshot)
        });
        failed(&snapshot)
    }

    pub(crate) fn join(&self, link: &str, name: Option<&str>) {
        assert_eq!(self.inspect(link), LinkCheck::Genuine);
        assert_eq!(self.try_join(&self.name, PASSWORD, name), None);
    }

    /// Waits for an event.
    pub(crate) fn event<T>(
        &self,
        events: &mut tokio::sync::broadcast::Receiver<Event>,
        wanted: impl Fn(Event) -> Option<T>,
    ) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            loop {
                let event = tokio::time::timeout(PATIENCE, events.recv()).await;
                let event = event.unwrap_or_else(|_| panic!("{} waited in vain", self.name));
                if let Some(found) = wanted(event.unwrap()) {
                    return found;
                }
            }
        })
    }

    pub(crate) fn invite(&self, uses: u32, valid_for_s: u64) -> String {
        let mut events = self.engine.handle.events();
        self.in_community(CommunityCommand::CreateInvite { uses, valid_for_s });
        self.event(&mut events, |event| match event {
            Event::InviteReady { link, .. } => Some(link),
            _ => None,
        })
    }

    /// A channel that is there, or is soon.
    pub(crate) fn channel(&self, name: &str) -> ChannelId {
        let snapshot = self.wait("the channel is there", |snapshot| {
            community(snapshot).is_some_and(|community| channel(community, name).is_some())
        });
        channel(community(&snapshot).unwrap(), name).unwrap().id
    }

    pub(crate) fn open_channel(&self, name: &str) {
        let id = self.channel(name);
        self.in_community(CommunityCommand::Open(id));
        self.wait("it is open", |snapshot| {
            community(snapshot).unwrap().open == Some(id)
        });
    }

    pub(crate) fn say(&self, text: &str) {
        let channel = community(&self.engine.handle.snapshot())
            .unwrap()
            .open
            .unwrap();
        self.in_community(CommunityCommand::Submit {
            channel,
            text: text.into(),
            reply_to: None,
        });
    }

    pub(crate) fn reads(&self, from: &str, text: &str) {
        self.wait("the message is there", |snapshot| {
            messages(snapshot).contains(&(from.into(), text.into()))
        });
    }

    pub(crate) fn close(self) {
        self.send(Command::Shutdown);
        self.engine.join();
    }
}

pub(crate) fn is_online(snapshot: &Snapshot) -> bool {
    community(snapshot).is_some_and(|community| community.connection == Connection::Online)
}

/// How high somebody of this name hums, in Hz: each otherwise, since an echo canceller takes away what another one hums likewise.
fn pitch_of(name: &str) -> u32 {
    let sum = name.bytes().fold(0_u32, |sum, letter| {
        sum.wrapping_mul(31).wrapping_add(letter.into())
    });
    120 + sum % 61
}

/// Two minutes of a hum of so many Hz at 48 kHz that swells and fades four times a second, as a WAV file.
pub(crate) fn humming(pitch: u32) -> Vec<u8> {
    const RATE: u32 = 48_000;
    let sample = |n: u32| {
        let turn = std::f32::consts::TAU * n as f32 / RATE as f32;
        let swell = 0.6 + 0.4 * (turn * 4.0).sin();
        let hum: f32 = (1..9)
            .map(|part| (turn * pitch as f32 * part as f32).sin())
            .sum();
        (hum * swell * 2_500.0) as i16
    };
    let second: Vec<u8> = (0..RATE).flat_map(|n| sample(n).to_le_bytes()).collect();
    let data = second.repeat(120);
    let length = data.len() as u32;
    let mut file = Vec::with_capacity(data.len() + 44);
    file.extend(b"RIFF");
    file.extend((length + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}
