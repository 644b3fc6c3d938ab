//! People for this crate's own tests: one founds a community, others come in by invites.

use dialtone_protocol::roster::{Role, Roster};
use dialtone_protocol::{AccountId, PublicKey};
use rand_core::OsRng;

use crate::entries::{self, Founding};
use crate::invite::{self, InviteTerms};
use crate::keys::{AccountKey, DeviceKey};

/// Somebody with one device.
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceKey,
}

/// Founds a community on any server.
pub(crate) fn found() -> (Person, Founding) {
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let founding = entries::found(&account, &device, PublicKey([9; 32]), &mut OsRng).unwrap();
    let founder = Person {
        account: account.account(),
        device,
    };
    (founder, founding)
}

/// What Ada's invite says.
pub(crate) fn terms() -> InviteTerms {
    InviteTerms {
        server: "localhost:7440".into(),
        uses: 1,
        expires_s: 2_000_000_000,
        role: Role::Member,
        community_name: "Home".into(),
        inviter_name: "Ada".into(),
    }
}

/// A new member, by an invite of `by`.
pub(crate) fn newcomer(roster: &mut Roster, by: &DeviceKey) -> Person {
    let issued = invite::issue(by, roster, terms(), &[], &mut OsRng).unwrap();
    roster.append(issued.entry).unwrap();
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = invite::join(&issued.link, roster, &account, &device).unwrap();
    roster.append(entry).unwrap();
    Person {
        account: account.account(),
        device,
    }
}
