use dialtone_audio::TalkerMeter;
use dialtone_audio::downlink::JitterStats;

use super::*;
use crate::snapshot::{CallState, Grade, Path, Verdict};
use crate::voice::transport::WayFound;

fn roll(devices: &[u8]) -> Roll {
    Roll {
        channel: ChannelId([1; 16]),
        call: CallId([2; 16]),
        devices: devices.iter().map(|n| DeviceId([*n; 32])).collect(),
    }
}

fn part() -> CallPart {
    CallPart::new(
        ChannelId([1; 16]),
        StreamId([0; 16]),
        DeviceId([1; 32]),
        Instant::now(),
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that the roll asks for")]
fn anybody(device: &DeviceId) -> Option<AccountId> {
    Some(AccountId(device.0))
}

const SECOND: DeviceId = DeviceId([2; 32]);
const THIRD: DeviceId = DeviceId([3; 32]);

#[test]
fn who_came_is_told_once_and_who_said_goodbye_is_gone_at_once() {
    let (mut call, now) = (part(), Instant::now());
    let change = call.set_roll(&roll(&[1, 2, 3]), anybody, now);
    assert_eq!(change.came, [SECOND, THIRD]);
    assert_eq!(
        call.set_roll(&roll(&[1, 2, 3]), anybody, now),
        RollChange::default()
    );
    call.others.get_mut(&SECOND).unwrap().left = true;
    let change = call.set_roll(&roll(&[1, 3]), anybody, now);
    assert_eq!(change.gone, [(SECOND, 0)]);
}

#[test]
fn who_is_missing_without_a_goodbye_stays_for_a_while_and_is_new_when_back() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    let second = call.others.get_mut(&SECOND).unwrap();
    (second.knows, second.stream) = (true, Some(StreamId([2; 16])));
    assert_eq!(
        call.set_roll(&roll(&[1]), anybody, now),
        RollChange::default()
    );
    assert_eq!(call.expire(now + LINGER / 2), RollChange::default());
    let change = call.set_roll(&roll(&[1, 2]), anybody, now + LINGER / 2);
    assert_eq!(change.came, [SECOND]);
    assert!(!call.others[&SECOND].knows);
    call.set_roll(&roll(&[1]), anybody, now + LINGER);
    assert_eq!(
        call.expire(now + LINGER + LINGER / 2),
        RollChange::default()
    );
    assert_eq!(call.expire(now + LINGER * 2).gone, [(SECOND, 0)]);
}

#[test]
fn who_turned_back_before_anybody_heard_of_their_stay_is_gone_at_once() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    let change = call.set_roll(&roll(&[1]), anybody, now);
    assert_eq!(change.gone, [(SECOND, 0)]);
}

#[test]
fn whoever_is_not_a_member_any_more_is_gone_at_once_and_does_not_come_in() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    let but_second = |device: &DeviceId| anybody(device).filter(|_| *device != SECOND);
    let change = call.set_roll(&roll(&[1, 2]), but_second, now);
    assert_eq!((change.gone, change.came), (vec![(SECOND, 0)], vec![]));
    assert!(call.others.is_empty());
}

#[test]
fn an_announcement_is_repeated_ever_more_rarely_until_it_is_known() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    let mut times = Vec::new();
    for ms in (0..40_000).step_by(500) {
        if !call
            .announcements(now + Duration::from_millis(ms))
            .is_empty()
        {
            times.push(ms);
        }
    }
    assert_eq!(
        times,
        [0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000, 39_000]
    );
    call.others.get_mut(&SECOND).unwrap().knows = true;
    assert!(
        call.announcements(now + Duration::from_secs(100))
            .is_empty()
    );
}

#[test]
fn another_stay_gives_a_talker_another_number() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    assert_eq!(call.talker_id(&SECOND), None);
    assert_eq!(call.new_talker(&SECOND), Some((TalkerId(1), None)));
    assert_eq!(
        call.new_talker(&SECOND),
        Some((TalkerId(2), Some(TalkerId(1))))
    );
    let (_, talkers) = call.begin_stay(StreamId([7; 16]));
    assert_eq!((talkers, call.counter), (vec![TalkerId(2)], 0));
    assert!(call.others.is_empty());
}

