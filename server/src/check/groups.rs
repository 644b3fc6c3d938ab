//! Groups: each is named in the member list, its public half is that of its epoch, and a commit leads to each epoch.

use dialtone_protocol::GroupId;
use dialtone_protocol::roster::Roster;
use dialtone_store::{Store, StoreError, Transaction};

use super::{Area, Findings, unreadable};
use crate::groups::read_stored;

const PAGE: u32 = 200;

pub(super) async fn check(
    store: &dyn Store,
    roster: &Roster,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    let mut after = None;
    loop {
        let page = tx.groups().list(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(*last);
        for group in page {
            (findings.report)("groups");
            check_group(&mut *tx, roster, &group, findings).await?;
        }
    }
}

async fn check_group(
    tx: &mut dyn Transaction,
    roster: &Roster,
    id: &GroupId,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let found = match tx.groups().find(id).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(()),
        Err(error) => {
            let detail = unreadable(error)?;
            findings.add(Area::Groups, format!("group {id} cannot be read: {detail}"));
            return Ok(());
        }
    };
    if roster.named_at(id).is_none() {
        findings.add(
            Area::Groups,
            format!("group {id} is not in the member list"),
        );
    }
    match read_stored(id, &found.public_state) {
        Err(error) => findings.add(
            Area::Groups,
            format!("the public half of group {id} cannot be read: {error}"),
        ),
        Ok(half) => {
            if half.epoch != found.epoch {
                findings.add(
                    Area::Groups,
                    format!(
                        "group {id} is in epoch {}, and its public half in epoch {}",
                        found.epoch, half.epoch
                    ),
                );
            }
            if half.tree != found.tree {
                findings.add(
                    Area::Groups,
                    format!("the tree of group {id} is not that of its public half"),
                );
            }
        }
    }
    check_commits(tx, id, found.epoch, findings).await
}

async fn check_commits(
    tx: &mut dyn Transaction,
    id: &GroupId,
    epoch: u64,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let mut next = 0;
    loop {
        let page = tx.groups().commits(id, next, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for commit in page {
            if commit.epoch != next {
                findings.add(
                    Area::Groups,
                    format!(
                        "the commit of epoch {next} of group {id} is missing, that of epoch {} follows",
                        commit.epoch
                    ),
                );
            }
            next = commit.epoch + 1;
        }
    }
    if next != epoch {
        findings.add(
            Area::Groups,
            format!("group {id} is in epoch {epoch}, and its commits lead to epoch {next}"),
        );
    }
    Ok(())
}
