//! Devices that go, come back, or were never there: told in words, and gone on without.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use dialtone_audio::{
    BackendErrorKind, DeviceId, DeviceState, Direction, ManualDevices, NullSender, PlainSealer,
    TalkMode, VoiceConfig, VoiceEngine, VoiceEvent,
};

const PATIENCE: Duration = Duration::from_secs(10);

fn start(devices: &ManualDevices, config: VoiceConfig) -> (VoiceEngine, Receiver<VoiceEvent>) {
    VoiceEngine::start(
        config,
        Box::new(devices.backend()),
        Box::new(PlainSealer),
        Box::new(NullSender),
    )
    .unwrap()
}

/// A loudspeaker and two microphones, of which the headset's is not the default one.
fn headset_and_built_in() -> ManualDevices {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "built-in");
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    devices
}

/// With the headset chosen as the microphone.
fn start_with_headset(devices: &ManualDevices) -> (VoiceEngine, Receiver<VoiceEvent>) {
    let mut config = VoiceConfig::voice().unwrap();
    config.input = Some(DeviceId("headset".to_owned()));
    start(devices, config)
}

/// Waits for an event about this direction that `fits`.
fn wait_for(
    events: &Receiver<VoiceEvent>,
    wanted: Direction,
    fits: impl Fn(&DeviceState) -> bool,
) -> DeviceState {
    let end = Instant::now() + PATIENCE;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match events.recv_timeout(left).expect("the event in time") {
            VoiceEvent::Device { direction, state } if direction == wanted && fits(&state) => {
                return state;
            }
            _ => {}
        }
    }
}

fn runs(name: &'static str) -> impl Fn(&DeviceState) -> bool {
    move |state| matches!(state, DeviceState::Running { device } if device.id.0 == name)
}

#[test]
fn an_unplugged_microphone_gives_way_to_the_default_one_and_is_taken_up_again() {
    let devices = headset_and_built_in();
    let (_engine, events) = start_with_headset(&devices);
    wait_for(&events, Direction::Input, runs("headset"));
    devices.unplug("headset");
    let state = wait_for(&events, Direction::Input, |state| {
        matches!(state, DeviceState::FellBack { .. })
    });
    let DeviceState::FellBack { device, reason } = state else {
        unreachable!("waited for it")
    };
    assert_eq!(device.id.0, "built-in");
    assert!(reason.contains("plug it in or choose another"), "{reason}");
    devices.plug(Direction::Input, "headset");
    wait_for(&events, Direction::Input, runs("headset"));
}

/// A Bluetooth headset that changes to its telephone profile is another device to the sound server.
#[test]
fn a_headset_that_changes_its_profile_stays_chosen() {
    const MUSIC: &str = "pulseaudio:bluez_sink.00_1A_7D_DA_71_13.a2dp_sink";
    const TELEPHONE: &str = "pulseaudio:bluez_sink.00_1A_7D_DA_71_13.headset_head_unit";
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "microphone");
    devices.plug(Direction::Output, "speaker");
    devices.plug(Direction::Output, MUSIC);
    let mut config = VoiceConfig::voice().unwrap();
    config.output = Some(DeviceId(MUSIC.to_owned()));
    let (_engine, events) = start(&devices, config);
    wait_for(&events, Direction::Output, runs(MUSIC));
    devices.unplug(MUSIC);
    wait_for(&events, Direction::Output, |state| {
        matches!(state, DeviceState::FellBack { .. })
    });
    devices.plug(Direction::Output, TELEPHONE);
    wait_for(&events, Direction::Output, runs(TELEPHONE));
    // Back to music: what is running goes, the other is there already.
    devices.plug(Direction::Output, MUSIC);
    devices.unplug(TELEPHONE);
    wait_for(&events, Direction::Output, runs(MUSIC));
}

#[test]
fn without_a_microphone_one_listens_until_one_is_plugged_in() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Output, "speaker");
    let (_engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    // Both are opened side by side: either may be told first.
    let (mut missing, mut listens) = (false, false);
    while !(missing && listens) {
        match events.recv_timeout(PATIENCE).expect("the event in time") {
            VoiceEvent::Device {
                direction: Direction::Input,
                state: DeviceState::Missing { reason, .. },
            } => missing = reason.contains("plug it in"),
            VoiceEvent::Device {
                direction: Direction::Output,
                state,
            } => listens = runs("speaker")(&state),
            _ => {}
        }
    }
    devices.plug(Direction::Input, "headset");
    wait_for(&events, Direction::Input, runs("headset"));
}

#[test]
fn the_loudspeaker_can_be_changed_and_lost_in_a_call() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "microphone");
    devices.plug(Direction::Output, "speaker");
    devices.plug(Direction::Output, "headphones");
    let (engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    wait_for(&events, Direction::Output, runs("speaker"));
    engine
        .choose_device(Direction::Output, Some(DeviceId("headphones".to_owned())))
        .unwrap();
    wait_for(&events, Direction::Output, runs("headphones"));
    devices.unplug("headphones");
    wait_for(
        &events,
        Direction::Output,
        |state| matches!(state, DeviceState::FellBack { device, .. } if device.id.0 == "speaker"),
    );
    devices.unplug("speaker");
    wait_for(&events, Direction::Output, |state| {
        matches!(state, DeviceState::Missing { .. })
    });
}

