//! The others in one's call: who they are, their stays, and how they are reached.

use std::time::Instant;

use dialtone_audio::TalkerId;
use dialtone_protocol::content::{HeardStream, SignalContent};
use dialtone_protocol::frame::CallState;
use dialtone_protocol::{DeviceId, StreamId};

use super::run::Session;
use crate::voice::hearing;
use crate::voice::transport::{PeerState, TransportEvent};
use crate::voice::{CallInput, Other, Reach};
use dialtone_words::say;

impl Session {
    /// A call changed: one's own, or another that is only shown.
    pub(super) fn call_changed(&mut self, roll: &CallState) {
        if roll.devices.is_empty() {
            self.state.calls.remove(&roll.channel);
        } else {
            self.state.calls.insert(roll.channel, roll.clone());
        }
        self.state.stirs += 1;
        let own = self.state.call.as_ref().and_then(|call| call.id) == Some(roll.call);
        if own {
            self.take_roll(roll);
        } else {
            self.of_call(roll.call, |session| session.take_roll(roll));
        }
    }

    /// The member list is another: whoever is not active any more is out of the call too.
    pub(super) fn call_roster_changed(&mut self) {
        let call = self.state.call.as_ref();
        let present = call.and_then(|call| self.state.calls.get(&call.channel).zip(call.id));
        if let Some((roll, _)) = present.filter(|(roll, id)| roll.call == *id) {
            let roll = roll.clone();
            self.take_roll(&roll);
        }
        self.in_other(Self::call_roster_changed);
    }

    pub(super) fn take_roll(&mut self, roll: &CallState) {
        let roster = self.state.roster.clone();
        let nature = self.state.nature_of(&roll.channel).cloned();
        let account_of = |device: &DeviceId| {
            let device = roster.as_ref()?.view().device(device)?;
            let belongs = nature
                .as_ref()
                .is_none_or(|nature| nature.accounts.contains(&device.account));
            (device.is_active() && belongs).then_some(device.account)
        };
        let now = Instant::now();
        let Some(call) = self.state.call.as_mut().filter(|call| call.media.is_some()) else {
            return;
        };
        let change = call.set_roll(roll, account_of, now);
        self.drop_others(change.gone);
        self.sound_comings();
        self.mind_way(now);
        self.announce_to_who_does_not_know(now);
    }

    pub(super) fn announce_to_who_does_not_know(&mut self, now: Instant) {
        let call = self.state.call.as_mut();
        for to in call.map(|call| call.announcements(now)).unwrap_or_default() {
            self.announce(to);
        }
    }

    /// Tells others that one knows their stays, where they cannot see it.
    pub(super) fn answer_announcements(&mut self, now: Instant) {
        let call = self.state.call.as_mut();
        for (to, streams) in call.map(|call| call.answers(now)).unwrap_or_default() {
            self.send_signal(to, &SignalContent::Heard { streams });
        }
    }

