//! Which counters came already: the last 1,024.

const WORDS: usize = 16;
const SIZE: u64 = WORDS as u64 * 64;

/// A window over counters; the newest is its right edge.
#[derive(Clone, Default)]
pub(super) struct ReplayWindow {
    /// One more than the greatest counter that came.
    next: u64,
    seen: [u64; WORDS],
}

impl ReplayWindow {
    /// Whether a frame with this counter may still come.
    pub(super) fn is_new(&self, counter: u64) -> bool {
        if counter >= self.next {
            return true;
        }
        if self.next - counter > SIZE {
            return false;
        }
        let (word, bit) = place(counter);
        self.seen[word] & bit == 0
    }

    /// It came, and verified.
    pub(super) fn record(&mut self, counter: u64) {
        if counter >= self.next {
            let skipped = (counter - self.next).min(SIZE);
            for gap in 0..=skipped {
                let (word, bit) = place(counter - gap);
                self.seen[word] &= !bit;
            }
            self.next = counter.saturating_add(1);
        }
        let (word, bit) = place(counter);
        self.seen[word] |= bit;
    }
}

fn place(counter: u64) -> (usize, u64) {
    let index = counter % SIZE;
    ((index / 64) as usize, 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counter_once_in_any_order_within_the_window() {
        let mut window = ReplayWindow::default();
        for counter in [0, 2, 1, 5, 1_030, 900, 3_000, 2_999] {
            assert!(window.is_new(counter), "{counter}");
            window.record(counter);
            assert!(!window.is_new(counter), "{counter}");
        }
        assert!(!window.is_new(5), "older than the window");
        assert!(window.is_new(2_998));
        assert!(!window.is_new(3_000 - SIZE));
        assert!(window.is_new(3_001 - SIZE));
    }

    #[test]
    fn a_jump_forgets_what_left_the_window() {
        let mut window = ReplayWindow::default();
        (0..SIZE).for_each(|counter| window.record(counter));
        window.record(SIZE + 10);
        assert!((SIZE..SIZE + 10).all(|counter| window.is_new(counter)));
        assert!((11..SIZE).all(|counter| !window.is_new(counter)));
        window.record(u64::MAX - 1);
        assert!(!window.is_new(u64::MAX - 1));
    }
}
