//! All who are connected to an instance, in pieces that NATS carries (1 MiB each, unless it is set otherwise), and put together again.

use std::collections::HashMap;

use super::{Here, Part, Tag};

/// So many devices are told of in one message: 140 KB.
pub(crate) const PIECE: usize = 4096;
/// So many calls, each of which has up to 128 devices.
const CALLS: usize = 32;
/// So many devices and calls of one instance are put together at most: whoever says more is not understood.
const MOST: usize = 1 << 20;

impl Here {
    /// One piece if it is short enough, which is as it was before there were pieces.
    pub(crate) fn pieces(self, telling: u64) -> Vec<Self> {
        let devices = self.online.len().max(self.away.len());
        if devices <= PIECE && self.calls.len() <= CALLS {
            return vec![self];
        }
        let online = self.online.chunks(PIECE).map(|online| Self {
            online: online.to_vec(),
            ..Self::default()
        });
        let away = self.away.chunks(PIECE).map(|away| Self {
            away: away.to_vec(),
            ..Self::default()
        });
        let calls = self.calls.chunks(CALLS).map(|calls| Self {
            calls: calls.to_vec(),
            ..Self::default()
        });
        let mut pieces: Vec<_> = online.chain(away).chain(calls).collect();
        let of = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        for (number, piece) in (0..).zip(&mut pieces) {
            piece.part = Some(Part {
                telling,
                number,
                of,
            });
        }
        pieces
    }

    fn append(&mut self, piece: Self) {
        self.online.extend(piece.online);
        self.away.extend(piece.away);
        self.calls.extend(piece.calls);
        self.part = piece.part;
    }
}

/// What is not whole yet, of each instance.
#[derive(Default)]
pub(crate) struct Pieces(HashMap<Tag, Here>);

impl Pieces {
    /// Takes what an instance said; gives it once it is whole. Of what has a hole nothing is given: the hole is seen by the count of the
    /// messages, and everybody is asked anew.
    pub(crate) fn put(&mut self, from: Tag, piece: Here) -> Option<Here> {
        let begun = self.0.remove(&from);
        let Some(part) = piece.part else {
            return Some(piece);
        };
        let mut all = if part.number == 0 {
            Here::default()
        } else {
            let expected = Some(Part {
                number: part.number - 1,
                ..part
            });
            begun.filter(|begun| begun.part == expected)?
        };
        all.append(piece);
        if part.number.checked_add(1) == Some(part.of) {
            all.part = None;
            return Some(all);
        }
        if all.online.len() + all.away.len() + all.calls.len() <= MOST {
            self.0.insert(from, all);
        }
        None
    }

    /// Nothing more comes of it.
    pub(crate) fn forget(&mut self, whom: Tag) {
        self.0.remove(&whom);
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::frame::CallState;
    use dialtone_protocol::{CallId, ChannelId, DeviceId, Hash};

    use super::*;
    use crate::bus::{Envelope, News};

    /// What NATS carries, unless it is set otherwise, in bytes.
    const NATS: usize = 1024 * 1024;

    fn devices(count: u32) -> Vec<DeviceId> {
        let device = |number: u32| {
            let mut id = [0xff; 32];
            id[..4].copy_from_slice(&number.to_be_bytes());
            DeviceId(id)
        };
        (0..count).map(device).collect()
    }

    fn here(online: u32, calls: u8) -> Here {
        let call = |number| CallState {
            channel: ChannelId([number; 16]),
            call: CallId([number; 16]),
            devices: devices(128),
        };
        Here {
            online: devices(online),
            away: devices(online / 2),
            calls: (0..calls).map(call).collect(),
            part: None,
        }
    }

    fn length(news: News) -> usize {
        let from = Tag::of(&Hash([1; 32]));
        let envelope = Envelope {
            from,
            count: u64::MAX,
            news,
        };
        let bytes = envelope.to_bytes();
        assert_eq!(Envelope::read(&bytes), Some(envelope));
        bytes.len()
    }

    #[test]
    fn however_many_are_connected_each_piece_is_one_that_nats_carries() {
        let tag = Tag::of(&Hash([1; 32]));
        for (online, calls) in [(0, 0), (10, 2), (60_000, 200), (60_000, 0), (1, 200)] {
            let all = here(online, calls);
            let mut pieces = Pieces::default();
            let mut came = None;
            for piece in all.clone().pieces(7) {
                assert_eq!(came, None, "before the last piece");
                assert!(length(News::Here(piece.clone())) < NATS / 4);
                came = pieces.put(tag, piece);
            }
            assert_eq!(came, Some(all));
        }
        let online = devices(PIECE as u32);
        let online = online.into_iter().map(|one| (one, u64::MAX)).collect();
        let offline = Vec::new();
        assert!(length(News::Presence { online, offline }) < NATS / 4);
    }

    #[test]
    fn of_what_has_a_hole_nothing_is_given() {
        let (one, two) = (Tag::of(&Hash([1; 32])), Tag::of(&Hash([2; 32])));
        let all = here(10_000, 0);
        let first = all.clone().pieces(1);
        let second = all.clone().pieces(2);
        let mut pieces = Pieces::default();
        assert_eq!(pieces.put(one, first[0].clone()), None);
        assert_eq!(pieces.put(one, first[1].clone()), None);
        for piece in &second[2..] {
            assert_eq!(pieces.put(one, piece.clone()), None, "of another telling");
        }
        for piece in &second[1..] {
            assert_eq!(pieces.put(one, piece.clone()), None, "without the first");
        }
        assert_eq!(pieces.put(one, first[0].clone()), None);
        pieces.forget(one);
        for piece in &first[1..] {
            assert_eq!(pieces.put(one, piece.clone()), None, "it is another now");
        }
        // Two at once do not disturb each other.
        let mut came = Vec::new();
        for (first, second) in first.iter().zip(&second) {
            came.extend(pieces.put(one, first.clone()));
            came.extend(pieces.put(two, second.clone()));
        }
        assert_eq!(came, [all.clone(), all]);
    }

    #[test]
    fn what_fits_into_one_is_as_instances_without_pieces_say_and_read_it() {
        use minicbor::{Decode, Encode};

        #[derive(Debug, PartialEq, Encode, Decode)]
        struct Before {
            #[n(0)]
            online: Vec<DeviceId>,
            #[n(1)]
            away: Vec<DeviceId>,
            #[n(2)]
            calls: Vec<CallState>,
        }
        let now = here(3, 1);
        let before = Before {
            online: now.online.clone(),
            away: now.away.clone(),
            calls: now.calls.clone(),
        };
        let [now] = &now.pieces(1)[..] else {
            panic!("several");
        };
        let bytes = minicbor::to_vec(&before).unwrap();
        assert_eq!(minicbor::to_vec(now).unwrap(), bytes);
        assert_eq!(&minicbor::decode::<Here>(&bytes).unwrap(), now);
        let piece = &here(10_000, 0).pieces(1)[0];
        let bytes = minicbor::to_vec(piece).unwrap();
        let read: Before = minicbor::decode(&bytes).unwrap();
        assert_eq!(read.online, piece.online);
    }
}
