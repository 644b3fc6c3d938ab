//! One's stay in one call: who is in it, what one hears of them, the transport and the sound.
//!
//! Pure state and handles; the session seals and sends the signals, and drives it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dialtone_audio::{Meters, TalkerId};
use dialtone_protocol::frame::CallState as Roll;
use dialtone_protocol::{AccountId, CallId, ChannelId, DeviceId, StreamId};
use tokio::task::JoinHandle;

use super::bridge::{Openers, Rekey};
use super::transport::{DirectTransport, PeerState, PeerStats, TransportEvent};
use crate::snapshot::{Call, CallState};

/// What reaches the session from its call.
#[derive(Debug)]
pub enum CallInput {
    /// From the transport.
    Transport(TransportEvent),
}

/// Another device in the call.
#[derive(Debug, Clone, Default)]
pub struct Other {
    /// Its stay, once it announced it.
    pub stream: Option<StreamId>,
    /// Number in the sound engine.
    pub talker: u64,
    /// Sends no voice.
    pub muted: bool,
    /// Hears nobody.
    pub deafened: bool,
    /// How the connection is.
    pub state: Option<PeerState>,
    /// Counts of the connection.
    pub stats: PeerStats,
    /// Speaks now.
    pub speaking: bool,
    /// As one hears it, in dBFS.
    pub level_dbfs: f32,
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
}

impl Default for TalkerView {
    fn default() -> Self {
        Self {
            speaking: false,
            muted: false,
            deafened: false,
            level_dbfs: -100.0,
            connected: false,
            volume_percent: 100,
        }
    }
}

/// The media of a call: gone when it is left.
pub struct Media {
    /// Connections.
    pub transport: DirectTransport,
    /// Keys of those one hears.
    pub openers: Openers,
    /// The key of one's own voice.
    pub rekey: Rekey,
    /// The task that opens packets.
    pub opening: JoinHandle<()>,
    /// The task that forwards what the transport says.
    pub forwarding: JoinHandle<()>,
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
    /// Others, by device.
    pub others: BTreeMap<DeviceId, Other>,
    /// Connections and sound.
    pub media: Option<Media>,
    /// Why it broke.
    pub failed: Option<String>,
    /// One's voice is not sent.
    pub muted: bool,
    /// One hears nobody.
    pub deafened: bool,
    /// One is sending now.
    pub sending: bool,
    /// What is wrong with the microphone.
    pub microphone_problem: Option<String>,
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
            others: BTreeMap::new(),
            media: None,
            failed: None,
            muted: false,
            deafened: false,
            sending: false,
            microphone_problem: None,
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

    /// Takes over who is in the call: gives those who are new and those who left.
    pub fn set_roll(
        &mut self,
        roll: &Roll,
        account_of: impl Fn(&DeviceId) -> Option<AccountId>,
    ) -> (Vec<DeviceId>, Vec<DeviceId>) {
        let present = |device: &&DeviceId| **device != self.device;
        let devices: Vec<DeviceId> = roll.devices.iter().filter(present).copied().collect();
        let left: Vec<DeviceId> = self
            .others
            .keys()
            .filter(|known| !devices.contains(known))
            .copied()
            .collect();
        for device in &left {
            self.others.remove(device);
        }
        let mut new = Vec::new();
        for device in devices {
            if let Some(account) = account_of(&device) {
                self.accounts.insert(device, account);
            }
            if !self.others.contains_key(&device) {
                self.next_talker += 1;
                let other = Other {
                    talker: self.next_talker,
                    level_dbfs: -100.0,
                    ..Other::default()
                };
                self.others.insert(device, other);
                new.push(device);
            }
        }
        (new, left)
    }

    /// The sound engine's number of a device.
    pub fn talker_id(&self, device: &DeviceId) -> Option<TalkerId> {
        self.others.get(device).map(|other| TalkerId(other.talker))
    }

    /// How loud one hears a device, in percent.
    pub fn volume_of(&self, device: &DeviceId) -> u16 {
        let account = self.accounts.get(device);
        account
            .and_then(|account| self.volumes.get(account))
            .copied()
            .unwrap_or(100)
    }

    /// Devices of an account.
    pub fn devices_of(&self, account: &AccountId) -> Vec<DeviceId> {
        let mine = self.accounts.iter().filter(|(_, known)| *known == account);
        mine.map(|(device, _)| *device).collect()
    }

