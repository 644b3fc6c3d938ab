//! Notifications: one for each conversation, replaced by the next one, taken back when the conversation is read.
//!
//! What is to be shown waits in a table with one place for each conversation, so that a service that is slow or gone holds nobody up and
//! leaves nothing behind: the newest takes the place of the one before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

#[cfg(target_os = "linux")]
mod freedesktop;

use crate::Bus;
use crate::event::{Sink, Tag};
use crate::service::{Availability, Status};

/// What waited for longer than this is old news.
const FRESH: Duration = Duration::from_secs(30);
/// More conversations than these do not wait at a time.
const WAITING: usize = 64;

/// What is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about: a later one takes its place.
    pub tag: Tag,
    /// Who, or where.
    pub title: String,
    /// The rest, as plain text; what looks like markup is shown as it is written.
    pub body: String,
}

/// What people write is nobody else's business.
impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Note").finish_non_exhaustive()
    }
}

/// The notifications of the desktop. Nothing here waits.
pub struct Notifications {
    pending: Arc<Pending>,
    status: Status,
    #[cfg(target_os = "linux")]
    _life: crate::service::Life,
}

impl Notifications {
    /// Begins to look for the service.
    pub fn start(bus: Bus, sink: Sink) -> Self {
        let status = Status::new("notifications", sink);
        let pending = Arc::new(Pending::default());
        #[cfg(not(target_os = "linux"))]
        {
            let _ = bus;
            status.missing(dialtone_words::say!("tray-no-notifications"));
            Self { pending, status }
        }
        #[cfg(target_os = "linux")]
        {
            let service = freedesktop::Server::new(bus, Arc::clone(&pending));
            Self {
                _life: crate::service::start(service, status.clone()),
                pending,
                status,
            }
        }
    }

    /// Shows a note in place of an earlier one about the same.
    pub fn show(&self, note: Note) {
        let tag = note.tag;
        self.pending.put(tag, Change::Show(note, Instant::now()));
    }

    /// Takes back whatever is shown about this.
    pub fn withdraw(&self, tag: Tag) {
        self.pending.put(tag, Change::Withdraw);
    }

    /// What is known of the service.
    pub fn status(&self) -> Availability {
        self.status.get()
    }
}

/// What is to become of a notification.
pub(crate) enum Change {
    /// It is shown; since when it waits.
    Show(Note, Instant),
    /// It is taken back.
    Withdraw,
}

/// What waits for the service.
#[derive(Default)]
pub(crate) struct Pending {
    changes: Mutex<BTreeMap<Tag, Change>>,
    more: Notify,
}

impl Pending {
    fn put(&self, tag: Tag, change: Change) {
        let mut changes = self.changes.lock();
        if changes.len() >= WAITING && !changes.contains_key(&tag) {
            tracing::debug!("too many notifications wait: one was dropped");
            return;
        }
        changes.insert(tag, change);
        drop(changes);
        self.more.notify_one();
    }

    /// Puts one back that could not be shown, unless there is a newer one.
    #[cfg(target_os = "linux")]
    fn give_back(&self, tag: Tag, change: Change) {
        self.changes.lock().entry(tag).or_insert(change);
    }

    /// The next one that is no old news.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "nothing shows them")
    )]
    fn take(&self, now: Instant) -> Option<(Tag, Change)> {
        let mut changes = self.changes.lock();
        while let Some((tag, change)) = changes.pop_first() {
            match &change {
                Change::Show(_, since) if now.duration_since(*since) > FRESH => {}
                _ => return Some((tag, change)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(number: u8, body: &str) -> Note {
        Note {
            tag: Tag([number; 48]),
            title: "Anna".to_owned(),
            body: body.to_owned(),
        }
    }

    fn put(pending: &Pending, note: Note, since: Instant) {
        pending.put(note.tag, Change::Show(note, since));
    }

    #[test]
    fn the_newest_of_a_conversation_waits_and_old_news_do_not() {
        let (pending, now) = (Pending::default(), Instant::now());
        put(&pending, note(1, "first"), now);
        put(&pending, note(1, "second"), now);
        put(&pending, note(2, "old"), now);
        let later = now + FRESH;
        put(&pending, note(3, "new"), later);
        let mut shown = Vec::new();
        while let Some((_, Change::Show(note, _))) = pending.take(later) {
            shown.push(note.body);
        }
        assert_eq!(shown, ["second", "old", "new"]);
        put(&pending, note(2, "old"), now);
        assert!(pending.take(later + Duration::from_secs(1)).is_none());
    }

    #[test]
    fn what_waits_is_bounded() {
        let (pending, now) = (Pending::default(), Instant::now());
        (0..=u8::MAX).for_each(|number| put(&pending, note(number, ""), now));
        let waiting = std::iter::from_fn(|| pending.take(now)).count();
        assert_eq!(waiting, WAITING);
    }

    #[test]
    fn what_is_written_is_not_printed() {
        assert!(!format!("{:?}", note(1, "SECRET")).contains("SECRET"));
    }
}
