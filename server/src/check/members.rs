//! Accounts, devices, invites and sessions: they mirror the member list.

use std::collections::BTreeSet;

use dialtone_protocol::AccountId;
use dialtone_protocol::roster::Roster;
use dialtone_store::{Account, AccountState, InviteKind, Store, StoreError, Transaction};

use super::{Area, Findings};

const PAGE: u32 = 200;
/// Invites that are looked at.
const MOST_INVITES: u32 = 100_000;
/// No session lasts longer than 30 days.
const LONGEST_SESSION_MS: i64 = 31 * 24 * 60 * 60 * 1000;

pub(super) async fn check(
    store: &dyn Store,
    roster: &Roster,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    // An entry may have come between the reading of the list and this.
    if tx.roster().head().await?.length != roster.position().length {
        return Ok(());
    }
    let mut after: Option<AccountId> = None;
    let mut seen = BTreeSet::new();
    loop {
        let page = tx.accounts().page(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.account);
        for account in page {
            seen.insert(account.account);
            check_account(&mut *tx, roster, &account, findings).await?;
        }
    }
    for (id, account) in roster.view().accounts() {
        if account.is_active() && !seen.contains(id) {
            findings.add(
                Area::Members,
                format!("account {id} is in the member list, and cannot sign in"),
            );
        }
    }
    check_entrances(&mut *tx, roster, findings).await
}

async fn check_account(
    tx: &mut dyn Transaction,
    roster: &Roster,
    stored: &Account,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let view = roster.view();
    let id = stored.account;
    let listed = view.account(&id);
    let is_in = listed.is_some_and(dialtone_protocol::roster::Account::is_active);
    match (stored.state, is_in) {
        (AccountState::Active, false) => findings.add(
            Area::Members,
            format!("account {id} counts as a member, and is not in the member list"),
        ),
        (AccountState::Pending, true) => findings.add(
            Area::Members,
            format!("account {id} is in the member list, and counts as waiting"),
        ),
        _ => {}
    }
    if !is_in {
        return Ok(());
    }
    let devices = tx.devices().list(&id).await?;
    for device in &devices {
        let listed = view.device(&device.device);
        let wrong = match listed {
            None => "is not in the member list",
            Some(listed) if listed.account != id => "is another account's",
            Some(listed) if listed.keys.signature_key != device.device_key => {
                "has another key than in the member list"
            }
            Some(listed) if listed.is_active() && device.revoked.is_some() => {
                "is in the member list, and counts as removed"
            }
            Some(listed) if !listed.is_active() && device.revoked.is_none() => {
                "was removed, and can still sign in"
            }
            Some(_) => continue,
        };
        findings.add(Area::Members, format!("device {} {wrong}", device.device));
    }
    let stored: BTreeSet<_> = devices.iter().map(|device| device.device).collect();
    for (device, listed) in view.devices() {
        if listed.account == id && listed.is_active() && !stored.contains(device) {
            findings.add(
                Area::Members,
                format!("device {device} is in the member list, and cannot sign in"),
            );
        }
    }
    Ok(())
}

async fn check_entrances(
    tx: &mut dyn Transaction,
    roster: &Roster,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    for invite in tx.invites().list(MOST_INVITES).await? {
        let short = hex::encode(&invite.token.0[..4]);
        let listed = invite.invite.map(|id| roster.view().invites().get(&id));
        let wrong = match (invite.kind, listed) {
            _ if invite.uses_left > invite.uses => "has more uses left than it had",
            (InviteKind::Member, None) => "of a member belongs to nothing in the member list",
            (_, Some(None)) => "is not in the member list",
            _ => continue,
        };
        findings.add(Area::Entrances, format!("invite {short}… {wrong}"));
    }
    let mut after = None;
    loop {
        let page = tx
            .sessions()
            .page(after.as_ref(), dialtone_store::UnixMillis(0), PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.token);
        for session in page {
            let lasts = session.expires.0.saturating_sub(session.created.0);
            if !(0..=LONGEST_SESSION_MS).contains(&lasts) {
                let short = hex::encode(&session.token.0[..4]);
                let what = format!("session {short}… ends before it began, or lasts too long");
                findings.add(Area::Entrances, what);
            }
        }
    }
}