    /// Takes those who are gone, with their numbers in the sound engine, out of connections and sound.
    pub(super) fn drop_others(&mut self, gone: Vec<(DeviceId, u64)>) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        for (device, talker) in gone {
            if let Some(media) = &mut call.media {
                media.transport.remove_peer(&device);
                media.openers.remove(&device);
            }
            if talker > 0 {
                let talker = TalkerId(talker);
                self.audio.remove_talker(self.state.me.community, talker);
            }
            self.state.stirs += 1;
        }
    }

    /// Another has begun a stay: its keys, its connection and its place in the mix are new.
    pub(super) fn other_began(&mut self, device: DeviceId, stream: StreamId) {
        let secret = self.call_secret();
        let whose = self.whose(&device);
        let Some(call) = &mut self.state.call else {
            return;
        };
        let (elapsed, volume) = (call.elapsed(), call.heard_percent(&device));
        if call.media.is_none() {
            return;
        }
        let Some((talker, old)) = call.new_talker(&device) else {
            return;
        };
        call.whisper.untold(&device);
        let community = self.state.me.community;
        if let Some(old) = old {
            self.audio.remove_talker(community, old);
        }
        self.audio.add_talker(community, talker, volume);
        if call.standings.has_priority(&call.channel(), &device) {
            self.audio.set_priority(community, talker, true);
        }
        let Some((media, secret)) = call.media.as_mut().zip(secret) else {
            return;
        };
        let openers = &media.openers;
        let added = whose.map(|whose| openers.add(whose, stream, talker, &secret, elapsed));
        if let Some(Err(error)) = added {
            tracing::warn!("a talker's voice key could not be made: {error}");
        }
        // What stands of an earlier stay is of no use.
        media.transport.forget_peer(&device);
        let announced = call.announced_to_new(&device);
        if let Some(other) = call.others.get_mut(&device) {
            let (muted, deafened, talker) = (other.muted, other.deafened, other.talker);
            let needs_relay = other.reach.needs_relay;
            *other = Other {
                stream: Some(stream),
                knows: other.knew == Some(stream),
                talker,
                muted,
                deafened,
                reach: Reach {
                    needs_relay,
                    ..Reach::default()
                },
                announced,
                absent_since: other.absent_since,
                told_failed: other.told_failed,
                ..Other::default()
            };
        }
    }

    /// Another said goodbye to its stay.
    pub(super) fn other_left(&mut self, device: DeviceId, stream: StreamId) {
        let Some(other) = self.other(&device) else {
            return;
        };
        if other.stream.is_some_and(|present| present != stream) {
            return;
        }
        let talker = std::mem::take(&mut other.talker);
        *other = Other {
            left: true,
            announced: other.announced,
            knows: true,
            ..Other::default()
        };
        self.drop_others(vec![(device, talker)]);
        self.sound_comings();
    }

    /// What the call's own parts say.
    pub(super) fn call_input(&mut self, input: CallInput) {
        let (CallInput::Transport(stream, _) | CallInput::Relay(stream, ..)) = input;
        self.of_stream(stream, |session| session.take_input(input));
    }

    fn take_input(&mut self, input: CallInput) {
        let (stream, event) = match input {
            CallInput::Transport(stream, event) => (stream, event),
            CallInput::Relay(stream, number, event) => {
                return self.relay_said(stream, number, event);
            }
        };
        if self.state.call.as_ref().map(|call| call.stream) != Some(stream) {
            // Of a stay that is over.
            return;
        }
        match event {
            TransportEvent::Signal { to, signal } => match signal.encode() {
                Ok(message) => {
                    let message = message.into();
                    self.send_signal(Some(to), &SignalContent::Transport { message });
                }
                Err(error) => tracing::warn!("a call signal could not be written: {error}"),
            },
            TransportEvent::State { peer, state } => self.peer_state(peer, state),
            TransportEvent::Stats { peer, stats } => {
                if let Some(other) = self.other(&peer) {
                    other.stats = stats;
                }
            }
            TransportEvent::Problem { error, .. } => tracing::warn!("call: {error}"),
            TransportEvent::Turn { error } => self.turn_failed(Instant::now(), &error),
        }
        self.state.stirs += 1;
    }

    /// Another, in its present stay, reports what it loses of the voices in the call, or that it knows them: one's own stay
    /// may be among them.
    pub(super) fn heard_by(&mut self, from: DeviceId, stay: StreamId, streams: &[HeardStream]) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let own = streams.iter().find(|heard| heard.stream == call.stream);
        let other = call
            .others
            .get_mut(&from)
            .filter(|other| other.stream.is_none_or(|known| known == stay) && !other.left);
        let now = Instant::now();
        if let (Some(own), Some(other)) = (own, other) {
            // Whoever speaks of one's stay has heard of it.
            other.note_knowing(stay);
            if other.is_connected() {
                other.reported = Some((hearing::from_wire(own), now));
            }
        }
        self.prepare_for_loss(now);
    }

    /// Tells the encoder what the others lose of one's voice, if that is another now.
    pub(super) fn prepare_for_loss(&mut self, now: Instant) {
        let call = self.state.call.as_mut();
        if let Some(loss) = call.and_then(|call| call.new_loss(now)) {
            let sound = self
                .state
                .call
                .as_ref()
                .and_then(|call| call.sound.as_ref());
            if let Some(sound) = sound {
                sound.keys.expect_loss(loss);
            }
            self.audio.expect_loss(self.state.me.community, loss);
        }
    }

    /// Reports to the others what is lost of their voices, when it is time to.
    pub(super) fn report_loss(&mut self, now: Instant) {
        let call = self.state.call.as_mut();
        if let Some(streams) = call.and_then(|call| call.reports_due(now)) {
            self.send_signal(None, &SignalContent::Heard { streams });
        }
    }

    fn peer_state(&mut self, peer: DeviceId, state: PeerState) {
        let Some(other) = self.other(&peer) else {
            return;
        };
        other.state = Some(state);
        other.knows |= state == PeerState::Connected;
        match state {
            PeerState::Failed => {
                other.failed_since.get_or_insert_with(Instant::now);
            }
            PeerState::Connected => other.failed_since = None,
            PeerState::Connecting | PeerState::Disconnected | PeerState::Left => {}
        }
        self.direct_changed(peer, state);
    }

    /// Says of whom no path was found for some time, once of each.
    pub(super) fn tell_failures(&mut self, now: Instant) {
        let Some(call) = self.state.call.as_mut().filter(|call| !call.is_relayed()) else {
            return;
        };
        let mut failed = Vec::new();
        for (device, other) in &mut call.others {
            if other.is_failure_news(now) {
                other.told_failed = true;
                failed.push(*device);
            }
        }
        for device in failed {
            let account = self.state.account_of(&device);
            let name = account.map(|account| self.state.directory.person(&account));
            let name = name.unwrap_or_else(|| "somebody".into());
            self.later(say!("call-no-path-to", name = name));
        }
    }

    pub(super) fn other(&mut self, device: &DeviceId) -> Option<&mut Other> {
        self.state.call.as_mut()?.others.get_mut(device)
    }
}
