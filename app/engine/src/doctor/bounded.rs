//! Checks that may hang: on a thread of their own, which is left behind when they do.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What `check` gives; none when it takes longer than `limit`, or fails altogether.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    check: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, answer) = mpsc::sync_channel(1);
    let run = move || {
        // Nobody waits any more, if this fails.
        let _ = done.send(check());
    };
    let name = "dialtone-doctor".to_owned();
    thread::Builder::new().name(name).spawn(run).ok()?;
    answer.recv_timeout(limit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_is_left_behind() {
        let (stay, forever) = mpsc::channel::<()>();
        let hangs = move || forever.recv();
        assert!(within(Duration::from_millis(10), hangs).is_none());
        drop(stay);
        assert_eq!(within(Duration::from_secs(30), || 7), Some(7));
    }
}
