//! What a screen reader and the keyboard need, in every scene: names, values, the way of Tab, a ring that is seen, a way out.

use std::collections::BTreeMap;
use std::sync::Arc;

use dialtone_engine::snapshot::{ItemBody, Notice, Severity, Talker, TimelineItem};
use dialtone_engine::{AccountId, DeviceId};
use dialtone_gui::demo::{bad_state, harbour};
use dialtone_gui::theme::DARK;
use egui::accessibility::is_input;
use egui::accesskit::{Action, Live, NodeId, Role};
use egui::{Color32, Key, Rect, Shape, vec2};
use egui_kittest::kittest::{AccessKitNode, NodeT as _};

use crate::common::Window;
use crate::scenes::{DIALOGS, Over, PAGES, PANELS, SCREENS, Scene, over_all_workers};

#[test]
fn screens_are_used_by_ear_and_by_the_keyboard() {
    over_all_workers(SCREENS, faults);
}

#[test]
fn panels_are_used_by_ear_and_by_the_keyboard() {
    over_all_workers(PANELS, faults);
}

#[test]
fn dialogs_are_used_by_ear_and_by_the_keyboard() {
    over_all_workers(DIALOGS, faults);
}

#[test]
fn pages_are_used_by_ear_and_by_the_keyboard() {
    over_all_workers(PAGES, faults);
}

/// All that is wrong with a scene.
fn faults(scene: &Scene) -> Vec<String> {
    let mut window = scene.show(|_| {});
    let mut faults: Vec<String> = nodes(&window).iter().filter_map(unsaid).collect();
    // Where everybody is called the same, nothing can be told apart by its name.
    if !matches!(scene.state, "broken" | "long" | "short" | "right-to-left") {
        faults.extend(called_the_same(&window));
    }
    if scene.name == "composer-command" {
        // Tab would take what is offered.
        window.harness.key_press(Key::Escape);
        window.settle();
    }
    // There two messages are the same one.
    if scene.state != "broken" {
        faults.extend(never_come_to(&mut window, scene.over));
    }
    if scene.over != Over::Nothing {
        faults.extend(left_open(&mut scene.show(|_| {}), scene.over));
    }
    faults
}

/// Everything that shows, as a screen reader has it.
fn nodes(window: &Window) -> Vec<AccessKitNode<'_>> {
    let root = window.harness.root();
    let nodes = root.children_recursive().map(|node| node.accesskit_node());
    nodes.filter(|node| !node.is_hidden()).collect()
}

/// What one can press, turn or write in.
fn is_control(node: &AccessKitNode<'_>) -> bool {
    // The raw flag: text that can be selected is no field.
    is_input(node.role()) && !node.data().is_read_only() && node.role() != Role::ScrollBar
}

fn name(node: &AccessKitNode<'_>) -> String {
    node.label().unwrap_or_default().trim().to_owned()
}

fn describe(node: &AccessKitNode<'_>) -> String {
    format!("{:?} {:?} at {:?}", node.role(), name(node), place(node))
}

fn place(node: &AccessKitNode<'_>) -> Rect {
    node.raw_bounds().map_or(Rect::NOTHING, |bounds| {
        let (x0, y0) = (bounds.x0 as f32, bounds.y0 as f32);
        Rect::from_min_max([x0, y0].into(), [bounds.x1 as f32, bounds.y1 as f32].into())
    })
}

/// What a node leaves unsaid.
fn unsaid(node: &AccessKitNode<'_>) -> Option<String> {
    let pressed = node.data().supports_action(Action::Click)
        && !matches!(
            node.role(),
            Role::GenericContainer | Role::Label | Role::Unknown | Role::ScrollBar
        );
    if is_control(node) || pressed {
        let name = name(node);
        if name.is_empty() {
            return Some(format!("{} has no name", describe(node)));
        }
        // An icon's letter is no name. (A community may be called as it likes.)
        let letters = name.chars().any(char::is_alphanumeric);
        if !letters && name != "≈" {
            return Some(format!("{} is called by a sign alone", describe(node)));
        }
    }
    let data = node.data();
    let missing = match node.role() {
        Role::Slider | Role::SpinButton => data.numeric_value().is_none(),
        Role::CheckBox | Role::Switch | Role::RadioButton | Role::MenuItemRadio => {
            data.toggled().is_none()
        }
        Role::ComboBox => data.value().is_none(),
        Role::Dialog | Role::Menu | Role::Group => name(node).is_empty(),
        _ => false,
    };
    missing.then(|| format!("{} does not say its value or name", describe(node)))
}

