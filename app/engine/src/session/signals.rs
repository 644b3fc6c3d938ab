//! Calls and typing: sealed signals out and in, and what follows from them.
//!
//! ```text
//! JoinCall -> server: Joined(roll) -> sound, transport -> Announce to all
//! Announce(stream) of another -> transport.add_peer -> Transport signals both ways -> media
//! ```

use std::sync::Arc;
use std::time::Instant;

use dialtone_crypto::group::CallSecret;
use dialtone_crypto::{OsRng, SignalDraft, VerifiedSignal, seal_signal};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::{CallState, ClientFrame};
use dialtone_protocol::sealed::SignalScope;
use dialtone_protocol::{AccountId, ChannelId, DeviceId, StreamId};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::run::{Ended, Session};
use super::state::Tag;
use crate::clock;
use crate::snapshot::Severity;
use crate::voice::bridge::{Openers, Sealer, Sender, open_media};
use crate::voice::transport::{
    DirectTransport, Signal, TransportConfig, TransportEvent, TransportOutputs,
};
use crate::voice::{CallInput, CallPart, Media};

/// Somebody is shown as writing for this long.
const TYPING_MS: u64 = 6_000;
/// One says so again after this long.
const TYPING_AGAIN_MS: u64 = 3_000;
const EVENTS: usize = 256;
const MEDIA: usize = 512;

impl Session {
    /// Asks to be let into a channel's call.
    pub(super) async fn join_call(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self
            .state
            .call
            .as_ref()
            .is_some_and(|call| call.channel == channel && call.failed.is_none())
        {
            return Ok(());
        }
        let kept = self
            .state
            .call
            .as_ref()
            .map(|call| (call.muted, call.deafened, call.volumes.clone()));
        self.leave_call().await;
        if !self.state.caught_up || self.state.lobby.is_none() {
            let words = "The call cannot be joined while the server is not connected.";
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        let device = self.state.me.device.id();
        let stream = StreamId(clock::random());
        let mut call = CallPart::new(channel, stream, device, Instant::now());
        if let Some((muted, deafened, volumes)) = kept {
            (call.muted, call.deafened, call.volumes) = (muted, deafened, volumes);
        }
        self.state.call = Some(call);
        self.state.out.push_back((
            ClientFrame::JoinCall { channel },
            Some(Tag::JoinCall(channel)),
        ));
        self.state.dirty = true;
        Ok(())
    }

    /// The connection is back: into the call again, as a new stay.
    pub(super) fn rejoin_call(&mut self) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let channel = call.channel;
        call.failed = None;
        let frame = ClientFrame::JoinCall { channel };
        self.state
            .out
            .push_back((frame, Some(Tag::JoinCall(channel))));
    }

    /// The server did not let one in.
    pub(super) fn call_refused(&mut self, message: &str) {
        if let Some(call) = &mut self.state.call {
            call.failed = Some(format!("The call cannot be joined: {message}."));
        }
        self.state.dirty = true;
    }

    /// One is in: starts sound and connections, and says so to everybody.
    pub(super) async fn call_joined(&mut self, roll: CallState) -> Result<(), Ended> {
        self.state.calls.insert(roll.channel, roll.clone());
        let Some(call) = self
            .state
            .call
            .as_mut()
            .filter(|call| call.channel == roll.channel)
        else {
            self.state.send(ClientFrame::LeaveCall { call: roll.call });
            return Ok(());
        };
        let again = call.id == Some(roll.call) && call.media.is_some();
        call.id = Some(roll.call);
        if !again
            && let Err(words) = self.start_media(&roll).await
            && let Some(call) = &mut self.state.call
        {
            call.failed = Some(words);
        }
        self.take_roll(&roll);
        self.announce(None);
        self.state.dirty = true;
        Ok(())
    }

    fn call_secret(&self) -> Option<CallSecret> {
        let id = self.state.call.as_ref()?.id?;
        self.state.lobby.as_ref()?.call_secret(id).ok()
    }

    async fn start_media(&mut self, roll: &CallState) -> Result<(), String> {
        let secret = self
            .call_secret()
            .ok_or("The call's key is not here yet; try again.")?;
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        debug_assert_eq!(call.channel, roll.channel, "checked by the caller");
        let words =
            |error: &dyn std::fmt::Display| format!("The call could not be set up: {error}.");
        let (events, mut from_transport) = mpsc::channel(EVENTS);
        let (media_sender, media) = mpsc::channel(MEDIA);
        let outputs = TransportOutputs {
            events,
            media: media_sender,
        };
        let config = TransportConfig {
            ice: self.ice.clone(),
            include_loopback: self.loopback_calls,
            ..TransportConfig::default()
        };
        let transport = DirectTransport::new(config, call.device, call.stream, outputs)
            .map_err(|error| words(&error))?;
        let (sealer, rekey) =
            Sealer::new(&secret, call.device, call.stream).map_err(|error| words(&error))?;
        let sender = Sender(transport.sender());
        let (audio, muted) = (Arc::clone(&self.audio), call.muted);
        let input =
            spawn_blocking(move || audio.start_call(Box::new(sealer), Box::new(sender), muted))
                .await
                .map_err(|error| words(&error))?
                .map_err(|error| words(&error))?;
        self.audio.set_deafened(call.deafened);
        let openers = Openers::default();
        let opening = tokio::spawn(open_media(media, openers.clone(), input));
        let to_session = self.calls.0.clone();
        let forwarding = tokio::spawn(async move {
            while let Some(event) = from_transport.recv().await {
                if to_session.send(CallInput::Transport(event)).await.is_err() {
                    return;
                }
            }
        });
        call.media = Some(Media {
            transport,
            openers,
            rekey,
            opening,
            forwarding,
        });
        Ok(())
    }

