//! From one channel's call into another's without a gap: the devices stay open, and the old call is heard until the new one stands.
//!
//! ```text
//! JoinCall elsewhere -> Coming: the new call is built beside the present one, unheard
//!   -> it stands, or has had its time -> voice and ears change over at once
//!   -> Going: the old call is heard to its end by the others, and left
//! refused, no answer, no server -> one stays where one was
//! ```
//!
//! What is done for one's call is done for the other one of a move by putting it into that place ([`Session::in_other`]). One's voice
//! is sealed under the key of one call at a time, and packets under the new one are the first that take the new road.

use std::time::{Duration, Instant};

use dialtone_audio::{ObservedLoss, PacketInput};
use dialtone_crypto::OsRng;
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::{CallState, ClientFrame};
use dialtone_protocol::{CallId, ChannelId, StreamId};

use super::run::Session;
use crate::voice::{CallPart, Media};
use dialtone_words::say;

/// A call that one was let into stands after so long, whether anybody in it is reached or not.
const BUILDING: Duration = Duration::from_secs(4);
/// A call that cannot be built for so long is given up.
const GIVEN_UP: Duration = Duration::from_secs(8);
/// The old call is left so long after the change-over: what was said before it is heard to its end.
const FAREWELL: Duration = Duration::from_millis(300);

/// The other call of a move.
pub(super) struct Moving {
    /// It.
    part: CallPart,
    stage: Stage,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// One is about to move into it.
    Coming {
        /// Since when.
        asked: Instant,
        /// When the server let one in.
        let_in: Option<Instant>,
    },
    /// One has moved out of it.
    Going {
        /// Since when.
        since: Instant,
    },
}

impl Moving {
    /// The channel that one is about to move into.
    pub(super) fn goal(&self) -> Option<ChannelId> {
        matches!(self.stage, Stage::Coming { .. }).then(|| self.part.channel())
    }
}

/// What is to be done with a move.
enum Step {
    Wait,
    ChangeOver,
    GiveUp(&'static str),
    Leave,
}

impl Session {
    /// Whether one's call is one that can be heard until another one stands.
    pub(super) fn may_move(&self) -> bool {
        let call = self.state.call.as_ref();
        let stands = call.is_some_and(|call| {
            let is_in = call.id.is_some() && !call.asked && call.cut_since.is_none();
            is_in && call.failed.is_none() && call.sound.is_some()
        });
        stands && self.state.caught_up && self.audio.is_owned_by(self.state.me.community)
    }

    /// Whether one is about to move into the call of this channel.
    pub(super) fn is_moving_to(&self, channel: &ChannelId) -> bool {
        self.state.moving.as_ref().and_then(Moving::goal) == Some(*channel)
    }

    /// Asks to be let into another channel's call, and stays in the present one meanwhile.
    pub(super) fn begin_move(&mut self, channel: ChannelId) {
        if self.is_moving_to(&channel) {
            return;
        }
        self.end_move();
        let now = Instant::now();
        let stream = StreamId(self.state.clock.random());
        let Some(present) = &self.state.call else {
            return;
        };
        let part = present.ahead(channel, stream, now);
        let stage = Stage::Coming {
            asked: now,
            let_in: None,
        };
        self.state.moving = Some(Moving { part, stage });
        self.in_other(Self::ask_in);
    }

    /// Whether this is one's call, or one of a move's two.
    pub(super) fn is_in(&self, call: CallId) -> bool {
        let present = self.state.call.as_ref().and_then(|part| part.id);
        let other = self.state.moving.as_ref().and_then(|moving| moving.part.id);
        [present, other].contains(&Some(call))
    }

    /// Does something with the other call of a move as if it were one's own, if there is a move.
    pub(super) fn in_other(&mut self, act: impl FnOnce(&mut Self)) {
        let Some(Moving { part, stage }) = self.state.moving.take() else {
            return;
        };
        let present = self.state.call.replace(part);
        act(self);
        let other = std::mem::replace(&mut self.state.call, present);
        self.state.moving = other.map(|part| Moving { part, stage });
    }

    /// Does something with the call that this stay is in, whichever of a move's two it is.
    pub(super) fn of_stream(&mut self, stream: StreamId, act: impl FnOnce(&mut Self)) {
        let other = self.state.moving.as_ref().map(|moving| moving.part.stream);
        if other == Some(stream) {
            self.in_other(act);
        } else {
            act(self);
        }
    }

    /// Does something with the other call of a move, if it is this one.
    pub(super) fn of_call(&mut self, call: CallId, act: impl FnOnce(&mut Self)) {
        let other = self.state.moving.as_ref().and_then(|moving| moving.part.id);
        if other == Some(call) {
            self.in_other(act);
        }
    }

    /// The server lets one in where one wants to go: connections are made, and nothing of them is heard.
    pub(super) fn move_let_in(&mut self, roll: &CallState) {
        let sound = self
            .state
            .call
            .as_ref()
            .and_then(|call| call.sound.as_ref());
        let Some((moving, sound)) = self.state.moving.as_mut().zip(sound) else {
            return;
        };
        let part = &mut moving.part;
        if !std::mem::take(&mut part.asked) && part.id == Some(roll.call) {
            // Asked twice; both answers say the same.
            return;
        }
        part.id = Some(roll.call);
        self.state.calls.insert(roll.channel, roll.clone());
        if let Stage::Coming { let_in, .. } = &mut moving.stage {
            let_in.get_or_insert_with(Instant::now);
        }
        let input = sound.input.clone();
        let mut built = Ok(());
        self.in_other(|session| built = session.begin_stay_unheard(roll, input));
        if let Err(words) = built {
            self.give_up_move(&words);
        }
        self.state.dirty = true;
    }