    /// Takes the sound engine's levels over. True: something that shows has changed.
    pub fn take_meters(&mut self, meters: &Meters) -> bool {
        let mut changed = self.sending != meters.sending;
        self.sending = meters.sending;
        for meter in &meters.talkers {
            let found = self
                .others
                .values_mut()
                .find(|other| other.talker == meter.talker.0);
            let Some(other) = found else { continue };
            changed |= other.speaking != meter.speaking;
            changed |= (other.level_dbfs - meter.level_dbfs).abs() > 0.5;
            other.speaking = meter.speaking;
            other.level_dbfs = meter.level_dbfs;
        }
        changed
    }

    /// What a talker looks like; oneself among them.
    pub fn talker(&self, device: &DeviceId) -> Option<TalkerView> {
        if *device == self.device {
            return Some(TalkerView {
                speaking: self.sending,
                muted: self.muted,
                deafened: self.deafened,
                connected: self.id.is_some(),
                ..TalkerView::default()
            });
        }
        let other = self.others.get(device)?;
        Some(TalkerView {
            speaking: other.speaking,
            muted: other.muted,
            deafened: other.deafened,
            level_dbfs: other.level_dbfs,
            connected: other.state == Some(PeerState::Connected),
            volume_percent: self.volume_of(device),
        })
    }

    /// The call as the window shows it.
    pub fn view(&self) -> Call {
        let round_trips = self
            .others
            .values()
            .filter_map(|other| other.stats.round_trip);
        let round_trip_ms = round_trips.max().map(|worst| worst.as_secs_f32() * 1000.0);
        let received: u64 = self.others.values().map(|other| other.stats.received).sum();
        let lost: u64 = self.others.values().map(|other| other.stats.lost).sum();
        let total = received + lost;
        let loss_percent = if total == 0 {
            0.0
        } else {
            lost as f32 * 100.0 / total as f32
        };
        let state = match (&self.failed, self.id) {
            (Some(reason), _) => CallState::Failed(reason.clone()),
            (None, None) => CallState::Connecting,
            (None, Some(_)) => {
                let waiting = self
                    .others
                    .values()
                    .any(|other| other.state != Some(PeerState::Connected));
                let nobody = self
                    .others
                    .values()
                    .all(|other| other.state != Some(PeerState::Connected));
                if waiting && nobody {
                    CallState::Connecting
                } else {
                    CallState::Connected
                }
            }
        };
        Call {
            id: self.id.unwrap_or(CallId([0; 16])),
            channel: self.channel,
            state,
            muted: self.muted,
            deafened: self.deafened,
            speaking: self.sending,
            path: "direct".into(),
            round_trip_ms,
            loss_percent,
            quality: quality(round_trip_ms, loss_percent),
            microphone_problem: self.microphone_problem.clone(),
        }
    }
}

/// A plain word for numbers: ITU-T G.114 calls 150 ms one way fine for most uses.
fn quality(round_trip_ms: Option<f32>, loss_percent: f32) -> &'static str {
    let round_trip = round_trip_ms.unwrap_or(0.0);
    if round_trip > 400.0 || loss_percent > 10.0 {
        "poor"
    } else if round_trip > 200.0 || loss_percent > 3.0 {
        "fair"
    } else {
        "good"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roll(devices: &[u8]) -> Roll {
        Roll {
            channel: ChannelId([1; 16]),
            call: CallId([2; 16]),
            devices: devices.iter().map(|n| DeviceId([*n; 32])).collect(),
        }
    }

    #[test]
    fn who_came_and_who_left_is_told_once() {
        let mut call = CallPart::new(
            ChannelId([1; 16]),
            StreamId([0; 16]),
            DeviceId([1; 32]),
            Instant::now(),
        );
        let account = |device: &DeviceId| Some(AccountId(device.0));
        let (new, left) = call.set_roll(&roll(&[1, 2, 3]), account);
        assert_eq!((new.len(), left.len()), (2, 0));
        let (new, left) = call.set_roll(&roll(&[1, 3]), account);
        assert_eq!((new.len(), left), (0, vec![DeviceId([2; 32])]));
        assert_ne!(call.talker_id(&DeviceId([3; 32])), None);
    }

    #[test]
    fn quality_is_the_worse_of_delay_and_loss() {
        assert_eq!(quality(Some(20.0), 0.0), "good");
        assert_eq!(quality(Some(20.0), 5.0), "fair");
        assert_eq!(quality(Some(500.0), 0.0), "poor");
    }
}
