//! How far each stream was handed out here. One instance hands out all of it in order; of several, each hands out its own at once and the
//! others' as it hears of it, so that a frame may come before the one in front of it.

use std::collections::HashMap;
use std::hash::Hash;

use dialtone_protocol::{ChannelId, GroupId};

use super::outgoing::{Frame, Stream};

/// See the module.
#[derive(Default)]
pub(super) struct Streams {
    events: HashMap<ChannelId, u64>,
    /// The next epoch whose commit is to be handed out.
    commits: HashMap<GroupId, u64>,
}

impl Streams {
    /// Where they stand, by the database.
    pub(super) fn at(heads: &[(ChannelId, u64)], epochs: &[(GroupId, u64)]) -> Self {
        Self {
            events: heads.iter().copied().collect(),
            commits: epochs.iter().copied().collect(),
        }
    }

    /// The frame is handed out now: it says from where on its readers may lack something.
    pub(super) fn hand_out(&mut self, mut frame: Frame) -> Frame {
        match &mut frame.stream {
            Stream::Event {
                channel,
                sequence,
                after,
            } => {
                let known = self.events.entry(*channel).or_default();
                *after = (*after).min(*known);
                *known = (*known).max(*sequence);
            }
            Stream::Commit {
                group,
                epoch,
                after,
            } => {
                let next = self.commits.entry(*group).or_default();
                *after = (*after).min(*next);
                *next = (*next).max(*epoch + 1);
            }
            Stream::Entry { .. } | Stream::None => {}
        }
        frame
    }

    /// Of the channels whose last events these are, those of which not all was handed out: from where on.
    pub(super) fn lacking(&self, heads: &[(ChannelId, u64)]) -> Vec<(ChannelId, u64)> {
        behind(&self.events, heads)
    }

    /// The same of groups: the first epoch whose commit was not handed out.
    pub(super) fn lacking_commits(&self, epochs: &[(GroupId, u64)]) -> Vec<(GroupId, u64)> {
        behind(&self.commits, epochs)
    }
}

fn behind<K: Copy + Eq + Hash>(known: &HashMap<K, u64>, stored: &[(K, u64)]) -> Vec<(K, u64)> {
    let known = stored.iter().map(|(id, last)| {
        let known = known.get(id).copied().unwrap_or(0);
        (known < *last).then_some((*id, known))
    });
    known.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: ChannelId = ChannelId([1; 16]);

    fn event(streams: &mut Streams, sequence: u64) -> u64 {
        let frame = Frame::event(CHANNEL, sequence, 0, Vec::new());
        match streams.hand_out(frame).stream {
            Stream::Event { after, .. } => after,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_frame_that_comes_too_early_says_what_its_readers_may_lack() {
        let mut streams = Streams::at(&[(CHANNEL, 4)], &[]);
        assert_eq!(event(&mut streams, 5), 4);
        assert_eq!(event(&mut streams, 8), 5, "6 and 7 are not here yet");
        assert_eq!(event(&mut streams, 6), 5, "late");
        assert_eq!(event(&mut streams, 9), 8);
        assert!(streams.lacking(&[(CHANNEL, 9)]).is_empty());
        assert_eq!(streams.lacking(&[(CHANNEL, 10)]), [(CHANNEL, 9)]);
        let group = GroupId([1; 17]);
        let commit = |streams: &mut Streams, epoch| match streams
            .hand_out(Frame::commit(group, epoch, Vec::new()))
            .stream
        {
            Stream::Commit { after, .. } => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(commit(&mut streams, 2), 0);
        assert_eq!(commit(&mut streams, 3), 3);
        assert!(streams.lacking_commits(&[(group, 4)]).is_empty());
        assert_eq!(streams.lacking_commits(&[(group, 5)]), [(group, 4)]);
    }
}