/// Controls of one place that have the same name.
fn called_the_same(window: &Window) -> Vec<String> {
    let mut seen: BTreeMap<(String, NodeId, String), usize> = BTreeMap::new();
    let nodes = nodes(window);
    // What was used last stands among the others, too.
    let told_apart =
        |node: &&AccessKitNode<'_>| is_control(node) && node.role() != Role::ListBoxOption;
    for node in nodes.iter().filter(told_apart) {
        let kind = format!("{:?}", node.role());
        let name = format!("{} {}", name(node), node.description().unwrap_or_default());
        *seen.entry((kind, part(node), name)).or_default() += 1;
    }
    let twice = seen.into_iter().filter(|(_, count)| *count > 1);
    twice
        .map(|((kind, _, name), count)| format!("{count} of {kind} are called {name:?}"))
        .collect()
}

/// What a control belongs to: the next thing above it that has a name.
fn part(node: &AccessKitNode<'_>) -> NodeId {
    let mut above = node.parent();
    while let Some(one) = above {
        if !name(&one).is_empty() {
            return one.locate().0;
        }
        above = one.parent();
    }
    node.locate().0
}

/// What Tab does not come to, or where one does not see that it came.
fn never_come_to(window: &mut Window, over: Over) -> Vec<String> {
    let (came, mut faults) = way_of_tab(window);
    let nodes = nodes(window);
    let missed = nodes
        .iter()
        .filter(|node| is_control(node) && !node.is_disabled())
        .filter(|node| over == Over::Nothing || is_over(node))
        // Chosen by the arrow keys from the field above its list.
        .filter(|node| node.role() != Role::ListBoxOption)
        // A calendar is gone through by the arrow keys.
        .filter(|node| !is_day(node))
        .filter(|node| !came.contains(&node.locate().0));
    faults.extend(missed.map(|node| format!("Tab never comes to {}", describe(node))));
    faults
}

/// A day of the calendar.
fn is_day(node: &AccessKitNode<'_>) -> bool {
    node.role() == Role::Button && name(node).ends_with(" November 2026")
}

/// Whether it is in a dialog or a menu.
fn is_over(node: &AccessKitNode<'_>) -> bool {
    let mut above = node.parent();
    while let Some(one) = above {
        if matches!(one.role(), Role::Dialog | Role::Menu) {
            return true;
        }
        above = one.parent();
    }
    false
}

/// Presses Tab until it is back where it began: what it came to, and where that was not seen.
fn way_of_tab(window: &mut Window) -> (Vec<NodeId>, Vec<String>) {
    let mut came: Vec<NodeId> = Vec::new();
    let mut faults = Vec::new();
    let mut before: Option<(NodeId, usize)> = None;
    let mut again = 0;
    for _ in 0..400 {
        window.harness.key_press(Key::Tab);
        window.settle();
        let nodes = nodes(window);
        let Some(node) = nodes.iter().find(|node| node.is_focused()) else {
            continue;
        };
        let id = node.locate().0;
        let left = before.take().filter(|(left, _)| *left != id);
        let left = left.and_then(|(left, rings)| {
            let gone = nodes.iter().find(|node| node.locate().0 == left)?;
            (rings_around(window, gone, Some(node)) >= rings).then_some(gone)
        });
        faults.extend(left.map(|gone| format!("no ring shows the keyboard at {}", describe(gone))));
        if came.first() == Some(&id) || again > 40 {
            return (came, faults);
        }
        if came.contains(&id) {
            // Two have the same id, or it began outside of the circle.
            again += 1;
            continue;
        }
        if !is_control(node) && name(node).is_empty() {
            faults.push(format!(
                "Tab comes to {}, which says nothing",
                describe(node)
            ));
        }
        came.push(id);
        before = Some((id, rings_around(window, node, None)));
    }
    faults.push("Tab never comes back".to_owned());
    (came, faults)
}

/// How many lines in the colours of a ring are painted around `node` or at its edge, and not around `other`.
fn rings_around(
    window: &Window,
    node: &AccessKitNode<'_>,
    other: Option<&AccessKitNode<'_>>,
) -> usize {
    // The field of the composer is the middle of what is framed.
    let room = match node.role() {
        Role::MultilineTextInput => vec2(120.0, 160.0),
        _ => vec2(6.0, 6.0),
    };
    let mut rings = Vec::new();
    for one in &window.harness.output().shapes {
        find_rings(&one.shape, &mut rings);
    }
    rings.retain(|ring| place(node).expand2(room).contains_rect(*ring));
    if let Some(other) = other {
        rings.retain(|ring| !place(other).expand(6.0).contains_rect(*ring));
    }
    rings.len()
}

fn find_rings(shape: &Shape, found: &mut Vec<Rect>) {
    let is_ring =
        |width: f32, color: Color32| width >= 1.0 && (color == DARK.accent || color == DARK.text_3);
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|one| find_rings(one, found)),
        Shape::Rect(one) if is_ring(one.stroke.width, one.stroke.color) => found.push(one.rect),
        Shape::Circle(one) if is_ring(one.stroke.width, one.stroke.color) => {
            found.push(Rect::from_center_size(one.center, egui::Vec2::ZERO));
        }
        _ => {}
    }
}

