//! Lines of a timeline from remembered events: pure.

use std::sync::Arc;

use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::{AccountId, ClientEventId};
use dialtone_words::say;

use super::attachments::views;
use super::directory::Directory;
use super::records::{OutboxItem, StoredEvent, Verdict};
use crate::clock;
use crate::snapshot::{ItemBody, Marks, Sending, TimelineItem, span};

/// The line of one event, if it is shown at all. `confirmed` is the last sequence that a later event vouches for.
pub(crate) fn line(
    sequence: u64,
    event: &StoredEvent,
    names: &Directory,
    confirmed: u64,
) -> Option<Arc<TimelineItem>> {
    let (time_ms, body) = match &event.verdict {
        Verdict::Opened(EventContent { time_ms, body, .. }) => (*time_ms, said(body)?),
        Verdict::Waiting { .. } => {
            let words = say!("notice-waiting-for-key");
            (event.server_time_ms, ItemBody::Waiting(words.into()))
        }
        Verdict::Refused { reason, .. } => {
            (event.server_time_ms, ItemBody::Refused(reason.clone()))
        }
        Verdict::Vanished { unseen: true } => {
            let words = say!("notice-vanished-unseen");
            (event.server_time_ms, ItemBody::Waiting(words.into()))
        }
        Verdict::Repeated { .. } | Verdict::Vanished { unseen: false } => return None,
    };
    // The sender's clock is shown beside the server's when they differ.
    let skewed = clock::are_apart(time_ms, event.server_time_ms);
    let from = event.account.unwrap_or(AccountId(event.device.0));
    Some(Arc::new(TimelineItem {
        sequence: Some(sequence),
        hash: Some(event.hash),
        client_id: event.client_id,
        from,
        from_name: names.person(&from),
        time_ms,
        server_time_ms: skewed.then_some(event.server_time_ms),
        body,
        sending: Sending::Sent,
        confirmed: sequence <= confirmed,
        marks: Marks::default(),
    }))
}

/// What an event says, if that is shown as a line.
fn said(body: &EventBody) -> Option<ItemBody> {
    Some(match body {
        EventBody::Text { text, .. } => ItemBody::Text(text.clone()),
        EventBody::Files { text, files, .. } => match views(files) {
            Some(files) => ItemBody::Files {
                text: text.clone(),
                files,
            },
            None => ItemBody::Refused(say!("notice-impossible-files").into()),
        },
        EventBody::Lifetime { seconds: 0 } => ItemBody::Notice(say!("notice-stays-now").into()),
        EventBody::Lifetime { seconds } => {
            let span = span(*seconds);
            ItemBody::Notice(say!("notice-vanishes-now", span = span))
        }
        // Kinds that a later version shows; they are kept, so nothing is lost.
        _ => return None,
    })
}

/// The line of something that waits to be sent.
pub(crate) fn pending_line(
    item: &OutboxItem,
    me: AccountId,
    names: &Directory,
) -> Option<Arc<TimelineItem>> {
    let body = said(&item.content.body)?;
    let sending = item
        .failed
        .clone()
        .map_or(Sending::Pending, Sending::Failed);
    Some(Arc::new(TimelineItem {
        sequence: None,
        hash: None,
        client_id: item.client_id,
        from: me,
        from_name: names.person(&me),
        time_ms: item.content.time_ms,
        server_time_ms: None,
        body,
        sending,
        confirmed: false,
        marks: Marks::default(),
    }))
}

/// A line that the client says itself.
pub(crate) fn notice_line(
    text: String,
    me: AccountId,
    id: ClientEventId,
    now_ms: u64,
) -> Arc<TimelineItem> {
    Arc::new(TimelineItem {
        sequence: None,
        hash: None,
        client_id: id,
        from: me,
        from_name: "Dialtone".into(),
        time_ms: now_ms,
        server_time_ms: None,
        body: ItemBody::Notice(text),
        sending: Sending::Sent,
        confirmed: true,
        marks: Marks::default(),
    })
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::content::{Attachment, FILES_LIMIT};
    use dialtone_protocol::{BlobId, Hash};

    use super::*;

    fn file(name: &str) -> Attachment {
        Attachment {
            blob: BlobId([1; 16]),
            key: [2; 32].into(),
            size: 3,
            hash: Hash([4; 32]),
            name: name.into(),
            media_type: "text/plain".into(),
            picture: None,
        }
    }

    fn shown(files: Vec<Attachment>) -> ItemBody {
        said(&EventBody::Files {
            text: "look".into(),
            reply_to: None,
            files,
        })
        .unwrap()
    }

    #[test]
    fn files_that_cannot_be_are_refused_as_a_whole() {
        let good = shown(vec![file("a.txt"), file("b.txt")]);
        assert!(matches!(good, ItemBody::Files { files, .. } if files.len() == 2));
        for bad in [
            vec![],
            vec![file("a.txt"); FILES_LIMIT + 1],
            vec![file("a.txt"), file("../.bashrc")],
        ] {
            assert!(matches!(shown(bad), ItemBody::Refused(_)));
        }
    }
}
