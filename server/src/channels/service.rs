//! Heads and history pages, from the store.

use dialtone_protocol::http::{ChannelHead, ChannelHeads, EventInfo, EventPage, EventQuery};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, DeviceId};
use dialtone_store::{MAX_PAGE, StoreError, StoredMessage};

use super::access;
use crate::clock::wire_ms;
use crate::state::AppState;

const DEFAULT_PAGE: u32 = 50;

/// Where every open channel is that the device sees.
pub(super) async fn heads(
    state: &AppState,
    roster: &Roster,
    device: &DeviceId,
) -> Result<ChannelHeads, StoreError> {
    let mut tx = state.store.read().await?;
    let mut channels = Vec::new();
    for channel in access::open_channels(state, roster, device) {
        if let Some(head) = tx.messages().head(&channel).await? {
            channels.push(ChannelHead {
                channel,
                sequence: head.sequence,
                stream: head.stream_hash,
            });
        }
    }
    Ok(ChannelHeads { channels })
}

/// A page of a channel's history; `None` when there is no such channel.
pub(super) async fn page(
    state: &AppState,
    channel: ChannelId,
    query: &EventQuery,
) -> Result<Option<EventPage>, StoreError> {
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let mut tx = state.store.read().await?;
    let Some(head) = tx.messages().head(&channel).await? else {
        return Ok(None);
    };
    let mut events = match (query.after, query.before) {
        (Some(after), _) => tx.messages().after(&channel, after, limit).await?,
        (None, before) => tx.messages().page(&channel, before, limit).await?,
    };
    if let (Some(_), Some(before)) = (query.after, query.before) {
        events.retain(|event| event.sequence < before);
    }
    Ok(Some(EventPage {
        events: events.into_iter().map(info).collect(),
        head: ChannelHead {
            channel,
            sequence: head.sequence,
            stream: head.stream_hash,
        },
    }))
}

fn info(message: StoredMessage) -> EventInfo {
    EventInfo {
        sequence: message.sequence,
        time_ms: wire_ms(message.stored),
        stream: message.stream_hash,
        event: message.sealed.into(),
        gone: message.gone,
    }
}
