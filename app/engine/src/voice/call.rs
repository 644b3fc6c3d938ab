//! One's stay in one call: who is in it, what one hears of them, the transport and the sound.
//!
//! Pure state and handles; the session seals and sends the signals, and drives it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use dialtone_audio::{Meters, ObservedLoss, TalkerId};
use dialtone_protocol::content::HeardStream;
use dialtone_protocol::frame::{CallState as Roll, MOST_PINS};
use dialtone_protocol::roster::Standings;
use dialtone_protocol::{AccountId, CallId, ChannelId, DeviceId, GroupId, StreamId};

use super::hearing::{self, Reports};
use super::hints::{Speakers, Unheard};
use super::media::{Media, Relay, Sound};
use super::quality::Gauge;
use super::transport::{PeerState, PeerStats, RelayEvent, TransportEvent};
use super::way::{OVERLAP, OwnWay, Reach, Way, most_beside_relay};
use super::{Switches, Whisper};
use crate::snapshot::Withheld;

/// Without signalling, media goes on for so long: a dropped connection to the server is not heard.
pub(crate) const LINGER: Duration = Duration::from_secs(30);
/// One's voice is held back for so long before it is told.
const TELL_PAUSE: Duration = Duration::from_secs(1);

/// Somebody is not reached for so long before it is told.
const FAILURE: Duration = Duration::from_secs(3);

/// The level of whoever is not heard.
const UNHEARD_DBFS: f32 = -100.0;

/// What reaches the session from its call.
#[derive(Debug)]
pub enum CallInput {
    /// From the transport of this stay.
    Transport(StreamId, TransportEvent),
    /// From the relayed transport of this stay that has this number.
    Relay(StreamId, u64, RelayEvent),
}

/// Another device in the call.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch or a state of its own"
)]
pub struct Other {
    /// Its stay, once it announced it.
    pub stream: Option<StreamId>,
    /// Number in the sound engine.
    pub talker: u64,
    /// Sends no voice.
    pub muted: bool,
    /// Hears nobody.
    pub deafened: bool,
    /// How the direct connection is, if there is to be one.
    pub state: Option<PeerState>,
    /// How it is reached over the relay.
    pub reach: Reach,
    /// Counts of the connection.
    pub stats: PeerStats,
    /// Speaks now.
    pub speaking: bool,
    /// As one hears it, in dBFS.
    pub level_dbfs: f32,
    /// Has shown that it knows one's own stay.
    pub knows: bool,
    /// A stay of it that has shown so before it was announced here.
    pub knew: Option<StreamId>,
    /// How often one has announced oneself to it, and when it is due again.
    pub announced: (u32, Option<Instant>),
    /// Since when it is to be told that one knows its stay.
    pub answer_since: Option<Instant>,
    /// Since when the server does not count it in, although it has not said goodbye.
    pub absent_since: Option<Instant>,
    /// It said goodbye.
    pub left: bool,
    /// Since when no direct way to it was found.
    pub failed_since: Option<Instant>,
    /// The user was told that there is no way to it.
    pub told_failed: bool,
    /// What is lost of its voice on the way here.
    pub observed: ObservedLoss,
    /// What it says is lost of one's own voice on the way there, and when it said so last.
    pub reported: Option<(ObservedLoss, Instant)>,
}

impl Default for Other {
    /// Whom one knows nothing of yet, and does not hear.
    fn default() -> Self {
        Self {
            stream: None,
            talker: 0,
            muted: false,
            deafened: false,
            state: None,
            reach: Reach::default(),
            stats: PeerStats::default(),
            speaking: false,
            level_dbfs: UNHEARD_DBFS,
            knows: false,
            knew: None,
            announced: (0, None),
            answer_since: None,
            absent_since: None,
            left: false,
            failed_since: None,
            told_failed: false,
            observed: ObservedLoss::NONE,
            reported: None,
        }
    }
}

