//! Opening what comes, as a client does: checked in its stream, opened by the channel's key, its signature verified, and compared with what was
//! written. It is done after a run with what was kept of it, so that what is measured is not disturbed.

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_crypto::{KeyRing, Outcome, StreamChecker, VerifiedEvent, open_event};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{ChannelId, Hash};

use super::Community;
use super::sealing::{Sealed, mark, said};

/// One reader's part: where the channel's stream is for it, and what came and is not opened yet.
pub(crate) struct Opener {
    ring: Arc<KeyRing>,
    roster: Arc<Roster>,
    channel: ChannelId,
    stream: StreamChecker,
    kept: Vec<(u64, Vec<u8>)>,
}

/// What came of opening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    /// Opened, and as it was written.
    pub(crate) readable: u64,
    /// Not.
    pub(crate) unreadable: u64,
    /// Of the first of these.
    pub(crate) why: Option<String>,
}

impl Opened {
    pub(crate) fn add(&mut self, other: Self) {
        self.readable += other.readable;
        self.unreadable += other.unreadable;
        self.why = self.why.take().or(other.why);
    }
}

impl Community {
    /// For a reader that has nothing yet, by the key that the lobby's first members have.
    pub(crate) fn opener(&self) -> Opener {
        let roster = Arc::new(self.roster.clone());
        Opener::new(Arc::clone(&self.ring), roster, self.channel)
    }
}

impl Opener {
    fn new(ring: Arc<KeyRing>, roster: Arc<Roster>, channel: ChannelId) -> Self {
        Self {
            stream: stream(&roster, channel, 0),
            ring,
            roster,
            channel,
            kept: Vec::new(),
        }
    }

    /// The same for a reader that has the channel up to `after`.
    pub(crate) fn at(&self, after: u64) -> Self {
        Self {
            ring: Arc::clone(&self.ring),
            roster: Arc::clone(&self.roster),
            channel: self.channel,
            stream: stream(&self.roster, self.channel, after),
            kept: Vec::new(),
        }
    }

    /// Keeps an event until the run is over.
    pub(crate) fn keep(&mut self, sequence: u64, event: &[u8]) {
        self.kept.push((sequence, event.to_vec()));
    }

    /// Opens all that is kept, and compares it with what was written, by its mark.
    pub(crate) fn open(&mut self, written: &HashMap<u64, &Sealed>) -> Opened {
        let mut all = Opened::default();
        for (sequence, event) in std::mem::take(&mut self.kept) {
            match self.open_one(sequence, &event, written) {
                Ok(()) => all.readable += 1,
                Err(why) => all.add(Opened {
                    readable: 0,
                    unreadable: 1,
                    why: Some(format!("event {sequence}: {why}")),
                }),
            }
        }
        all
    }

    fn open_one(
        &mut self,
        sequence: u64,
        event: &[u8],
        written: &HashMap<u64, &Sealed>,
    ) -> Result<(), String> {
        // Nothing that is sent here says that it was written after something else.
        let checked = self.stream.check(sequence, event, &self.roster, |_| None);
        let checked = checked.map_err(|error| {
            // What comes next is looked at by itself.
            self.stream = stream(&self.roster, self.channel, sequence);
            error.to_string()
        })?;
        let opened = open_event(&checked, &self.ring, &self.roster);
        self.stream.record(&checked, Outcome::of(&opened));
        let verified = opened.map_err(|error| error.to_string())?;
        let sealed = mark(event).and_then(|mark| written.get(&mark));
        match sealed {
            None => Err("nobody wrote it".into()),
            Some(sealed) if is(&verified, sealed) => Ok(()),
            Some(_) => Err("something else was written".into()),
        }
    }
}

/// From the beginning, or from where what came before is not known.
fn stream(roster: &Roster, channel: ChannelId, after: u64) -> StreamChecker {
    let community = roster.community();
    if after == 0 {
        return StreamChecker::new(community, channel);
    }
    let position = StreamPosition {
        sequence: after,
        hash: Hash::ZERO,
    };
    StreamChecker::starting_at(community, channel, position)
}

fn is(verified: &VerifiedEvent, sealed: &Sealed) -> bool {
    verified.device() == sealed.device && *verified.content() == said(sealed.number)
}

