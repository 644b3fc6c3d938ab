//! Most of a large community, written into the database of a server that does not run: entries of the member list as clients sign them, and what
//! the server stores with each. Asking it for each of them would take minutes: an account costs its client a stretched password, and an entry the
//! server a copy of its list.

use std::path::Path;

use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries, invite};
use dialtone_protocol::roster::{Change, DeviceKeys};
use dialtone_protocol::{AccountId, Hash};
use dialtone_store::{
    AccountState, NewAccount, NewDevice, NewSession, RosterAppended, RosterHead, Store, StoreError,
    TokenHash, Transaction, UnixMillis, UsernameHash,
};

use super::{Client, Community, DEVICES_EACH};
use crate::error::LoadError;
use crate::net::client_address;

/// Clients that are written in one step.
const STEP: usize = 500;
/// How long their sessions last.
const SESSION_MS: i64 = 24 * 60 * 60 * 1000;

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        Self::system("the server's database", error)
    }
}

impl Community {
    /// Lets more clients in, up to so many, while the server does not run.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) async fn fill(
        &mut self,
        database: &Path,
        clients: usize,
        now_s: u64,
    ) -> Result<(), LoadError> {
        if clients <= self.clients.len() {
            return Ok(());
        }
        let store = dialtone_store_sqlite::open(database).await?;
        let now = UnixMillis(i64::try_from(now_s * 1000).unwrap_or(i64::MAX));
        let filled = self.write(&*store, clients, now).await;
        store.close().await;
        filled
    }

    async fn write(
        &mut self,
        store: &dyn Store,
        clients: usize,
        now: UnixMillis,
    ) -> Result<(), LoadError> {
        let there = self.clients.len();
        // The accounts by the server's doors have few devices so far; the others' first devices come first.
        let accounts = clients.div_ceil(DEVICES_EACH).max(there);
        let mut password_file = Vec::new();
        while self.clients.len() < clients {
            let mut tx = store.begin().await?;
            if password_file.is_empty() {
                password_file = self.any_password_file(&mut *tx).await?;
            }
            for number in self.clients.len()..clients.min(self.clients.len() + STEP) {
                let device = if number < accounts {
                    self.join(&mut *tx, &password_file, now).await?
                } else {
                    self.add_device(&mut *tx, number % accounts, now).await?
                };
                let token = Hash(rand::random());
                let session = NewSession {
                    token: TokenHash(Hash::of(&token.0).0),
                    device: device.id(),
                    expires: now.plus(SESSION_MS),
                };
                tx.sessions().add(&session, now).await?;
                let from = client_address(number + 1);
                self.take_in(device, token, from);
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn take_in(&mut self, device: DeviceKey, token: Hash, from: std::net::Ipv4Addr) {
        self.clients.push(Client {
            device: device.into(),
            token,
            from,
        });
        self.chains.push(dialtone_crypto::SenderChain::START);
    }

    /// A password file of an account that registered: those who are written sign in by what they are given, not by a password.
    async fn any_password_file(&self, tx: &mut dyn Transaction) -> Result<Vec<u8>, LoadError> {
        let registered = tx.accounts().page(None, 1).await?;
        let registered = registered.into_iter().next();
        let file = registered.map(|account| account.password_file);
        file.ok_or_else(|| LoadError::client("nobody registered"))
    }

    /// One more account by the invite, and its first device.
    async fn join(
        &mut self,
        tx: &mut dyn Transaction,
        password_file: &[u8],
        now: UnixMillis,
    ) -> Result<DeviceKey, LoadError> {
        let link = &self.link;
        let key = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).map_err(LoadError::client)?;
        let entry = invite::join(link, &self.roster, &key, &device).map_err(LoadError::client)?;
        let token = TokenHash(Hash::of(&link.data.token.0).0);
        tx.invites().consume(&token, now).await?;
        let before = self.roster.position();
        self.roster
            .append(entry.clone())
            .map_err(LoadError::client)?;
        let before = RosterHead {
            length: before.length,
            head: before.head,
        };
        append(tx, before, &entry, now).await?;
        let account = NewAccount {
            username: UsernameHash(rand::random()),
            account: key.account(),
            password_file: password_file.to_vec(),
            state: AccountState::Active,
        };
        tx.accounts().create(&account, now).await?;
        add(tx, key.account(), &device.public_keys(), now).await?;
        Ok(device)
    }

    /// One more device of the account of client `number`, whose own device lets it in.
    async fn add_device(
        &mut self,
        tx: &mut dyn Transaction,
        number: usize,
        now: UnixMillis,
    ) -> Result<DeviceKey, LoadError> {
        let device = DeviceKey::generate(&mut OsRng).map_err(LoadError::client)?;
        let own = &self.clients[number].device;
        let account = self.roster.view().device(&own.id());
        let account = account.ok_or_else(|| LoadError::client("a device is not in the list"))?;
        let (account, keys) = (account.account, device.public_keys());
        let before = self.roster.position();
        let before = RosterHead {
            length: before.length,
            head: before.head,
        };
        let change = Change::DeviceAdded {
            account,
            device: keys.clone(),
        };
        let entry = entries::append_change(own, &mut self.roster, change);
        append(tx, before, &entry.map_err(LoadError::client)?, now).await?;
        add(tx, account, &keys, now).await?;
        Ok(device)
    }
}

async fn append(
    tx: &mut dyn Transaction,
    before: RosterHead,
    entry: &[u8],
    now: UnixMillis,
) -> Result<(), LoadError> {
    let hash = Hash::of(entry);
    match tx.roster().append(before, entry, hash, now).await? {
        RosterAppended::Appended { .. } => Ok(()),
        RosterAppended::Conflict(_) => Err(LoadError::client("the database's list is another one")),
    }
}

async fn add(
    tx: &mut dyn Transaction,
    account: AccountId,
    keys: &DeviceKeys,
    now: UnixMillis,
) -> Result<(), LoadError> {
    let new = NewDevice {
        device: keys.id(),
        account,
        device_key: keys.signature_key,
        box_key: keys.box_key.to_vec(),
    };
    tx.devices().add(&new, now).await?;
    Ok(())
}