impl Other {
    /// Media flows, whichever way.
    pub fn is_connected(&self) -> bool {
        self.state == Some(PeerState::Connected) || self.reach.relayed_since.is_some()
    }

    /// Whether it is to be told that it is not reached: what fails for a moment, as after sleep, comes back by itself.
    pub fn is_failure_news(&self, now: Instant) -> bool {
        let since = self.failed_since.filter(|_| !self.is_connected());
        let lasts = since.is_some_and(|since| now.saturating_duration_since(since) >= FAILURE);
        lasts && !self.left && !self.told_failed
    }
}

/// Who came and who is gone, by a newer roll.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RollChange {
    /// These have come, or come again.
    pub came: Vec<DeviceId>,
    /// These are gone for good, with their number in the sound engine (0: none).
    pub gone: Vec<(DeviceId, u64)>,
}

/// Whether a call is heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Audible {
    /// One hears it and is heard.
    #[default]
    Now,
    /// Neither: one is about to move into it, or has moved out.
    Not,
}

/// What a talker looks like in the window.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown by a mark of its own"
)]
pub struct TalkerView {
    /// Speaks now.
    pub speaking: bool,
    /// Sends no voice.
    pub muted: bool,
    /// Hears nobody.
    pub deafened: bool,
    /// In dBFS.
    pub level_dbfs: f32,
    /// Media flows.
    pub connected: bool,
    /// In percent.
    pub volume_percent: u16,
    /// Heard also when many others are louder.
    pub pinned: bool,
    /// Whispers to oneself.
    pub whispers: bool,
    /// Why they are not heard.
    pub withheld: Option<Withheld>,
}

impl Default for TalkerView {
    fn default() -> Self {
        Self {
            speaking: false,
            muted: false,
            deafened: false,
            level_dbfs: UNHEARD_DBFS,
            connected: false,
            volume_percent: 100,
            pinned: false,
            whispers: false,
            withheld: None,
        }
    }
}

/// One's stay in one call.
pub struct CallPart {
    /// Where.
    pub channel: ChannelId,
    /// Which; none until the server answered.
    pub id: Option<CallId>,
    /// One's own stay.
    pub stream: StreamId,
    /// This device.
    pub device: DeviceId,
    /// Signals sent of this stay.
    pub counter: u64,
    /// The group whose keys it uses.
    pub group: Option<GroupId>,
    /// One has asked to be let in, and there is no answer yet.
    pub asked: bool,
    /// Since when there is no connection to the server.
    pub cut_since: Option<Instant>,
    /// Since when nothing may be sealed.
    pub paused_since: Option<Instant>,
    /// The user was told that there are too many people.
    pub told_full: bool,
    /// Who was in the call when that was last looked at.
    present: BTreeSet<DeviceId>,
    /// What the others were told of their voices.
    pub reports: Reports,
    /// When the others were last asked for digests of their voices.
    pub asked_digests: Option<Instant>,
    /// Loss that the encoder was told.
    pub told_loss: ObservedLoss,
    /// Others, by device.
    pub others: BTreeMap<DeviceId, Other>,
    /// How well one hears them.
    gauges: BTreeMap<DeviceId, Gauge>,
    /// Whether it is heard.
    pub audible: Audible,
    /// When that was last looked at.
    noted: Option<Instant>,
    /// Sound; none before the first stay.
    pub sound: Option<Sound>,
    /// Connections.
    pub media: Option<Media>,
    /// Which way voices go.
    pub way: OwnWay,
    /// To whom one whispers.
    pub whisper: Whisper,
    /// Why it broke.
    pub failed: Option<String>,
    /// Whether one's voice is sent and others are heard.
    pub switches: Switches,
    /// Whom the member list mutes or puts before others.
    pub standings: Standings,
    /// One is sending now.
    pub sending: bool,
    /// One speaks, and is muted.
    unheard: Unheard,
    /// Who speaks while one is silent.
    speakers: Speakers,
    /// What is wrong with the microphone.
    pub sound_problem: Option<String>,
    /// How loud one hears people.
    pub volumes: BTreeMap<AccountId, u16>,
    began: Instant,
    next_talker: u64,
    accounts: BTreeMap<DeviceId, AccountId>,
}