#[test]
fn a_speaking_mark_goes_out_when_the_talker_is_not_played_any_more() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    let other = call.others.get_mut(&SECOND).unwrap();
    (other.speaking, other.talker) = (true, 4);
    assert!(call.take_meters(Instant::now(), &Meters::default()));
    assert!(!call.others[&SECOND].speaking);
}

#[test]
fn who_comes_and_goes_is_heard_once_and_oneself_too() {
    let (mut call, now) = (part(), Instant::now());
    assert_eq!(call.comings(), (false, false), "not in the call yet");
    call.id = Some(CallId([2; 16]));
    assert_eq!(call.comings(), (true, false), "oneself");
    call.set_roll(&roll(&[1, 2, 3]), anybody, now);
    assert_eq!(call.comings(), (true, false));
    assert_eq!(call.comings(), (false, false));
    // A goodbye, and then the server's word for it, are one going.
    call.others.get_mut(&SECOND).unwrap().left = true;
    assert_eq!(call.comings(), (false, true));
    call.set_roll(&roll(&[1, 3]), anybody, now);
    assert_eq!(call.comings(), (false, false));
}

#[test]
fn loss_is_told_when_it_changes() {
    let (mut call, now) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, now);
    assert_eq!(call.new_loss(now), None);
    let lost = ObservedLoss::random(0.1);
    call.others.get_mut(&SECOND).unwrap().reported = Some((lost, now));
    assert_eq!(call.new_loss(now), Some(lost));
    assert_eq!(call.new_loss(now), None);
    // Neither does a report count for ever, nor that of somebody who is gone.
    let later = now + hearing::FORGOTTEN;
    assert_eq!(call.new_loss(later), Some(ObservedLoss::NONE));
    assert_eq!(call.new_loss(now), Some(lost));
    call.set_roll(&roll(&[1, 3]), anybody, now);
    call.expire(now + LINGER);
    assert_eq!(call.new_loss(now), Some(ObservedLoss::NONE));
}

#[test]
fn who_is_not_reached_for_a_moment_is_not_told() {
    let began = Instant::now();
    let mut other = Other {
        state: Some(PeerState::Failed),
        failed_since: Some(began),
        ..Other::default()
    };
    let just = Duration::from_millis(2_999);
    assert!(!other.is_failure_news(began + just));
    assert!(other.is_failure_news(began + FAILURE));
    other.reach.relayed_since = Some(began);
    assert!(!other.is_failure_news(began + FAILURE));
    other.reach.relayed_since = None;
    other.told_failed = true;
    assert!(!other.is_failure_news(began + FAILURE));
}

#[test]
fn that_nobody_is_reached_is_said_in_words() {
    let (mut call, now) = (part(), Instant::now());
    call.id = Some(CallId([2; 16]));
    call.set_roll(&roll(&[1, 2, 3]), anybody, now);
    assert_eq!(call.view().state, CallState::Connecting);
    for other in call.others.values_mut() {
        other.state = Some(PeerState::Failed);
    }
    assert!(matches!(call.view().state, CallState::Failed(words) if words.contains("tried again")));
    call.others.get_mut(&THIRD).unwrap().state = Some(PeerState::Connected);
    assert_eq!(call.view().state, CallState::Connected);
}

/// Meters in which this talker's counters stand so.
fn meters_of(talker: u64, packets: u64, lost: u64) -> Meters {
    let jitter = JitterStats {
        received: packets - lost,
        lost,
        speech_ms: packets as f64 * 20.0,
        filled_ms: lost as f64 * 20.0,
        ..JitterStats::default()
    };
    let meter = TalkerMeter {
        talker: TalkerId(talker),
        level_dbfs: -20.0,
        speaking: true,
        jitter,
    };
    Meters {
        talkers: vec![meter],
        ..Meters::default()
    }
}

