//! Private groups as they truly are, told by the server's commits: who belonged to them when, and so who may read what.

use std::collections::{BTreeMap, BTreeSet};

use dialtone_crypto::{VerifiedKeyRequest, entitled};
use dialtone_protocol::group_rules::{PRIVATE_GROUP_EXTENSION, PrivateGroup, PrivateKind};
use dialtone_protocol::roster::{HistoryPolicy, Roster};
use dialtone_protocol::sealed::{EventHeader, SealedEvent, WantedKey};
use dialtone_protocol::{AccountId, ChannelId, GroupId};

use super::oracle::{Seen, wanted};
use crate::session::gate::Gate;

/// What the server has of a private group.
pub(super) struct Stored {
    pub(super) id: GroupId,
    /// What it is now.
    pub(super) nature: Vec<u8>,
    /// Every commit, from the first epoch on.
    pub(super) commits: Vec<Vec<u8>>,
}

/// A private group in all its epochs, and those of the groups that it replaces.
pub(super) struct Private {
    /// Its present id.
    id: GroupId,
    pub(super) channel: ChannelId,
    pub(super) closed: bool,
    /// What it was in each epoch, in order, under each id.
    natures: Vec<((GroupId, u64), PrivateGroup)>,
}

impl Private {
    /// Every private group, each with those that it replaces.
    pub(super) fn all(stored: &[Stored], roster: &Roster) -> Vec<Self> {
        let view = roster.view();
        let by_id = |id: &GroupId| stored.iter().find(|one| one.id == *id);
        // One that was named and that nobody made is passed over.
        let before = |one: &Stored| {
            let step = |id: &GroupId| view.replaced_by(id).map(|(before, _)| before);
            let mut earlier = std::iter::successors(step(&one.id), step);
            earlier.find(|id| by_id(id).is_some())
        };
        let firsts = stored.iter().filter(|one| before(one).is_none());
        firsts
            .map(|first| {
                let next = |one: &&Stored| stored.iter().find(|next| before(next) == Some(one.id));
                Self::new(std::iter::successors(Some(first), next), roster)
            })
            .collect()
    }

    /// A channel begins with its maker alone, a direct conversation as it stays; commits say the rest. One that replaces another begins as that
    /// was, if its own commits do not say that it was never otherwise.
    fn new<'a>(spans: impl Iterator<Item = &'a Stored>, roster: &Roster) -> Self {
        let mut natures: Vec<((GroupId, u64), PrivateGroup)> = Vec::new();
        for stored in spans {
            let now = PrivateGroup::read(&stored.nature).unwrap();
            let named: Vec<_> = stored.commits.iter().map(|one| named_in(one)).collect();
            let mut nature = match natures.last() {
                _ if named.iter().all(Option::is_none) => now.clone(),
                Some((_, before)) => before.clone(),
                None => now.clone(),
            };
            if natures.is_empty() && now.kind == PrivateKind::Channel {
                nature.history = HistoryPolicy::All;
                nature.accounts = [roster.view().channels()[&now.channel].created_by].into();
                nature.admins = nature.accounts.clone();
            }
            natures.push(((stored.id, 0), nature.clone()));
            for (epoch, named) in (1..).zip(named) {
                nature = named.unwrap_or(nature);
                natures.push(((stored.id, epoch), nature.clone()));
            }
            assert_eq!(nature, now, "the commits say something else");
        }
        let ((last, _), now) = &natures[natures.len() - 1];
        Self {
            id: roster.view().current_group(*last),
            channel: now.channel,
            closed: roster.view().channels()[&now.channel].closed,
            natures,
        }
    }

    fn now(&self) -> &PrivateGroup {
        &self.natures[self.natures.len() - 1].1
    }

    fn epoch(&self) -> u64 {
        self.natures[self.natures.len() - 1].0.1
    }

    /// What it was in an epoch and since.
    fn since(&self, epoch: (GroupId, u64)) -> impl Iterator<Item = &PrivateGroup> {
        let natures = self.natures.iter();
        natures
            .skip_while(move |(at, _)| *at != epoch)
            .map(|(_, nature)| nature)
    }

    /// Belongs to it, as long as there is something to belong to.
    pub(super) fn has(&self, account: &AccountId) -> bool {
        !self.closed && self.now().accounts.contains(account)
    }

    /// Whether anybody might ever have given an account the key of an epoch: it belonged to the group then, or later while everything was for
    /// newcomers.
    fn might_read(&self, account: &AccountId, epoch: (GroupId, u64)) -> bool {
        (0..).zip(self.since(epoch)).any(|(later, nature)| {
            nature.accounts.contains(account)
                && (later == 0 || nature.history == HistoryPolicy::All)
        })
    }

    /// Whether an account may be given the key of an epoch now.
    fn may_have(&self, account: &AccountId, epoch: (GroupId, u64)) -> bool {
        let then = self.since(epoch).next();
        let was_in = then.is_some_and(|nature| nature.accounts.contains(account));
        self.has(account) && (self.now().history == HistoryPolicy::All || was_in)
    }

    /// Whether one device would give another the key of an epoch, as far as it knows.
    pub(super) fn gives(&self, one: &Seen<'_>, to: &Seen<'_>, wanted: &WantedKey) -> bool {
        let held = one.state.held(&self.id);
        one.device.number != to.device.number
            && one.state.keys.granted(wanted).is_some()
            && held
                .is_some_and(|held| held.may_read(&to.device.account, &wanted.group, wanted.epoch))
    }
}

