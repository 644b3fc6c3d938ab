//! Sealed signals out and in: typing, and what the devices in a call say to each other.

use std::time::Instant;

use dialtone_crypto::{OsRng, SignalDraft, VerifiedSignal, seal_signal};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::sealed::SignalScope;
use dialtone_protocol::{ChannelId, DeviceId, StreamId};

use super::run::{Ended, Session};
use crate::voice::transport::Signal;

/// Somebody is shown as writing for this long.
const TYPING_MS: u64 = 6_000;
/// One says so again after this long.
const TYPING_AGAIN_MS: u64 = 3_000;

impl Session {
    /// Says that one is in the call, and how one is.
    pub(super) fn announce(&mut self, to: Option<DeviceId>) {
        let Some(call) = &self.state.call else { return };
        let content = SignalContent::Announce {
            muted: call.switches.is_silent(),
            deafened: call.switches.deafened,
            needs_relay: call.way.needs_relay.then_some(true),
        };
        self.send_signal(to, &content);
    }

    /// Seals a signal of the call and queues it.
    pub(super) fn send_signal(&mut self, to: Option<DeviceId>, content: &SignalContent) {
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
        let now_ms = self.state.clock.now_ms();
        let channel = channel_of(&scope);
        let Some((roster, group)) = self.state.pass_gate_of(&channel, now_ms) else {
            return;
        };
        let Ok(secret) = group.signal_secret() else {
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
        let of_channel = self.state.group_of(&channel_of(&header.scope));
        let roster = self.state.roster.as_ref();
        let sealed_in = roster.map(|roster| roster.view().current_group(header.group));
        if of_channel.is_none() || sealed_in != of_channel {
            tracing::warn!("a signal was refused: it is sealed with another channel's key");
            return;
        }
        match header.scope {
            SignalScope::Typing { channel } => {
                let until = self.state.clock.now_ms() + TYPING_MS;
                let account = signal.account();
                self.state.channel(channel).typing.insert(account, until);
                self.state.stirs += 1;
            }
            SignalScope::Call { call, .. } => {
                let own = self.state.call.as_ref().and_then(|part| part.id) == Some(call);
                let (device, stream) = (header.device, header.stream);
                let to_me = header.to.is_some();
                if own {
                    self.call_signal(device, stream, to_me, signal.content());
                } else {
                    self.of_call(call, |session| {
                        session.call_signal(device, stream, to_me, signal.content());
                    });
                }
            }
        }
    }

    /// Another says something in the call, to all or to this device alone (`to_me`).
    fn call_signal(
        &mut self,
        from: DeviceId,
        stream: StreamId,
        to_me: bool,
        content: &SignalContent,
    ) {
        match content {
            SignalContent::Announce {
                muted,
                deafened,
                needs_relay,
            } => {
                let Some(other) = self.other(&from) else {
                    return;
                };
                (other.muted, other.deafened) = (*muted, *deafened);
                other.reach.needs_relay = *needs_relay == Some(true);
                let now = Instant::now();
                let is_new = other.stream != Some(stream);
                if is_new {
                    self.other_began(from, stream);
                    self.announce_to_who_does_not_know(now);
                }
                self.mind_way(now);
                // Said again to this device alone: the answer was lost.
                if let Some(call) = self.state.call.as_mut().filter(|_| is_new || to_me) {
                    call.owe_answer(&from, now);
                }
                self.mind_whisper();
            }
            SignalContent::Transport { message } => self.transport_signal(from, message),
            SignalContent::Leave => self.other_left(from, stream),
            SignalContent::Whisper { key } => self.whispered_to(from, stream, key),
            SignalContent::Heard { streams } => self.heard_by(from, stream, streams),
            SignalContent::Missed { frames } => self.missed_by(frames),
            _ => {}
        }
        self.state.stirs += 1;
    }

    fn transport_signal(&mut self, from: DeviceId, message: &[u8]) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let stream = call.stream;
        let parts = call.media.as_mut().zip(call.others.get_mut(&from));
        let Some((media, other)) = parts else { return };
        let handled = Signal::decode(message)
            .map_err(|error| error.to_string())
            .and_then(|signal| {
                // Whoever speaks to one's stay has heard of it.
                other.knows |= signal.to == stream;
                let handled = media.transport.handle_signal(from, signal);
                handled.map_err(|error| error.to_string())
            });
        if let Err(error) = handled {
            tracing::warn!("a call signal was refused: {error}");
        }
    }

    /// Tells others that one writes here, now and then.
    pub(super) fn say_typing(&mut self, channel: ChannelId) {
        let now = self.state.clock.now_ms();
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

/// The channel that a signal belongs to: its group seals it.
fn channel_of(scope: &SignalScope) -> ChannelId {
    match scope {
        SignalScope::Typing { channel } | SignalScope::Call { channel, .. } => *channel,
    }
}