impl CallPart {
    /// Before the server has answered.
    pub fn new(channel: ChannelId, stream: StreamId, device: DeviceId, began: Instant) -> Self {
        Self {
            channel,
            id: None,
            stream,
            device,
            counter: 0,
            group: None,
            asked: false,
            cut_since: None,
            paused_since: None,
            told_full: false,
            present: BTreeSet::new(),
            reports: Reports::default(),
            asked_digests: None,
            told_loss: ObservedLoss::NONE,
            others: BTreeMap::new(),
            gauges: BTreeMap::new(),
            audible: Audible::Now,
            noted: None,
            sound: None,
            media: None,
            way: OwnWay::default(),
            whisper: Whisper::default(),
            failed: None,
            switches: Switches::default(),
            standings: Standings::default(),
            sending: false,
            unheard: Unheard::default(),
            speakers: Speakers::default(),
            sound_problem: None,
            volumes: BTreeMap::new(),
            began,
            next_talker: 0,
            accounts: BTreeMap::new(),
        }
    }

    /// Where.
    pub fn channel(&self) -> ChannelId {
        self.channel
    }

    /// Time since the stay began: the clock of media keys.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Begins another stay: nobody knows it yet. Gives the connections and talkers of the one before.
    pub fn begin_stay(&mut self, stream: StreamId) -> (Option<Media>, Vec<TalkerId>) {
        self.stream = stream;
        self.counter = 0;
        self.told_full = false;
        self.reports = Reports::default();
        let others = std::mem::take(&mut self.others);
        let talkers = others.values().map(|other| other.talker);
        let talkers = talkers.filter(|talker| *talker > 0).map(TalkerId).collect();
        (self.media.take(), talkers)
    }

    /// Takes over who is in the call. `account_of` knows active devices only; others are not let in. Who is missing
    /// without a goodbye stays for a while: perhaps only their connection to the server broke. Who never announced a stay was
    /// heard by nobody.
    pub fn set_roll(
        &mut self,
        roll: &Roll,
        account_of: impl Fn(&DeviceId) -> Option<AccountId>,
        now: Instant,
    ) -> RollChange {
        let mut change = RollChange::default();
        let greeted = self.greeted(roll.devices.len(), now);
        self.others.retain(|device, other| {
            let is_there = roll.devices.contains(device);
            let lingers = !other.left && other.stream.is_some();
            let stays = account_of(device).is_some() && (is_there || lingers);
            if !stays {
                change.gone.push((*device, other.talker));
            } else if !is_there {
                other.absent_since.get_or_insert(now);
            }
            stays
        });
        for device in roll.devices.iter().filter(|device| **device != self.device) {
            let Some(account) = account_of(device) else {
                continue;
            };
            self.accounts.insert(*device, account);
            let is_new = !self.others.contains_key(device);
            let other = self.others.entry(*device).or_default();
            if is_new || other.absent_since.take().is_some() {
                other.knows = false;
                other.announced = (0, greeted);
                change.came.push(*device);
            }
        }
        change
    }

    /// Forgets those who are missing for too long.
    pub fn expire(&mut self, now: Instant) -> RollChange {
        let mut change = RollChange::default();
        self.others.retain(|device, other| {
            let is_gone = other
                .absent_since
                .is_some_and(|since| now.saturating_duration_since(since) >= LINGER);
            if is_gone {
                change.gone.push((*device, other.talker));
            }
            !is_gone
        });
        change
    }

    /// Which way voices go now. `hides`: one's own address is not to be shown to the others.
    pub fn decide_way(&mut self, now: Instant, hides: bool) -> Way {
        let others = &self.others;
        let way = &mut self.way;
        way.unreachable.retain(|device| others.contains_key(device));
        way.needs_relay = hides || way.unreachable.any(now);
        let needed = way.needs_relay || others.values().any(|other| other.reach.needs_relay);
        way.rule.decide(now, others.len() + 1, needed)
    }