/// What Escape leaves open, and whether the keyboard is somewhere afterwards.
fn left_open(window: &mut Window, over: Over) -> Vec<String> {
    let role = if over == Over::Dialog {
        Role::Dialog
    } else {
        Role::Menu
    };
    let open = |window: &Window| {
        let nodes = nodes(window);
        let shown = nodes.iter().filter(|node| node.role() == role);
        shown.map(name).collect::<Vec<_>>()
    };
    let names = open(window);
    let mut faults = Vec::new();
    if names.len() != 1 || names.iter().any(String::is_empty) {
        faults.push(format!(
            "one {role:?} with a name is to be open, not {names:?}"
        ));
    }
    // The keyboard goes into it, and is not lost with it.
    window.harness.key_press(Key::Tab);
    window.settle();
    window.harness.key_press(Key::Escape);
    window.settle();
    window.serve();
    window.settle();
    let left = open(window);
    if !left.is_empty() {
        faults.push(format!("Escape left {left:?} open"));
    }
    if !nodes(window).iter().any(AccessKitNode::is_focused) {
        faults.push("nothing has the keyboard after Escape".to_owned());
    }
    faults
}

/// What a screen reader says by itself, without the keyboard going there.
fn said(window: &Window) -> Vec<(Live, String)> {
    let nodes = nodes(window);
    let live = nodes.iter().filter(|node| node.live() != Live::Off);
    live.map(|node| {
        (
            node.live(),
            node.label().or(node.value()).unwrap_or_default(),
        )
    })
    .collect()
}

fn is_said(window: &Window, how: Live, words: &str) -> bool {
    let said = said(window);
    said.iter()
        .any(|(live, name)| *live == how && name.contains(words))
}

#[test]
fn who_joins_and_leaves_the_call_is_said() {
    let mut window = Window::new(harbour(), [1280.0, 800.0]);
    let talkers = |window: &mut Window, how: fn(&mut Vec<Talker>)| {
        window.change(|community| {
            let call = community.call.as_ref().expect("a call").channel;
            let mut channels = community.channels.iter_mut();
            let channel = channels.find(|one| one.id == call).expect("its channel");
            how(&mut Arc::make_mut(channel).talkers);
        });
    };
    talkers(&mut window, |talkers| talkers.truncate(2));
    assert!(
        is_said(&window, Live::Polite, "Jo left the call"),
        "{:?}",
        said(&window)
    );
    talkers(&mut window, |talkers| {
        let mut saga = talkers[1].clone();
        (saga.account, saga.device) = (AccountId([9; 32]), DeviceId([9; 32]));
        "Saga".clone_into(&mut saga.name);
        talkers.push(saga);
    });
    assert!(is_said(&window, Live::Polite, "Saga joined the call"));
    // A window without a side panel says it, too.
    window.harness.set_size([480.0, 700.0].into());
    window.settle();
    talkers(&mut window, |talkers| talkers.truncate(2));
    assert!(is_said(&window, Live::Polite, "Saga left the call"));
}

#[test]
fn what_others_write_and_what_goes_wrong_is_said() {
    let mut window = Window::new(harbour(), [1280.0, 800.0]);
    assert!(
        !is_said(&window, Live::Polite, "writes:"),
        "nothing is new yet"
    );
    window.change(|community| {
        let timeline = &mut Arc::make_mut(&mut community.channels[0]).timeline;
        let last = timeline.items.last().expect("a message");
        let mut item = TimelineItem::clone(last);
        item.sequence = item.sequence.map(|one| one + 1);
        item.body = ItemBody::Text("The wind turns.".to_owned());
        timeline.items.push(Arc::new(item));
    });
    assert!(
        is_said(&window, Live::Polite, "writes: The wind turns."),
        "{:?}",
        said(&window)
    );
    window.change_all(|snapshot| {
        snapshot.notices = vec![Notice {
            id: 7,
            severity: Severity::Error,
            text: "The microphone is gone. Plug it in again.".to_owned(),
        }];
    });
    assert!(is_said(&window, Live::Assertive, "The microphone is gone."));
    for (state, words) in [
        ("offline", "Not connected"),
        ("alarm", "Nothing is sent here"),
        ("asking", "Your other device asks"),
    ] {
        let window = Window::new(bad_state(state).expect("a state"), [1280.0, 800.0]);
        let said = said(&window);
        assert!(
            said.iter().any(|(_, name)| name.contains(words)),
            "{state}: {said:?}"
        );
    }
}