    fn begin_stay_unheard(&mut self, roll: &CallState, input: PacketInput) -> Result<(), String> {
        let stream = StreamId(self.state.clock.random());
        let Some(call) = &mut self.state.call else {
            return Ok(());
        };
        let (old, talkers) = call.begin_stay(stream);
        if let Some(old) = old {
            tokio::spawn(old.close());
        }
        for talker in talkers {
            self.audio.remove_talker(self.state.me.community, talker);
        }
        // While the group is being entered there are no keys; its first epoch lets one in again.
        if self.call_secret().is_some() {
            self.make_media(input)?;
            self.take_roll(roll);
        }
        Ok(())
    }

    /// Looks after a move.
    pub(super) fn mind_move(&mut self, now: Instant) {
        match self.move_step(now) {
            Step::Wait => {}
            Step::ChangeOver => self.change_over(now),
            Step::GiveUp(why) => self.give_up_move(why),
            Step::Leave => self.end_move(),
        }
    }

    fn move_step(&self, now: Instant) -> Step {
        let Some(moving) = &self.state.moving else {
            return Step::Wait;
        };
        let part = &moving.part;
        let since = |at: Instant| now.saturating_duration_since(at);
        match moving.stage {
            Stage::Going { since: at } if since(at) >= FAREWELL => Step::Leave,
            Stage::Going { .. } => Step::Wait,
            Stage::Coming { .. } if self.state.group_of(&part.channel).is_none() => {
                Step::GiveUp(say!("call-move-out"))
            }
            Stage::Coming { asked, let_in } => {
                let waited = let_in.is_some_and(|at| since(at) >= BUILDING);
                let is_in = part.id.is_some() && !part.asked && part.media.is_some();
                if is_in && (part.stands() || waited) {
                    Step::ChangeOver
                } else if since(asked) >= GIVEN_UP {
                    Step::GiveUp(say!("call-move-silent"))
                } else {
                    Step::Wait
                }
            }
        }
    }

    /// One's voice and ears go over into the new call.
    fn change_over(&mut self, now: Instant) {
        let (mut secret, mut open) = (None, false);
        self.in_other(|session| {
            secret = session.call_secret();
            open = session.may_seal();
        });
        let (Some(moving), Some(mut old)) = (self.state.moving.take(), self.state.call.take())
        else {
            return;
        };
        let mut new = moving.part;
        let lead = new.media.as_ref().map(|media| media.transport.sender());
        let begun = match (&mut old.sound, secret, lead) {
            (Some(sound), Some(secret), Some(lead)) => {
                if !open {
                    // Not a block more: what is sealed next is sealed for the new call.
                    sound.keys.allow(false);
                }
                sound.road.fork(sound.keys.next(), lead);
                let begun =
                    sound
                        .keys
                        .begin(&secret, new.stream, new.whisper.begin_stay(&mut OsRng));
                if begun.is_err() {
                    sound.road.stay();
                }
                begun.is_ok()
            }
            _ => false,
        };
        if !begun {
            self.state.call = Some(old);
            let part = new;
            self.state.moving = Some(Moving { part, ..moving });
            self.give_up_move(say!("call-move-keys"));
            self.mind_voice_gate();
            return;
        }
        new.take_over(&mut old);
        self.change_ears(&old, &new);
        self.state.call = Some(new);
        let stage = Stage::Going { since: now };
        self.state.moving = Some(Moving { part: old, stage });
        self.mind_silence();
        self.mind_voice_gate();
        self.sound_comings();
        self.prepare_for_loss(now);
        self.state.dirty = true;
    }

    /// Those of the new call are heard, those of the old one die out.
    fn change_ears(&self, old: &CallPart, new: &CallPart) {
        let community = self.state.me.community;
        for (device, talker) in new.talkers() {
            let percent = new.heard_percent(&device);
            self.audio.set_volume(community, talker, percent);
        }
        for (_, talker) in old.talkers() {
            self.audio.remove_talker(community, talker);
        }
        // What was lost in the old call says nothing of the new one.
        if old.told_loss != new.told_loss {
            self.audio.expect_loss(community, ObservedLoss::NONE);
        }
    }

    /// One stays where one was.
    pub(super) fn give_up_move(&mut self, why: &str) {
        let goal = self.state.moving.as_ref().and_then(Moving::goal);
        self.end_move();
        let name = goal.and_then(|goal| self.state.channel_name(&goal));
        let name = name.unwrap_or_else(|| say!("call-other-channel").to_owned());
        let here = self.state.call.as_ref().map(CallPart::channel);
        let here = here.and_then(|here| self.state.channel_name(&here));
        let here = here.unwrap_or_else(|| say!("call-your-call").to_owned());
        self.later(say!(
            "call-cannot-move",
            name = name,
            why = why,
            here = here
        ));
    }

    /// The server is not reached: it knows of no call any more.
    pub(super) fn cut_move(&mut self) {
        let Some(moving) = &mut self.state.moving else {
            return;
        };
        moving.part.id = None;
        if moving.goal().is_some() {
            self.give_up_move(say!("call-move-lost"));
        } else {
            self.end_move();
        }
    }

    /// Ends a move at once: leaves the call that one has not moved into yet, or has moved out of.
    pub(super) fn end_move(&mut self) {
        self.in_other(|session| session.send_signal(None, &SignalContent::Leave));
        let Some(Moving { part, .. }) = self.state.moving.take() else {
            return;
        };
        if let Some(call) = part.id {
            self.state.send(ClientFrame::LeaveCall { call });
        }
        for (_, talker) in part.talkers() {
            self.audio.remove_talker(self.state.me.community, talker);
        }
        if let Some(media) = part.media {
            self.call_network.runtime.spawn(Media::close(media));
        }
        self.state.dirty = true;
    }
}