    /// Whether the relay carries one's voice.
    pub fn is_relayed(&self) -> bool {
        let relay = self.media.as_ref().and_then(|media| media.relay.as_ref());
        relay.is_some_and(Relay::is_connected)
    }

    /// Notes whom the relay reaches.
    pub fn note_reach(&mut self, now: Instant, way: Way) {
        let relay = self.media.as_ref().and_then(|media| media.relay.as_ref());
        let relay = relay.filter(|relay| relay.is_connected());
        for (device, other) in &mut self.others {
            let carries = relay.is_some_and(|relay| relay.transport.reaches(device));
            let wanted = way == Way::Relayed && other.stream.is_some();
            other
                .reach
                .note(now, wanted, carries && other.stream.is_some());
        }
        self.way.was_connected |= self.others.values().any(Other::is_connected);
    }

    /// Nothing comes from anybody any more although somebody is there, or the relay that should carry does not: perhaps there is no network.
    pub fn is_silent(&self) -> bool {
        let relay = self.media.as_ref().and_then(|media| media.relay.as_ref());
        let here = || self.others.values().filter(|other| !other.left);
        let is_lost = relay.is_some_and(|relay| !relay.is_connected())
            || here().any(|other| other.state == Some(PeerState::Disconnected));
        self.way.was_connected
            && is_lost
            && here().next().is_some()
            && !here().all(Other::is_connected)
    }

    /// How many others may be connected to directly.
    pub fn most_direct(&self, way: Way) -> usize {
        let relay = self.media.as_ref().and_then(|media| media.relay.as_ref());
        let reaches = |relay: &Relay| {
            let mut others = self.others.keys();
            relay.is_connected() || others.any(|device| relay.transport.reaches(device))
        };
        let relays = way == Way::Relayed && relay.is_some_and(reaches);
        most_beside_relay(self.others.len() + 1, relays)
    }

    /// Whether the relay can be left: everybody has been connected to directly for a while.
    pub fn may_leave_relay(&mut self, now: Instant, way: Way) -> bool {
        let direct = |other: &Other| other.left || other.state == Some(PeerState::Connected);
        let spare = way == Way::Direct && self.others.values().all(direct);
        let Some(relay) = self.media.as_mut().and_then(|media| media.relay.as_mut()) else {
            return false;
        };
        if !spare {
            relay.spare_since = None;
            return false;
        }
        let since = *relay.spare_since.get_or_insert(now);
        now.saturating_duration_since(since) >= OVERLAP
    }

    /// A new number for a device whose stay is another now; the old one's sound must go.
    pub fn new_talker(&mut self, device: &DeviceId) -> Option<(TalkerId, Option<TalkerId>)> {
        let other = self.others.get_mut(device)?;
        self.next_talker += 1;
        let old = std::mem::replace(&mut other.talker, self.next_talker);
        let old = (old > 0).then_some(TalkerId(old));
        Some((TalkerId(self.next_talker), old))
    }

    /// Those who are heard although the server does not count them in.
    pub fn lingering(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let others = self.others.iter();
        let missing = others.filter(|(_, other)| other.absent_since.is_some());
        missing.map(|(device, _)| *device)
    }

    /// The loss to prepare for, if it is another than what was told last. Who loses anything says so again and again: a report
    /// that was not repeated counts no more.
    pub fn new_loss(&mut self, now: Instant) -> Option<ObservedLoss> {
        if self.audible == Audible::Not {
            return None;
        }
        let reports = self.others.values().filter_map(|other| other.reported);
        let counts = |at: Instant| now.saturating_duration_since(at) < hearing::FORGOTTEN;
        let reports = reports.filter_map(|(loss, at)| counts(at).then_some(loss));
        let worst = hearing::hardest(reports);
        (worst != std::mem::replace(&mut self.told_loss, worst)).then_some(worst)
    }

