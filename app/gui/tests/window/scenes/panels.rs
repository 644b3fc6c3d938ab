//! What opens beside or over the panels of the main window: search, pins, drawers, menus, completions.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::{NARROW, Over, Scene, key, press, write};
use crate::common::Window;

pub(crate) const ALL: &[Scene] = &[
    Scene::new("search", "harbour").opened(|window| press(window, "Search")),
    Scene::new("search-found", "harbour").opened(|window| search(window, "the")),
    Scene::new("search-nothing", "harbour").opened(|window| search(window, "nobody said this")),
    Scene::new("search-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| {
            key(window, Modifiers::COMMAND, Key::F);
            write(window, "the");
            key(window, Modifiers::NONE, Key::Enter);
        }),
    Scene::new("pins-empty", "harbour").opened(|window| press(window, "Pinned messages")),
    Scene::new("pins", "marks").opened(|window| press(window, "Pinned messages")),
    Scene::new("drawer-channels", "harbour")
        .sized(NARROW)
        .opened(|window| press(window, "Show channels")),
    Scene::new("drawer-members", "harbour")
        .sized(NARROW)
        .opened(|window| press(window, "Show members")),
    Scene::new("menu-channel", "harbour")
        .over(Over::Menu)
        .opened(|window| press(window, "Channel menu")),
    Scene::new("menu-member", "harbour")
        .over(Over::Menu)
        .opened(|window| press(window, "Tomas, away")),
    Scene::new("menu-talker", "harbour")
        .over(Over::Menu)
        .opened(|window| press(window, "Jo, muted")),
    Scene::new("menu-oneself", "harbour")
        .over(Over::Menu)
        .opened(|window| press(window, "Do not disturb")),
    Scene::new("menu-message", "marks")
        .over(Over::Menu)
        .opened(|window| {
            key(window, Modifiers::COMMAND, Key::ArrowUp);
            key(window, Modifiers::NONE, Key::M);
        }),
    Scene::new("menu-file", "files")
        .over(Over::Menu)
        .opened(|window| press(window, "More for sailing-instructions.pdf")),
    Scene::new("message-focused", "marks")
        .opened(|window| key(window, Modifiers::COMMAND, Key::ArrowUp)),
    Scene::new("composer-reply", "marks").opened(|window| {
        key(window, Modifiers::COMMAND, Key::ArrowUp);
        key(window, Modifiers::NONE, Key::R);
    }),
    Scene::new("composer-edit", "harbour").opened(|window| {
        compose(window, "");
        key(window, Modifiers::NONE, Key::ArrowUp);
    }),
    Scene::new("composer-mention", "harbour").opened(|window| compose(window, "@")),
    Scene::new("composer-command", "harbour").opened(|window| compose(window, "/vo")),
    Scene::new("composer-attached", "harbour").opened(|window| {
        crate::files::drop_file(window, "/tmp/sailing-instructions.pdf");
    }),
];

fn compose(window: &mut Window, text: &str) {
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Message #general");
    field.focus();
    window.settle();
    if !text.is_empty() {
        write(window, text);
    }
}

fn search(window: &mut Window, text: &str) {
    press(window, "Search");
    write(window, text);
    key(window, Modifiers::NONE, Key::Enter);
}
