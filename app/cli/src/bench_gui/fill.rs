//! A profile with many messages, each of which went through the server.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use dialtone_engine::keyring::KeyringChoice;
use dialtone_engine::snapshot::{AtOnce, Community, Connection, LinkCheck, Sending};
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{
    ChannelId, Command, CommunityCommand, Engine, EngineConfig, Event, Secret, Snapshot,
};

use super::PASSWORD;
use crate::story::stop;

/// Where the call is.
pub(super) const CALL: &str = "lounge";
/// Messages that are written at a time: a session takes 128 wishes that wait.
const AT_ONCE: usize = 100;
const PATIENCE: Duration = Duration::from_mins(1);

/// Words of the sea, so that there is something to look for.
const WORDS: [&str; 32] = [
    "wind",
    "harbour",
    "mooring",
    "lines",
    "buoy",
    "the",
    "committee",
    "boat",
    "tomorrow",
    "at",
    "eight",
    "gusts",
    "from",
    "north",
    "west",
    "sails",
    "and",
    "who",
    "takes",
    "flags",
    "race",
    "planning",
    "club",
    "shed",
    "tide",
    "table",
    "is",
    "in",
    "yard",
    "rope",
    "knots",
    "evening",
];

/// Founds a community by `link` and writes; the answer is a link for others. From then on the profile opens by `keyring` as well.
pub(super) fn fill(
    profile: &Path,
    keyring: KeyringChoice,
    link: &str,
    channels: usize,
    messages: usize,
) -> anyhow::Result<String> {
    let engine = Engine::spawn(EngineConfig {
        profile: profile.to_owned(),
        audio: AudioChoice::Null,
        loopback_calls: true,
        keyring,
        ..EngineConfig::default()
    })?;
    found(&engine, link)?;
    engine.handle.send(Command::OpenAtOnce(true))?;
    until(&engine, |snapshot| {
        (snapshot.keyring.at_once == AtOnce::On).then_some(())
    })?;
    for number in 0..channels {
        tell(
            &engine,
            &CommunityCommand::CreateChannel {
                name: format!("channel {number}"),
                voice: false,
            },
        )?;
    }
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let began = Instant::now();
    let each = messages / channels.max(1);
    for number in 0..channels {
        let name = format!("channel {number}");
        let channel = wait(&engine, |one| find(one, &name))?;
        tell(&engine, &CommunityCommand::Open(channel))?;
        wait(&engine, |one| (one.open == Some(channel)).then_some(()))?;
        let mut written = 0;
        while written < each {
            let count = AT_ONCE.min(each - written);
            for _ in 0..count {
                tell(
                    &engine,
                    &CommunityCommand::Submit {
                        channel,
                        text: sentence(&mut chance),
                        reply_to: None,
                    },
                )?;
            }
            written += count;
            wait(&engine, |one| all_sent(one, channel, written))?;
            stop::check()?;
        }
        println!(
            "{name}: {written} messages, {:.0} s",
            began.elapsed().as_secs_f64()
        );
    }
    let link = invite(&engine)?;
    let _ = engine.handle.send(Command::Shutdown);
    engine.join();
    Ok(link)
}

/// Founds a community by `link`.
fn found(engine: &Engine, link: &str) -> anyhow::Result<()> {
    engine.handle.send(Command::InspectLink(link.to_owned()))?;
    until(engine, |snapshot| {
        let checked = snapshot.invitation.as_ref().map(|one| &one.checked);
        (checked == Some(&LinkCheck::Genuine)).then_some(())
    })?;
    engine.handle.send(Command::Join {
        username: "anna".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        community_name: Some("Bench".to_owned()),
        by_password: false,
    })?;
    until(engine, |snapshot| {
        let community = snapshot.communities.first()?;
        find(community, CALL).map(|_| ())
    })
}

fn invite(engine: &Engine) -> anyhow::Result<String> {
    let mut events = engine.handle.events();
    tell(
        engine,
        &CommunityCommand::CreateInvite {
            uses: 1_000,
            valid_for_s: 365 * 24 * 3600,
        },
    )?;
    loop {
        if let Event::InviteReady { link, .. } = events.blocking_recv()? {
            return Ok(link);
        }
    }
}

fn sentence(chance: &mut u64) -> String {
    let mut next = || {
        *chance ^= *chance << 13;
        *chance ^= *chance >> 7;
        *chance ^= *chance << 17;
        (*chance >> 33) as usize
    };
    let count = 4 + next() % 16;
    let words = (0..count).filter_map(|_| WORDS.get(next() % WORDS.len()).copied());
    words.collect::<Vec<_>>().join(" ")
}

fn find(community: &Community, name: &str) -> Option<ChannelId> {
    let mut channels = community.channels.iter();
    channels
        .find(|channel| channel.name.as_deref() == Some(name))
        .map(|channel| channel.id)
}

/// The last of `written` messages is on the server.
fn all_sent(community: &Community, channel: ChannelId, written: usize) -> Option<()> {
    let mut channels = community.channels.iter();
    let items = &channels.find(|one| one.id == channel)?.timeline.items;
    let last = items.last()?;
    let sent = last.sending == Sending::Sent && last.sequence >= Some(written as u64);
    sent.then_some(())
}

fn tell(engine: &Engine, command: &CommunityCommand) -> anyhow::Result<()> {
    let community = engine.handle.snapshot();
    let id = community.communities.first().context("no community")?.id;
    let mut waits = 0;
    // The engine takes so many at a time.
    while engine
        .handle
        .send(Command::In(id, command.clone()))
        .is_err()
    {
        waits += 1;
        anyhow::ensure!(waits < 10_000, "the engine stays busy");
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn wait<T>(engine: &Engine, is_there: impl Fn(&Community) -> Option<T>) -> anyhow::Result<T> {
    until(engine, |snapshot| {
        let community = snapshot.communities.first()?;
        let is_online = community.connection == Connection::Online;
        is_online.then(|| is_there(community)).flatten()
    })
}

fn until<T>(engine: &Engine, is_there: impl Fn(&Snapshot) -> Option<T>) -> anyhow::Result<T> {
    let limit = Instant::now() + PATIENCE;
    loop {
        let snapshot = engine.handle.snapshot();
        let mut alarms = snapshot.communities.iter();
        if let Some(alarm) = alarms.find_map(|one| one.alarm.as_ref()) {
            anyhow::bail!("{alarm}");
        }
        if let Some(found) = is_there(&snapshot) {
            return Ok(found);
        }
        anyhow::ensure!(Instant::now() < limit, "it takes too long");
        std::thread::sleep(Duration::from_millis(2));
    }
}
