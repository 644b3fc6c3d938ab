//! Which calls run and who is in them. At most one call a channel, and one call a device; two while it moves from one to the
//! other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dialtone_protocol::frame::CallState;
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use parking_lot::Mutex;

use super::abroad::Abroad;
use super::homes::{Claimed, Seen};
use crate::bus::Tag;

/// The most devices in one call.
const MOST_DEVICES: usize = 128;
/// Whoever has come into another call is in the one before for so long at most, if they do not leave it by themselves.
const MOVE: Duration = Duration::from_secs(10);

/// Why one does not get into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// All calls.
#[derive(Default)]
pub(crate) struct Calls {
    table: Mutex<Table>,
    abroad: Mutex<Abroad>,
    pub(super) claimed: Claimed,
    pub(super) seen: Seen,
}

#[derive(Default)]
struct Table {
    by_channel: BTreeMap<ChannelId, Call>,
    /// Those who are in two calls: the channel from which they come, and since when they are in the other.
    moving: BTreeMap<DeviceId, (ChannelId, Instant)>,
}

struct Call {
    id: CallId,
    devices: Vec<DeviceId>,
}

/// A call that was joined.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Joined {
    /// It.
    pub(super) state: CallState,
    /// The call that the device comes from, and is in until it leaves it.
    pub(super) from: Option<CallId>,
}

impl Calls {
    /// Puts a device into the channel's call, starting one named `fresh` where there is none. It stays in the call that it was
    /// in, until it leaves that or [`Self::end_moves`]; of two it stays in the one that it came from. `tell` is given every
    /// changed call's state, the joined one last, in order.
    pub(super) fn join(
        &self,
        channel: ChannelId,
        device: DeviceId,
        fresh: CallId,
        now: Instant,
        mut tell: impl FnMut(CallState),
    ) -> Result<Joined, Full> {
        let mut table = self.table.lock();
        let there = table.by_channel.get(&channel);
        let full = there.is_some_and(|call| {
            call.devices.len() >= MOST_DEVICES && !call.devices.contains(&device)
        });
        if full {
            return Err(Full);
        }
        let from = table.make_room(channel, device, now, &mut tell);
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
        Ok(Joined { state, from })
    }

    /// Takes a device out of a call; `false` when it is not in it.
    pub(super) fn leave(&self, id: CallId, device: DeviceId, tell: impl FnMut(CallState)) -> bool {
        let mut table = self.table.lock();
        let mut calls = table.by_channel.iter();
        let found = calls.find(|(_, call)| call.id == id && call.devices.contains(&device));
        let Some(channel) = found.map(|(channel, _)| *channel) else {
            return false;
        };
        table.moving.remove(&device);
        table.remove(device, |of| of == channel, tell);
        true
    }

    /// Takes a device out of whatever calls it is in.
    pub(super) fn remove(&self, device: DeviceId, tell: impl FnMut(CallState)) {
        let mut table = self.table.lock();
        table.moving.remove(&device);
        table.remove(device, |_| true, tell);
    }

