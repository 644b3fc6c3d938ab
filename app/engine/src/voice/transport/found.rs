//! Which way ICE has found between two devices.

use rtc::peer_connection::transport::RTCIceCandidateType;
use rtc::statistics::report::{RTCStatsReport, RTCStatsReportEntry};
use rtc::statistics::stats::ice_candidate_pair::RTCIceCandidatePairStats;

/// Which way ICE has found between two devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayFound {
    /// Between addresses of the devices themselves.
    Host,
    /// By an address that a router made for one of them (server or peer reflexive).
    ThroughNat,
    /// By a TURN server of one of them.
    Turn,
}

impl WayFound {
    /// The way of a pair of candidates. One that is not in the report was found by a check (peer reflexive).
    pub(super) fn of(report: &RTCStatsReport, pair: &RTCIceCandidatePairStats) -> Self {
        let kind = |id: &str| {
            let mut entries = report.iter();
            entries.find_map(|entry| match entry {
                RTCStatsReportEntry::LocalCandidate(found)
                | RTCStatsReportEntry::RemoteCandidate(found)
                    if found.stats.id.ends_with(id) =>
                {
                    Some(found.candidate_type)
                }
                _ => None,
            })
        };
        let kinds = [&pair.local_candidate_id, &pair.remote_candidate_id].map(|id| kind(id));
        if kinds.contains(&Some(RTCIceCandidateType::Relay)) {
            Self::Turn
        } else if kinds
            .iter()
            .all(|kind| *kind == Some(RTCIceCandidateType::Host))
        {
            Self::Host
        } else {
            Self::ThroughNat
        }
    }
}
