//! The way of Tab through the window: everything that can be pressed or written in, in the order in which one reads.

use dialtone_engine::Snapshot;
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;

/// What takes the keyboard.
const CONTROLS: [Role; 8] = [
    Role::Button,
    Role::TextInput,
    Role::PasswordInput,
    Role::MultilineTextInput,
    Role::Switch,
    Role::Slider,
    Role::RadioButton,
    Role::ComboBox,
];

/// The parts of the window: one is read to its end before the next one begins.
const PARTS: [&str; 7] = [
    "Communities",
    "Channels",
    "Settings sections",
    "Voice",
    "Messages",
    "Settings",
    "Members",
];

/// Something that Tab comes to.
#[derive(Debug, Clone, PartialEq)]
struct Stop {
    name: String,
    rect: Rect,
    /// Which part it is in, counted from the left, then from the top.
    part: usize,
}

impl Stop {
    /// Whether one reads `self` before `next`: in a part before, or in a row above, or further left in the same row.
    fn is_read_before(&self, next: &Self) -> bool {
        let row_above =
            self.rect.bottom() <= next.rect.center().y || self.rect.center().y <= next.rect.top();
        let same_row = next.rect.bottom() > self.rect.center().y;
        self.part < next.part
            || self.part == next.part
                && (row_above || same_row && self.rect.left() <= next.rect.left())
    }
}

fn stops(window: &Window, only_focused: bool) -> Vec<Stop> {
    let mut parts: Vec<Rect> = PARTS
        .iter()
        .flat_map(|name| {
            window
                .harness
                .query_all_by_role_and_label(Role::Group, name)
                .map(|node| node.rect())
        })
        .collect();
    parts.sort_by(|one, other| {
        (one.left(), one.top())
            .partial_cmp(&(other.left(), other.top()))
            .expect("finite places")
    });
    window
        .harness
        .query_all_by(|node| {
            CONTROLS.contains(&node.role())
                && !node.is_disabled()
                && !node.is_hidden()
                && (!only_focused || node.is_focused())
        })
        .map(|node| {
            let rect = node.rect();
            Stop {
                name: node.accesskit_node().label().unwrap_or_default(),
                rect,
                part: parts
                    .iter()
                    .position(|part| part.contains(rect.center()))
                    .unwrap_or(parts.len()),
            }
        })
        .collect()
}

/// Presses the key until it is back where it began; what it came to.
fn way_round(window: &mut Window, modifiers: Modifiers) -> Vec<Stop> {
    let mut way: Vec<Stop> = Vec::new();
    for _ in 0..200 {
        window.harness.key_press_modifiers(modifiers, Key::Tab);
        window.settle();
        let Some(stop) = stops(window, true).into_iter().next() else {
            continue;
        };
        if way.first() == Some(&stop) {
            return way;
        }
        way.push(stop);
    }
    panic!("Tab never comes back: {way:#?}");
}

fn open(snapshot: Snapshot, size: [f32; 2], settings: bool) -> Window {
    let mut window = Window::new(snapshot, size);
    if settings {
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
        window.settle();
    }
    window
}

#[test]
fn tab_comes_to_every_control_in_the_order_of_reading() {
    for (state, size, settings) in [
        ("", [1280.0, 800.0], false),
        // So tall that nothing has to be scrolled: where a control is tells which it is.
        ("", [1280.0, 1500.0], true),
        ("", [700.0, 900.0], false),
        ("offline", [1280.0, 800.0], false),
        ("alarm", [1280.0, 900.0], false),
        ("founding", [1280.0, 800.0], false),
        ("failed-join", [1280.0, 800.0], false),
        ("locked", [1280.0, 800.0], false),
        ("nothing", [1280.0, 800.0], false),
    ] {
        let snapshot = bad_state(state).unwrap_or_else(harbour);
        let mut window = open(snapshot, size, settings);
        let mut way = way_round(&mut window, Modifiers::NONE);
        let mut missed = stops(&window, false);
        missed.retain(|stop| !way.contains(stop));
        assert!(
            missed.is_empty(),
            "{state} {size:?}: never reached {missed:#?}"
        );
        // The way is a circle: it is read from its first control on.
        let first = (0..way.len())
            .find(|index| {
                let (before, at) = (&way[(index + way.len() - 1) % way.len()], &way[*index]);
                !before.is_read_before(at)
            })
            .unwrap_or(0);
        way.rotate_left(first);
        for pair in way.windows(2) {
            assert!(
                pair[0].is_read_before(&pair[1]),
                "{state} {size:?}: {:?} comes before {:?}",
                pair[0],
                pair[1]
            );
        }
    }
}

#[test]
fn shift_and_tab_go_the_same_way_back() {
    let mut window = Window::new(harbour(), [1280.0, 800.0]);
    let there = way_round(&mut window, Modifiers::NONE);
    let mut back = way_round(&mut window, Modifiers::SHIFT);
    back.reverse();
    let same = back.iter().position(|stop| *stop == there[0]);
    back.rotate_left(same.expect("both come to the first"));
    assert_eq!(there, back);
}

#[test]
fn tab_stays_in_a_dialog() {
    let mut window = Window::new(harbour(), [1280.0, 800.0]);
    window
        .harness
        .get_by_role_and_label(Role::Button, "Create channel")
        .click();
    window.settle();
    let way = way_round(&mut window, Modifiers::NONE);
    let names: Vec<&str> = way.iter().map(|stop| stop.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Text first",
            "Voice first",
            "Cancel",
            "Everybody",
            "Private",
            "Channel name"
        ]
    );
}
