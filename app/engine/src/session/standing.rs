//! Whether one is in a community, by what is verified alone.
//!
//! ```text
//! the member list that is kept here ─┐
//!                                    ├─ the longer one, if it goes on from the other ─> in, out, or not known
//! the one that a server shows now ───┘                                              └─> forks: refused
//! ```
//!
//! Each entry is signed by whom it takes, so a server can withhold that one is out, and not say it.

use std::path::Path;

use dialtone_crypto::rows::RowKey;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{AccountId, CommunityId, DeviceId};

use super::load::load_roster;
use crate::local::Database;
use dialtone_words::say;

/// What the member list says of an account and its device here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Both are in.
    In,
    /// The account is in; the device was taken out.
    DeviceOut,
    /// The account was removed, or has left.
    Out,
    /// It names neither, or not the device: they wait to be let in, or never came in.
    Unknown,
}

/// Whose standing.
pub(crate) struct Whose {
    /// In which community.
    pub(crate) community: CommunityId,
    /// The account.
    pub(crate) account: AccountId,
    /// Its device here.
    pub(crate) device: DeviceId,
}

/// How one stands by the member list in the local database at `path` and the verified one that was `shown` by a server.
///
/// # Errors
/// In words: the two lists are forks, or the local one cannot be read and the other does not settle it.
pub(crate) fn standing(
    whose: &Whose,
    path: &Path,
    row_key: RowKey,
    shown: Option<&Roster>,
) -> Result<Standing, String> {
    let kept = match kept_roster(&whose.community, path, row_key) {
        Ok(kept) => kept,
        Err(words) => {
            let by_shown = shown.map(|roster| by(whose, roster));
            let settled = by_shown.filter(|standing| *standing != Standing::Unknown);
            return settled.ok_or(words);
        }
    };
    match (&kept, shown) {
        (None, None) => Ok(Standing::Unknown),
        (Some(roster), None) | (None, Some(roster)) => Ok(by(whose, roster)),
        (Some(kept), Some(shown)) if shown.contains(&kept.position()) == Some(true) => {
            Ok(by(whose, shown))
        }
        (Some(kept), Some(shown)) if kept.contains(&shown.position()) == Some(true) => {
            Ok(by(whose, kept))
        }
        (Some(_), Some(_)) => Err(say!("engine-other-list").to_owned()),
    }
}

/// The member list in the local database at `path`, if there is one.
///
/// # Errors
/// In words: it cannot be read.
pub(crate) fn kept_roster(
    community: &CommunityId,
    path: &Path,
    row_key: RowKey,
) -> Result<Option<Roster>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let database = Database::open(path, row_key).map_err(|error| error.to_string())?;
    let roster = load_roster(&database, community).map_err(|error| error.to_string())?;
    Ok(roster.map(|roster| (*roster).clone()))
}

/// How one stands by one member list.
pub(super) fn by(whose: &Whose, roster: &Roster) -> Standing {
    let account = roster.view().account(&whose.account);
    let device = roster.view().device(&whose.device);
    match (account, device) {
        (Some(account), _) if !account.is_active() => Standing::Out,
        (Some(_), Some(device)) if device.is_active() => Standing::In,
        (Some(_), Some(_)) => Standing::DeviceOut,
        (_, None) | (None, _) => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use dialtone_crypto::keystore::ProfileSecrets;
    use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
    use dialtone_protocol::PublicKey;

    use super::*;
    use crate::local::Table;

    /// Writes the list where the session keeps it.
    fn keep(path: &Path, row_key: &RowKey, roster: &Roster) {
        let mut database = Database::open(path, row_key.clone()).unwrap();
        let transaction = database.begin().unwrap();
        for (index, entry) in roster.entries_from(0).iter().enumerate() {
            let key = (index as u64).to_be_bytes();
            transaction.put(Table::Roster, &key, entry).unwrap();
        }
        transaction.commit().unwrap();
    }

    #[test]
    fn the_longer_list_says_who_is_in_and_forks_say_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.db");
        let row_key = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
        let [anna, mikael] = [(); 2].map(|()| AccountKey::generate(&mut OsRng));
        let [founders, here] = [(); 2].map(|()| DeviceKey::generate(&mut OsRng).unwrap());
        let key = PublicKey([1; 32]);
        let founding = entries::found(&anna, &founders, key, &mut OsRng).unwrap();
        let community = founding.roster.community();
        let after = |roster: &Roster, entry: Vec<u8>| {
            let mut roster = roster.clone();
            roster.append(entry).unwrap();
            roster
        };
        let before = founding.roster;
        let knock = entries::knock(&community, &mikael, &here);
        let joined = after(&before, entries::admit(&founders, &before, &knock).unwrap());
        let gone = entries::remove_member(&founders, &joined, mikael.account(), false).unwrap();
        let gone = after(&joined, gone);
        let revoked = after(
            &joined,
            entries::revoke_device(&founders, &joined, here.id()).unwrap(),
        );
        let whose = Whose {
            community,
            account: mikael.account(),
            device: here.id(),
        };
        let stands = |shown| standing(&whose, &path, row_key.clone(), shown);
        // Nothing is kept here yet.
        assert_eq!(stands(None), Ok(Standing::Unknown));
        assert_eq!(stands(Some(&before)), Ok(Standing::Unknown));
        assert!(!path.exists(), "looking makes no file");
        keep(&path, &row_key, &joined);
        assert_eq!(stands(None), Ok(Standing::In));
        // A server that hides it changes nothing; what is signed counts.
        assert_eq!(stands(Some(&before)), Ok(Standing::In));
        assert_eq!(stands(Some(&gone)), Ok(Standing::Out));
        assert_eq!(stands(Some(&revoked)), Ok(Standing::DeviceOut));
        let fork = entries::remove_member(&founders, &joined, mikael.account(), true).unwrap();
        let fork = after(&joined, fork);
        keep(&path, &row_key, &gone);
        assert_eq!(stands(Some(&joined)), Ok(Standing::Out));
        assert!(
            stands(Some(&fork))
                .unwrap_err()
                .contains("another member list")
        );
        // What cannot be read is settled by what is signed, and not by what is missing.
        std::fs::write(
            &path,
            "no database at all, but long enough to be looked at as one",
        )
        .unwrap();
        assert_eq!(stands(Some(&gone)), Ok(Standing::Out));
        assert!(stands(Some(&before)).is_err());
    }
}
