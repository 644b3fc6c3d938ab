//! What the socket holds as answers to pings. It makes a pong of each by itself and keeps it until it can be written, however many there
//! are: so a client that asks and does not read is not read from either.
//!
//! ```text
//! ping, and what is read after it -> counted -> more than HELD: wait until the writing half has written all, then go on
//! ```

use tokio::sync::oneshot;
use tokio_websockets::Message;

use super::queue::Sender;
use super::writer::Order;

/// Bytes that may be held by pongs before they are written. A pong is a slice of what was read with it, and keeps all of that in memory:
/// so the most that is really held is this and the longest frame.
const HELD: usize = 64 * 1024;
/// What each frame takes beside its bytes.
const BESIDE: usize = 64;

/// The writing half is gone.
#[derive(Debug)]
pub(super) struct Gone;

/// Counts for one connection.
#[derive(Debug, Default)]
pub(super) struct Pongs {
    held: usize,
}

impl Pongs {
    /// Counts what was just read; where too much is held, waits until nothing is.
    pub(super) async fn count(
        &mut self,
        message: &Message,
        orders: &Sender<Order>,
    ) -> Result<(), Gone> {
        if message.is_ping() || self.held > 0 {
            self.held += message.as_payload().len() + BESIDE;
        }
        if self.held > HELD {
            let (written, all_written) = oneshot::channel();
            let order = orders.send(Order::Flush(written)).await;
            order.map_err(|_| Gone)?;
            all_written.await.map_err(|_| Gone)?;
            self.held = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::super::queue::queue;
    use super::*;

    /// So many of these are taken without waiting.
    fn taken(pongs: &mut Pongs, message: &Message, orders: &Sender<Order>) -> usize {
        let mut one = || pongs.count(message, orders).now_or_never().is_some();
        (0..HELD).take_while(|_| one()).count()
    }

    #[tokio::test]
    async fn pings_wait_until_their_answers_are_written() {
        let (orders, mut to_write) = queue(4);
        for length in [0, 125] {
            let ping = Message::ping(vec![0; length]);
            let mut pongs = Pongs::default();
            let held = taken(&mut pongs, &ping, &orders) * (length + BESIDE);
            assert!((HELD - 2 * BESIDE - 125..=HELD).contains(&held), "{held}");
            let Some(Order::Flush(_)) = to_write.try_recv() else {
                panic!("nobody is asked to write")
            };
            let next = pongs.count(&ping, &orders);
            let written = async {
                let Some(Order::Flush(written)) = to_write.recv().await else {
                    panic!("nobody is asked to write")
                };
                written.send(()).unwrap();
            };
            tokio::join!(next, written).0.unwrap();
            assert_eq!(pongs.held, 0);
        }
    }

    #[tokio::test]
    async fn what_shares_its_memory_with_a_pong_counts_and_nothing_else_does() {
        let (orders, mut to_write) = queue(4);
        let frame = Message::binary(vec![0; HELD]);
        let mut pongs = Pongs::default();
        assert_eq!(taken(&mut pongs, &frame, &orders), HELD, "no ping, no pong");
        pongs.count(&Message::ping(""), &orders).await.unwrap();
        assert_eq!(taken(&mut pongs, &frame, &orders), 0);
        drop(to_write.try_recv());
        drop(to_write);
        pongs.count(&frame, &orders).await.unwrap_err();
    }
}
