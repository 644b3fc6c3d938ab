//! Channels.

use super::Harness;
use super::fixture::{NOW, begin, channel, group};
use crate::{Channel, StreamHead};
use dialtone_protocol::Hash;

/// Channels are listed oldest first, closed once, moved between groups, and begin empty.
pub async fn channels_are_kept_and_closed(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    assert!(
        tx.channels()
            .add(&channel(2), &group(1), NOW)
            .await
            .unwrap()
    );
    assert!(
        !tx.channels()
            .add(&channel(2), &group(9), NOW)
            .await
            .unwrap()
    );
    assert!(
        tx.channels()
            .add(&channel(1), &group(1), NOW.plus(1))
            .await
            .unwrap()
    );
    let head = tx.messages().head(&channel(2)).await.unwrap();
    assert_eq!(
        head,
        Some(StreamHead {
            sequence: 0,
            stream_hash: Hash::ZERO
        })
    );
    assert!(tx.channels().close(&channel(1)).await.unwrap());
    assert!(!tx.channels().close(&channel(1)).await.unwrap());
    assert!(!tx.channels().close(&channel(9)).await.unwrap());
    assert!(
        tx.channels()
            .set_group(&channel(2), &group(5))
            .await
            .unwrap()
    );
    assert!(
        !tx.channels()
            .set_group(&channel(9), &group(5))
            .await
            .unwrap()
    );
    let mut days = async |id: u8, days| {
        let set = tx.channels().set_retention(&channel(id), days).await;
        set.unwrap()
    };
    assert!(days(1, Some(7)).await && days(2, Some(0)).await);
    assert!(!days(9, Some(7)).await);
    let kept = tx.channels().retentions().await.unwrap();
    assert_eq!(kept, [(channel(1), 7), (channel(2), 0)]);
    let back = tx.channels().set_retention(&channel(1), None).await;
    assert!(back.unwrap());
    let first = Channel {
        channel: channel(2),
        group: group(5),
        created: NOW,
        closed: false,
        retention_days: Some(0),
    };
    let second = Channel {
        channel: channel(1),
        group: group(1),
        created: NOW.plus(1),
        closed: true,
        retention_days: None,
    };
    assert_eq!(
        tx.channels().find(&channel(1)).await.unwrap().as_ref(),
        Some(&second)
    );
    assert_eq!(tx.channels().find(&channel(9)).await.unwrap(), None);
    assert_eq!(tx.channels().list().await.unwrap(), [first, second]);
}