#[cfg(test)]
mod tests {
    use dialtone_crypto::group::Group;
    use dialtone_crypto::{AccountKey, ChannelKey, DeviceKey, OsRng, SenderChain, entries};
    use dialtone_protocol::PublicKey;
    use dialtone_protocol::roster::HistoryPolicy;

    use super::super::sealing::seal_said;
    use super::*;

    struct Scene {
        opener: Opener,
        key: ChannelKey,
        device: DeviceKey,
        chain: SenderChain,
    }

    impl Scene {
        fn new() -> Self {
            let account = AccountKey::generate(&mut OsRng);
            let device = DeviceKey::generate(&mut OsRng).unwrap();
            let server = PublicKey([7; 32]);
            let founding = entries::found(&account, &device, server, &mut OsRng).unwrap();
            let mut roster = founding.roster;
            let lobby = roster.view().lobby();
            let policy = HistoryPolicy::All;
            let created = entries::create_channel(&device, &roster, lobby, policy, &mut OsRng);
            let (channel, entry) = created.unwrap();
            roster.append(entry).unwrap();
            let (_, _, secret) = Group::create(lobby, &device, account.account(), &roster).unwrap();
            let mut ring = KeyRing::default();
            ring.insert_epoch(secret);
            let key = ring.sealing_key(lobby, 0, channel).unwrap();
            Self {
                opener: Opener::new(ring.into(), roster.into(), channel),
                key,
                device,
                chain: SenderChain::START,
            }
        }

        /// What is written, and the event's bytes.
        fn write(&mut self, number: u64) -> (Sealed, Vec<u8>) {
            let roster = &self.opener.roster;
            let sealed = seal_said(&self.key, &self.device, roster, self.chain, number).unwrap();
            self.chain = sealed.chain;
            let written = Sealed {
                sender: 0,
                device: self.device.id(),
                number,
                mark: mark(&sealed.bytes).unwrap(),
                event_bytes: sealed.bytes.len(),
                request: 1,
                frame: tokio_tungstenite::tungstenite::Bytes::new(),
            };
            (written, sealed.bytes)
        }

        /// The opener's answer to these, which come from place `first` on.
        fn open(&mut self, first: u64, events: &[Vec<u8>], written: &[&Sealed]) -> Opened {
            for (sequence, event) in (first..).zip(events) {
                self.opener.keep(sequence, event);
            }
            let written = written.iter().map(|one| (one.mark, *one)).collect();
            self.opener.open(&written)
        }
    }

    #[test]
    fn what_was_written_is_opened_run_after_run() {
        let mut scene = Scene::new();
        let (first, one) = scene.write(1);
        let (second, two) = scene.write(2);
        let opened = scene.open(1, &[one, two], &[&first, &second]);
        assert_eq!((opened.readable, opened.unreadable), (2, 0), "{opened:?}");
        let (third, three) = scene.write(3);
        let opened = scene.open(3, &[three], &[&third]);
        assert_eq!((opened.readable, opened.unreadable), (1, 0), "{opened:?}");
    }

    #[test]
    fn what_was_changed_or_exchanged_or_left_out_is_unreadable() {
        let mut scene = Scene::new();
        let (first, mut changed) = scene.write(1);
        // Not its end, by which it is known.
        let middle = changed.len() - 40;
        changed[middle] ^= 1;
        let opened = scene.open(1, &[changed], &[&first]);
        assert_eq!((opened.readable, opened.unreadable), (0, 1), "{opened:?}");

        let mut scene = Scene::new();
        let (first, one) = scene.write(1);
        let other = Sealed { number: 9, ..first };
        let opened = scene.open(1, &[one], &[&other]);
        assert_eq!(
            opened.why.as_deref(),
            Some("event 1: something else was written")
        );

        let mut scene = Scene::new();
        let (_, left_out) = scene.write(1);
        let (second, two) = scene.write(2);
        drop(left_out);
        let opened = scene.open(1, &[two], &[&second]);
        assert_eq!((opened.readable, opened.unreadable), (0, 1), "{opened:?}");
        // What follows is opened again.
        let (third, three) = scene.write(3);
        let opened = scene.open(2, &[three], &[&third]);
        assert_eq!((opened.readable, opened.unreadable), (1, 0), "{opened:?}");
    }
}
