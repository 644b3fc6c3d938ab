//! Devices that go, come back, or were never there: told in words, and gone on without.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use dialtone_audio::{
    DeviceId, DeviceState, Direction, ManualDevices, NullSender, PlainSealer, VoiceConfig,
    VoiceEngine, VoiceEvent,
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
    let devices = ManualDevices::default();
    devices.plug(Direction::Input, "built-in");
    devices.plug(Direction::Input, "headset");
    devices.plug(Direction::Output, "speaker");
    let mut config = VoiceConfig::voice().unwrap();
    config.input = Some(DeviceId("headset".to_owned()));
    let (_engine, events) = start(&devices, config);
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

#[test]
fn without_a_microphone_one_listens_until_one_is_plugged_in() {
    let devices = ManualDevices::default();
    devices.plug(Direction::Output, "speaker");
    let (_engine, events) = start(&devices, VoiceConfig::voice().unwrap());
    let state = wait_for(&events, Direction::Input, |state| {
        matches!(state, DeviceState::Missing { .. })
    });
    assert!(matches!(state, DeviceState::Missing { reason, .. } if reason.contains("plug it in")));
    wait_for(&events, Direction::Output, runs("speaker"));
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
