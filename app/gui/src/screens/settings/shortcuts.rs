//! The keys of the window.

use egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::text;

const SHORTCUTS: [(&str, &str); 18] = [
    ("Enter", "Send the message"),
    ("Shift+Enter", "Begin a new line"),
    ("Up", "Edit your last message, while nothing is typed"),
    ("Ctrl+Up", "Go to the messages; the arrow keys go on"),
    ("R, E, +, P", "Reply to that message, edit it, react, pin"),
    (
        "C, M, Delete",
        "Copy that message, open its menu, delete it",
    ),
    ("Tab", "Go to the next control; complete a word"),
    ("Ctrl+K", "Go to a channel or a person"),
    ("Ctrl+Shift+P", "Find something to do"),
    ("Ctrl+F", "Search messages"),
    ("Page Up, Down", "Scroll the messages"),
    (
        "Ctrl+Home, End",
        "Go to the first loaded message, to the latest",
    ),
    ("Ctrl+,", "Open the settings"),
    ("Escape", "Close what is open"),
    ("Ctrl+M", "Mute or unmute in a call"),
    ("Ctrl+D", "Deafen or undeafen in a call"),
    ("Ctrl and + or -", "Everything bigger or smaller"),
    ("Ctrl+0", "Everything as big as at first"),
];

/// Shows the section.
pub(super) fn show(ui: &mut Ui, talk_key: &str) {
    titled(ui, "Keys", "", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (key, what) in SHORTCUTS {
            line(ui, key, what);
        }
        line(
            ui,
            talk_key,
            "Hold to talk, or not to talk, where a key decides",
        );
    });
}

fn line(ui: &mut Ui, key: &str, what: &str) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{key}: {what}")));
    let split = rect.left() + 150.0;
    let left = Rect::from_min_max(rect.min, pos2(split, rect.bottom()));
    let right = Rect::from_min_max(pos2(split, rect.top()), rect.max);
    text::paint_in(ui, left, Align::Min, key, Type::Code, palette.text);
    text::paint_in(ui, right, Align::Min, what, Type::Secondary, palette.text_2);
}