#[test]
fn the_meter_runs_without_sending() {
    let devices = ManualDevices::new(44_100, 2);
    devices.plug(Direction::Input, "microphone");
    devices.plug(Direction::Output, "speaker");
    let (engine, events) = start(&devices, VoiceConfig::voice().unwrap().meter_only());
    wait_for(&events, Direction::Input, runs("microphone"));
    let tone: Vec<f32> = (0..441).map(|n| 0.5 * (n as f32 * 0.1).sin()).collect();
    let end = Instant::now() + PATIENCE;
    loop {
        devices.speak(&tone);
        devices.tick(441);
        if let Ok(VoiceEvent::Meters(meters)) = events.recv_timeout(Duration::from_millis(5)) {
            assert_eq!(meters.packets_sent, 0);
            if meters.input_dbfs > -15.0 {
                break;
            }
        }
        assert!(Instant::now() < end, "{:?}", engine.meters());
    }
}

#[test]
fn a_microphone_that_does_not_answer_stops_neither_listening_nor_leaving() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    devices.set_hanging("headset", true);
    let (engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    wait_for(&events, Direction::Output, runs("speaker"));
    let state = wait_for(&events, Direction::Input, |state| {
        matches!(state, DeviceState::Missing { .. })
    });
    let DeviceState::Missing { kind, reason } = state else {
        unreachable!("waited for it")
    };
    assert_eq!(kind, BackendErrorKind::Silent);
    assert!(reason.contains("does not answer"), "{reason}");
    // It hangs on; leaving does not wait for it: else this test would not end.
    drop(engine);
    devices.set_hanging("headset", false);
}

#[test]
fn a_microphone_that_answers_late_is_used_then() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.set_hanging("headset", true);
    let (_engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    wait_for(
        &events,
        Direction::Input,
        |state| matches!(state, DeviceState::Missing { kind, .. } if *kind == BackendErrorKind::Silent),
    );
    devices.set_hanging("headset", false);
    wait_for(&events, Direction::Input, runs("headset"));
}

#[test]
fn a_chosen_microphone_that_does_not_answer_gives_way_to_the_default_one() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "built-in");
    devices.plug(Direction::Input, "headset");
    devices.set_hanging("headset", true);
    let (_engine, events) = start_with_headset(&devices);
    wait_for(
        &events,
        Direction::Input,
        |state| matches!(state, DeviceState::FellBack { device, reason } if device.id.0 == "built-in" && reason.contains("does not answer")),
    );
    devices.set_hanging("headset", false);
    wait_for(&events, Direction::Input, runs("headset"));
}

#[test]
fn a_busy_microphone_is_told_and_taken_up_when_it_is_free() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    devices.set_busy("headset", true);
    let (_engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    let state = wait_for(&events, Direction::Input, |state| {
        matches!(state, DeviceState::Missing { .. })
    });
    assert!(
        matches!(state, DeviceState::Missing { kind: BackendErrorKind::Busy, reason } if reason.contains("another program"))
    );
    devices.set_busy("headset", false);
    wait_for(&events, Direction::Input, runs("headset"));
}

#[test]
fn a_chosen_microphone_that_does_not_open_is_tried_beside_the_one_that_runs() {
    type Mood = fn(&ManualDevices, &str, bool);
    for (words, mood) in [
        ("another program", ManualDevices::set_busy as Mood),
        ("allow", ManualDevices::set_denied),
    ] {
        let devices = headset_and_built_in();
        mood(&devices, "headset", true);
        let (_engine, events) = start_with_headset(&devices);
        let state = wait_for(
            &events,
            Direction::Input,
            |state| matches!(state, DeviceState::FellBack { device, .. } if device.id.0 == "built-in"),
        );
        assert!(
            matches!(&state, DeviceState::FellBack { reason, .. } if reason.contains(words)),
            "{state:?}"
        );
        let end = Instant::now() + PATIENCE;
        while devices.asked_for("headset") < 3 {
            assert!(Instant::now() < end, "it is not tried again");
            devices.tick(480);
            let _ = events.recv_timeout(Duration::from_millis(5));
        }
        mood(&devices, "headset", false);
        wait_for(&events, Direction::Input, runs("headset"));
        let opened = devices.opened();
        let times = opened.iter().filter(|id| id.0 == "built-in").count();
        assert_eq!(times, 1, "what ran was let run: {opened:?}");
    }
}

#[test]
fn a_microphone_without_a_rate_gives_way_to_the_default_one() {
    let devices = headset_and_built_in();
    devices.set_rate("headset", 0);
    let (_engine, events) = start_with_headset(&devices);
    wait_for(
        &events,
        Direction::Input,
        |state| matches!(state, DeviceState::FellBack { device, .. } if device.id.0 == "built-in"),
    );
    devices.set_rate("headset", 48_000);
    wait_for(&events, Direction::Input, runs("headset"));
}

