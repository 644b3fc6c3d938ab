//! The member list: its entries stand without a gap, each is as its hash says, and all of them follow the rules and are signed.

use dialtone_protocol::Hash;
use dialtone_protocol::roster::Roster;
use dialtone_store::{MAX_ROSTER_RANGE, Store, StoreError};

use super::{Area, Findings};

/// Looks at the list; what can be verified of it.
pub(super) async fn check(
    store: &dyn Store,
    findings: &mut Findings<'_>,
) -> Result<Option<Roster>, StoreError> {
    let mut tx = store.read().await?;
    let head = tx.roster().head().await?;
    let community = tx.meta().community().await?;
    let mut entries = Vec::new();
    let mut last = Hash::ZERO;
    let mut from = 0;
    loop {
        let page = tx.roster().range(from, MAX_ROSTER_RANGE).await?;
        let Some(end) = page.last() else {
            break;
        };
        from = end.position + 1;
        for entry in page {
            let expected = entries.len() as u64;
            if entry.position != expected {
                let at = entry.position;
                findings.add(
                    Area::Roster,
                    format!("entry {expected} is missing, entry {at} follows"),
                );
                return Ok(None);
            }
            if Hash::of(&entry.bytes) != entry.hash {
                findings.add(
                    Area::Roster,
                    format!("entry {expected} is not as its hash says"),
                );
            }
            last = entry.hash;
            entries.push(entry.bytes);
        }
    }
    if head.length != entries.len() as u64 || head.head != last {
        findings.add(
            Area::Roster,
            format!(
                "it should end at entry {}, and there are {}",
                head.length,
                entries.len()
            ),
        );
    }
    if entries.is_empty() {
        return Ok(None);
    }
    let roster = match Roster::replay(entries) {
        Ok((roster, None)) => roster,
        Ok((roster, Some(error))) => {
            let at = roster.position().length;
            findings.add(Area::Roster, format!("entry {at} is not valid: {error}"));
            return Ok(None);
        }
        Err(error) => {
            findings.add(Area::Roster, format!("entry 0 is not valid: {error}"));
            return Ok(None);
        }
    };
    if community != Some(roster.community()) {
        findings.add(Area::Roster, "it is another community's than the server's");
    }
    Ok(Some(roster))
}
