//! What nobody asks for and must be done all the same: taking in what a lost answer hid, deleting what is long over, noticing
//! that the database is gone before somebody writes.

use std::sync::Weak;
use std::time::{Duration, Instant};

use dialtone_store::{Store, StoreError, UnixMillis};
use tokio::time::{MissedTickBehavior, interval};

use crate::state::{AppState, Inner};
use crate::steady::Steady;
use crate::transaction::transact;
use crate::{admin, approvals, blobs, calls, messages, roster};

/// How often it is looked whether there is something to do.
const ROUND: Duration = Duration::from_secs(5);
/// So many rounds are between two looks at the database: a minute.
const LOOK: u32 = 12;
/// So many rounds are between two looks for messages that are to vanish: 15 s.
const ERASE: u32 = 3;
/// So many rounds are between two cleanings: an hour.
const CLEAN: u32 = 720;
/// How long an invite that has run out is remembered, so that its holder is told so: 30 days, in milliseconds.
const REMEMBERED_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How long a session that was ended is kept, so that all instances have met it: an hour, in milliseconds.
const KNOWN_MS: i64 = 60 * 60 * 1000;

/// Runs until the server is gone.
pub(crate) async fn run(server: Weak<Inner>) {
    let mut rounds = interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round = 0_u32;
    let mut to_limit = 1;
    let mut steady = None;
    loop {
        rounds.tick().await;
        let Some(inner) = server.upgrade() else {
            return;
        };
        let state = AppState::from_inner(inner);
        let erase_by = look(&mut steady, &state);
        roster::catch_up_if_behind(&state).await;
        admin::cut_ended(&state).await;
        approvals::sweep(&state);
        calls::end_moves(&state, Instant::now()).await;
        calls::keep_homes(&state).await;
        if round.is_multiple_of(LOOK) {
            state.limits.forget();
            state.auth.throttles.forget();
        }
        messages::keep_to_retention(&state, &mut to_limit).await;
        state.refresh_certificate();
        if round.is_multiple_of(ERASE) {
            messages::sweep(&*state.store, erase_by).await;
            blobs::sweep_ended(&state, erase_by).await;
        }
        if round.is_multiple_of(CLEAN) {
            clean(&*state.store, erase_by).await;
            blobs::sweep(&state, erase_by).await;
        } else if round.is_multiple_of(LOOK)
            && let Err(error) = state.store.ping().await
        {
            tracing::error!(%error, "the database cannot be written to");
        }
        round = round.wrapping_add(1);
    }
}

/// The time to erase by.
fn look(steady: &mut Option<Steady>, state: &AppState) -> UnixMillis {
    let (now, at) = (state.clock.now(), Instant::now());
    let look = steady
        .get_or_insert_with(|| Steady::new(now, at))
        .look(now, at);
    if let Some(ahead_ms) = look.jumped_ms {
        let ahead_s = ahead_ms / 1000;
        tracing::warn!(
            ahead_s,
            "the clock was set forward: if it still is in an hour, what has ended by it is erased"
        );
    }
    look.time
}

/// Deletes sessions that have ended, and invites that ended long ago.
async fn clean(store: &dyn Store, now: UnixMillis) {
    let cleaned = transact(store, |tx| {
        Box::pin(async move {
            let sessions = tx.sessions().delete_ended(now, now.plus(-KNOWN_MS)).await?;
            let invites = tx
                .invites()
                .delete_expired(now.plus(-REMEMBERED_MS))
                .await?;
            Ok::<_, StoreError>((sessions, invites))
        })
    })
    .await;
    match cleaned {
        Ok((sessions, invites)) => tracing::debug!(sessions, invites, "cleaned up"),
        Err(error) => tracing::warn!(%error, "cleaning up waits: the database cannot be used"),
    }
}

#[cfg(test)]
mod tests {
    use dialtone_store::{InviteKind, NewInvite, TokenHash};

    use super::*;

    fn invite(number: u8, expires: Option<UnixMillis>) -> NewInvite {
        NewInvite {
            token: TokenHash([number; 32]),
            kind: InviteKind::Knock,
            invite: None,
            uses: 1,
            expires,
            pack: None,
            issuer: None,
        }
    }

    #[tokio::test]
    async fn an_invite_is_forgotten_thirty_days_after_it_ran_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let store = dialtone_store_sqlite::open(path).await.unwrap();
        let now = UnixMillis(100 * 24 * 60 * 60 * 1000);
        let long_ago = now.plus(-REMEMBERED_MS);
        let mut tx = store.begin().await.unwrap();
        for new in [
            invite(1, Some(long_ago.plus(-1))),
            invite(2, Some(long_ago)),
            invite(3, None),
        ] {
            assert!(tx.invites().add(&new, now).await.unwrap());
        }
        tx.commit().await.unwrap();
        clean(&*store, now).await;
        let mut tx = store.read().await.unwrap();
        let mut left = Vec::new();
        for invite in tx.invites().list(10).await.unwrap() {
            left.push(invite.token.0[0]);
        }
        left.sort_unstable();
        assert_eq!(left, [2, 3]);
    }
}
