//! Which notifications are over because one has read what they are about. Pure.

use std::collections::BTreeMap;

use dialtone_engine::{ChannelId, CommunityId, Snapshot};

use super::words::find;

type Place = (CommunityId, ChannelId);

/// What one looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// The channel that the window shows.
    pub(crate) shown: Option<Place>,
    /// The window has the keyboard.
    pub(crate) focused: bool,
}

impl Seen {
    /// Whether one looks at this channel.
    pub(crate) fn sees(&self, place: Place) -> bool {
        self.focused && self.shown == Some(place)
    }
}

/// The notifications that are shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// By channel, whether a snapshot has had it as unread: the one at hand may be older than the notification.
    notes: BTreeMap<Place, bool>,
}

impl Shown {
    /// One is shown, perhaps again. What `snapshot` has as unread and a later one has not was read in between, be it before anybody looked.
    pub(super) fn show(&mut self, place: Place, snapshot: &Snapshot) {
        self.notes
            .insert(place, is_unread(snapshot, place) == Some(true));
    }

    /// Those that are over by now, which are forgotten.
    pub(super) fn over(&mut self, snapshot: &Snapshot, seen: Seen) -> Vec<Place> {
        let mut over = Vec::new();
        self.notes.retain(|place, was_unread| {
            let read = match is_unread(snapshot, *place) {
                // It is gone, and so is what it says.
                None => true,
                Some(true) => {
                    *was_unread = true;
                    false
                }
                Some(false) => *was_unread || seen.sees(*place),
            };
            if read {
                over.push(*place);
            }
            !read
        });
        over
    }
}

/// Whether a channel has something unread; nothing when it is gone.
fn is_unread(snapshot: &Snapshot, place: Place) -> Option<bool> {
    find(snapshot, place).map(|(_, channel)| channel.unread > 0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::demo;

    #[test]
    fn one_is_over_when_its_channel_was_unread_and_is_not_or_is_looked_at() {
        let mut snapshot = demo::harbour();
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        let place = (community.id, community.channels[1].id);
        let set = |snapshot: &mut Snapshot, unread: u32| {
            let community = Arc::make_mut(&mut snapshot.communities[0]);
            Arc::make_mut(&mut community.channels[1]).unread = unread;
        };
        let away = Seen::default();
        let looks = Seen {
            shown: Some(place),
            focused: true,
        };
        let behind = Seen {
            focused: false,
            ..looks
        };
        let mut shown = Shown::default();
        // The snapshot does not know of the message yet.
        set(&mut snapshot, 0);
        shown.show(place, &snapshot);
        assert!(shown.over(&snapshot, away).is_empty());
        set(&mut snapshot, 1);
        assert!(shown.over(&snapshot, away).is_empty());
        set(&mut snapshot, 0);
        assert_eq!(shown.over(&snapshot, away), [place]);
        assert!(shown.over(&snapshot, away).is_empty());

        // It knew of the message, and all was read before anybody looked again.
        set(&mut snapshot, 1);
        shown.show(place, &snapshot);
        set(&mut snapshot, 0);
        assert_eq!(shown.over(&snapshot, away), [place]);

        // In the open channel of a window behind others nothing counts as unread.
        shown.show(place, &snapshot);
        assert!(shown.over(&snapshot, behind).is_empty());
        assert_eq!(shown.over(&snapshot, looks), [place]);

        shown.show((place.0, ChannelId([99; 16])), &snapshot);
        assert_eq!(shown.over(&snapshot, away).len(), 1, "its channel is gone");
    }
}
