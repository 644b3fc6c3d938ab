//! Whom an admin mutes for everybody, and who is heard before others: entries of the member list, and what they do to one's call.
//!
//! ```text
//! SetVoiceStanding -> VoiceStandingChanged, signed -> member list -> mind_voices: one's own switch, whose packets are opened, the mix
//! ```
//!
//! The relay forwards nothing of whoever is muted. It is not relied upon: nothing of theirs is opened here, whichever way it comes.

use dialtone_protocol::AccountId;
use dialtone_protocol::roster::{Change, Standings, VoiceStanding};

use super::run::{Ended, Session};
use super::state::State;
use crate::snapshot::Role;
use crate::voice::{Audible, CallPart};
use dialtone_words::say;

impl Session {
    /// Says how a member's voice is heard by everybody.
    pub(super) async fn set_voice_standing(
        &mut self,
        account: AccountId,
        standing: VoiceStanding,
    ) -> Result<(), Ended> {
        let present = self.state.voice_standing_of(&account);
        if present == standing && self.state.role_of(&account).is_some() {
            return Ok(());
        }
        let mine = self.state.role();
        let own = account == self.state.me.account;
        let words = match self.state.role_of(&account) {
            None => Some(say!("notice-gone")),
            Some(_) if own && present == VoiceStanding::Muted => Some(say!("call-muted-cannot")),
            Some(_) if own && standing == VoiceStanding::Muted => Some(say!("call-mute-instead")),
            Some(role) if mine >= Role::Admin && (mine > role || own) => None,
            Some(_) => Some(say!("call-rank-voice")),
        };
        self.change(words, Change::VoiceStandingChanged { account, standing })
            .await
    }

    /// The member list is another, or all that was missed is here: who is muted in one's call, oneself perhaps, and who has priority.
    pub(super) fn mind_voices(&mut self) {
        self.tell_own_standing();
        self.hold_to_standings();
        self.in_other(Self::hold_to_standings);
    }

    fn hold_to_standings(&mut self) {
        let (me, community) = (self.state.me.device.id(), self.state.me.community);
        let standings = self.state.voice_standings();
        let Some(call) = &mut self.state.call else {
            return;
        };
        if call.standings == standings {
            return;
        }
        let channel = call.channel();
        let before = std::mem::replace(&mut call.standings, standings);
        if let Some(media) = &call.media {
            media.openers.silence(call.standings.muted(&channel));
        }
        for device in call.others.keys() {
            let priority = call.standings.has_priority(&channel, device);
            if let Some(talker) = call.talker_id(device)
                && priority != before.has_priority(&channel, device)
            {
                self.audio.set_priority(community, talker, priority);
            }
        }
        let silenced = call.standings.get(&channel, &me) == VoiceStanding::Muted;
        if silenced != call.switches.silenced {
            call.switches.silenced = silenced;
            self.mind_silence();
            self.mind_voice_gate();
            self.announce(None);
        }
        self.state.dirty = true;
    }

    /// The call in which one is heard says whether one is. Of the other one of a move nothing is told.
    pub(super) fn mind_silence(&self) {
        let call = self.state.call.as_ref();
        if let Some(call) = call.filter(|call| call.audible == Audible::Now) {
            let silenced = call.switches.silenced;
            self.audio.set_silenced(self.state.me.community, silenced);
        }
    }

    /// Tells by whom one was muted for everybody or given priority, once one is up to date: what came and went meanwhile is no news.
    fn tell_own_standing(&mut self) {
        let me = self.state.me.account;
        let now = self.state.voice_standing_of(&me);
        if !self.state.caught_up || now == self.state.told_voice {
            return;
        }
        let before = std::mem::replace(&mut self.state.told_voice, now);
        let by = self.state.voice_changed_by(&me).filter(|by| *by != me);
        let Some(by) = by.map(|by| self.state.directory.person(&by)) else {
            return;
        };
        let words = match (before, now) {
            (_, VoiceStanding::Muted) => say!("call-by-muted", by = by),
            (_, VoiceStanding::Priority) => say!("call-by-priority", by = by),
            (VoiceStanding::Muted, VoiceStanding::Ordinary) => {
                say!("call-by-let-speak", by = by)
            }
            (_, VoiceStanding::Ordinary) => {
                say!("call-by-no-priority", by = by)
            }
        };
        self.later(words);
    }
}

impl State {
    /// How an account is heard in calls.
    pub(super) fn voice_standing_of(&self, account: &AccountId) -> VoiceStanding {
        let roster = self.roster.as_ref();
        let account = roster.and_then(|roster| roster.view().account(account));
        account.map(|account| account.voice).unwrap_or_default()
    }

    /// Who said so last.
    pub(super) fn voice_changed_by(&self, account: &AccountId) -> Option<AccountId> {
        let roster = self.roster.as_ref()?;
        roster.view().account(account)?.voice_by
    }

    fn voice_standings(&self) -> Standings {
        let roster = self.roster.as_ref();
        let standings = roster.map(|roster| Standings::of(roster.view()));
        standings.unwrap_or_default()
    }

    /// A call begins: what the member list says of voices holds from its first packet on.
    pub(super) fn prepare_voices(&self, call: &mut CallPart) {
        call.standings = self.voice_standings();
        let own = call.standings.get(&call.channel(), &call.device);
        call.switches.silenced = own == VoiceStanding::Muted;
    }
}