/// What a commit makes of its group, if it names it: commits are readable, and the extension's frame is always the same.
fn named_in(commit: &[u8]) -> Option<PrivateGroup> {
    let [high, low] = PRIVATE_GROUP_EXTENSION.to_be_bytes();
    let frame = [0, 3, 5, 2, high, low, 0, 0, high, low];
    let at = commit.windows(frame.len()).position(|part| part == frame)?;
    let rest = &commit[at + frame.len()..];
    // A length as MLS writes it: its first two bits say how many bytes it has.
    let bytes = 1 << (rest[0] >> 6);
    let length = rest[1..bytes].iter();
    let length = length.fold(usize::from(rest[0] & 0x3f), |length, byte| {
        length << 8 | usize::from(*byte)
    });
    Some(PrivateGroup::read(&rest[bytes..bytes + length]).unwrap())
}

/// Every active device of who belongs to a private group is in it, and nobody else's is.
pub(super) fn check_private(seen: &[Seen<'_>], groups: &[Private]) -> Result<(), String> {
    for group in groups {
        for one in seen {
            let number = one.device.number;
            let what = if group.has(&one.device.account) {
                is_inside(one, group).err()
            } else {
                is_outside(one, group).err()
            };
            if let Some(what) = what {
                let channel = group.channel;
                return Err(format!("d{number} {what}, private channel {channel}"));
            }
        }
    }
    for group in groups {
        check_name(seen, group)?;
    }
    for one in seen {
        if let Some(plan) = one.state.plans.values().next() {
            return Err(format!("d{} has still to make {plan:?}", one.device.number));
        }
        let made: BTreeSet<GroupId> = groups.iter().map(|group| group.id).collect();
        let lobby = one.state.lobby_id();
        let mut held = one.state.groups.iter();
        if let Some((id, _)) = held
            .find(|(id, part)| Some(**id) != lobby && part.group.is_some() && !made.contains(id))
        {
            return Err(format!("d{} is in {id}, which is none", one.device.number));
        }
    }
    Ok(())
}

/// Where newcomers may read everything, all know how a channel is called if anybody does.
fn check_name(seen: &[Seen<'_>], group: &Private) -> Result<(), String> {
    let inside = seen.iter().filter(|one| group.has(&one.device.account));
    let called = inside.map(|one| (one.state.channel_name(&group.channel), one.device.number));
    let names: BTreeMap<_, _> = called.collect();
    // A direct conversation is called after the others in it.
    let is_called = group.now().kind == PrivateKind::Channel;
    if is_called && names.len() > 1 && group.now().history == HistoryPolicy::All {
        return Err(format!(
            "{} is called differently: {names:?}",
            group.channel
        ));
    }
    Ok(())
}

fn is_inside(one: &Seen<'_>, group: &Private) -> Result<(), String> {
    let Some(held) = one.state.held(&group.id) else {
        return Err("belongs to it and is not in it".into());
    };
    if held.epoch() != group.epoch() {
        let (here, there) = (held.epoch(), group.epoch());
        return Err(format!("is in epoch {here} of {there}"));
    }
    if one.state.nature_of(&group.channel) != Some(group.now()) {
        return Err("takes it for something else".into());
    }
    if !matches!(one.state.gate_of(&group.channel), Gate::Open(..)) {
        return Err("may not seal in it".into());
    }
    if !lists(one, group) {
        return Err("does not list it".into());
    }
    let part = one.state.channels.get(&group.channel);
    let mut waiting = part.iter().flat_map(|part| part.outbox.values());
    match waiting.find(|item| item.failed.is_none()) {
        Some(item) => Err(format!("still has to send {item:?}")),
        None => Ok(()),
    }
}

fn is_outside(one: &Seen<'_>, group: &Private) -> Result<(), String> {
    if one.state.held(&group.id).is_some() {
        return Err("does not belong to it and is in it".into());
    }
    if one.state.nature_of(&group.channel).is_some() || lists(one, group) {
        return Err("does not belong to it and lists it".into());
    }
    Ok(())
}

/// Whether the channel is shown.
fn lists(one: &Seen<'_>, group: &Private) -> bool {
    let told = one.device.told.lock();
    let view = told.view.as_ref();
    view.is_some_and(|view| view.channels.iter().any(|shown| shown.id == group.channel))
}

/// Whoever asked, whatever for: nobody gives a key to who may not have it now.
pub(super) fn check_given(
    seen: &[Seen<'_>],
    group: &Private,
    events: &[Vec<u8>],
) -> Result<(), String> {
    let mut keys: Vec<_> = headers(events).iter().map(wanted).collect();
    keys.sort_unstable();
    keys.dedup();
    for (one, to) in seen
        .iter()
        .flat_map(|one| seen.iter().map(move |to| (one, to)))
    {
        let Some(roster) = &one.state.roster else {
            continue;
        };
        let request = VerifiedKeyRequest {
            device: to.device.key.id(),
            account: to.device.account,
            wanted: keys.clone(),
        };
        let length = |group: &_, epoch| one.state.keys.epoch_length(group, epoch);
        let given = entitled(&request, roster, length, |id| one.state.held(id));
        let mut wrong = given
            .iter()
            .filter(|key| !group.may_have(&request.account, (key.group, key.epoch)));
        if let Some(key) = wrong.next() {
            return Err(format!(
                "d{} would give d{} the key of epoch {} of {}",
                one.device.number, to.device.number, key.epoch, group.channel
            ));
        }
    }
    Ok(())
}

fn headers(events: &[Vec<u8>]) -> Vec<EventHeader> {
    let headers = events
        .iter()
        .map(|event| SealedEvent::read(event).unwrap().1);
    headers.collect()
}

/// No device has the key of an event that its account may not read; devices that are out count as well.
pub(super) fn check_keys<'a, 'b: 'a>(
    devices: impl Iterator<Item = &'a Seen<'b>>,
    group: &Private,
    events: &[Vec<u8>],
) -> Result<(), String> {
    let headers = events
        .iter()
        .map(|event| SealedEvent::read(event).unwrap().1);
    let headers: Vec<_> = headers.collect();
    for one in devices {
        for (sequence, header) in (1..).zip(&headers) {
            let has = one.state.keys.granted(&wanted(header)).is_some();
            if has && !group.might_read(&one.device.account, (header.group, header.epoch)) {
                return Err(format!(
                    "d{} does not belong to {} in epoch {}, and can read event {sequence} of it",
                    one.device.number, header.channel, header.epoch
                ));
            }
        }
    }
    Ok(())
}
