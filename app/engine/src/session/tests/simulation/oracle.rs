//! What must be true once it is calm: everybody has the same, and everything that they may have.

use std::collections::{BTreeMap, BTreeSet};

use dialtone_protocol::content::EventBody;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{EventHeader, SealedEvent, WantedKey};
use dialtone_protocol::{ChannelId, Hash};

use super::belonging::{Private, check_given, check_keys, check_private};
use super::device::{Device, counts, writer_of};
use super::story::Story;
use crate::chat::records::{StoredEvent, Verdict, channel_key};
use crate::local::{Database, Table};
use crate::session::gate::Gate;
use crate::session::state::State;

/// A device and what is on its disk.
pub(super) struct Seen<'a> {
    pub(super) device: &'a Device,
    pub(super) state: State,
    database: Database,
}

/// Looks at everything; the first thing that is not as it should be.
pub(super) async fn look(story: &mut Story) -> Result<(), String> {
    let roster = story.roster().await;
    let is_active = |device: &Device| {
        let found = roster.view().device(&device.key.id());
        found.is_some_and(dialtone_protocol::roster::Device::is_active)
    };
    for device in &story.devices {
        let told = device.told.lock();
        // A group that cannot be entered for a while is told of in the same place, and is not there any more in the end.
        let passing = |alarm: &&String| alarm.starts_with("The community's key group");
        let stands = told.view.as_ref().and_then(|view| view.alarm.clone());
        let alarm = told.alarms.iter().find(|alarm| !passing(alarm)).cloned();
        if let Some(alarm) = alarm.or(stands.filter(|_| is_active(device))) {
            return Err(format!("d{} warned: {alarm}", device.number));
        }
    }
    for device in story.devices.iter().filter(|device| is_active(device)) {
        if !device.is_online() {
            return Err(format!("d{} is not online", device.number));
        }
    }
    let mut seen = Vec::new();
    let mut gone = Vec::new();
    for device in &story.devices {
        let (state, database) = device.state();
        let one = Seen {
            device,
            state,
            database,
        };
        if is_active(device) {
            seen.push(one);
        } else if roster.view().device(&device.key.id()).is_some() {
            gone.push(one);
        }
    }
    check_states(&seen, &roster)?;
    let private = story.server.private_groups().await;
    let private = Private::all(&private, &roster);
    check_private(&seen, &private)?;
    let mut channels: Vec<_> = roster.view().channels().keys().copied().collect();
    channels.push(roster.community().directory());
    let mut texts = Vec::new();
    for channel in channels {
        let events = story.server.events(channel).await;
        let group = private.iter().find(|group| group.channel == channel);
        if let Some(group) = group {
            check_keys(seen.iter().chain(&gone), group, &events)?;
            check_given(&seen, group, &events)?;
        }
        let reads = |one: &&Seen<'_>| group.is_none_or(|group| group.has(&one.device.account));
        let place = Place {
            channel,
            group,
            readers: seen.iter().filter(reads).collect(),
        };
        check_channel(&place, &events, &mut texts)?;
        check_gone(&gone, &roster, channel, &events)?;
    }
    check_texts(&seen, &private, &texts)
}

/// A channel and who reads it.
struct Place<'a> {
    channel: ChannelId,
    /// Of a private one.
    group: Option<&'a Private>,
    readers: Vec<&'a Seen<'a>>,
}

