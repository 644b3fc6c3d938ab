//! Who is connected and who of them is away, as whoever comes is told.
//!
//! Where thousands come back at the same time, a list for each of them would take more time and memory than all else that they need: it is
//! made once for all who come until somebody is told of news. What changed since it was made is news (`presence.rs`), and so it reaches
//! whoever was given it.

use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::ServerFrame;

use super::outgoing::Frame;

/// So many devices are told of in one frame.
pub(super) const MANY: usize = 1_000;

/// For one who comes, or for all.
pub(super) struct Greeting {
    /// In the first frame.
    named: Vec<DeviceId>,
    /// Frames that follow it.
    pub(super) more: Vec<Frame>,
    /// Making it for each of them would cost too much.
    pub(super) is_for_all: bool,
}

impl Greeting {
    pub(super) fn of(online: Vec<DeviceId>, away: &[DeviceId]) -> Self {
        let is_for_all = online.len() > MANY;
        let (named, follow) = if is_for_all {
            (Vec::new(), online)
        } else {
            (online, Vec::new())
        };
        let come = follow.chunks(MANY).map(|online| ServerFrame::Presences {
            online: online.to_vec(),
            offline: Vec::new(),
        });
        let away = away.chunks(MANY).map(|devices| ServerFrame::Away {
            devices: devices.to_vec(),
            away: true,
        });
        Self {
            named,
            more: come.chain(away).map(|frame| Frame::plain(&frame)).collect(),
            is_for_all,
        }
    }

    /// Who is named in the first frame to a device, which is one of them.
    pub(super) fn named_to(&self, device: DeviceId) -> Vec<DeviceId> {
        let mut named = self.named.clone();
        if !named.contains(&device) {
            named.push(device);
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dialtone_protocol::frame::read_frame;

    use super::super::hub::Hub;
    use super::*;
    use crate::bus::Tag;

    const HERE: DeviceId = DeviceId([255; 32]);

    fn device(number: usize) -> DeviceId {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        DeviceId(bytes)
    }

    fn come(hub: &Hub, numbers: std::ops::Range<usize>) {
        let tag = Tag::of(&dialtone_protocol::Hash([1; 32]));
        let came: Vec<_> = numbers.map(|number| (device(number), 0)).collect();
        hub.take_presence(tag, &came, &[]);
    }

    /// All who are said to be online, and all who are said to be away.
    fn told(greeting: &Greeting) -> (Vec<DeviceId>, Vec<DeviceId>) {
        let (mut online, mut gone) = (greeting.named_to(HERE), Vec::new());
        for frame in &greeting.more {
            match read_frame(&frame.bytes).unwrap().frame {
                ServerFrame::Presences { online: more, .. } => online.extend(more),
                ServerFrame::Away {
                    devices,
                    away: true,
                } => gone.extend(devices),
                other => panic!("{other:?}"),
            }
        }
        (online, gone)
    }

    #[test]
    fn few_are_named_at_once_and_anew_for_everybody_who_comes() {
        let hub = Hub::default();
        come(&hub, 0..3);
        let first = hub.greeting();
        assert_eq!(told(&first).0, [device(0), device(1), device(2), HERE]);
        assert!(first.more.is_empty());
        come(&hub, 3..4);
        assert_eq!(told(&hub.greeting()).0.len(), 5);
    }

    #[test]
    fn many_are_told_in_frames_that_are_made_once_until_there_is_news() {
        let hub = Hub::default();
        come(&hub, 0..MANY * 2 + 1);
        hub.tell_presence();
        let first = hub.greeting();
        assert_eq!(first.more.len(), 3);
        let all: Vec<_> = [HERE]
            .into_iter()
            .chain((0..=MANY * 2).map(device))
            .collect();
        assert_eq!(told(&first), (all, Vec::new()));
        // Whoever comes is told to the others, and so to who is given the frames of before.
        come(&hub, MANY * 2 + 1..MANY * 2 + 2);
        assert!(Arc::ptr_eq(&first, &hub.greeting()));
        hub.tell_presence();
        let second = hub.greeting();
        assert!(told(&second).0.contains(&device(MANY * 2 + 1)));
        assert!(Arc::ptr_eq(&second, &hub.greeting()));
        hub.take_away(Tag::of(&dialtone_protocol::Hash([1; 32])), device(5), true);
        assert_eq!(told(&hub.greeting()).1, [device(5)]);
    }
}