    /// A call changed: one's own, or another that is only shown.
    pub(super) fn call_changed(&mut self, roll: &CallState) {
        if roll.devices.is_empty() {
            self.state.calls.remove(&roll.channel);
        } else {
            self.state.calls.insert(roll.channel, roll.clone());
        }
        self.state.dirty = true;
        let own = self.state.call.as_ref().and_then(|call| call.id) == Some(roll.call);
        if own {
            self.take_roll(roll);
        }
    }

    fn take_roll(&mut self, roll: &CallState) {
        let roster = self.state.roster.clone();
        let account_of = |device: &DeviceId| {
            let roster = roster.as_ref()?;
            roster
                .view()
                .device(device)
                .filter(|device| device.is_active())
                .map(|d| d.account)
        };
        let Some(call) = &mut self.state.call else {
            return;
        };
        let (new, left) = call.set_roll(roll, account_of);
        if let Some(media) = &mut call.media {
            for device in &left {
                media.transport.remove_peer(device);
                media.openers.remove(device);
            }
        }
        for device in &new {
            if let Some(talker) = call.talker_id(device) {
                self.audio.add_talker(talker, call.volume_of(device));
            }
        }
        // Who is new has not heard this device's announcement.
        for device in new {
            self.announce(Some(device));
        }
    }

    /// Says that one is in the call, and how one is.
    fn announce(&mut self, to: Option<DeviceId>) {
        let Some(call) = &self.state.call else { return };
        let content = SignalContent::Announce {
            muted: call.muted,
            deafened: call.deafened,
        };
        self.send_signal(to, &content);
    }

