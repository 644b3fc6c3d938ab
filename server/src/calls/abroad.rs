//! Calls on the other instances, as far as they told of them.

use std::collections::{BTreeMap, HashMap};

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::CallState;

use crate::bus::Tag;

/// By instance and channel.
#[derive(Default)]
pub(super) struct Abroad(HashMap<Tag, BTreeMap<ChannelId, CallState>>);

impl Abroad {
    /// A call there changed; nobody in it: it is over.
    pub(super) fn take(&mut self, whose: Tag, call: &CallState) {
        let there = self.0.entry(whose).or_default();
        if call.devices.is_empty() {
            there.remove(&call.channel);
        } else {
            there.insert(call.channel, call.clone());
        }
    }

    /// All calls there. Gives those that changed, and those that are over.
    pub(super) fn take_all(&mut self, whose: Tag, calls: Vec<CallState>) -> Vec<CallState> {
        let mut before = self.0.remove(&whose).unwrap_or_default();
        let mut changed = Vec::new();
        let mut now = BTreeMap::new();
        for call in calls {
            if before.remove(&call.channel).as_ref() != Some(&call) {
                changed.push(call.clone());
            }
            now.insert(call.channel, call);
        }
        changed.extend(before.into_values().map(over));
        self.0.insert(whose, now);
        changed
    }

    /// An instance is gone, and its calls with it.
    pub(super) fn forget(&mut self, whose: Tag) -> Vec<CallState> {
        let gone = self.0.remove(&whose).unwrap_or_default();
        gone.into_values().map(over).collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &CallState> {
        self.0.values().flat_map(BTreeMap::values)
    }
}

fn over(mut call: CallState) -> CallState {
    call.devices.clear();
    call
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{CallId, DeviceId, Hash};

    use super::*;

    fn call(channel: u8, devices: u8) -> CallState {
        CallState {
            channel: ChannelId([channel; 16]),
            call: CallId([channel; 16]),
            devices: (0..devices).map(|number| DeviceId([number; 32])).collect(),
        }
    }

    #[test]
    fn what_changed_and_what_is_over_is_told() {
        let mut abroad = Abroad::default();
        let one = Tag::of(&Hash([1; 32]));
        assert_eq!(abroad.take_all(one, vec![call(1, 1), call(2, 2)]).len(), 2);
        let changed = abroad.take_all(one, vec![call(2, 2), call(3, 1)]);
        assert_eq!(changed, [call(3, 1), call(1, 0)]);
        abroad.take(one, &call(2, 0));
        assert_eq!(abroad.all().collect::<Vec<_>>(), [&call(3, 1)]);
        assert_eq!(abroad.forget(one), [call(3, 0)]);
        assert_eq!(abroad.all().count(), 0);
    }
}