fn check_states(seen: &[Seen<'_>], roster: &Roster) -> Result<(), String> {
    let mut epochs = BTreeSet::new();
    for Seen { device, state, .. } in seen {
        let number = device.number;
        if let Some(alarm) = &state.alarm {
            return Err(format!("d{number} has a warning: {alarm}"));
        }
        let here = state.roster.as_ref().map(|roster| roster.position());
        if here != Some(roster.position()) {
            return Err(format!("d{number} has another member list: {here:?}"));
        }
        let Some(lobby) = state.lobby() else {
            return Err(format!("d{number} is in no group"));
        };
        epochs.insert(lobby.epoch());
        if !matches!(state.gate(), Gate::Open(..)) {
            return Err(format!("d{number} may not seal"));
        }
        let open = (state.channels.iter()).filter(|(channel, _)| state.is_open_to_all(channel));
        for (channel, part) in open {
            if let Some(item) = part.outbox.values().next() {
                return Err(format!(
                    "d{number} still has to send in {channel}: {item:?}"
                ));
            }
        }
    }
    if epochs.len() > 1 {
        return Err(format!("not all are in one epoch: {epochs:?}"));
    }
    Ok(())
}

fn stored(one: &Seen<'_>, channel: &ChannelId, sequence: u64) -> Option<StoredEvent> {
    let key = channel_key(channel, sequence);
    let row = one.database.get(Table::Event, &key).unwrap()?;
    Some(minicbor::decode(&row).unwrap())
}

/// Every event of a channel, on every device.
fn check_channel(
    place: &Place<'_>,
    events: &[Vec<u8>],
    texts: &mut Vec<String>,
) -> Result<(), String> {
    let (seen, channel) = (&place.readers, place.channel);
    for (sequence, event) in (1..).zip(events) {
        let (_, header) = SealedEvent::read(event).unwrap();
        let mut judged = BTreeMap::new();
        for one in seen {
            let number = one.device.number;
            let at = || format!("d{number}, event {sequence} of {channel}");
            let Some(stored) = stored(one, &channel, sequence) else {
                return Err(format!("{}: not there", at()));
            };
            if stored.hash != Hash::of(event) {
                return Err(format!("{}: another one", at()));
            }
            let before = one.state.is_before_me(
                &channel,
                header.roster.length,
                (&header.group, header.epoch),
            );
            match stored.verdict {
                // Of a private group more may be known than this device saw of it; its keys are looked at by themselves.
                Verdict::Opened(_) if before && place.group.is_none() => {
                    return Err(format!("{}: of before it came, and opened", at()));
                }
                Verdict::Refused { reason, .. } => return Err(format!("{}: {reason}", at())),
                Verdict::Waiting { .. } if before || !can_be_granted(place, one, &header) => {}
                verdict => {
                    judged.insert(number, verdict);
                }
            }
        }
        let mut open = judged.values().filter(|verdict| !is_waiting(verdict));
        let Some(first) = open.next() else {
            check_lost(seen, &header, &judged, sequence)?;
            continue;
        };
        if let Some((number, other)) = judged.iter().find(|(_, verdict)| !same(first, verdict)) {
            let wanted = wanted(&header);
            let has = |one: &&Seen<'_>| one.state.keys.granted(&wanted).is_some();
            let holders = seen
                .iter()
                .copied()
                .filter(has)
                .map(|one| one.device.number);
            return Err(format!(
                "event {sequence} of {channel} (epoch {}): d{number} has {}, others {}; its key is with {:?}",
                header.epoch,
                shown(other),
                shown(first),
                holders.collect::<Vec<_>>(),
            ));
        }
        if let Verdict::Opened(content) = first
            && let EventBody::Text { text, .. } = &content.body
        {
            texts.push(text.clone());
        }
    }
    Ok(())
}

/// Whether anybody may pass the key of an event on to a device: in a channel that is not for newcomers whoever was there for the
/// epoch, to whom was a member when it was made.
fn can_be_granted(place: &Place<'_>, to: &Seen<'_>, header: &EventHeader) -> bool {
    if !to.state.is_from_joining(&header.channel) {
        return true;
    }
    if let Some(group) = place.group {
        let wanted = wanted(header);
        let mut others = place.readers.iter();
        return others.any(|one| group.gives(one, to, &wanted));
    }
    let roster = to.state.roster.as_ref();
    let account = roster.and_then(|roster| roster.view().account(&to.device.account));
    let joined_at = account.map_or(u64::MAX, |account| account.joined_at);
    place.readers.iter().any(|one| {
        let length = one.state.keys.epoch_length(&header.group, header.epoch);
        length.is_some_and(|length| length > joined_at)
    })
}

/// The key of an event.
pub(super) fn wanted(header: &EventHeader) -> WantedKey {
    WantedKey {
        group: header.group,
        epoch: header.epoch,
        channel: header.channel,
    }
}

fn is_waiting(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Waiting { .. })
}

