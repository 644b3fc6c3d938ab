//! Which calls run and who is in them. At most one call a channel, and one call a device.

use std::collections::BTreeMap;

use dialtone_protocol::frame::CallState;
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use parking_lot::Mutex;

/// The most devices in one call.
const MOST_DEVICES: usize = 128;

/// Why one does not get into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// All calls.
#[derive(Default)]
pub(crate) struct Calls {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    by_channel: BTreeMap<ChannelId, Call>,
}

struct Call {
    id: CallId,
    devices: Vec<DeviceId>,
}

impl Calls {
    /// Puts a device into the channel's call, starting one named `fresh` where there is none, and takes it out of any
    /// other. `tell` is given every changed call's state, the joined one last, in order.
    pub(super) fn join(
        &self,
        channel: ChannelId,
        device: DeviceId,
        fresh: CallId,
        mut tell: impl FnMut(CallState),
    ) -> Result<CallState, Full> {
        let mut table = self.table.lock();
        let there = table.by_channel.get(&channel);
        let full = there.is_some_and(|call| {
            call.devices.len() >= MOST_DEVICES && !call.devices.contains(&device)
        });
        if full {
            return Err(Full);
        }
        table.remove(device, Some(channel), &mut tell);
        let call = table.by_channel.entry(channel).or_insert_with(|| Call {
            id: fresh,
            devices: Vec::new(),
        });
        let new = !call.devices.contains(&device);
        if new {
            call.devices.push(device);
        }
        let state = call.state(channel);
        if new {
            tell(state.clone());
        }
        Ok(state)
    }

    /// Takes a device out of a call; `false` when it is not in it.
    pub(super) fn leave(&self, id: CallId, device: DeviceId, tell: impl FnMut(CallState)) -> bool {
        let mut table = self.table.lock();
        let inside = table
            .by_channel
            .values()
            .any(|call| call.id == id && call.devices.contains(&device));
        if inside {
            table.remove(device, None, tell);
        }
        inside
    }

    /// Takes a device out of whatever call it is in.
    pub(super) fn remove(&self, device: DeviceId, tell: impl FnMut(CallState)) {
        self.table.lock().remove(device, None, tell);
    }

    /// Who is in a call, if `device` is.
    pub(super) fn participants(
        &self,
        channel: ChannelId,
        id: CallId,
        device: DeviceId,
    ) -> Option<Vec<DeviceId>> {
        let table = self.table.lock();
        let call = table.by_channel.get(&channel)?;
        (call.id == id && call.devices.contains(&device)).then(|| call.devices.clone())
    }

    /// The channel of a call, if `device` is in it.
    pub(crate) fn channel_of(&self, id: CallId, device: DeviceId) -> Option<ChannelId> {
        let table = self.table.lock();
        let mut calls = table.by_channel.iter();
        let found = calls.find(|(_, call)| call.id == id && call.devices.contains(&device));
        found.map(|(channel, _)| *channel)
    }

    /// Every call that runs.
    pub(super) fn states(&self) -> Vec<CallState> {
        let table = self.table.lock();
        table
            .by_channel
            .iter()
            .map(|(channel, call)| call.state(*channel))
            .collect()
    }
}

impl Call {
    fn state(&self, channel: ChannelId) -> CallState {
        CallState {
            channel,
            call: self.id,
            devices: self.devices.clone(),
        }
    }
}

impl Table {
    fn remove(
        &mut self,
        device: DeviceId,
        but: Option<ChannelId>,
        mut tell: impl FnMut(CallState),
    ) {
        self.by_channel.retain(|channel, call| {
            let inside = call.devices.contains(&device);
            if inside && Some(*channel) != but {
                call.devices.retain(|one| *one != device);
                tell(call.state(*channel));
            }
            !call.devices.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ChannelId = ChannelId([1; 16]);
    const THERE: ChannelId = ChannelId([2; 16]);
    const FIRST: CallId = CallId([1; 16]);
    const SECOND: CallId = CallId([2; 16]);
    const ANNA: DeviceId = DeviceId([1; 32]);
    const BERND: DeviceId = DeviceId([2; 32]);

    #[test]
    fn a_device_is_in_one_call_and_an_empty_call_is_over() {
        let calls = Calls::default();
        let mut told = Vec::new();
        calls
            .join(HERE, ANNA, FIRST, |state| told.push(state))
            .unwrap();
        let moved = calls.join(THERE, ANNA, SECOND, |state| told.push(state));
        assert_eq!(moved.unwrap().call, SECOND);
        assert_eq!(told.len(), 3);
        assert_eq!((told[1].call, told[1].devices.len()), (FIRST, 0));
        assert_eq!(calls.states().len(), 1);
    }

    #[test]
    fn who_comes_second_joins_the_same_call() {
        let calls = Calls::default();
        calls.join(HERE, ANNA, FIRST, |_| ()).unwrap();
        let state = calls.join(HERE, BERND, SECOND, |_| ()).unwrap();
        assert_eq!((state.call, state.devices), (FIRST, vec![ANNA, BERND]));
        assert!(calls.leave(FIRST, ANNA, |_| ()));
        assert!(!calls.leave(FIRST, ANNA, |_| ()));
        assert_eq!(calls.participants(HERE, FIRST, ANNA), None);
        assert_eq!(calls.participants(HERE, FIRST, BERND), Some(vec![BERND]));
    }

    #[test]
    fn joining_twice_changes_nothing() {
        let calls = Calls::default();
        calls.join(HERE, ANNA, FIRST, |_| ()).unwrap();
        let mut told = 0;
        let again = calls.join(HERE, ANNA, SECOND, |_| told += 1).unwrap();
        assert_eq!((again.call, again.devices.len(), told), (FIRST, 1, 0));
    }
}