    /// Seals a signal of the call and queues it.
    fn send_signal(&mut self, to: Option<DeviceId>, content: &SignalContent) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let Some(id) = call.id else { return };
        call.counter += 1;
        let scope = SignalScope::Call {
            channel: call.channel,
            call: id,
        };
        let (stream, counter) = (call.stream, call.counter);
        self.seal_and_send(scope, to, stream, counter, content);
    }

    fn seal_and_send(
        &mut self,
        scope: SignalScope,
        to: Option<DeviceId>,
        stream: StreamId,
        counter: u64,
        content: &SignalContent,
    ) {
        let Some((roster, lobby)) = self.state.pass_gate(clock::now_ms()) else {
            return;
        };
        let Ok(secret) = lobby.signal_secret() else {
            return;
        };
        let draft = SignalDraft {
            community: self.state.me.community,
            scope,
            to,
            stream,
            counter,
            roster: roster.position(),
            content,
        };
        match seal_signal(&secret, &self.state.me.device, &draft, &mut OsRng) {
            Ok(signal) => self.state.send(ClientFrame::Signal {
                signal: signal.into(),
            }),
            Err(error) => tracing::warn!("a signal could not be sealed: {error}"),
        }
    }

    /// A sealed signal of another.
    pub(super) fn signal(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        let Some(roster) = &self.state.roster else {
            return Ok(());
        };
        match self.state.signals.open(bytes, roster) {
            Ok(signal) => self.verified_signal(&signal),
            Err(error) => return self.signal_refused(&error),
        }
        Ok(())
    }

    fn verified_signal(&mut self, signal: &VerifiedSignal) {
        let header = signal.header();
        match header.scope {
            SignalScope::Typing { channel } => {
                let until = clock::now_ms() + TYPING_MS;
                let account = signal.account();
                self.state.channel(channel).typing.insert(account, until);
                self.state.dirty = true;
            }
            SignalScope::Call { call, .. } => {
                let own = self.state.call.as_ref().and_then(|part| part.id) == Some(call);
                if own {
                    self.call_signal(header.device, header.stream, signal.content());
                }
            }
        }
    }

    fn call_signal(&mut self, from: DeviceId, stream: StreamId, content: &SignalContent) {
        let secret = self.call_secret();
        let Some(call) = &mut self.state.call else {
            return;
        };
        let elapsed = call.elapsed();
        let talker = call.talker_id(&from);
        let Some(other) = call.others.get_mut(&from) else {
            return;
        };
        match content {
            SignalContent::Announce { muted, deafened } => {
                (other.muted, other.deafened) = (*muted, *deafened);
                if other.stream == Some(stream) {
                    self.state.dirty = true;
                    return;
                }
                other.stream = Some(stream);
                let parts = call.media.as_mut().zip(secret).zip(talker);
                let Some(((media, secret), talker)) = parts else {
                    return;
                };
                if let Err(error) = media.openers.add(from, stream, talker, &secret, elapsed) {
                    tracing::warn!("a talker's voice key could not be made: {error}");
                }
                if let Err(error) = media.transport.add_peer(from, stream) {
                    tracing::warn!("a talker could not be connected: {error}");
                }
            }
            SignalContent::Transport { message } => {
                let Some(media) = &mut call.media else { return };
                let handled = Signal::decode(message)
                    .map_err(|error| error.to_string())
                    .and_then(|signal| {
                        let handled = media.transport.handle_signal(from, signal);
                        handled.map_err(|error| error.to_string())
                    });
                if let Err(error) = handled {
                    tracing::warn!("a call signal was refused: {error}");
                }
            }
            SignalContent::Leave => {
                other.stream = None;
                other.state = None;
                if let Some(media) = &mut call.media {
                    media.transport.remove_peer(&from);
                    media.openers.remove(&from);
                }
            }
            _ => {}
        }
        self.state.dirty = true;
    }

    /// What the call's own parts say.
    pub(super) fn call_input(&mut self, input: CallInput) {
        let CallInput::Transport(event) = input;
        match event {
            TransportEvent::Signal { to, signal } => match signal.encode() {
                Ok(message) => {
                    let content = SignalContent::Transport {
                        message: message.into(),
                    };
                    self.send_signal(Some(to), &content);
                }
                Err(error) => tracing::warn!("a call signal could not be written: {error}"),
            },
            TransportEvent::State { peer, state } => {
                if let Some(other) = self.other(&peer) {
                    other.state = Some(state);
                }
            }
            TransportEvent::Stats { peer, stats } => {
                if let Some(other) = self.other(&peer) {
                    other.stats = stats;
                }
            }
            TransportEvent::Problem { error, .. } => tracing::warn!("call: {error}"),
        }
        self.state.dirty = true;
    }

    fn other(&mut self, device: &DeviceId) -> Option<&mut crate::voice::Other> {
        self.state.call.as_mut()?.others.get_mut(device)
    }

    /// Levels, and keys that are to be erased.
    pub(super) fn call_meters(&mut self) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let problem = self.audio.microphone_problem();
        let changed = problem != call.microphone_problem;
        call.microphone_problem = problem;
        let levels = self
            .audio
            .meters()
            .is_some_and(|meters| call.take_meters(&meters));
        if let Some(media) = &call.media {
            media.openers.expire(call.elapsed());
        }
        self.state.dirty |= levels || changed;
    }

    /// The group has a new epoch: so has the voice.
    pub(super) fn rekey_call(&mut self) {
        let Some(secret) = self.call_secret() else {
            return;
        };
        let Some(call) = &self.state.call else { return };
        if let Some(media) = &call.media {
            media.openers.rekey(&secret, call.elapsed());
            media.rekey.rekey(secret);
        }
    }

    /// Leaves the call, and says so.
    pub(super) async fn leave_call(&mut self) {
        if self.state.call.is_none() {
            return;
        }
        self.send_signal(None, &SignalContent::Leave);
        let Some(call) = self.state.call.take() else {
            return;
        };
        if let Some(id) = call.id {
            self.state.send(ClientFrame::LeaveCall { call: id });
        }
        let audio = Arc::clone(&self.audio);
        let _ = spawn_blocking(move || audio.stop_call()).await;
        if let Some(media) = call.media {
            media.transport.close().await;
            media.forwarding.abort();
            media.opening.abort();
        }
        self.state.dirty = true;
    }

    /// Stops or resumes sending one's voice, and says so.
    pub(super) fn set_muted(&mut self, muted: bool) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        call.muted = muted;
        if !muted && call.deafened {
            call.deafened = false;
            self.audio.set_deafened(false);
        }
        self.audio.set_muted(muted);
        self.announce(None);
        self.state.dirty = true;
    }

    /// Stops or resumes hearing others; deafened is also muted.
    pub(super) fn set_deafened(&mut self, deafened: bool) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        call.deafened = deafened;
        call.muted = deafened;
        self.audio.set_deafened(deafened);
        self.audio.set_muted(deafened);
        self.announce(None);
        self.state.dirty = true;
    }

    /// How loud one hears somebody.
    pub(super) fn set_volume(&mut self, account: AccountId, percent: u16) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let percent = percent.min(400);
        call.volumes.insert(account, percent);
        for device in call.devices_of(&account) {
            if let Some(talker) = call.talker_id(&device) {
                self.audio.set_volume(talker, percent);
            }
        }
        self.state.dirty = true;
    }

    /// Tells others that one writes here, now and then.
    pub(super) fn say_typing(&mut self, channel: ChannelId) {
        let now = clock::now_ms();
        if !self.state.caught_up || now.saturating_sub(self.state.typed_ms) < TYPING_AGAIN_MS {
            return;
        }
        self.state.typed_ms = now;
        self.state.signal_counter += 1;
        let (stream, counter) = (self.state.signal_stream, self.state.signal_counter);
        let scope = SignalScope::Typing { channel };
        self.seal_and_send(scope, None, stream, counter, &SignalContent::Typing);
    }
}
