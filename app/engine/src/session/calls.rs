//! One's own call: into it, out of it, and back into it by itself when the connection to the server broke.
//!
//! ```text
//! JoinCall -> Joined(roll): a new stay -> keys, connections -> Announce to all
//! Announce(stream) of another -> add_peer -> Transport signals both ways -> media
//! ```
//!
//! Into another channel's call one moves (`moving`).
//!
//! Every `Joined` begins a new stay: a stream of its own, new connections, and nobody knows it yet. The sound goes on
//! through all stays. While the server is away, media goes on between the devices for [`LINGER`].

use std::sync::Arc;
use std::time::Instant;

use dialtone_audio::{Cue, PacketInput};
use dialtone_crypto::OsRng;
use dialtone_crypto::group::{CallSecret, Group};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::{CallState, ClientFrame};
use dialtone_protocol::group_rules::PrivateKind;
use dialtone_protocol::{ChannelId, GroupId, StreamId};
use dialtone_words::say;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::run::{Ended, Session};
use super::state::Tag;
use crate::chat::records::StoredEvent;
use crate::snapshot::Severity;
use crate::voice::bridge::{Openers, open_media};
use crate::voice::outgoing::{Road, VoiceKeys, outgoing, send_media};
use crate::voice::transport::{DirectTransport, TransportConfig, TransportOutputs};
use crate::voice::{CallInput, CallPart, LINGER, Media, Sound, Switches};
const EVENTS: usize = 256;
const MEDIA: usize = 512;

impl Session {
    /// Asks to be let into a channel's call. One moves into it from another call that stands here; whatever other call one is in,
    /// here or in another community, is left.
    pub(super) async fn join_call(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let present = self.state.call.as_ref();
        if present.is_some_and(|call| call.channel == channel && call.failed.is_none()) {
            // Whoever was about to move stays.
            self.end_move();
            return Ok(());
        }
        if self.may_move() {
            self.begin_move(channel);
            return Ok(());
        }
        self.begin_call(channel).await
    }

    /// Leaves the call that one is in, and asks to be let into the channel's.
    pub(super) async fn begin_call(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let kept = self.state.call.as_ref().map(|call| call.switches);
        self.leave_call().await;
        if !self.state.is_connected() {
            self.notice(Severity::Warning, say!("call-not-connected").into())
                .await;
            return Ok(());
        }
        let device = self.state.me.device.id();
        let mut call = CallPart::new(
            channel,
            StreamId(self.state.clock.random()),
            device,
            Instant::now(),
        );
        call.volumes = self.state.heard_volumes();
        if let Some(kept) = kept {
            call.switches = kept;
        }
        self.state.prepare_voices(&mut call);
        let (audio, community) = (Arc::clone(&self.audio), self.state.me.community);
        let switches = call.switches;
        self.state.call = Some(call);
        // The one who has the sound now, if it is another community, notices by itself that it has it no more.
        let _ = spawn_blocking(move || audio.claim(community, switches)).await;
        // Else once all that was missed is here.
        if self.state.caught_up {
            self.ask_in();
        }
        Ok(())
    }

    /// The connection is back, or the group is another: into the call again, as a new stay.
    pub(super) fn rejoin_call(&mut self) {
        let call = self.state.call.as_ref();
        if call.is_some_and(|call| !call.asked && call.failed.is_none()) {
            self.ask_in();
        }
    }

    pub(super) fn ask_in(&mut self) {
        // Answered in this order, so that the first connections have the servers.
        self.ask_turn(Instant::now());
        let Some(call) = &mut self.state.call else {
            return;
        };
        call.asked = true;
        let channel = call.channel;
        let frame = ClientFrame::JoinCall { channel };
        let tag = Tag::JoinCall(channel);
        self.state.out.push_back((frame, Some(tag)));
        self.state.dirty = true;
    }

    /// The server did not let one in.
    pub(super) async fn call_refused(&mut self, channel: ChannelId, message: &str) {
        if self.is_moving_to(&channel) {
            self.give_up_move(message);
            return;
        }
        let call = self.state.call.as_ref();
        if call.is_some_and(|call| call.channel == channel && call.asked) {
            self.call_failed(say!("call-cannot-join", message = message))
                .await;
        }
    }

