//! What the hub hears of the other instances: who is connected there, and frames that are for who is connected here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dialtone_protocol::frame::CallState;
use dialtone_protocol::{ChannelId, DeviceId, GroupId};

use super::audience::Audience;
use super::hub::{CutReason, Hub};
use super::outgoing::Frame;
use super::streams::Streams;
use crate::bus::{Here, News, Tag, To};

/// Who is connected to one of the others.
#[derive(Default)]
struct Elsewhere {
    online: BTreeSet<DeviceId>,
    away: BTreeSet<DeviceId>,
}

/// Who is connected to all the others.
#[derive(Default)]
pub(super) struct Abroad(HashMap<Tag, Elsewhere>);

impl Abroad {
    pub(super) fn is_online(&self, device: &DeviceId) -> bool {
        self.0.values().any(|one| one.online.contains(device))
    }

    pub(super) fn online(&self) -> impl Iterator<Item = DeviceId> {
        self.0.values().flat_map(|one| one.online.iter().copied())
    }

    pub(super) fn away(&self) -> impl Iterator<Item = DeviceId> {
        self.0.values().flat_map(|one| one.away.iter().copied())
    }
}

impl Hub {
    /// Streams were handed out so far when this instance began.
    pub(crate) fn begin_streams(&self, heads: &[(ChannelId, u64)], epochs: &[(GroupId, u64)]) {
        self.inner.lock().streams = Some(Streams::at(heads, epochs));
    }

    /// Channels of which not all was handed out, by where they stand in the database: from where on.
    pub(crate) fn lacking(&self, heads: &[(ChannelId, u64)]) -> Vec<(ChannelId, u64)> {
        let inner = self.inner.lock();
        let streams = inner.streams.as_ref();
        streams.map_or_else(Vec::new, |streams| streams.lacking(heads))
    }

    /// The same of groups: the first epoch whose commit was not handed out.
    pub(crate) fn lacking_commits(&self, epochs: &[(GroupId, u64)]) -> Vec<(GroupId, u64)> {
        let inner = self.inner.lock();
        let streams = inner.streams.as_ref();
        streams.map_or_else(Vec::new, |streams| streams.lacking_commits(epochs))
    }

    /// Tells the other instances who is here, and which calls run. Under the one lock, so that whoever comes or goes meanwhile is told of after
    /// it, and nothing of that between its pieces.
    pub(crate) fn tell_here(&self, calls: Vec<CallState>) {
        let mut inner = self.inner.lock();
        inner.tellings += 1;
        let here = Here {
            online: inner.online.iter().copied().collect(),
            away: inner.away_here().into_iter().collect(),
            calls,
            part: None,
        };
        for piece in here.pieces(inner.tellings) {
            inner.outlet.tell(|| News::Here(piece));
        }
    }

    /// A frame from another instance, or from the database, to those of its readers who are here.
    pub(crate) fn take_frame(&self, to: &To, frame: &Frame) {
        self.inner.lock().send(&Audience::Told(to), frame);
    }

    /// Devices of members came to another instance, so many milliseconds ago, and left it. Gives those that nobody knew to be online before.
    pub(crate) fn take_presence(
        &self,
        whose: Tag,
        came: &[(DeviceId, u64)],
        offline: &[DeviceId],
    ) -> Vec<DeviceId> {
        let online: Vec<_> = came.iter().map(|(device, _)| *device).collect();
        let mut older = Vec::new();
        let new = {
            let mut inner = self.inner.lock();
            let is_older = |(device, ago): &&(DeviceId, u64)| {
                inner.connected_for(device).is_some_and(|own| own >= *ago)
            };
            older.extend(came.iter().filter(is_older).map(|(device, _)| *device));
            let mut changed = BTreeMap::new();
            for device in online.iter().chain(offline) {
                changed.insert(*device, inner.is_online(device));
            }
            let there = inner.abroad.0.entry(whose).or_default();
            there.online.extend(&online);
            for device in offline {
                there.online.remove(device);
                there.away.remove(device);
            }
            self.note_changes(&mut inner, changed)
        };
        // It connected there after it did here: what is left of it here is old.
        for device in older {
            self.cut_here(&device, CutReason::Replaced);
        }
        new
    }