    /// What to report to the others of their voices, if it is time to.
    pub fn reports_due(&mut self, now: Instant) -> Option<Vec<HeardStream>> {
        let connected = self.others.values();
        let heard = connected.filter_map(|other| Some((other.stream?, other.observed)));
        self.reports.due(now, heard)
    }

    /// Whether somebody has come into the call, and whether somebody has gone, since this was last asked. One's own coming
    /// counts; an empty call that one is in does not.
    pub fn comings(&mut self) -> (bool, bool) {
        if self.id.is_none() || self.audible == Audible::Not {
            return (false, false);
        }
        let others = self.others.iter().filter(|(_, other)| !other.left);
        let mut present: BTreeSet<DeviceId> = others.map(|(device, _)| *device).collect();
        present.insert(self.device);
        let before = std::mem::replace(&mut self.present, present);
        let came = self.present.difference(&before).next().is_some();
        let went = before.difference(&self.present).next().is_some();
        (came, went)
    }

    /// The sound engine's number of a device.
    pub fn talker_id(&self, device: &DeviceId) -> Option<TalkerId> {
        let talker = self.others.get(device)?.talker;
        (talker > 0).then_some(TalkerId(talker))
    }

    /// How loud one hears a device now, in percent.
    pub fn heard_percent(&self, device: &DeviceId) -> u16 {
        match self.audible {
            Audible::Now => self.volume_of(device),
            Audible::Not => 0,
        }
    }

    /// How loud one hears a device, in percent.
    pub fn volume_of(&self, device: &DeviceId) -> u16 {
        let account = self.accounts.get(device);
        account
            .and_then(|account| self.volumes.get(account))
            .copied()
            .unwrap_or(100)
    }

    /// Devices that one wants to hear in any case.
    pub fn pinned(&self) -> Vec<DeviceId> {
        let pinned = |device: &&DeviceId| self.is_pinned(device);
        let devices = self.others.keys().filter(pinned);
        devices.take(MOST_PINS).copied().collect()
    }

    /// Whether one wants to hear a device in any case.
    pub fn is_pinned(&self, device: &DeviceId) -> bool {
        let account = self.accounts.get(device);
        account.is_some_and(|account| self.way.pins.contains(account))
    }

    /// Devices of an account.
    pub fn devices_of(&self, account: &AccountId) -> Vec<DeviceId> {
        let mine = self.accounts.iter().filter(|(_, known)| *known == account);
        mine.map(|(device, _)| *device).collect()
    }

    /// Takes the sound engine's levels over. True: something that shows has changed.
    pub fn take_meters(&mut self, now: Instant, meters: &Meters) -> bool {
        let mut changed = self.sending != meters.sending;
        self.sending = meters.sending;
        for other in self.others.values_mut() {
            let meter = meters
                .talkers
                .iter()
                .find(|meter| meter.talker.0 == other.talker);
            // Whoever is not played is not speaking.
            let (speaking, level) = meter.map_or((false, UNHEARD_DBFS), |meter| {
                (meter.speaking, meter.level_dbfs)
            });
            if let Some(meter) = meter {
                other.observed = meter.jitter.observed;
            }
            changed |= other.speaking != speaking || (other.level_dbfs - level).abs() > 0.5;
            (other.speaking, other.level_dbfs) = (speaking, level);
        }
        changed | self.take_hints(now, meters.kept_back_ms)
    }

    /// What whoever is silent is to be told. True: it is something else than before.
    fn take_hints(&mut self, now: Instant, kept_back_ms: u64) -> bool {
        let silent = self.switches.is_silent();
        let unheard = self.unheard.note(now, kept_back_ms, silent);
        let speaking = self.others.iter().filter(|(_, other)| other.speaking);
        let speaking = speaking.map(|(device, _)| *device);
        let speakers = self.speakers.note(now, speaking, silent);
        speakers | unheard
    }
}

mod known;
mod moving;
mod quality;
mod view;

#[cfg(test)]
mod tests;