    /// Nothing is sent or heard any more; the reason is shown until one leaves or joins again.
    async fn call_failed(&mut self, reason: String) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        call.failed = Some(reason);
        call.asked = false;
        call.others.clear();
        let media = call.media.take();
        call.sound = None;
        self.state.dirty = true;
        self.stop_sound().await;
        if let Some(media) = media {
            media.close().await;
        }
    }

    async fn stop_sound(&self) {
        let (audio, community) = (Arc::clone(&self.audio), self.state.me.community);
        let _ = spawn_blocking(move || audio.stop_call(community)).await;
    }

    /// One is in, if one has asked for it: a new stay begins.
    pub(super) async fn call_joined(&mut self, tag: Option<Tag>, roll: CallState) {
        let asked = tag == Some(Tag::JoinCall(roll.channel));
        let me = self.state.me.device.id();
        let here = roll.devices.contains(&me);
        if !asked || !here {
            tracing::warn!("the server says that a call was joined for which nobody asked");
            return;
        }
        // Changes are told in order, and the answer comes beside them: whoever joined in between stands in the change alone.
        let known = self.state.calls.get(&roll.channel);
        let newer = known.filter(|known| known.call == roll.call && known.devices.contains(&me));
        let roll = newer.cloned().unwrap_or(roll);
        if self.is_moving_to(&roll.channel) {
            self.move_let_in(&roll);
            return;
        }
        let call = self.state.call.as_mut();
        let is_wanted = |call: &CallPart| call.asked || call.id != Some(roll.call);
        let Some(call) = call.filter(|call| call.channel == roll.channel && is_wanted(call)) else {
            // Left before the answer came, unless it is the second answer of a call that one is in.
            if !self.is_in(roll.call) {
                self.state.send(ClientFrame::LeaveCall { call: roll.call });
            }
            return;
        };
        self.elsewhere.arrived();
        self.state.calls.insert(roll.channel, roll.clone());
        call.asked = false;
        call.cut_since = None;
        call.id = Some(roll.call);
        if let Err(words) = self.begin_stay(&roll).await {
            self.call_failed(words).await;
            return;
        }
        self.state.dirty = true;
    }

    async fn begin_stay(&mut self, roll: &CallState) -> Result<(), String> {
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        let (old, talkers) = call.begin_stay(StreamId(self.state.clock.random()));
        if let Some(old) = old {
            tokio::spawn(old.close());
        }
        for talker in talkers {
            self.audio.remove_talker(self.state.me.community, talker);
        }
        let Some(secret) = self.call_secret() else {
            // The group is being entered; its first epoch lets one in again.
            return Ok(());
        };
        self.start_sound().await?;
        self.start_media(&secret)?;
        self.mind_voice_gate();
        self.take_roll(roll);
        Ok(())
    }

    pub(super) fn call_secret(&self) -> Option<CallSecret> {
        let id = self.state.call.as_ref()?.id?;
        self.state.held(&self.call_group()?)?.call_secret(id).ok()
    }

    /// The group whose keys one's call uses, while this device is in it.
    fn call_group(&self) -> Option<GroupId> {
        let group = self.state.group_of(&self.state.call.as_ref()?.channel)?;
        self.state.held(&group).map(Group::id)
    }

    /// Opens the devices, unless a stay before has done so.
    async fn start_sound(&mut self) -> Result<(), String> {
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        if call.sound.is_some() {
            return Ok(());
        }
        let (keys, sealer) =
            VoiceKeys::new(self.state.me.device.voice_signer(self.state.me.community));
        let (sender, packets) = outgoing(&keys);
        let (audio, community) = (Arc::clone(&self.audio), self.state.me.community);
        let start = move || audio.start_call(community, Box::new(sealer), Box::new(sender));
        let input = spawn_blocking(start)
            .await
            .map_err(|error| cannot(&error))?
            .map_err(|error| cannot(&error))?
            .ok_or(say!("call-joined-elsewhere"))?;
        let road = Road::default();
        let sending = send_media(packets, road.clone());
        self.call_network.runtime.spawn(sending);
        call.sound = Some(Sound { keys, road, input });
        Ok(())
    }

    /// Connections for the present stay, and one's voice on its way to them; nobody is connected yet.
    fn start_media(&mut self, secret: &CallSecret) -> Result<(), String> {
        let sound = self
            .state
            .call
            .as_ref()
            .and_then(|call| call.sound.as_ref());
        let Some(input) = sound.map(|sound| sound.input.clone()) else {
            return Ok(());
        };
        self.make_media(input)?;
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        if let (Some(sound), Some(media)) = (&mut call.sound, &call.media) {
            let began = sound
                .keys
                .begin(secret, call.stream, call.whisper.begin_stay(&mut OsRng));
            began.map_err(|error| cannot(&error))?;
            sound.road.lead(Some(media.transport.sender()));
        }
        Ok(())
    }

    /// Connections for the present stay, whose voices go to `input`.
    pub(super) fn make_media(&mut self, input: PacketInput) -> Result<(), String> {
        let group = self.call_group();
        let handed_out = self.handed_out();
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        let (events, from_transport) = mpsc::channel(EVENTS);
        let (arrivals, media) = mpsc::channel(MEDIA);
        let outputs = TransportOutputs {
            events,
            media: arrivals.clone(),
        };
        let config = TransportConfig {
            ice: self.ice.clone(),
            handed_out,
            relay_only: self.call_network.turn_only,
            include_loopback: self.call_network.loopback,
            ..TransportConfig::default()
        };
        let stream = call.stream;
        let transport = self
            .call_network
            .within(|| DirectTransport::new(config, call.device, stream, outputs))
            .map_err(|error| cannot(&error))?;
        let openers = Openers::default();
        openers.silence(call.standings.muted(&call.channel()));
        let opening = open_media(media, openers.clone(), input);
        let opening = self.call_network.runtime.spawn(opening);
        let to_session = self.calls.0.clone();
        let forwarding = forwarded(from_transport, to_session, move |event| {
            CallInput::Transport(stream, event)
        });
        call.group = group;
        call.media = Some(Media {
            transport,
            relay: None,
            arrivals,
            openers,
            opening,
            forwarding,
        });
        Ok(())
    }

    /// Tells the user something with the next look at what is shown.
    pub(super) fn later(&mut self, words: String) {
        self.state.words.push(words);
    }

    /// Levels, keys that are to be erased, and whether the sound is still one's own.
    pub(super) async fn call_meters(&mut self) {
        let now = Instant::now();
        self.mind_move(now);
        self.tell_words().await;
        let community = self.state.me.community;
        let owned = self.audio.is_owned_by(community);
        let Some(call) = &mut self.state.call else {
            return;
        };
        if !owned && call.failed.is_none() {
            self.leave_call().await;
            return;
        }
        let problem = self.audio.sound_problem();
        let changed = problem != call.sound_problem;
        call.sound_problem = problem;
        let meters = self.audio.meters();
        let sent = call.sending;
        let levels = meters
            .as_ref()
            .is_some_and(|meters| call.take_meters(now, meters));
        let noted = call.note_quality(now, meters.as_ref());
        if let Some(media) = &call.media {
            media.openers.expire(call.elapsed());
        }
        if let Some(sound) = &call.sound {
            sound.keys.sweep();
        }
        self.state.dirty |= changed || call.sending != sent;
        self.state.stirs += u32::from(levels || noted);
    }

    /// What is due in the call from time to time.
    pub(super) fn mind_call(&mut self, now: Instant) {
        self.in_other(|session| session.mind_call(now));
        let Some(call) = &mut self.state.call else {
            return;
        };
        let is_cut_off = call
            .cut_since
            .is_some_and(|since| now.saturating_duration_since(since) >= LINGER);
        if is_cut_off && let Some(media) = call.media.take() {
            // The others have given one up by now.
            if let Some(sound) = &call.sound {
                sound.road.lead(None);
            }
            call.others.clear();
            tokio::spawn(media.close());
            self.state.dirty = true;
            return;
        }
        let expired = call.expire(now);
        self.drop_others(expired.gone);
        self.sound_comings();
        self.mind_whisper();
        self.mind_way(now);
        self.mind_turn(now);
        self.tell_failures(now);
        // Whoever lost most of one's voice may be gone.
        self.prepare_for_loss(now);
        if self.state.caught_up {
            self.announce_to_who_does_not_know(now);
            self.answer_announcements(now);
            self.report_loss(now);
            self.ask_for_digests(now);
        }
    }

    /// Lets it be heard that somebody has come into one's call or gone.
    pub(super) fn sound_comings(&mut self) {
        let call = self.state.call.as_mut();
        let (came, went) = call.map(CallPart::comings).unwrap_or_default();
        for (happened, cue) in [(came, Cue::Join), (went, Cue::Leave)] {
            if happened {
                self.audio.play_cue(self.state.me.community, cue);
            }
        }
    }

    /// Lets a new message be heard in a call, if it is of the call's channel or to oneself, and not looked at already.
    pub(super) fn sound_message(&mut self, channel: ChannelId, event: &StoredEvent) {
        let of_call = self.state.call.as_ref().map(CallPart::channel) == Some(channel);
        let nature = self.state.nature_of(&channel);
        let to_me = nature.is_some_and(|nature| nature.kind == PrivateKind::Direct);
        let is_new = self.state.caught_up && self.state.open != Some(channel);
        let of_another = event.device != self.state.me.device.id();
        if (of_call || to_me) && is_new && of_another && event.is_message() {
            self.audio.play_cue(self.state.me.community, Cue::Message);
        }
    }

    /// The connection to the server is gone; media goes on for a while.
    pub(super) fn call_cut(&mut self) {
        self.cut_move();
        if let Some(call) = &mut self.state.call {
            call.asked = false;
            call.cut_since.get_or_insert_with(Instant::now);
            self.state.dirty = true;
        }
    }

    /// Lets one's voice be sealed while the gate is open, and at no other time.
    pub(super) fn mind_voice_gate(&mut self) {
        if self
            .state
            .call
            .as_ref()
            .is_none_or(|call| call.sound.is_none())
        {
            return;
        }
        let allowed = self.may_seal();
        let Some(call) = &mut self.state.call else {
            return;
        };
        if let Some(sound) = &call.sound {
            sound.keys.allow(allowed && !call.switches.silenced);
        }
        if allowed {
            call.paused_since = None;
        } else {
            call.paused_since.get_or_insert_with(Instant::now);
        }
    }

    /// Whether one's voice may be sealed for the call.
    pub(super) fn may_seal(&mut self) -> bool {
        let now_ms = self.state.clock.now_ms();
        let channel = self.state.call.as_ref().map(|call| call.channel);
        let open =
            channel.is_some_and(|channel| self.state.pass_gate_of(&channel, now_ms).is_some());
        let Some(call) = &self.state.call else {
            return false;
        };
        open && call.group == self.call_group() && call.failed.is_none()
    }

    /// The group has a new epoch: so has the voice. Another group, or the first: another stay.
    pub(super) fn rekey_call(&mut self) {
        self.in_other(Self::rekey_call);
        let group = self.call_group();
        let Some(secret) = self.call_secret() else {
            return;
        };
        let Some(call) = &mut self.state.call else {
            return;
        };
        if call.group != group {
            if self.state.caught_up {
                self.rejoin_call();
            }
            return;
        }
        let elapsed = call.elapsed();
        if let Some(media) = &call.media {
            media.openers.rekey(&secret, elapsed);
        }
        if let Some(sound) = &mut call.sound
            && let Err(error) = sound.keys.rekey(&secret)
        {
            tracing::warn!("the voice did not get a new key: {error}");
            sound.keys.allow(false);
        }
        self.mind_voice_gate();
    }

    /// Leaves the call, and says so.
    pub(super) async fn leave_call(&mut self) {
        self.end_move();
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
        self.stop_sound().await;
        if let Some(media) = call.media {
            media.close().await;
        }
        self.state.dirty = true;
    }

    /// Stops or resumes sending one's voice, and says so.
    pub(super) fn set_muted(&mut self, muted: bool) {
        self.audio.set_muted(self.state.me.community, muted);
        self.turn_switches(|switches| switches.mute(muted));
    }

    /// Stops or resumes hearing others; who is deafened is not heard, and afterwards as muted as before.
    pub(super) fn set_deafened(&mut self, deafened: bool) {
        self.audio.set_deafened(self.state.me.community, deafened);
        self.turn_switches(|switches| switches.deafen(deafened));
    }

    fn turn_switches(&mut self, turn: impl Fn(&mut Switches)) {
        let turn = |session: &mut Self| {
            if let Some(call) = &mut session.state.call {
                turn(&mut call.switches);
                session.announce(None);
                session.state.dirty = true;
            }
        };
        turn(self);
        self.in_other(turn);
    }
}

/// Brings what a transport says to the session, until one of them is gone.
pub(super) fn forwarded<E: Send + 'static>(
    mut events: mpsc::Receiver<E>,
    to_session: mpsc::Sender<CallInput>,
    input: impl Fn(E) -> CallInput + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if to_session.send(input(event)).await.is_err() {
                return;
            }
        }
    })
}

fn cannot(error: &dyn std::fmt::Display) -> String {
    say!("call-not-set-up", error = error.to_string())
}
