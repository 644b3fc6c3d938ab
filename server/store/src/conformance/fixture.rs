//! Ids, rows and events by number, so that tests stay short.

use std::sync::Arc;

use dialtone_protocol::{AccountId, ChannelId, ClientEventId, DeviceId, GroupId, Hash, PublicKey};

use crate::{
    AccountState, Appended, InviteKind, NewAccount, NewDevice, NewGroup, NewInvite, NewMessage,
    Store, TokenHash, Transaction, UnixMillis, UsernameHash,
};

pub(super) const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

pub(super) fn account(n: u8) -> AccountId {
    AccountId([n; 32])
}

pub(super) fn device(n: u8) -> DeviceId {
    DeviceId([n; 32])
}

pub(super) fn channel(n: u8) -> ChannelId {
    ChannelId([n; 16])
}

pub(super) fn group(n: u8) -> GroupId {
    GroupId::new([n; 16])
}

pub(super) fn token(n: u8) -> TokenHash {
    TokenHash([n; 32])
}

pub(super) fn new_account(n: u8) -> NewAccount {
    NewAccount {
        username: UsernameHash([n; 32]),
        account: account(n),
        password_file: vec![n; 192],
        state: AccountState::Active,
    }
}

pub(super) fn new_device(n: u8, of: u8) -> NewDevice {
    NewDevice {
        device: device(n),
        account: account(of),
        device_key: PublicKey([n; 32]),
        box_key: vec![n; 1216],
    }
}

pub(super) fn new_group(n: u8) -> NewGroup {
    NewGroup {
        group: group(n),
        epoch: 0,
        group_info: vec![n, 1],
        public_state: vec![n, 2],
        nature: None,
        tree: vec![n, 3],
    }
}

pub(super) fn new_invite(n: u8, uses: u32) -> NewInvite {
    NewInvite {
        token: token(n),
        kind: InviteKind::Member,
        invite: None,
        uses,
        expires: None,
        pack: None,
        issuer: None,
    }
}

/// The `count`-th event of a device in a channel.
pub(super) fn event(in_channel: u8, of_device: u8, count: u64) -> NewMessage {
    let sealed = [&[in_channel, of_device][..], &count.to_be_bytes()].concat();
    let mut client_event_id = [of_device; 16];
    client_event_id[..8].copy_from_slice(&count.to_be_bytes());
    NewMessage {
        channel: channel(in_channel),
        device: device(of_device),
        device_sequence: count,
        client_event_id: ClientEventId(client_event_id),
        event_hash: Hash::of(&sealed),
        sealed,
        expires: None,
    }
}

/// The same event under other bytes.
pub(super) fn sealed_anew(event: &NewMessage) -> NewMessage {
    let sealed = [&event.sealed[..], b"anew"].concat();
    NewMessage {
        event_hash: Hash::of(&sealed),
        sealed,
        ..event.clone()
    }
}

pub(super) async fn begin(store: &Arc<dyn Store>) -> Box<dyn Transaction> {
    store.begin().await.unwrap()
}

pub(super) async fn add_account(tx: &mut dyn Transaction, n: u8) {
    tx.accounts().create(&new_account(n), NOW).await.unwrap();
}

/// Account `n` with device `n`.
pub(super) async fn add_device(tx: &mut dyn Transaction, n: u8) {
    add_account(tx, n).await;
    assert!(tx.devices().add(&new_device(n, n), NOW).await.unwrap());
}

pub(super) async fn add_channel(tx: &mut dyn Transaction, n: u8) {
    assert!(
        tx.channels()
            .add(&channel(n), &group(n), NOW)
            .await
            .unwrap()
    );
}

/// A store with channels 1 to `count`, committed.
pub(super) async fn with_channels(store: &Arc<dyn Store>, count: u8) {
    let mut tx = begin(store).await;
    for n in 1..=count {
        add_channel(&mut *tx, n).await;
    }
    tx.commit().await.unwrap();
}

/// Appends one event in a transaction of its own.
pub(super) async fn append(store: &Arc<dyn Store>, new: &NewMessage) -> Appended {
    crate::transact(&**store, |tx| {
        Box::pin(async move { tx.messages().append(new, NOW).await })
    })
    .await
    .unwrap()
}

/// Asserts that the channel's events stand at places 1, 2, 3 … with the right hashes, and answers with their number.
pub(super) async fn assert_gapless(store: &Arc<dyn Store>, in_channel: u8) -> u64 {
    let mut tx = store.read().await.unwrap();
    let (mut sequence, mut stream_hash) = (0, Hash::ZERO);
    loop {
        let page = tx
            .messages()
            .after(&channel(in_channel), sequence, 200)
            .await
            .unwrap();
        for message in &page {
            sequence += 1;
            stream_hash = stream_hash.chain(&message.event_hash);
            assert_eq!(
                (message.sequence, message.stream_hash),
                (sequence, stream_hash),
                "a gap or a wrong hash"
            );
            // Of what was erased the hash is what it was.
            let is_kept = message.event_hash == Hash::of(&message.sealed);
            assert_eq!(is_kept, !message.gone);
        }
        if page.is_empty() {
            break;
        }
    }
    let head = tx
        .messages()
        .head(&channel(in_channel))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((head.sequence, head.stream_hash), (sequence, stream_hash));
    sequence
}
