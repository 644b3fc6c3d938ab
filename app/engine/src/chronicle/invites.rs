//! The invites that were made, with who came by each.

use std::collections::BTreeMap;

use dialtone_protocol::roster::{Account, Change, Role as Rank, Roster, SignedEntry};
use dialtone_protocol::{AccountId, InviteId};

use super::Names;
use crate::snapshot::{InviteState, InviteView, Role};

/// Every invite, the latest first. `me` is who looks, `now_ms` when: ms since 1970.
pub(crate) fn invites(
    roster: &Roster,
    names: &Names<'_>,
    me: &AccountId,
    now_ms: u64,
) -> Vec<InviteView> {
    let mut came: BTreeMap<InviteId, Vec<AccountId>> = BTreeMap::new();
    for bytes in roster.entries_from(0) {
        let change = SignedEntry::read(bytes).map(|(_, entry)| entry.change);
        if let Ok(Change::Joined {
            invite,
            account_key,
            ..
        }) = change
        {
            came.entry(invite)
                .or_default()
                .push(AccountId::of(&account_key));
        }
    }
    let view = roster.view();
    let rank = |account: &AccountId| {
        let known = view.account(account).filter(|account| account.is_active());
        known.map(Account::role)
    };
    let mine = rank(me);
    let mut shown: Vec<InviteView> = view
        .invites()
        .iter()
        .map(|(id, invite)| {
            let used_by = came.remove(id).unwrap_or_default();
            let last_rank = view.account(&invite.issuer).map(Account::role);
            let inviter_may =
                rank(&invite.issuer).is_some_and(|rank| rank >= Rank::Admin && rank > invite.role);
            let state = if invite.uses_left == 0 {
                InviteState::UsedUp
            } else if invite.void || !inviter_may {
                InviteState::Void
            } else if invite.expires_s.saturating_mul(1000) <= now_ms {
                InviteState::Expired
            } else {
                InviteState::Open
            };
            let outranks = mine.is_some_and(|mine| mine >= Rank::Admin && Some(mine) > last_rank);
            InviteView {
                id: *id,
                number: invite.issued_at + 1,
                by: invite.issuer,
                by_name: names.directory.person(&invite.issuer),
                uses: u32::try_from(used_by.len())
                    .unwrap_or(u32::MAX)
                    .saturating_add(invite.uses_left),
                used_by: used_by
                    .into_iter()
                    .map(|one| (one, names.directory.person(&one)))
                    .collect(),
                expires_ms: invite.expires_s.saturating_mul(1000),
                role: match invite.role {
                    Rank::Member => Role::Member,
                    Rank::Admin => Role::Admin,
                    Rank::Founder => Role::Founder,
                },
                state,
                may_revoke: !invite.void
                    && invite.uses_left > 0
                    && (mine.is_some() && invite.issuer == *me || outranks),
            }
        })
        .collect();
    shown.sort_by_key(|invite| std::cmp::Reverse(invite.number));
    shown
}
