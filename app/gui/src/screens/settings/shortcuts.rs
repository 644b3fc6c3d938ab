//! The keys of the window.

use dialtone_words::say;
use egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::text;

fn shortcuts() -> [(&'static str, &'static str); 18] {
    [
        ("Enter", say!("set-key-send")),
        ("Shift+Enter", say!("set-key-line")),
        ("Up", say!("set-key-edit-last")),
        ("Ctrl+Up", say!("set-key-to-messages")),
        ("R, E, +, P", say!("set-key-message")),
        ("C, M, Delete", say!("set-key-message-menu")),
        ("Tab", say!("set-key-next-word")),
        ("Ctrl+K", say!("panel-go-to")),
        ("Ctrl+Shift+P", say!("dialog-find-deed")),
        ("Ctrl+F", say!("panel-search-messages")),
        ("Page Up, Down", say!("set-key-scroll")),
        ("Ctrl+Home, End", say!("set-key-first-last")),
        ("Ctrl+,", say!("set-key-settings")),
        ("Escape", say!("set-key-close")),
        ("Ctrl+M", say!("set-key-mute")),
        ("Ctrl+D", say!("set-key-deafen")),
        (say!("set-key-zoom"), say!("set-key-bigger")),
        ("Ctrl+0", say!("set-key-as-first")),
    ]
}

/// Shows the section.
pub(super) fn show(ui: &mut Ui, talk_key: &str) {
    titled(ui, say!("say-keys"), "", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (key, what) in shortcuts() {
            line(ui, key, what);
        }
        line(ui, talk_key, say!("set-key-talk"));
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
