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
    /// By channel, whether the snapshot has had it as unread since: it may be older than the notification.
    notes: BTreeMap<Place, bool>,
}

impl Shown {
    /// One is shown, perhaps again.
    pub(super) fn show(&mut self, place: Place) {
        self.notes.insert(place, false);
    }

    /// Those that are over by now, which are forgotten.
    pub(super) fn over(&mut self, snapshot: &Snapshot, seen: Seen) -> Vec<Place> {
        let mut over = Vec::new();
        self.notes.retain(|place, was_unread| {
            let unread = find(snapshot, *place).map(|(_, channel)| channel.unread > 0);
            let read = match unread {
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
        shown.show(place);
        assert!(shown.over(&snapshot, away).is_empty());
        set(&mut snapshot, 1);
        assert!(shown.over(&snapshot, away).is_empty());
        set(&mut snapshot, 0);
        assert_eq!(shown.over(&snapshot, away), [place]);
        assert!(shown.over(&snapshot, away).is_empty());

        // In the open channel of a window behind others nothing counts as unread.
        shown.show(place);
        assert!(shown.over(&snapshot, behind).is_empty());
        assert_eq!(shown.over(&snapshot, looks), [place]);

        shown.show((place.0, ChannelId([99; 16])));
        assert_eq!(shown.over(&snapshot, away).len(), 1, "its channel is gone");
    }
}
