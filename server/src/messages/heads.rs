//! The last event of each device in each channel, as far as it was stored here: whoever goes on from it needs no question to the database.
//!
//! What is not known here, or does not follow, is asked for there. So it does no harm that another instance may have stored more: then what
//! follows here is there already, and the database says so as it stores.

use std::collections::HashMap;

use dialtone_protocol::{ChannelId, DeviceId, Hash};
use dialtone_store::NewMessage;

use super::queue::Job;

/// More than these are forgotten at once.
const MOST: usize = 50_000;

#[derive(Default)]
pub(super) struct Heads(HashMap<(ChannelId, DeviceId), (u64, Hash)>);

impl Heads {
    /// Whether the event is known to be the device's next in its channel.
    pub(super) fn follows(&self, job: &Job) -> bool {
        let message = &job.message;
        let last = self.0.get(&(message.channel, message.device));
        last.is_some_and(|(sequence, hash)| {
            message.device_sequence == sequence + 1 && job.previous == *hash
        })
    }

    /// The event was stored, for good.
    pub(super) fn note(&mut self, message: &NewMessage) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let head = (message.device_sequence, message.event_hash);
        self.0.insert((message.channel, message.device), head);
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{ClientEventId, GroupId};

    use super::*;

    fn job(device_sequence: u64, previous: Hash) -> Job {
        let group = GroupId::new([1; 16]);
        let message = NewMessage {
            channel: ChannelId([2; 16]),
            device: DeviceId([3; 32]),
            device_sequence,
            client_event_id: ClientEventId([4; 16]),
            event_hash: Hash([device_sequence as u8; 32]),
            sealed: Vec::new(),
            expires: None,
        };
        Job {
            group,
            header_group: group,
            epoch: 1,
            previous,
            message,
        }
    }

    #[test]
    fn only_what_goes_on_from_the_last_one_is_known_to_follow() {
        let mut heads = Heads::default();
        assert!(!heads.follows(&job(1, Hash::ZERO)), "nothing is known yet");
        heads.note(&job(1, Hash::ZERO).message);
        assert!(heads.follows(&job(2, Hash([1; 32]))));
        assert!(!heads.follows(&job(2, Hash([9; 32]))), "after another one");
        assert!(!heads.follows(&job(3, Hash([1; 32]))));
        assert!(!heads.follows(&job(1, Hash::ZERO)), "again");
        let mut elsewhere = job(2, Hash([1; 32]));
        elsewhere.message.channel = ChannelId([8; 16]);
        assert!(!heads.follows(&elsewhere));
    }
}