#[test]
fn the_mark_of_speaking_goes_out_when_the_microphone_is_pulled_out() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    let mut config = VoiceConfig::voice().unwrap();
    config.talk_mode = TalkMode::Open;
    config.transmit = true;
    let (engine, events) = start(&devices, config);
    engine.set_threshold(-100.0).unwrap();
    wait_for(&events, Direction::Input, runs("headset"));
    let end = Instant::now() + PATIENCE;
    let sending = |wanted: bool| {
        while engine.meters().sending != wanted {
            assert!(Instant::now() < end, "{:?}", engine.meters());
            devices.tick(480);
            let _ = events.recv_timeout(Duration::from_millis(5));
        }
    };
    sending(true);
    devices.unplug("headset");
    sending(false);
}

#[test]
fn without_a_choice_the_systems_default_is_followed_and_a_choice_is_kept() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "built-in");
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    devices.plug(Direction::Output, "headphones");
    let mut config = VoiceConfig::voice().unwrap();
    config.output = Some(DeviceId("speaker".to_owned()));
    let (_engine, events) = start(&devices, config);
    wait_for(&events, Direction::Input, runs("built-in"));
    devices.set_default("headset");
    devices.set_default("headphones");
    wait_for(&events, Direction::Input, runs("headset"));
    let opened = devices.opened();
    assert!(
        !opened.contains(&DeviceId("headphones".to_owned())),
        "{opened:?}"
    );
}

#[test]
fn a_microphone_that_the_system_forbids_is_told_and_used_once_it_is_allowed() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    devices.set_denied("headset", true);
    let (_engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    let state = wait_for(&events, Direction::Input, |state| {
        matches!(state, DeviceState::Missing { .. })
    });
    let DeviceState::Missing { kind, reason } = state else {
        unreachable!("waited for it")
    };
    assert_eq!(kind, BackendErrorKind::NotAllowed);
    assert!(reason.contains("allow it in its settings"), "{reason}");
    devices.set_denied("headset", false);
    wait_for(&events, Direction::Input, runs("headset"));
}

/// An engine that sends whatever the microphone hears.
fn open_config() -> VoiceConfig {
    let mut config = VoiceConfig::voice().unwrap();
    config.talk_mode = TalkMode::Open;
    config.transmit = true;
    config
}

/// Speaks until so many packets more were sent.
fn sends_on(devices: &ManualDevices, engine: &VoiceEngine, events: &Receiver<VoiceEvent>) {
    let tone: Vec<f32> = (0..480).map(|n| 0.5 * (n as f32 * 0.1).sin()).collect();
    let before = engine.meters().packets_sent;
    let end = Instant::now() + PATIENCE;
    while engine.meters().packets_sent < before + 20 {
        assert!(Instant::now() < end, "{:?}", engine.meters());
        devices.speak(&tone);
        devices.tick(480);
        let _ = events.recv_timeout(Duration::from_millis(5));
    }
}

#[test]
fn without_a_loudspeaker_one_is_heard_all_the_same() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    let (engine, events) = start(&devices, open_config());
    engine.set_threshold(-100.0).unwrap();
    wait_for(&events, Direction::Input, runs("headset"));
    sends_on(&devices, &engine, &events);
}

#[test]
fn with_no_device_at_all_a_call_goes_on_until_there_are_some() {
    let devices = ManualDevices::default();
    let (engine, events) = start(&devices, open_config());
    engine.set_threshold(-100.0).unwrap();
    let mut missing = std::collections::BTreeSet::new();
    while missing.len() < 2 {
        if let VoiceEvent::Device {
            direction,
            state: DeviceState::Missing { .. },
        } = events.recv_timeout(PATIENCE).expect("the event in time")
        {
            missing.insert(direction.to_string());
        }
    }
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    wait_for(&events, Direction::Input, runs("headset"));
    sends_on(&devices, &engine, &events);
}

#[test]
fn a_headset_that_goes_to_its_narrow_band_profile_and_back_goes_on() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "headphones");
    let (engine, events) = start(&devices, open_config());
    engine.set_threshold(-100.0).unwrap();
    // Both are opened side by side: either may be told first.
    let mut opened = std::collections::BTreeSet::new();
    while opened.len() < 2 {
        if let VoiceEvent::Device {
            direction,
            state: DeviceState::Running { .. },
        } = events.recv_timeout(PATIENCE).expect("the event in time")
        {
            opened.insert(direction.to_string());
        }
    }
    for rate in [16_000, 8_000, 48_000] {
        // Telephone quality in both directions, as the profile has it.
        devices.set_rate("headset", rate);
        wait_for(&events, Direction::Input, runs("headset"));
        devices.set_rate("headphones", rate);
        wait_for(&events, Direction::Output, runs("headphones"));
        sends_on(&devices, &engine, &events);
        assert!(engine.meters().input_dbfs > -15.0, "{:?}", engine.meters());
    }
}
