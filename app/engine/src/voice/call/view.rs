//! A call as the window shows it.

use std::collections::BTreeSet;

use dialtone_protocol::{AccountId, CallId, DeviceId};
use dialtone_words::say;

use super::{CallPart, Other, TELL_PAUSE, TalkerView};
use crate::snapshot::{Call, CallState};
use crate::voice::media::Relay;
use crate::voice::transport::{PeerState, PeerStats, RelayState};

impl CallPart {
    /// What a talker looks like; oneself among them.
    pub fn talker(&self, device: &DeviceId) -> Option<TalkerView> {
        if *device == self.device {
            return Some(TalkerView {
                speaking: self.sending,
                muted: self.switches.is_silent(),
                deafened: self.switches.deafened,
                connected: self.id.is_some() && self.cut_since.is_none(),
                ..TalkerView::default()
            });
        }
        let other = self.others.get(device)?;
        Some(TalkerView {
            speaking: other.speaking,
            muted: other.muted,
            deafened: other.deafened,
            level_dbfs: other.level_dbfs,
            connected: other.is_connected(),
            volume_percent: self.volume_of(device),
            pinned: self.is_pinned(device),
            whispers: self
                .media
                .as_ref()
                .is_some_and(|media| media.openers.whispers(device)),
            withheld: self
                .media
                .as_ref()
                .and_then(|media| media.openers.withheld(device)),
        })
    }

    /// The call as the window shows it.
    pub fn view(&self) -> Call {
        let used = || self.stats_in_use();
        let round_trips = used().filter_map(|stats| stats.round_trip);
        let round_trip_ms = round_trips.max().map(|worst| worst.as_secs_f32() * 1000.0);
        let received: u64 = used().map(|stats| stats.received).sum();
        let lost: u64 = used().map(|stats| stats.lost).sum();
        let total = received + lost;
        let loss_percent = if total == 0 {
            0.0
        } else {
            lost as f32 * 100.0 / total as f32
        };
        let state = self.state();
        let paused = self
            .paused_since
            .is_some_and(|since| since.elapsed() >= TELL_PAUSE);
        let sound_problem = self
            .sound_problem
            .clone()
            .or_else(|| paused.then(|| say!("call-keys-settling").into()));
        let alone = self.others.is_empty();
        let path = self.path();
        let path = match (self.cut_since.is_some(), alone) {
            (true, true) => say!("call-server-again").into(),
            (true, false) => say!("call-while-server-again", path = path),
            (false, true) => say!("call-nobody-else").into(),
            (false, false) => path.into(),
        };
        Call {
            id: self.id.unwrap_or(CallId([0; 16])),
            channel: self.channel,
            state,
            moving_to: None,
            muted: self.switches.is_silent_by_wish(),
            deafened: self.switches.deafened,
            speaking: self.sending,
            path,
            round_trip_ms,
            loss_percent,
            verdict: self.verdict(),
            sound_problem,
            unheard: self.unheard.is_shown() && self.switches.is_silent(),
            speakers: self.speaking_accounts(),
            whispering_to: self.whisper.to().iter().copied().collect(),
        }
    }

    /// Whose devices are there.
    pub fn accounts_there(&self) -> BTreeSet<AccountId> {
        let devices = self.others.iter().filter(|(_, other)| !other.left);
        devices
            .filter_map(|(device, _)| self.accounts.get(device).copied())
            .collect()
    }

    /// Devices of these that are there and have said so themselves.
    pub fn listeners_among(&self, accounts: &BTreeSet<AccountId>) -> BTreeSet<DeviceId> {
        let known = |(device, other): &(&DeviceId, &Other)| {
            let account = self.accounts.get(*device);
            other.stream.is_some()
                && !other.left
                && account.is_some_and(|account| accounts.contains(account))
        };
        let devices = self.others.iter().filter(known);
        devices.map(|(device, _)| *device).collect()
    }

    /// Who speaks while one is silent; nobody twice, with however many devices.
    fn speaking_accounts(&self) -> Vec<AccountId> {
        let mut accounts = Vec::new();
        let named = self.speakers.named().filter(|_| self.switches.is_silent());
        for account in named.filter_map(|device| self.accounts.get(&device)) {
            if !accounts.contains(account) {
                accounts.push(*account);
            }
        }
        accounts
    }

    fn relay(&self) -> Option<&Relay> {
        self.media.as_ref()?.relay.as_ref()
    }

    /// Which way one's voice goes, in a word.
    fn path(&self) -> &'static str {
        let relay = self.relay();
        let others = || self.others.values();
        let relayed = others().any(|other| other.reach.relayed_since.is_some());
        match relay.map(|relay| relay.state) {
            Some(RelayState::Connected { over_tls: true }) if relayed => say!("call-relayed-tls"),
            Some(RelayState::Connected { .. }) if relayed => say!("call-relayed"),
            Some(_) if !others().any(|other| other.state.is_some()) => say!("call-relayed"),
            _ => say!("call-direct"),
        }
    }

    /// Counts of the connections that voices travel over.
    fn stats_in_use(&self) -> impl Iterator<Item = PeerStats> + '_ {
        let relay = self.relay();
        let relay = relay.filter(|relay| relay.is_connected());
        let direct = self.others.values().filter(|other| other.state.is_some());
        let relay = relay.map(|relay| relay.stats);
        direct.map(|other| other.stats).chain(relay)
    }

    fn state(&self) -> CallState {
        if let Some(reason) = &self.failed {
            return CallState::Failed(reason.clone());
        }
        let relay_failed = self.relay().map(|relay| relay.state == RelayState::Failed);
        let is_lost = |other: &Other| match other.state {
            Some(PeerState::Failed) => relay_failed != Some(false),
            None => relay_failed == Some(true),
            Some(_) => false,
        };
        let others = || self.others.values();
        if self.id.is_none() {
            CallState::Connecting
        } else if others().any(Other::is_connected) {
            CallState::Connected
        } else if self.cut_since.is_some() {
            CallState::Reconnecting(say!("call-away").into())
        } else if self.media.is_none() && self.sound.is_some() {
            CallState::Connecting
        } else if others().next().is_none() {
            CallState::Connected
        } else if others().all(is_lost) {
            CallState::Failed(say!("call-no-path").into())
        } else if self.way.was_connected {
            CallState::Reconnecting(say!("call-lost-way").into())
        } else {
            CallState::Connecting
        }
    }
}
