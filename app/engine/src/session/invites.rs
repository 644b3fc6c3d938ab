//! Invites of one's own that have run out: this client revokes them, since no clock counts in the member list.

use dialtone_protocol::InviteId;

use super::run::Session;
use super::state::{Append, Job};
use crate::snapshot::Role;

impl Session {
    /// Wants the revocation of what has run out; each once in a run.
    pub(super) fn mind_invites(&mut self, now_ms: u64) {
        let may = self.state.caught_up && self.state.may_sign() && self.state.role() >= Role::Admin;
        let Some(roster) = self.state.roster.as_ref().filter(|_| may) else {
            return;
        };
        let me = self.state.me.account;
        let invites = roster.view().invites().iter();
        let over: Vec<InviteId> = invites
            .filter(|(id, invite)| {
                invite.issuer == me
                    && !invite.void
                    && invite.uses_left > 0
                    && invite.expires_s <= now_ms / 1000
                    && !self.state.revoked.contains(id)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in over {
            self.state.revoked.insert(id);
            self.state.want(Job::Append(Append::RevokeInvite(id)));
        }
    }
}