    /// All who are connected to another instance. Gives those that nobody knew to be online before.
    pub(crate) fn take_all(
        &self,
        whose: Tag,
        online: Vec<DeviceId>,
        away: Vec<DeviceId>,
    ) -> Vec<DeviceId> {
        let mut inner = self.inner.lock();
        let new = Elsewhere {
            online: online.into_iter().collect(),
            away: away.into_iter().collect(),
        };
        let mut changed = BTreeMap::new();
        let before = inner.abroad.0.get(&whose);
        let before = before.map(|there| there.online.clone()).unwrap_or_default();
        for device in before.symmetric_difference(&new.online) {
            changed.insert(*device, inner.is_online(device));
        }
        inner.abroad.0.insert(whose, new);
        self.note_changes(&mut inner, changed)
    }

    /// An instance is gone, and whoever was connected to it.
    pub(crate) fn forget_all(&self, whose: Tag) {
        let mut inner = self.inner.lock();
        let Some(there) = inner.abroad.0.remove(&whose) else {
            return;
        };
        let changed = there.online.into_iter().map(|device| (device, true));
        self.note_changes(&mut inner, changed.collect());
    }

    /// A device at another instance is away now, or is there.
    pub(crate) fn take_away(&self, whose: Tag, device: DeviceId, away: bool) {
        let mut inner = self.inner.lock();
        inner.tell_presence();
        let there = inner.abroad.0.entry(whose).or_default();
        let is_new = if away {
            there.away.insert(device)
        } else {
            there.away.remove(&device)
        };
        if is_new {
            inner.tell_away(device, away);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(number: u8) -> DeviceId {
        DeviceId([number; 32])
    }

    fn tags() -> (Tag, Tag) {
        let name = |byte| Tag::of(&dialtone_protocol::Hash([byte; 32]));
        (name(1), name(2))
    }

    #[test]
    fn who_is_connected_to_several_is_online_until_they_left_all() {
        let hub = Hub::default();
        let (one, two) = tags();
        assert_eq!(hub.take_presence(one, &[(device(1), 0)], &[]), [device(1)]);
        assert!(hub.take_presence(two, &[(device(1), 0)], &[]).is_empty());
        assert!(hub.take_presence(one, &[], &[device(1)]).is_empty());
        assert_eq!(hub.online(), [device(1)]);
        hub.take_presence(two, &[], &[device(1)]);
        assert!(hub.online().is_empty());
    }

    #[test]
    fn what_one_says_of_all_stands_instead_of_what_was_known() {
        let hub = Hub::default();
        let (one, two) = tags();
        hub.take_presence(one, &[(device(1), 0), (device(2), 0)], &[]);
        hub.take_away(one, device(2), true);
        let came = hub.take_all(one, vec![device(2), device(3)], vec![device(3)]);
        assert_eq!(came, [device(3)]);
        assert_eq!(hub.online(), [device(2), device(3)]);
        assert_eq!(hub.inner.lock().away(), [device(3)]);
        hub.take_presence(two, &[(device(3), 0)], &[]);
        hub.forget_all(one);
        assert_eq!(hub.online(), [device(3)]);
        assert!(hub.inner.lock().away().is_empty());
    }

    #[test]
    fn what_was_not_handed_out_is_seen_by_the_database() {
        let hub = Hub::default();
        let channel = |number| ChannelId([number; 16]);
        let heads = [(channel(1), 5), (channel(2), 1)];
        assert!(hub.lacking(&heads).is_empty(), "one instance lacks nothing");
        hub.begin_streams(&[(channel(1), 5)], &[]);
        assert_eq!(hub.lacking(&heads), [(channel(2), 0)]);
        let frame = Frame::event(channel(2), 1, 0, Vec::new());
        hub.take_frame(&To::Members, &frame);
        assert!(hub.lacking(&heads).is_empty());
        let group = GroupId([1; 17]);
        assert_eq!(hub.lacking_commits(&[(group, 2)]), [(group, 0)]);
    }
}