#[test]
fn the_call_is_as_good_as_whom_one_hears_worst_and_says_why() {
    let (mut call, began) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2, 3]), anybody, began);
    for (device, way) in [(SECOND, WayFound::Host), (THIRD, WayFound::Turn)] {
        call.new_talker(&device);
        let other = call.others.get_mut(&device).unwrap();
        other.state = Some(PeerState::Connected);
        other.stats.round_trip = Some(Duration::from_millis(24));
        other.stats.way = Some(way);
    }
    assert_eq!(call.view().verdict, Verdict::default());
    let second = Duration::from_secs(1);
    assert!(!call.note_quality(began, Some(&meters_of(2, 0, 0))));
    assert!(call.note_quality(began + second, Some(&meters_of(2, 50, 6))));
    let verdict = call.view().verdict;
    assert_eq!(verdict.grade, Grade::Poor);
    assert_eq!(verdict.why.as_deref(), Some("12 % of the packets are lost"));
    let now = |device| call.quality_of(&device).unwrap().now;
    assert_eq!(now(SECOND).path, Some(Path::Direct));
    assert_eq!(now(SECOND).loss_percent, None, "nothing was heard of them");
    assert_eq!(now(THIRD).path, Some(Path::Turn));
    assert_eq!(now(THIRD).round_trip_ms, Some(24.0));
    assert!(call.quality_of(&DeviceId([1; 32])).is_none());
}

#[test]
fn whoever_comes_back_has_the_history_from_before() {
    let (mut call, began) = (part(), Instant::now());
    call.set_roll(&roll(&[1, 2]), anybody, began);
    let at = |seconds| began + Duration::from_secs(seconds);
    for seconds in 0..5 {
        call.note_quality(at(seconds), None);
    }
    call.begin_stay(StreamId([9; 16]));
    call.note_quality(at(6), None);
    call.set_roll(&roll(&[1, 2]), anybody, at(10));
    call.note_quality(at(10), None);
    assert_eq!(call.quality_of(&SECOND).unwrap().history.len(), 10);
    call.begin_stay(StreamId([8; 16]));
    call.note_quality(at(400), None);
    assert!(
        call.quality_of(&SECOND).is_none(),
        "nobody is kept for ever"
    );
}

#[test]
fn a_call_that_lost_what_it_had_says_what_it_waits_for() {
    let (mut call, now) = (part(), Instant::now());
    call.id = Some(CallId([2; 16]));
    call.set_roll(&roll(&[1, 2]), anybody, now);
    call.others.get_mut(&SECOND).unwrap().state = Some(PeerState::Connected);
    call.note_reach(now, Way::Direct);
    assert!(!call.is_silent());
    call.cut_since = Some(now);
    assert_eq!(call.view().state, CallState::Connected);
    call.others.get_mut(&SECOND).unwrap().state = Some(PeerState::Disconnected);
    assert!(call.is_silent());
    let waits_for = |call: &CallPart, what: &str| {
        let state = call.view().state;
        assert!(
            matches!(&state, CallState::Reconnecting(words) if words.contains(what)),
            "{state:?}"
        );
    };
    waits_for(&call, "No way to the server");
    call.cut_since = None;
    waits_for(&call, "another way to them");
}

/// What was read is news for the window, which is drawn anew from all of it.
#[test]
fn whenever_they_came_a_hundred_are_read_in_the_same_moment() {
    let (mut call, began) = (part(), Instant::now());
    let at = |look: u64| began + Duration::from_millis(look * 60);
    let mut devices = vec![1];
    let news = (0..300).filter(|look| {
        if *look < 100 {
            devices.push(*look as u8 + 2);
            call.set_roll(&roll(&devices), anybody, at(*look));
        }
        call.note_quality(at(*look), None)
    });
    // Over 18 s.
    assert!((10..=18).contains(&news.count()));
    let histories = call.others.keys().map(|device| call.quality_of(device));
    let shortest = histories.map(|quality| quality.map_or(0, |quality| quality.history.len()));
    assert!(shortest.min() >= Some(10), "each is read once a second");
}

/// Over a relay clients of earlier versions do not show that they know one's stay: the announcements go on, but a hundred must not drown
/// each other in them.
#[test]
fn whoever_is_reached_over_the_relay_is_told_again_seldom_and_never_not_at_all() {
    let (mut call, began) = (part(), Instant::now());
    call.way.rule.decide(began, 5, false);
    call.set_roll(&roll(&[1, 2, 3]), anybody, began);
    call.others.get_mut(&SECOND).unwrap().reach.relayed_since = Some(began);
    let mut times = std::collections::BTreeMap::<_, Vec<u64>>::new();
    for seconds in 0..300 {
        let due = call.announcements(began + Duration::from_secs(seconds));
        for device in due {
            times.entry(device.unwrap()).or_default().push(seconds);
        }
    }
    assert_eq!(times[&SECOND], [0, 2, 6, 14, 30, 62, 126, 190, 254]);
    assert_eq!(times[&THIRD][..5], [0, 2, 6, 14, 22]);
}
