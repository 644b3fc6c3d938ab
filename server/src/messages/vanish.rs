//! Events that need be kept no longer: their content is erased, their place in the stream stays.

use std::sync::Arc;

use dialtone_protocol::sealed::SealedEvent;
use dialtone_store::{Store, StoreError, UnixMillis};

use crate::transaction::transact;

/// Events that are erased in one transaction.
const AT_ONCE: u32 = 100;
/// Transactions of one round; what is left is for the next.
const MOST_ROUNDS: usize = 100;

/// Erases every event whose time is over.
pub(crate) async fn sweep(store: &dyn Store, now: UnixMillis) {
    let mut erased = 0;
    for _ in 0..MOST_ROUNDS {
        match erase_some(store, now).await {
            Ok(0) => break,
            Ok(count) => erased += count,
            Err(error) => {
                tracing::warn!(%error, "erasing what is to vanish waits: the database cannot be used");
                return;
            }
        }
    }
    if erased > 0 {
        tracing::debug!(erased, "erased what was to vanish");
    }
}

async fn erase_some(store: &dyn Store, now: UnixMillis) -> Result<usize, StoreError> {
    let mut tx = store.read().await?;
    let found: Arc<[_]> = tx.messages().expired(now, AT_ONCE).await?.into();
    drop(tx);
    if found.is_empty() {
        return Ok(0);
    }
    let count = found.len();
    transact(store, |tx| {
        let found = Arc::clone(&found);
        Box::pin(async move {
            for message in found.iter() {
                let left = SealedEvent::read(&message.sealed)
                    .map(|(sealed, _)| Vec::from(sealed.header))
                    .unwrap_or_default();
                let (channel, sequence) = (&message.channel, message.sequence);
                tx.messages().erase(channel, sequence, &left).await?;
            }
            Ok::<_, StoreError>(())
        })
    })
    .await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::roster::RosterPosition;
    use dialtone_protocol::sealed::{EventHeader, NONCE_BYTES, SEALED_VERSION, StreamPosition};
    use dialtone_protocol::{
        ChannelId, ClientEventId, CommunityId, DeviceId, GroupId, Hash, KeyId, strict,
    };
    use dialtone_store::NewMessage;

    use super::*;

    const CHANNEL: ChannelId = ChannelId([7; 16]);

    fn sealed(device_sequence: u64) -> (Vec<u8>, Vec<u8>) {
        let header = EventHeader {
            version: SEALED_VERSION,
            community: CommunityId([1; 32]),
            group: GroupId::new([2; 16]),
            channel: CHANNEL,
            epoch: 1,
            key_id: KeyId([3; 16]),
            device: DeviceId([4; 32]),
            device_sequence,
            previous: Hash::ZERO,
            client_id: ClientEventId([device_sequence as u8; 16]),
            roster: RosterPosition {
                length: 1,
                head: Hash::ZERO,
            },
            seen: StreamPosition::START,
        };
        let header = strict::encode(&header);
        let event = SealedEvent {
            header: header.clone().into(),
            nonce: vec![0; NONCE_BYTES].into(),
            body: vec![9; 4000].into(),
        };
        (strict::encode(&event), header)
    }

    #[tokio::test]
    async fn the_content_goes_when_its_time_is_over_and_the_header_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let store = dialtone_store_sqlite::open(path).await.unwrap();
        let now = UnixMillis(1_000_000);
        let hour = now.plus(3_600_000);
        let mut tx = store.begin().await.unwrap();
        tx.channels()
            .add(&CHANNEL, &GroupId::new([2; 16]), now)
            .await
            .unwrap();
        for (count, expires) in [(1, Some(hour)), (2, None)] {
            let (bytes, _) = sealed(count);
            let new = NewMessage {
                channel: CHANNEL,
                device: DeviceId([4; 32]),
                device_sequence: count,
                client_event_id: ClientEventId([count as u8; 16]),
                event_hash: Hash::of(&bytes),
                sealed: bytes,
                expires,
            };
            tx.messages().append(&new, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let read = || async {
            let mut tx = store.read().await.unwrap();
            let page = tx.messages().after(&CHANNEL, 0, 10).await.unwrap();
            let told = page.into_iter().map(|one| (one.gone, one.sealed));
            told.collect::<Vec<_>>()
        };
        let whole = [(false, sealed(1).0), (false, sealed(2).0)];
        sweep(&*store, hour.plus(-1)).await;
        assert_eq!(read().await, whole);
        sweep(&*store, hour).await;
        assert_eq!(read().await, [(true, sealed(1).1), (false, sealed(2).0)]);
    }
}
