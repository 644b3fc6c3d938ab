//! Keys of channels that one lacks, asked of others; and keys that others lack, granted.

use dialtone_crypto::{
    GrantError, VerifiedGrant, entitled, open_grant, read_key_request, seal_grant, sign_key_request,
};
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::sealed::{GRANT_KEYS, WantedKey};

use super::groups::put_changes;
use super::run::{Ended, Session};
use crate::local::Table;

/// Keys are asked for again after this long.
const ASK_AGAIN_MS: u64 = 5_000;
/// So often: others take turns to answer, and in a large community it is long before all had one.
const OFTEN: u32 = 200;
/// And after this long, if the same ones are still lacking: nobody may have them, or give them.
const SELDOM_MS: u64 = 10 * 60 * 1_000;
/// So many of those who could answer do.
const ANSWERERS: u64 = 2;

/// What keys others were asked for.
#[derive(Debug, Default)]
pub(super) struct KeysAsked {
    /// When last: ms since 1970; 0 where they are to be asked at once.
    at_ms: u64,
    /// How often for these.
    times: u32,
    wanted: Vec<WantedKey>,
}

impl KeysAsked {
    /// Somebody came who may answer.
    pub(super) fn begin_again(&mut self) {
        (self.at_ms, self.times) = (0, 0);
    }

    /// Whether these are asked for now.
    fn is_due(&mut self, wanted: &[WantedKey], now_ms: u64) -> bool {
        if self.wanted != wanted {
            self.wanted = wanted.to_vec();
            self.times = 0;
        }
        let pause = if self.times < OFTEN {
            ASK_AGAIN_MS
        } else {
            SELDOM_MS
        };
        let due = now_ms.saturating_sub(self.at_ms) >= pause;
        if due {
            self.at_ms = now_ms;
            self.times = self.times.saturating_add(1);
        }
        due
    }

    /// When it is worth a look what is lacking.
    fn may_be_due(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.at_ms) >= ASK_AGAIN_MS
    }
}

impl Session {
    /// Asks for the keys that are lacking, now and then while somebody else is there.
    pub(super) fn ask_for_keys(&mut self, now_ms: u64) {
        let due = self.state.keys_asked.may_be_due(now_ms);
        if !due || !self.state.may_sign() || !self.state.caught_up || self.state.online.len() < 2 {
            return;
        }
        let mut wanted = self.wanted_keys();
        wanted.truncate(GRANT_KEYS);
        if wanted.is_empty() || !self.state.keys_asked.is_due(&wanted, now_ms) {
            return;
        }
        let Some(roster) = &self.state.roster else {
            return;
        };
        match sign_key_request(&self.state.me.device, roster, wanted) {
            Ok(request) => {
                self.state.send(ClientFrame::RequestKeys {
                    request: request.into(),
                });
            }
            Err(error) => tracing::warn!("keys could not be asked for: {error}"),
        }
    }

    /// Grants what another asks for and may have.
    pub(super) fn keys_requested(&mut self, request: &[u8]) -> Result<(), Ended> {
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let request = match read_key_request(request, &roster) {
            Ok(request) => request,
            Err(error) => return self.keys_refused(&error),
        };
        let own = request.device == self.state.me.device.id();
        let now_ms = self.state.clock.now_ms();
        let Some((roster, lobby)) = self.state.pass_gate(now_ms).filter(|_| !own) else {
            return Ok(());
        };
        // Another turn, other answerers: one that grants nothing of use does not stand in the way for ever.
        let turn = lobby.epoch() ^ (now_ms / ASK_AGAIN_MS).rotate_left(32);
        let state = &self.state;
        let is_turn = |wanted: &&WantedKey| self.rank_in(&wanted.group, turn) <= ANSWERERS;
        let length = |group: &_, epoch| {
            // Profiles of the first version have it in the group alone, until that is left.
            let of_group = || state.held(group).and_then(|held| held.epoch_length(epoch));
            state.keys.epoch_length(group, epoch).or_else(of_group)
        };
        let keys: Vec<_> = entitled(&request, &roster, length, |group| state.held(group))
            .iter()
            .filter(is_turn)
            .filter_map(|wanted| state.keys.granted(wanted))
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        match seal_grant(&self.state.me.device, &roster, request.device, keys) {
            Ok(grant) => {
                let to = request.device;
                self.state.send(ClientFrame::Grant {
                    to,
                    grant: grant.into(),
                });
            }
            Err(error) => tracing::warn!("keys could not be granted: {error}"),
        }
        Ok(())
    }

    fn keep_granted(&mut self, grant: &VerifiedGrant) -> Result<(), Ended> {
        self.state.recovery.keys_came();
        for key in &grant.keys {
            if self.awaits(key) {
                self.state.keys.insert_granted(Some(grant.grantor), key);
            }
        }
        let keys = self.state.keys.drain_changes();
        let transaction = self.database.begin()?;
        put_changes(&transaction, Table::Keys, keys)?;
        Ok(transaction.commit()?)
    }

    /// Takes granted keys: candidates, each used only for what it opens.
    pub(super) fn grant(&mut self, id: u64, grant: &[u8]) -> Result<(), Ended> {
        let Some(roster) = &self.state.roster else {
            return Ok(());
        };
        match open_grant(grant, &self.state.me.device, roster) {
            Ok(grant) => {
                self.keep_granted(&grant)?;
                self.keys_came()?;
            }
            Err(error) => {
                self.keys_refused(&error)?;
                // It can be opened once the entries that it names are here: the server keeps it until then.
                if matches!(error, GrantError::NeedRoster { .. }) {
                    return Ok(());
                }
            }
        }
        self.state.send(ClientFrame::GrantsTaken { ids: vec![id] });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{ChannelId, GroupId};

    use super::*;

    fn wanted(epoch: u64) -> Vec<WantedKey> {
        let (group, channel) = (GroupId::new([1; 16]), ChannelId([2; 16]));
        vec![WantedKey {
            group,
            epoch,
            channel,
        }]
    }

    #[test]
    fn keys_that_nobody_gives_are_asked_for_seldom_until_something_is_new() {
        let mut asked = KeysAsked::default();
        let mut now = 1_000_000;
        for _ in 0..OFTEN {
            assert!(asked.may_be_due(now) && asked.is_due(&wanted(1), now));
            assert!(!asked.may_be_due(now + ASK_AGAIN_MS - 1));
            now += ASK_AGAIN_MS;
        }
        assert!(!asked.is_due(&wanted(1), now));
        // Another one is lacking, or somebody comes.
        assert!(asked.is_due(&wanted(2), now));
        for _ in 0..OFTEN {
            now += ASK_AGAIN_MS;
            asked.is_due(&wanted(2), now);
        }
        assert!(!asked.is_due(&wanted(2), now + ASK_AGAIN_MS));
        assert!(asked.is_due(&wanted(2), now + SELDOM_MS));
        asked.begin_again();
        assert!(asked.may_be_due(now) && asked.is_due(&wanted(2), now));
    }
}
