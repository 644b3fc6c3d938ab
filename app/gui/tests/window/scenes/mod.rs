//! Every screen, panel, dialog and page of the settings, in the states that it has: one list for whoever walks through all of them.
//!
//! a scene = a state of the pretended engine -> a window -> what one presses to come there

mod dialogs;
mod pages;
mod panels;
mod screens;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialtone_engine::Snapshot;
use dialtone_gui::demo::{bad_state, harbour, invitation};
use dialtone_gui::dialogs::Dialog;
use dialtone_gui::state::{Page, SettingsPage};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;

/// One of them.
pub(crate) struct Scene {
    /// Its name, which is also that of its pictures.
    pub(crate) name: &'static str,
    /// The state that it begins in: one of `demo::BAD_STATES`, or those of [`snapshot`].
    pub(crate) state: &'static str,
    /// The window in points.
    pub(crate) size: [f32; 2],
    /// What one does to come there.
    pub(crate) open: fn(&mut Window),
    /// What is open over the window: Escape closes it.
    pub(crate) over: Over,
}

/// What is open over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// Nothing.
    Nothing,
    /// A dialog.
    Dialog,
    /// A menu, or a list of a field.
    Menu,
}

const WIDE: [f32; 2] = [1280.0, 800.0];
const NARROW: [f32; 2] = [480.0, 800.0];
/// A page of the settings is seen whole.
const TALL: [f32; 2] = [1280.0, 1400.0];

impl Scene {
    const fn new(name: &'static str, state: &'static str) -> Self {
        Self {
            name,
            state,
            size: WIDE,
            open: |_| {},
            over: Over::Nothing,
        }
    }

    const fn opened(mut self, open: fn(&mut Window)) -> Self {
        self.open = open;
        self
    }

    const fn sized(mut self, size: [f32; 2]) -> Self {
        self.size = size;
        self
    }

    const fn over(mut self, over: Over) -> Self {
        self.over = over;
        self
    }

    /// The window in this scene; `look` changes the state before it opens.
    pub(crate) fn show(&self, look: impl FnOnce(&mut Snapshot)) -> Window {
        self.show_at(self.size, look)
    }

    /// The same in a window of another size.
    pub(crate) fn show_at(&self, size: [f32; 2], look: impl FnOnce(&mut Snapshot)) -> Window {
        let mut state = snapshot(self.state);
        look(&mut state);
        let mut window = Window::new(state, size);
        window.serve();
        (self.open)(&mut window);
        window.settle();
        window
    }
}

pub(crate) use dialogs::ALL as DIALOGS;
pub(crate) use pages::ALL as PAGES;
pub(crate) use panels::ALL as PANELS;
pub(crate) use screens::ALL as SCREENS;

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Scene> {
    let lists = [SCREENS, PANELS, DIALOGS, PAGES];
    lists.into_iter().flatten()
}

/// Looks at each scene, several at a time, and fails with everything that was found.
pub(crate) fn over_all_workers(scenes: &[Scene], look: impl Fn(&Scene) -> Vec<String> + Sync) {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let work = || {
        while let Some(scene) = scenes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let looked = catch_unwind(AssertUnwindSafe(|| look(scene)));
            let faults = looked.unwrap_or_else(|_| vec!["it could not be shown".to_owned()]);
            let mut found = found.lock().expect("no worker panics with it");
            found.extend(
                faults
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", scene.name)),
            );
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let found = found.into_inner().expect("no worker panics with it");
    assert!(
        found.is_empty(),
        "{} faults:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// The state called so.
fn snapshot(name: &str) -> Snapshot {
    match name {
        "harbour" => harbour(),
        "join" => Snapshot {
            invitation: Some(invitation()),
            ..Snapshot::default()
        },
        other => bad_state(other).unwrap_or_else(|| panic!("there is no state {other}")),
    }
}

/// Presses the first button that is called so, by the keyboard.
fn press(window: &mut Window, name: &str) {
    let mut buttons = window
        .harness
        .query_all_by_role_and_label(Role::Button, name);
    let button = buttons
        .next()
        .unwrap_or_else(|| panic!("no button {name:?}"));
    button.focus();
    drop(buttons);
    window.settle();
    key(window, Modifiers::NONE, Key::Enter);
}

fn press_any(window: &mut Window, role: Role, name: &str) {
    window.harness.get_by_role_and_label(role, name).focus();
    window.settle();
    key(window, Modifiers::NONE, Key::Enter);
}

fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.settle();
}

fn type_into(window: &mut Window, role: Role, field: &str, text: &str) {
    window.harness.get_by_role_and_label(role, field).focus();
    window.settle();
    write(window, text);
}

fn key(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
    window.serve();
}

fn page(window: &mut Window, page: SettingsPage) {
    window.state(|state| state.page = Page::Settings(page));
    window.settle();
    window.serve();
}

/// Opens a dialog whose way is a longer one, or one that another test walks.
fn dialog(window: &mut Window, dialog: Dialog) {
    window.state(|state| state.dialog = Some(dialog));
    window.settle();
    window.serve();
}
