//! The reading half: frames in, answers handed to the writing half in whatever order they are ready.

use std::time::Duration;

use dialtone_protocol::frame::{
    ClientFrame, FrameError, Framed, LIST_LIMIT, ServerFrame, read_frame,
};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until, timeout};

use super::dispatch::{self, Answer};
use super::outgoing::Frame;
use super::queue::Sender;
use super::websocket::{Incoming, Message};
use super::writer::{Cursors, Order};
use crate::auth::Session;
use crate::state::AppState;

/// Requests of one connection that may wait for their answers.
const IN_FLIGHT: usize = 64;
/// A frame longer than this, in bytes, waits until fewer than so many others do: together they would take much memory.
const LARGE: usize = 64 * 1024;
const BESIDE_LARGE: usize = 4;
/// Frames that cannot be used before the connection is cut.
const BAD_FRAMES: u32 = 20;
/// How long nothing may come, not even an answer to a ping.
const SILENCE: Duration = Duration::from_secs(90);
/// Frames at once, and each second after: beyond it reading waits.
const BURST: u32 = 2000;
const PER_SECOND: u32 = 1000;

pub(super) struct Reader {
    state: AppState,
    session: Session,
    incoming: Incoming,
    orders: Sender<Order>,
    pace: Pace,
    bad_frames: u32,
}

/// The connection is over, from this side.
struct Over;

impl Reader {
    pub(super) fn new(
        state: AppState,
        session: Session,
        incoming: Incoming,
        orders: Sender<Order>,
    ) -> Self {
        Self {
            state,
            session,
            incoming,
            orders,
            pace: Pace::new(Instant::now()),
            bad_frames: 0,
        }
    }

    /// Reads until the connection ends.
    pub(super) async fn run(&mut self) {
        let mut in_flight = FuturesUnordered::new();
        loop {
            // Answers first: there are never more of them than frames that were read.
            let step = tokio::select! {
                biased;
                Some(answer) = in_flight.next(), if !in_flight.is_empty() => self.answer(answer).await,
                message = timeout(SILENCE, self.incoming.next()), if in_flight.len() < IN_FLIGHT => {
                    match message {
                        Ok(Ok(Some(message))) => self.take(message, &mut in_flight).await,
                        // Closed, broken, too large, or silent for too long.
                        _ => Err(Over),
                    }
                }
            };
            if step.is_err() {
                return;
            }
        }
    }

    async fn answer(&mut self, answer: Option<Frame>) -> Result<(), Over> {
        match answer {
            Some(frame) => self.order(Order::Answer(frame)).await,
            None => Ok(()),
        }
    }

    /// Hands out answers until fewer than so many are awaited.
    async fn answer_until(
        &mut self,
        in_flight: &mut FuturesUnordered<BoxFuture<'static, Answer>>,
        fewer_than: usize,
    ) -> Result<(), Over> {
        while in_flight.len() >= fewer_than {
            if let Some(answer) = in_flight.next().await {
                self.answer(answer).await?;
            }
        }
        Ok(())
    }

    async fn order(&mut self, order: Order) -> Result<(), Over> {
        match self.orders.put(order) {
            Ok(()) => Ok(()),
            // Boxed, as all that a connection does for a moment of its life: while it is idle it is to take no room.
            Err(order) => Box::pin(self.orders.send(order)).await.map_err(|_| Over),
        }
    }

    async fn take(
        &mut self,
        message: Message,
        in_flight: &mut FuturesUnordered<BoxFuture<'static, Answer>>,
    ) -> Result<(), Over> {
        if let Some(wait) = self.pace.take() {
            Box::pin(sleep_until(wait)).await;
        }
        let bytes = match message {
            Message::Binary(bytes) => bytes,
            Message::Text => return self.bad("frames are binary").await,
            // It waits among the answers, of which few wait: who asks faster than it reads is read no further.
            Message::Ping(payload) => return self.order(Order::Pong(payload)).await,
            Message::Pong => return Ok(()),
            Message::Close => return Err(Over),
        };
        self.state.metrics.frames.inc();
        match read_frame::<ClientFrame>(&bytes) {
            Ok(Framed {
                frame:
                    ClientFrame::Resume {
                        roster_length,
                        channels,
                        groups,
                    },
                ..
            }) => {
                if channels.len() > LIST_LIMIT || groups.len() > LIST_LIMIT {
                    return self.bad("too many cursors").await;
                }
                let cursors = Cursors {
                    roster_length,
                    channels,
                    groups,
                };
                self.order(Order::Resume(cursors)).await
            }
            Ok(Framed { request, frame }) => {
                if bytes.len() > LARGE {
                    Box::pin(self.answer_until(in_flight, BESIDE_LARGE)).await?;
                }
                let answer = dispatch::dispatch(self.state.clone(), self.session, request, frame);
                in_flight.push(answer);
                Ok(())
            }
            // Of a newer version: skipped.
            Err(FrameError::UnknownKind(_)) => Ok(()),
            Err(error) => self.bad(&error.to_string()).await,
        }
    }

    async fn bad(&mut self, message: &str) -> Result<(), Over> {
        self.bad_frames += 1;
        if self.bad_frames > BAD_FRAMES {
            let reason = super::CutReason::BadFrames;
            self.state.hub.cut_session(&self.session.token, reason);
            return Err(Over);
        }
        let frame = ServerFrame::Error {
            message: message.to_owned(),
        };
        self.order(Order::Answer(Frame::plain(&frame))).await
    }
}

/// How fast frames are read.
struct Pace {
    tokens: f64,
    at: Instant,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self {
            tokens: f64::from(BURST),
            at: now,
        }
    }

    /// Takes a frame's worth; until when to wait, where there is less.
    fn take(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let gained = (now - self.at).as_secs_f64() * f64::from(PER_SECOND);
        self.tokens = (self.tokens + gained).min(f64::from(BURST)) - 1.0;
        self.at = now;
        let missing = -self.tokens / f64::from(PER_SECOND);
        (missing > 0.0).then(|| now + Duration::from_secs_f64(missing))
    }
}
