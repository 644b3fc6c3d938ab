//! Channels: their events stand without a gap, each is as its hash says and follows its device's previous one, and the hashes over the order
//! are right.

use std::collections::HashMap;

use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{EventHeader, SealedEvent};
use dialtone_protocol::{ChannelId, DeviceId, Hash};
use dialtone_store::{
    Channel, MAX_PAGE, Store, StoreError, StoredMessage, StreamHead, Transaction,
};

use super::{Area, Findings, unreadable};

pub(super) async fn check(
    store: &dyn Store,
    roster: Option<&Roster>,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    let channels = tx.channels().list().await?;
    if let Some(roster) = roster
        && tx.roster().head().await?.length == roster.position().length
    {
        check_named(roster, &channels, findings);
    }
    for channel in channels {
        check_stream(&mut *tx, &channel.channel, findings).await?;
    }
    Ok(())
}

/// The channels are those of the member list, sealed by the groups that it names.
fn check_named(roster: &Roster, stored: &[Channel], findings: &mut Findings<'_>) {
    let view = roster.view();
    let directory = roster.community().directory();
    for channel in stored {
        let id = channel.channel;
        let listed = view.channels().get(&id);
        if listed.is_none() && id != directory {
            let what = format!("channel {id} is not in the member list");
            findings.add(Area::Streams, what);
        }
        if view.current_group(channel.group) != channel.group {
            let what = format!("channel {id} belongs to a group that was started again");
            findings.add(Area::Streams, what);
        }
    }
    let listed = view.channels().keys().copied();
    for id in listed.chain([directory]) {
        if !stored.iter().any(|channel| channel.channel == id) {
            let what = format!("channel {id} is in the member list, and missing");
            findings.add(Area::Streams, what);
        }
    }
}

/// What is known of a stream up to an event.
struct Stream {
    head: StreamHead,
    devices: HashMap<DeviceId, (u64, Hash)>,
}

async fn check_stream(
    tx: &mut dyn Transaction,
    id: &ChannelId,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let head = tx.messages().head(id).await?;
    let mut stream = Stream {
        head: StreamHead {
            sequence: 0,
            stream_hash: Hash::ZERO,
        },
        devices: HashMap::new(),
    };
    loop {
        (findings.report)("channels");
        let page = tx.messages().after(id, stream.head.sequence, MAX_PAGE);
        let page = match page.await {
            Ok(page) => page,
            Err(error) => {
                let detail = unreadable(error)?;
                findings.add(
                    Area::Streams,
                    format!("channel {id} cannot be read: {detail}"),
                );
                return Ok(());
            }
        };
        if page.is_empty() {
            break;
        }
        for message in page {
            for wrong in stream.take(id, &message) {
                let at = message.sequence;
                findings.add(Area::Streams, format!("channel {id}, event {at}: {wrong}"));
            }
        }
    }
    if head != Some(stream.head) {
        let told = head.map_or(0, |head| head.sequence);
        let there = stream.head.sequence;
        findings.add(
            Area::Streams,
            format!("channel {id} should end at event {told}, and ends at event {there}"),
        );
    }
    Ok(())
}

impl Stream {
    /// Takes the next event in, and says what is wrong with it.
    fn take(&mut self, channel: &ChannelId, message: &StoredMessage) -> Vec<String> {
        let mut wrong = Vec::new();
        let expected = self.head.sequence + 1;
        if message.sequence != expected {
            wrong.push(format!("event {expected} is missing before it"));
        }
        if self.head.stream_hash.chain(&message.event_hash) != message.stream_hash {
            wrong.push("the hash over the order is not right".to_owned());
        }
        // From here on by what is stored, so that one fault is said once.
        self.head = StreamHead {
            sequence: message.sequence,
            stream_hash: message.stream_hash,
        };
        if !message.gone && Hash::of(&message.sealed) != message.event_hash {
            wrong.push("it is not as its hash says".to_owned());
        }
        let header = if message.gone {
            EventHeader::read(&message.sealed).ok()
        } else {
            SealedEvent::read(&message.sealed)
                .ok()
                .map(|(_, header)| header)
        };
        let Some(header) = header else {
            wrong.push("its header cannot be read".to_owned());
            return wrong;
        };
        let is_same = header.channel == *channel
            && header.device == message.device
            && header.device_sequence == message.device_sequence
            && header.client_id == message.client_event_id;
        if !is_same {
            wrong.push("its header names another place than it stands in".to_owned());
        }
        let (count, previous) = self
            .devices
            .insert(
                message.device,
                (message.device_sequence, message.event_hash),
            )
            .unwrap_or((0, Hash::ZERO));
        if message.device_sequence != count + 1 || header.previous != previous {
            wrong.push("it does not follow its device's previous one".to_owned());
        }
        wrong
    }
}
