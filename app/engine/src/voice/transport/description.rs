//! Session descriptions and candidates as text: whether they can be read, and what they must not say of who hides their address.

use dialtone_protocol::direct::SignalError;
use rtc::peer_connection::sdp::RTCSessionDescription;

/// Before each candidate of a description.
const CANDIDATE: &str = "a=candidate:";

/// Checks that `sdp` can be read as an offer.
pub(super) fn parse_offer(sdp: String) -> Result<RTCSessionDescription, SignalError> {
    RTCSessionDescription::offer(sdp).map_err(|error| SignalError::Description(error.to_string()))
}

/// Checks that `sdp` can be read as an answer.
pub(super) fn parse_answer(sdp: String) -> Result<RTCSessionDescription, SignalError> {
    RTCSessionDescription::answer(sdp).map_err(|error| SignalError::Description(error.to_string()))
}

/// A description without one's own addresses: of its candidates the relayed ones, and no address on any other line (RFC 8828 section 5.2,
/// mode 4). The engine names nothing else when it is to use relays alone, but for where a relayed candidate comes from.
pub(super) fn hide(sdp: &str) -> String {
    let mut hidden = String::with_capacity(sdp.len());
    for line in sdp.lines() {
        let line = match line.strip_prefix(CANDIDATE) {
            Some(candidate) => match hide_candidate(candidate) {
                Some(candidate) => format!("{CANDIDATE}{candidate}"),
                None => continue,
            },
            None => without_address(line),
        };
        hidden.push_str(&line);
        hidden.push_str("\r\n");
    }
    hidden
}

/// A relayed candidate without where it comes from, which the receiver has no use for; none of another kind.
pub(super) fn hide_candidate(candidate: &str) -> Option<String> {
    let mut parts = candidate.split_ascii_whitespace();
    let known: Vec<&str> = parts.by_ref().take(8).collect();
    let [_, _, _, _, address, _, "typ", "relay"] = known[..] else {
        return None;
    };
    let nowhere = if address.contains(':') {
        "::"
    } else {
        "0.0.0.0"
    };
    Some(format!("{} raddr {nowhere} rport 0", known.join(" ")))
}

/// A line that may name an address, naming none.
fn without_address(line: &str) -> String {
    if line.starts_with("c=") {
        return "c=IN IP4 0.0.0.0".to_owned();
    }
    if line.starts_with("a=rtcp:") {
        return "a=rtcp:9 IN IP4 0.0.0.0".to_owned();
    }
    // Name, session and version come first.
    if let Some(origin) = line.strip_prefix("o=") {
        let first: Vec<&str> = origin.split(' ').take(3).collect();
        return format!("o={} IN IP4 0.0.0.0", first.join(" "));
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_candidates_only_relayed_ones_are_left_and_say_nothing_of_where_they_come_from() {
        let relayed = "candidate:7 1 udp 9 192.0.2.9 50000 typ relay raddr 198.51.100.7 rport 4000";
        let hidden = "candidate:7 1 udp 9 192.0.2.9 50000 typ relay raddr 0.0.0.0 rport 0";
        assert_eq!(hide_candidate(relayed).as_deref(), Some(hidden));
        assert_eq!(hide_candidate(hidden).as_deref(), Some(hidden));
        // What is not known could say anything.
        let more = format!("{relayed} generation 0 network-id 198.51.100.7");
        assert_eq!(hide_candidate(&more).as_deref(), Some(hidden));
        let six = "candidate:7 1 udp 9 2001:db8::9 50000 typ relay raddr 2001:db8::1 rport 4000";
        let hidden = "candidate:7 1 udp 9 2001:db8::9 50000 typ relay raddr :: rport 0";
        assert_eq!(hide_candidate(six).as_deref(), Some(hidden));
        for other in [
            "candidate:1 1 udp 9 198.51.100.7 4000 typ host",
            "candidate:1 1 udp 9 198.51.100.7 4000 typ srflx raddr 10.0.0.1 rport 4000",
            "candidate:1 1 udp 9 198.51.100.7 4000 typ prflx raddr 10.0.0.1 rport 4000",
            "candidate:1 1 udp 9 198.51.100.7 4000 typ host typ relay",
            "candidate:1 1 udp",
            "",
        ] {
            assert_eq!(hide_candidate(other), None, "{other}");
        }
    }

    #[test]
    fn no_line_of_a_hidden_description_names_an_address() {
        let said = "v=0\r\no=- 12 3 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n\
                    m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP6 2001:db8::1\r\na=rtcp:4001 IN IP4 198.51.100.7\r\n\
                    a=candidate:1 1 udp 9 198.51.100.7 4000 typ host\r\na=mid:0\r\n\
                    a=candidate:7 1 udp 9 192.0.2.9 50000 typ relay raddr 198.51.100.7 rport 4000\r\n\
                    a=end-of-candidates\r\n";
        let hidden = "v=0\r\no=- 12 3 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n\
                      m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
                      a=mid:0\r\na=candidate:7 1 udp 9 192.0.2.9 50000 typ relay raddr 0.0.0.0 rport 0\r\n\
                      a=end-of-candidates\r\n";
        assert_eq!(hide(said), hidden);
    }
}
