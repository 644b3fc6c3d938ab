//! Whether this computer's clock and the server's agree.
//!
//! Nothing is trusted or refused because of a clock; but invites run out by it, and others see it beside every message.

use dialtone_words::say;

use super::run::Session;
use crate::clock;
use crate::snapshot::Severity;

impl Session {
    /// The server has just taken what was sent a moment ago, and says when: told once if the clocks are apart.
    pub(super) async fn compare_clocks(&mut self, server_ms: u64) {
        if self.told_clocks {
            return;
        }
        if let Some(text) = apart(self.state.clock.now_ms(), server_ms) {
            self.told_clocks = true;
            self.notice(Severity::Warning, text).await;
        }
    }
}

/// In words, if the two times (ms since 1970) of one moment are more than 5 minutes apart.
fn apart(here_ms: u64, server_ms: u64) -> Option<String> {
    if !clock::are_apart(here_ms, server_ms) {
        return None;
    }
    let minutes = here_ms.abs_diff(server_ms) / 60_000;
    let how_far = match (minutes, minutes / 60, minutes / (24 * 60)) {
        (_, _, 2..) => say!("notice-days", days = minutes / (24 * 60)),
        (_, 2.., _) => say!("notice-hours", hours = minutes / 60),
        _ => say!("notice-minutes", minutes = minutes),
    };
    Some(if here_ms > server_ms {
        say!("notice-clock-ahead", how_far = how_far)
    } else {
        say!("notice-clock-behind", how_far = how_far)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_700_000_000_000;

    #[test]
    fn clocks_that_agree_are_nothing_to_talk_about() {
        assert_eq!(apart(NOON, NOON), None);
        assert_eq!(apart(NOON + 5 * 60_000, NOON), None);
        assert_eq!(apart(NOON - 5 * 60_000, NOON), None);
    }

    #[test]
    fn the_difference_is_said_in_its_size_and_direction() {
        let words = |here, server| apart(here, server).unwrap();
        assert!(words(NOON + 6 * 60_000, NOON).contains("6 minutes ahead of"));
        assert!(words(NOON, NOON + 3 * 3_600_000).contains("3 hours behind"));
        assert!(words(u64::MAX, 0).contains("days ahead of"));
        assert!(words(0, u64::MAX).contains("days behind"));
    }
}
