//! The writing half: answers, what was missed, what is live. It knows what it has written of each stream, so that every
//! entry, commit and event goes out exactly once and in order.
//!
//! ```text
//! Resume -> catch up from the store -> subscribe -> catch up the rest -> CaughtUp -> live, skipping what went out already
//! ```

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Bytes;
use dialtone_protocol::frame::{Cursor, GroupCursor, ServerFrame};
use dialtone_protocol::{ChannelId, GroupId};
use futures_util::FutureExt as _;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hub::{Cut, CutReason, Registration};
use super::outgoing::{Frame, Stream};
use super::queue::Receiver;
use super::websocket::Outgoing;
use super::{ConnectionId, catch_up};
use crate::auth::Session;
use crate::calls;
use crate::clock::wire_ms;
use crate::state::AppState;

/// How long the socket may take nothing.
const WRITE_TIME: Duration = Duration::from_secs(20);
/// How long a closing handshake is worth.
const CLOSE_TIME: Duration = Duration::from_secs(1);
/// How often the other end is asked for a sign of life.
const PING: Duration = Duration::from_secs(30);
/// The most live frames between two looks at what else is to be written.
const TOGETHER: usize = 256;

/// What the reading half asks of the writing half.
pub(super) enum Order {
    /// Write an answer.
    Answer(Frame),
    /// Send what was missed, then what is live.
    Resume(Cursors),
    /// Answer a ping.
    Pong(Bytes),
}

/// Where a client stands.
pub(super) struct Cursors {
    pub(super) roster_length: u64,
    pub(super) channels: Vec<Cursor>,
    pub(super) groups: Vec<GroupCursor>,
}

/// The connection cannot be written to any more.
#[derive(Debug)]
pub(super) struct Gone(pub(super) Option<CutReason>);

/// How far each stream was written.
#[derive(Default)]
pub(super) struct Written {
    /// Entries.
    pub(super) entries: Option<u64>,
    /// The next epoch of a group whose commit is to be written.
    pub(super) commits: HashMap<GroupId, u64>,
    /// The last sequence of a channel.
    pub(super) events: HashMap<ChannelId, u64>,
}

pub(super) struct Writer {
    pub(super) state: AppState,
    pub(super) session: Session,
    pub(super) id: ConnectionId,
    queue: Receiver<Frame>,
    cut: Cut,
    outgoing: Outgoing,
    orders: Receiver<Order>,
    pub(super) written: Written,
}

impl Writer {
    pub(super) fn new(
        state: AppState,
        session: Session,
        registration: Registration,
        outgoing: Outgoing,
        orders: Receiver<Order>,
    ) -> Self {
        Self {
            state,
            session,
            id: registration.id,
            queue: registration.queue,
            cut: registration.cut,
            outgoing,
            orders,
            written: Written::default(),
        }
    }

    /// Writes until the connection ends; tells why, if it was for a reason of ours.
    pub(super) async fn run(&mut self) -> Option<CutReason> {
        match self.write_all().await {
            Ok(()) => None,
            Err(Gone(reason)) => {
                if let Some(reason) = reason {
                    self.cut.cut(reason);
                }
                reason
            }
        }
    }

    async fn write_all(&mut self) -> Result<(), Gone> {
        Box::pin(self.welcome()).await?;
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Orders first: a client asks for each of them, and after each what is live goes out too.
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(Order::Answer(frame)) => self.feed(frame.bytes).await?,
                    // Boxed, since a connection is at it for a moment of its life.
                    Some(Order::Resume(cursors)) => Box::pin(catch_up::resume(self, cursors)).await?,
                    Some(Order::Pong(payload)) => {
                        self.make_room().await?;
                        self.outgoing.put_pong(payload);
                    }
                    None => return Ok(()),
                },
                _ = ping.tick() => self.outgoing.put_ping(),
                frame = self.queue.recv() => match frame {
                    Some(frame) => self.write_live(frame).await?,
                    None => return Ok(()),
                },
            }
            // What waits already goes out together.
            for _ in 0..TOGETHER {
                let Some(frame) = self.queue.try_recv() else {
                    break;
                };
                self.write_live(frame).await?;
            }
            self.flush().await?;
        }
    }

    async fn welcome(&mut self) -> Result<(), Gone> {
        let device = self.session.device;
        let member = self.session.role.is_some();
        let greeting = member.then(|| self.state.hub.greeting());
        let frame = ServerFrame::Welcome {
            time_ms: wire_ms(self.state.clock.now()),
            online: greeting
                .as_ref()
                .map_or_else(Vec::new, |greeting| greeting.named_to(device)),
            calls: if member {
                calls::running(&self.state, &device)
            } else {
                Vec::new()
            },
        };
        self.feed(Frame::plain(&frame).bytes).await?;
        for more in greeting.iter().flat_map(|greeting| &greeting.more) {
            self.feed(more.bytes.clone()).await?;
        }
        self.flush().await
    }

    /// Writes a live frame, unless it went out before; fills a hole in its stream first.
    async fn write_live(&mut self, frame: Frame) -> Result<(), Gone> {
        let next = match frame.stream {
            Stream::None => true,
            Stream::Entry { index } => self.written.take_entry(index),
            Stream::Commit {
                group,
                epoch,
                after,
            } => {
                if self.written.lacks_commit_before(group, epoch, after) {
                    Box::pin(catch_up::fill_commits(self, group, epoch)).await?;
                }
                self.written.take_commit(group, epoch)
            }
            Stream::Event {
                channel,
                sequence,
                after,
            } => {
                if self.written.lacks_before(channel, sequence, after) {
                    Box::pin(catch_up::fill(self, channel, sequence)).await?;
                }
                self.written.take_event(channel, sequence)
            }
        };
        if next {
            self.feed(frame.bytes).await?;
        }
        Ok(())
    }

    /// Writes the frames that are for this moment, and drops those of streams: they are read from the store.
    pub(super) async fn pass_moments(&mut self) -> Result<(), Gone> {
        while let Some(frame) = self.queue.try_recv() {
            if frame.stream == Stream::None {
                self.feed(frame.bytes).await?;
            }
        }
        Ok(())
    }

    /// Writes into the socket's buffer.
    pub(super) async fn feed(&mut self, bytes: Bytes) -> Result<(), Gone> {
        self.make_room().await?;
        self.outgoing.put(bytes);
        Ok(())
    }

    /// Where much waits for being written, that goes first.
    async fn make_room(&mut self) -> Result<(), Gone> {
        if self.outgoing.is_full() {
            self.flush().await?;
        }
        Ok(())
    }

    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        // Mostly the system takes everything at once, and no clock is needed.
        match self.outgoing.flush().now_or_never() {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) => Err(Gone(None)),
            None => Box::pin(within(WRITE_TIME, self.outgoing.flush())).await,
        }
    }

    async fn last_entries(&mut self) -> Result<(), Gone> {
        while let Some(frame) = self.queue.try_recv() {
            if matches!(frame.stream, Stream::Entry { .. }) {
                self.write_live(frame).await?;
            }
        }
        self.flush().await
    }

    /// Says goodbye, as far as the other end still listens. Who is out is shown the entry that says so before.
    pub(super) async fn close(&mut self, reason: Option<CutReason>) {
        if reason == Some(CutReason::SessionEnded) {
            // It is over either way.
            let _: Result<_, _> = timeout(CLOSE_TIME, self.last_entries()).await;
        }
        self.outgoing.put_close(reason.map(CutReason::close));
        // It is over either way.
        let _: Result<_, _> = timeout(CLOSE_TIME, self.outgoing.flush()).await;
    }
}

