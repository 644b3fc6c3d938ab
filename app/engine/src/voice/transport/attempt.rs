//! Who offers, which signal belongs to which attempt, and when to try again. Pure: no clock, no network.

use std::time::Duration;

pub use dialtone_protocol::direct::Attempt;
use dialtone_protocol::direct::{Signal, SignalBody};
use dialtone_protocol::{DeviceId, StreamId};

/// Which side of a pair a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Makes every offer.
    Offerer,
    /// Answers, and may ask for another offer.
    Answerer,
}

impl Role {
    /// The device with the smaller id offers, so that two offers never cross.
    pub fn of(local: &DeviceId, remote: &DeviceId) -> Self {
        if local < remote {
            Self::Offerer
        } else {
            Self::Answerer
        }
    }
}

/// What to do with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to the current attempt.
    Apply,
    /// An offer for a newer connection: drop the old one.
    Renew,
    /// An offer for a newer round of this connection.
    Restart,
    /// Of another stay or an older attempt, or not this side's to receive.
    Drop,
}

/// Judges `signal` at a device in `role`, whose stay is `local` and whose peer's is `remote`, at `current`.
pub(super) fn judge(
    signal: &Signal,
    role: Role,
    local: &StreamId,
    remote: &StreamId,
    current: Attempt,
) -> Verdict {
    if signal.to != *local || signal.from != *remote {
        return Verdict::Drop;
    }
    let theirs = signal.attempt;
    match (&signal.body, role) {
        (SignalBody::Bye, _) => Verdict::Apply,
        (SignalBody::Offer { .. }, Role::Answerer) => {
            if theirs.generation > current.generation {
                Verdict::Renew
            } else if theirs.generation == current.generation && theirs.round > current.round {
                Verdict::Restart
            } else {
                Verdict::Drop
            }
        }
        // The answerer may have lost sight of the newest round, or never have seen an offer.
        (SignalBody::Please { .. }, Role::Offerer)
            if theirs.generation == current.generation || theirs.generation == 0 =>
        {
            Verdict::Apply
        }
        (SignalBody::Answer { .. }, Role::Offerer) | (SignalBody::Candidate { .. }, _)
            if theirs == current =>
        {
            Verdict::Apply
        }
        _ => Verdict::Drop,
    }
}

/// The pause before the next connection, after so many failures in a row.
pub(super) fn retry_delay(failures: u32) -> Duration {
    const LONGEST: Duration = Duration::from_secs(30);
    let doubled = Duration::from_millis(500) * 2u32.pow(failures.saturating_sub(1).min(6));
    doubled.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: StreamId = StreamId([1; 16]);
    const THERE: StreamId = StreamId([2; 16]);
    const NOW: Attempt = Attempt {
        generation: 4,
        round: 2,
    };

    fn at(generation: u32, round: u32, body: SignalBody) -> Signal {
        Signal::new(THERE, HERE, Attempt { generation, round }, body)
    }

    fn offer() -> SignalBody {
        SignalBody::Offer { sdp: String::new() }
    }

    fn answer() -> SignalBody {
        SignalBody::Answer { sdp: String::new() }
    }

    fn judged(signal: &Signal, role: Role) -> Verdict {
        judge(signal, role, &HERE, &THERE, NOW)
    }

    #[test]
    fn exactly_one_of_two_devices_offers() {
        let (a, b) = (DeviceId([1; 32]), DeviceId([2; 32]));
        assert_eq!(Role::of(&a, &b), Role::Offerer);
        assert_eq!(Role::of(&b, &a), Role::Answerer);
    }

    #[test]
    fn offers_are_judged_by_generation_then_round() {
        let table = [
            (5, 0, Verdict::Renew),
            (4, 3, Verdict::Restart),
            (4, 2, Verdict::Drop),
            (4, 1, Verdict::Drop),
            (3, 9, Verdict::Drop),
        ];
        for (generation, round, expected) in table {
            let signal = at(generation, round, offer());
            assert_eq!(judged(&signal, Role::Answerer), expected);
            assert_eq!(judged(&signal, Role::Offerer), Verdict::Drop);
        }
    }

    #[test]
    fn answers_and_candidates_count_only_for_the_current_attempt() {
        assert_eq!(judged(&at(4, 2, answer()), Role::Offerer), Verdict::Apply);
        assert_eq!(judged(&at(4, 1, answer()), Role::Offerer), Verdict::Drop);
        assert_eq!(judged(&at(4, 2, answer()), Role::Answerer), Verdict::Drop);
        let candidate = SignalBody::Candidate {
            candidate: String::new(),
        };
        assert_eq!(
            judged(&at(4, 2, candidate.clone()), Role::Answerer),
            Verdict::Apply
        );
        assert_eq!(judged(&at(3, 2, candidate), Role::Answerer), Verdict::Drop);
    }

    #[test]
    fn another_stay_is_never_heard() {
        let mut signal = at(4, 2, SignalBody::Bye);
        assert_eq!(judged(&signal, Role::Offerer), Verdict::Apply);
        signal.from = StreamId([9; 16]);
        assert_eq!(judged(&signal, Role::Offerer), Verdict::Drop);
        signal.from = THERE;
        signal.to = StreamId([9; 16]);
        assert_eq!(judged(&signal, Role::Offerer), Verdict::Drop);
    }

    #[test]
    fn only_an_answerer_asks() {
        let please = at(4, 0, SignalBody::Please { fresh: true });
        assert_eq!(judged(&please, Role::Offerer), Verdict::Apply);
        assert_eq!(judged(&please, Role::Answerer), Verdict::Drop);
        let old = at(3, 0, SignalBody::Please { fresh: true });
        assert_eq!(judged(&old, Role::Offerer), Verdict::Drop);
    }

    #[test]
    fn pauses_grow_and_stop_growing() {
        assert_eq!(retry_delay(1), Duration::from_millis(500));
        assert_eq!(retry_delay(2), Duration::from_secs(1));
        assert_eq!(retry_delay(u32::MAX), Duration::from_secs(30));
    }
}
