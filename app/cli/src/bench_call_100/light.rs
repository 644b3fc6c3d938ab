//! A listener without sound: a whole client in this process that opens and verifies every voice, and takes it no further.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use dialtone_engine::snapshot::{
    CallState, Community, Connection, JoinProgress, LinkCheck, Path as Way,
};
use dialtone_engine::voice::{AudioChoice, Opened};
use dialtone_engine::{
    ChannelId, Command, CommunityCommand, Engine, EngineConfig, Secret, Snapshot,
};

use super::{CHANNEL, settle};
use crate::story::stop;

/// How often a client's state is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// The longest that one step of one client takes.
const PATIENCE: Duration = Duration::from_mins(2);

/// One of many.
pub(super) struct Light {
    engine: Engine,
    name: String,
    /// What it has opened.
    pub(super) opened: Opened,
}

impl Light {
    /// A member of the community that the link leads into, by an account and a device of its own.
    pub(super) fn join(folder: &Path, name: &str, link: &str) -> anyhow::Result<Self> {
        let opened = Opened::default();
        let profile = folder.join(name);
        settle(&profile, "")?;
        let engine = Engine::spawn(EngineConfig {
            profile,
            audio: AudioChoice::Opened(opened.clone()),
            loopback_calls: true,
            ..EngineConfig::default()
        })?;
        let me = Self {
            engine,
            name: name.to_owned(),
            opened,
        };
        me.send(Command::InspectLink(link.to_owned()))?;
        me.until("the link is checked", |snapshot| {
            let invitation = snapshot.invitation.as_ref();
            Ok(invitation.is_some_and(|invitation| invitation.checked == LinkCheck::Genuine))
        })?;
        me.send(Command::Join {
            username: name.to_owned(),
            password: Secret::new(format!("{name} keeps this secret")),
            community_name: None,
            by_password: false,
        })?;
        me.until("it is online", |snapshot| {
            if let Some(JoinProgress::Failed(reason)) =
                snapshot.invitation.as_ref().map(|link| &link.progress)
            {
                anyhow::bail!("{name} cannot join: {reason}");
            }
            let online = community(snapshot)
                .is_some_and(|community| community.connection == Connection::Online);
            Ok(online && channel(snapshot).is_some())
        })?;
        Ok(me)
    }

    /// Asks to be let into the call.
    pub(super) fn call(&self) -> anyhow::Result<()> {
        let snapshot = self.engine.handle.snapshot();
        let (community, channel) = community(&snapshot)
            .zip(channel(&snapshot))
            .context("no channel to call in")?;
        let join = CommunityCommand::JoinCall(channel);
        self.send(Command::In(community.id, join))
    }

    /// Waits until it is in the call, and reaches these over the relay.
    pub(super) fn until_relayed(&self, names: &[&str]) -> anyhow::Result<()> {
        self.until("it is relayed", |snapshot| {
            let Some(call) = community(snapshot).and_then(|community| community.call.as_ref())
            else {
                return Ok(false);
            };
            if let CallState::Failed(reason) = &call.state {
                anyhow::bail!("{} is not in the call: {reason}", self.name);
            }
            Ok(names
                .iter()
                .all(|name| way(snapshot, name).is_some_and(is_relayed)))
        })
    }

    /// The ways by which it is connected to these.
    pub(super) fn ways(&self, names: &[&str]) -> Vec<Option<Way>> {
        let snapshot = self.engine.handle.snapshot();
        names.iter().map(|name| way(&snapshot, name)).collect()
    }

    fn send(&self, command: Command) -> anyhow::Result<()> {
        Ok(self.engine.handle.send(command)?)
    }

    fn until(
        &self,
        what: &str,
        mut is_true: impl FnMut(&Snapshot) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            stop::check()?;
            let snapshot = self.engine.handle.snapshot();
            if is_true(&snapshot)? {
                return Ok(());
            }
            if Instant::now() >= until {
                let call = community(&snapshot).and_then(|community| community.call.as_ref());
                anyhow::bail!("{} waited in vain until {what}: {call:?}", self.name);
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Ends it without waiting.
    pub(super) fn leave(&self) {
        let _ = self.engine.handle.send(Command::Shutdown);
    }

    /// Waits until it has ended.
    pub(super) fn end(self) {
        self.leave();
        self.engine.join();
    }
}

fn community(snapshot: &Snapshot) -> Option<&Community> {
    snapshot.communities.first().map(AsRef::as_ref)
}

fn channel(snapshot: &Snapshot) -> Option<ChannelId> {
    let mut channels = community(snapshot)?.channels.iter();
    let found = channels.find(|channel| channel.name.as_deref() == Some(CHANNEL));
    found.map(|channel| channel.id)
}

fn is_relayed(way: Way) -> bool {
    matches!(way, Way::Relay | Way::RelayOverTcp)
}

/// The way to whoever has this name, if media flows between the two.
fn way(snapshot: &Snapshot, name: &str) -> Option<Way> {
    let mut others = community(snapshot)?.others_in_call();
    let other = others.find(|other| other.name == name && other.connected)?;
    other.quality.as_ref()?.now.path
}