async fn within<E>(time: Duration, write: impl Future<Output = Result<(), E>>) -> Result<(), Gone> {
    match timeout(time, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Gone(None)),
        Err(_) => Err(Gone(Some(CutReason::TooSlow))),
    }
}

impl Written {
    /// Whether entry `index` is the next one, which then counts as written.
    pub(super) fn take_entry(&mut self, index: u64) -> bool {
        let next = self.entries.is_none_or(|entries| index >= entries);
        if next {
            self.entries = Some(index + 1);
        }
        next
    }

    /// Whether the commit of `epoch` is the next one, which then counts as written.
    pub(super) fn take_commit(&mut self, group: GroupId, epoch: u64) -> bool {
        let next = self
            .commits
            .get(&group)
            .is_none_or(|awaited| epoch >= *awaited);
        if next {
            self.commits.insert(group, epoch + 1);
        }
        next
    }

    /// Whether commits before that of `epoch` were not written yet, where all before `after` were handed out.
    pub(super) fn lacks_commit_before(&mut self, group: GroupId, epoch: u64, after: u64) -> bool {
        if after >= epoch && !self.commits.contains_key(&group) {
            return false;
        }
        *self.commits.entry(group).or_insert(after) < epoch
    }

    /// Whether events before `sequence` were not written yet, where all up to `after` were handed out.
    pub(super) fn lacks_before(&mut self, channel: ChannelId, sequence: u64, after: u64) -> bool {
        if after + 1 >= sequence && !self.events.contains_key(&channel) {
            return false;
        }
        *self.events.entry(channel).or_insert(after) + 1 < sequence
    }

    /// Whether the event is the next one, which then counts as written.
    pub(super) fn take_event(&mut self, channel: ChannelId, sequence: u64) -> bool {
        let next = self
            .events
            .get(&channel)
            .is_none_or(|last| sequence > *last);
        if next {
            self.events.insert(channel, sequence);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: ChannelId = ChannelId([1; 16]);

    #[test]
    fn what_went_out_while_catching_up_does_not_go_out_again() {
        let mut written = Written::default();
        assert!(written.take_event(CHANNEL, 7));
        assert!(!written.take_event(CHANNEL, 7));
        assert!(!written.take_event(CHANNEL, 3));
        assert!(!written.lacks_before(CHANNEL, 8, 7));
        assert!(written.take_event(CHANNEL, 8));
    }

    #[test]
    fn a_hole_is_noticed_but_an_unnamed_channel_starts_anywhere() {
        let mut written = Written::default();
        assert!(!written.lacks_before(CHANNEL, 100, 99));
        written.take_event(CHANNEL, 100);
        assert!(written.lacks_before(CHANNEL, 102, 101));
        let mut other = Written::default();
        assert!(
            other.lacks_before(CHANNEL, 3, 0),
            "1 and 2 are not here yet"
        );
        let group = GroupId([1; 17]);
        assert!(!other.lacks_commit_before(group, 5, 5));
        assert!(other.lacks_commit_before(group, 5, 3));
        assert!(other.take_commit(group, 3) && other.take_commit(group, 4));
        assert!(!other.lacks_commit_before(group, 5, 3));
    }

    #[test]
    fn entries_and_commits_are_counted_alike() {
        let mut written = Written::default();
        let group = GroupId([1; 17]);
        assert!(written.take_entry(4) && !written.take_entry(4) && written.take_entry(5));
        assert!(written.take_commit(group, 0) && !written.take_commit(group, 0));
        assert!(written.take_commit(group, 1));
    }
}