    /// Takes those who have been in two calls for too long out of the one that they came from. Gives which, of whom.
    pub(super) fn end_moves(
        &self,
        now: Instant,
        mut tell: impl FnMut(CallState),
    ) -> Vec<(DeviceId, CallId)> {
        let mut table = self.table.lock();
        let is_over = |since: Instant| now.saturating_duration_since(since) >= MOVE;
        let moving = std::mem::take(&mut table.moving).into_iter();
        let (over, under_way) = moving.partition(|(_, (_, since))| is_over(*since));
        table.moving = under_way;
        let over: BTreeMap<DeviceId, (ChannelId, Instant)> = over;
        let mut ended = Vec::new();
        for (device, (channel, _)) in over {
            ended.extend(table.by_channel.get(&channel).map(|call| (device, call.id)));
            table.remove(device, |of| of == channel, &mut tell);
        }
        ended
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

    /// How many calls run.
    pub(crate) fn running(&self) -> usize {
        self.table.lock().by_channel.len()
    }

    /// Everybody is out of a channel's call.
    pub(super) fn end(&self, channel: ChannelId, mut tell: impl FnMut(CallState)) {
        let mut table = self.table.lock();
        if let Some(mut call) = table.by_channel.remove(&channel) {
            call.devices.clear();
            tell(call.state(channel));
        }
    }

    /// A call of another instance changed.
    pub(crate) fn take_abroad(&self, whose: Tag, call: &CallState) {
        self.abroad.lock().take(whose, call);
    }

    /// All calls of another instance; gives those that changed.
    pub(crate) fn take_all_abroad(&self, whose: Tag, calls: Vec<CallState>) -> Vec<CallState> {
        self.abroad.lock().take_all(whose, calls)
    }

    /// Another instance is gone; gives its calls, which are over.
    pub(crate) fn forget_abroad(&self, whose: Tag) -> Vec<CallState> {
        self.abroad.lock().forget(whose)
    }

    /// Every call that runs, on whichever instance.
    pub(super) fn states(&self) -> Vec<CallState> {
        let mut all = self.here();
        all.extend(self.abroad.lock().all().cloned());
        all
    }

    /// Gives every call that runs on this instance, and lets none change until `tell` is done.
    pub(crate) fn with_all(&self, tell: impl FnOnce(Vec<CallState>)) {
        let table = self.table.lock();
        tell(table.states());
    }

    /// Every call that runs on this instance.
    pub(crate) fn here(&self) -> Vec<CallState> {
        self.table.lock().states()
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
    fn states(&self) -> Vec<CallState> {
        let calls = self.by_channel.iter();
        calls.map(|(channel, call)| call.state(*channel)).collect()
    }

    /// Leaves a device that is about to enter the channel's call in at most one other; gives that.
    fn make_room(
        &mut self,
        channel: ChannelId,
        device: DeviceId,
        now: Instant,
        tell: impl FnMut(CallState),
    ) -> Option<CallId> {
        let inside = |call: &Call| call.devices.contains(&device);
        if self.by_channel.get(&channel).is_some_and(inside) {
            // It comes again; if it is in another as well, that one's time goes on.
            let mut others = self.by_channel.iter().filter(|(of, _)| **of != channel);
            return others
                .find(|(_, call)| inside(call))
                .map(|(_, call)| call.id);
        }
        let before = self.moving.get(&device).map(|(from, _)| *from);
        if before.is_some() {
            self.remove(device, |of| Some(of) != before, tell);
        }
        let mut others = self.by_channel.iter();
        let from = others.find(|(_, call)| call.devices.contains(&device));
        let from = from.map(|(channel, call)| (*channel, call.id));
        if let Some((channel, _)) = from {
            self.moving.insert(device, (channel, now));
        }
        from.map(|(_, id)| id)
    }

    fn remove(
        &mut self,
        device: DeviceId,
        out_of: impl Fn(ChannelId) -> bool,
        mut tell: impl FnMut(CallState),
    ) {
        self.by_channel.retain(|channel, call| {
            let inside = call.devices.contains(&device);
            if inside && out_of(*channel) {
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
    const ELSEWHERE: ChannelId = ChannelId([3; 16]);
    const FIRST: CallId = CallId([1; 16]);
    const SECOND: CallId = CallId([2; 16]);
    const THIRD: CallId = CallId([3; 16]);
    const ANNA: DeviceId = DeviceId([1; 32]);
    const BERND: DeviceId = DeviceId([2; 32]);

    fn join(calls: &Calls, channel: ChannelId, device: DeviceId, fresh: CallId) -> Joined {
        calls
            .join(channel, device, fresh, Instant::now(), |_| ())
            .unwrap()
    }

    /// The calls that a device is in.
    fn of(calls: &Calls, device: DeviceId) -> Vec<CallId> {
        let states = calls.states().into_iter();
        let inside = states.filter(|call| call.devices.contains(&device));
        inside.map(|call| call.call).collect()
    }

    #[test]
    fn whoever_moves_is_in_both_calls_until_they_leave_the_first_and_an_empty_call_is_over() {
        let calls = Calls::default();
        assert_eq!(join(&calls, HERE, ANNA, FIRST).from, None);
        let mut told = Vec::new();
        let moved = calls.join(THERE, ANNA, SECOND, Instant::now(), |state| {
            told.push(state);
        });
        let moved = moved.unwrap();
        assert_eq!((moved.state.call, moved.from), (SECOND, Some(FIRST)));
        assert_eq!(told.len(), 1, "the first is as it was");
        assert_eq!(of(&calls, ANNA), [FIRST, SECOND]);
        assert!(calls.leave(FIRST, ANNA, |state| told.push(state)));
        assert_eq!((told[1].call, told[1].devices.len()), (FIRST, 0));
        assert_eq!(of(&calls, ANNA), [SECOND]);
        assert_eq!(calls.states().len(), 1);
        // The move is over: nothing is taken away later.
        let later = Instant::now() + MOVE * 2;
        assert!(calls.end_moves(later, |_| ()).is_empty());
    }

    #[test]
    fn nobody_is_in_two_calls_for_long() {
        let calls = Calls::default();
        join(&calls, HERE, ANNA, FIRST);
        join(&calls, HERE, BERND, FIRST);
        let began = Instant::now();
        calls.join(THERE, ANNA, SECOND, began, |_| ()).unwrap();
        let almost = began + MOVE.mul_f32(0.9);
        assert!(calls.end_moves(almost, |_| ()).is_empty());
        let mut told = Vec::new();
        let ended = calls.end_moves(began + MOVE, |state| told.push(state));
        assert_eq!(ended, [(ANNA, FIRST)]);
        assert_eq!((told.len(), &told[0].devices), (1, &vec![BERND]));
        assert_eq!(of(&calls, ANNA), [SECOND]);
    }

    #[test]
    fn of_a_move_that_leads_elsewhere_only_the_goal_is_another() {
        let calls = Calls::default();
        join(&calls, HERE, ANNA, FIRST);
        join(&calls, THERE, ANNA, SECOND);
        let turned = join(&calls, ELSEWHERE, ANNA, THIRD);
        assert_eq!(turned.from, Some(FIRST));
        assert_eq!(of(&calls, ANNA), [FIRST, THIRD]);
        // And back: whoever comes again is in no more than before.
        assert_eq!(join(&calls, HERE, ANNA, SECOND).from, Some(THIRD));
        assert_eq!(of(&calls, ANNA), [FIRST, THIRD]);
        assert!(calls.leave(THIRD, ANNA, |_| ()));
        assert_eq!(of(&calls, ANNA), [FIRST]);
        // Who is gone is in none.
        join(&calls, THERE, ANNA, SECOND);
        calls.remove(ANNA, |_| ());
        assert!(of(&calls, ANNA).is_empty());
    }

    #[test]
    fn who_comes_second_joins_the_same_call() {
        let calls = Calls::default();
        join(&calls, HERE, ANNA, FIRST);
        let state = join(&calls, HERE, BERND, SECOND).state;
        assert_eq!((state.call, state.devices), (FIRST, vec![ANNA, BERND]));
        assert!(calls.leave(FIRST, ANNA, |_| ()));
        assert!(!calls.leave(FIRST, ANNA, |_| ()));
        assert_eq!(calls.participants(HERE, FIRST, ANNA), None);
        assert_eq!(calls.participants(HERE, FIRST, BERND), Some(vec![BERND]));
    }

    #[test]
    fn joining_twice_changes_nothing() {
        let calls = Calls::default();
        join(&calls, HERE, ANNA, FIRST);
        let mut told = 0;
        let again = calls.join(HERE, ANNA, SECOND, Instant::now(), |_| told += 1);
        let again = again.unwrap().state;
        assert_eq!((again.call, again.devices.len(), told), (FIRST, 1, 0));
    }
}
