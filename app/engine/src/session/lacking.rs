//! A server that lacks what this device had from it: put back from an older backup, or lying.
//!
//! ```text
//! all is here that was missed -> how far do member list and channels reach at the server?
//! as far as here, or farther  -> nothing         less far, and still after 10 s -> warning that says so
//! ```
//!
//! Without this one learns of it when the server gives away a place a second time, and then in words that do not say what has happened.

use dialtone_protocol::http::{ChannelHeads, RosterPage};
use dialtone_protocol::roster::RosterPosition;
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::Job;
use crate::net::{Line, NetError};

/// It may be behind for so long without lacking anything: one of several servers hears of an entry later than another.
const PATIENCE_MS: u64 = 10_000;

/// How much is there less than here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lacking {
    /// Entries of the member list.
    pub(super) entries: u64,
    /// Messages, and what was done to them, in all channels.
    pub(super) messages: u64,
}

impl Session {
    /// Compares how far the server reaches with what is here.
    pub(super) async fn compare_reach(&mut self) -> Result<(), Ended> {
        let line = self.line()?;
        let roster = self.state.roster.as_ref();
        let length = roster.map_or(0, |roster| roster.position().length);
        match reach(&line, length).await {
            Ok((position, heads)) => self.judge_reach(&position, &heads, self.state.clock.now_ms()),
            // Whether this device may ask is for others to tell.
            Err(NetError::Refused(body)) => {
                tracing::info!("how far the server reaches is not told: {}", body.message);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What it says about the server, at `now` ms since 1970.
    pub(super) fn judge_reach(
        &mut self,
        position: &RosterPosition,
        heads: &ChannelHeads,
        now_ms: u64,
    ) -> Result<(), Ended> {
        let Some(roster) = &self.state.roster else {
            return Ok(());
        };
        if roster.contains(position) == Some(false) {
            return self.roster_forked();
        }
        let lacking = Lacking {
            entries: roster.position().length.saturating_sub(position.length),
            messages: self.messages_beyond(heads),
        };
        if lacking.entries == 0 && lacking.messages == 0 {
            self.state.lacking_since_ms = None;
            return Ok(());
        }
        let since_ms = *self.state.lacking_since_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(since_ms) < PATIENCE_MS {
            return Ok(());
        }
        let what = words(&lacking);
        self.raise_alarm(say!("notice-server-lacks", what = what))
    }

    /// Of channels that the server does not name nothing is known.
    fn messages_beyond(&self, heads: &ChannelHeads) -> u64 {
        let beyond = heads.channels.iter().map(|head| {
            let part = self.state.channels.get(&head.channel);
            let here = part.map_or(0, |part| part.checker.position().sequence);
            here.saturating_sub(head.sequence)
        });
        beyond.fold(0, u64::saturating_add)
    }

    /// Asks again when a server that lacked something has had its time.
    pub(super) fn mind_lacking(&mut self, now_ms: u64) {
        let since = self.state.lacking_since_ms;
        let is_due = since.is_some_and(|since| now_ms.saturating_sub(since) >= PATIENCE_MS);
        if is_due && self.state.caught_up && self.state.alarm.is_none() {
            self.state.want(Job::CompareReach);
        }
    }
}

/// Of a member list that is so long here nothing is given again.
async fn reach(line: &Line, length: u64) -> Result<(RosterPosition, ChannelHeads), NetError> {
    let page: RosterPage = line.roster(length).await?;
    Ok((page.position, line.get("/channels").await?))
}

fn words(lacking: &Lacking) -> String {
    match lacking.messages {
        0 => say!("notice-lacks-entries", count = lacking.entries),
        messages => say!("notice-lacks-messages", count = messages),
    }
}
