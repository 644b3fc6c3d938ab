//! What whoever is muted or deafened is told in the voice bar: seen, said by a screen reader, and undone by one press.

use dialtone_engine::{Command, CommunityCommand};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Live;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, press};

const NARROW: [f32; 2] = [480.0, 600.0];
const MUTED: &str = "You are muted: nobody hears you.";

/// How a screen reader says what is labelled so, by itself.
fn live(window: &Window, label: &str) -> Option<Live> {
    let node = window.harness.get_by_label(label);
    let live = node.accesskit_node().live();
    (live != Live::Off).then_some(live)
}

#[test]
fn whoever_speaks_while_muted_is_told_and_is_heard_after_one_press() {
    let mut window = Window::new(bad_state("unheard").unwrap(), WIDE);
    assert_eq!(live(&window, MUTED), Some(Live::Assertive));
    press(&mut window, "Unmute");
    let sent = window.sent();
    let unmutes =
        |command: &Command| matches!(command, Command::In(_, CommunityCommand::SetMuted(false)));
    assert!(sent.iter().any(unmutes), "{sent:?}");
    window.change(|community| {
        let call = community.call.as_mut().unwrap();
        (call.muted, call.unheard) = (false, false);
        call.speakers.clear();
    });
    assert!(window.harness.query_by_label(MUTED).is_none());
    assert!(window.harness.query_by_label("Unmute").is_none());
}

#[test]
fn whoever_is_silent_is_told_who_speaks() {
    for size in [WIDE, NARROW] {
        let mut window = Window::new(harbour(), size);
        let others = window.engine.state.communities[0].call_channel().unwrap();
        let others: Vec<_> = others.talkers.iter().map(|one| one.account).collect();
        window.change(|community| {
            let call = community.call.as_mut().unwrap();
            (call.muted, call.deafened) = (true, true);
            call.speakers = vec![others[1]];
        });
        assert_eq!(live(&window, "Mikael speaks"), Some(Live::Polite));
        window.change(|community| {
            let call = community.call.as_mut().unwrap();
            call.speakers = vec![others[1], others[2]];
        });
        assert_eq!(live(&window, "Mikael and Jo speak"), Some(Live::Polite));
        window.change(|community| community.call.as_mut().unwrap().speakers.clear());
        let left = window.harness.query_all_by_label_contains("speak");
        assert_eq!(left.count(), 0, "{size:?}");
    }
}

#[test]
fn a_narrow_window_tells_it_too() {
    let window = Window::new(bad_state("unheard-deafened").unwrap(), NARROW);
    let words = "You are deafened: nobody hears you.";
    assert_eq!(live(&window, words), Some(Live::Assertive));
}