fn same(one: &Verdict, other: &Verdict) -> bool {
    match (one, other) {
        (Verdict::Opened(one), Verdict::Opened(other)) => one == other,
        (Verdict::Repeated { .. }, Verdict::Repeated { .. }) => true,
        _ => false,
    }
}

fn shown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Opened(content) => format!("opened {:?}", content.body),
        Verdict::Waiting { wanted, .. } => format!("no key of epoch {}", wanted.epoch),
        Verdict::Refused { reason, .. } => format!("refused: {reason}"),
        Verdict::Repeated { .. } => "a repetition".into(),
        Verdict::Vanished { .. } => "gone".into(),
    }
}

/// Nobody can open it: right only if the key went with a device that is gone, or whose disk was put back.
fn check_lost(
    seen: &[&Seen<'_>],
    header: &EventHeader,
    judged: &BTreeMap<usize, Verdict>,
    sequence: u64,
) -> Result<(), String> {
    let sender = seen.iter().find(|one| one.device.key.id() == header.device);
    match sender {
        Some(one) if !one.device.was_restored && !judged.is_empty() => Err(format!(
            "nobody can open event {sequence} of {}, not even d{}, which wrote it in epoch {}",
            header.channel, one.device.number, header.epoch
        )),
        _ => Ok(()),
    }
}

/// Who is out has no key of what was sealed by somebody who had seen that.
fn check_gone(
    gone: &[Seen<'_>],
    roster: &Roster,
    channel: ChannelId,
    events: &[Vec<u8>],
) -> Result<(), String> {
    for one in gone {
        let device = roster.view().device(&one.device.key.id());
        let Some(out_at) = device.and_then(|device| device.revoked_at) else {
            continue;
        };
        for (sequence, event) in (1..).zip(events) {
            let (_, header) = SealedEvent::read(event).unwrap();
            let wanted = wanted(&header);
            if header.roster.length > out_at && one.state.keys.granted(&wanted).is_some() {
                let number = one.device.number;
                return Err(format!(
                    "d{number} is out since entry {out_at} and can read event {sequence: } of {channel}"
                ));
            }
        }
    }
    Ok(())
}

/// Every text that was on a disk is there once, none twice. In a channel where one does not belong any more nobody knows.
fn check_texts(seen: &[Seen<'_>], private: &[Private], texts: &[String]) -> Result<(), String> {
    let counts = counts(texts.iter().map(String::as_str));
    if let Some((text, count)) = counts.iter().find(|(_, count)| **count > 1) {
        return Err(format!("{text} is there {count} times"));
    }
    for one in seen {
        let told = one.device.told.lock();
        let is_out = |channel: &ChannelId| {
            let mut groups = private.iter().filter(|group| group.channel == *channel);
            groups.any(|group| !group.has(&one.device.account))
        };
        for (text, channel) in &told.kept {
            if is_out(channel) || has_failed(one, channel, text) {
                continue;
            }
            if writer_of(text) == Some(one.device.number) && !counts.contains_key(text.as_str()) {
                return Err(format!("{text} was written and is not there"));
            }
        }
    }
    Ok(())
}

/// Whether it is said of a text that it could not be sent: in a private channel, to somebody who was out for a while.
fn has_failed(one: &Seen<'_>, channel: &ChannelId, text: &str) -> bool {
    let part = one.state.channels.get(channel);
    let mut items = part.iter().flat_map(|part| part.outbox.values());
    items.any(|item| {
        let is_it =
            matches!(&item.content.body, EventBody::Text { text: said, .. } if said == text);
        is_it && item.failed.is_some()
    })
}
